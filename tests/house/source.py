"""Our own source, read as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("mailer", "workers")


@cache
def modules(*folders: str) -> dict[Path, ast.Module]:
    """Every module below these folders (default: mailer and workers), its path from the root -> its tree."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
        for folder in folders or CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the project: what git tracks, or in an unpacked archive what lies there."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if ".venv" not in path.parts and "var" not in path.parts]
    return tuple(sorted(path for path in found if path.is_file()))


def dotted(node: ast.expr) -> str:
    """`datetime.now` of an attribute, `now` of a name, empty for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module gives: classes, functions, arguments, variables, and what imports are called."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.alias(asname=str() as name):
                yield getattr(node, "lineno", 0), name

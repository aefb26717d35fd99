"""Our own source, read as text and as syntax trees."""

from __future__ import annotations

import ast
import gc
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("mailer", "workers")


def modules(*folders: str) -> dict[Path, ast.Module]:
    """Every module below these folders (default: mailer and workers), its path from the root -> its tree."""
    return {
        path.relative_to(ROOT): _tree(path)
        for folder in folders or CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@cache
def _tree(path: Path) -> ast.Module:
    gc.disable()  # a tree has no circles, and looking for them takes longer than reading it
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def put_away() -> None:
    """Keep no tree any longer: among so many objects all that runs later would be slower."""
    _tree.cache_clear()
    nodes.cache_clear()


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in it."""
    return tuple(ast.walk(tree))


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


# What gives a name, and the field that holds it.
GIVES: dict[type[ast.AST], str] = {
    ast.ClassDef: "name",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.arg: "arg",
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.alias: "asname",
}


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module gives: classes, functions, arguments, variables, and what imports are called."""
    for node in ast.walk(tree):
        field = GIVES.get(type(node))
        if field is None or (field in ("id", "attr") and not isinstance(node.ctx, ast.Store)):  # type: ignore[attr-defined]
            continue
        name = getattr(node, field)
        if name is not None:
            yield getattr(node, "lineno", 0), name

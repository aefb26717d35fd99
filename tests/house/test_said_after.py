"""What a command says is done, is done."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAYING = {"print", "show_json", "typer.echo", "_say"}


@pytest.mark.parametrize("file", sorted((ROOT / "mailer" / "cli").rglob("*.py")), ids=lambda file: file.stem)
def test_nothing_is_said_before_it_is_kept(file: Path) -> None:
    """On a full disk it is the COMMIT that fails, at the end of the block."""
    said = [
        f"{file.name}:{call.lineno}"
        for block in ast.walk(ast.parse(file.read_text()))
        if isinstance(block, ast.With) and any(".write(" in ast.unparse(item.context_expr) for item in block.items)
        for call in ast.walk(block)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in SAYING
    ]
    assert said == []

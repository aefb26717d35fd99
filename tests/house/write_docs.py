"""Writes those tables of docs/ that the code knows best, between their marks: `.venv/bin/python -m tests.house.write_docs`.

The words around the tables are written by hand and stay. A page has, for each table,

    <!-- begin TABLE: written by tests/house/write_docs.py -->
    <!-- end TABLE -->

and a test fails when what stands between them is no longer what the code says.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import typer

from mailer.cli.app import assemble
from mailer.cycle.table import TABLE, Row
from mailer.inbound.handlers import HANDLERS
from mailer.inbound.routes import ROUTES
from mailer.settings import Settings
from tests.house.source import ROOT

DOCS = ROOT / "docs"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ").strip() for cell in cells) + " |"


def _table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    return "\n".join([_row(*header), "|" + "---|" * len(header), *(_row(*row) for row in rows)])


def settings() -> str:
    """Every setting, its name in the environment, default and meaning."""
    here = str(Path("var"))
    rows = (
        (
            f"`{row.name}`",
            f"`{row.value.replace(here, './var', 1) if row.value.startswith(here) else row.value}`",
            row.meaning,
        )
        for row in Settings().table()
    )
    return _table(("setting", "default", "meaning"), rows)


def _plus(row: Row) -> str:
    shown = str(row.due)
    time = f", {row.at:%H:%M}" if row.at else ""
    return f"{row.anchor}, {shown}{time}"


def _lead(row: Row) -> str:
    if row.mode == "auto":
        return "auto"
    return "proof" if row.lead == timedelta(days=2) else f"proof, {row.lead.days} days before"


def occasions() -> str:
    """The cycle table, in the order of a term."""
    rows = (
        (
            f"`{row.kind}`" + (f" ({row.step})" if row.step else ""),
            row.meaning + ("" if row.on else " *Off unless a network switches it on.*"),
            _plus(row),
            f"{row.until_anchor}, {row.until}",
            row.audience.replace("-", " "),
            _lead(row),
            row.purpose,
            "yes" if row.counted else "",
        )
        for row in TABLE
    )
    return _table(("kind", "what it is", "due", "until", "to", "mode", "purpose", "counts (V13)"), rows)


def routes() -> str:
    """The ordered table of routes."""
    rows = ((str(number), f"`{row.handler}`", row.why) for number, row in enumerate(ROUTES, 1))
    return _table(("row", "handler", "takes it because"), rows)


def handlers() -> str:
    """Every handler with what it says of itself."""

    def said(name: str) -> tuple[str, str]:
        module = inspect.getmodule(HANDLERS[name])
        return f"`{name}`", (inspect.getdoc(module) or "").partition("\n\n")[0]

    return _table(("handler", "what it does"), (said(name) for name in sorted(HANDLERS)))


def commands() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    return "\n\n".join(_commands(typer.main.get_command(assemble()), "termpost"))


def _commands(command: click.Command, name: str) -> Iterator[str]:
    group = getattr(command, "commands", None)
    if group is not None:
        for each, child in group.items():
            yield from _commands(child, f"{name} {each}")
        return
    lines = [f"### `{name}`", "", inspect.cleandoc(command.help or "").replace("\n", " ")]
    told = [each for each in command.params if each.name != "help" and not getattr(each, "hidden", False)]
    shown = [_parameter(parameter) for parameter in told]
    example = (command.epilog or "").replace("For example:  ", "    ")
    yield "\n".join([*lines, *([""] if shown else []), *shown, "", example])


def called(parameter: click.Parameter) -> str:
    """An argument's name in capitals, or an option with its longest word first."""
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name or "").upper().removesuffix("...")
        return name[1:-1] if re.fullmatch(r"\[[^\[\]]*\]", name) else name
    return " / ".join([*sorted(parameter.opts, key=len, reverse=True), *parameter.secondary_opts])


def _parameter(parameter: click.Parameter) -> str:
    name = called(parameter)
    words = getattr(parameter, "help", None) or ""
    if parameter.param_type_name == "argument":
        shown = f"`{name}`" + ("" if parameter.required else " (may be left out)")
    else:
        takes = "" if getattr(parameter, "is_flag", False) else f" {(parameter.name or '').upper()}"
        shown = f"`{name}{takes}`" + (" (needed)" if parameter.required else "")
    default = parameter.default
    if isinstance(default, str | int) and not isinstance(default, bool) and default != "":
        words = f"{words} Default: `{default}`.".strip()
    return f"- {shown}" + (f": {words}" if words else "")


# page, table -> what writes it
TABLES: dict[tuple[str, str], Callable[[], str]] = {
    ("settings.md", "settings"): settings,
    ("occasions.md", "occasions"): occasions,
    ("inbound.md", "routes"): routes,
    ("inbound.md", "handlers"): handlers,
    ("commands.md", "commands"): commands,
}


def between(table: str) -> re.Pattern[str]:
    """The table in a page: what stands between its marks."""
    return re.compile(rf"(<!-- begin {table}: [^>]*-->\n)(.*?)(\n<!-- end {table} -->)", re.DOTALL)


def main() -> None:
    """Write every table anew."""
    for (page, table), write in TABLES.items():
        path = DOCS / page
        before = path.read_text(encoding="utf-8")
        if not between(table).search(before):
            raise SystemExit(f"{path} has no marks for the table {table!r}")
        after = between(table).sub(lambda found, text=write(): found[1] + text + found[3], before)  # type: ignore[misc]
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"wrote {table} in docs/{page}")


if __name__ == "__main__":
    main()

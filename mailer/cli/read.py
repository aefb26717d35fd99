"""`termpost read`: what Termpost understands of a message, without any database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def read_files(
    files: Annotated[list[Path], typer.Argument(help="Messages as files; - is standard input.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what Termpost understands of each message. Exit status 1 if a file could not be read; the others are shown all the
    same."""
    from mailer.message import read

    unread = False
    for file in files:
        try:
            raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        except OSError as error:
            unread = True
            why = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
            # nothing was read, so it is of no kind
            answer: dict[str, Any] = {**read(b"").as_json(str(file)), "kind": None, "defects": [], "error": why}
            steps: tuple[str, ...] = ()
            if not as_json:
                print(f"termpost: {file} {why}.", file=sys.stderr)
                continue
        else:
            reading = read(raw)
            answer, steps = reading.as_json(str(file)), reading.steps
        if as_json:
            said = json.dumps(answer, ensure_ascii=sys.stdout.encoding.lower() != "utf-8")
            print(said.encode("utf-8", "replace").decode("utf-8"), flush=True)
        else:
            _show(answer, steps)
    if unread:
        raise typer.Exit(1)


def _show(answer: dict[str, Any], steps: tuple[str, ...]) -> None:
    print(f"{answer['file']}\n  kind      {answer['kind']}{' (automatic)' if answer['automatic'] else ''}")
    for name in ("from", "subject", "message_id", "error"):
        if answer[name]:
            print(f"  {name:<9} {answer[name]}")
    for name in ("reply", "quoted"):
        if answer[name]:
            print(f"  {name}:")
            print("\n".join(f"    {line}" for line in answer[name].splitlines()))
    for name in ("bounce", "complaint", "calendar", "attachments", "defects"):
        if answer[name]:
            print(f"  {name:<9} {json.dumps(answer[name], ensure_ascii=False)}")
    if steps:
        print("  why:")
        print("\n".join(f"    - {step}" for step in steps))

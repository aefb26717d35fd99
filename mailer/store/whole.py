"""Files that are there whole or not at all: backups and exports, which hold personal data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.errors import Conflict

BESIDE = ("", "-journal", "-wal", "-shm")  # the file itself, and what SQLite keeps beside one that it is writing


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """The block writes FILE.part, mode 0600. It gets its name when it is on the disk, and is removed if the block fails: what was
    cut short never passes for a backup. Conflict if there is such a file already, or no folder for it."""
    if file.exists():
        raise Conflict(f"{file} exists already; nothing is overwritten.")
    if not file.parent.is_dir():
        raise Conflict(f"There is no folder {file.parent}.", "Make it first.")
    part = file.with_name(f"{file.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise Conflict(f"{part} is there already.", "Either it is being written now, or that was cut short; then remove it.") from None
    try:
        yield part
        _sync(part)
        part.rename(file)
        _sync(file.parent)
    except OSError as error:
        error.filename = error.filename or str(part)  # a full disk does not say whose
        raise
    finally:
        for end in BESIDE:
            part.with_name(part.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

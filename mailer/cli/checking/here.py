"""This machine: the data folder, its disk, the secret, the clock, the operator, the signing key."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from mailer import clock
from mailer.cli.checking import Finding, Place
from mailer.consent import journal, leavings
from mailer.errors import SettingsError
from mailer.outbound import dkim

LEAST_FREE = 500_000_000  # octets
LEAST_FILES = 1000


def operator(place: Place) -> Iterator[Finding]:
    """The operator. SMTP-19: postmaster and abuse must reach a person."""
    if place.settings.operator:
        yield Finding(True, f"postmaster and abuse mail goes to {place.settings.operator}")
    else:
        yield Finding(
            False, "nobody gets postmaster and abuse mail", "set TERMPOST_OPERATOR to the address of a person"
        )


def calendar(place: Place) -> Iterator[Finding]:
    """The clock file of a rehearsal; the system's clock needs no looking at."""
    if place.settings.clock == "system":
        return
    try:
        clock.use(place.settings.clock)
        yield Finding(True, f"the calendar stands at {clock.now():%Y-%m-%d %H:%M} UTC, as {place.settings.clock} says")
    except SettingsError as error:
        yield Finding(False, error.message, f"{error.hint} The service does not start without it.")


def folder(place: Place) -> Iterator[Finding]:
    """The data folder: whether it is there and takes files."""
    at = place.settings.data_dir
    try:
        at.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=at, prefix=".check-") as file:
            file.write(b"termpost")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield Finding(
            False,
            f"nothing can be written in the data folder {at}: {error.strerror or error}",
            "make room if the disk is full; else give it to the user of the service: "
            f"chown -R termpost: {at} (TERMPOST_DATA_DIR names it)",
        )
    else:
        yield Finding(True, f"the data folder {at} takes files")


def journals(place: Place) -> Iterator[Finding]:
    """The journals of who left and who was forgotten: whether they take lines."""
    then = {
        leavings.NAME: "who leaves is not written down, and a backup would bring them back",
        journal.NAME: "nobody who asks to be forgotten is",
    }
    for name, trouble in then.items():
        file = place.settings.data_dir / name
        if file.exists() and not os.access(file, os.W_OK):
            yield Finding(
                False,
                f"{file} may only be read, so that {trouble}",
                f"give it to the user of the service: chown termpost: {file}; chmod 600 {file}",
            )


def disk(place: Place) -> Iterator[Finding]:
    """The disk of the data folder, and that of SQLite's file where it is another: octets, and the number of files it can still take."""
    settings = place.settings
    disks: dict[int, Path] = {}
    file = make_url(settings.database_url).database if settings.is_sqlite else None
    for folder in (settings.data_dir, *([Path(os.path.realpath(file)).parent] if file else [])):
        disks.setdefault(_nearest(folder).stat().st_dev, folder)
    for folder in disks.values():
        yield from _room(folder)


def _room(folder: Path) -> Iterator[Finding]:
    at = _nearest(folder)
    left = os.statvfs(at)
    free = left.f_bavail * left.f_frsize
    yield Finding(
        free >= LEAST_FREE,
        f"{free // 1_000_000} MB are free in {folder}",
        "make room: a full disk stops mail at the door (senders get 452 and try again, nothing accepted is lost). "
        "Old backups first; then rows: a shorter TERMPOST_RETENTION",
    )
    if left.f_files and left.f_favail < LEAST_FILES:
        yield Finding(False, f"the disk of {at} can take {left.f_favail} more files", "delete files that nobody needs")


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest above it that there is."""
    for each in (path, *path.absolute().parents):
        if each.is_dir():
            return each
    return Path("/")


def signing(place: Place) -> Iterator[Finding]:
    """DKIM: the key, where Termpost signs itself."""
    settings = place.settings
    if settings.dkim_key_file is None and settings.dkim_ed25519_key_file is None:
        yield Finding(True, "the relay is expected to sign (DKIM); check a received mail for it")
        return
    try:
        _, second = dkim.keys(settings)
        beside = f", and by Ed25519 with {second.selector}" if second else ""
        yield Finding(True, f"mail is signed with the selector {settings.dkim_selector}{beside}")
    except dkim.KeyRefused as error:
        yield Finding(False, str(error), "make a key with: openssl genrsa -out dkim.pem 2048; chmod 600 dkim.pem")

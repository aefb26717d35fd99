"""Secrets in files (OPS-1): the root of all keys, and passwords.

The root is made on the first run: 32 random bytes, mode 0600. It is written beside its place and linked into it, so two
processes that start together end with one and the same secret, and a crash leaves none or a whole one.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from mailer.errors import SettingsError

SECRET_LENGTH = 32


def read_or_make(path: Path) -> bytes:
    """The root secret at `path`, made if there is none. Raises SettingsError when it is open to others, short or weak."""
    try:
        if not path.exists():
            _make(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except OSError as error:
        raise SettingsError(f"The secret file {path} cannot be read or made: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The secret file {path} can be read by others.", f"Run: chmod 600 {path}")
    if len(content) < SECRET_LENGTH or len(set(content)) < 8:
        raise SettingsError(
            f"The secret file {path} is too short or too plain: it needs {SECRET_LENGTH} random bytes.",
            "Restore it from the backup; a new one makes every link and tag in old mail invalid.",
        )
    return content


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_LENGTH))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first; its secret is the one
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_password(path: Path) -> str:
    """The first line of a password file. Raises SettingsError when it is missing, empty or open to everybody."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            password = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The password file {path} cannot be read: {error}.") from error
    if stat.S_IMODE(mode) & 0o007:
        raise SettingsError(f"The password file {path} can be read by everybody.", f"Run: chmod 600 {path}")
    if not password:
        raise SettingsError(f"The password file {path} is empty.")
    return password

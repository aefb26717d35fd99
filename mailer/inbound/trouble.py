"""Trouble of the database or of the disk, which says nothing of the message that met it: it passes, or IT ends it.

Told by what the error is. A table that is missing is none: that is a fault of ours, though SQLite calls both operational.
"""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from mailer.errors import Unavailable

_SQLITE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
)
# Beginnings of SQLSTATE: the connection, a database that only reads, who waited for each other, no room, a lock, IT, the disk.
_POSTGRESQL = ("08", "25006", "40", "53", "55P03", "57", "58")
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE)


def is_passing(error: Exception) -> bool:
    """Whether the message may well be handled in a while, as it is."""
    if isinstance(error, OSError):
        return error.errno in _DISK
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoConnectionFree | Unavailable)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _SQLITE
    state = getattr(error.orig, "sqlstate", "")
    if state is None:  # psycopg's own word: the server has said nothing any more
        return isinstance(error, OperationalError)
    return bool(state.startswith(_POSTGRESQL))

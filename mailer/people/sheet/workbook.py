"""Workbooks: .xlsx, .xls and .ods, opened in a limited child process, as they may be bombs (SAFE-4, ruling 11).

Of several sheets the first visible one with addresses is read, and the others are named: a sheet called "Leavers" must not come along.
"""

from __future__ import annotations

from mailer.errors import Refused
from mailer.message import unpacked
from mailer.people.sheet.grid import MOST_LINES, Grid, checked

MOST = 40_000_000  # octets
_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a zip; an OLE file, which is also what a password makes of any workbook


def is_one(content: bytes) -> bool:
    return content.startswith(_STARTS)


def grid(content: bytes) -> Grid:
    """The cells of the first visible sheet that has addresses. Refused where it cannot be opened."""
    sheets = unpacked.workbook(content) if len(content) <= MOST else None
    if sheets is None:
        raise Refused(
            "unreadable-workbook",
            "This workbook could not be opened.",
            "Has it a password, or is it very large? In Excel choose File, Save As, CSV, and send that.",
        )
    named = [sheet for sheet in sheets if any("@" in cell for _, cells in sheet.lines for cell in cells)]
    if not named:
        raise Refused("no-email-column", "No sheet of this workbook has an email address in it.")
    if any(sheet.cut for sheet in named[:1]):
        raise Refused("too-many-lines", f"A file may have {MOST_LINES:,} lines.", "Cut it into several.")
    return checked(named[0].lines, tuple(f"the sheet {sheet.name}" for sheet in named[1:]))

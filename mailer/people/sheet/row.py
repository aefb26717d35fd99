"""One line of a list, as it was understood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the file. `problem`: why it cannot be taken, else empty."""

    line: int
    email: str
    name: str = ""
    organisation: str = ""
    roles: str = ""
    purposes: str = ""
    evidence: str = ""
    problem: str = ""
    repeats: int | None = None  # the line further up that has this address
    note: str = ""  # what of the line was passed over, in words
    others: tuple[str, ...] = ()  # further addresses of the same person; they are not taken, but one that left keeps all out
    left: bool = False  # the file itself says that they left, or get no mail, where it comes from
    said: str = ""  # ... in this remark
    off: tuple[str, ...] = ()  # the purposes that the line says they do not want
    unconfirmed: bool = False  # ... or that they never confirmed there: no evidence counts


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, and the headings that mean nothing to us."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]

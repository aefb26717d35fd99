"""Tables that are opened in a spreadsheet: nothing in them is a formula (SAFE-5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

BOM = "\ufeff"  # without it Excel does not read UTF-8
_STARTS = frozenset("=+-@\t\r\n＝＋－＠|%")


def cell(value: Any) -> str:
    """A value as a cell. What a spreadsheet would run begins with an apostrophe, also behind spaces."""
    text = "" if value is None else str(value)
    if text[:1] in _STARTS or text.lstrip()[:1] in _STARTS:
        return f"'{text}"
    return text


def uncell(text: str) -> str:
    """A cell that was written by `cell`, as it was before."""
    inside = text[1:]
    return inside if text[:1] == "'" and (inside[:1] in _STARTS or inside.lstrip()[:1] in _STARTS) else text


def write(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file in UTF-8 that Excel, LibreOffice and programs read alike (RFC 4180). Every cell is in quotation marks: LibreOffice cuts at
    semicolons and tabs too, and `Jane;=1+1` would be two cells, one of them a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return (BOM + out.getvalue()).encode("utf-8")

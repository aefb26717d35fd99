"""Text with cells: commas, semicolons or tabs, in the encodings that Excel has written over the years (RFC 4180 and worse)."""

from __future__ import annotations

import csv
import io
import re

from mailer.errors import Refused
from mailer.people.sheet.grid import Grid, checked


def grid(content: bytes) -> Grid:
    """Read it as CSV. Refused where a quotation mark is left open."""
    text = decoded(content)
    first, _, rest = text.partition("\n")
    separator = ""
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text = first.strip()[-1], rest
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=False)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise Refused(
            "unreadable-file", "This file could not be read as CSV.", "Is a quotation mark left open? Save it as CSV again."
        ) from error
    return checked(lines)


def decoded(content: bytes) -> str:
    """UTF-8 or UTF-16, with or without a mark, else what Windows wrote."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    start = content[:2000]
    if start.count(0) * 3 > len(start):  # every second octet of plain letters
        return content.decode("utf-16-be" if start[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """What parts the cells of the first line that has any; a comma if nothing does."""
    lines = (re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:20] if line.strip())
    first = next((line for line in lines if re.search(r"[,;\t]", line)), "")
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))

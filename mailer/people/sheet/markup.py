"""Tables that are called .xls and are none: a web page, as school databases write them, or Excel's XML of 2003.

Only rows and cells are looked at; nothing in them is fetched, run or kept but its words (SAFE-2).
"""

from __future__ import annotations

import re

from lxml import etree  # type: ignore[import-untyped]

from mailer.errors import Refused
from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import Grid, checked

_STARTS = ("<html", "<!doctype html", "<table", "<?xml", "<meta", "<head", "<style")
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")


def is_one(content: bytes) -> bool:
    return decoded(content[:400]).lstrip("\ufeff \t\r\n").lower().startswith(_STARTS)


def grid(content: bytes) -> Grid:
    """A line for each row of its tables. Refused if there is none."""
    text = _DECLARED.sub("", decoded(content)).replace("\0", "")
    try:
        page = etree.fromstring(f"<html><body>{text}</body></html>", etree.HTMLParser(no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise Refused("unreadable-file", "This file could not be read.", "Open it in Excel and save it as CSV.") from error
    rows = [[" ".join(cell.itertext()) for cell in row.iter("td", "th", "cell")] for row in page.iter("tr", "row")]
    return checked([(number, cells) for number, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells)])

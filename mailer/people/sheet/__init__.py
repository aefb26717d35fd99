"""Lists of people as people have them: a CSV out of Excel, a workbook, an export of another list, address cards.

Whatever the form, it becomes a grid of cells first (`delimited`, `workbook`, `exported`, `cards`, `markup`, `directory`), and
one table of headings says what each column is (`headings`, `layout`); without headings what is in it does (`unnamed`). What the file is, is told by its first octets, never by its name. Pure: bytes in, rows out; what is not
understood is named, not guessed at. Who left where the file comes from stays out, and who never confirmed there counts as unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailer.people.sheet import cards, columns, delimited, directory, exported, markup, workbook
from mailer.people.sheet.grid import MOST_LINES, Grid, checked
from mailer.people.sheet.row import Row, Sheet

__all__ = ["MOST_LINES", "Row", "Sheet", "could_be", "of_lines", "read"]

# read top-down: what the first octets say -> how it becomes a grid
FORMS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Grid]], ...] = (
    (workbook.is_one, workbook.grid),
    (cards.is_one, cards.grid),
    (exported.is_one, exported.grid),
    (markup.is_one, markup.grid),
    (directory.is_one, directory.grid),
    (lambda content: True, delimited.grid),
)
_NAMES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".vcf", ".json", ".ldif", ".ldi")
_TYPES = ("text/csv", "text/tab-separated-values", "text/vcard", "text/x-vcard", "text/directory")


def read(content: bytes) -> Sheet:
    """Read a list. Refused if it cannot be opened, has no addresses, or too many lines."""
    form = next(form for fits, form in FORMS if fits(content))
    return columns.rows(form(content))


def of_lines(lines: Sequence[tuple[int, Sequence[str]]]) -> Sheet:
    """The rows of cells that were found elsewhere, headings first."""
    return columns.rows(checked(lines))


def could_be(name: str, kind: str) -> bool:
    """Whether an attachment of this name and type may be a list of people."""
    return name.lower().endswith(_NAMES) or kind.lower() in _TYPES

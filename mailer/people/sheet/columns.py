"""From cells to rows: what becomes of each line once `layout` has said which column is what.

A line is one person, but where a cell holds several addresses and nobody's name. What is not taken of a line is said in its note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailer.message.address import key
from mailer.people.sheet import agreed, exported, layout, written
from mailer.people.sheet.grid import Grid
from mailer.people.sheet.headings import (
    ATTRIBUTES,
    CONSENT,
    EMAIL,
    EVIDENCE,
    FIRST,
    IN,
    LAST,
    NAME,
    NOTES,
    OUT,
    PLACE,
    PURPOSES,
    ROLES,
    STATUS,
)
from mailer.people.sheet.layout import Layout
from mailer.people.sheet.row import Row, Sheet
from mailer.people.sheet.written import Written


def rows(grid: Grid) -> Sheet:
    """The rows of a grid. Refused if no column of it has addresses."""
    laid = layout.of(grid.lines)
    found = [row for line, cells in laid.lines for row in _rows(line, cells, laid)]
    return Sheet(tuple(_repeats(found)), (*laid.ignored, *grid.beside))


def _rows(line: int, cells: Sequence[str], laid: Layout) -> Iterator[Row]:
    """The people of one line."""

    def all_of(kind: str) -> list[str]:
        places = laid.at.get(kind)
        if places is None:  # most lists have few of the kinds
            return []
        return [said for at in places if at < len(cells) and (said := written.clean(cells[at]))]

    def cell(kind: str) -> str:
        return next(iter(all_of(kind)), "")

    addresses = all_of(EMAIL)
    pasted = _pasted(cells) if laid.headless else None
    read = [pasted] if pasted else [written.read(each) for each in addresses]
    boxes = [box for one in read for box in one.boxes]
    name = "" if pasted else cell(NAME) or f"{cell(FIRST)} {cell(LAST)}".strip()
    statuses = all_of(STATUS)
    email = next(iter(addresses), "")
    one = Row(
        line,
        email,
        name,
        cell(PLACE) or (exported.place(cell(ATTRIBUTES)) if ATTRIBUTES in laid.at else ""),
        cell(ROLES),
        cell(PURPOSES),
        next((said for said in (cell(EVIDENCE), *all_of(CONSENT)) if said and not agreed.says_no(said)), ""),
        left=agreed.out_by_status(statuses)
        or agreed.stays_out(all_of(OUT), all_of(IN), all_of(CONSENT), all_of(NOTES))
        or any(each.out for each in read),
        unconfirmed=agreed.unconfirmed(statuses) or agreed.says_no(cell(EVIDENCE)),
    )
    if not email:
        yield replace(one, problem="There is no address in this line.")
    elif not boxes or (len(addresses) == 1 and not read[0].boxes):
        yield replace(one, problem=f"“{email}” is not an email address.")
    elif len(boxes) > 1 and (name or len(addresses) > 1) and not pasted:  # one person: they can add the others themselves
        others = tuple(dict.fromkeys(box.address for box in boxes[1:] if key(box.address) != key(boxes[0].address)))
        note = f"Only the first address of this line is taken, not {', '.join(others)}." if others else ""
        yield replace(one, email=boxes[0].address, name=name or boxes[0].name, note=note, others=others)
    else:
        for box in boxes:
            as_it_is = name and box.address == email
            yield one if as_it_is else replace(one, email=box.address, name=name or box.name)


def _pasted(cells: Sequence[str]) -> Written | None:
    """The line that a mail program gives for several people stands in as many cells, cut at its commas or semicolons."""
    filled = [each for each in map(written.clean, cells) if each]
    read = written.read(", ".join(filled)) if sum("@" in each for each in filled) > 1 else Written()
    return read if read.boxes else None


def _repeats(rows: Sequence[Row]) -> Iterable[Row]:
    """Say of each line whose address stood further up where it did. Who left by any of their lines left by all."""
    left = {key(row.email) for row in rows if row.left and not row.problem}
    seen: dict[str, int] = {}
    for row in rows:
        at = key(row.email)
        if not row.problem and at in seen:
            yield replace(row, problem=f"Line {seen[at]} has this address already.", repeats=seen[at])
            continue
        if not row.problem:
            seen[at] = row.line
        yield replace(row, left=True) if at in left and not row.left and not row.problem else row

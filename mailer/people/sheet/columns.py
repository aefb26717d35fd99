"""From cells to rows: what becomes of each line once `layout` has said which column is what.

A line is one person, but where a cell holds several addresses and nobody's name. What is not taken of a line is said in its note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mailer.errors import Refused
from mailer.message.address import key
from mailer.people.sheet import agreed, exported, layout, written
from mailer.people.sheet.grid import Grid
from mailer.people.sheet.headings import (
    ATTRIBUTES,
    CONSENT,
    EMAIL,
    EVIDENCE,
    FIRST,
    FURTHER,
    IN,
    LAST,
    LAST_FIRST,
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
    """The rows of a grid. Refused if no column of it has addresses, or nothing stands below the headings."""
    laid = layout.of(grid.lines)
    found = [row for line, cells in laid.lines for row in _rows(line, cells, laid)]
    if not found:
        raise Refused("empty-file", "There is nobody in this file.")
    once = _one_name_each(found) if laid.headless else found
    return Sheet(tuple(_repeats(once)), (*laid.ignored, *grid.beside))


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
    further = [] if pasted else [written.read(each) for each in all_of(FURTHER)]
    name = "" if pasted else cell(NAME) or _turned(cell(LAST_FIRST)) or f"{cell(FIRST)} {cell(LAST)}".strip()
    statuses = all_of(STATUS)
    email = next(iter(addresses), "")
    noted = next(filter(agreed.noted_out, all_of(NOTES)), "")
    one = Row(
        line,
        email,
        name,
        cell(PLACE) or (exported.place(cell(ATTRIBUTES)) if ATTRIBUTES in laid.at else ""),
        cell(ROLES),
        cell(PURPOSES),
        next((said for said in (cell(EVIDENCE), *all_of(CONSENT)) if said and not agreed.says_no(said)), ""),
        left=agreed.out_by_status(statuses)
        or agreed.stays_out(all_of(OUT), all_of(IN), all_of(CONSENT))
        or bool(noted)
        or any(each.out for each in (*read, *further)),
        said=noted,
        off=_off(cells, laid, all_of(NOTES)),
        unconfirmed=agreed.unconfirmed(statuses) or agreed.says_no(cell(EVIDENCE)),
    )
    if not email:
        yield replace(one, problem="There is no address in this line.")
    elif not boxes or (len(addresses) == 1 and not read[0].boxes):
        yield replace(one, problem=f"“{email}” is not an email address.")
    elif (further or len(boxes) > 1) and (name or len(addresses) > 1 or further) and not pasted:
        # one person: they can add the others themselves
        rest = (*boxes[1:], *(box for one in further for box in one.boxes))
        others = tuple(dict.fromkeys(box.address for box in rest if key(box.address) != key(boxes[0].address)))
        note = f"Only the first address of this line is taken, not {', '.join(others)}." if others else ""
        yield replace(one, email=boxes[0].address, name=name or boxes[0].name, note=note, others=others)
    else:
        for box in boxes:
            as_it_is = name and box.address == email
            yield one if as_it_is else replace(one, email=box.address, name=name or box.name)


def _off(cells: Sequence[str], laid: Layout, notes: Iterable[str]) -> tuple[str, ...]:
    """The purposes that the line says they do not want."""
    said: list[str] = [purpose for note in notes for purpose in agreed.not_of(note)]
    for at, one in laid.wanted.items():
        cell = written.clean(cells[at]) if at < len(cells) else ""
        said += agreed.not_of(cell)
        if agreed.declines(cell) or (one.ticked and not cell):
            said += one.purposes
    return tuple(dict.fromkeys(said))


def _turned(name: str) -> str:
    """"Lee Ann" where the heading says that the surname comes first; of more words, or with a comma, nothing is known that is not said."""
    words = re.split(r"\s*/\s*|\s+", name)
    return f"{words[1]} {words[0]}" if len(words) == 2 and "," not in name else name


def _pasted(cells: Sequence[str]) -> Written | None:
    """The line that a mail program gives for several people stands in as many cells, cut at its commas or semicolons."""
    filled = [each for each in map(written.clean, cells) if each]
    read = written.read(", ".join(filled)) if sum("@" in each for each in filled) > 1 else Written()
    return read if read.boxes else None


def _one_name_each(rows: Sequence[Row]) -> Iterable[Row]:
    """Where no heading says whose the addresses are, one beside several names is refused: it may be their school's, or their head's."""
    names: dict[str, set[str]] = {}
    for row in rows:
        if row.name and not row.problem:
            names.setdefault(key(row.email), set()).add(" ".join(sorted(re.findall(r"\w+", row.name.lower()))))
    for row in rows:
        several = not row.problem and len(names.get(key(row.email), ())) > 1
        yield replace(row, problem="This address stands beside several names; we cannot tell whose it is.") if several else row


def _repeats(rows: Iterable[Row]) -> Iterable[Row]:
    """Say of each line whose address stood further up where it did. Who left by any of their lines left by all."""
    rows = list(rows)
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

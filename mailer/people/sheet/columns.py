"""From cells to rows: which column means what stands in COLUMNS; a column we do not know is named, not guessed at.

The headings may stand under a title; without any, the column in which the addresses are is told by the addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.errors import Refused
from mailer.message.address import Mailbox, key, parse_address, parse_mailboxes
from mailer.people import spreadsheet
from mailer.people.sheet import agreed, exported
from mailer.people.sheet.exported import plain
from mailer.people.sheet.grid import Grid
from mailer.people.sheet.row import Row, Sheet

EMAIL, NAME, FIRST, LAST, STATUS, ATTRIBUTES = "email", "name", "first", "last", "status", "attributes"
OUT, IN, CONSENT = "out", "in", "consent"  # what a column says about being written to

# what a heading may be called (letters only, lower case) -> what it is; of two that mean the same, the one further up here counts
COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *(
                "email",
                "emailaddress",
                "emails",
                "mail",
                "emailvalue",
                "ebost",
                "cyfeiriadebost",
                "workemail",
                "contactemail",
            ),
            *(
                "primaryemail",
                "smtpaddress",
                "useremail",
                "subscribedaddresses",
                "userprincipalname",
                *("youremail", "youremailaddress", "whatisyouremail", "whatisyouremailaddress"),
                "address",
                "cyfeiriad",
            ),
        ),
        EMAIL,
    ),
    **dict.fromkeys(
        (
            *("name", "fullname", "displayname", "contactname", "membername", "member", "contact", "enw", "enwllawn"),
            *("yourname", "yourfullname", "whatisyourname"),
        ),
        NAME,
    ),
    **dict.fromkeys(("firstname", "forename", "forenames", "givenname", "first", "enwcyntaf"), FIRST),
    **dict.fromkeys(("lastname", "surname", "familyname", "last", "cyfenw"), LAST),
    **dict.fromkeys(
        (
            *(
                "organisation",
                "organization",
                "organisationname",
                "organizationname",
                "school",
                "schoolname",
                "company",
            ),
            *("nameofschool", "yourschool", "schoolcollege", "schoolorcollege", "college", "whichschool"),
            *("companyname", "department", "institution", "employer", "workplace", "ysgol", "sefydliad"),
        ),
        "organisation",
    ),
    **dict.fromkeys(("roles", "role"), "roles"),
    **dict.fromkeys(("purposes", "purpose", "lists", "list"), "purposes"),
    "evidence": "evidence",
    **dict.fromkeys(agreed.CONSENT, CONSENT),
    **dict.fromkeys(agreed.OUT, OUT),
    **dict.fromkeys(agreed.IN, IN),
    **dict.fromkeys(("status", "subscriptionstatus", "memberstatus", "emailmarketingstatus"), STATUS),
    **dict.fromkeys(("attributes", "attribs"), ATTRIBUTES),
}
_RANK = {heading: at for at, heading in enumerate(COLUMNS)}

SEARCHED = 15  # lines in which the headings are looked for
_APART = re.compile(r"[;,/|]|\s+")


def rows(grid: Grid) -> Sheet:
    """The rows of a grid. Refused if no column of it has addresses."""
    places, ignored, lines = _places(grid.lines)
    found = (row for line, cells in lines for row in _rows(line, cells, places))
    return Sheet(tuple(_repeats(found)), (*ignored, *grid.beside))


def _places(
    lines: Sequence[tuple[int, Sequence[str]]],
) -> tuple[dict[str, int], tuple[str, ...], Sequence[tuple[int, Sequence[str]]]]:
    """Which column is what, the headings that mean nothing, and the lines below them."""
    for at, (_, cells) in enumerate(lines[:SEARCHED]):
        if any("@" in cell for cell in cells):
            break
        headings = [plain(cell) for cell in cells]
        if any(COLUMNS.get(heading) == EMAIL for heading in headings):
            places: dict[str, int] = {}
            for column in sorted(
                (column for column, heading in enumerate(headings) if heading in COLUMNS),
                key=lambda one: _RANK[headings[one]],
            ):
                places.setdefault(COLUMNS[headings[column]], column)
            places[EMAIL] = _with_addresses(lines[at + 1 :], places[EMAIL])
            return places, _unknown(cells, set(places.values())), lines[at + 1 :]
    return _by_the_addresses(lines)


def _with_addresses(lines: Sequence[tuple[int, Sequence[str]]], column: int) -> int:
    """A form's own column may be called Email and say "anonymous": then it is the column in which the addresses are."""
    counts: dict[int, int] = {}
    for _, cells in lines[:200]:
        for at, cell in enumerate(cells):
            counts[at] = counts.get(at, 0) + (parse_address(_clean(cell)) is not None)
    return column if counts.get(column) else max(counts, key=lambda one: (counts[one], one == column, -one), default=column)


def _by_the_addresses(
    lines: Sequence[tuple[int, Sequence[str]]],
) -> tuple[dict[str, int], tuple[str, ...], Sequence[tuple[int, Sequence[str]]]]:
    """No heading says so: the column with the most addresses; what else is known stands above it."""
    counts: dict[int, int] = {}
    for _, cells in lines[:200]:
        for column, cell in enumerate(cells):
            counts[column] = counts.get(column, 0) + ("@" in cell)
    column = max(counts, key=lambda one: (counts[one], -one), default=0)
    if not counts.get(column):
        named = _unknown(lines[0][1], set())
        raise Refused(
            "no-email-column",
            "No column of this file is called email.",
            f"Its columns are: {', '.join(named) or 'without names'}.",
        )
    first = next(at for at, (_, cells) in enumerate(lines) if any("@" in cell for cell in cells))
    places = {EMAIL: column}
    for at, (_, cells) in enumerate(lines[:first]):
        for where, cell in enumerate(cells):
            if where != column and plain(cell) in COLUMNS:
                places.setdefault(COLUMNS[plain(cell)], where)
        if len(places) > 1:
            return places, _unknown(cells, set(places.values())), lines[at + 1 :]
    if len(lines[first][1]) == 2:
        places[NAME] = 1 - column
    return places, (), lines[first:]


def _unknown(cells: Sequence[str], known: set[int]) -> tuple[str, ...]:
    return tuple(cell.strip() for at, cell in enumerate(cells) if cell.strip() and at not in known)


def _rows(line: int, cells: Sequence[str], places: Mapping[str, int]) -> Iterator[Row]:
    """The people of one line: one, but where a cell holds several addresses and nobody's name."""

    def cell(name: str) -> str:
        at = places.get(name)
        return _clean(cells[at]) if at is not None and at < len(cells) else ""

    written = cell(EMAIL) if len(places) > 1 else _pasted(cells, cell(EMAIL))
    email = parse_address(written)
    boxes = [Mailbox("", email)] if email else _boxes(written)
    name = cell(NAME) or f"{cell(FIRST)} {cell(LAST)}".strip()
    status = plain(cell(STATUS))
    one = Row(
        line,
        written,
        name,
        cell("organisation") or (exported.place(cell(ATTRIBUTES)) if ATTRIBUTES in places else ""),
        cell("roles"),
        cell("purposes"),
        next((said for said in (cell("evidence"), cell(CONSENT)) if said and not agreed.says_no(said)), ""),
        left=status in exported.LEFT or agreed.stays_out(cell(OUT), cell(IN), cell(CONSENT)),
        unconfirmed=status in exported.UNCONFIRMED or agreed.says_no(cell("evidence")),
    )
    if not written:
        yield replace(one, problem="There is no address in this line.")
    elif not boxes:
        yield replace(one, problem=f"“{written}” is not an email address.")
    elif name and len(boxes) > 1:  # one person with several addresses: they can add the others themselves
        others = ", ".join(box.address for box in boxes[1:])
        yield replace(one, email=boxes[0].address, note=f"Only the first address of this line is taken, not {others}.")
    else:
        for box in boxes:
            yield replace(one, email=box.address, name=name or box.name)


def _pasted(cells: Sequence[str], written: str) -> str:
    """The line that a mail program gives for several people stands in as many cells, cut at its commas or semicolons."""
    filled = [_clean(cell) for cell in cells if _clean(cell)]
    return ", ".join(filled) if sum("@" in cell for cell in filled) > 1 else written


def _boxes(written: str) -> list[Mailbox]:
    """The addresses of a cell, however they are set apart; none if any of it is not one."""
    boxes = parse_mailboxes(written)
    if boxes and all(box.address for box in boxes):
        return list(boxes)
    parts = [part for part in _APART.split(written) if part and part.lower() not in ("and", "or", "a", "neu", "&")]
    found = [parse_address(part.strip("<>()\"'").removeprefix("mailto:")) for part in parts]
    return [Mailbox("", address) for address in found if address] if all(found) else []


def _repeats(rows: Iterable[Row]) -> Iterator[Row]:
    """Say of each line whose address stood further up where it did."""
    seen: dict[str, int] = {}
    for row in rows:
        at = key(row.email)
        if not row.problem and at in seen:
            yield replace(row, problem=f"Line {seen[at]} has this address already.", repeats=seen[at])
            continue
        if not row.problem:
            seen[at] = row.line
        yield row


def _clean(cell: str) -> str:
    """On one line, without what cannot be seen, and without the apostrophe that an export put before a formula."""
    return spreadsheet.uncell(" ".join(cell.translate(_UNSEEN).split()))


_UNSEEN = dict.fromkeys((0x00, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD))

"""Reading a list of people as they come out of Excel: any column order, a byte order mark, semicolons, split names.

Pure: bytes in, rows out. Which columns mean what stands in COLUMNS; a column we do not know is named, not guessed at.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mailer.errors import Refused
from mailer.message.address import key, parse_address, parse_mailboxes

EMAIL, NAME, FIRST, LAST = "email", "name", "first", "last"

# what a heading may be called (letters only, lower case) -> what it is
COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(
        ("email", "emailaddress", "mail", "address", "ebost", "emails", "contactemail", "workemail"), EMAIL
    ),
    **dict.fromkeys(("name", "fullname", "displayname", "member", "contact", "contactname", "enw"), NAME),
    **dict.fromkeys(("firstname", "forename", "givenname", "first", "forenames", "enwcyntaf"), FIRST),
    **dict.fromkeys(("lastname", "surname", "familyname", "last", "cyfenw"), LAST),
    **dict.fromkeys(
        ("organisation", "organization", "school", "company", "department", "institution", "employer", "ysgol"),
        "organisation",
    ),
    **dict.fromkeys(("roles", "role"), "roles"),
    **dict.fromkeys(("purposes", "purpose", "lists", "list"), "purposes"),
    **dict.fromkeys(("evidence", "consent", "consentevidence", "permission"), "evidence"),
}
MOST_LINES = 200_000


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


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, and the headings that mean nothing to us."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def read(content: bytes) -> Sheet:
    """Read a CSV. Refused if it has no column of addresses."""
    text = _decoded(content)
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
    if not lines:
        raise Refused("empty-file", "There is nobody in this file.")
    if len(lines) > MOST_LINES:
        raise Refused("too-many-lines", f"A file may have {MOST_LINES:,} lines.", "Cut it into several.")
    headings = [_plain(cell) for cell in lines[0][1]]
    if any("@" in cell for cell in lines[0][1]):  # no headings: the address, then perhaps a name
        column = next(at for at, cell in enumerate(lines[0][1]) if "@" in cell)
        places = {EMAIL: column} | ({NAME: 1 - column} if len(lines[0][1]) == 2 else {})
        ignored: tuple[str, ...] = ()
    else:
        places = {}
        for at, heading in enumerate(headings):
            if heading in COLUMNS:
                places.setdefault(COLUMNS[heading], at)
        ignored = tuple(
            cell.strip()
            for cell, heading in zip(lines[0][1], headings, strict=True)
            if cell.strip() and heading not in COLUMNS
        )
        lines = lines[1:]
    if EMAIL not in places:
        raise Refused(
            "no-email-column",
            "No column of this file is called email.",
            f"Its columns are: {', '.join(ignored) or 'without names'}.",
        )
    return Sheet(tuple(_repeats(_row(line, cells, places) for line, cells in lines)), ignored)


def _row(line: int, cells: list[str], places: Mapping[str, int]) -> Row:
    def cell(name: str) -> str:
        at = places.get(name)
        return " ".join(cells[at].split()) if at is not None and at < len(cells) else ""

    written = cell(EMAIL)
    boxes = [box for box in parse_mailboxes(written) if box.address] if parse_address(written) is None else []
    email = parse_address(written) or (boxes[0].address if len(boxes) == 1 else "")
    name = cell(NAME) or f"{cell(FIRST)} {cell(LAST)}".strip() or (boxes[0].name if email and boxes else "")
    problem = ""
    if not written:
        problem = "There is no address in this line."
    elif len(boxes) > 1:
        problem = "There is more than one address in this line."
    elif not email:
        problem = f"“{written}” is not an email address."
    return Row(
        line,
        email or written,
        name,
        cell("organisation"),
        cell("roles"),
        cell("purposes"),
        cell("evidence"),
        problem,
    )


def _repeats(rows: Iterable[Row]) -> list[Row]:
    """Say of each line whose address stood further up where it did."""
    seen: dict[str, int] = {}
    out: list[Row] = []
    for row in rows:
        at = key(row.email)
        if not row.problem and at in seen:
            out.append(replace(row, problem=f"Line {seen[at]} has this address already.", repeats=seen[at]))
            continue
        if not row.problem:
            seen[at] = row.line
        out.append(row)
    return out


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """What parts the cells of the first line that has any; a comma if nothing does."""
    first = re.sub(r'"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())

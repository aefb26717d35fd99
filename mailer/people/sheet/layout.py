"""Which column of a grid is what: by its headings, which may stand under a title, else by what is in the columns (`unnamed`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from mailer.consent import purposes
from mailer.errors import Refused
from mailer.people import roles
from mailer.people.sheet import agreed, exported, unnamed, written
from mailer.people.sheet.headings import (
    EMAIL,
    FURTHER,
    PURPOSES,
    ROLES,
    SEVERAL,
    STATUS,
    WANTS,
    by_name,
    meaning,
    rank,
    somebody_else,
    strict,
)

SEARCHED = 15  # lines in which the headings are looked for
LOOKED_AT = 200  # lines in which it is looked where the addresses are

Lines = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Wanted:
    """A column that asks for these purposes. `ticked`: some say yes in it, and so an empty cell is none."""

    purposes: tuple[str, ...]
    ticked: bool


@dataclass(frozen=True)
class Layout:
    """The columns of each kind, the one that counts first; the lines below the headings, and the headings that mean nothing."""

    at: Mapping[str, tuple[int, ...]]
    lines: Lines
    ignored: tuple[str, ...] = ()
    headless: bool = False
    wanted: Mapping[int, Wanted] = field(default_factory=dict)


def of(lines: Lines) -> Layout:
    """Refused if no column has addresses."""
    headed = _under_headings(lines)
    return headed or _by_the_addresses(lines)


def _under_headings(lines: Lines) -> Layout | None:
    """Below the first line of headings with a column of addresses; else the first one, and where its addresses are is looked for:
    a form's own column may be called Email and say "anonymous"."""
    found: list[tuple[int, dict[int, str]]] = []
    for at, (_, cells) in enumerate(lines[:SEARCHED]):
        filled = [cell for cell in cells if cell.strip()]
        if any("@" in cell for cell in cells):
            if len(filled) > 1 or written.mailboxes(written.clean(filled[0])):
                break  # people already
            continue  # a title: "Questions to boss@y.example"
        kinds = _kinds(cells)
        if EMAIL in kinds.values() and (len(filled) > 1 or by_name(filled[0])):
            found.append((at, kinds))
    for at, kinds in found:
        if any(_has_addresses(lines[at + 1 :], column) for column, kind in kinds.items() if kind == EMAIL):
            return _layout(lines, at, kinds)
    if not found:
        return None
    at, kinds = found[0]
    column = _most_addresses(lines[at + 1 :], _of_others(lines[: at + 1]))
    if column is None:
        return _layout(lines, at, kinds, keep_empty=True)
    return _layout(lines, at, {each: kind for each, kind in kinds.items() if kind != EMAIL} | {column: EMAIL})


def _kinds(cells: Sequence[str]) -> dict[int, str]:
    return {column: kind for column, cell in enumerate(cells) if (kind := meaning(cell))}


def _layout(lines: Lines, at: int, kinds: Mapping[int, str], *, keep_empty: bool = False) -> Layout:
    """The lines below the headings in line `at`."""
    cells, below = lines[at][1], lines[at + 1 :]
    places: dict[str, tuple[int, ...]] = {}
    strange: list[str] = []
    for column in sorted(kinds, key=lambda one: (rank(cells[one]) if one < len(cells) else 0, one)):
        kind = kinds[column]
        if kind == EMAIL and not keep_empty and not _has_addresses(below, column):
            continue
        if kind == ROLES and exported.are_roles(_said(below, column)):
            kind = STATUS
        elif kind in (ROLES, PURPOSES) and not strict(cells[column]) and (word := _not_ours(kind, below, column)):
            strange.append(f"{cells[column].strip()} (“{word}” is none of our {kind})")
            continue
        if kind in SEVERAL or kind not in places:
            if kind == EMAIL and EMAIL in places and not by_name(cells[column]):
                kind = FURTHER  # an empty cell of the column called Email is not filled from one that is called like it
            places[kind] = (*places.get(kind, ()), column)
    used = {column for columns in places.values() for column in columns}
    told = {one.partition(" (“")[0] for one in strange}
    nothing = (cell.strip() for each, cell in enumerate(cells) if cell.strip() and each not in used)
    wanted = {each: Wanted(agreed.purposes_of(cells[each]), any(map(agreed.says_yes, _said(below, each)))) for each in places.get(WANTS, ())}
    adding = [each for each, one in wanted.items() if one.ticked and not set(one.purposes) <= set(purposes.DEFAULT)]
    strange += [f"{cells[each].strip()} (a yes there adds nothing, only a no is heard: name what they want in a column purposes)" for each in adding]
    return Layout(places, below, (*(one for one in nothing if one not in told), *strange), wanted=wanted)


def _not_ours(kind: str, lines: Lines, column: int) -> str:
    """The first word of a column called Role or List that is no role or purpose of ours: it holds job titles, or other lists."""
    read = roles.read if kind == ROLES else purposes.read
    for said in _said(lines, column):
        try:
            read(said)
        except ValueError:
            return said
    return ""


def _said(lines: Lines, column: int) -> dict[str, None]:
    """What stands in a column, each once."""
    return dict.fromkeys(written.clean(cells[column]) for _, cells in lines if column < len(cells) and cells[column].strip())


def _has_addresses(lines: Lines, column: int) -> bool:
    return any(column < len(cells) and "@" in cells[column] for _, cells in lines)


def _most_addresses(lines: Lines, not_in: Set[int] = frozenset()) -> int | None:
    """The column in which the first lines have the most different addresses: one that stands in every line is nobody's own."""
    found: dict[int, set[str]] = {}
    for _, cells in lines[:LOOKED_AT]:
        for column, cell in enumerate(cells):
            if "@" in cell and column not in not_in:
                found.setdefault(column, set()).add(written.clean(cell).lower())
    return max(found, key=lambda one: (len(found[one]), -one), default=None)


def _of_others(lines: Lines) -> Set[int]:
    """The columns that a line of headings calls somebody else's."""
    return {column for _, cells in lines for column, cell in enumerate(cells) if somebody_else(cell)}


def _by_the_addresses(lines: Lines) -> Layout:
    """No heading says so: the column with the most different addresses; what else is known stands above it, or is told by the cells."""
    first = next((at for at, (_, cells) in enumerate(lines) if any("@" in cell for cell in cells)), 0)
    email = _most_addresses(lines, _of_others(lines[:first]))
    if email is None:
        named = [cell.strip() for cell in lines[0][1] if cell.strip()]
        raise Refused(
            "no-email-column",
            "No column of this file is called email.",
            f"Its columns are: {', '.join(named) or 'without names'}.",
        )
    for at, (_, cells) in enumerate(lines[:first]):
        kinds = {column: kind for column, kind in _kinds(cells).items() if column != email and kind != EMAIL}
        if set(kinds.values()) - {WANTS} and sum(bool(cell.strip()) for cell in cells) > 1:
            return _layout(lines, at, {**kinds, email: EMAIL})
    return Layout(unnamed.places([cells for _, cells in lines[first : first + LOOKED_AT]], email), lines[first:], headless=True)

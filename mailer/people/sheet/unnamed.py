"""Columns without headings, told by what is in them: "Doe, Jane", address, school, in any order.

A column with addresses is one; of the others, one of schools has the words of schools in it, numbers and job titles are passed over, and what
is left is the name, if it is of two words or the addresses have it; else it may be a town. First name and surname in cells of their own are put in order by the addresses ("jdoe@"), where these say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from mailer.people.sheet.headings import EMAIL, FIRST, FURTHER, LAST, NAME, PLACE

_SCHOOL = re.compile(
    r"\b(?:school|college|university|academy|high|primary|secondary|ysgol|coleg|prifysgol|trust|department|dept|faculty|hospital"
    r"|institute|centre|council|sixth form|grammar|ltd|comprehensive|library|laborator(?:y|ies))\b",
    re.IGNORECASE,
)
_JOB = re.compile(
    r"\b(?:technicians?|technologist|teacher|manager|assistant|officer|coordinator|co-ordinator|administrator|bursar|librarian"
    r"|head of|leader|lecturer|secretary|member)\b",
    re.IGNORECASE,
)
_OFTEN = 0.3  # of the filled cells of a column


def places(lines: Sequence[Sequence[str]], email: int) -> dict[str, tuple[int, ...]]:
    """The columns of each kind; `email` is the one with the most different addresses."""
    columns = {at: [cells[at] for cells in lines if at < len(cells) and cells[at].strip()] for at in range(max(map(len, lines)))}
    found: dict[str, tuple[int, ...]] = {EMAIL: (email,)}
    words: list[int] = []
    for at, cells in columns.items():
        if at == email or not cells:
            continue
        if _share(cells, lambda cell: "@" in cell) > _OFTEN:
            found[FURTHER] = (*found.get(FURTHER, ()), at)
        elif _share(cells, _is_number) <= 0.5:
            words.append(at)
    schools = {at: _share(columns[at], lambda cell: _SCHOOL.search(cell) is not None) for at in words}
    place = max(schools, key=lambda at: schools[at], default=None)
    if place is not None and schools[place] > _OFTEN:
        found[PLACE] = (place,)
        words.remove(place)
    words = [at for at in words if _share(columns[at], lambda cell: _JOB.search(cell) is not None) <= _OFTEN]
    return {**found, **_named(lines, columns, words, email, PLACE in found)}


def _named(
    lines: Sequence[Sequence[str]], columns: dict[int, list[str]], words: list[int], email: int, placed: bool
) -> Mapping[str, tuple[int, ...]]:
    """Name, or first name and surname, and a place without the words of one, from the columns of words that are left."""
    single = [at for at in words if _share(columns[at], lambda cell: len(cell.split()) == 1) > 0.7]
    pair = next(((one, two) for one, two in pairwise(single) if two == one + 1), None)
    if pair and not (not placed and len(words) == 2 and _repeats(columns[pair[1]])):
        first, last = _in_order(lines, *pair, email)
        left = [at for at in words if at not in pair]
        return {FIRST: (first,), LAST: (last,), **({PLACE: (left[0],)} if left and not placed else {})}
    double = [at for at in words if _share(columns[at], lambda cell: len(cell.split()) > 1) > 0.5]
    name = next(iter(double or (at for at in words if _in_addresses(lines, at, email))), None)
    if name is None:
        return {}
    left = [at for at in words if at != name]
    return {NAME: (name,), **({PLACE: (left[0],)} if len(left) == 1 and not placed else {})}


def _in_addresses(lines: Sequence[Sequence[str]], column: int, email: int) -> bool:
    """Whether most words of a column stand before the @ beside them, and not behind it as well: those are names of schools."""
    said = [
        (word, cells[email].lower().partition("@"))
        for cells in lines
        if max(column, email) < len(cells) and (word := re.sub(r"\W", "", cells[column]).lower())
    ]
    found = sum(word in re.sub(r"\W", "", local) and word not in domain for word, (local, _, domain) in said)
    return found * 2 > len(said)


def _in_order(lines: Sequence[Sequence[str]], one: int, two: int, email: int) -> tuple[int, int]:
    """(first name, surname): by the addresses, else "Doe, Jane" if a blank stands behind the comma, else as they stand."""
    votes = 0
    for cells in lines:
        if max(one, two, email) < len(cells):
            a, b = (re.sub(r"\W", "", cells[at]).lower() for at in (one, two))
            local = re.sub(r"[\W_\d]", "", cells[email].partition("@")[0]).lower()
            if a and b:
                votes += (local in set(_locals(a, b))) - (local in set(_locals(b, a)))
    if votes:
        return (one, two) if votes > 0 else (two, one)
    blanks = sum(two < len(cells) and cells[two][:1] == " " for cells in lines)
    return (two, one) if blanks * 2 > len(lines) else (one, two)


def _locals(first: str, last: str) -> Iterator[str]:
    """What addresses are made of a first name and a surname."""
    yield from (first + last, first[0] + last, first + last[0], last + first[0])


def _share(cells: Sequence[str], is_so: Callable[[str], bool]) -> float:
    return sum(map(is_so, cells)) / len(cells)


def _is_number(cell: str) -> bool:
    """A number, a telephone, a date, or nothing with letters at all."""
    return sum(map(str.isalpha, cell)) <= sum(map(str.isdigit, cell))


def _repeats(cells: Sequence[str]) -> bool:
    """The same few words again and again: a place, not surnames."""
    return len(cells) > 3 and len({cell.strip().lower() for cell in cells}) <= 0.6 * len(cells)

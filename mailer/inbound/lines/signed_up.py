"""The lines of a sign-in sheet on which guests asked for our mail: "Sign up: Karen Price, New School, karen@new.school.example".

A line counts only behind these words, as an address that merely stands in a note asks for nothing. Below the words alone,
every line up to an empty one is such a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbound.lines.people import PersonLine, read_people

MOST = 40  # of one mail: more than any meeting has guests
NO_ADDRESS = "there is no address in it"
_WORDS = re.compile(r"\W*(?:please )?(?:sign(?:ed|ing)?[- ]?(?:me |them |him |her )?up|wants? to join|cofrestr\w*)\b\W*", re.IGNORECASE)


@dataclass(frozen=True)
class SignedUp:
    """Who asked, what could not be read, and the other words of the mail."""

    people: tuple[PersonLine, ...]
    unread: tuple[str, ...]
    rest: str


def read_signed_up(text: str) -> SignedUp:
    """The people of these lines, each address once."""
    found: dict[str, PersonLine] = {}
    unread: list[str] = []
    rest: list[str] = []
    inside = False
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        words = _WORDS.match(line)
        if words is None and not (inside and line):
            inside = False
            rest.append(raw)
            continue
        said = line if words is None else line[words.end() :]
        inside = inside or not said
        if not said:
            continue
        rows = read_people(said)
        if not rows:
            unread.append(f"Line {number}, “{line[:60]}”: {NO_ADDRESS}.")
        for row in rows:
            if row.doubt:
                unread.append(f"Line {number}, “{line[:60]}”: {row.doubt.rstrip('.')}.")
            elif len(found) < MOST:
                found.setdefault(row.email.casefold(), row)
    return SignedUp(tuple(found.values()), tuple(unread), "\n".join(rest).strip())

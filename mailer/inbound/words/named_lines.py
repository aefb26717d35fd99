"""What each of several people says, a line for each: "Karen yes", "Joe: sorry, teaching", "No: Dawn, Sam".

A mailbox that several people read answers so. Each line is read as an answer of its own; what stands beside it is that person's note.
"""

from __future__ import annotations

import re

from mailer.inbound.words.answers import answer
from mailer.inbound.words.names import is_name, names_in
from mailer.inbound.words.reads import read_clauses
from mailer.inbound.words.text import Writing, read
from mailer.inbound.words.values import Intent, intent

LEAST = 2  # lines
MOST = 30
PROBABLE = 0.7
CERTAINTY = 0.8  # as of any answer by name: one person does not answer so, a mailbox does

_BULLET = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.):])\s+")
_NAME = r"[^\W\d_][\w'’-]*(?: [A-Z][\w'’-]*){0,2}"
_SAID = re.compile(rf"^(?P<who>{_NAME}(?:(?: and | & |, ?){_NAME})*)(?P<joint>\s*[:=–—]\s*|\s+-+\s*|-\s+|,\s*|\s+\(|\s+)(?P<rest>\S.*)$")
_LISTED = re.compile(r"^(?:(?P<rest>[\w'’ ]{2,30}?)\s*[:=–—-]\s*|(?P<bare>yes|no|maybe)\s+)(?P<who>\S.*)$", re.IGNORECASE)
_SHORT = {"isn't": "no", "won't": "no", "can't": "no", "is": "yes", "will": "yes", "can": "yes", "doesn't know yet": "maybe"}
_POLITE = re.compile(
    r"^\W*(?:hi|hello|hiya|dear|good (?:morning|afternoon)|morning|thanks?|thank you|many thanks|cheers|ta|best|kind|regards|diolch|helo|annwyl|cofion|from us)\b.{0,40}$",
    re.IGNORECASE,
)


def by_line(writing: Writing) -> Intent | None:
    """The answers of two people or more in two lines or more; None if it is not such a list."""
    people: dict[str, str] = {}
    notes: list[str] = []
    named = 0
    lines = [_BULLET.sub("", line).strip() for line in writing.lines if line.strip()]
    for line in lines[:MOST]:
        said = _line(line)
        if said is None:
            if not _POLITE.match(line) and not (len(line.split()) <= 2 and names_in(line)):
                notes.append(line)
            continue
        named += 1
        names, reading, note = said
        people.update(dict.fromkeys(names, reading))
        if note:
            notes.append(f"{', '.join(names)}: {note}")
    if named < LEAST or len(people) < LEAST or not any(is_name(name.split()[0]) for name in people) or len(lines) > MOST or len(notes) > named + 1:
        return None
    return intent(
        "answer", CERTAINTY, "answers: by name, a line each", answer=next(iter(people.values())), note="; ".join(notes),
        guests=0, names=(), people=tuple(people.items()), question=any("?" in note for note in notes),
    )  # fmt: skip


def _line(line: str) -> tuple[tuple[str, ...], str, str] | None:
    """The names of a line, their answer, and what is said besides."""
    found = _SAID.match(line)
    if found is not None:
        names = names_in(found["who"])
        known = names and (found["joint"].strip(" (") or all(is_name(name.split()[0]) for name in names))
        read_as = _read(found["rest"].rstrip(")")) if known and _only(found["who"], names) else None
        if read_as is not None:
            return names, *read_as
    listed = _LISTED.match(line)
    if listed is not None:
        names = names_in(listed["who"])
        read_as = _read(listed["rest"] or listed["bare"]) if names and _only(listed["who"], names) else None
        if read_as is not None:
            return names, *read_as
    return None


def _only(words: str, names: tuple[str, ...]) -> bool:
    """Nothing but names."""
    parts = {part.casefold() for name in names for part in name.split()}
    return all(word.casefold() in parts for word in re.split(r"[,&\s]+| and ", words) if word and word.casefold() != "and")


def _read(words: str) -> tuple[str, str] | None:
    short = _SHORT.get(words.replace("’", "'").strip(" .").lower())
    if short is not None:
        return short, ""
    found = answer(read_clauses(read(words)))
    if found is None or found.certainty < PROBABLE or found.args.get("people"):
        return None
    return str(found.args["answer"]), str(found.args["note"])

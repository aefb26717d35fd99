"""What a named contact answers to the list of their school's people: who has left, who is new, who is called otherwise.

A line each in words ("Karen has left", "x 2", "Jane Doe is now Jane Smith", an address of somebody new), or the quoted list itself,
with lines taken out, crossed out or changed. A line that is missing counts only where the end of the list is still quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.inbound.lines.people import PersonLine, read_people

END = "That is the whole list"
_RIGHT = re.compile(
    r"^\W*(?:(?:yes|ok|all|still|it is|it's|this is|that is|the list is|everything is)[ ,]+)*(?:right|correct|fine|good|up to date|no changes?|unchanged|yes|cywir|iawn)\W*(?:thanks|thank you|diolch)?\W*$",
    re.IGNORECASE,
)
_NOT_ME = re.compile(r"^\W*(?:not me|i am no longer (?:the|their) (?:named )?contact|nid fi)\W*$", re.IGNORECASE)
_LEFT = re.compile(
    r"^(?:(?:x+|✗|✘|×|delete|remove|cross out|take (?:off|out)|left|gone|del)\s*[:,-]?\s+(?P<after>.+)|(?P<before>.+?)[\s,:–-]+(?:(?:has|have) )?(?:now )?(?:left|gone|retired|moved on|x+|✗|✘|×|no longer (?:here|with us|works here)|wedi gadael)(?: (?:us|the school|the college))?)\W*$",
    re.IGNORECASE,
)
_RENAMED = re.compile(
    r"^(?P<who>.+?)\s*(?:->|→|=>| is now(?: called)? | should (?:be|read) | is called )\s*(?P<name>[^@]{2,80}?)\W*$", re.IGNORECASE
)
_ITEM = re.compile(r"^[>\s]*(?:[-*•·]\s*)?(?P<mark>[xX✗✘×~]+\s*)?(?P<number>\d{1,3})\.\s+(?P<words>\S.*?)\s*$")
_NEXT = re.compile(r"\b\d{1,3}\.\s")  # lines of the list that a mail program has joined
LONGEST = 200  # of a line: the patterns above take their time over long ones
_STRUCK = re.compile(r"(?:^|\s|[-–,(])(?:x+|✗|✘|×|left|gone|retired|has left|delete)\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """`left`: ids of memberships; `renamed`: id and name; `rest`: lines that say something else."""

    right: bool = False
    not_me: bool = False
    left: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[PersonLine, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(self.left or self.renamed or self.added)


def read_school(reply: str, whole: str, people: Sequence[Mapping[str, Any]]) -> Checked:
    """Read what stands newly (`reply`) and the list in what it quotes (`whole`: all of the mail's text)."""
    by_number = {str(one["number"]): one for one in people}
    left: list[str] = []
    renamed: dict[str, str] = {}
    added: list[PersonLine] = []
    rest: list[str] = []
    right = not_me = False
    for line in filter(None, _lines(reply)):
        gone = _LEFT.match(line)
        new = _RENAMED.match(line)
        if (item := _ITEM.match(line)) is not None:
            if not _of_the_list(item, by_number):  # a numbered point of the writer's own
                rest.append(line)
            continue  # of the list itself: below
        if _RIGHT.match(line):
            right = True
        elif _NOT_ME.match(line):
            not_me = True
        elif gone is not None and (found := _several(gone["after"] or gone["before"], people, by_number)):
            left += found
        elif new is not None and (who := _one(new["who"], people, by_number)):
            renamed[who] = new["name"].strip()
        elif "@" in line and (named := [one for one in read_people(line) if not one.doubt]):
            added += named
        elif len(line.split()) > 2:  # a greeting, a signature
            rest.append(line)
    struck, missing, changed = _in_the_list(whole, by_number)
    if right and not (left or renamed or added or rest):
        missing = []  # all is right, and the mail program has spoilt the quote
    gone_ids = tuple(dict.fromkeys([*left, *struck, *missing]))
    others = tuple((who, name) for who, name in {**changed, **renamed}.items() if who not in gone_ids)
    return Checked(right, not_me, gone_ids, others, tuple(added), tuple(rest))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split())[:LONGEST] for line in text.splitlines()]


def _of_the_list(found: re.Match[str], by_number: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it is a line of our list, and no numbered point of the writer's own."""
    one = by_number.get(found["number"])
    return one is not None and (found[0].startswith(">") or found["words"].casefold().startswith(str(one["name"]).casefold()))


def _in_the_list(whole: str, by_number: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str], dict[str, str]]:
    """Who is crossed out in the quoted list, who is missing there, and whose name reads otherwise."""
    left: list[str] = []
    missing: list[str] = []
    changed: dict[str, str] = {}
    listed = [found for found in map(_ITEM.match, _lines(whole)) if found is not None and _of_the_list(found, by_number)]
    for found in listed:
        one, words = by_number[found["number"]], found["words"]
        if _NEXT.search(words):
            continue
        name = words.partition(",")[0].strip()
        if found["mark"] or (_STRUCK.search(words) and words.casefold() != str(one["words"]).casefold()):
            left.append(str(one["id"]))
        elif found[0].startswith(">") and 0 < len(name.split()) <= 5 and not str(one["words"]).casefold().startswith(name.casefold()):
            changed[str(one["id"])] = name
    quoted = " ".join(whole.replace(">", " ").split())
    if listed and END in quoted:
        there = {found["number"] for found in listed}
        joined = " ".join(found["words"] for found in listed if _NEXT.search(found["words"])).casefold()
        missing = [str(one["id"]) for number, one in by_number.items() if number not in there and str(one["name"]).casefold() not in joined]
    return left, missing, changed


def _several(words: str, people: Sequence[Mapping[str, Any]], by_number: Mapping[str, Any]) -> list[str]:
    parts = [part for part in re.split(r"\s*(?:,|&|\band\b)\s*", words) if part.strip()]
    found = [_one(part, people, by_number) for part in parts]
    return found if all(found) else []


def _one(words: str, people: Sequence[Mapping[str, Any]], by_number: Mapping[str, Any]) -> str:
    """The id meant by a number, a whole name, or a first name that only one has; empty if nobody is."""
    plain = words.strip(" .:;").casefold()
    if plain in by_number:
        return str(by_number[plain]["id"])
    whole = [one for one in people if str(one["name"]).casefold() == plain]
    first = whole or [one for one in people if str(one["name"]).casefold().split()[:1] == [plain]]
    return str(first[0]["id"]) if len(first) == 1 else ""

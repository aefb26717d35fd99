"""From a reading to agenda items: the writer's own words, or those of the document or the mail that they passed on.

A mail may hold several ("1. Balances  2. Gas taps"): they are several items when the mail says no more than that it brings
some. A list below a title of its own is what that one item is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.inbound.lines import ItemLines, read_item
from mailer.inbound.pieces import documents, passed_on
from mailer.inbound.words.signature import cut_signature
from mailer.message import Reading
from mailer.message.own import strip_own

MOST = 12  # items of one mail; a longer list is one item
LONGEST = 300  # characters of a line that is an item
_LISTED = re.compile(r"^\s*(?:(?:item|eitem)\s+)?(?:\(?(?P<n>\d{1,2})(?:[.)]|\s*[:–-])\)?|[-*•·–])\s+(?P<said>\S.*)$", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:items|things|topics|points|suggestions|ideas|subjects|matters|questions|eitemau|pethau|awgrymiadau)\b|\b(?:two|three|four|five|six|a few|a couple) (?:\w+ ){0,2}for the (?:agenda|meeting)\b",
    re.IGNORECASE,
)
_MEETING = re.compile(r"\b(?:agenda|meeting|cyfarfod)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"^\W*(?:(?:re|fwd?)\s*:\s*)*(?:(?:an? |the |my |some |next |draft |final |call for |for (?:the )?)*(?:agenda|items?|meeting|ideas?|suggestions?|eitemau?)(?: (?:for|to|on) (?:the )?(?:next )?(?:agenda|meeting))?[\W]*)*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:(?:many )?thanks|thank you|ta|cheers|(?:(?:kind|best|warm) )?(?:regards|wishes)|best|diolch|cofion|hope (?:that|this)|see you|looking forward|sorry)\b", re.IGNORECASE
)
_COVER = re.compile(r"\b(?:attach\w*|enclos\w*|see (?:below|attached)|amgae\w*|ynghlwm|fyi|for the agenda|on the agenda|below|forward\w*)\b", re.IGNORECASE)


def read_items(reading: Reading, own_hosts: Sequence[str]) -> tuple[ItemLines, ...]:
    """The items of a mail, at least one."""
    text, subject = strip_own(reading.reply, own_hosts), reading.subject
    attached, _ = documents(reading)
    if attached:
        text, subject = _with(text, attached, subject)
    elif words := passed_on(reading):
        text, _ = _with(text, words, subject)
    found = _several(subject, text)
    return tuple(read_item(said, title) for title, said in found) or (read_item(text, subject),)


def _with(note: str, words: str, subject: str) -> tuple[str, str]:
    """The words that came with a mail, below what its writer said of them; a covering note alone says nothing of the item,
    and its title is then the document's own."""
    own = "\n".join(cut_signature(note)).strip()
    covers = not own or (_COVER.search(own) is not None and len(own.split()) <= 12)
    return (words if covers else f"{own}\n\n{words}"), ("" if _NOTHING.match(subject) else subject)


def _several(subject: str, text: str) -> list[tuple[str, str]]:
    """(title, text) of each item of a list, if the mail is one."""
    before: list[str] = []
    found: list[list[str]] = []
    gap = False
    for line in text.split("\n"):
        match = _LISTED.match(line)
        if match and match["n"] and int(match["n"]) != len(found) + 1:
            match = None
        if match:
            found.append([match["said"].strip()])
        elif not found:
            before.append(line)
        elif _CLOSING.match(line):
            break
        elif gap and line.strip() and len(line.split()) <= 4 and not line.startswith((" ", "\t")):
            break  # a name under the list
        else:
            found[-1].append(line.strip())
        gap = not line.strip()
    says = " ".join(before)
    brings = _NOTHING.match(subject) or _SEVERAL.search(subject) or (_SEVERAL.search(says) and _MEETING.search(says))
    if not 2 <= len(found) <= MOST or not brings or any(len(lines[0]) > LONGEST for lines in found):
        return []
    return [(lines[0], "\n".join(lines).strip()) for lines in found]

"""Which mail a yes to the question whether to join is a yes to: "Yes please, meetings and discussion but no newsletter".

Every word must be one that is known here, and an affirmative one among them (ruling 3). What stands after a no and is not
plainly a yes again is asked back, as nobody is subscribed by a guess (CMD-6).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.inbound.words import text as reading
from mailer.inbound.words.names import is_name
from mailer.inbound.words.purposes import PURPOSE, purposes_in
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Clause

_KINDS = (
    ("purpose", rf"{PURPOSE}(?: (?:emails?|mails?|list))?"),
    ("all", r"everything(?: else)?|all(?: of (?:it|them))?|both(?: of (?:them|these))?|the lot|popeth|y ddau"),
    ("yes", r"yes|yep|yeah|yup|ok|okay|ie|iawn|cytuno|confirm(?:ed)?|sign me up|add me|i agree|agreed|happy to join"),
    ("only", r"only|just|solely|dim ond|yn unig"),
    ("no", r"no thanks to|no thank you to|no|not|without|except(?: for)?|apart from|leave out|minus|dim|heb|na"),
    ("more", r"and|plus|also|as well(?: as)?|too|with|hefyd|ac|a"),
    ("quiet", r"please|many thanks|thanks|thank you|very much|hi|hello|helo|the|your|for|to|about|of|any|i would like|i want|send me|me|or|yr|y|i|gyda|plis|diolch|cheers|kind regards|regards|dear|all the best|best wishes"),
)  # fmt: skip
_WORD = re.compile("|".join(rf"(?P<{kind}>(?:{words})\b)" for kind, words in _KINDS))
_QUIET = re.compile(r"(?:(?:please|thanks|many thanks|thank you|hi|hello|helo|diolch|cheers|kind regards|regards)(?: |$))+")
_TOO = ("too", "also", "as well", "hefyd")
_HAILED = re.compile(r"(?:hi|hello|dear|helo|annwyl|thanks|thank you|diolch)(?: \w+){1,2}")
# To ask for it at any other door; all that is said, as "join us for a coffee" is something else.
_ASKS_IN = re.compile(
    r"(?:(?:hi|hello|helo|please|can i|could i|may i|can you|could you|i would like to|i want to|i wish to|how (?:do|can|could) i|what do i do to|plis|hoffwn i?) )*"
    r"(?:subscribe(?: me)?|sign(?: me)? up|join(?: up)?|be added|add me|put me on|ymuno)(?: (?:to|for|with|on|a r|i r|ar|y))*"
    r"(?: (?:the|your|this|our|email|mailing|mail|members|network|group|list|mailings|newsletter|rhestr|rhwydwaith))*(?: (?:please|thanks|thank you|diolch|plis|os gwelwch yn dda))*"
)
_WHO_GAVE = re.compile(
    r"\bwho (?:gave|has given|told|passed|sent|sold) (?:you |on )?(?:my|our|this) (?:email |mail |contact )?(?:address|email|details|name)\b|\b(?:how|where) (?:did|have|do) you (?:get|got|have|find|found|come by|obtain|obtained) (?:my|our|this) (?:email |mail |contact )?(?:address|email|details|name)\b"
    r"|\bwho (?:invited|suggested|recommended|nominated) me\b|\bhow do you know (?:me|us|my (?:email|name|address))\b|\b(?:pwy (?:roddodd|a roddodd|wnaeth roi)|(?:ble|lle|sut) (?:cawsoch|gawsoch|cafoch))\b.{0,30}\b(?:cyfeiriad|nghyfeiriad|manylion|ebost|enw)\b"
)
A_QUESTION = 500  # characters that are looked at


def asks_in(text: str) -> bool:
    """True if a mail asks for nothing but to join."""
    said = [one for one in reading.read(text).clauses if one.plain and not is_name(one.raw) and not _HAILED.fullmatch(one.plain)]
    said = [one for one in said if not _QUIET.fullmatch(one.plain)]
    return len(said) == 1 and _ASKS_IN.fullmatch(said[0].plain) is not None


@dataclass
class _Said:
    """One part of the answer: what it names, and whether that is wanted; none: as the part before."""

    wants: bool | None = None
    names: set[str] = field(default_factory=set)
    all: bool = False
    yes: bool = False
    more: bool = False  # beside what was asked
    turns: bool = False


def chosen(text: str, asked: Collection[str]) -> tuple[str, ...]:
    """The purposes that this answer says yes to, of which `asked` were in the question; empty where that is not certain, or
    where it names none."""
    parts: list[_Said] = []
    for clause in reading.read(text).clauses:
        if is_name(clause.raw) or _HAILED.fullmatch(clause.plain):
            continue
        found = None if clause.question else list(_parts(clause))
        if not found:
            return ()
        parts += found
    if not any(part.yes for part in parts) or not any(part.names or part.all for part in parts):
        return ()
    return _settled(parts, set(asked))


def _settled(parts: list[_Said], asked: set[str]) -> tuple[str, ...]:
    wanted: set[str] = set()
    refused: set[str] = set()
    wants, everything, adds = True, False, False
    for part in parts:
        here = part.wants
        if here is None and part.turns:
            here = not (wants and everything)  # "everything but the newsletter"; "not the newsletter but the meetings"
        if here is None and not wants and (part.names or part.all):
            return ()  # after a no, and not plainly a yes again
        wants = wants if here is None else here
        if wants and part.more and part.names:
            if part.names & asked:
                return ()  # "yes, with the newsletter": that, or all of it?
            adds = True
        (wanted if wants else refused).update(part.names | (asked if part.all else set()))
        everything = part.all
    if adds or not wanted:
        wanted |= asked
    return tuple(name for name in SUBSCRIPTIONS if name in wanted - refused)


def _parts(clause: Clause) -> Iterator[_Said]:
    """A clause in parts, each with one sign; nothing if it holds what is not known here."""
    words = _words(clause.plain)
    if words is None or any(pair == ("no", "only") for pair in pairwise(kind for kind, _ in words)):
        return
    part = _Said(
        turns=clause.turn in ("but", "ond"), wants=False if clause.turn == "except" else None, more=clause.turn == "and"
    )
    for at, (kind, said) in enumerate(words):
        if kind in ("yes", "no", "only") and (part.names or part.all or part.wants is not None):
            follows = any(k in ("purpose", "all") for k, _ in words[at:])
            if part.wants is not None or follows:
                yield part
                part = _Said(wants=part.wants) if not follows else _Said()
        if kind in ("yes", "only"):
            part.wants, part.yes = True, part.yes or kind == "yes"
        elif kind == "no":
            part.wants = False
        elif kind == "more":
            part.more = part.more or not part.names or said in _TOO
        elif kind == "all":
            part.all = True
        else:
            part.names |= set(purposes_in(said))
    yield part


def _words(spelt: str) -> list[tuple[str, str]] | None:
    """The words that say something, each with its kind; none if one is not known."""
    found, at = [], 0
    while at < len(spelt):
        match = _WORD.match(spelt, at)
        if match is None:
            return None
        if match.lastgroup is not None and match.lastgroup != "quiet":
            found.append((match.lastgroup, match[0]))
        at = match.end() + 1
    return found


def asks_who(text: str) -> bool:
    """Whether somebody who was invited asks how we came by their address."""
    return _WHO_GAVE.search(plain(text[:A_QUESTION])) is not None

"""What a family asks that writes from the mailbox of who has died: that our mail stops, in whatever words (UNS-8).

Counts only where the text speaks of a death, and of nobody else's; "for a while" and "the newsletter" are not all of it.
"""

from __future__ import annotations

import re

_POLITE = r"(?:(?:please|kindly|can|could|would|will|must|you|now|therefore|so|and|then|just|i|we|ask|want|need|would like|to) )*"
_WHOM = r"(?:her|him|them|me|us|mum|mam|mummy|dad|daddy|(?:my|our) \w+|(?:this|her|his|the|my|our|their) (?:e-?mail )?(?:address|account|mailbox|inbox|e-?mail|name|details))"
_MAIL = r"(?:(?:all|any|the|these|those|your|this|of|more|further) )*(?:e-?mails?|mails?|messages?|mailings?|letters?|correspondence|everything|anything|this|these|it)"
_LIST = r"(?:(?:from|off|out of|of) )(?:(?:your|the|this|that|these|any|all|our|mailing|mail|e-?mail|contact|distribution) )*(?:lists?|mailings?|database|records|system|network|group|e-?mails?)"
_AFTER = r"(?: (?:please|thanks|thank you|now|at once|immediately|straight away|any ?more|any longer|again|in future|diolch))*"
_ROWS = (
    rf"{_POLITE}(?:stop|cease|end)(?: (?:sending|writing|e-?mailing|mailing|contacting|messaging))?(?: {_WHOM})?(?: {_MAIL})?(?: (?:to|for) (?:{_WHOM}|here))?",
    rf"{_POLITE}(?:take|remove|delete|drop|unsubscribe|strike) (?:{_WHOM}|(?P<name>[^\W\d_][\w-]*(?: [^\W\d_][\w-]*)?)) {_LIST}",
    rf"{_POLITE}(?:take {_WHOM} off|(?:remove|unsubscribe)(?: {_WHOM})?)",
    rf"{_POLITE}(?:do not|don['’]?t|never) (?:(?:write|send|e-?mail|contact|message)(?: to)?)(?: {_WHOM})?(?: {_MAIL})?(?: to)?(?: (?:{_WHOM}|here))?",
    rf"(?:please )?no more {_MAIL}(?: (?:to|for) (?:{_WHOM}|here))?",
    r"(?:a )?(?:stopiwch|peidiwch ag? (?:anfon|ysgrifennu|e-?bostio))(?: (?:yr?|r|mwy o|rhagor o))?(?: (?:e-?byst|negeseuon|llythyrau))?(?: (?:ati|ato|ataf|yma|ir cyfeiriad hwn|i'r cyfeiriad hwn))?(?: os gwelwch yn dda)?",
    r"(?:tynnwch|dilewch) (?:hi|ef|fo|hi oddi|ei (?:enw|henw|chyfeiriad|gyfeiriad)) (?:oddi ar|o|ar) (?:eich|y|ch) (?:rhestr|rhestri)",
)  # fmt: skip
_ASKS = re.compile(rf"(?i)(?:{'|'.join(_ROWS)}){_AFTER}")
_QUESTION = re.compile(r"(?<![^.,;:!?\n])(?P<asked>[^.,;:!?\n]+)\?")  # from where it begins only: linear
_BETWEEN = re.compile(r"[.,;:!?\n–—]+|\s-\s")
_NOT_FAMILY = re.compile(r"(?i)\b(?:colleagues?|friends?|technicians?|teachers?|students?|pupils?|neighbours?|head)\b")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof"})
KIN = r"(?:daughter|son|husband|wife|partner|widow|widower|mother|father|mum|dad|sister|brother|niece|nephew|family)"
_THEIRS = re.compile(rf"(?i)\b(?:i am|i['’]m|this is|it is|it['’]s) (?:her|his|their|[^\W\d_][\w-]*['’]s) (?:\w+ )?{KIN}\b")


def as_told(text: str) -> str:
    """The text, where a request to stop is no question: "Could you stop the emails?" asks nothing."""
    return _QUESTION.sub(lambda one: f"{one['asked']}." if _ASKS.fullmatch(one["asked"].strip()) else one[0], text)


def to_stop(text: str) -> bool:
    """Whether a sentence of it asks that all our mail stops."""
    return any(_ASKS.fullmatch(" ".join(one.split())) for one in _BETWEEN.split(text))


def is_theirs(text: str) -> bool:
    """Whether the writer says that they are of the family of whose mailbox it is."""
    return _THEIRS.search(text) is not None


def of_family(text: str) -> bool:
    """Whether a death of which no name is said may be that of whose mailbox it is."""
    return _NOT_FAMILY.search(text) is None


def same(said: str, name: str) -> bool:
    """Whether somebody is called so: "Jane" and "Mrs Doe" are Jane Doe, John Doe is not."""
    words = set(re.findall(r"[^\W\d_]+", said.casefold())) - _TITLES
    mine = set(re.findall(r"[^\W\d_]+", name.casefold()))
    return bool(words and mine) and (words <= mine or mine <= words)

"""What a member wants changed in what they sent in, read from a reply to its receipt.

The receipts say how: a line such as `title: Gas taps`, `section: careers`, `caption lab.jpg: Plates`, the bare words
`15 minutes` or NEXT TIME. `LABELS` and `SAYINGS` are read top-down, line by line; what fits none is left over in
`rest`, in the person's words. Nothing here guesses: what to do with the rest is for the act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailer.meetings import kinds
from mailer.message.encoded import clean

LONGEST = 20_000
LINES = 400

LABELS: tuple[tuple[str, str], ...] = (
    ("title", r"(?:new )?(?:title|heading|headline)|teitl|pennawd"),
    ("minutes", r"minutes?|mins?|time|length|munudau?|amser"),
    ("kind", r"kind|type|math"),
    ("section", r"section|adran"),
    ("caption", r"captions?|picture|photo|pennawd llun|llun"),
    ("text", r"(?:new )?text|testun"),
)
_LABELLED = tuple(
    (name, re.compile(rf"^\W*(?:{words})(?P<which>\s+[\w.\- ]{{1,60}}?)?\s*[:=]\s*(?P<said>.*)$", re.IGNORECASE))
    for name, words in LABELS
)
_SHOULD = r"(?:should (?:be|read|say)|to be|is now|ought to be)"
SAYINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "next",
        re.compile(
            r"^\W*(?:please\s+)?(?:(?:keep|put|move|leave|save|hold) (?:it |this |mine )?(?:for|to|until|till|over to) )?(?:the )?"
            r"next (?:time|meeting|one)(?: (?:please|then|is fine|thanks))?\W*$|^\W*(?:y )?(?:tro|cyfarfod) nesaf(?: (?:plis|diolch))?\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        "title",
        re.compile(
            rf"^\W*(?:please )?(?:change |make )?the (?:title|heading) (?:to|{_SHOULD})\s+[\"'“‘]?(?P<said>[^\"”]+?)[\"'”’.]*$",
            re.IGNORECASE,
        ),
    ),
    (
        "section",
        re.compile(
            rf"^\W*(?:please )?(?:put it |it goes |change |move it )?(?:in |into |to )?(?:the )?section (?:to |{_SHOULD} )?(?P<said>[\w &]+)\W*$",
            re.IGNORECASE,
        ),
    ),
    (
        "minutes",
        re.compile(
            r"^\W*(?:(?:please|can|could|i|it|we|make|need|needs|have|is|will take|about|only|just|actually|sorry|more like|would like)\s+){0,6}"
            r"(?P<said>\d{1,3})\s*(?:minutes?|mins?|munud(?:au)?)(?: (?:please|is enough|thanks|plis|not \d{1,3}))?\W*$",
            re.IGNORECASE,
        ),
    ),
)
_COURTESY = re.compile(
    r"^\W*(?:(?:great|lovely|perfect|brilliant|super|ok|okay|got it|all good|sorry|yes|hi|hello|helo)\b\W*){0,3}"
    r"(?:(?:(?:many )?thank(?:s|you| you)|ta|cheers|diolch|(?:(?:kind|best|warm)(?:est)? )?(?:regards|wishes)|dear|cofion)\b.{0,40})?\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Correction:
    """What is to be changed; None where nothing was said of it. `captions` are (file name or empty, words)."""

    title: str | None = None
    minutes: int | None = None
    kind: str | None = None
    section: str | None = None
    text: str | None = None
    captions: tuple[tuple[str, str], ...] = ()
    next_time: bool = False
    rest: str = ""

    @property
    def named(self) -> bool:
        """True if at least one thing to change was named."""
        return self.next_time or replace(self, rest="") != Correction()


def read(words: str) -> Correction:
    """Read a reply. Linear in its length; whatever is written, something comes back."""
    found = Correction()
    rest: list[str] = []
    lines = words[:LONGEST].splitlines()[:LINES]
    for at, line in enumerate(lines):
        if len(line) > 400:
            rest.append(line)
            continue
        name, which, said = _line(line)
        if name == "text":
            found = replace(found, text="\n".join([said, *lines[at + 1 :]]).strip())
            break
        taken = _taken(found, name, which, said)
        if taken is not None:
            found = taken
        elif not _COURTESY.match(line):
            rest.append(line)
    return replace(found, rest="\n".join(rest).strip())


def _line(line: str) -> tuple[str, str, str]:
    """(what is named, which picture, what is said of it); the first is empty when nothing is named."""
    for name, pattern in _LABELLED:
        match = pattern.match(line)
        if match and (name == "caption" or not match["which"]):
            return name, (match["which"] or "").strip(), match["said"].strip()
    for name, pattern in SAYINGS:
        match = pattern.match(line)
        if match:
            return name, "", (match.groupdict().get("said") or "").strip()
    return "", "", ""


def _taken(found: Correction, name: str, which: str, said: str) -> Correction | None:
    """The correction with this in it; None if it is not named, or cannot be what is said."""
    if name == "next":
        return replace(found, next_time=True)
    if name == "minutes" and (number := re.match(r"\W*(\d{1,3})\b", said)):
        return replace(found, minutes=int(number[1])) if 0 < int(number[1]) <= kinds.MOST_MINUTES else None
    if name == "kind" and (kind := kinds.named(said)):
        return replace(found, kind=kind)
    if name in ("title", "section") and clean(said):
        return replace(found, title=clean(said)) if name == "title" else replace(found, section=clean(said))
    if name == "caption" and clean(said):
        return replace(found, captions=(*found.captions, (clean(which), clean(said))))
    return None

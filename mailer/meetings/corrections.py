"""What a member wants changed in what they sent in, read from a reply to its receipt.

The receipts say how: a line such as `title: Gas taps`, `section: careers`, `caption lab.jpg: Plates`, the bare words
`15 minutes` or NEXT TIME. `LABELS` and `SAYINGS` are read top-down, line by line; a line that says several things
("15 minutes and title: Gas taps") is taken apart where its first part is one of them. What fits none is left over in
`rest`, in the person's words. Nothing here guesses: what to do with the rest is for the act, which adds it only if it
`adds`, and passes it on if it `asks`.
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
_LONG = r"\d{1,3}(?:\s*(?:-|–|to|or)\s*\d{1,3})?\s*-?(?:minutes?|mins?|munud(?:au)?)|half an hour|an hour and a half|an hour|a quarter of an hour|(?:[1-4](?:\.5)?|one|two|three) hours?|(?:five|ten|fifteen|twenty|thirty|forty) (?:minutes?|mins?)"
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
            rf"^\W*(?:(?:please |can you |could you |also )*(?:change |make |with )?(?:the |a )?(?:new )?(?:title|heading) (?:to|as|{_SHOULD})|"
            rf"(?:please |can you |could you |also )*(?:call|name|rename|retitle) (?:it|this|the item)(?: to| as)?)"
            rf"\s+[\"'“‘]?(?P<said>[^\"”]+?)[\"'”’.]*$",
            re.IGNORECASE,
        ),
    ),
    (
        "kind",
        re.compile(
            r"^\W*(?:please |can you |could you )?(?:(?:put|move|file|list) (?:it|this) (?:down )?(?:under|in|into|as|to|with)|it(?:'|’| i)s (?:really |more )?(?:a |an )?)"
            r"\s*(?P<said>[\w&' -]{3,40}?)(?: (?:item|please))?\W*$",
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
            r"^\W*(?:(?:please|can|could|we|you|i|it|we|us|make|give|need|needs|needed|have|want|wants|meant|is|will|would|take|takes|about|only|just|actually|"
            r"sorry|more|like|change|set|to|for|be|should|that|the|time|length|minutes)\s+){0,8}"
            rf"(?P<said>{_LONG})(?: (?:each|long|now|instead|please|in all|altogether|is (?:enough|fine|plenty)|will do|thanks|plis|(?:not|rather than|instead of) \d{{1,3}}(?: min\w*)?))*\W*$",
            re.IGNORECASE,
        ),
    ),
)
_COURTESY = re.compile(
    r"^\W*(?:hi|hello|hiya|helo|dear|annwyl|good (?:morning|afternoon))(?: [\w'’-]+){0,3}\W*$|^\W*(?:(?:great|lovely|perfect|brilliant|super|ok|okay|got it|all good|sorry|yes|hi|hello|helo)\b\W*){0,3}"
    r"(?:(?:(?:many )?thank(?:s|you| you)|ta|cheers|diolch|(?:(?:kind|best|warm)(?:est)? )?(?:regards|wishes)|dear|cofion)\b.{0,40})?\W*$",
    re.IGNORECASE,
)
_JOIN = re.compile(r"(?<=\w)[\"'”’)]?(?:\s*[,;.?&]\s+(?:(?:and|then|also|but|plus)\s+)*|\s+(?:and|ac|plus|but|then)\s+(?!a half\b)(?:also\s+)?|\s+[-–]\s+)", re.IGNORECASE)
_ADDS = re.compile(
    r"^\W*(?:(?:please|can|could|would|you|we|i|would like to|also|and|hi|sorry|just|forgot to|meant to)\W+)*(?:add|mention|include|say|append|ychwanega|nodyn|hefyd|p\.?\s?s\b|"
    r"note|background|details?|more details?|further details?|one more thing|extra|for the text|i forgot|i (?:should|could) (?:have )?(?:add|said|mention))",
    re.IGNORECASE,
)
_ADD_WORD = re.compile(r"^\W*(?:please )?(?:add|note|ychwanega|nodyn)(?: (?:this|that|the following|to the text|to it|to my item))?\s*:\s*", re.IGNORECASE)
_NAMED = re.compile(r"^\W*(?:[A-Z][\w'’.-]*|of|the|and|&|at|for)(?:[\s,|]+(?:[A-Z0-9][\w'’.-]*|of|the|and|&|at|for)){0,6}\W*$")
MOST_PARTS = 12


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
    below = False  # a blank line or a courtesy has come, so that names are a signature
    for at, line in enumerate(lines):
        if len(line) > 400:
            rest.append(line)
            continue
        name, _, said = _line(line)
        if name == "text":
            found = replace(found, text="\n".join([said, *lines[at + 1 :]]).strip())
            break
        if not line.strip():
            below = True
        elif below and _NAMED.match(line) and not _fits(line):
            continue
        for part in _parts(line):
            taken = _taken(found, *_line(part))
            if taken is not None:
                found = taken
            elif _COURTESY.match(part):
                below = True
            else:
                rest.append(part)
    return replace(found, rest="\n".join(rest).strip())


def adds(rest: str) -> bool:
    """True if what is left over is plainly meant for the text of the item ("please add: ...", "also mention ...")."""
    return bool(_ADDS.match(rest))


def asks(rest: str) -> bool:
    """True if it is a question, which a person has to answer."""
    return "?" in rest


def added(rest: str) -> str:
    """What is to be added, without the words that say so."""
    return _ADD_WORD.sub("", rest, count=1).strip()


def _parts(line: str) -> list[str]:
    """The things that one line says, if the first of them is a correction; else the line as it is.

    A part that is no correction belongs to the title before it ("title: Balances and scales, 15 minutes"), unless
    there is none.
    """
    joins = list(_JOIN.finditer(line))[:MOST_PARTS]
    if not joins:
        return [line]
    starts = [0, *(join.end() for join in joins)]
    ends = [*(join.start() for join in joins), len(line)]
    parts: list[str] = []
    begun, free = 0, False
    for start, end in zip(starts, ends, strict=True):
        name, which, said = _line(line[start:end])
        fits = _taken(Correction(), name, which, said) is not None
        if not fits and free:  # the title goes on
            parts[-1] = line[begun:end]
            continue
        if not fits and parts and not _fits(parts[-1]):  # and so do words that nobody understands
            parts[-1] = line[begun:end]
            continue
        parts.append(line[start:end])
        begun, free = start, fits and name in ("title", "section", "caption")
    said_first = next((part for part in parts if not _COURTESY.match(part)), "")
    return parts if _fits(said_first) else [line]


def _fits(part: str) -> bool:
    return _taken(Correction(), *_line(part)) is not None


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
    if name == "minutes":
        minutes = _minutes(said)
        return replace(found, minutes=minutes) if 0 < minutes <= kinds.MOST_MINUTES else None
    if name == "kind" and (kind := kinds.named(said)):
        return replace(found, kind=kind)
    if name in ("title", "section") and clean(said):
        return replace(found, title=clean(said)) if name == "title" else replace(found, section=clean(said))
    if name == "caption" and clean(said):
        return replace(found, captions=(*found.captions, (clean(which), clean(said))))
    return None


def _minutes(said: str) -> int:
    """The longer of two; a bare number counts minutes; 0 for what is no length."""
    bare = re.fullmatch(r"\W*(\d{1,3})(?:\s*(?:-|–|to|or)\s*(\d{1,3}))?\W*", said)
    if bare:
        return int(bare[2] or bare[1])
    number = re.match(r"\W*(\d{1,3})\s*or\s*(\d{1,3})\s*min", said)
    return int(number[2]) if number else kinds.minutes_in(said) or 0

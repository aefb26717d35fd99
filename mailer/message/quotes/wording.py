"""Is this text, joined from some lines, an attribution: an opener, a date or an address, a verb, a colon?"""

from __future__ import annotations

import re

from mailer.message.phrases.attributions import OPENERS, WROTE
from mailer.message.quotes.lines import ADDRESS, EDGE

_VERBS = "|".join(sorted({re.escape(v) for v in WROTE}, key=len, reverse=True))
_VERB = re.compile(rf"(?<![\w-])(?:{_VERBS})(?![\w-])")
ENDS = (":", "：", ">", *WROTE, *(verb.capitalize() for verb in WROTE))
_WIDE_VERB = re.compile("|".join(re.escape(v) for v in WROTE if not v.isascii() and v[0] > "\u1100"))
OPENER = re.compile(
    r"[-–—_*>\s]*(?:" + "|".join(sorted({re.escape(o) for o in OPENERS}, key=len, reverse=True)) + r")(?![\w-])"
)
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[:.h]\d{2}(?!\d)|\d{4}\s?[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|(?:19|20)\d\d(?!\d))"
)
DAY_FIRST = re.compile(
    r"[-–*>\s]*(?:(?:\w{2,12}\.?,?\s+){0,2}\d{1,2}(?:st|nd|rd|th|\.|º|er)?\s?(?:de\s+)?[^\W\d]{3,12}|\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(?:\w{2,12}\.?,?\s+)?[^\W\d]{3,12}\.?\s+\d{1,2},?\s|\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?,\s)"
)
# Gmail in some languages: a date with its zone, a name, no verb
STAMPED = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:gmt|utc)[+-]\d{1,2}:?\d{2},? [^\d.!?]{2,60}:?")
# what is left of an attribution when the line broke inside its address: `>:`, `> wrote:`
BROKEN = re.compile(rf"\s*>\s*(?:{_VERBS})?\s*[:：]\s*", re.IGNORECASE)
# a day or an hour, not only a year: "In 1842, Joule wrote:" is a sentence
_DAY = re.compile(
    r"\d[:.h]\d{2}(?!\d)|\d{1,4}\s?[-/.年]\s?\d{1,2}|(?<!\d)\d{1,2}(?:st|nd|rd|th|er|[.ºª]|\))?,?\s+(?:d[eo]\s+|o\s)?[^\W\d]{3}|[^\W\d]{3,}\.?\s\d{1,2}(?!\d)|\d\s?[月월]"
)
CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時点시]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}\s?[ap]\.?m")
_SAID = ("said", "replied", "commented", "writes")
# who says such words has written the line; mail programs do not
_SPOKEN = re.compile(r"(?<![\w'’-])(?:i|we|she|he|they|ich|wir|je|nous|yo|io|ik|jag|jeg)(?![\w'’-])")


def is_attribution(text: str, more: int) -> bool:
    ends = text.rstrip(EDGE)
    colon = ends.endswith((":", "："))
    dated = DATE.search(text) is not None
    addressed = ADDRESS.search(text) is not None
    verb = _VERB.search(text) or _WIDE_VERB.search(text)
    if verb:
        if not addressed and (_SPOKEN.search(text) or (verb[0] in _SAID and not CLOCK.search(text))):
            return False
        opened = OPENER.match(text) is not None
        after = ends[verb.end() :].strip(EDGE + ":：")
        if opened and (_DAY.search(text) or addressed) and (colon or not after):
            return True
        if opened and colon and more == 0 and text.count(" ") < 12 and _DAY.search(text):
            return True
        if (dated or addressed) and colon and DAY_FIRST.match(text):
            return True
        if (dated or addressed) and colon and (addressed or verb.end() > len(ends) - 60):
            return _SPOKEN.search(text) is None
        if addressed and not after and (dated or more):
            return True
        return bool(colon and not after and more == 0 and text.count(" ") <= 6 and _named(text))
    if colon and dated and addressed and (ends.endswith("]:") or DAY_FIRST.match(text) or OPENER.match(text)):
        return True
    if (
        colon
        and addressed
        and text.startswith(("quoting ", "citando ", "zitat von ", "citat från ", "citation de ", "* "))
    ):
        return True
    return bool(
        more == 0
        and dated
        and ends.endswith(">")
        and DAY_FIRST.match(text)
        and re.search(r"<[^<>@\s]+@[^<>\s]+>$", ends)
    )


def _named(text: str) -> bool:
    """`Jane Doe wrote:` and nothing else."""
    return (
        re.fullmatch(
            r"(?:[^\W\d_][\w.'’-]*\s+){1,4}(?:wrote|schrieb|schreef|a écrit|skrev|napisał\(a\)|kirjoitti|пишет)\s*[:：]",
            text,
        )
        is not None
    )

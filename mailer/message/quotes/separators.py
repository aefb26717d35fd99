"""Lines that say an original or forwarded message follows, or that one should write above them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.message.phrases.separators import ABOVE, FORWARD, ORIGINAL
from mailer.message.quotes.lines import WIDTH

_ORIGINAL = re.compile(
    r"[\s>*_\-=–—─]*(?:"
    + "|".join(sorted({re.escape(o.lower()) for o in ORIGINAL}, key=len, reverse=True))
    + r")(?:\s+from\s.{0,80})?(?:[\s*_\-=–—─:]*|\s*[-–—]{3,}\s*[^\W\d]{2,12}\s?:.*)"
)
_ORIGINAL_BY = re.compile(
    r"[\s>]*-{3,}\s*(?:forwarded by|weitergeleitet von|transféré par|reenviado por|inoltrato da|doorgestuurd door)\b.{1,200}"
    r"|[\s>]*-{3,}\s?[^-\s][^\n]{1,150}?\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev)\s*:?\s*-{3,}\s*"  # Notes, Zoho, Android
)
_GROUPWISE = re.compile(r">>> ?[^>\n]{1,80}(?:<[^<>\s]{3,120}>)?\s?[^>\n]{0,20}\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}[^>\n]{0,20}>>>\s*")
_MARKS = "-=_*–—─"
_LINE_WORDS = ("line", "ligne", "zeile", "llinell", "above")
_ABOVE = re.compile(r"[\W_]*(?:" + "|".join(re.escape(a) for a in ABOVE) + r")[\W_]*")


def forwards(lines: Sequence[str], at: int) -> bool:
    """Does the line say that what follows was sent on?"""
    return bool(separator(lines, at)) and FORWARD.search(lines[at][:WIDTH]) is not None


def separator(lines: Sequence[str], at: int) -> int:
    """1 if the line says that an original or forwarded message follows, or that one should write above it."""
    line = lines[at][:WIDTH].lower().replace("&nbsp;", " ")  # QQ leaves its entities in the text
    if len(lines[at]) > WIDTH or not line.strip():
        return 0
    if line.startswith("<div>"):  # Samsung writes its tags into the text
        line = line.removeprefix("<div>").partition("</div>")[0]
    if line.startswith("inactive hide details for ") or _GROUPWISE.fullmatch(line):  # Lotus Notes, GroupWise
        return 1
    if any(word in line for word in _LINE_WORDS) and _ABOVE.fullmatch(line):
        return 1
    if line.strip(" \t>")[:1] not in _MARKS and not line.rstrip(" *_").endswith(":"):
        return 0
    if _ORIGINAL_BY.fullmatch(line):
        return 1
    if not _ORIGINAL.fullmatch(line):
        return 0
    marked = line.strip(" \t>*_").startswith(("--", "==", "__", "––", "——", "──"))
    return int(marked or line.rstrip(" *_").endswith(":"))

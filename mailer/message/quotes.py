"""Where a quoted message begins: attribution lines, header blocks and separators.

Each finder looks at lines from one index on and says how many lines the marker takes, or 0. All look at a bounded number
of lines and characters, so a whole text costs time linear in its length (MIME-7).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mailer.message import phrases

WIDTH = 400  # characters of a line, or of an attribution, that are looked at
SPAN = 4  # lines one attribution may be broken into
FIELD_SPAN = 16  # lines a header block is looked for in

_EDGE = "*_ \t\u00a0\u200b\u200e\u200f\ufeff\u202a\u202c\u2068\u2069"
_VERBS = "|".join(sorted({re.escape(v) for v in phrases.WROTE}, key=len, reverse=True))
_VERB = re.compile(rf"(?<![\w-])(?:{_VERBS})(?![\w-])")
_ENDS = (":", "：", ">", *phrases.WROTE, *(verb.capitalize() for verb in phrases.WROTE))
_WIDE_VERB = re.compile("|".join(re.escape(v) for v in phrases.WROTE if not v.isascii() and v[0] > "\u1100"))
_OPENER = re.compile(
    r"[-–—_*>\s]*(?:" + "|".join(sorted({re.escape(o) for o in phrases.OPENERS}, key=len, reverse=True)) + r")(?![\w-])"
)
_ADDRESS = re.compile(r"[^\s<>@\[\]()]{1,80}@[^\s<>@\[\]()]{1,120}")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[:.h]\d{2}(?!\d)|\d{4}\s?[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|(?:19|20)\d\d(?!\d))"
)
_DAY_FIRST = re.compile(
    r"[-–*>\s]*(?:(?:\w{2,12}\.?,?\s+){0,2}\d{1,2}(?:st|nd|rd|th|\.|º|er)?\s?(?:de\s+)?[^\W\d]{3,12}|\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|(?:\w{2,12}\.?,?\s+)?[^\W\d]{3,12}\.?\s+\d{1,2},?\s|\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?,\s)"
)
_LABEL = re.compile(
    r"[>|\s*_\u00a0\u200e\u200f\u202a\u202b\u202c]*([^\W\d_][^\n:：*]{0,24}?)[\s*_\u00a0]*[:：][*_\s\u00a0]*(.*)", re.DOTALL
)
_NOTES_NAME = re.compile(r"[^<>@\n]{0,80}<[^<>\s]{1,80}@[^<>\s]{1,120}>|[^\W\d][^<>@\n:/]{1,60}(?:/[^<>@\n:/]{1,30}){1,4}(?:@[\w-]{1,30})?")
_NOTES_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp][Mm])?")
_INNER = re.compile(r"(?:^|(?<=\s))[*_]{0,2}([^\W\d_][^\W\d_]{0,14})[*_]{0,2}\s?:")
_RFC_DATE = re.compile(r"(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d{1,2}:\d{2}:\d{2}\s[+-]\d{4}")
_RULE = re.compile(r"[\s>]*[-_=*~─━–—#]{3,}[\s\-_=*~─━–—#]*")
_ORIGINAL = re.compile(
    r"[\s>*_\-=–—─]*(?:"
    + "|".join(sorted({re.escape(o.lower()) for o in phrases.ORIGINAL}, key=len, reverse=True))
    + r")(?:\s+from\s.{0,80})?(?:[\s*_\-=–—─:]*|\s*[-–—]{3,}\s*[^\W\d]{2,12}\s?:.*)"
)
_ORIGINAL_BY = re.compile(
    r"[\s>]*-{3,}\s*(?:forwarded by|weitergeleitet von|transféré par|reenviado por|inoltrato da|doorgestuurd door)\b.{1,200}"
    r"|[\s>]*-{3,}\s?[^-\s][^\n]{1,150}?\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev)\s*:?\s*-{3,}\s*"  # Notes, Zoho, Android
)
# Gmail in some languages: a date with its zone, a name, no verb
_STAMPED = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:gmt|utc)[+-]\d{1,2}:?\d{2},? [^\d.!?]{2,60}:?")
# what is left of an attribution when the line broke inside its address: `>:`, `> wrote:`
_BROKEN = re.compile(rf"\s*>\s*(?:{_VERBS})?\s*[:：]\s*", re.IGNORECASE)
_TORN_STARTS = ("o", "O", "1", "2")  # of `On ...` and of a year
_TORN = re.compile(r"(?i)on\s.{3,30}\b(?:19|20)\d\d,?\s+(?:at\s+)?\d{1,2}:\d{2}.{0,120}")
_INITIALS = re.compile(r" ?[A-Z][A-Za-z]{0,2}>{1,5}(?: |$)")
_SHARED = re.compile(
    r"(?<=\S)(?:\s*-{2,}\s*|\s+)(?=(?:On|Am|Le|El|Il|Em|Op|Den|På|Ar|W dniu) (?:[^\W\d]{2,12}\.?,? ){0,2}\d)"
)
# a day or an hour, not only a year: "In 1842, Joule wrote:" is a sentence
_DAY = re.compile(
    r"\d[:.h]\d{2}(?!\d)|\d{1,4}\s?[-/.年]\s?\d{1,2}|(?<!\d)\d{1,2}(?:st|nd|rd|th|er|[.ºª]|\))?,?\s+(?:d[eo]\s+|o\s)?[^\W\d]{3}|[^\W\d]{3,}\.?\s\d{1,2}(?!\d)|\d\s?[月월]"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時点시]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}\s?[ap]\.?m")
_SAID = ("said", "replied", "commented", "writes")
# who says such words has written the line; mail programs do not
_SPOKEN = re.compile(r"(?<![\w'’-])(?:i|we|she|he|they|ich|wir|je|nous|yo|io|ik|jag|jeg)(?![\w'’-])")
_GROUPWISE = re.compile(r">>> ?[^>\n]{1,80}(?:<[^<>\s]{3,120}>)?\s?[^>\n]{0,20}\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}[^>\n]{0,20}>>>\s*")
_MARKS = "-=_*–—─"
_LINE_WORDS = ("line", "ligne", "zeile", "llinell", "above")
_ABOVE = re.compile(r"[\W_]*(?:" + "|".join(re.escape(a) for a in phrases.ABOVE) + r")[\W_]*")


def is_quoted(line: str) -> bool:
    """`> text`, also deeper, also behind up to three spaces; not `>>> look here <<<`."""
    head = line[:8].lstrip(" \t\u00a0")
    if head[:1] not in (">", "＞") or len(line[:8]) - len(head) >= 5:
        return False
    return not (head.startswith(">>>") and len(line) < 200 and line.rstrip().endswith("<<<"))


def initialled(line: str) -> bool:
    """`JD> text`: some programs quote with the initials of who wrote."""
    return _INITIALS.match(line[:8]) is not None


def runs_on(above: str, line: str) -> bool:
    """Is the line but the end of a link that a quoted line above began, `(http://...` or `<http://...`?"""
    if len(above) > WIDTH or len(line) > WIDTH:
        return False
    opened = max(above.rfind("(http"), above.rfind("<http"))
    if opened < 0:
        return False
    close = ")" if above[opened] == "(" else ">"
    return close not in above[opened:] and re.fullmatch(rf"\s*\S*{re.escape(close)}[\s>.]*", line) is not None


def shared(lines: Sequence[str], at: int) -> int:
    """Where in a line of the person's own an attribution begins (`See you there On Mon, 2 Nov ... wrote:`); 0 if none does."""
    line = lines[at]
    if len(line) > WIDTH or not line.rstrip(_EDGE).endswith(_ENDS):
        return 0
    found = _SHARED.search(line)
    before = line[: found.start()] if found else ""
    if not found or not re.search(r"\w", before) or _DATE.search(before) or _ADDRESS.search(before):
        return 0
    return found.start() if attribution([line[found.end() :], *lines[at + 1 : at + SPAN]], 0) == 1 else 0


def is_rule(line: str) -> bool:
    """A line of dashes, underscores or stars only."""
    return len(line) < 200 and _RULE.fullmatch(line) is not None


def attribution(lines: Sequence[str], at: int) -> int:
    """Lines taken by `On <date>, <name> wrote:` that begins at `at`, in any of the languages; 0 if none does."""
    if len(lines[at]) > WIDTH:
        return 0
    ends = any(map(_may_end, lines[at : at + SPAN]))  # most lines are done with here
    if not ends and lines[at].lstrip(_EDGE)[:1] not in _TORN_STARTS:
        return 0
    first = lines[at].strip(_EDGE).lower()
    if not first or first.startswith(">"):
        return 0
    joined = ""
    for n in range(SPAN):
        if at + n >= len(lines):
            break
        line = lines[at + n]
        if (n and not _BROKEN.fullmatch(line[:80]) and (is_quoted(line) or not line.strip())) or len(line) > WIDTH:
            break
        joined = f"{joined} {line.strip(_EDGE)}" if joined else line.strip(_EDGE)
        if len(joined) > WIDTH:
            break
        if _may_end(line) and _is_attribution(joined.lower(), n):
            if n and (not _opens(first) or _later(lines, at, n)):
                return 0
            took = n + 1 + _only_verb(lines, at + n + 1, joined)
            return 0 if _told(joined) and _goes_on(lines, at + took) else took
    return 1 if _STAMPED.fullmatch(first) else _torn(lines, at)


def _told(joined: str) -> bool:
    """`On 3 March Jane wrote:` may stand in anybody's text: no address, no hour, and not "you"."""
    return not (_ADDRESS.search(joined) or _CLOCK.search(joined) or re.search(r"(?i)\byou\b|^\W*quot", joined))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Is the next line that says anything no quote?"""
    below = next((line for line in lines[at : at + 6] if line.strip(_EDGE)), ">")
    return not is_quoted(below)


@lru_cache(maxsize=64)  # a line is asked about once for each of the lines above that may begin what it ends
def _may_end(line: str) -> bool:
    return line.rstrip(_EDGE).endswith(_ENDS)


def _later(lines: Sequence[str], at: int, more: int) -> bool:
    """Is the first line a sentence of its own (`Il est cassé`, `In the end`), and does the attribution begin below it?"""
    first = lines[at].strip(_EDGE)
    if _DATE.search(first) or _ADDRESS.search(first) or len(first.split()) < 2:
        return False
    return any(
        (_OPENER.match(below) or _DAY_FIRST.match(below) or _ADDRESS.search(below))
        and attribution(lines, at + n) == more + 1 - n
        for n in range(1, more + 1)
        if (below := lines[at + n].strip(_EDGE).lower())
    )


def _torn(lines: Sequence[str], at: int) -> int:
    """An attribution whose address was torn off by blank lines: a date and a name, then nothing but `<mailto:...> wrote:`."""
    first = lines[at].strip(_EDGE)
    if not _TORN.fullmatch(first):
        return 0
    joined, took = first, 1
    for n in range(1, 9):
        if at + n >= len(lines) or len(lines[at + n]) > WIDTH:
            break
        line = lines[at + n].strip()
        if not line:
            continue
        if not (line == "<" or _BROKEN.fullmatch(line) or _ADDRESS.search(line)):
            break
        joined, took = f"{joined} {line}", n + 1
        if _BROKEN.fullmatch(line) and _is_attribution(joined.lower(), n):
            return took
    return 0


def _only_verb(lines: Sequence[str], at: int, joined: str) -> int:
    """1 if the next line is but the verb that the broken attribution lacks."""
    if joined.rstrip(_EDGE).endswith((":", "：")) or at >= len(lines):
        return 0
    return int(lines[at].strip(_EDGE + ":：").lower() in phrases.WROTE)


def _opens(line: str) -> bool:
    """May the first of several lines be part of the attribution, rather than a greeting above it?"""
    return bool(
        _OPENER.match(line) or _DATE.search(line) or _ADDRESS.search(line) or "<" in line or _DAY_FIRST.match(line)
    )


def _is_attribution(text: str, more: int) -> bool:
    ends = text.rstrip(_EDGE)
    colon = ends.endswith((":", "："))
    dated = _DATE.search(text) is not None
    addressed = _ADDRESS.search(text) is not None
    verb = _VERB.search(text) or _WIDE_VERB.search(text)
    if verb:
        if not addressed and (_SPOKEN.search(text) or (verb[0] in _SAID and not _CLOCK.search(text))):
            return False
        opened = _OPENER.match(text) is not None
        after = ends[verb.end() :].strip(_EDGE + ":：")
        if opened and (_DAY.search(text) or addressed) and (colon or not after):
            return True
        if opened and colon and more == 0 and text.count(" ") < 12 and _DAY.search(text):
            return True
        if (dated or addressed) and colon and _DAY_FIRST.match(text):
            return True
        if (dated or addressed) and colon and (addressed or verb.end() > len(ends) - 60):
            return _SPOKEN.search(text) is None
        if addressed and not after and (dated or more):
            return True
        return bool(colon and not after and more == 0 and text.count(" ") <= 6 and _named(text))
    if colon and dated and addressed and (ends.endswith("]:") or _DAY_FIRST.match(text) or _OPENER.match(text)):
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
        and _DAY_FIRST.match(text)
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


def label_of(line: str) -> tuple[str, str]:
    """(kind of field, its value) if the line is `Label: value` of a quoted header, else two empty strings."""
    found = _LABEL.match(line[:WIDTH]) if ":" in line[:60] or "：" in line[:60] else None
    if not found:
        return "", ""
    return phrases.LABELS.get(found[1].strip().lower().replace("\u00a0", " "), ""), found[2].strip()


def header_block(lines: Sequence[str], at: int) -> int:
    """Lines taken by a block of quoted header fields that begins at `at`; 0 if none does."""
    kind, value = label_of(lines[at])
    if kind not in ("from", "date", "to", "subject") or _is_hour(kind, value):
        return 0
    if _one_line(lines[at]):
        return 1
    seen = {kind}
    last, strong = at, "@" in value
    timed, stamped = _clock(kind, value)
    loose = blank = 0
    for i in range(at + 1, min(len(lines), at + FIELD_SPAN)):
        line = lines[i]
        if not line.strip(_EDGE + ">"):
            blank += 1
            if blank > 1 + (len(seen) < 2):
                break
            continue
        kind, value = label_of(line)
        if kind:
            if _is_hour(kind, value):
                return 0
            if kind in seen and kind not in ("other", "cc", "to"):
                break
            seen.add(kind)
            strong |= "@" in value
            timed, stamped = max((timed, stamped), _clock(kind, value))
            last, loose, blank = i, 0, 0
        elif loose < 3 and not blank and ("@" in line or ";" in line or line[:1] in " \t"):
            loose += 1
        elif "subject" in seen and i == last + 1 and i + 1 < len(lines) and label_of(lines[i + 1])[0] in ("to", "cc"):
            loose += 1  # a long subject on two lines
        elif loose or blank or "subject" in seen:
            break
        else:
            loose += 2
    named = seen & {"from", "date", "to", "subject"}
    if not strong and not timed and at and lines[at - 1].rstrip().endswith(":"):
        return 0  # `Here is the plan:` and what looks like fields, without an address or an hour
    if "from" in seen and len(named) >= 3:
        return last - at + 1
    if "from" in seen and len(named) == 2 and strong:
        return last - at + 1
    if len(named) >= 3 and strong:
        return last - at + 1
    if len(named) == 2 and "date" in named and strong and stamped:
        return last - at + 1
    return 0


def _clock(kind: str, value: str) -> tuple[bool, bool]:
    """Does a date name an hour, and is it written as mail fields write it (RFC 5322 3.3)?"""
    if kind != "date":
        return False, False
    return re.search(r"\d[:.h]\s?\d\d", value) is not None, _RFC_DATE.match(value) is not None


def _one_line(line: str) -> bool:
    """`From: Jane <jane@...> Sent: Monday, 2 November 2026 To: ...` without its line breaks."""
    if len(line) > WIDTH or "@" not in line:
        return False
    kinds = [phrases.LABELS.get(found[1].lower(), "") for found in _INNER.finditer(line)]
    wanted = {kind for kind in kinds if kind in ("from", "date", "to", "subject")}
    if "from" not in wanted or kinds[:1] == [""]:
        return False
    return len(wanted) >= 3 or ("date" in wanted and _RFC_DATE.search(line) is not None)


def notes_block(lines: Sequence[str], at: int) -> int:
    """Lines taken by the header of Lotus Notes: a name with its address, a date of its own, then `To` standing alone."""
    first = lines[at].strip(_EDGE)
    if len(first) > 200 or not _NOTES_NAME.fullmatch(first):
        return 0
    dated = 0
    for n in range(1, 10):
        if at + n >= len(lines):
            break
        line = lines[at + n][:200].strip(_EDGE)
        if not dated and _NOTES_DATE.fullmatch(line):
            dated = n
        elif dated and line.lower() in ("to", "an", "à", "para", "a", "naar", "aan", "at"):
            return n + 1
    return 0


def _is_hour(kind: str, value: str) -> bool:
    """`From: 13:00`, `To: 15:00`: someone plans a meeting."""
    return (
        kind in ("from", "to")
        and re.match(r"\W{0,3}\d{1,2}(?:[:.h]\d{2})?\s*(?:[ap]\.?m\b|o'clock|uhr|yr hwyr|$|[^\w@.])", value.lower())
        is not None
    )


def forwards(lines: Sequence[str], at: int) -> bool:
    """Does the line say that what follows was sent on?"""
    return bool(separator(lines, at)) and phrases.FORWARD.search(lines[at][:WIDTH]) is not None


def separator(lines: Sequence[str], at: int) -> int:
    """1 if the line says that an original or forwarded message follows, or that one should write above it."""
    line = lines[at][:WIDTH].lower()
    if len(lines[at]) > WIDTH or not line.strip():
        return 0
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

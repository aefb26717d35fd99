"""Header fields of a quoted message, as Outlook and its kin write them: one under the other, on one line, or Notes' own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.message.phrases.labels import LABELS
from mailer.message.quotes.lines import EDGE, WIDTH

FIELD_SPAN = 16  # lines a header block is looked for in
_LABEL = re.compile(
    r"[>|\s*_\u00a0\u200e\u200f\u202a\u202b\u202c]*([^\W\d_][^\n:：*]{0,24}?)[\s*_\u00a0]*[:：][*_\s\u00a0]*(.*)", re.DOTALL
)
_NOTES_NAME = re.compile(r"[^<>@\n]{0,80}<[^<>\s]{1,80}@[^<>\s]{1,120}>|[^\W\d][^<>@\n:/]{1,60}(?:/[^<>@\n:/]{1,30}){1,4}(?:@[\w-]{1,30})?")
_NOTES_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp][Mm])?")
_INNER = re.compile(r"(?:^|(?<=\s))[*_]{0,2}([^\W\d_][^\W\d_]{0,14})[*_]{0,2}\s?:")
_RFC_DATE = re.compile(r"(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d{1,2}:\d{2}:\d{2}\s[+-]\d{4}")


def label_of(line: str) -> tuple[str, str]:
    """(kind of field, its value) if the line is `Label: value` of a quoted header, else two empty strings."""
    found = _LABEL.match(line[:WIDTH]) if ":" in line[:60] or "：" in line[:60] else None
    if not found:
        return "", ""
    return LABELS.get(found[1].strip().lower().replace("\u00a0", " "), ""), found[2].strip()


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
        if not line.strip(EDGE + ">"):
            blank += 1
            if blank > 1 + (len(seen) < 2):
                break
            continue
        kind, value = label_of(line)
        if kind:
            if _is_hour(kind, value) or (kind == "from" and blank and seen == {"to"}):
                return 0  # a plan; or a line of the person's own (`To be fair: ...`) and the block only under it
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
    kinds = [LABELS.get(found[1].lower(), "") for found in _INNER.finditer(line)]
    wanted = {kind for kind in kinds if kind in ("from", "date", "to", "subject")}
    if "from" not in wanted or kinds[:1] == [""]:
        return False
    return len(wanted) >= 3 or ("date" in wanted and _RFC_DATE.search(line) is not None)


def notes_block(lines: Sequence[str], at: int) -> int:
    """Lines taken by the header of Lotus Notes: a name with its address, a date of its own, then `To` standing alone."""
    first = lines[at].strip(EDGE)
    if len(first) > 200 or not _NOTES_NAME.fullmatch(first):
        return 0
    dated = 0
    for n in range(1, 10):
        if at + n >= len(lines):
            break
        line = lines[at + n][:200].strip(EDGE)
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

"""One line by itself: is it quoted, is it a rule, does it run on? And the widths in which all of this room looks."""

from __future__ import annotations

import re

WIDTH = 400  # characters of a line, or of an attribution, that are looked at
SPAN = 4  # lines one attribution may be broken into
EDGE = "*_ \t\u00a0\u200b\u200e\u200f\ufeff\u202a\u202b\u202c\u2068\u2069"
ADDRESS = re.compile(r"[^\s<>@\[\]()]{1,80}@[^\s<>@\[\]()]{1,120}")
_RULE = re.compile(r"[\s>]*[-_=*~─━–—#]{3,}[\s\-_=*~─━–—#]*")
_INITIALS = re.compile(r" ?[A-Z][A-Za-z]{0,2}>{1,5}(?: |$)")


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


def is_rule(line: str) -> bool:
    """A line of dashes, underscores or stars only."""
    return len(line) < 200 and _RULE.fullmatch(line) is not None

"""Words laid out: paragraphs at 72 columns for the text part, links for the HTML part, no unseen characters in either."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from markupsafe import Markup, escape

WIDTH = 72
_URL = re.compile(r"https?://[^\s<>\"'{}|\\^`\[\]]+")
_TRAILING = ".,;:!?)"
# controls but tab and newline, zero-width, bidi overrides (SAFE-7), what is no character; joiners of emoji and scripts stay
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(value: Any) -> Any:
    """`finalize` of both environments: what is printed carries no character that cannot be seen (SAFE-7)."""
    if isinstance(value, str) and not isinstance(value, Markup) and _UNSEEN.search(value):
        return _UNSEEN.sub("", value.replace("\r\n", "\n"))
    return value


def one_line(text: str) -> str:
    """White space of any kind becomes one space."""
    return " ".join(str(text).split())


def wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """One paragraph at 72 columns; a word that is longer (a link) is never broken."""
    return textwrap.fill(
        one_line(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def wrap_lines(text: str, first: str = "") -> str:
    """People's own text: their line breaks stay, each line is wrapped; at most one blank line in a row."""
    lines = [wrap(line, first) if line.strip() else first.rstrip() for line in str(text).strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def paragraphs(text: str) -> list[list[str]]:
    """People's own text as paragraphs of lines."""
    blocks = re.split(r"\n\s*\n", str(text).strip().replace("\r\n", "\n"))
    return [[line.strip() for line in block.splitlines()] for block in blocks if block.strip()]


def linked(text: str) -> Markup:
    """Escaped, with web addresses as links that show where they go."""
    text, out, at = str(clean(text)), [], 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(_TRAILING)
        out += [escape(text[at : found.start()]), Markup('<a class="link" href="{0}">{0}</a>').format(url)]
        at = found.start() + len(url)
    return Markup("").join([*out, escape(text[at:])])


def urls(text: str) -> list[str]:
    """Web addresses in a text, each once, in order."""
    return list(dict.fromkeys(found.rstrip(_TRAILING) for found in _URL.findall(text)))

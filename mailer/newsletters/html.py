"""A piece's HTML, cut down to what may be printed (SAFE-1, SAFE-3), by an allow-list over a real HTML5 parser.

Headings become bold lines of the piece, as the issue has its own; links are kept as they were sent; of images only
those that came with the mail stay, under the Content-ID they are printed with. Nothing is ever fetched (SAFE-2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import nh3

TAGS = {
    "a",
    "b",
    "blockquote",
    "br",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
DROPPED = {
    "script",
    "style",
    "title",
    "head",
    "svg",
    "math",
    "form",
    "object",
    "iframe",
    "template",
    "noscript",
    "select",
}
LONGEST = 400_000

_NO_PICTURE = re.compile(r'<img(?![^<>]*\ssrc=)(?:\s+[a-z-]+="[^"]*")*\s*/?>')
_HEADING = re.compile(r"<(h[1-6])>(.*?)</\1>", re.DOTALL)  # nh3 leaves no attribute on it
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br\s*/?>)*</p>\s*")
_LINK = re.compile(r"https?://[^\s<>\"']{4,500}")


def sanitised(html: str, cids: Mapping[str, str]) -> str:
    """The HTML fit to be printed. `cids` maps the Content-IDs that pictures came with to those they are printed with."""

    def judged(tag: str, attribute: str, value: str) -> str | None:
        low = value.strip().lower()
        if tag == "img" and attribute == "src":
            new = cids.get(value.strip()[4:]) if low.startswith("cid:") else None
            return f"cid:{new}" if new else None
        if attribute == "href" and low.startswith("cid:"):
            return None
        return value

    cleaned = nh3.clean(
        html[:LONGEST],
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan"}, "th": {"colspan"}},
        attribute_filter=judged,
        url_schemes={"http", "https", "mailto", "cid"},
        url_relative="deny",
        link_rel=None,
    )
    bold = _HEADING.sub(lambda found: f"<p><b>{found[2]}</b></p>" if found[2].strip() else "", cleaned)
    return _EMPTY.sub("", _NO_PICTURE.sub("", bold)).strip()


def from_text(text: str) -> str:
    """HTML for a piece that came as plain text: paragraphs at empty lines, breaks at others, links made to work."""
    paragraphs = (part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    return "".join(f"<p>{_linked(part)}</p>" for part in paragraphs if part.strip())


def _linked(part: str) -> str:
    out, at = [], 0
    for found in _LINK.finditer(part):
        url = found[0].rstrip(".,;:!?)")
        out.append(escape(part[at : found.start()]))
        out.append(f'<a href="{escape(url)}">{escape(url)}</a>')
        at = found.start() + len(url)
    out.append(escape(part[at:]))
    return "".join(out).replace("\n", "<br>")

"""The two filters by which HTML that is not a template's own gets into a letter; everything else is escaped.

`sanitised` is for what a member wrote: it was sanitised when it came in, and is again here (SAFE-1, SAFE-3), so no
row in the database is trusted. `sanitised_letter` is for a letter of ours shown inside a proof: the same rules, and our
own class names stay.
"""

from __future__ import annotations

import re
from html import unescape

import nh3
from markupsafe import Markup

from mailer.outbound.compose.lines import clean

TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "h3", "h4", "hr",
    "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
OWN_TAGS = TAGS | {"h1", "h2"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width"}, "td": {"colspan"}, "th": {"colspan", "scope"}, "*": {"lang"}}
OWN_ATTRIBUTES = {**ATTRIBUTES, "table": {"role"}, "*": {"lang", "class"}}
SCHEMES = {"http", "https", "mailto", "cid"}
_HREF = re.compile(r'<a\b[^>]*?\bhref="(https?:[^"]*)"', re.IGNORECASE)
_WORDLESS = re.compile(r"<img(?![^>]*\balt=)", re.IGNORECASE)  # every picture has an alt (ACC-2)
_PICTURELESS = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)


def sanitised(html: str) -> Markup:
    """Members' HTML. Pictures only from this mail (cid:), links only http, https and mailto."""
    return _cleaned(html, TAGS, ATTRIBUTES)


def sanitised_letter(html: str) -> Markup:
    """A letter of ours inside a proof."""
    return _cleaned(html, OWN_TAGS, OWN_ATTRIBUTES)


def links_of(html: str) -> list[str]:
    """Where a piece's links go, each once, in order: the text part must have them too (MIME-6)."""
    return list(dict.fromkeys(unescape(url) for url in _HREF.findall(_cleaned(html, TAGS, ATTRIBUTES))))


def _cleaned(html: str, tags: set[str], attributes: dict[str, set[str]]) -> Markup:
    safe = nh3.clean(
        clean(str(html)),
        tags=tags,
        attributes=attributes,
        attribute_filter=_allowed,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    # nh3 escapes every < and > that is not a tag's, so these patterns see tags only
    safe = _PICTURELESS.sub("", safe)
    return Markup(_WORDLESS.sub('<img alt=""', safe))  # noqa: S704 - this is the one place that says so


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from this mail only: nothing is fetched when it is read (SAFE-3, DP-20)."""
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute == "width":
        return value if value.isascii() and value.isdigit() and len(value) <= 3 else None
    return None if value.lower().startswith("cid:") else value

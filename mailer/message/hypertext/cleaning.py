"""HTML of strangers made safe and bounded: what tags, attributes and links may stay (SAFE-1), how long, how deep."""

from __future__ import annotations

import re

import nh3

MAX_HTML = 400_000  # characters
MAX_NESTING = 400  # open elements; beyond, the tags are only taken off
_TAGS = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li",
    "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_DROPPED = {
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "svg",
    "math",
    "object",
    "applet",
    "iframe",
    "textarea",
    "select",
}
_SHOWN = nh3.Cleaner(
    tags=_TAGS - {"img"},
    clean_content_tags=_DROPPED,
    attributes={
        "a": {"href", "title"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
        "ol": {"start"},
        "*": {"lang", "dir"},
    },
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
)
MARKED = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={
        "*": {"class", "id", "style", "type", "name", "hidden", "data-marker", "data-mru-fragment", "data-smartmail", "data-signature-widget"},
        "a": {"href"},
        "img": {"alt"},
    },
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
    link_rel=None,
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)([^<>]*+)>")  # possessive: an open tag of 30,000 letters is looked at once
_VOID = {
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "col",
    "wbr",
    "area",
    "base",
    "embed",
    "source",
    "track",
    "param",
    "o",
    "v",
}
_CLOSES_ITSELF = {"p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option"}
_UNCOUNTED = _VOID | _CLOSES_ITSELF


def safe_html(html: str) -> str:
    """What may be shown: no script, style, form, frame, image or remote thing; links only http, https, mailto."""
    html = capped(html)
    if nesting(html) > MAX_NESTING:
        return "<pre>" + escape(bare(html)) + "</pre>"
    return _SHOWN.clean(html)


_INLINE = re.compile(r"(?i)data:[a-z]{2,20}/[a-z0-9.+-]{1,60};base64,[A-Za-z0-9+/=\s]{200,}")


def capped(html: str) -> str:
    """Pictures written into the HTML go before it is measured: they are no words."""
    if len(html) > MAX_HTML and "base64," in html:
        html = _INLINE.sub("", html)
    return html[:MAX_HTML]


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def nesting(html: str) -> int:
    """The deepest nesting of open tags, roughly: void tags do not count, closing ones count back."""
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found[2].lower() in _UNCOUNTED or found[3].endswith("/"):
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


_BREAK = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,2000}>")
_ANY_TAG = re.compile(r"<[^<>]{0,5000}>")
WHITE = re.compile(r"[ \t\r\n\f]+")


def bare(html: str) -> str:
    """Tags taken off by eye, for what is nested too deep to be parsed."""
    import html as entities

    text = _ANY_TAG.sub("", _BREAK.sub("\n", html))
    return "\n".join(WHITE.sub(" ", line).strip() for line in entities.unescape(text).split("\n"))

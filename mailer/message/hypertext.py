"""HTML of strangers: made safe, made text, and its quotes found by the clients' own markers.

The HTML5 parser of nh3 comes first, always; what it returns is well formed and without script, and only that is read
further (SAFE-1). Text that the reader could not see is not read either (CMD-10). The markers are a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import nh3
from lxml import etree  # type: ignore[import-untyped]

from mailer.message import encoded, quotes

MAX_HTML = 400_000  # characters
MAX_ELEMENTS = 20_000
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
_BLOCKS = {
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}

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
_MARKED = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={
        "*": {"class", "id", "style", "type", "name", "hidden", "data-marker", "data-mru-fragment", "data-smartmail"},
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
_HIDDEN = re.compile(
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)"
)


@dataclass(frozen=True, slots=True)
class Marker:
    """How a client marks something: `what` is quote (the element), rest (from here to the end) or signature."""

    client: str
    what: str
    tag: str  # empty: any
    attribute: str
    pattern: re.Pattern[str]


def _m(client: str, what: str, tag: str, attribute: str, pattern: str) -> Marker:
    return Marker(client, what, tag, attribute, re.compile(pattern, re.IGNORECASE))


# read top-down; the first that fits an element decides
MARKERS: tuple[Marker, ...] = (
    _m("Gmail", "signature", "", "class", r"(?:^|\s)(?:x_|ecx|m_-?\d+)*gmail_signature(?:\s|$)"),
    _m("Gmail", "quote", "", "class", r"(?:^|\s)(?:x_|ecx|m_-?\d+)*gmail_quote(?:_container)?(?:\s|$)"),
    _m("Gmail", "quote", "", "class", r"(?:^|\s)(?:(?:x_|ecx|m_-?\d+)*gmail_attr|elided-text)(?:\s|$)"),
    _m("Apple Mail, Thunderbird", "quote", "blockquote", "type", r"^cite$"),
    _m("Apple Mail", "signature", "", "id", r"^(?:x_)*AppleMailSignature"),
    _m("Thunderbird", "quote", "", "class", r"(?:^|\s)moz-(?:cite-prefix|forward-container|email-headers-table)"),
    _m("Thunderbird", "signature", "", "class", r"(?:^|\s)moz-(?:txt-)?sig(?:nature)?(?:\s|$)"),
    _m("Outlook on the web", "rest", "", "id", r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|divtagrplyfwdmsg|mail-editor-reference-message-container|(?:mac_)?OLK_SRC_BODY_SECTION)"),
    _m("Outlook for phones", "rest", "", "name", r"^messageReplySection$"),
    _m("Outlook for phones", "signature", "", "id", r"^(?:x_)*(?:ms-outlook-mobile-signature|Signature$|divtagdefaultwrapper_sig)"),
    _m("Outlook", "rest", "", "class", r"OutlookMessageHeader"),
    _m("Outlook", "rest", "div", "style", r"border:\s*none;\s*border-top:\s*solid\s*(?:#?[0-9a-f]{6}|windowtext|rgb\([^)]*\))\s*1\.0pt|border-width:\s*1pt\s+(?:medium|0)[^;]*;\s*border-style:\s*solid none none"),
    _m("Windows Mail", "rest", "div", "style", r"border-top-color:\s*rgb\(229,\s*229,\s*229\)"),
    _m("Hotmail", "rest", "hr", "id", r"^(?:x_)*stopSpelling$"),
    _m("Yahoo", "quote", "", "class", r"(?:^|\s)(?:ydp[0-9a-z]+)?(?:yahoo_quoted|yahoo-quoted)"),
    _m("Yahoo", "quote", "", "id", r"yahoo_quoted"),
    _m("Yahoo", "signature", "", "class", r"yahoo-signature|ymail_signature"),
    _m("Zimbra", "rest", "hr", "id", r"^zwchr$"),
    _m("Zimbra", "rest", "", "data-marker", r"__(?:DIVIDER|HEADERS|QUOTED_TEXT)__"),
    _m("Zimbra", "signature", "", "data-marker", r"__SIG"),
    _m("Proton", "quote", "", "class", r"(?:^|\s)protonmail_quote"),
    _m("Proton", "signature", "", "class", r"protonmail_signature_block(?!-empty)"),
    _m("Tutanota", "quote", "blockquote", "class", r"tutanota_quote"),
    _m("Zoho", "quote", "", "class", r"zmail_extra"),
    _m("Zoho", "quote", "", "id", r"^(?:Zm-_Id_|zmail_extra|blockquote_zmail)"),
    _m("mail.ru", "quote", "", "class", r"mailru-blockquote"),
    _m("mail.ru", "quote", "blockquote", "style", r"border-left:\s*1px solid #(?:0857A6|08a5f5|fc2c38)"),
    _m("Yandex", "quote", "", "class", r"yandex-quote"),
    _m("GMX", "quote", "", "name", r"^quote$"),
    _m("BlackBerry", "rest", "", "id", r"^_originalContent$"),
    _m("FairEmail, Missive", "quote", "", "class", r"(?:^|\s)(?:fairemail_quote|missive_quote)"),
    _m("K-9, Samsung", "signature", "", "class", r"(?:^|\s)k9mail-signature"),
    _m("K-9, Samsung", "signature", "", "id", r"^(?:x_)*composer_signature$"),
    _m("Front", "quote", "", "class", r"(?:^|\s)front-blockquote|freshdesk_quote|gmail-quote|replyQuote|reply_quote|quoted-text|email_quote|quotedText"),
    _m("QQ", "rest", "", "id", r"^(?:isReplyContent|original-content)$"),
    _m("Lotus Notes", "rest", "", "class", r"domino-section"),
    _m("many", "quote", "blockquote", "style", r"border-left|padding-left:\s*\d"),
    _m("many", "quote", "blockquote", "class", r"quote|cite"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The visible text, and for each of its lines whether a marker says that it is not new."""

    text: str
    marked: tuple[bool, ...]
    clients: tuple[str, ...]


def safe_html(html: str) -> str:
    """What may be shown: no script, style, form, frame, image or remote thing; links only http, https, mailto."""
    html = _capped(html)
    if _nesting(html) > MAX_NESTING:
        return "<pre>" + escape(_bare(html)) + "</pre>"
    return _SHOWN.clean(html)


_INLINE = re.compile(r"(?i)data:[a-z]{2,20}/[a-z0-9.+-]{1,60};base64,[A-Za-z0-9+/=\s]{200,}")


def _capped(html: str) -> str:
    """Pictures written into the HTML go before it is measured: they are no words."""
    if len(html) > MAX_HTML and "base64," in html:
        html = _INLINE.sub("", html)
    return html[:MAX_HTML]


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_html(html: str) -> HtmlText:
    """Text of HTML with its marks; never raises."""
    html = _capped(html).replace("\x00", "")
    if _nesting(html) > MAX_NESTING:
        text = _bare(html)
        return HtmlText(text, (False,) * (text.count("\n") + 1), ())
    cleaned = _MARKED.clean(html)
    if not cleaned.strip():
        return HtmlText("", (False,), ())
    try:
        root = etree.fromstring(
            f"<html><body>{cleaned}</body></html>", etree.HTMLParser(huge_tree=True, encoding=None, no_network=True)
        )
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        text = _bare(html)
        return HtmlText(text, (False,) * (text.count("\n") + 1), ())
    writer = _Writer()
    _walk(root, writer)
    return writer.done()


class _Writer:
    """Collects words into lines; white space as browsers see it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.marked: list[bool] = []
        self.now: list[str] = []
        self.now_marked = False
        self.marks = 0  # open marked elements
        self.rest = False  # a marker said: to the end
        self.pre = 0
        self.hidden = 0
        self.clients: list[str] = []

    def words(self, text: str | None) -> None:
        if not text or self.hidden:
            return
        if self.pre:
            first, *more = text.split("\n")
            self._add(first)
            for line in more:
                self.line(force=True)
                self._add(line)
            return
        flat = _WHITE.sub(" ", text)
        if not self.now or self.now[-1].endswith((" ", "\t")):
            flat = flat.lstrip(" ")
        if flat:
            self._add(flat)

    def _add(self, text: str) -> None:
        if text.strip() and not any(part.strip() for part in self.now):
            self.now_marked = bool(self.marks) or self.rest
        self.now.append(text)

    def line(self, force: bool = False) -> None:
        text = "".join(self.now)
        text = text if self.pre else text.strip(" ")
        if text or force:
            self.lines.append(text.replace("\u00a0", " "))
            self.marked.append(self.now_marked if text.strip() else bool(self.marks) or self.rest)
        self.now = []

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")
            self.marked.append(bool(self.marks) or self.rest)

    def done(self) -> HtmlText:
        self.line()
        return HtmlText("\n".join(self.lines), tuple(self.marked) or (False,), tuple(dict.fromkeys(self.clients)))


_WHITE = re.compile(r"[ \t\r\n\f]+")


def _walk(root: etree._Element, writer: _Writer) -> None:
    """Without recursion: (element, is it entered) pairs from lxml's own event walker."""
    state: list[tuple[int, int, int]] = []
    events: etree.iterwalk = etree.iterwalk(root, events=("start", "end"))
    left = 2 * MAX_ELEMENTS
    for event, element in events:
        left -= 1
        if not left:
            writer.clients.append("the HTML has too many elements, its end is not read")
            break
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            state.append((writer.marks, writer.pre, writer.hidden))
            _enter(element, tag, writer)
            writer.words(element.text if tag else None)
        else:
            writer_state = state.pop()
            if tag in _BLOCKS:
                writer.line()
                if tag in _SPACED:
                    writer.blank()
            elif tag in ("td", "th") and writer.now:
                writer.now.append(" ")
            writer.marks, writer.pre, writer.hidden = writer_state
            writer.words(element.tail)


def _enter(element: etree._Element, tag: str, writer: _Writer) -> None:
    style = element.get("style")
    if element.get("hidden") is not None or (style and _HIDDEN.search(style)):
        writer.hidden += 1
    if tag == "br":
        writer.line(force=True)
        return
    if tag in _BLOCKS:
        writer.line()
        if tag in _SPACED and writer.lines and writer.lines[-1]:
            writer.blank()
    if tag == "pre":
        writer.pre += 1
    for marker in MARKERS:
        if marker.tag and marker.tag != tag:
            continue
        value = element.get(marker.attribute)
        if value is not None and marker.pattern.search(value):
            if marker.client == "Gmail" and tag != "blockquote" and element.find(".//blockquote") is not None:
                break  # the box holds the quote and may hold words under it: its blockquotes are marked by themselves
            writer.clients.append(f"{marker.client}: {marker.what}")
            if marker.what == "rest":
                writer.rest = True
            else:
                writer.marks += 1
            break
    else:
        if tag == "blockquote" and _attributed(writer.lines):
            writer.clients.append("a block under an attribution line: quote")
            writer.marks += 1
    if tag == "li" and not writer.hidden:
        writer.words("- ")
    elif tag == "img" and not writer.hidden:
        alt = encoded.clean(element.get("alt") or "")
        if 0 < len(alt) <= 4:  # an emoji as a picture
            writer.words(alt)


def _attributed(lines: list[str]) -> bool:
    """Do the last written lines say `On <date> <name> wrote:`?"""
    last = [line for line in lines[-6:] if line.strip()][-3:]
    return any(quotes.attribution(last, i) == len(last) - i for i in range(len(last)))


def _nesting(html: str) -> int:
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


def _bare(html: str) -> str:
    """Tags taken off by eye, for what is nested too deep to be parsed."""
    import html as entities

    text = _ANY_TAG.sub("", _BREAK.sub("\n", html))
    return "\n".join(_WHITE.sub(" ", line).strip() for line in entities.unescape(text).split("\n"))

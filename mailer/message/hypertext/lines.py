"""HTML to lines of visible text, each with its mark: is it a quote by its client's own sign?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree  # type: ignore[import-untyped]

from mailer.message import encoded, quotes
from mailer.message.hypertext.cleaning import MARKED, MAX_NESTING, WHITE, bare, capped, nesting
from mailer.message.hypertext.markers import MARKERS

MAX_ELEMENTS = 20_000
_BLOCKS = {
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN = re.compile(
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)"
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The visible text, and for each of its lines whether a marker says that it is not new."""

    text: str
    marked: tuple[bool, ...]
    clients: tuple[str, ...]


def read_html(html: str) -> HtmlText:
    """Text of HTML with its marks; never raises."""
    html = capped(html).replace("\x00", "")
    if nesting(html) > MAX_NESTING:
        text = bare(html)
        return HtmlText(text, (False,) * (text.count("\n") + 1), ())
    cleaned = MARKED.clean(html)
    if not cleaned.strip():
        return HtmlText("", (False,), ())
    try:
        root = etree.fromstring(
            f"<html><body>{cleaned}</body></html>", etree.HTMLParser(huge_tree=True, encoding=None, no_network=True)
        )
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        text = bare(html)
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
        flat = WHITE.sub(" ", text)
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
            if marker.client == "Gmail" and tag == "blockquote" and not _from_an_answer(element, writer.lines):
                break  # what Gmail's own button indents while one writes
            writer.clients.append(f"{marker.client}: {marker.what}")
            if marker.what == "rest":
                writer.rest = True
            else:
                writer.marks += 1
            break
    else:
        if tag == "blockquote" and (_attributed(writer.lines) or _begins_attributed(element)):
            writer.clients.append("a block with an attribution line: quote")
            writer.marks += 1
    if tag == "li" and not writer.hidden:
        writer.words("- ")
    elif tag == "img" and not writer.hidden:
        alt = encoded.clean(element.get("alt") or "")
        if 0 < len(alt) <= 4:  # an emoji as a picture
            writer.words(alt)


def _from_an_answer(element: etree._Element, lines: list[str]) -> bool:
    """Does an answer's box, an attribution or a quote stand around, over or in this block of Gmail's?"""
    if _attributed(lines) or _begins_attributed(element):
        return True
    around = element.getparent()
    for _ in range(40):
        if around is None:
            return False
        if around.tag == "blockquote" or "gmail_quote" in (around.get("class") or ""):
            return True
        around = around.getparent()
    return True


def _begins_attributed(element: etree._Element) -> bool:
    """Do the first words in the block say `On <date> <name> wrote:`?"""
    said = ""
    for event, part in islice(etree.iterwalk(element, events=("start", "end")), 60):
        piece = (part.text if event == "start" else part.tail if part is not element else "") or ""
        for line in piece[: quotes.WIDTH].split("\n", 4)[:4]:
            said = f"{said} {WHITE.sub(' ', line).strip()}".strip()
            if said.endswith((":", "：")):
                return quotes.attribution([said], 0) == 1
        if len(said) > quotes.WIDTH:
            break
    return False


def _attributed(lines: list[str]) -> bool:
    """Do the last written lines say `On <date> <name> wrote:`?"""
    last = [line for line in lines[-6:] if line.strip()][-3:]
    return any(quotes.attribution(last, i) == len(last) - i for i in range(len(last)))

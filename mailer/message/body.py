"""Which parts of a message are its text, its HTML and its files (MIME-5, RFC 2046 5.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailer.message import encoded, fields, hypertext
from mailer.message.parts import Part
from mailer.message.transfer import uu_octets
from mailer.message.values import Attachment

MAX_TEXT = 1_000_000  # characters of text that are kept
MAX_FLOWED = 40_000  # lines whose soft breaks are joined
MAX_FILES = 200
MAX_CONTENT = 60_000_000  # decoded octets of all files together

_SUFFIX = {
    "text/calendar": "ics", "text/html": "html", "text/plain": "txt", "message/rfc822": "eml", "application/pdf": "pdf", "image/jpeg": "jpg",
    "image/png": "png", "image/gif": "gif", "application/ms-tnef": "dat", "message/delivery-status": "txt",
}  # fmt: skip
_PLAIN = ("text/plain", "text/enriched")
_NO_TEXT = (
    "text/html",
    "text/calendar",
    "text/x-vcalendar",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "text/rfc822-headers",
    "text/css",
    "text/csv",
    "text/xml",
    "text/rtf",
    "text/richtext",
    "text/watch-html",
    "text/x-amp-html",
)
_UU_BEGIN = re.compile(rb"(?:^|\n)begin [0-7]{3,4} ([^\n]{0,200})\n(?=[ -`]{2,90}\n)")
MAX_UU = 50  # files written into one text


@dataclass(slots=True)
class Body:
    """`marked` says of each line of `text` whether HTML called it a quote; None if the text is no HTML's."""

    text: str = ""
    html: str | None = None
    marked: list[bool] | None = None
    clients: tuple[str, ...] = ()
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    left: int = MAX_CONTENT


def collect(root: Part) -> Body:
    """The body of a message; never raises."""
    body = Body()
    texts: list[tuple[str, list[bool] | None]] = []
    htmls: list[str] = []
    _take(root, root, body, texts, htmls)
    if htmls:
        body.html = "\n".join(htmls)
    if len(texts) == 1:
        body.text, body.marked = texts[0]
    elif texts:
        body.text = "\n".join(text for text, _ in texts)
        if any(marked is not None for _, marked in texts):
            body.marked = []
            for text, marked in texts:
                body.marked += marked if marked is not None else [False] * (text.count("\n") + 1)
    if len(body.text) > MAX_TEXT:
        body.text = body.text[:MAX_TEXT]
        body.defects.append("the text is over the length that is read")
    return body


def _take(part: Part, root: Part, body: Body, texts: list[tuple[str, list[bool] | None]], htmls: list[str]) -> None:
    kind = part.type
    if kind.startswith("multipart/") and part.children:
        if kind == "multipart/alternative":
            _alternative(part, root, body, texts, htmls)
        elif kind == "multipart/report":
            _take(part.children[0], root, body, texts, htmls)
            for child in part.children[1:]:
                _attach(child, body)
        elif kind == "multipart/appledouble":
            _attach(part.children[-1], body)
        else:
            for child in part.children:
                _take(child, root, body, texts, htmls)
        return
    if part is root and kind.startswith("message/") and part.children:
        _take(part.children[0], part.children[0], body, texts, htmls)
        return
    attached = part.disposition == "attachment" or (
        part.filename and kind != "text/html" and (texts or kind not in _PLAIN)
    )
    if part is root and kind in _PLAIN:
        attached = False  # all that the message says, whatever its label
    if kind.startswith("text/") and kind not in _NO_TEXT and not attached:
        text = plain_text(part, body)
        if text.strip() or not texts:
            texts.append((text, None))
    elif kind == "text/html" and not (attached and (texts or part.filename)):
        html = part.text
        htmls.append(html)
        _add_html(html, texts, body)
    else:
        _attach(part, body)


def _add_html(html: str, texts: list[tuple[str, list[bool] | None]], body: Body) -> None:
    seen = hypertext.read_html(html)
    body.clients += tuple(client for client in seen.clients if ":" in client)
    body.defects += [client for client in seen.clients if ":" not in client]
    texts.append((seen.text, list(seen.marked)))


def _alternative(
    part: Part, root: Part, body: Body, texts: list[tuple[str, list[bool] | None]], htmls: list[str]
) -> None:
    """The plain version if it says anything, else the HTML; files that hang in either are kept."""
    plain: list[tuple[str, list[bool] | None]] = []
    rich: list[tuple[str, list[bool] | None]] = []
    for child in part.children:
        if child.type == "text/plain" and child.disposition != "attachment":
            text = plain_text(child, body)
            if text.strip():
                plain.append((text, None))
        elif child.type == "text/html":
            html = child.text
            htmls.append(html)
            if not plain or len(plain[0][0].strip()) < 3:
                _add_html(html, rich, body)
        elif child.type.startswith("multipart/"):
            inner: list[tuple[str, list[bool] | None]] = []
            _take(child, root, body, inner, htmls)
            (rich if any(marked is not None for _, marked in inner) else plain).extend(inner)
        else:
            _attach(child, body)
    texts.extend(plain if any(text.strip() for text, _ in plain) else rich)


def plain_text(part: Part, body: Body) -> str:
    """The text of one text/plain part: charset, line ends, flowed lines (RFC 3676)."""
    octets = _without_uu(part.content, body)
    from mailer.message import charset

    text = charset.decode(octets[: 4 * MAX_TEXT], part.params.get("charset")).replace("\r\n", "\n").replace("\r", "\n")
    text = encoded.printable(text)
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, part.params.get("delsp", "").lower() == "yes")
    return text


def _without_uu(octets: bytes, body: Body) -> bytes:
    """The text without the files that old programs write into it, `begin 644 name` to `end`."""
    if b"begin " not in octets or b"\nend" not in octets:
        return octets
    out: list[bytes] = []
    at = 0
    while len(out) < MAX_UU and (found := _UU_BEGIN.search(octets, at)):
        end = octets.find(b"\nend", found.end() - 1)
        if end < 0:
            break
        name = fields.safe_name(found[1].decode("utf-8", "replace")) or "file"
        _keep(body, Attachment(name, "application/octet-stream", uu_octets(octets[found.start() : end + 4])))
        out.append(octets[at : found.start()] + b"\n")
        at = end + 4
    return b"".join(out) + octets[at:]


def unflow(text: str, delsp: bool = False) -> str:
    """format=flowed to plain lines: soft breaks joined, stuffing taken out, quote depth kept (RFC 3676 4)."""
    out: list[str] = []
    depth_open = -1  # quote depth of the paragraph that is still open
    lines = text.split("\n")
    for line in lines[:MAX_FLOWED]:
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        signature = bare == "-- "
        if depth_open == depth and not signature and out:
            out[-1] += bare
        else:
            out.append((">" * depth + " " if depth else "") + bare)
        flowed = bare.endswith(" ") and not signature
        if flowed and delsp:
            out[-1] = out[-1][:-1]
        depth_open = depth if flowed and len(out[-1]) < 100_000 else -1
    return "\n".join(out + lines[MAX_FLOWED:])


def _attach(part: Part, body: Body) -> None:
    if part.type.startswith("multipart/") and part.children:
        for child in part.children:
            _attach(child, body)
        return
    content = part.content
    name = fields.safe_name(part.filename)
    if not name:
        suffix = _SUFFIX.get(part.type, "bin")
        if part.type == "message/rfc822" and part.children:
            name = fields.safe_name(encoded.text_of(part.children[0].get("subject") or ""))[:60]
        name = f"{name or 'part'}.{suffix}"
    content_id = (part.get("content-id") or "").strip().strip("<>") or None
    _keep(body, Attachment(name, part.type, content, encoded.clean(content_id) if content_id else None))


def _keep(body: Body, attachment: Attachment) -> None:
    if len(body.attachments) >= MAX_FILES or attachment.size > body.left:
        note = "some files are left in the raw message: too many or too large"
        if note not in body.defects:
            body.defects.append(note)
        return
    body.left -= attachment.size
    body.attachments.append(attachment)

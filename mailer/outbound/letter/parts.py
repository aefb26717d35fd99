"""The MIME tree of a letter, as pieces: constant octets and slots.

multipart/mixed                    only with attachments
  multipart/alternative            only with HTML or a calendar; plain first (MIME-6, RFC 2046 5.1.4)
    text/plain
    multipart/related              only with pictures
      text/html
      image/...                    Content-ID, inline
    text/calendar; method=...      last, where mail programs look for it (CAL-1, RFC 6047 2.4)
  attachments
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from mailer.message.encoded import clean
from mailer.message.headers import parameter
from mailer.outbound.letter.calendar import calendar_pieces, method
from mailer.outbound.letter.marks import Mark, Marks
from mailer.outbound.letter.quoted import SOFT, quote_text
from mailer.outbound.letter.skeleton import Slot
from mailer.outbound.letter.terms import Draft, LetterError, Picture

Piece = bytes | Slot
Part = tuple[str, list[Piece]]  # Content-* lines and content

# (part, kind of slot) -> (way it is encoded, what is added to its name)
BODY_WAYS: dict[tuple[str, str], tuple[str, str]] = {
    ("text", "text"): ("text", ""),
    ("text", "url"): ("text", ""),
    ("text", "address"): ("text", ""),
    ("text", "block"): ("text", ".text"),
    ("html", "html"): ("html", ""),
    ("html", "url"): ("html", ""),
    ("html", "address"): ("html", ""),
    ("html", "block"): ("ready-html", ".html"),
}

_TYPE = re.compile(r"[a-z]+/[a-z0-9.+\-]{1,80}")
_CID = re.compile(r"[A-Za-z0-9.\-_+@]{1,120}")


def tree(draft: Draft, marks: Marks, seed: str) -> list[Piece]:
    """Content-* lines, a blank line, the content: what follows the other header fields."""
    alternatives = [_body("text", draft.text, marks)]
    if draft.html is not None:
        page = _body("html", draft.html, marks)
        if draft.pictures:
            page = _multipart("related", [page, *map(_picture, draft.pictures)], seed, '; type="text/html"')
        alternatives.append(page)
    elif draft.pictures:
        raise LetterError("pictures go with an HTML part, and there is none")
    if draft.calendar is not None:
        kind = f"text/calendar; charset=UTF-8; method={method(draft.calendar)}"
        alternatives.append((_lines(kind, "quoted-printable"), list(calendar_pieces(draft.calendar, marks))))
    letter = _multipart("alternative", alternatives, seed) if len(alternatives) > 1 else alternatives[0]
    if draft.attachments:
        letter = _multipart("mixed", [letter, *map(_attachment, draft.attachments)], seed)
    lines, content = letter
    return [lines.encode("ascii"), b"\r\n", *content]


def _body(part: str, text: str, marks: Marks) -> Part:
    text = text if text.endswith("\n") else f"{text}\n"
    kind = "text/plain" if part == "text" else "text/html"
    return _lines(f"{kind}; charset=utf-8", "quoted-printable"), list(_quoted(part, text, marks))


def _quoted(part: str, text: str, marks: Marks) -> Iterator[Piece]:
    """Constant text and slots; a slot begins a line and a soft break ends it (ruling 6)."""
    for piece in marks.cut(text):
        if isinstance(piece, Mark):
            way = BODY_WAYS.get((part, piece.kind))
            if way is None:
                raise LetterError(f"a {piece.kind} slot ({piece.slot}) cannot stand in the {part} part")
            yield Slot(way[0], (((piece.kind, piece.slot + way[1]),),))
            yield SOFT
        elif piece:
            coded = quote_text(piece)
            yield coded if piece.endswith(("\n", "\r")) else coded + SOFT


def _multipart(subtype: str, parts: Iterable[Part], seed: str, more: str = "") -> Part:
    boundary = "=_" + hashlib.sha256(f"{subtype} {seed}".encode()).hexdigest()[:26]  # =_ stands in no encoded line
    content: list[Piece] = []
    for lines, inner in parts:
        content += [f"--{boundary}\r\n{lines}\r\n".encode("ascii"), *inner, b"\r\n"]
    content.append(f"--{boundary}--\r\n".encode("ascii"))
    return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"{more}\r\n', content


def _picture(picture: Picture) -> Part:
    if not _CID.fullmatch(picture.cid):
        raise LetterError("a picture needs a Content-ID of letters, digits, dots and @")
    more = f"Content-ID: <{picture.cid}>\r\nContent-Disposition: inline{_filename(picture.name)}\r\n"
    return _lines(_type(picture), "base64") + more, [_base64(picture.content)]


def _attachment(picture: Picture) -> Part:
    more = f"Content-Disposition: attachment{_filename(picture.name or 'attachment')}\r\n"
    return _lines(_type(picture), "base64") + more, [_base64(picture.content)]


def _type(picture: Picture) -> str:
    kind = picture.type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        raise LetterError("an attachment needs a plain type such as image/png")
    return kind


def _filename(name: str) -> str:
    """RFC 2183 and, beyond ASCII, RFC 2231; never an encoded word (FMT-5)."""
    name = clean(name)[:100]
    if not name:
        return ""
    short = parameter("filename", name)
    if len(short) <= 70:
        return f";\r\n {short.removeprefix('; ')}"
    coded = quote(name, safe="")
    units = re.findall(r"%[0-9A-F]{2}|.", coded)
    rows, row = [], ""
    for unit in units:
        if len(row) + len(unit) > 50:
            rows.append(row)
            row = ""
        row += unit
    rows.append(row)
    first = "utf-8''"
    return "".join(f";\r\n filename*{n}*={first if n == 0 else ''}{row}" for n, row in enumerate(rows))


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n") if content else b"\r\n"


def _lines(kind: str, how: str) -> str:
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {how}\r\n"

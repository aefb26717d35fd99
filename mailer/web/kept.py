"""A kept mail opened for reading: header fields, text, HTML with its pictures inside, calendar part, files. Never raises."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser

from mailer.message.fields import safe_name

_CID = re.compile(r"""cid:([^"'\s>)]+)""", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
NEW_WINDOW = '<base target="_blank">'


@dataclass(frozen=True)
class File:
    """A part that is no body: what it is called (ASCII), its type, its octets."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Kept:
    """`html` is none and `calendar` empty where the mail has none; `fields` are unfolded, in order."""

    fields: tuple[tuple[str, str], ...]
    text: str
    html: str | None
    calendar: str
    parts: tuple[File, ...]

    def field(self, name: str) -> str:
        """The first field of this name as a mail program shows it; empty if there is none."""
        return next((_shown(value) for known, value in self.fields if known.lower() == name.lower()), "")


def open_mail(content: bytes) -> Kept:
    """Open one mail."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    text, html, calendar = "", None, ""
    pictures: dict[str, tuple[str, bytes]] = {}
    files: list[File] = []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        octets = _octets(part)
        if kind == "text/plain" and not text and not part.is_attachment():
            text = _words(part, octets)
        elif kind == "text/html" and html is None and not part.is_attachment():
            html = _words(part, octets)
        else:
            if kind == "text/calendar" and not calendar:
                calendar = re.sub(r"\r?\n[ \t]", "", _words(part, octets))  # RFC 5545 3.1
            if kind in PICTURES and part["Content-ID"]:
                pictures[str(part["Content-ID"]).strip().strip("<>")] = (kind, octets)
            name = safe_name(part.get_filename() or "") or f"part.{kind.rpartition('/')[2]}"
            files.append(File(re.sub(r"[^\w.\- ]", "_", name, flags=re.ASCII), kind, octets))
    return Kept(
        fields=tuple((name, _unfolded(value)) for name, value in _raw_fields(message)),
        text=text,
        html=None if html is None else _framed(html, pictures),
        calendar=calendar,
        parts=tuple(files),
    )


def _framed(html: str, pictures: dict[str, tuple[str, bytes]]) -> str:
    """Pictures inside the page, and links that open outside the frame."""

    def inside(found: re.Match[str]) -> str:
        if found[1] not in pictures:
            return found[0]
        kind, octets = pictures[found[1]]
        return f"data:{kind};base64,{base64.b64encode(octets).decode()}"

    shown = _CID.sub(inside, html)
    head = _HEAD.search(shown)
    at = head.end() if head else 0
    return shown[:at] + NEW_WINDOW + shown[at:]


def _octets(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _words(part: EmailMessage, octets: bytes) -> str:
    try:
        return octets.decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
    except LookupError:
        return octets.decode("utf-8", "replace").replace("\r\n", "\n")


def _shown(value: str) -> str:
    """Encoded words in words (RFC 2047)."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _raw_fields(message: EmailMessage) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in message.raw_items()]


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value).strip()

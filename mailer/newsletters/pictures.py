"""Pictures that come with a piece: judged by their first octets, named safely, capped, never decoded (SAFE-4).

What is not a JPEG, PNG, GIF or WebP by its own octets is left out and said so, whatever its name says. Pictures
smaller than a stamp are decorations of a signature and are left out without a word.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.message.encoded import clean
from mailer.message.fields import safe_name

LARGEST = 5 * 1024 * 1024  # octets of one
ALTOGETHER = 12 * 1024 * 1024  # octets of one piece
MOST = 8
STAMP = 100  # pixels: narrower or lower is a logo, a line or a tracker
WIDEST, TALLEST = 536, 640  # pixels: the column of a letter, and what a reader sees at once
HEADER = 300_000  # octets in which a file says its size, thumbnails before it too

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True)
class Offered:
    """A picture as it came: its octets, name, caption if any, and the Content-ID under which the text shows it."""

    content: bytes
    name: str = ""
    caption: str = ""
    cid: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture fit to be printed. `was` is the Content-ID it came with."""

    cid: str
    type: str
    name: str
    caption: str
    content: bytes
    was: str = ""


@dataclass(frozen=True)
class Taken:
    """What is kept, and the names of what is not: too large or too many, or no picture we can print."""

    pictures: tuple[Picture, ...]
    too_large: tuple[str, ...] = ()
    not_pictures: tuple[str, ...] = ()


def take(offered: Sequence[Offered]) -> Taken:
    """Judge the pictures of one piece in the order they came; the same octets twice are one picture."""
    kept: list[Picture] = []
    too_large: list[str] = []
    not_pictures: list[str] = []
    seen: set[str] = set()
    for picture in offered:
        name = safe_name(picture.name)
        kind = type_of(picture.content)
        if kind is None:
            not_pictures.append(name or "?")
            continue
        size = size_of(picture.content, kind)
        if size is None or min(size) < STAMP:
            continue
        digest = hashlib.sha256(picture.content).hexdigest()
        if digest in seen:
            continue
        total = sum(len(one.content) for one in kept)
        if len(picture.content) > LARGEST or total + len(picture.content) > ALTOGETHER or len(kept) >= MOST:
            too_large.append(name or "?")
            continue
        seen.add(digest)
        stem = name.rpartition(".")[0] or name or f"picture-{len(kept) + 1}"
        kept.append(
            Picture(
                cid=f"{secrets.token_hex(12)}@termpost",  # two pieces may bring the same picture
                type=kind,
                name=f"{stem}.{ENDINGS[kind]}",
                caption=clean(picture.caption)[:300],
                content=picture.content,
                was=picture.cid.strip("<>"),
            )
        )
    return Taken(tuple(kept), tuple(too_large), tuple(not_pictures))


def type_of(content: bytes) -> str | None:
    """The media type by magic octets, or None if it is none that we print."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def size_of(content: bytes, kind: str) -> tuple[int, int] | None:
    """(width, height) in pixels from the file's header alone, or None if it does not say."""
    if kind == "image/png" and content[12:16] == b"IHDR" and len(content) >= 24:
        return _big(content, 16, 4), _big(content, 20, 4)
    if kind == "image/gif" and len(content) >= 10:
        return _little(content, 6, 2), _little(content, 8, 2)
    if kind == "image/webp" and len(content) >= 30:
        form = content[12:16]
        if form == b"VP8X":
            return _little(content, 24, 3) + 1, _little(content, 27, 3) + 1
        if form == b"VP8 ":
            return _little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF
        if form == b"VP8L":
            bits = _little(content, 21, 4)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == "image/jpeg":
        return _jpeg(content)
    return None


def shown_width(content: bytes, kind: str) -> int:
    """How wide it is printed: never blown up, never wider than the column, never so wide that it grows taller than a page.

    Stands in the letter as an attribute, as Outlook on Windows knows no max-width.
    """
    width, height = size_of(content, kind) or (WIDEST, TALLEST)
    return max(1, min(WIDEST, width, TALLEST * width // max(1, height)))


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (ITU T.81 B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
        elif 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            return _big(content, at + 7, 2), _big(content, at + 5, 2)
        elif mark in (0x01, *range(0xD0, 0xDA)):
            return None
        else:
            at += 2 + max(_big(content, at + 2, 2), 2)
    return None


def _big(content: bytes, at: int, octets: int) -> int:
    return int.from_bytes(content[at : at + octets], "big")


def _little(content: bytes, at: int, octets: int) -> int:
    return int.from_bytes(content[at : at + octets], "little")

"""A small picture, drawn here, so that nothing has to be shipped: coloured flasks on a shelf, as PNG."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 320, 240
WALL, SHELF, GLASS = (244, 240, 230), (140, 100, 60), (210, 225, 235)
LIQUIDS = ((196, 60, 60), (60, 120, 190), (70, 160, 90), (220, 170, 50))


def flasks(shift: int = 0) -> bytes:
    """A PNG of four flasks; `shift` turns their colours, so that two pictures differ."""
    rows = b"".join(b"\0" + bytes(value for x in range(WIDTH) for value in _colour(x, y, shift)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _colour(x: int, y: int, shift: int) -> tuple[int, int, int]:
    if 200 <= y < 212:
        return SHELF
    number, across = divmod(x, 80)
    wide = 10 if y < 110 else 10 + (y - 110) // 4
    if 60 <= y < 200 and abs(across - 40) <= wide:
        return LIQUIDS[(number + shift) % 4] if y >= 140 - 8 * number else GLASS
    return WALL


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

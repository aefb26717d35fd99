"""Transfer encodings taken off: base64, quoted-printable, uuencode; broken ones give what can be had (RFC 7103 7.5)."""

from __future__ import annotations

import binascii
import re

_UU = re.compile(rb"^begin [0-7]{3,4} ([^\n]{0,200})\n", re.MULTILINE)


def unencoded(raw: bytes, encoding: str) -> bytes:
    """Octets without their transfer encoding; broken encodings give what can be had (RFC 7103 7.5)."""
    if encoding == "base64":
        return base64_octets(raw)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return uu_octets(raw)
    return raw


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")


def base64_octets(raw: bytes) -> bytes:
    """Tolerant: stray octets are skipped, padding in the middle joins pieces, a cut end gives what is whole.
    A body that is no base64 at all is given back as it stands."""
    stray = len(_NOT_BASE64.findall(raw[:4000]))
    sample = raw[:4000]
    if not _WHOLE_BASE64.match(raw) and (
        stray * 6 > len(sample.strip()) or (stray and b" " in sample.strip() and stray * 30 > len(sample))
    ):
        return raw
    out = bytearray()
    pieces = re.split(rb"=+", raw) if b"=" in raw.rstrip(b"=\n \t-")[:-4] else [raw]
    for n, piece in enumerate(pieces[:10_000]):
        if n and _NOT_BASE64_LINE.search(piece.strip()):
            break  # what follows the padding is no further piece but a remark or a stray line
        clean = piece.translate(None, _OTHER)
        clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
        out += binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    return bytes(out)


_WHOLE_BASE64 = re.compile(rb"\s*(?:[A-Za-z0-9+/]{4}\s*){3,1000}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)(?![A-Za-z0-9+/])")
_NOT_BASE64_LINE = re.compile(rb"[^A-Za-z0-9+/\n]")
_OTHER = bytes(i for i in range(256) if not (48 <= i <= 57 or 65 <= i <= 90 or 97 <= i <= 122 or i in (43, 47)))


def uu_octets(raw: bytes) -> bytes:
    """The file inside a `begin 644 name` ... `end` block."""
    begun = _UU.search(raw)
    if not begun:
        return raw
    out = bytearray()
    for line in raw[begun.end() :].split(b"\n"):
        if line.strip() in (b"end", b"`", b""):
            if line.strip() == b"end":
                break
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            want = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:want])
            except binascii.Error:
                continue
    return bytes(out)

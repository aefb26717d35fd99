"""One value of a report: the address in a recipient field, the enhanced code in a status or in words."""

from __future__ import annotations

import re

from mailer.message import encoded
from mailer.message.address import parse_address

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[^\s<>()\[\]:;,\"'@]{1,255}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_PACKED = re.compile(r"(?i)IMCEA([A-Z0-9]{2,10})-(.+)@[^@]+$")
_NOTES_NAME = re.compile(r"(?i)^cn=|/ou?=")


def address_in(value: str) -> str:
    """`rfc822; <jane@x.org> (Jane)` -> the address; empty if there is none."""
    kind, semicolon, rest = value.partition(";")
    if semicolon and "@" not in kind:
        if kind.strip().lower() == "unknown":
            return parse_address(rest.strip()) or ""
        if kind.strip().lower() in ("x400", "x500", "ms-exchange", "x.400", "ex"):
            return ""
        value = rest
    value = encoded.words(re.sub(r"\([^()]{0,200}\)", " ", value)).strip().strip("<>").strip()
    if value.lower().startswith("utf-8;"):
        value = value[6:].strip()
    if "\\x{" in value:  # RFC 6533 3
        value = re.sub(
            r"\\x\{([0-9A-Fa-f]{1,6})\}", lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 0x110000 else "", value
        )
    value = _CONTROLS.sub("", re.sub(r"\s*@\s*", "@", value))
    packed = _PACKED.match(value)
    if packed:  # Exchange packs foreign addresses: `IMCEASMTP-jane+40x+2Eorg@relay`; its own names (EX) are no addresses
        inside = re.sub(r"\+([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), packed[2])
        return (parse_address(inside) or "") if packed[1].upper() in ("SMTP", "MAILTO", "RFC822") else ""
    if _NOTES_NAME.search(value):
        return ""
    whole = parse_address(value)
    if whole:
        return whole
    found = ADDRESS.search(value)
    return found[0].strip(".'") if found else ""


def status_of(value: str, *texts: str) -> str:
    """The enhanced code, from the Status field, else from the diagnostics, else made from an SMTP code.

    In words 2.x.x is what a server said before it failed, so only 4 and 5 are looked for.
    """
    code = _ENHANCED.search(value)
    stated = ".".join(code.groups()) if code else ""
    if stated and not stated.endswith(".0.0"):
        return stated
    for text in texts:
        for found in _ENHANCED.finditer(text):
            if found[1] == (stated[0] if stated else found[1]) and found[1] != "2":
                return ".".join(found.groups())
    if stated:
        return stated
    for text in (value, *texts):
        smtp = _SMTP.search(text)
        if smtp:
            return f"{smtp[1][0]}.0.0"
    return ""

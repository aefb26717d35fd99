"""The macros of SPF records: `%{ir}.%{v}._spf.%{d2}` (RFC 7208 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

LONGEST = 253

_MACRO = re.compile(r"%(?:\{([slodiphcrtv])(\d{0,3})(r?)([.\-+,/_=]*)\}|([%_-]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Client:
    """What SPF is asked about: the address of the peer, how it called itself, and the envelope sender."""

    ip: IPv4Address | IPv6Address
    helo: str
    sender: str  # never empty: postmaster@HELO for the null sender (RFC 7208 2.4)


def expand(text: str, client: Client, domain: str) -> str:
    """`text` with its macros filled in, shortened from the left to what a name may be. Raises ValueError for a bad one."""
    if "%" not in text:
        return text
    if "%" in _MACRO.sub("", text):
        raise ValueError("a macro that cannot be read")
    name = _MACRO.sub(lambda found: _one(found, client, domain), text)
    while len(name) > LONGEST and "." in name:  # RFC 7208 7.3
        name = name.partition(".")[2]
    return name


def _one(found: re.Match[str], client: Client, domain: str) -> str:
    if found[5]:
        return {"%": "%", "_": " ", "-": "%20"}[found[5]]
    local, _, host = client.sender.rpartition("@")
    dotted = ".".join(client.ip.exploded.replace(":", "")) if client.ip.version == 6 else str(client.ip)
    value = {
        "s": client.sender,
        "l": local,
        "o": host,
        "d": domain,
        "i": dotted,
        "p": "unknown",  # RFC 7208 7.3: may be, and is never worth the questions
        "h": client.helo,
        "v": "ip6" if client.ip.version == 6 else "in-addr",
    }.get(found[1].lower())
    if value is None:
        raise ValueError("a macro for explanations only")  # c, r, t
    parts = re.split(f"[{re.escape(found[4] or '.')}]", value)
    if found[3]:
        parts.reverse()
    if found[2]:
        if int(found[2]) == 0:
            raise ValueError("a macro that keeps nothing")
        parts = parts[-int(found[2]) :]
    return ".".join(parts)

"""Envelope commands for what the server offers; what it cannot carry is refused here and never written.

RFC 5321 4.1.1.2 and 3; SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), DSN (3461).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from mailer.message.address import ascii_domain, parse_address
from mailer.outbound.transport.terms import Reply, Wire

_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9.\-]{1,190}")
_XTEXT = re.compile(r"[^!-*,-<>-~]")  # RFC 3461 4: everything but printable ASCII without + and =


@dataclass(frozen=True, slots=True)
class Features:
    """What the server said it offers in its last EHLO; all False after HELO."""

    pipelining: bool = False
    eightbit: bool = False
    smtputf8: bool = False
    dsn: bool = False
    size: int | None = None  # None: SIZE not offered; 0: offered without a limit
    starttls: bool = False
    auth: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Prepared:
    """MAIL, RCPT and DATA as lines, and the content as it stands on the wire, before its final dot."""

    wire: Wire
    commands: tuple[bytes, bytes, bytes]
    body: bytes


def prepare(wire: Wire, features: Features) -> Prepared | Reply:
    """A Reply if this letter cannot be written to this server; nothing of it has gone then. What another server may offer
    is `slow` for this one with this letter."""
    sender, rcpt = on_wire(wire.mail_from) if wire.mail_from else "", on_wire(wire.rcpt)
    if sender is None or rcpt is None:
        return Reply(wire.id, "failed", None, "5.1.3", "", "bad-address")
    content = wire.content
    if not (wire.clean or sound(content)):
        return Reply(wire.id, "failed", None, "5.6.0", "", "bad-content")
    mail = f"MAIL FROM:<{sender}>"
    to = f"RCPT TO:<{rcpt}>"
    international = not (sender.isascii() and rcpt.isascii())
    if international and not features.smtputf8:
        return Reply(wire.id, "failed", None, "5.6.7", "", "needs-smtputf8", "letter")
    if not content.isascii() or international:
        if not (features.eightbit or features.smtputf8):
            return Reply(wire.id, "failed", None, "5.6.3", "", "needs-8bitmime", "letter")
        mail += " BODY=8BITMIME"
    if international:
        mail += " SMTPUTF8"
    if features.size is not None:
        if 0 < features.size < len(content):
            return Reply(wire.id, "failed", None, "5.3.4", "", "too-large", "letter")
        mail += f" SIZE={len(content)}"
    if features.dsn and wire.notify:
        mail += f" RET=HDRS ENVID={wire.id}"
        to += f" NOTIFY={wire.notify}"
        if rcpt.isascii():
            to += f" ORCPT=rfc822;{_XTEXT.sub(lambda found: f'+{ord(found[0]):02X}', rcpt)}"
    body = content if wire.clean else dotted(content)
    return Prepared(wire, (f"{mail}\r\n".encode(), f"{to}\r\n".encode(), b"DATA\r\n"), body)


def on_wire(address: str) -> str | None:
    """The address with its domain as A-labels (OUT-13), None if it is not one address and nothing else."""
    if _PLAIN.fullmatch(address):
        return address
    parsed = parse_address(address)
    if parsed is None:
        return None
    local, _, domain = parsed.rpartition("@")
    plain = ascii_domain(domain)
    return f"{local}@{plain}" if plain else None


def sound(content: bytes) -> bool:
    """Only CRLF ends a line (SMTP-8, OUT-11): what smuggling needs never leaves this house."""
    if not content.endswith(b"\r\n") or b"\0" in content:
        return False
    seen = io.IncrementalNewlineDecoder(None, translate=False)  # one pass in C, where counting each kind needs three
    seen.decode(content.decode("latin-1"), final=True)
    return seen.newlines == "\r\n"


def dotted(content: bytes) -> bytes:
    """Transparency (RFC 5321 4.5.2); the final dot is not in it."""
    first = b"." if content.startswith(b".") else b""
    return first + content.replace(b"\r\n.", b"\r\n..")

"""A DNS that is a table, and mail signed by the library that the sending side uses."""

from __future__ import annotations

import functools

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailer.inbound.authenticate import Temporary


class Table:
    """Names from a dict of (name, kind) to values; `away` are names whose servers do not answer."""

    def __init__(self, rows: dict[tuple[str, str], list[str]], away: frozenset[str] = frozenset()) -> None:
        self.rows, self.away, self.asked = rows, away, 0

    def ask(self, name: str, kind: str) -> list[str]:
        self.asked += 1
        if name.lower() in self.away:
            raise Temporary("away")
        return self.rows.get((name.lower(), kind), [])


@functools.cache
def key(bits: int) -> tuple[bytes, str]:
    """A private key as PEM, and its DNS record."""
    import base64

    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


MAIL = (
    b"From: Jane Doe <jane@hill.example>\r\nTo: mendip@lists.example.org\r\nSubject: A  question\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@hill.example>\r\n\r\nHas anyone a spare balance? \t\r\n\r\nJane\r\n\r\n\r\n"
)


def signed(
    domain: str = "hill.example",
    ways: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    mail: bytes = MAIL,
    bits: int = 2048,
    **more: object,
) -> bytes:
    """MAIL with a signature of `domain` on top."""
    return dkim.sign(mail, b"s1", domain.encode(), key(bits)[0], canonicalize=ways, **more) + mail


def key_at(domain: str = "hill.example", bits: int = 2048) -> dict[tuple[str, str], list[str]]:
    return {(f"s1._domainkey.{domain}", "TXT"): [key(bits)[1]]}

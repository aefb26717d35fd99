"""Does a signature stand over this message? (RFC 6376; keys and hashes of RFC 8301, Ed25519 of RFC 8463)

Written here, not taken from the library that signs: its canonicalisation needs the square of the time for long runs of
blanks, and a message from a stranger may hold nothing else. The tests let that library sign what is verified here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from mailer.inbound.authenticate import canonical
from mailer.inbound.authenticate.names import Names, Temporary

SIGNATURES = 5  # of one message that are looked at
LEAST_BITS = 1024  # RFC 8301 3.2
MOST_BITS = 8192

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_B = re.compile(rb"([;:][ \t\r\n]*b[ \t\r\n]*=)[^;]*", re.IGNORECASE)
_DOMAIN = re.compile(r"(?=.{3,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))+$")
_SELECTOR = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: who signed, and pass, fail, policy, neutral, temperror or permerror (RFC 8601 2.7.1), with why."""

    domain: str
    result: str
    why: str = ""


class _No(Exception):
    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        self.result, self.why = result, why


def signatures(raw: bytes, names: Names, *, author: str, today: float) -> list[Signed]:
    """Every signature that is looked at; those of the `author`'s domain first. `today` is seconds since 1970."""
    fields, body = canonical.split(raw)
    found = []
    for name, field in fields:
        if name.lower() == b"dkim-signature":
            tags = _tags(field.partition(b":")[2].decode("ascii", "replace"))
            found.append((tags.get("d", "").lower().rstrip("."), field, tags))
    found.sort(key=lambda each: not near(each[0], author))
    return [_judged(domain, field, tags, fields, body, names, today) for domain, field, tags in found[:SIGNATURES]]


def near(domain: str, other: str) -> bool:
    """Is one of the two the other, or below it?"""
    return domain == other or domain.endswith("." + other) or other.endswith("." + domain)


def _judged(
    domain: str, field: bytes, tags: dict[str, str], fields: canonical.Fields, body: bytes, names: Names, today: float
) -> Signed:
    try:
        _verify(domain, field, tags, fields, body, names, today)
    except _No as no:
        return Signed(domain, no.result, no.why)
    except Temporary:
        return Signed(domain, "temperror", "the key could not be asked for")
    except (ValueError, UnsupportedAlgorithm, binascii.Error):
        return Signed(domain, "permerror", "the signature cannot be read")
    return Signed(domain, "pass")


def _verify(
    domain: str, field: bytes, tags: dict[str, str], fields: canonical.Fields, body: bytes, names: Names, today: float
) -> None:
    method, _, digest = tags.get("a", "").lower().partition("-")
    signed = [name.strip().lower().encode() for name in tags.get("h", "").split(":")]
    selector = tags.get("s", "")
    if tags.get("v") != "1" or not _DOMAIN.match(domain) or not _SELECTOR.match(selector) or "b" not in tags:
        raise _No("permerror", "the signature lacks what it must have")
    if b"from" not in signed:
        raise _No("permerror", "From is not signed")  # 5.4
    if digest != "sha256" or method not in ("rsa", "ed25519"):
        raise _No("policy", f"{tags.get('a', '')[:20]} is not taken (RFC 8301)")
    if "l" in tags:
        raise _No("policy", "only a part of the body is signed (l=)")
    if tags.get("x", "").isdecimal() and float(tags["x"]) < today:
        raise _No("policy", "the signature is too old (x=)")
    owner = tags.get("i", "@" + domain).rpartition("@")[2].lower()
    if owner != domain and not owner.endswith("." + domain):
        raise _No("permerror", "i= is of another domain")
    ways = (tags.get("c") or "simple/simple").lower().split("/")
    relaxed = [way == "relaxed" for way in (ways if len(ways) > 1 else [ways[0], "simple"])]
    if hashlib.sha256(canonical.body(body, relaxed[1])).digest() != _bytes(tags.get("bh", "")):
        raise _No("fail", "the body was changed")
    without = _B.sub(rb"\1", b":" + field.partition(b":")[2])[1:]
    bare = canonical.header(field.partition(b":")[0] + b":" + without, relaxed[0]).removesuffix(b"\r\n")
    others = [pair for pair in fields if pair[1] is not field]
    hashed = b"".join(canonical.header(each, relaxed[0]) for each in canonical.chosen(others, signed)) + bare
    key = _key(names.ask(f"{selector}._domainkey.{domain}", "TXT"), method, owner == domain)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(_bytes(tags["b"]), hashlib.sha256(hashed).digest())
        else:
            key.verify(_bytes(tags["b"]), hashed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise _No("fail", "the signature does not fit the header") from None


def _key(records: list[str], method: str, same: bool) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey:
    """The public key (3.6.1). Only the first record that can be one is read."""
    for record in records:
        tags = _tags(record)
        if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
            continue
        flags = tags.get("t", "").replace(" ", "").lower().split(":")
        if not tags["p"]:
            raise _No("permerror", "the key was withdrawn")
        if "y" in flags:
            raise _No("neutral", "the domain is only trying DKIM (t=y)")
        if "s" in flags and not same:
            raise _No("permerror", "the key is not for subdomains (t=s)")
        if tags.get("k", "rsa").lower() != method or "sha256" not in (tags.get("h") or "sha256").lower().split(":"):
            raise _No("permerror", "the key is for another algorithm")
        if (tags.get("s") or "*").lower().replace(" ", "") not in ("*", "email") and not {"*", "email"} & set(
            tags["s"].lower().replace(" ", "").split(":")
        ):
            raise _No("permerror", "the key is not for mail")
        octets = _bytes(tags["p"])
        if method == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(octets)
        key = serialization.load_der_public_key(octets)
        if not isinstance(key, rsa.RSAPublicKey):
            raise _No("permerror", "the key is no RSA key")
        if not LEAST_BITS <= key.key_size <= MOST_BITS:
            raise _No("policy", f"a key of {key.key_size} bits is not taken (RFC 8301)")
        return key
    raise _No("permerror", "there is no key")


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text[:20_000].split(";"))
    return {name.strip().lower(): " ".join(value.split()) for name, _, value in pairs if _TAG.fullmatch(name.strip())}


def _bytes(text: str) -> bytes:
    return base64.b64decode(re.sub(r"\s", "", text), validate=True)

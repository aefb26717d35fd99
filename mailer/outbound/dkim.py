"""DKIM signatures of what we send (RFC 6376, RFC 8301, RFC 8463), relaxed/relaxed, made as the last thing before the wire (AUTH-4).

The cost of a signature is the RSA step; everything around it stays in C: canonical forms are made by replacing octets, and
letters have few header fields. RSA signs always; Ed25519, where set, adds a second signature (AUTH-1).

Errors: KeyRefused, when a key is too short, of another kind, or lies where others can read it (OPS-1).
"""

from __future__ import annotations

import base64
import stat
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mailer.settings import Settings

MIN_RSA_BITS = 2048  # AUTH-1, RFC 8301 3.2

# AUTH-2: what is signed if it is there; AUTH-3: what is named once more than it is there, so that none can be added
OVERSIGNED = (b"from", b"subject", b"date", b"to", b"cc", b"reply-to")
SIGNED = (
    b"sender", b"message-id", b"in-reply-to", b"references", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"content-language", b"auto-submitted",
)  # fmt: skip
SIGNED_FAMILIES = (b"list-", b"cfbl-")
_NAMED = frozenset((*OVERSIGNED, *SIGNED))

Key: TypeAlias = RSAPrivateKey | Ed25519PrivateKey
_PADDING, _PREHASHED = PKCS1v15(), Prehashed(SHA256())


class KeyRefused(ValueError):
    """The signing key may not be used; the text says why and never shows the key."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signature is made with, without the keys: each by the SHA-256 of its public half, whatever file it lies in."""

    domain: str
    selector: str
    key: str
    second_selector: str = ""
    second_key: str = ""


@dataclass(frozen=True, slots=True)
class Ed25519:
    """The second signature and its own selector."""

    selector: str
    key: Ed25519PrivateKey


class Signer:
    """Signs for one domain. Safe to share between threads."""

    def __init__(self, domain: str, selector: str, key: RSAPrivateKey, ed25519: Ed25519 | None = None) -> None:
        check_key(key)
        self.domain = domain
        self.selector = selector
        self._key = key
        self._ed25519 = ed25519

    @property
    def signing(self) -> Signing:
        """What its signatures are made with."""
        second = self._ed25519
        beside = (second.selector, known_by(second.key)) if second else ()
        return Signing(self.domain, self.selector, known_by(self._key), *beside)

    def sign(self, message: bytes, t: int, *, clean: bool = False) -> bytes:
        """The message with DKIM-Signature in front; `t` is the time of signing in seconds since 1970 (RFC 6376 3.5).

        The same message, key and `t` give the same octets. The message has CRLF lines;
        `clean` says that letter.fill() made it, so that nothing but its end needs a canonical form."""
        head, _, body = message.partition(b"\r\n\r\n")
        body_hash = base64.b64encode(sha256(_ended(body) if clean else relaxed_body(body)).digest())
        names, canonical = _signed_fields(head)
        fields = self._field(b"rsa-sha256", self.selector, t, names, body_hash)
        digest = sha256(canonical + _relaxed_field(fields)).digest()
        lines = [fields, _wrapped(self._key.sign(digest, _PADDING, _PREHASHED)), b"\r\n"]
        if self._ed25519:
            second = self._field(b"ed25519-sha256", self._ed25519.selector, t, names, body_hash)
            digest = sha256(canonical + _relaxed_field(second)).digest()
            lines += [second, _wrapped(self._ed25519.key.sign(digest)), b"\r\n"]
        return b"".join((*lines, message))

    def _field(self, algorithm: bytes, selector: str, t: int, names: bytes, body_hash: bytes) -> bytes:
        """Up to an empty b=, folded, no l= (AUTH-4)."""
        return b"".join((
            b"DKIM-Signature: v=1; a=", algorithm, b"; c=relaxed/relaxed;\r\n d=", self.domain.encode(), b"; s=",
            selector.encode(), b"; t=%d;\r\n h=" % t, names, b";\r\n bh=", body_hash, b";\r\n b=",
        ))  # fmt: skip


class Signers:
    """The signer of each network's domain, as the settings say; without a key file the relay signs and there is none.

    Raises KeyRefused when a key may not be used."""

    def __init__(self, settings: Settings) -> None:
        self._key, self._second = keys(settings)
        self._selector = settings.dkim_selector
        self._domain = settings.dkim_domain
        self._made: dict[str, Signer | None] = {}

    def of(self, domain: str) -> Signer | None:
        """Who signs mail of this domain; None if nobody here does, or the signature would not be aligned (AUTH-6)."""
        if domain not in self._made:
            signing = self._domain or domain
            if self._key is not None and aligned(f"x@{domain}", signing):
                self._made[domain] = Signer(signing, self._selector, self._key, self._second)
            else:
                self._made[domain] = None
        return self._made[domain]


def keys(settings: Settings) -> tuple[RSAPrivateKey | None, Ed25519 | None]:
    """The key that signs, and the one that signs beside it, where they are set. Raises KeyRefused."""
    first, second = settings.dkim_key_file, settings.dkim_ed25519_key_file
    key = None if first is None else load_key(first)
    if key is not None and not isinstance(key, RSAPrivateKey):
        raise KeyRefused("Ed25519 is a second signature only; TERMPOST_DKIM_KEY_FILE needs an RSA key (AUTH-1)")
    if second is None:
        return key, None
    beside = load_key(second)
    if key is None or not isinstance(beside, Ed25519PrivateKey):
        raise KeyRefused("TERMPOST_DKIM_ED25519_KEY_FILE is an Ed25519 key beside the RSA key of TERMPOST_DKIM_KEY_FILE (AUTH-1)")
    if settings.dkim_ed25519_selector == settings.dkim_selector:
        raise KeyRefused("each key has a selector of its own: set TERMPOST_DKIM_ED25519_SELECTOR to another")
    return key, Ed25519(settings.dkim_ed25519_selector, beside)


def known_by(key: Key) -> str:
    """What tells a key from every other and gives nothing of it away."""
    return sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def check_key(key: object) -> None:
    """Raises KeyRefused (AUTH-1)."""
    if isinstance(key, RSAPrivateKey):
        if key.key_size < MIN_RSA_BITS:
            raise KeyRefused(f"the signing key has {key.key_size} bits; it needs {MIN_RSA_BITS} or more")
    elif not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused("a signing key is RSA, or Ed25519 for a second signature")


def load_key(path: Path) -> Key:
    """A private key in PEM without a password. Raises KeyRefused; the file may be read by its owner and group only."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            content = file.read(100_000)
    except OSError as error:
        raise KeyRefused(f"the signing key {path} cannot be read: {error.strerror}") from None
    if mode & 0o027:
        raise KeyRefused(f"the signing key {path} is open to others (mode {mode:04o}); run chmod 600 {path}")
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefused(f"{path} holds no private key in PEM without a password") from None
    check_key(key)
    assert isinstance(key, RSAPrivateKey | Ed25519PrivateKey)
    return key


def aligned(address: str, domain: str) -> bool:
    """AUTH-6: the domain of From (or the envelope sender) is that of the signature, or one below or above it."""
    own, other = address.rpartition("@")[2].lower().rstrip("."), domain.lower().rstrip(".")
    return own == other or own.endswith(f".{other}") or (other.endswith(f".{own}") and "." in own)


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 3.4.4, in passes over the whole instead of line by line."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    if b" \r\n" in body:
        body = body.replace(b" \r\n", b"\r\n")
    return _ended(body)


def _ended(body: bytes) -> bytes:
    """No empty lines at the end, one line end if there is anything."""
    if body.endswith(b"\r\n") and body[-3:-2] not in (b"", b" ", b"\r", b"\n"):
        return body  # as nearly every letter ends
    body = body.rstrip(b" \r\n")
    return body + b"\r\n" if body else b""


def _signed_fields(head: bytes) -> tuple[bytes, bytes]:
    """(the folded value of h=, the canonical fields in that order). A field that stands twice is signed from the bottom."""
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    fields = [field for line in unfolded.split(b"\r\n") if (field := _signed_field(line)) is not None]
    fields.reverse()
    return _folded((*[name for name, _ in fields], *OVERSIGNED)), b"".join([canonical for _, canonical in fields])


@lru_cache(maxsize=512)  # most fields are the same in every copy of a letter
def _signed_field(line: bytes) -> tuple[bytes, bytes] | None:
    """The name and the canonical form of a field, None if it is not signed."""
    name, _, value = line.partition(b":")
    name = name.rstrip().lower()
    if name in _NAMED or name.startswith(SIGNED_FAMILIES):
        return name, b"%s:%s\r\n" % (name, b" ".join(value.split()))
    return None


def _relaxed_field(field: bytes) -> bytes:
    """RFC 6376 3.4.2 for the signature's own field: no line end."""
    name, _, value = field.partition(b":")
    return name.lower() + b":" + b" ".join(value.split())


@lru_cache(maxsize=64)
def _folded(names: tuple[bytes, ...]) -> bytes:
    lines, line = [], b""
    for name in names:
        if len(line) + len(name) > 70:
            lines.append(line)
            line = b""
        line += name + b":"
    lines.append(line[:-1])
    return b"\r\n  ".join(lines)


def _wrapped(signature: bytes) -> bytes:
    coded = base64.b64encode(signature)
    return b"\r\n  ".join(coded[at : at + 72] for at in range(0, len(coded), 72))

"""Signatures verified by an independent verifier, dkimpy (AUTH-1 to AUTH-4, AUTH-6, UNS-11)."""

from __future__ import annotations

import base64
import re
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.outbound.dkim import Ed25519, KeyRefused, Signer, Signers, aligned, load_key, relaxed_body
from mailer.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import dkim

RSA = generate_private_key(65537, 2048)
ED = Ed25519PrivateKey.generate()
MESSAGE = (
    b"From: Mendip Technicians <mendip-committee@lists.example.org>\r\n"
    b"To: <dawn@school.example>\r\n"
    b"Reply-To: <mendip+x@lists.example.org>\r\n"
    b"Subject: The  agenda\r\n for \tThursday\r\n"
    b"Date: Thu, 12 Nov 2026 09:00:00 +0000\r\n"
    b"Message-ID: <a.b@lists.example.org>\r\n"
    b"List-Id: <mendip.lists.example.org>\r\n"
    b"List-Unsubscribe: <https://lists.example.org/u/abc>,\r\n <mailto:mendip+u@lists.example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"X-Other: not signed\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"\r\n"
    b"Hello  Dawn, \t \r\n\r\nsee you.  \r\n\r\n\r\n"
)


def record(name: bytes, **_: object) -> bytes:
    if name.startswith(b"one._domainkey.lists.example.org"):
        spki = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(spki)
    raw = ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def verified(message: bytes, index: int = 0) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=record))
    except dkim.ValidationError:
        return False


def signed(message: bytes = MESSAGE, ed25519: bool = False) -> bytes:
    second = Ed25519("two", ED) if ed25519 else None
    return Signer("lists.example.org", "one", RSA, second).sign(message, 1_794_474_000)


def tags(message: bytes) -> dict[str, str]:
    field = message[: message.index(b"\r\nFrom:")].decode().split(":", 1)[1]
    return dict(tag.strip().split("=", 1) for tag in re.sub(r"\s+", "", field).split(";"))


def test_auth_2_verifies() -> None:
    assert verified(signed())


class VerifyKey:
    """What dkimpy wants of PyNaCl, over cryptography, so that the tests need no second crypto library."""

    def __init__(self, coded: bytes, encoder: object) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(coded))

    def verify(self, digest: bytes, signature: bytes) -> bytes:
        self._key.verify(signature, digest)
        return digest


def test_auth_1_second_signature_by_ed25519(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 8463"""
    nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(BadSignatureError=InvalidSignature),
    )
    monkeypatch.setattr(dkim, "nacl", nacl, raising=False)
    message = signed(ed25519=True)
    assert verified(message, 0)
    assert verified(message, 1)


def test_auth_2_uns_11_fields() -> None:
    names = tags(signed())["h"].split(":")
    for name in ("message-id", "mime-version", "content-type", "content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"):  # fmt: skip
        assert names.count(name) == 1, name
    for name in ("from", "subject", "date", "to", "reply-to"):
        assert names.count(name) == 2, f"AUTH-3: {name}"
    assert names.count("cc") == 1, "AUTH-3: named though it is not there"
    assert not {"received", "return-path", "x-other"} & set(names)


def test_auth_4_form() -> None:
    found = tags(signed())
    assert found["c"] == "relaxed/relaxed"
    assert found["a"] == "rsa-sha256"
    assert "l" not in found
    assert all(len(line) <= 78 for line in signed().split(b"\r\nFrom:")[0].split(b"\r\n"))


@pytest.mark.parametrize("field", [b"From", b"Subject", b"Date", b"To", b"Cc", b"Reply-To"])
def test_auth_3_a_field_added_later_breaks_the_signature(field: bytes) -> None:
    assert not verified(field + b": <mallory@evil.example>\r\n" + signed())


@pytest.mark.parametrize(
    ("old", "new"), [(b"Dawn", b"Down"), (b"u/abc", b"u/abd"), (b"One-Click", b"Two-Click"), (b"auto-generated", b"no")]
)
def test_a_change_breaks_the_signature(old: bytes, new: bytes) -> None:
    assert not verified(signed().replace(old, new))


def test_same_message_same_octets() -> None:
    assert signed() == signed()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(" \tab.=", max_size=8), max_size=8))
def test_relaxed_body_is_what_the_rfc_says(lines: list[str]) -> None:
    """RFC 6376 3.4.4, against dkimpy's own canonical form."""
    body = "".join(f"{line}\r\n" for line in lines).encode()
    theirs = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed").canonicalize_body(body)
    assert relaxed_body(body) == (b"" if theirs == b"\r\n" else theirs)


def written(path: Path, key: object, mode: int = 0o600) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # type: ignore[attr-defined]
    path.chmod(mode)
    return path


def test_auth_1_key_loader(tmp_path: Path) -> None:
    assert isinstance(load_key(written(tmp_path / "rsa", RSA)), RSAPrivateKey)
    assert isinstance(load_key(written(tmp_path / "ed", ED, 0o640)), Ed25519PrivateKey)
    short = generate_private_key(65537, 1024)
    with pytest.raises(KeyRefused, match="1024 bits"):
        load_key(written(tmp_path / "short", short))
    with pytest.raises(KeyRefused, match="1024 bits"):
        Signer("lists.example.org", "one", short)
    with pytest.raises(KeyRefused, match="RSA"):
        load_key(written(tmp_path / "ec", generate_ec(SECP256R1())))
    for mode in (0o644, 0o660, 0o604):
        with pytest.raises(KeyRefused, match="chmod 600"):
            load_key(written(tmp_path / "open", RSA, mode))
    (tmp_path / "words").write_text("not a key")
    (tmp_path / "words").chmod(0o600)
    with pytest.raises(KeyRefused, match="PEM"):
        load_key(tmp_path / "words")
    with pytest.raises(KeyRefused, match="cannot be read"):
        load_key(tmp_path / "missing")


def signers(**given: object) -> Signers:
    return Signers(Settings(**given))  # type: ignore[arg-type]


def test_a_signer_for_each_domain(tmp_path: Path) -> None:
    assert signers().of("lists.example.org") is None
    key = written(tmp_path / "rsa", RSA)
    each = signers(dkim_key_file=key, dkim_selector="one").of("lists.example.org")
    assert each is not None
    assert (each.domain, each.selector) == ("lists.example.org", "one")
    assert verified(each.sign(MESSAGE, 1))
    fixed = signers(dkim_key_file=key, dkim_domain="example.org").of("lists.example.org")
    assert fixed is not None
    assert fixed.domain == "example.org"
    other = signers(dkim_key_file=key, dkim_domain="other.example").of("lists.example.org")
    assert other is None, "AUTH-6: it would not be aligned"


def test_auth_1_ed25519_signs_beside_rsa_where_it_is_set(tmp_path: Path) -> None:
    rsa, second = written(tmp_path / "rsa", RSA), written(tmp_path / "ed", ED)
    both = signers(dkim_key_file=rsa, dkim_ed25519_key_file=second).of("lists.example.org")
    assert both is not None
    found = re.findall(rb"a=([a-z0-9-]+);.*?\bs=([a-z0-9-]+);", both.sign(MESSAGE, 1), re.DOTALL)
    assert found == [(b"rsa-sha256", b"termpost"), (b"ed25519-sha256", b"termpost-ed25519")]


def test_auth_1_keys_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    rsa, second = written(tmp_path / "rsa", RSA), written(tmp_path / "ed", ED)
    wrong: dict[str, dict[str, object]] = {
        "second signature": {"dkim_key_file": second},
        "Ed25519 key beside the RSA": {"dkim_ed25519_key_file": second},
        "is an Ed25519 key": {"dkim_key_file": rsa, "dkim_ed25519_key_file": rsa},
        "selector of its own": {"dkim_key_file": rsa, "dkim_ed25519_key_file": second, "dkim_ed25519_selector": "termpost"},
    }
    for said, keys in wrong.items():
        with pytest.raises(KeyRefused, match=said):
            signers(**keys)


def test_a_clean_letter_is_signed_alike() -> None:
    """What fill() promises saves passes and changes nothing."""
    message = MESSAGE.replace(b"Hello  Dawn, \t ", b"Hello Dawn,").replace(b"you.  ", b"you.")
    signer = Signer("lists.example.org", "one", RSA)
    assert signer.sign(message, 1, clean=True) == signer.sign(message, 1)


@pytest.mark.parametrize(
    ("address", "domain", "expected"),
    [
        ("mendip-committee@lists.example.org", "lists.example.org", True),
        ("mendip-committee@lists.example.org", "example.org", True),
        ("a@example.org", "lists.example.org", True),
        ("a@example.org", "notexample.org", False),
        ("a@org", "example.org", False),
        ("", "example.org", False),
    ],
)
def test_auth_6_alignment(address: str, domain: str, expected: bool) -> None:
    assert aligned(address, domain) is expected

"""Signing keys that were changed for others: what they signed can be made again while their files lie beside today's.

A key is known by its public half, whatever its file is called now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mailer.outbound.dkim import Ed25519, Key, KeyRefused, Signer, Signing, known_by, load_key
from mailer.settings import Settings


class KeyMissing(KeyRefused):
    """A key is not at hand; `passed_over` says of files that were looked at why they are none."""

    def __init__(self, name: str, passed_over: list[str]) -> None:
        super().__init__(name)
        self.name = name  # where its public half stands in the DNS
        self.passed_over = passed_over


def signer(settings: Settings, signing: Signing) -> Signer:
    """Who signed so. Raises KeyMissing."""
    refused: list[str] = []
    keys: dict[str, Key] = {}
    for file in _files(settings):
        try:
            key = load_key(file)
        except KeyRefused as error:
            refused.append(str(error))
        else:
            keys[known_by(key)] = key
    first, second, beside = keys.get(signing.key), keys.get(signing.second_key), None
    if not isinstance(first, RSAPrivateKey):
        raise KeyMissing(f"{signing.selector}._domainkey.{signing.domain}", refused)
    if signing.second_key:
        if not isinstance(second, Ed25519PrivateKey):
            raise KeyMissing(f"{signing.second_selector}._domainkey.{signing.domain}", refused)
        beside = Ed25519(signing.second_selector, second)
    return Signer(signing.domain, signing.selector, first, beside)


def _files(settings: Settings) -> Iterator[Path]:
    """The keys of the settings, and every .pem that lies beside one."""
    today = [file for file in (settings.dkim_key_file, settings.dkim_ed25519_key_file) if file is not None]
    yield from today
    for folder in sorted({file.parent for file in today}):
        yield from (file for file in sorted(folder.glob("*.pem")) if file not in today)

"""Signed tags: the short strings that let a bare reply say what it answers.

TAG = use (1) + key id (1) + row id (9) + MAC (26), all base32 `a-z2-7`: 37 octets that survive relays which
fold case (BNC-1) and never look like a role's name. The MAC is HMAC-SHA-256 cut to 128 bits (CMD-1) over what
stands before it, under a key of its own for each (use, key id) (OPS-2), so a tag of one use fails in another.
A tag says which row is meant; whether it is still good (expiry, single use) is for whoever owns the row.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

REPLY = "r"  # Reply-To of a letter
BOUNCE = "b"  # envelope sender (VERP)
LEAVE = "u"  # one-click leave, works for ever (UNS-4)
PREFERENCES = "p"  # preferences page
ANSWER = "i"  # answer page of an invitation, and the calendar UID
CONFIRM = "c"  # confirming a join or a change
SEND = "s"  # approving a proof
HOLD = "h"  # holding a proof
MESSAGE = "m"  # local part of our Message-IDs
COMMAND = "w"  # one-tap commands
SIGNIN = "d"  # sign-in to the desk

USES = frozenset("rbupicshmwd")

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
ROW_CHARS = 9
MAC_CHARS = 26
TAG_LENGTH = 2 + ROW_CHARS + MAC_CHARS
MAX_ROW_ID = 32**ROW_CHARS - 1
LEAST_ROOT = 16  # octets

_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]
_SHIFTS = tuple(range(10 * (MAC_CHARS // 2 - 1), -1, -10))
_TAG_OCTETS = frozenset(ALPHABET)


@dataclass(frozen=True, slots=True)
class TagRef:
    """What a valid tag says: its use (one letter), the id of its key, and the row it stands for."""

    use: str
    key_id: str
    row_id: int


class Keys:
    """All tag keys of one installation, derived from one root (HKDF, RFC 5869).

    `rotated` gives a root of its own to further key ids; key id `a` is always `root`. A tag with a key id that
    is not known here is no tag. Raises ValueError for a root under 16 octets.
    """

    def __init__(self, root: bytes, rotated: Mapping[str, bytes] | None = None) -> None:
        self._macs: dict[str, hmac.HMAC] = {}
        for key_id, secret in {**(rotated or {}), "a": root}.items():
            if len(secret) < LEAST_ROOT or len(key_id) != 1 or key_id not in _VALUE:
                raise ValueError("a tag key needs an id of one letter and a root of at least 16 octets")
            extracted = hmac.digest(b"termpost tags 1", secret, "sha256")
            for use in USES:
                key = hmac.digest(extracted, f"tag {use}{key_id}".encode() + b"\x01", "sha256")
                self._macs[use + key_id] = hmac.new(key, digestmod=hashlib.sha256)

    def tag(self, use: str, row_id: int, key_id: str = "a") -> str:
        """The 37 octets for this row. KeyError for an unknown use or key id, ValueError for a row id out of range."""
        return self._sign(use + key_id, _row_text(row_id))

    def read(self, tag: str, uses: Collection[str] | None = None) -> TagRef | None:
        """What the tag says, or None if it is not ours, altered, or not of one of `uses`. Case does not matter."""
        if len(tag) != TAG_LENGTH or not tag.isascii():
            return None
        tag = tag.lower()
        head, row = tag[:2], tag[2 : 2 + ROW_CHARS]
        if head not in self._macs or not _TAG_OCTETS.issuperset(row) or (uses is not None and head[0] not in uses):
            return None
        if not hmac.compare_digest(self._sign(head, row), tag):
            return None
        return TagRef(head[0], head[1], _row_number(row))

    def _sign(self, head: str, row: str) -> str:
        mac = self._macs[head].copy()
        said = head + row
        mac.update(said.encode("ascii"))
        number = int.from_bytes(mac.digest()[:16], "big") << 2  # 128 bits as 26 letters of 5
        return said + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def looks_like_tag(text: str) -> bool:
    """True for the shape of a tag, whoever made it: right length, right octets, a known use."""
    low = text.lower()
    return len(low) == TAG_LENGTH and low[0] in USES and _TAG_OCTETS.issuperset(low)


def local_part(slug: str, tag: str) -> str:
    """`mendip`, TAG -> `mendip+TAG`; at most 58 octets with the longest slug."""
    return f"{slug}+{tag}"


def split_local(local: str) -> tuple[str, str]:
    """`mendip+TAG` -> (`mendip`, `TAG`); the second is empty without a plus. Case is left as it came."""
    head, _, plus = local.partition("+")
    return head, plus


def _row_text(row_id: int) -> str:
    if not 0 <= row_id <= MAX_ROW_ID:
        raise ValueError(f"row id {row_id} does not fit a tag")
    high, fourth = divmod(row_id, 1024)
    high, third = divmod(high, 1024)
    high, second = divmod(high, 1024)
    first, pair = divmod(high, 1024)
    return ALPHABET[first] + _PAIRS[pair] + _PAIRS[second] + _PAIRS[third] + _PAIRS[fourth]


def _row_number(row: str) -> int:
    number = 0
    for c in row:
        number = number * 32 + _VALUE[c]
    return number

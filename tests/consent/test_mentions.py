"""Finding and cutting one person, however they are written (DP-11)."""

from __future__ import annotations

import base64
import gzip
import html
import io
import os
import quopri
import unicodedata
import zipfile
from email.message import EmailMessage
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mailer.consent import enclosed, mentions
from mailer.consent.mentions import MARK
from tests.people.books import xlsx

WANTED = mentions.of(["jane@hill.school.example"], ["Jane Doe", "Siân Ŵyn"])
assert WANTED is not None
WHO = WANTED

CUT = {
    "address": ("write to jane@hill.school.example.", f"write to {MARK}."),
    "address-upper": ("JANE@Hill.School.Example", MARK),
    "address-in-link": ("?to=jane%40hill.school.example&x", f"?to={MARK}&x"),
    "envelope": ("bounce+jane=hill.school.example@x.example", f"bounce+{MARK}@x.example"),
    "name": ("thanks to Jane Doe, again", f"thanks to {MARK}, again"),
    "turned": ("Doe, Jane", MARK),
    "wrapped": ("Jane\n  Doe", MARK),
    "accents": ("by SIÂN ŵyn", f"by {MARK}"),
    "another-address": ("mary-jane@hill.school.example", "mary-jane@hill.school.example"),
    "another-domain": ("jane@hill.school.example.org", "jane@hill.school.example.org"),
    "another-name": ("Jane Doeringer", "Jane Doeringer"),
    "first-name-only": ("Jane", "Jane"),
}


@pytest.mark.parametrize("name", CUT)
def test_cut(name: str) -> None:
    given_text, expected = CUT[name]
    assert WHO.cut(given_text) == expected


def test_cut_in_json() -> None:
    assert WHO.cut({"a": ["Jane Doe", 3, None], "jane@hill.school.example": True}) == {"a": [MARK, 3, None], MARK: True}


ENCODED = {
    "plain": b"Jane Doe wrote",
    "utf-8": "Siân Ŵyn".encode(),
    "quoted": quopri.encodestring("Siân Ŵyn".encode()),
    "soft-break": b"from jane@hill.sch=\r\nool.example",
    "base64": b"\r\n" + base64.encodebytes(b"some words before, and Jane Doe after them, and more of them to come"),
    "q-word": b"From: =?utf-8?q?Jane_Doe?=",
    "workbook": base64.encodebytes(xlsx({"People": [["email"], ["jane@hill.school.example"]]})),
    "utf-16 list": base64.encodebytes("Email\tName\r\njane@hill.school.example\tJane\r\n".encode("utf-16")),
    "character references": base64.encodebytes(b"<p>jane&#64;hill.school.example wrote this, and other things</p>"),
    "folded in a calendar": b"BEGIN:VCALENDAR\r\nATTENDEE;CN=K:mailto:jane@hill\r\n .school.example\r\nEND:VCALENDAR\r\n",
    "folded in a letter": b"begin:vcard\r\nFN:" + "Siân Ŵyn".encode().replace(b"\xc3", b"\xc3\r\n\t") + b"\r\nEND:VCARD\r\n",
    "folded and quoted": quopri.encodestring("BEGIN:VCARD\r\nFN:Siân Ŵ\r\n yn\r\nEND:VCARD\r\n".encode()),
    "folded and encoded": base64.encodebytes(b"BEGIN:VCALENDAR\nATTENDEE:mailto:jane@h\n ill.school.example\nEND:VCALENDAR\n"),
    "b-word of a name": b"Subject: Thanks to =?utf-8?b?" + base64.b64encode("Siân".encode()) + "?=\r\n =?utf-8?q?_Ŵyn?=".encode(),
    "q-word of a letter": b"From: =?iso-8859-1?q?Jane?= =?us-ascii?q?_Doe?= <x@y.example>",
    "b-word": b"From: =?utf-8?b?" + base64.b64encode("Siân Ŵyn".encode()) + b"?= <x@y.example>",
}


def _rest(octets: bytes) -> bytes:
    rest = WHO.without(octets)
    assert rest is not None
    return rest


@pytest.mark.parametrize("name", ENCODED)
def test_found_and_gone_in_octets(name: str) -> None:
    assert WHO.within(ENCODED[name])
    assert not WHO.within(_rest(ENCODED[name]))


@given(some.text(alphabet="abé \n", max_size=200), some.sampled_from(["8bit", "quoted-printable", "base64"]))
def test_found_in_any_mail(words: str, encoding: str) -> None:
    message = EmailMessage()
    message["From"] = "Dawn Day <dawn@mill.school.example>"
    message.set_content(f"{words}\nJane Doe\n{words}", cte=encoding)
    octets = message.as_bytes()
    assert WHO.within(octets)
    assert not WHO.within(_rest(octets))


@given(some.text(max_size=100))
def test_nothing_else_is_touched(text: str) -> None:
    if "doe" not in text.lower() and "@" not in text and "=" not in text and "%" not in text and "ŵ" not in text.lower():
        assert WHO.cut(text) == text


ALIKE = "Siân O'Dowd-Llŷr"
WAYS = {
    "as it is": ALIKE,
    "what phones type": ALIKE.replace("'", "’"),
    "a letter apostrophe": ALIKE.replace("'", "ʼ"),
    "a hyphen that does not break": ALIKE.replace("-", "‑"),
    "all of it": ALIKE.upper().replace("'", "‘").replace("-", "‐"),
}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("told", WAYS)
@pytest.mark.parametrize("known", WAYS)
def test_a_name_is_found_with_any_apostrophe_and_accents_of_either_form(known: str, told: str, form: Literal["NFC", "NFD"]) -> None:
    """DP-11; UAX 15: what looks the same is the same."""
    wanted, said = mentions.of([], [WAYS[known]]), unicodedata.normalize(form, WAYS[told])
    assert wanted is not None
    assert wanted.tokens == ("dowd",)
    assert wanted.cut(f"says {said}.") == f"says {MARK}."
    for octets in (said.encode(), quopri.encodestring(said.encode()), html.escape(said.replace("’", "&rsquo;")).encode()):
        assert wanted.within(octets.replace(b"&amp;", b"&"))
        assert not wanted.within(wanted.without(octets.replace(b"&amp;", b"&")) or b"")
    assert mentions.of([], [unicodedata.normalize(form, WAYS[known])]) == wanted


@pytest.mark.parametrize("octets", ["Siân O’Dowd".encode("cp1252"), quopri.encodestring("Siân O’Dowd".encode("cp1252"))])
def test_a_name_is_found_in_the_letters_of_windows(octets: bytes) -> None:
    wanted = mentions.of([], ["Siân O'Dowd"])
    assert wanted is not None
    assert wanted.within(octets)
    assert not wanted.within(wanted.without(octets) or b"")


def test_one_word_is_no_name() -> None:
    assert mentions.of([], ["Jane"]) is None


def test_safe4_a_packed_bomb_is_looked_at_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosed, "MOST", 100_000)
    bomb = xlsx({"People": [["a"]]}, sheet1=b" " * 50_000_000 + b"jane@hill.school.example")
    assert not WHO.within(base64.encodebytes(bomb))
    assert not WHO.within(base64.encodebytes(bomb[: len(bomb) // 2]))  # and half of one is nobody's fault


def _zip(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files:
            into.writestr(name, content)
    return packed.getvalue()


LONG, SHE = b"nobody, " * 20_000, b"jane@hill.school.example"
SEEN: list[tuple[str, bytes, bool, bool]] = [  # id, file, found in it, something of it not looked into
    ("zip whose one file is cut", _zip(("a.csv", LONG + SHE)), False, True),
    ("zip whose last file is cut", _zip(("a.csv", b"nobody"), ("b.csv", LONG + SHE)), False, True),
    ("zip that was read", _zip(("a.csv", b"nobody"), ("b.csv", SHE)), True, False),
    ("gzip that was read", gzip.compress(SHE), True, False),
    ("gzip that is cut", gzip.compress(LONG + SHE), False, True),
    ("gzip of two members", gzip.compress(b"nobody") + gzip.compress(SHE), True, False),
    ("gzip with padding behind it", gzip.compress(SHE) + bytes(512), True, False),
    ("gzip with something else behind it", gzip.compress(b"nobody") + b"more", False, True),
    ("gzip without its end", gzip.compress(LONG[:900] + os.urandom(300))[:-40], False, True),
]


@pytest.mark.parametrize(("file", "found", "unseen"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN])
def test_what_was_not_looked_into_is_said(monkeypatch: pytest.MonkeyPatch, file: bytes, found: bool, unseen: bool) -> None:
    """DP-11, SAFE-4."""
    monkeypatch.setattr(enclosed, "MOST", 100_000)
    said = list(enclosed.texts(b"\r\n" + base64.encodebytes(file)))
    assert any(SHE.decode() in text for text in said if text) == found
    assert (None in said) == unseen

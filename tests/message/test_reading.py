"""The reading as a whole: hostile mail (MIME-1 to MIME-5), names (SAFE-7), files (MIME-4), the answer in JSON (contract 3)."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message import read
from mailer.message.body import unflow
from mailer.message.fields import safe_name
from mailer.message.understood import KINDS

HEAD = "From: Jane <jane@school.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"

MIXED = (
    HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
    "--c\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--c--\r\n--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename*=utf-8''%C3%A9.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n"
).encode()  # fmt: skip


def test_contract_3_the_json_answer_has_exactly_these_fields() -> None:
    answer = read(MIXED).as_json("a.eml")
    assert list(answer) == [
        "file",
        "kind",
        "automatic",
        "from",
        "subject",
        "message_id",
        "text",
        "reply",
        "quoted",
        "bounce",
        "complaint",
        "calendar",
        "attachments",
        "defects",
        "error",
    ]
    assert answer["attachments"] == [{"name": "é.pdf", "type": "application/pdf", "size": 3}]
    assert (answer["from"], answer["text"], answer["error"]) == ("jane@school.example", "Hello", None)
    json.dumps(answer)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=utf-8", "Siân".encode(), "Siân"),
        ("text/plain; charset=foo", "Siân".encode("cp1252"), "Siân"),
        ("text/plain; charset=us-ascii", "Siân – “yes”".encode("cp1252"), "Siân – “yes”"),
        ("text/plain; charset=iso-8859-1", "Siân".encode(), "Siân"),
        ("text/plain; charset=utf-7", b"Hi +AOk-", "Hi é"),
        ("text/plain; charset=iso-2022-jp", "会議".encode("iso-2022-jp"), "会議"),
        ("text/plain; charset=gb2312", "会议".encode("gbk"), "会议"),
        ("text/plain; charset=unicode_escape", b"\\x41", "\\x41"),
        ("text/plain; charset=rot13", b"abc", "abc"),
        ('text/plain; charset="utf-8', "é".encode(), "é"),
        ("text/plain charset=utf-8", "é".encode(), "é"),
        ("text", b"hi", "hi"),
        ("multipart/mixed", b"no boundary", "no boundary"),
        ("multipart/mixed; boundary=b", b"--b\r\n\r\ncut off", "cut off"),
        ("multipart/mixed; boundary=b", b"never there", "never there"),
        ("text/plain; charset=utf-8; format=flowed", b"one \r\ntwo\r\n> a \r\n> b", "one two\n> a b"),
    ],
)
def test_mime_3_text_comes_out_whatever_the_label_says(kind: str, body: bytes, text: str) -> None:
    seen = read(HEAD.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + body)
    assert seen.error is None
    assert seen.text.strip() == text


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", "SGVsbG8=", "Hello"),
        ("base64", "SGVs\r\nbG8", "Hello"),
        ("base64", "SGVsbG8=\r\nSGVsbG8=", "HelloHello"),
        ("BASE64 ", "SGVs!bG8=", "Hello"),
        ("base64", "This is plain text, after all, said Jane.", "This is plain text, after all, said Jane."),
        ("quoted-printable", "H=65llo=\r\n you", "Hello you"),
        ("quoted-printable", "50 =ZZ 100% =", "50 =ZZ 100% "),
        ("x-uuencode", "begin 644 a\r\n%2&5L;&\\\r\n`\r\nend", "Hello"),
        ("nonsense", "Hello", "Hello"),
    ],
)
def test_broken_encodings_give_what_can_be_had(encoding: str, body: str, text: str) -> None:
    seen = read(f"{HEAD}Content-Type: text/plain\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}".encode())
    assert seen.text.strip() == text.strip()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\x00",
        b"Subject",
        b"Subject: x",
        b"\r\n\r\nHello",
        b"From \r\nSubject: x\r\n\r\nHello",
        b"\xff\xfe" * 100,
        b"Subject: \xe9\r\n\r\n",
        b": x\r\n\r\n",
        b'Message-ID: <[abc@x]>\r\nTo: (c):\r\nTo: "\r\nFrom: =?utf-8?q?a=0D=0Ab?=\r\n\r\nHello',
    ],
)
def test_mime_1_nothing_raises(raw: bytes) -> None:
    seen = read(raw, own_hosts=["lists.example.org"], authserv_id="mx.example")
    assert seen.error is None
    assert seen.kind in KINDS
    json.dumps(seen.as_json("x"))


def test_safe_7_names_and_subjects_are_clean() -> None:
    seen = read(
        b"Subject: =?utf-8?q?a=0D=0ABcc=3A_b=E2=80=AE_c=E2=80=8B?=\r\nFrom: =?utf-8?q?Ja=00ne=1B?= <jane@school.example>\r\nX-A: b\x07c\r\n\r\n"
    )
    assert seen.subject == "a Bcc: b c"
    assert seen.sender is not None
    assert seen.sender.name == "Jane"
    assert seen.header("x-a") == "bc"
    assert seen.header("bcc") is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jane\\a.pdf", "a.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("photo\u202efdp.exe", "photofdp.exe"),
        ("...", ""),
        ("=?utf-8?q?a?=", "=_utf-8_q_a_="),
        ("x" * 200 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_mime_4_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert len(safe_name(name)) <= 100


def test_mime_5_delsp_and_signatures() -> None:
    assert unflow("a \nb \n-- \nJane", True) == "ab\n-- \nJane"


def test_a_message_by_way_of_a_list_and_its_loop_facts() -> None:
    seen = read(
        b"Received: a\r\nReceived: b\r\nList-Id: Mendip <Mendip.Lists.example.org>\r\nX-Loop: X\r\nFrom: a@school.example\r\n\r\nHello"
    )
    assert (seen.kind, seen.loop.list_ids, seen.loop.x_loop, seen.loop.received) == (
        "list",
        ("mendip.lists.example.org",),
        ("x",),
        2,
    )


def test_mime_9_winmail_that_is_none_is_kept_and_told() -> None:
    seen = read(f"{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nnot one".encode())
    assert seen.defects == ("winmail.dat is none: it lacks its signature",)
    assert [a.name for a in seen.attachments] == ["winmail.dat"]


HOSTILE = {
    "deep multiparts": HEAD
    + "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(1_000))
    + "\r\nhi",
    "deep messages": HEAD + "Content-Type: message/rfc822\r\n\r\n" * 2_000,
    "many fields": HEAD + "".join(f"X-{i}: y\r\n" for i in range(100_000)) + "\r\nhi",
    "many parts": HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\nx\r\n" * 50_000,
    "a long field": HEAD + "X: " + "a" * 2_000_000 + "\r\n\r\nhi",
    "many continuations": HEAD + "X: a\r\n" + " b\r\n" * 200_000 + "\r\nhi",
    "many parameters": HEAD + "Content-Type: text/plain; " + "a=b; " * 20_000 + "\r\n\r\nhi",
    "spaces in a parameter": HEAD + "Content-Type: text/plain; a" + " " * 100_000 + "\r\n\r\nhi",
    "newlines": "\n" * 1_000_000,
    "encoded words": "Subject: " + "=?utf-8?q?a?= " * 50_000 + "\r\n\r\nhi",
    "a notice of dashes": "From: mailer-daemon@a.example\r\nSubject: failure notice\r\n\r\n" + "-" * 100_000,
    "a notice of signs": "From: mailer-daemon@a.example\r\nSubject: failure notice\r\n\r\nunable to deliver\n"
    + "a@" * 100_000,
    "many recipients": "Content-Type: message/delivery-status\r\n\r\n"
    + "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 20_000,
    "ten megabytes in a line": HEAD + "\r\n" + "a" * 10_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(15)
def test_mime_2_caps_hold_time_and_depth(name: str) -> None:
    seen = read(HOSTILE[name].encode(), own_hosts=["lists.example.org"], authserv_id="mx.example")
    assert seen.error is None


@settings(max_examples=150)
@given(st.binary(max_size=2_000))
def test_mime_1_any_octets_are_read(raw: bytes) -> None:
    seen = read(HEAD.encode() + raw, own_hosts=["lists.example.org"], authserv_id="mx.example")
    assert seen.error is None
    json.dumps(seen.as_json("x")).encode("utf-8")


def mutations(raw: bytes, count: int, seed: int) -> list[bytes]:
    """The message with pieces cut, doubled, moved and overwritten; the same ones for a seed."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        now = bytearray(raw)
        for _ in range(chance.randint(1, 6)):
            at, size = chance.randrange(len(now) + 1), chance.choice((1, 2, 8, 60))
            how = chance.randrange(4)
            if how == 0:
                del now[at : at + size]
            elif how == 1:
                now[at:at] = now[at : at + size]
            elif how == 2:
                now[at:at] = chance.choice((b"\r", b"\n", b"\x00", b"--b\r\n", b'"', b"(", b"=?", b"\xff", b";", b":"))
            elif at < len(now):
                now[at] = chance.randrange(256)
        found.append(bytes(now))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.timeout(60)
def test_mime_1_mutations_of_real_forms_are_read(seed: int) -> None:
    for raw in mutations(MIXED, 100, seed):
        assert read(raw, own_hosts=["lists.example.org"], authserv_id="mx.example").error is None


def test_an_ordinary_message_takes_a_few_milliseconds() -> None:
    read(MIXED)
    start = time.perf_counter()
    for _ in range(20):
        read(MIXED)
    assert (time.perf_counter() - start) / 20 < 0.05

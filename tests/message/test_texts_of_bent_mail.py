"""What a bent message says: files written into text, labels that call all of it a file, remarks behind delimiters (RFC 7103)."""

from __future__ import annotations

import binascii

import pytest

from mailer.message import read


def uu(name: str, octets: bytes) -> str:
    lines = "".join(binascii.b2a_uu(octets[i : i + 45]).decode() for i in range(0, len(octets), 45))
    return f"begin 644 {name}\n{lines}`\nend\n"


def test_every_file_written_into_the_text_is_taken_out() -> None:
    files = uu("a.txt", b"first " * 20) + "\nand one more\n\n" + uu("", b"second")
    seen = read(f"From: a@school.example\nSubject: x\n\nTwo files:\n\n{files}\nThat is all\nthe end".encode())
    assert seen.reply.split() == ["Two", "files:", "and", "one", "more", "That", "is", "all", "the", "end"]
    assert [(a.name, a.content) for a in seen.attachments] == [("a.txt", b"first " * 20), ("file", b"second")]


def test_a_sentence_that_begins_like_one_stays() -> None:
    seen = read(b"From: a@school.example\n\nWe\nbegin 644 times\nlater, and it is a long and ordinary sentence of small letters\nend of it")
    assert "begin 644 times" in seen.reply
    assert not seen.attachments


def test_all_that_a_message_says_is_text_whatever_its_label() -> None:
    raw = b'From: a@school.example\nMIME-Version: 1.0\nContent-Type: text/plain; name="note.txt"\nContent-Disposition: attachment\n\nYes, I will come.'
    assert read(raw).reply == "Yes, I will come."


def test_a_remark_behind_base64_is_no_part_of_it() -> None:
    head = b"From: a@school.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    assert read(head + b"ecO2dMOkIHZhYW4uCg== ignored.").text == "yötä vaan.\n"


def test_a_delimiter_counts_whatever_follows_it() -> None:
    raw = b"From: a@school.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=boundary\n\n--boundary and a remark\n\nYes\n--boundary-- the end\nno\n"
    assert read(raw).reply == "Yes"


@pytest.mark.parametrize("label", ["", "Content-Type: text/plain; charset=us-ascii\n", "Content-Type: text/plain; charset=iso-8859-1\n"], ids=["no charset", "ascii", "latin"])
@pytest.mark.parametrize(
    ("codec", "words"),
    [("iso2022_jp", "会議に出席します"), ("iso2022_jp_ext", "ｱｶｲ会議"), ("iso2022_jp_2", "漢字と简体"), ("iso2022_kr", "회의에 참석합니다")],
)
def test_mime_3_escape_sequences_say_their_charset_themselves(codec: str, words: str, label: str) -> None:
    """RFC 1468, RFC 1554, RFC 1557: the far east's mail systems often name none."""
    assert read(f"From: a@school.example\n{label}\n".encode() + words.encode(codec)).reply == words


def test_colours_of_a_terminal_and_a_broken_escape_do_no_harm() -> None:
    assert "red" in read(b"From: a@school.example\n\n\x1b[31mred\x1b[0m").text
    seen = read(b"From: a@school.example\n\n" + "会議".encode("iso2022_jp") + b" \x1b$B!\xe9")
    assert seen.error is None


def test_a_japanese_delivery_report_without_a_charset() -> None:
    """The words of the notice are read, and so is why."""
    notice = "次の宛先へのメッセージは配信できませんでした。\n\n<dawn@mill.example>\n宛先不明\n".encode("iso2022_jp")
    subject = "配信エラー".encode("iso2022_jp")
    seen = read(b"Return-Path: <>\nFrom: MAILER-DAEMON@isp.example\nSubject: " + subject + b"\n\n" + notice)
    assert (seen.kind, seen.subject) == ("bounce", "配信エラー")
    assert [(b.address, b.reason, b.permanent) for b in seen.bounces] == [("dawn@mill.example", "user-unknown", True)]

"""What a bent message says: files written into text, labels that call all of it a file, remarks behind delimiters (RFC 7103)."""

from __future__ import annotations

import binascii

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

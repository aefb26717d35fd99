"""Writing fields: FMT-5, FMT-6, FMT-7, FMT-2, OUT-13. What we write is read back by our reader and by the standard one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message import headers, read
from mailer.message.encoded import clean

TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Cf", "Cn", "Co")), max_size=200)


def lines(field: bytes) -> list[bytes]:
    assert field.endswith(b"\r\n")
    return field[:-2].split(b"\r\n")


@given(TEXT)
def test_fmt_6_any_subject_comes_back_and_no_line_is_long(text: str) -> None:
    field = headers.unstructured("Subject", text)
    assert field.isascii()
    assert b"\n" not in field.replace(b"\r\n", b"")
    assert all(line[:1] == b" " for line in lines(field)[1:])
    assert max(map(len, lines(field))) <= 998
    assert read(field + b"\r\nbody").subject.split() == clean(text).split()


@given(TEXT.filter(lambda t: t.strip() != ""))
def test_fmt_6_any_display_name_comes_back(name: str) -> None:
    field = headers.address_field("From", [(name, "mendip-committee@lists.example.org")])
    sender = read(field + b"\r\nbody").sender
    assert sender is not None
    assert sender.address == "mendip-committee@lists.example.org"
    assert sender.name.split() == clean(name).split()


@pytest.mark.parametrize(
    "text", ["Cyfarfod y Rhwydwaith Technegwyr Ŵyl y Gaeaf " * 5, "🎉" * 60, "word " * 60, "a" * 200]
)
def test_fmt_6_lines_of_long_subjects_are_short_and_characters_whole(text: str) -> None:
    field = headers.unstructured("Subject", text)
    assert all(len(line) <= 78 or line.strip().count(b" ") < 2 for line in lines(field))
    for line in lines(field):
        for word in line.split():
            if word.startswith(b"=?"):
                assert len(word) <= 75
                read(b"Subject: " + word + b"\r\n\r\n").subject.encode("utf-8")
    assert str(message_from_bytes(field, policy=policy.default)["Subject"]).split() == text.split()


def test_fmt_5_structured_fields_are_folded_but_never_encoded() -> None:
    url = "<https://lists.example.org/u/" + "a" * 120 + ">"
    field = headers.structured("List-Unsubscribe", f"{url}, <mailto:mendip+{'b' * 37}@lists.example.org>")
    assert lines(field)[0] == b"List-Unsubscribe: " + url.encode() + b","
    assert b"=?" not in field
    references = " ".join(f"<{'i' * 90}{n}@lists.example.org>" for n in range(30))
    field = headers.structured("References", references)
    assert max(map(len, lines(field))) < 130
    assert read(field + b"\r\n").references == tuple(r.strip("<>") for r in references.split())


@pytest.mark.parametrize("bad", ["a\r\nBcc: x", "a\nb", "a\x00b", "a\x1bb", "a\u2028b", "a\x85b", "\ud800"])
def test_fmt_7_controls_are_refused_everywhere(bad: str) -> None:
    for write in (
        lambda: headers.unstructured("Subject", bad),
        lambda: headers.structured("List-Id", bad),
        lambda: headers.phrase(bad),
        lambda: headers.address_field("To", [(bad, "a@b.example")]),
        lambda: headers.address_field("To", [("", f"a{bad}@b.example")]),
        lambda: headers.parameter("name", bad),
        lambda: headers.unstructured(f"X{bad}", "x"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            write()


def test_fmt_5_a_structured_value_beyond_ascii_or_without_a_fold_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        headers.structured("List-Id", "é")
    with pytest.raises(ValueError, match="too long"):
        headers.structured("X-Long", "a" * 1_000)


def test_out_13_addresses_on_the_wire() -> None:
    assert headers.address("jane@bücher.example") == b"jane@xn--bcher-kva.example"
    with pytest.raises(ValueError, match="cannot be written"):
        headers.address("siân@ysgol.example")


def test_fmt_2_dates_keep_their_zone_on_both_sides_of_the_clock_change() -> None:
    summer, winter = timezone(timedelta(hours=1)), timezone(timedelta(0))
    assert (
        headers.date_field(datetime(2026, 10, 25, 1, 30, tzinfo=summer)) == b"Date: Sun, 25 Oct 2026 01:30:00 +0100\r\n"
    )
    assert (
        headers.date_field(datetime(2026, 10, 25, 1, 30, tzinfo=winter)) == b"Date: Sun, 25 Oct 2026 01:30:00 +0000\r\n"
    )
    with pytest.raises(ValueError, match="zone"):
        headers.date_field(datetime(2026, 10, 25))


def test_mime_4_file_names_are_quoted_or_percent_encoded() -> None:
    assert headers.parameter("filename", 'a "b".pdf') == '; filename="a \\"b\\".pdf"'
    assert headers.parameter("filename", "é.pdf") == "; filename*=utf-8''%C3%A9.pdf"

"""What a reading of the house found, each as somebody could do it (V2, V8, V11, design rulings 1 and 8)."""

from __future__ import annotations

import time

import pytest

from mailer.inbound import gone
from mailer.inbound.lines import read_item
from mailer.message.own import strip_own
from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS
from tests.stage import Stage

A_WHILE = 5.0  # seconds: a wide bound against hanging


def test_a_bare_from_takes_nothing_back_v8(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.mail(JANE, "mendip-agenda@lists.example.org", "Balances", "Ten minutes on balances that drift, please.")
    receipt = stage.last(JANE)
    known = str(receipt.message["Message-ID"])
    stage.mail(JANE, "mendip-committee@lists.example.org", f"Re: {receipt.subject}", "WITHDRAW", In_Reply_To=known)
    asked = stage.last(JANE)
    assert "confirm" in asked.subject.lower()
    assert "Balances" in asked.words
    stage.reply(asked, "YES")
    assert "is off the agenda" in stage.last(JANE).words


def test_with_the_tag_it_is_done_at_once(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.mail(JANE, "mendip-agenda@lists.example.org", "Balances", "Ten minutes on balances that drift, please.")
    stage.reply(stage.last(JANE), "WITHDRAW")
    assert "is off the agenda" in stage.last(JANE).words


def test_who_goes_on_with_a_private_question_is_not_named_v2(stage: Stage) -> None:
    stage.mail(DAWN, "mendip-private@lists.example.org", "Bullying", "Whom can I speak to about bullying in my department?")
    stage.reply(stage.last(DAWN), "I forgot to say: it is the head of science.")
    told = stage.last(OLIVE)
    assert "head of science" in told.text
    assert "dawn" not in told.raw.decode("ascii", "replace").lower()


def test_a_word_in_answer_to_a_private_letter_is_done(stage: Stage) -> None:
    stage.mail(DAWN, "mendip-private@lists.example.org", "Bullying", "Whom can I speak to about bullying in my department?")
    inbox_id = stage.reply(stage.last(DAWN), "STOP")
    assert stage.outcome(inbox_id).handler == "private"
    assert "You get no more mail" in stage.last(DAWN).words


def test_a_list_with_an_open_quotation_mark_is_refused_with_a_sentence(stage: Stage) -> None:
    content = (
        f"From: {OLIVE}\r\nTo: mendip-organise@lists.example.org\r\nSubject: People\r\nMessage-ID: <q@hill.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nPeople attached.\r\n'
        '--b\r\nContent-Type: text/csv; name="p.csv"\r\nContent-Disposition: attachment; filename="p.csv"\r\n\r\n'
        'name,email\r\n"' + ("x" * 60 + "\r\n") * 20_000 + "\r\n--b--\r\n"
    )
    row = stage.outcome(stage.raw(content.encode(), "mendip-organise", OLIVE))
    assert (row.state, row.reason) == ("asked", "people-unread")
    said = stage.last(OLIVE).words
    assert "We could not read p.csv" in said
    assert "Is a quotation mark left open? Save it as CSV again." in said


@pytest.mark.parametrize(
    "slow",
    [
        lambda: read_item("hello", "Gas" + ", about 10 mins" * 18 + " ok"),
        lambda: read_item("Gas" + ", about 10 mins" * 400 + " ok", ""),
        lambda: strip_own("hello " + "*" * 50_000 + " end", ["lists.example.org"]),
        lambda: gone.said("", "a@b " * 12_000),
    ],
    ids=["a title", "a first line", "a footer's stars", "a name"],
)
def test_no_mail_takes_long(slow: object) -> None:
    began = time.monotonic()
    slow()  # type: ignore[operator]
    assert time.monotonic() - began < A_WHILE


@pytest.mark.parametrize(
    "said", ["Dawn Day left us a great kit list last week", "Jane Doe left school early today so cannot come"]
)
def test_not_everybody_who_left_something_has_gone(said: str) -> None:
    assert gone.said("", said) is None


@pytest.mark.parametrize("said", ["Dawn Day has left us.", "Jane Doe left in July.", "Karen Smith has left the school"])
def test_who_has_gone_is_seen(said: str) -> None:
    assert gone.said("", said) is not None



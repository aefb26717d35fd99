"""What an organiser's answer to a proof leaves out, and what a second SEND says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.cycle.table import TABLE
from mailer.outbound.compose import compose
from tests.conversations.scenes import OLIVE, PETER, STARTS
from tests.stage import Stage
from tests.templates import MENDIP, sample

NOTE = "Note: Parking is at the back gate."


@pytest.fixture
def proofed(stage: Stage) -> Stage:
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    return stage


def noted(stage: Stage) -> str:
    return next(mail.words for mail in reversed(stage.mails(PETER)) if mail.subject.startswith("Changes noted"))


@pytest.mark.parametrize(
    "text",
    [
        f"{NOTE}\n\nPeter",
        f"{NOTE}\nPeter",
        f"Hi all,\n\n{NOTE}\n\nThanks,\nPeter Mill\nMill Academy",
        f"{NOTE}\n\nMany thanks",
        f"{NOTE}\n-- \nPeter Mill",
    ],
    ids=["below", "next-line", "letter", "thanks", "dashes"],
)
def test_a_signature_is_no_change(proofed: Stage, text: str) -> None:
    proofed.reply(proofed.proof(PETER), text)
    words = noted(proofed)
    assert NOTE in words
    assert "not read as a change" not in words
    assert "Peter" not in words.replace("Dear Peter", "")


def test_what_is_not_done_comes_with_the_lines_that_work(proofed: Stage) -> None:
    proofed.reply(proofed.proof(PETER), f"{NOTE}\n\nPlease make the whole thing sound a bit warmer.\n\nPeter")
    words = noted(proofed)
    assert "an organiser has to" not in words
    assert "Please make the whole thing sound a bit warmer." in words
    assert 'Write it as a line such as "Note: bring a coat", "Venue: Mill Academy"' in words


def test_a_second_send_says_who_has_said_it_already(proofed: Stage) -> None:
    proofed.reply(proofed.proof(OLIVE), "SEND")
    goes = proofed.occasion("save-the-date").goes_at
    proofed.reply(proofed.proof(PETER), "SEND")
    assert proofed.last(PETER).subject == "Nothing more to do"
    assert "Olive Organiser has said yes to it already, and nothing changes." in proofed.last(PETER).words
    row = proofed.occasion("save-the-date")
    assert row.goes_at == goes
    assert proofed.occasion("save-the-date").approved_by is not None


def test_a_note_to_who_came_stands_in_the_new_proof(stage: Stage) -> None:
    """In a first term the question how it was is proofed as well, and what a receipt calls noted is in it."""
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    stage.at(STARTS - timedelta(hours=3))
    stage.settle()
    proof = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof: How was"))
    stage.reply(proof, "Note: The slides follow next week.")
    again = next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Proof 2: How was"))
    assert "The slides follow next week." in again.words


PROOFED = [row.kind for row in TABLE if row.mode == "proof" or row.audience in ("attended", "owner", "promiser", "named-contacts", "coming-and-maybe")]


@pytest.mark.parametrize("kind", sorted({*PROOFED} - {"correction"}))  # that is an organiser's own words
def test_a_note_stands_in_every_letter_that_is_proofed(kind: str) -> None:
    fields = {**sample(f"occasions/{kind}"), "note": "Bring a coat."}
    for language in ("en", "cy"):
        draft, _ = compose(f"occasions/{kind}", fields, network=MENDIP, language=language, klass="meetings")
        assert "Bring a coat." in draft.text


def test_a_letter_about_no_meeting_offers_no_lines_about_one() -> None:
    fields = {**sample("occasions/proof"), "forms": "note"}
    draft, _ = compose("occasions/proof", fields, network=MENDIP, language="en", klass="desk")
    assert "a line such as Note: ..., and you get a new proof" in " ".join(draft.text.split())

"""Wishes in people's own words are asked back with the one word that does it, and never acted on (contract 2)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from mailer.inbound.words import Asked, understand
from mailer.people import addresses as address_rows
from mailer.people import membership
from mailer.store.tables import addresses, standings
from tests.conversations.every_kind import every_kind
from tests.conversations.scenes import JANE, OLIVE, invited
from tests.stage import Stage

TODAY = date(2026, 11, 21)

WISHES = (
    ("can I have it once a day instead", "digest"),
    ("Ga i'r rhain i gyd mewn un ebost y dydd plis", "digest"),
    ("im off on maternity till sept", "pause"),
    ("Could the emails be put on hold until 12th April?", "pause"),
    ("Just the newsletter for me from now on please", "only"),
    ("I never get released so there's no point sending me the meeting invitations.", "stop"),
    ("Who are you people and why do you keep sending me things? Make it end.", "stop"),
    ("Dwi wedi ymddeol, felly dim mwy o ebyst plis", "stop"),
    ("My screen reader can't cope with it. Could I get just the words?", "plain-text"),
    ("Please delete everything you have on me. Name, email, the lot.", "forget-me"),
    ("Under the UK GDPR, may I see whatever information is being held about me there?", "my-data"),
    ("I'm back from leave so please start sending me things again", "resume"),
)
NO_WISHES = (
    "Please don't stop these, they're great!",
    "Stop by the lab if you are passing, I'll show you the kiln.",
    "Peidiwch a stopio'r rhain, dwi wrth fy modd efo nhw!",
    "The autoclave is back and it works again.",
    "Should be able to make it but don't hold me to it.",
)


@pytest.mark.parametrize(("text", "act"), WISHES)
def test_a_wish_is_seen_and_is_never_sure(text: str, act: str) -> None:
    found = understand(text, Asked.ANY, today=TODAY).intents
    assert found[0].act == act
    assert not [intent for intent in found if intent.sure]


@pytest.mark.parametrize("text", NO_WISHES)
def test_what_only_sounds_like_one_is_none(text: str) -> None:
    wished = {"stop", "pause", "digest", "resume", "only", "forget-me", "my-data", "plain-text"}
    assert not [intent for intent in understand(text, Asked.ANY, today=TODAY).intents if intent.act in wished]


def test_the_question_can_be_answered_with_its_word(stage: Stage) -> None:
    invited(stage)
    letter = stage.last(JANE)
    stage.reply(letter, "I never get released so there's no point sending me the meeting invitations. Still like the rest.")
    asked = stage.last(JANE)
    assert "STOP MEETINGS" in asked.subject
    assert "Nothing has been changed" in asked.words
    assert _standing(stage, "meetings") == "active"
    stage.reply(asked, "STOP MEETINGS")
    assert _standing(stage, "meetings") == "left"
    assert _standing(stage, "newsletter") == "active"


@pytest.mark.parametrize(("text", "act"), [("Yes that's right", True), ("Yes please", True), ("No thanks", False)])
def test_the_question_can_be_answered_with_yes_or_no(stage: Stage, text: str, act: bool) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "mail", "I don't read the newsletter, could you leave me off the newsletter?")
    asked = stage.last(JANE)
    assert asked.subject == "Did you mean STOP NEWSLETTER?"
    stage.reply(asked, text)
    assert _standing(stage, "newsletter") == ("left" if act else "active")
    assert _standing(stage, "meetings") == "active"


def test_yes_to_an_example_asks_for_the_rest(stage: Stage) -> None:
    """Nobody is paused until a day that they did not name."""
    stage.mail(JANE, "mendip-help@lists.example.org", "mail", "I need a break from these emails for a bit")
    asked = stage.last(JANE)
    assert "PAUSE UNTIL" in asked.subject
    stage.reply(asked, "Yes")
    assert _standing(stage, "meetings") == "active"
    assert "PAUSE UNTIL" in stage.last(JANE).subject
    stage.reply(stage.last(JANE), "PAUSE UNTIL 1 MARCH 2027")
    assert "1 March" in stage.last(JANE).words


def test_a_wish_at_the_committees_door_is_passed_on_and_asked_about(stage: Stage) -> None:
    inbox_id = stage.mail(
        JANE, "mendip-committee@lists.example.org", "Newsletter", "Please stop the newsletter, I never read it. Meetings are fine."
    )
    assert stage.last(JANE).subject == "Did you mean STOP NEWSLETTER?"
    assert "I never read it" in stage.last(OLIVE).text
    assert stage.outcome(inbox_id).state == "asked"


def _standing(stage: Stage, purpose: str) -> str:
    with stage.house.store.read() as session:
        return str(
            session.execute(
                select(standings.c.standing)
                .join(addresses, addresses.c.id == standings.c.address_id)
                .where(addresses.c.address == JANE, standings.c.purpose == purpose)
            ).scalar_one()
        )


@pytest.mark.parametrize("kind", ["occasions/feedback-request", "occasions/action-nudge", "occasions/invitation"])
def test_a_stop_that_may_be_meant_in_part_is_asked_about_whatever_we_had_asked(stage: Stage, kind: str) -> None:
    """UNS-8: it is neither taken for a note, nor for leaving everything."""
    mail = every_kind(stage)[kind]
    stage.later(hours=25)  # so much mail has its cap
    row = stage.outcome(stage.reply(mail, "Please remove me from the mendip list, I'm happy with everything else."))
    assert (row.state, row.reason, row.outcome) == ("asked", "unsure", "May mean STOP; asked back.")
    with stage.house.store.read() as session:
        jane = address_rows.find(session, JANE)
        assert jane is not None
        assert "meetings" in membership.remaining(session, stage.network_id, jane.id)

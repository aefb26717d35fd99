"""WITHDRAW of a mail to everyone: whole while it waits, truthfully in part once copies have gone, never a post itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from mailer.people import membership
from mailer.store.tables import agenda_items, memberships, networks, occasions, outgoing
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Stage

LIST = f"mendip@{DOMAIN}"
QUESTION = "How does everyone store agar plates? Ours dry out in a week."


def copies(stage: Stage, who: str, words: str = "Agar") -> int:
    return len([mail for mail in stage.mails(who) if words in mail.subject and "via" in str(mail.message["From"])])


def wants_digest(stage: Stage, address_id: int) -> None:
    with stage.house.store.write() as session:
        member = membership.of_address(session, stage.network_id, address_id)
        assert member is not None
        session.execute(update(memberships).where(memberships.c.id == member.id).values(digest=True))
    stage.settle()


def brake(stage: Stage, on: bool) -> None:
    with stage.house.store.write() as session:
        session.execute(
            update(networks).where(networks.c.id == stage.network_id).values(held_at=stage.now if on else None)
        )


def test_a_held_post_is_taken_back_by_its_writer(stage: Stage) -> None:
    stage.member("tom@far.school.example", "Tom Far", purposes=("meetings",))
    came = stage.mail("tom@far.school.example", LIST, "Agar", QUESTION)
    question = next(mail for mail in stage.mails(OLIVE) if "agar" in mail.text)
    told = stage.last("tom@far.school.example")
    assert "WITHDRAW" in told.words
    stage.reply(told, "Withdraw please")
    assert stage.last("tom@far.school.example").subject == "Taken back: Agar"
    assert (stage.outcome(came).state, stage.outcome(came).reason) == ("done", "taken-back")
    stage.reply(question, "YES")
    assert copies(stage, JANE) == 0
    stage.reply(told, "WITHDRAW")
    assert "taken back" in stage.last("tom@far.school.example").words


def test_a_guests_item_is_taken_back(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Hill School")
    came = stage.mail("sam@far.school.example", f"mendip-agenda@{DOMAIN}", "Gas taps", "Ours leak. Who knows a fitter?")
    asked = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("A guest has an item"))
    stage.reply(stage.last("sam@far.school.example"), "WITHDRAW")
    stage.reply(asked, "YES")
    assert stage.outcome(came).outcome == "Taken back by its writer."
    assert len(stage.mails("sam@far.school.example")) == 1  # a stranger is answered once a day (LOOP-3)
    with stage.house.store.read() as session:
        assert not session.execute(select(agenda_items.c.id)).first()


def test_what_still_waits_is_stopped(stage: Stage) -> None:
    """The network is held: nobody has it yet."""
    brake(stage, True)
    stage.mail(JANE, LIST, "Agar", QUESTION)
    assert copies(stage, DAWN) == 0
    stage.mail(JANE, LIST, "Re: [mendip] Agar", "WITHDRAW", In_Reply_To="<1@school.example>")
    brake(stage, False)
    stage.settle()
    assert [copies(stage, who) for who in (JANE, DAWN, OLIVE, PETER)] == [0, 0, 0, 0]
    assert "nobody has been sent it" in stage.last(JANE).words


def test_what_has_gone_cannot_be_unsent_and_the_digest_leaves_it_out(stage: Stage) -> None:
    wants_digest(stage, 4)
    stage.mail(JANE, LIST, "Agar", QUESTION)
    own = next(mail for mail in stage.mails(JANE) if "Agar" in mail.subject)
    stage.reply(own, "WITHDRAW")
    told = stage.last(JANE)
    assert told.subject == "Taken back: Agar"
    assert "3 people already, and that cannot be called back" in told.words
    assert "digest" in told.words
    stage.at(datetime(2026, 11, 23, 17, 1, tzinfo=UTC))
    stage.settle()
    assert not [mail for mail in stage.mails(DAWN) if QUESTION in mail.words]
    assert copies(stage, OLIVE) == 1


def test_some_have_it_and_some_wait(stage: Stage) -> None:
    stage.mail(JANE, LIST, "Agar", QUESTION)
    own = next(mail for mail in stage.mails(JANE) if "Agar" in mail.subject)
    with stage.house.store.write() as session:  # one relay said "later"
        session.execute(
            update(outgoing)
            .where(outgoing.c.to_address == DAWN)
            .values(state="deferred", next_attempt_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
        )
    stage.reply(own, "withdraw, sorry")
    assert "for the 1 person whose copy still waited. 3 people have been sent theirs" in stage.last(JANE).words


def test_v6_what_was_held_on_its_way_is_said_to_have_gone_to_some(stage: Stage) -> None:
    stage.mail(JANE, LIST, "Agar", QUESTION)
    own = next(mail for mail in stage.mails(JANE) if "Agar" in mail.subject)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.to_address == DAWN).values(state="queued"))
        session.execute(update(occasions).where(occasions.c.kind == "post").values(state="held", held_at=stage.now))
    stage.reply(own, "WITHDRAW")
    assert "for the 1 person whose copy still waited. 3 people have been sent theirs" in stage.last(JANE).words
    stage.settle()
    assert stage.occasion("post").state == "sent"


@pytest.mark.parametrize("who", [DAWN, "sam@far.school.example"])
def test_nobody_takes_back_anothers_post(stage: Stage, who: str) -> None:
    stage.mail(JANE, LIST, "Agar", QUESTION)
    own = next(mail for mail in stage.mails(DAWN) if "Agar" in mail.subject)
    came = stage.reply(own, "WITHDRAW", sender=who)
    assert stage.outcome(came).state in ("asked", "held")
    assert copies(stage, OLIVE) == 1


def test_a_promise_waits_for_a_newsletter_to_be_for(stage: Stage) -> None:
    from mailer.acts import Actor, Strength, issue

    stage.mail(JANE, f"mendip-news@{DOMAIN}", "A piece", "I will write about the fume cupboards for the next newsletter.")
    told = stage.last(JANE)
    assert "no date yet" in told.words
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2027, 1, 18, 9, 0, tzinfo=UTC), now=stage.now)
    stage.settle()
    assert stage.last(JANE).subject.startswith("We look forward to your piece")
    assert "4 January" in stage.last(JANE).words


def test_a_promise_that_waits_is_withdrawn(stage: Stage) -> None:
    from mailer.acts import Actor, Strength, issue

    stage.mail(JANE, f"mendip-news@{DOMAIN}", "A piece", "I will write about the fume cupboards for the next newsletter.")
    stage.reply(stage.last(JANE), "WITHDRAW")
    count = len(stage.mails(JANE))
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2027, 1, 18, 9, 0, tzinfo=UTC), now=stage.now)
    stage.settle()
    assert len(stage.mails(JANE)) == count

"""Somebody has left, or has died: asked with care, then nothing more goes to them, and what they had taken on is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import leave_by_tag
from mailer.consent import standing
from mailer.meetings import actions
from mailer.people import addresses as addresses_of
from mailer.store.tables import addresses, agenda_items, memberships, people, standings, suppressions
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, answers, invited
from tests.stage import DOMAIN, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"
CHEER = ("!", "unsubscribe", "Great", "Thank you for having been", "Welcome", "Sorry to see")


@pytest.fixture
def busy(stage: Stage) -> int:
    """Jane comes to the meeting and has an action. Returns the meeting."""
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "YES")
    with stage.house.store.write() as session:
        actions.add(
            session, stage.network_id, owner="Jane Doe", text="Ask for the balances", now=stage.now,
            meeting_id=meeting_id, due_on=date(2027, 1, 25),
        )  # fmt: skip
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Fume cupboards", "Ours are tested in May. Ten minutes, please.")
    return meeting_id


def of_jane(stage: Stage) -> dict[str, Any]:
    with stage.house.store.read() as session:
        mine = select(addresses.c.id).where(addresses.c.key == JANE).scalar_subquery()
        return {
            "standings": session.execute(
                select(standings.c.purpose, standings.c.standing)
                .where(standings.c.address_id == mine, standings.c.purpose.in_(("meetings", "newsletter", "discussion")))
                .order_by(standings.c.purpose)
            ).all(),
            "ended": session.execute(select(memberships.c.ended_at).where(memberships.c.address_id == mine)).all(),
            "suppressed": session.execute(
                select(suppressions.c.reason).where(suppressions.c.lifted_at.is_(None))
            ).all(),
            "items": session.execute(select(agenda_items.c.title, agenda_items.c.person)).all(),
            "owners": [(one.owner, one.membership_id) for one in actions.open(session, stage.network_id)],
        }


HOWS = [
    ("left", "Jane Doe has left", "Thank you for telling us that Jane Doe (Hill School) has left"),
    ("died", "Jane Doe has died", "We are very sorry to hear of the death of Jane Doe"),
]


@pytest.mark.parametrize(("how", "subject", "lead"), HOWS, ids=[row[0] for row in HOWS])
def test_nothing_before_a_yes_and_nothing_to_them_after_it(
    stage: Stage, busy: int, how: str, subject: str, lead: str
) -> None:
    before, got = of_jane(stage), len(stage.mails(JANE))
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, subject, ""))
    assert (row.handler, row.state) == ("gone", "asked")
    question = stage.last(OLIVE)
    assert lead in question.words
    assert of_jane(stage) == before
    stage.reply(question, "YES")
    mine, theirs = stage.last(OLIVE), stage.last(PETER)
    for letter in (question, mine, theirs):
        assert not [word for word in CHEER if word in letter.words], letter.words
    for letter in (mine, theirs):
        assert "Ask for the balances" in letter.words
        assert "Fume cupboards" in letter.words
        assert "Hill School, 20/01/2027" in letter.words
    assert "UNDO" in mine.words
    assert "UNDO" not in theirs.words
    assert ("the way back" in mine.words) is (how == "left")
    now = of_jane(stage)
    assert {said for _, said in now["standings"]} == {"left"}
    assert now["suppressed"] == [("gone",)]
    assert now["owners"] == [("", None)]
    assert answers(stage, busy).get(JANE, "none") == "none"
    for day in (5, 13, 19, 21, 27):  # the agenda, the day before, what follows the meeting
        stage.at(datetime(2027, 1, day, 9, 0, tzinfo=UTC))
        stage.settle()
        for organiser in (OLIVE, PETER):
            for mail in stage.mails(organiser)[-6:]:
                if mail.subject.startswith("Proof"):
                    stage.reply(mail, "SEND")
        stage.later(hours=1)
    assert len(stage.mails(JANE)) == got
    sent_later = [mail for mail in stage.mails() if mail.id > theirs.id and mail.id > mine.id]
    assert sent_later
    assert not [mail.subject for mail in sent_later if "Jane Doe" in mail.words]


def test_undo_puts_everything_back_and_tells_them_nothing(stage: Stage, busy: int) -> None:
    before, got = of_jane(stage), len(stage.mails(JANE))
    stage.mail(OLIVE, ORGANISE, "Jane Doe left", "")
    stage.reply(stage.last(OLIVE), "YES")
    assert of_jane(stage) != before
    stage.reply(stage.last(OLIVE), "UNDO")
    assert "It is as it was before" in stage.last(OLIVE).words
    assert of_jane(stage) == before
    assert answers(stage, busy)[JANE] == "yes"
    assert len(stage.mails(JANE)) == got


def by_link(stage: Stage, purpose: str) -> None:
    with stage.house.store.write() as session:
        jane = addresses_of.find(session, JANE)
        assert jane is not None
        kept = standing.find(session, stage.network_id, jane.id, purpose)
        assert kept is not None
        leave_by_tag.by_standing(session, kept, channel="web", now=stage.now)
    stage.settle()


def forgotten(stage: Stage) -> None:
    stage.reply(stage.last(JANE), "FORGET ME")
    stage.reply(stage.last(JANE), "YES")


LEAVES: list[tuple[str, Any, dict[str, str]]] = [
    ("a link of the newsletter", lambda stage: by_link(stage, "newsletter"), {"newsletter": "left"}),
    ("STOP DISCUSSION", lambda stage: stage.reply(stage.last(JANE), "STOP DISCUSSION"), {"discussion": "left"}),
    ("STOP", lambda stage: stage.reply(stage.last(JANE), "STOP"), dict.fromkeys(("meetings", "newsletter", "discussion"), "left")),
    ("FORGET ME", forgotten, dict.fromkeys(("meetings", "newsletter", "discussion"), "left")),
]  # fmt: skip


@pytest.mark.parametrize(("how", "leave", "left"), LEAVES, ids=[row[0] for row in LEAVES])
def test_undo_revives_nothing_that_they_left_by_themselves_since(
    stage: Stage, busy: int, how: str, leave: Any, left: dict[str, str]
) -> None:
    """DP-3, V10: a leave counts, and is in the ledger, also of who was said to be gone before."""
    stage.mail(OLIVE, ORGANISE, "Jane Doe left", "")
    stage.reply(stage.last(OLIVE), "YES")
    receipt = stage.last(OLIVE)
    leave(stage)
    stage.reply(receipt, "UNDO")
    now = of_jane(stage)
    assert dict(now["standings"]) == {"discussion": "active", "meetings": "active", "newsletter": "active"} | left
    wholly = len(left) == 3
    assert (now["ended"] != [(None,)]) is wholly
    assert bool(now["suppressed"]) is wholly
    assert "stopped some or all of our mail by themselves since" in stage.last(OLIVE).words


def contact(stage: Stage, address: str, organisation: str) -> None:
    stage.member(address, "Carol Contact", roles=("member", "named-contact"), organisation=organisation)


def test_a_named_contact_speaks_for_the_own_school_and_sees_no_list(stage: Stage, busy: int) -> None:
    carol = "carol@hill.school.example"
    contact(stage, carol, "Hill School")
    stage.mail(carol, f"mendip-committee@{DOMAIN}", "Jane Doe", "Jane Doe has left the school.")
    stage.reply(stage.last(carol), "YES")
    assert "Nothing more goes to Jane Doe" in stage.last(carol).words
    assert "balances" not in stage.last(carol).words
    assert "Ask for the balances" in stage.last(OLIVE).words
    assert "Carol Contact has told us that Jane Doe (Hill School) has left" in stage.last(OLIVE).words


OTHERS = ["another school's contact", "a member", "a stranger", "about nobody we know", "about oneself"]


@pytest.mark.parametrize("who", OTHERS)
def test_from_anybody_else_it_is_a_letter(stage: Stage, busy: int, who: str) -> None:
    before = of_jane(stage)
    sender = {"a member": DAWN, "a stranger": "sam@far.school.example", "about nobody we know": OLIVE}.get(who, JANE)
    if who == "another school's contact":
        sender = "carol@mill.school.example"
        contact(stage, sender, "Mill Academy")
    name = "Ruth Nobody" if who == "about nobody we know" else "Jane Doe"
    stage.mail(sender, f"mendip-committee@{DOMAIN}", "News", f"{name} has left the school.")
    assert of_jane(stage) == before
    assert "shall we stop" not in stage.mails()[-1].subject
    assert f"{name} has left the school" in stage.last(PETER).words


def test_a_forged_word_changes_nothing(stage: Stage, busy: int) -> None:
    before = of_jane(stage)
    stage.mail(OLIVE, ORGANISE, "Jane Doe has died", "", mail_from="evil@bad.example")
    assert of_jane(stage) == before
    stage.reply(stage.last(OLIVE), "YES", sender="evil@bad.example")
    assert of_jane(stage) == before


def test_who_is_told_of_in_welsh_is_answered_in_welsh(stage: Stage, busy: int) -> None:
    with stage.house.store.write() as session:
        session.execute(update(people).where(people.c.name == "Olive Organiser").values(language="cy"))
    stage.mail(OLIVE, ORGANISE, "Newyddion trist", "Bu farw Jane Doe ddydd Sul.")
    assert "Mae'n ddrwg iawn gennym glywed am farwolaeth Jane Doe" in stage.last(OLIVE).words
    stage.reply(stage.last(OLIVE), "IE")
    assert "Nid â dim mwy at Jane Doe" in stage.last(OLIVE).words


def test_an_answer_that_says_who_comes_instead_stays_an_answer(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(DAWN), "Yes\n\nKaren has left the school, I come instead.")
    assert answers(stage, meeting_id)[DAWN] == "yes"

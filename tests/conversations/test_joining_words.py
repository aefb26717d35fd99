"""The question whether to join, answered in people's own words: each purpose by itself, in the same mail (DP-2), and proven (DP-1)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from mailer.consent import standing
from mailer.inbound.words.joining import chosen
from mailer.people import addresses
from mailer.store.tables import ledger, suppressions, wordings
from tests.conversations.scenes import DAWN, JANE, OLIVE
from tests.stage import DOMAIN, Stage

NEW = "nia@far.school.example"
ASKED = ("meetings", "newsletter")
WORDS: list[tuple[str, tuple[str, ...]]] = [
    ("Yes please, meetings and discussion but no newsletter", ("meetings", "discussion")),
    ("YES AND DISCUSSION", ("meetings", "newsletter", "discussion")),
    ("Yes. The exchange as well", ("meetings", "newsletter", "exchange")),
    ("Yes to everything", ASKED),
    ("Yes, everything but the newsletter", ("meetings",)),
    ("Yes to meetings and no to the newsletter", ("meetings",)),
    ("NO MEETINGS, NEWSLETTER YES", ("newsletter",)),
    ("Yes meetings, newsletter no", ("meetings",)),
    ("no newsletter yes meetings", ("meetings",)),
    ("Yes without the newsletter", ("meetings",)),
    ("Ie, dim ond cyfarfodydd", ("meetings",)),
    # not certain, or no more than yes or no: these are read, or asked back, by others
    ("YES", ()),
    ("Yes, no newsletter, discussion", ()),
    ("Yes, with the newsletter", ()),
    ("Yes, not just the newsletter", ()),
    ("Yes, when are the meetings?", ()),
    ("newsletter", ()),
    ("Both please", ()),
    ("No thanks", ()),
    ("Yes, the newsletter would be nice to see on paper", ()),
]


@pytest.mark.parametrize(("words", "wanted"), WORDS, ids=[words for words, _ in WORDS])
def test_what_is_chosen(words: str, wanted: tuple[str, ...]) -> None:
    assert chosen(words, ASKED) == wanted


def opened(stage: Stage, who: str) -> dict[str, str]:
    """What is active, and the wording under which it is."""
    with stage.house.store.read() as session:
        known = addresses.find(session, who)
        assert known is not None
        query = (
            select(ledger.c.purpose, wordings.c.text)
            .join(wordings, wordings.c.id == ledger.c.wording_id)
            .where(ledger.c.address_id == known.id, ledger.c.standing == "active")
        )
        return {row.purpose: row.text for row in session.execute(query)}


def question(stage: Stage, who: str = NEW) -> Any:
    stage.mail(who, f"mendip-join@{DOMAIN}", "join", "")
    return stage.last(who)


@pytest.mark.parametrize("words", ["ONLY DISCUSSION", "Yes and discussion"])
def test_what_the_question_did_not_name_has_a_wording_of_its_own_that_is_shown(stage: Stage, words: str) -> None:
    asked = question(stage)
    assert "Reply ONLY MEETINGS or ONLY NEWSLETTER. More? Reply YES AND DISCUSSION or YES AND EXCHANGE." in asked.words
    stage.reply(asked, words)
    welcome = stage.last(NEW)
    assert welcome.subject == "Welcome to Mendip Technicians"
    said = opened(stage, NEW)
    assert "the members' discussion by email" in said["discussion"]
    assert " ".join(said["discussion"].split()) in welcome.words
    assert "newsletter" not in said["discussion"]
    assert set(said) == ({"discussion"} if words.startswith("ONLY") else {"meetings", "newsletter", "discussion"})


def test_being_listed_is_asked_about_by_itself(stage: Stage) -> None:
    """CMD-4: shown to others; a yes to mail is none to that."""
    asked = question(stage)
    stage.reply(asked, "ONLY DIRECTORY")
    assert opened(stage, NEW) == {}
    assert "reply YES or NO" in stage.last(NEW).words
    stage.reply(asked, "Yes, and the directory too")
    assert set(opened(stage, NEW)) == {"meetings", "newsletter"}
    assert stage.last(NEW).subject == "Please confirm: KEEP DIRECTORY"
    stage.reply(stage.last(NEW), "YES")
    assert "listed in the members' directory" in opened(stage, NEW)["directory"]


def test_a_mailbox_of_several_is_listed_for_nobody(stage: Stage) -> None:
    who = "technicians@far.school.example"
    stage.reply(question(stage, who), "Yes, and the directory too")
    assert set(opened(stage, who)) == {"meetings", "newsletter"}
    assert "KEEP DIRECTORY" not in stage.last(who).subject


@pytest.mark.parametrize("words", ["Both please", "Yes, no newsletter, discussion", "maybe"])
def test_who_is_not_understood_is_asked_back_with_what_can_be_said(stage: Stage, words: str) -> None:
    """The tag proves the mailbox, so a stranger's cap keeps no answer from them; the same question may then be answered."""
    asked = question(stage)
    row = stage.outcome(stage.reply(asked, words))
    assert (row.state, row.reason) == ("asked", "yes-or-no")
    assert "Only a part of it? Reply ONLY MEETINGS or ONLY NEWSLETTER." in stage.last(NEW).words
    assert opened(stage, NEW) == {}
    stage.reply(stage.last(NEW), "ONLY MEETINGS")
    assert set(opened(stage, NEW)) == {"meetings"}


@pytest.mark.parametrize(("word", "network"), [("STOP", True), ("STOP ALL NETWORKS", False)])
def test_stop_to_the_question_is_stop(stage: Stage, word: str, network: bool) -> None:
    """DP-7: whoever says it to our very first mail is not asked by the next organiser either."""
    asked = question(stage)
    stage.reply(asked, word)
    assert "You have left" in stage.last(NEW).subject
    with stage.house.store.read() as session:
        scopes = session.execute(select(suppressions.c.network_id).where(suppressions.c.lifted_at.is_(None))).scalars().all()
    assert scopes == [stage.network_id if network else None]
    before = len(stage.mails(NEW))
    assert stage.outcome(stage.reply(asked, "YES")).reason == "confirmation-expired"
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", f"{NEW}\nsue@far.school.example")
    assert "1 left before or said no and stays out" in stage.last(OLIVE).words
    assert len(stage.mails(NEW)) <= before + 1
    assert opened(stage, NEW) == {}


REFERRED = "KEEP EXCHANGE"


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        ("STOP", "You have left Mendip Technicians"),
        ("STOP NEWSLETTER", "Stopped: the newsletter"),
        ("ONLY MEETINGS", "Kept: meeting mail"),
        ("STATUS", "What you get from Mendip Technicians"),
        ("PAUSE UNTIL 1 SEPTEMBER", "Paused until Wednesday 1 September"),
        ("MY DATA", "Please confirm: MY DATA"),
        ("FORGET ME", "Please confirm: forget me"),
    ],
)
def test_every_word_may_answer_a_question_of_ours_too(stage: Stage, word: str, subject: str) -> None:
    """Contract 2: to any mail. The tag of one question is no YES to another (CMD-4), and the question stays open."""
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", REFERRED)
    asked = stage.last(JANE)
    assert "To end all mail from us, reply STOP." in " ".join(asked.text.split())
    stage.reply(asked, word)
    assert stage.last(JANE).subject.startswith(subject)
    with stage.house.store.read() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
        assert standing.of(session, stage.network_id, jane.id)["exchange"] == "none"
        assert "directory" not in opened(stage, JANE)
    if word == "STATUS":
        stage.reply(asked, "YES")
        assert "exchange" in opened(stage, JANE)


def test_from_another_address_only_a_stop_counts_and_the_writer_hears_where_to_answer(stage: Stage) -> None:
    """Ruling 1, V8."""
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", REFERRED)
    asked = stage.last(JANE)
    row = stage.outcome(stage.reply(asked, "YES", sender=DAWN))
    assert (row.state, row.reason) == ("refused", "other-address")
    assert "asked of another address" in stage.last(DAWN).words
    assert JANE not in stage.last(DAWN).text
    assert "exchange" not in opened(stage, JANE)
    stage.reply(asked, "STOP", sender=DAWN)
    assert stage.last(JANE).subject == "You have left Mendip Technicians"
    assert "Reply UNDO" in stage.last(JANE).words
    assert not [mail for mail in stage.mails(DAWN) if "left" in mail.subject]


def test_a_no_to_an_invitation_is_proven_by_the_mail_that_said_it(stage: Stage) -> None:
    """DP-1, V10: withdrawal, too, is evidence: the message and its hash."""
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", f"Nia New, {NEW}, Far School")
    stage.reply(stage.last(OLIVE), "YES")
    said = stage.reply(stage.last(NEW), "No thanks")
    with stage.house.store.read() as session:
        rows = session.execute(select(ledger).where(ledger.c.act == "invitation-declined")).all()
    assert {row.purpose for row in rows} == {"meetings", "newsletter"}
    assert {(row.inbox_id, row.evidence_sha256) for row in rows} == {(said, stage.outcome(said).raw_sha256)}


def test_a_second_refusal_has_a_subject_of_one_refusal(stage: Stage) -> None:
    stage.member("technicians@lake.school.example", shared=True, organisation="Lake College")
    stage.mail("technicians@lake.school.example", f"mendip-help@{DOMAIN}", "", "STATUS")
    for word in ("MY DATA", "FORGET ME"):
        stage.reply(stage.last("technicians@lake.school.example"), word)
    assert stage.last("technicians@lake.school.example").subject == "Not done: What you get from Mendip Technicians"

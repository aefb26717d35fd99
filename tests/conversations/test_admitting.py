"""A guest's or a member's mail waits for an organiser, who answers in words of their own (rulings 1 and 3)."""

from __future__ import annotations

import pytest

from mailer.store.tables import inbox
from tests.conversations.scenes import JANE, OLIVE, STARTS
from tests.stage import DOMAIN, Got, Stage

LIST = f"mendip@{DOMAIN}"
SAM, TOM = "sam@far.school.example", "tom@hill.school.example"


def asked(stage: Stage) -> Got:
    """Olive's letter about a guest's post."""
    stage.mail(SAM, LIST, "Gas taps", "Ours leak. Does anyone have a good fitter?")
    return next(mail for mail in stage.mails(OLIVE) if mail.subject.endswith("wrote to the list: Gas taps"))


def waits(stage: Stage) -> list[str]:
    """What the Monday brief would name."""
    with stage.house.store.read() as session:
        query = inbox.select().where(inbox.c.state.in_(("held", "failed")))
        return [row.subject for row in session.execute(query)]


def got(stage: Stage, who: str, word: str) -> bool:
    return any(word in mail.subject for mail in stage.mails(who))


@pytest.mark.parametrize(
    "words",
    ["YES", "Yes, he's one of us", "Yes, I know her well.\n\nOlive", "Yes please, send it round", "OK, looks good to me"],
)
def test_a_plain_yes_with_kind_words_beside_lets_it_in(stage: Stage, words: str) -> None:
    stage.reply(asked(stage), words)
    assert got(stage, JANE, "Gas taps")
    assert got(stage, OLIVE, "Done: Gas taps")
    assert waits(stage) == []


@pytest.mark.parametrize("words", ["NO", "Not now, thanks", "No thank you", "Not this time.\n\nOlive"])
def test_a_plain_no_declines_and_nothing_waits_any_more(stage: Stage, words: str) -> None:
    stage.reply(asked(stage), words)
    assert stage.last(OLIVE).subject == "It goes nowhere: Gas taps"
    assert not got(stage, JANE, "Gas taps")
    assert len(stage.mails(SAM)) == 1
    assert waits(stage) == []


@pytest.mark.parametrize(
    "words", ["Let me ask Peter first.", "Yes, but change the title", "Yes, he's not one of us", "Who is this?"]
)
@pytest.mark.parametrize(("then", "goes"), [("YES", True), ("NO", False)])
def test_what_is_unsure_is_asked_back_and_the_answer_counts(stage: Stage, words: str, then: str, goes: bool) -> None:
    row = stage.outcome(stage.reply(asked(stage), words))
    assert (row.state, row.reason) == ("asked", "yes-or-no")
    back = stage.last(OLIVE)
    assert back.subject == "Please reply YES or NO: A guest wrote to the list: Gas taps"
    assert "nothing is done yet" in back.words
    assert not got(stage, JANE, "Gas taps")
    stage.reply(back, then)
    assert got(stage, JANE, "Gas taps") is goes
    assert waits(stage) == []


def test_a_brief_names_neither_the_mail_nor_the_answer_once_it_is_said(stage: Stage) -> None:
    question = asked(stage)
    stage.reply(question, "Let me ask Peter first.")
    stage.reply(question, "Not now, thanks")
    before = stage.last(OLIVE).id
    stage.later(days=7)
    later = [mail for mail in stage.mails(OLIVE) if mail.id > before]
    assert not [mail for mail in later if mail.subject.startswith("Your week") and "Gas taps" in mail.words]


def test_the_brief_does_name_a_mail_that_waits(stage: Stage) -> None:
    asked(stage)
    stage.later(days=7)
    assert [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Your week") and "Gas taps" in mail.words]


@pytest.mark.parametrize(("word", "goes"), [("YES", True), ("NO", False)])
def test_a_member_who_does_not_get_the_list_is_told_of_as_one(stage: Stage, word: str, goes: bool) -> None:
    stage.member(TOM, "Tom Tiny", purposes=("meetings",))
    stage.mail(f"Tom Tiny <{TOM}>", LIST, "Two balances", "Free to whoever collects them.")
    question = next(mail for mail in stage.mails(OLIVE) if "Two balances" in mail.subject)
    assert question.subject == "A member wrote to the list: Two balances"
    assert "A member who does not get this list wrote to the discussion list." in question.words
    for untrue in ("guest", "no member", "nothing else", "SAME AS"):
        assert untrue not in question.words
    assert stage.last(TOM).subject.startswith("Your mail waits for an organiser")
    stage.reply(question, word)
    assert got(stage, JANE, "Two balances") is goes
    heard = stage.last(TOM)
    if goes:
        assert heard.subject == "Sent round: Two balances"
        assert "KEEP DISCUSSION" in heard.words
        assert "digest" not in heard.words
    else:
        assert heard.subject == "Not sent round: Two balances"
    receipt = next(mail for mail in stage.mails(OLIVE) if mail.subject.endswith("e: Two balances"))
    assert "Its writer hears so from us" in receipt.words
    assert waits(stage) == []


def test_a_guests_item_that_is_let_in_gives_the_organiser_a_receipt(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(SAM, f"mendip-agenda@{DOMAIN}", "Gas taps", "Ours leak. Does anyone know a fitter?")
    question = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("A guest has an item"))
    stage.reply(question, "Yes, put it on the agenda")
    assert stage.last(OLIVE).subject == "Done: Gas taps"
    assert "down for the agenda" in stage.last(OLIVE).words
    stage.reply(question, "NO")
    assert waits(stage) == []

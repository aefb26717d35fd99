"""Who gets nothing yet: the words of contract 2 beside the question whether to join, and joining after a HELP."""

from __future__ import annotations

import pytest

from mailer.consent import standing
from mailer.people import addresses
from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, Stage

NEW = "nia@far.school.example"
HELP, JOIN = f"mendip-help@{DOMAIN}", f"mendip-join@{DOMAIN}"


def asked(stage: Stage, invited: bool) -> None:
    if not invited:
        stage.mail(NEW, JOIN, "join", "")
        return
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", f"Nia New, {NEW}, Far School")
    stage.reply(stage.last(OLIVE), "YES")


def active(stage: Stage) -> set[str]:
    with stage.house.store.read() as session:
        nia = addresses.find(session, NEW)
        assert nia is not None
        return {purpose for purpose, now in standing.of(session, stage.network_id, nia.id).items() if now == "active"}


TOLD = {
    "STATUS": "What you get from Mendip Technicians",
    "HELP": "How to use Mendip Technicians by mail",
    "MY YEAR": "Your year in Mendip Technicians",
    "MY DATA": "Please confirm: MY DATA",
    "FORGET ME": "Please confirm: forget me",
    "FOR MY IT": "For your IT: mail from Mendip Technicians",
}
SET = {
    "PLAIN TEXT": "Changed: what you get from Mendip Technicians",
    "WORKING DAYS TUE THU": "Changed: what you get from Mendip Technicians",
    "CYMRAEG": "Wedi newid: beth a gewch gan Mendip Technicians",
    "MY DETAILS": "Your details, Mendip Technicians",
}
ROWS = [(True, *row) for row in (*TOLD.items(), *SET.items())] + [(False, *row) for row in TOLD.items()]


@pytest.mark.parametrize(("invited", "word", "subject"), ROWS, ids=[f"{'invited' if row[0] else 'joining'} {row[1]}" for row in ROWS])
def test_a_word_to_the_question_whether_to_join_is_done_and_the_question_stays_open(
    stage: Stage, invited: bool, word: str, subject: str
) -> None:
    """Contract 2: to any mail. No YES is heard in it (CMD-4, CMD-6), and the answer goes to the address that was asked."""
    asked(stage, invited)
    question = stage.last(NEW)
    stage.reply(question, word)
    assert stage.last(NEW).subject == subject
    assert active(stage) == set()
    stage.reply(question, "YES")
    assert active(stage) == {"meetings", "newsletter"}


@pytest.mark.parametrize("word", ["STATUS", "MY YEAR", "PLAIN TEXT"])
def test_from_another_address_nothing_is_told_or_set(stage: Stage, word: str) -> None:
    """Ruling 1, V8."""
    asked(stage, invited=True)
    had = len(stage.mails(NEW))
    row = stage.outcome(stage.reply(stage.last(NEW), word, sender=JANE))
    assert (row.state, row.reason) == ("refused", "other-address")
    assert NEW not in stage.last(JANE).text
    assert len(stage.mails(NEW)) == had


@pytest.mark.parametrize("word", ["PAUSE UNTIL 1 SEPTEMBER", "DIGEST", "KEEP DISCUSSION", "STOP NEWSLETTER"])
def test_what_may_mean_a_part_of_the_yes_is_asked_back(stage: Stage, word: str) -> None:
    """Contract 2: what is not certain is never guessed; nothing rests, ends or begins for who gets nothing."""
    asked(stage, invited=True)
    row = stage.outcome(stage.reply(stage.last(NEW), word))
    assert (row.state, row.reason) == ("asked", "yes-or-no")
    assert active(stage) == set()


def test_a_stranger_is_sent_one_letter_a_day_and_the_outcome_says_where_none_went(stage: Stage) -> None:
    """Ruling 3: one confirm or help a day; HELP says how to join."""
    stage.mail(NEW, HELP, "", "HELP")
    assert f"To join: write to {JOIN}" in stage.last(NEW).words
    silent = stage.outcome(stage.mail(NEW, JOIN, "", ""))
    assert (silent.outcome, silent.reason) == ("Asked to join; no letter went, as one went lately or none may go now.", "not-asked")
    assert len(stage.mails(NEW)) == 1
    stage.later(days=1)
    row = stage.outcome(stage.mail(NEW, JOIN, "", ""))
    assert row.outcome == "Asked to join; the address itself is told what to do next."
    stage.reply(stage.last(NEW), "YES")
    assert active(stage) == {"meetings", "newsletter"}
    stage.mail(NEW, HELP, "", "HELP")
    assert JOIN not in stage.last(NEW).text


def test_help_says_in_welsh_how_to_join(stage: Stage) -> None:
    asked(stage, invited=True)
    stage.reply(stage.last(NEW), "CYMRAEG")
    stage.mail(NEW, HELP, "", "Cymorth")
    assert f"I ymuno: ysgrifennwch at {JOIN}" in stage.last(NEW).words

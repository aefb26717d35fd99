"""Offered, wanted, jobs, shadowing: said in the writer's own words, and closed by them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.acts import Actor, Strength, issue
from mailer.discussion import offers
from tests.conversations.scenes import OLIVE
from tests.stage import DOMAIN, Got, Stage

EXCHANGE = f"mendip-exchange@{DOMAIN}"
VERA, WILL = "vera@moor.school.example", "will@moor.school.example"

KINDS = [
    ("Offered: two balances", "Both work. To be fetched.", "offered"),
    ("Balances", "We have two balances going spare, both work.", "offered"),
    ("Wanted: a centrifuge", "For a week in March.", "wanted"),
    ("Centrifuge", "Does anyone have a centrifuge that we could use for a week?", "wanted"),
    ("Senior technician at Hill School", "We are recruiting. The closing date is 4 December.", "job"),
    ("A day with you?", "I would love to come job shadowing in a chemistry prep room.", "shadowing"),
]


@pytest.mark.parametrize(("subject", "text", "kind"), KINDS, ids=[row[0] for row in KINDS])
def test_the_words_say_what_it_is(subject: str, text: str, kind: str) -> None:
    assert offers.kind_of(subject, text) == kind


CLOSING = [
    ("taken", True),
    ("Gone now", True),
    ("Now gone, thanks all.", True),
    ("found one, thanks", True),
    ("These have been taken, thank you everybody", True),
    ("No longer needed.", True),
    ("Post filled, thanks", True),
    ("Wedi mynd, diolch", True),
    ("Have they gone?", False),
    ("Still available, not taken yet", False),
    ("One has gone and the other still needs a home", False),
    ("It hasn't been collected", False),
    ("Thanks, I can bring them on Monday", False),
]


@pytest.mark.parametrize(("text", "closes"), CLOSING, ids=[row[0] for row in CLOSING])
def test_what_closes_it(text: str, closes: bool) -> None:
    assert offers.closes(text) == closes


@pytest.fixture
def two(stage: Stage) -> Stage:
    for address, name in ((VERA, "Vera Moor"), (WILL, "Will Moor")):
        stage.member(address, name, purposes=("meetings", "newsletter", "exchange"))
    return stage


def offers_of(stage: Stage, who: str) -> list[Got]:
    return [mail for mail in stage.mails(who) if " via " in str(mail.message["From"])]


@pytest.mark.parametrize("words", ["Gone now, thanks all.", "taken", "FOUND"])
def test_its_writer_closes_it_without_a_mail_to_everyone(two: Stage, words: str) -> None:
    two.mail(VERA, EXCHANGE, "Two balances", "We have two balances going spare. Both work. To be fetched from Moor School.")
    got = offers_of(two, WILL)[0]
    assert got.subject == "Offered: [mendip] Two balances" or "Two balances" in got.subject
    assert "offers something" in got.words
    two.reply(got, "Yes please, could you keep them for me until Friday?")
    assert len(offers_of(two, VERA)) == 2
    two.reply(offers_of(two, VERA)[-1], words)
    assert two.last(VERA).subject == "Closed: Two balances"
    assert len(offers_of(two, WILL)) == 2
    two.reply(offers_of(two, VERA)[0], words)
    assert "Closed" in two.last(VERA).words


def test_another_persons_gone_is_a_reply_to_all(two: Stage) -> None:
    two.mail(VERA, EXCHANGE, "Two balances", "We have two balances going spare. Both work. To be fetched from Moor School.")
    two.reply(offers_of(two, WILL)[0], "Taken, if I may: I can fetch them on Friday.")
    assert len(offers_of(two, VERA)) == 2


def test_the_newsletter_says_what_is_open_and_what_has_gone(two: Stage) -> None:
    with two.house.store.write() as session:
        actor = Actor(two.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2026, 12, 14, 9, 0, tzinfo=UTC), now=two.now)
    two.mail(VERA, EXCHANGE, "Two balances", "We have two balances going spare. Both work. To be fetched from Moor School.")
    two.mail(WILL, EXCHANGE, "Wanted: a centrifuge", "For a week in March, for the biology practicals of the upper sixth.")
    two.mail(VERA, EXCHANGE, "Old microscopes", "Ten of them are free to a good home, all with cases. Please fetch.")
    two.reply(offers_of(two, VERA)[0], "Gone now, thanks all.")
    two.reply(offers_of(two, VERA)[-1], "WITHDRAW")
    two.mail(VERA, f"mendip-news@{DOMAIN}", "A visit", "I went to see their prep room. They have shelves for everything.")
    two.at(datetime(2026, 12, 4, 9, 1, tzinfo=UTC))
    two.settle()
    proof = two.proof(OLIVE).words
    assert "Wanted: a centrifuge" in proof
    assert "Gone or found since the last newsletter: Two balances." in proof
    assert "microscopes" not in proof

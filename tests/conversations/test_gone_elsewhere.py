"""Who has died, or has left a job, may be in several networks: nobody acts for another network, nobody learns of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.store.tables import memberships
from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, Stage, staged

OPERATOR = "it@uni.example"
ANN, BOB = "ann@avon.school.example", "bob@avon.school.example"
HOME = "jane@home.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Jane is in a second network, under another address of hers; Ann and Bob run that one."""
    for stage in staged(tmp_path, operator=OPERATOR):
        first = stage.network_id
        stage.network("avon")
        stage.organiser(ANN, "Ann Avon")
        stage.organiser(BOB, "Bob Avon")
        second = stage.member(HOME, "Jane Doe")
        with stage.house.store.write() as session:
            from mailer.people import addresses

            known = addresses.find(session, JANE)
            assert known is not None
            assert known.person_id is not None
            addresses.give(session, second, known.person_id)
            session.execute(memberships.update().where(memberships.c.address_id == second).values(person_id=known.person_id))
        stage.network_id, stage.slug = first, "mendip"
        stage.settle()
        yield stage


def ended(stage: Stage, address: str) -> bool:
    from mailer.people import addresses

    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        assert known is not None
        found = select(memberships.c.ended_at).where(memberships.c.address_id == known.id)
        return session.execute(found).scalar_one() is not None


def say(stage: Stage, words: str) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", words, "")
    stage.reply(stage.last(OLIVE), "YES")


def test_after_a_death_the_others_are_asked_with_care_and_decide_for_themselves(stage: Stage) -> None:
    say(stage, "Jane Doe has died")
    assert ended(stage, JANE)
    assert not ended(stage, HOME)
    for organiser in (ANN, BOB):
        question = stage.last(organiser)
        assert question.subject == "Jane Doe: sad news, and a question"
        assert "Nothing was changed in Avon Technicians" in question.words
        for secret in ("Mendip", "mendip", "Olive", JANE, "Hill School"):
            assert secret not in question.text, secret
    told = stage.last(OPERATOR)
    assert "Avon Technicians" in told.words
    assert "Mendip Technicians has told us of the death of Jane Doe" in told.words
    assert "Avon" not in stage.last(OLIVE).text
    stage.reply(stage.last(ANN), "YES")
    assert ended(stage, HOME)
    assert stage.mails(HOME) == []
    assert "In memory of Jane Doe" in stage.last(BOB).subject
    stage.reply(next(mail for mail in stage.mails(BOB) if "a question" in mail.subject), "YES")
    assert ended(stage, HOME)


def test_until_one_of_them_has_answered_nothing_new_goes_there(stage: Stage) -> None:
    """Only in that network; the first NO lets it go."""
    say(stage, "Jane Doe has died")
    question = stage.last(ANN)
    stage.mail(BOB, f"avon@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    assert "agar plates" in stage.last(ANN).words
    assert stage.mails(HOME) == []
    stage.reply(question, "NO")
    assert "agar plates" in stage.last(HOME).words


def test_a_mistake_is_taken_back_there_too(stage: Stage) -> None:
    say(stage, "Jane Doe has died")
    question = stage.last(ANN)
    stage.reply(stage.last(OLIVE), "UNDO")
    assert stage.last(ANN).subject == "Jane Doe: what we wrote was a mistake"
    assert "there is nothing for you to do" in stage.last(ANN).words
    stage.reply(question, "YES")
    assert not ended(stage, HOME)
    assert not ended(stage, JANE)


def test_of_a_job_that_was_left_only_the_operator_hears(stage: Stage) -> None:
    say(stage, "Jane Doe has left")
    assert ended(stage, JANE)
    assert not ended(stage, HOME)
    assert stage.mails(ANN) == []
    assert "Their organisers were not told" in stage.last(OPERATOR).words


def test_who_is_in_one_network_only_is_no_news_for_the_operator(stage: Stage) -> None:
    say(stage, "Dawn Day has died")
    assert stage.mails(OPERATOR) == []
    assert stage.mails(ANN) == []

"""What members write about their agenda items, and about other people's."""

from __future__ import annotations

import pytest

from mailer.meetings import agenda, meetings
from mailer.meetings.agenda import Item
from tests.conversations.scenes import JANE, OLIVE, STARTS
from tests.stage import DOMAIN, Got, Stage

AGENDA = f"mendip-agenda@{DOMAIN}"


def sent_in(stage: Stage) -> Got:
    """Jane's item and the receipt she got."""
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, AGENDA, "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    return stage.last(JANE)


def stands(stage: Stage, number: int = 1) -> Item:
    with stage.house.store.read() as session:
        meeting = meetings.upcoming(session, stage.network_id, stage.now)
        assert meeting is not None
        return agenda.numbered(session, meeting.id, number)


@pytest.mark.parametrize(
    ("words", "title", "minutes"),
    [
        ("15 minutes and title: Scales", "Scales", 15),
        ("make it 20 mins please, and call it Balances\n\nJane Doe\nHill School", "Balances", 20),
        ("Hi Olive, could you make it half an hour? Thanks", "Balances that drift", 30),
    ],
)
def test_several_corrections_in_one_line(stage: Stage, words: str, title: str, minutes: int) -> None:
    stage.reply(sent_in(stage), words)
    item = stands(stage)
    assert (item.title, item.minutes) == (title, minutes)
    assert item.text == "Ten minutes, please. Ours drift in the cold."


def test_what_is_plainly_meant_for_the_item_is_added(stage: Stage) -> None:
    stage.reply(sent_in(stage), "15 minutes please.\nPlease add: ours are ten years old")
    item = stands(stage)
    assert item.minutes == 15
    assert item.text.endswith("\n\nours are ten years old")


def test_what_is_left_over_is_asked_about_and_added_by_a_word(stage: Stage) -> None:
    stage.reply(sent_in(stage), "15 minutes please. The ones in lab 3 are worst")
    told = stage.last(JANE)
    assert "This part we did not take up:" in told.words
    assert stands(stage).text == "Ten minutes, please. Ours drift in the cold."
    stage.reply(told, "ADD")
    assert stands(stage).text.endswith("\n\nThe ones in lab 3 are worst")


def test_words_that_name_nothing_are_asked_about(stage: Stage) -> None:
    asked = stage.reply(sent_in(stage), "The ones in lab 3 are the worst of all.")
    assert stage.outcome(asked).state == "asked"
    assert "What should we change in item 1" in stage.last(JANE).subject
    assert stands(stage).text == "Ten minutes, please. Ours drift in the cold."
    stage.reply(stage.last(JANE), "Yes, add it please")
    assert stands(stage).text.endswith("The ones in lab 3 are the worst of all.")


def test_a_question_goes_to_the_organisers(stage: Stage) -> None:
    stage.reply(sent_in(stage), "20 minutes. Is there a projector?")
    assert stands(stage).minutes == 20
    assert "Is there a projector?" in stage.last(OLIVE).words
    assert "the organisers have it" in stage.last(JANE).words

"""What people answer to invitations, and think better of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailer.meetings import attendance, responses
from tests.conversations.scenes import DAWN, JANE, STARTS, answers, invited
from tests.stage import DOMAIN, Stage


def counts(stage: Stage, meeting_id: int) -> dict[str, int]:
    with stage.house.store.read() as session:
        return responses.summary(session, meeting_id)


def sheet(stage: Stage, meeting_id: int) -> list[str]:
    with stage.house.store.read() as session:
        return [who["name"] for who in attendance.names_for_host(session, meeting_id)]


def shown(stage: Stage, meeting_id: int, address: str) -> dict[str, Any]:
    with stage.house.store.read() as session:
        return next(row for row in responses.listing(session, meeting_id) if row["address"] == address)


@pytest.mark.parametrize("word", ["STOP", "STOP MEETINGS", "leave"], ids=str)
def test_who_said_yes_and_leaves_is_not_counted_on(stage: Stage, word: str) -> None:
    meeting_id = invited(stage)
    invitation = stage.last(JANE)
    stage.reply(invitation, "Yes, bringing Karen")
    stage.later(minutes=1)
    assert (counts(stage, meeting_id)["coming"], sheet(stage, meeting_id)) == (2, ["Jane Doe"])
    if word == "leave":
        stage.mail(JANE, f"mendip-leave@{DOMAIN}")
    else:
        stage.reply(invitation, word)
    found = counts(stage, meeting_id)
    assert (found["coming"], found["yes"], found["left"], sheet(stage, meeting_id)) == (0, 0, 1, [])
    kept = shown(stage, meeting_id, JANE)
    assert (kept["answer"], kept["guests"], kept["left"]) == ("yes", 1, True)  # what was said stays said


def test_undo_of_stop_brings_the_answer_back(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "Yes")
    stage.reply(stage.last(JANE), "STOP")
    stage.reply(stage.last(JANE), "UNDO")
    assert (counts(stage, meeting_id)["yes"], shown(stage, meeting_id, JANE)["left"]) == (1, False)


def test_the_end_of_a_meeting_presumes_nobody_who_had_left(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "Yes")
    stage.reply(stage.last(DAWN), "Yes")
    stage.reply(stage.last(JANE), "STOP MEETINGS")
    stage.at(STARTS + timedelta(hours=3))
    stage.settle()
    with stage.house.store.read() as session:
        assert len(session.execute(attendance.attended(meeting_id)).all()) == 1


def test_stopping_the_newsletter_says_nothing_about_the_meeting(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "Yes")
    stage.reply(stage.last(JANE), "STOP NEWSLETTER")
    assert counts(stage, meeting_id)["yes"] == 1


def test_an_answer_to_last_terms_invitation_is_not_one_to_the_next(stage: Stage) -> None:
    invited(stage)
    invitation = stage.last(JANE)
    stage.at(STARTS + timedelta(days=20))
    stage.settle()
    following = stage.meeting(datetime(2027, 5, 12, 14, 0, tzinfo=UTC), venue="Mill Academy")
    row = stage.outcome(stage.reply(invitation, "Yes, see you there"))
    assert (row.state, row.reason) == ("refused", "meeting-over")
    told = stage.last(JANE).words
    assert "The meeting of Wed 20 Jan 2027 is over." in told
    assert "The next one is on Wed 12 May 2027; it has an invitation of its own." in told
    assert JANE not in {one for one, said in answers(stage, following).items() if said != "none"}


def test_yes_then_no_then_yes(stage: Stage) -> None:
    meeting_id = invited(stage)
    invitation = stage.last(JANE)
    for text, subject in (("Yes", "You are coming"), ("No, teaching", "You are not coming"), ("Yes after all", "You are coming")):
        stage.reply(invitation, text)
        assert stage.last(JANE).subject.startswith(subject)
    stage.reply(invitation, "Yes, bringing Karen and Bob")
    assert counts(stage, meeting_id)["coming"] == 3
    stage.reply(invitation, "Yes, just me")
    assert counts(stage, meeting_id)["coming"] == 1
    stage.reply(invitation, "STATUS")
    assert "You said: yes" in stage.last(JANE).words

"""Minutes, action points and feedback, by reply."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from mailer.acts import Actor, Strength, action, feedback, minutes, undo
from mailer.errors import Refused
from mailer.meetings import actions, attendance, evidence, meetings, responses
from mailer.meetings import feedback as feedbacks
from mailer.meetings import minutes as kept
from mailer.meetings.minutes import ActionLine
from mailer.store.tables import memberships
from tests.acts.conftest import NOW, Place
from tests.acts.rendering import read

AFTER = NOW + timedelta(hours=5)
TEXT = """Present: Dawn Price, Huw, Sam Nobody
We talked about fume cupboards.
ACTION: Dawn - ask Mill Academy for the balances
ACTION: Sam to find a speaker
"""


@pytest.fixture
def meeting(place: Place) -> meetings.Meeting:
    starts = NOW + timedelta(hours=1)
    return meetings.add(place.session, place.network.id, starts_at=starts, ends_at=starts + timedelta(hours=2), now=NOW)


@pytest.fixture
def chair(place: Place) -> Actor:
    return place.actor(place.member("chair@school.example", "Ann Lee", roles=("organiser",)), Strength.CONFIRM)


@pytest.fixture
def dawn(place: Place) -> Actor:
    return place.actor(place.member("dawn@school.example", "Dawn Price"))


def test_minutes_put_down_actions_and_attendance(
    place: Place, meeting: meetings.Meeting, chair: Actor, dawn: Actor
) -> None:
    """N9; an action without a day is due at the next meeting."""
    huw = place.member("huw@school.example", "Huw Rees")
    starts = datetime(2027, 3, 4, 23, 30, tzinfo=UTC)
    meetings.add(place.session, place.network.id, starts_at=starts, ends_at=starts + timedelta(hours=1), now=NOW)
    receipt = minutes.minutes(place.session, chair, text=TEXT, now=AFTER)
    text = read(receipt, place.network)
    assert "ask Mill Academy for the balances" in text
    assert "Sam Nobody" in text
    assert [(one["owner"], one["due"]) for one in receipt.fields["actions"]] == [
        ("Dawn", "2027-03-04"),
        ("Sam", "2027-03-04"),
    ]
    there = set(place.session.execute(attendance.attended(meeting.id)).scalars())
    assert there == {dawn.address_id, huw}
    again = minutes.minutes(place.session, chair, text=TEXT + "And tea.", now=AFTER)
    assert len(again.fields["actions"]) == 2
    latest = kept.latest(place.session, meeting.id)
    assert latest is not None
    assert latest.text.endswith("And tea.")
    undo.redeem(place.session, chair, again.fields["undo"], now=AFTER)
    undo.redeem(place.session, chair, receipt.fields["undo"], now=AFTER)
    assert actions.open(place.session, place.network.id) == []


def test_minutes_without_a_list_presume_who_said_yes(
    place: Place, meeting: meetings.Meeting, chair: Actor, dawn: Actor
) -> None:
    assert dawn.address_id is not None
    responses.record(place.session, meeting, dawn.address_id, answer="yes", channel="mail", now=NOW)
    minutes.minutes(
        place.session, chair, text="Tea.", action_lines=[ActionLine("Dawn", "Buy tea", date(2027, 1, 8))], now=AFTER
    )
    assert place.session.execute(attendance.attended(meeting.id)).scalars().all() == [dawn.address_id]
    assert actions.open(place.session, place.network.id)[0].due_on == date(2027, 1, 8)


def test_minutes_need_an_organiser_and_a_meeting(place: Place, chair: Actor, dawn: Actor) -> None:
    with pytest.raises(Refused, match="Only organisers"):
        minutes.minutes(place.session, dawn, text=TEXT, now=AFTER)
    with pytest.raises(Refused, match="No meeting has begun"):
        minutes.minutes(place.session, chair, text=TEXT, now=AFTER)


def test_minutes_of_a_meeting_to_come_are_asked_back(place: Place, meeting: meetings.Meeting, chair: Actor) -> None:
    with pytest.raises(Refused, match="still to come"):
        minutes.minutes(place.session, chair, text=TEXT, meeting_id=meeting.id, now=NOW)


@pytest.fixture
def balances(place: Place, dawn: Actor) -> actions.Action:
    return actions.add(
        place.session,
        place.network.id,
        owner="Dawn Price",
        text="Ask for the balances",
        due_on=date(2027, 1, 8),
        now=NOW,
    )


def test_done(place: Place, dawn: Actor, balances: actions.Action) -> None:
    """DONE with what came of it; a repeat says what was done; UNDO opens it again and takes the evidence back."""
    receipt = action.done(place.session, dawn, balances.id, outcome="They lend us two", now=AFTER)
    assert "They lend us two" in read(receipt, place.network)

    def counted() -> int:
        return evidence.counts(place.session, place.network.id, NOW, AFTER + timedelta(1))["action-done"]

    assert counted() == 1
    again = action.done(place.session, dawn, balances.id, now=AFTER)
    assert again.template == "done-already"
    read(again, place.network)
    undo.redeem(place.session, dawn, receipt.fields["undo"], now=AFTER)
    assert actions.get(place.session, balances.id).state == "open"
    assert counted() == 0


def test_more_time(place: Place, dawn: Actor, balances: actions.Action) -> None:
    receipt = action.more_time(place.session, dawn, balances.id, until=date(2027, 2, 1), now=AFTER)
    assert "Monday 1 February 2027" in read(receipt, place.network)
    undo.redeem(place.session, dawn, receipt.fields["undo"], now=AFTER)
    assert actions.get(place.session, balances.id).due_on == date(2027, 1, 8)
    with pytest.raises(Refused, match="not a day to come"):
        action.more_time(place.session, dawn, balances.id, until=date(2026, 2, 1), now=AFTER)


def test_give_to(place: Place, dawn: Actor, balances: actions.Action) -> None:
    """GIVE TO name: exactly one member, or it is asked back."""
    huw = place.member("huw@school.example", "Huw Rees")
    receipt = action.give_to(place.session, dawn, balances.id, name="huw", now=AFTER)
    assert receipt.fields["action"]["owner"] == "Huw Rees"
    assert actions.owner_address(place.session, actions.get(place.session, balances.id)) == huw
    with pytest.raises(Refused, match="somebody else"):
        action.done(place.session, dawn, balances.id, now=AFTER)
    with pytest.raises(Refused, match="could not tell"):
        action.give_to(place.session, place.actor(huw), balances.id, name="Sam", now=AFTER)
    assert place.session.execute(select(memberships.c.id)).all()


def test_a_note_on_an_action(place: Place, dawn: Actor, balances: actions.Action) -> None:
    action.note(place.session, dawn, balances.id, text="rang twice", now=AFTER)
    receipt = action.note(place.session, dawn, balances.id, text="they ring back", now=AFTER)
    assert receipt.fields["action"]["outcome"] == "rang twice; they ring back"
    assert receipt.fields["action"]["state"] == "open"
    told = read(receipt, place.network)
    assert "Noted" in told
    assert [word for word in ("DONE", "MORE TIME UNTIL", "GIVE TO") if word in told] == ["DONE", "MORE TIME UNTIL", "GIVE TO"]


def test_feedback_in_place_of_the_one_before(place: Place, meeting: meetings.Meeting, dawn: Actor) -> None:
    """N13: one a person, collated without names."""
    first = feedback.feedback(place.session, dawn, meeting.id, score=4, text="more time", now=AFTER)
    assert "4" in read(first, place.network)
    second = feedback.feedback(place.session, dawn, meeting.id, score=5, text="", now=AFTER)
    found = feedbacks.summary(place.session, meeting.id)
    assert (found["count"], found["average"], found["scores"]["5"], found["texts"]) == (1, 5.0, 1, [])
    undo.redeem(place.session, dawn, second.fields["undo"], now=AFTER)
    assert feedbacks.summary(place.session, meeting.id)["texts"] == ["more time"]
    undo.redeem(place.session, dawn, first.fields["undo"], now=AFTER)
    assert feedbacks.summary(place.session, meeting.id)["count"] == 0


@pytest.mark.parametrize(
    ("score", "text", "at", "slug"),
    [
        (None, " ", AFTER, "feedback-empty"),
        (6, "", AFTER, "score-off-the-scale"),
        (0, "good", AFTER, "score-off-the-scale"),
        (4, "", NOW, "meeting-to-come"),
    ],
)
def test_feedback_that_is_asked_back(
    place: Place, meeting: meetings.Meeting, dawn: Actor, score: int | None, text: str, at: datetime, slug: str
) -> None:
    with pytest.raises(Refused) as refused:
        feedback.feedback(place.session, dawn, meeting.id, score=score, text=text, now=at)
    assert refused.value.slug == slug


def test_everyone_came_means_those_who_had_said_yes(
    place: Place, meeting: meetings.Meeting, chair: Actor, dawn: Actor
) -> None:
    """The receipt says which meeting, whose an action is, and what could not be told."""
    assert dawn.address_id is not None
    responses.record(place.session, meeting, dawn.address_id, answer="yes", channel="mail", now=NOW)
    receipt = minutes.minutes(place.session, chair, text="Present: all.\nACTION: Zed to find a speaker", now=AFTER)
    assert set(place.session.execute(attendance.attended(meeting.id)).scalars()) == {dawn.address_id}
    assert receipt.fields["unknown"] == []
    text = read(receipt, place.network)
    assert "Thank you for the notes of Meeting, Friday 20 November" in text
    assert "those who had said yes are down as there" in text
    assert "Nobody is reminded of action 1" in text

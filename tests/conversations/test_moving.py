"""An organiser moves or calls off a meeting in their own words: done after a YES, or asked back with lines that work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from mailer.acts import Actor, Strength, meet
from mailer.meetings import meetings
from mailer.meetings.meetings import Meeting
from mailer.web import application
from tests.conversations.scenes import OLIVE, STARTS
from tests.stage import DOMAIN, Got, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"
SPRING = datetime(2027, 4, 15, 15, 0, tzinfo=UTC)  # 16:00 in London

# subject, text -> starts and ends as they will be (UTC), place; the meeting of 20 January 14:00 to 16:00 is meant
FORMS = [
    ("Move", "Date: 3 February", "2027-02-03 14:00", "2027-02-03 16:00", "Hill School"),
    ("Move the meeting to Wednesday 3 February, same time", "", "2027-02-03 14:00", "2027-02-03 16:00", "Hill School"),
    ("Meeting postponed to 3/2", "Hi,\nsnow is forecast.\nThanks\nOlive", "2027-02-03 14:00", "2027-02-03 16:00", "Hill School"),
    ("Move", "Meeting: 20 January\nDate: 3 February", "2027-02-03 14:00", "2027-02-03 16:00", "Hill School"),
    ("January meeting", "Hi,\nplease move it to 3 February at 3pm.", "2027-02-03 15:00", "2027-02-03 17:00", "Hill School"),
    ("Change", "Time: 15:30", "2027-01-20 15:30", "2027-01-20 17:30", "Hill School"),
    ("new room: B12", "", "2027-01-20 14:00", "2027-01-20 16:00", "B12"),
    ("Change of venue", "The meeting is now at Mill Academy", "2027-01-20 14:00", "2027-01-20 16:00", "Mill Academy"),
    ("Move the meeting back a week", "", "2027-01-27 14:00", "2027-01-27 16:00", "Hill School"),
    ("Move the January meeting to 17 June", "", "2027-06-17 13:00", "2027-06-17 15:00", "Hill School"),
    ("hello", "A week later, please", "2027-01-27 14:00", "2027-01-27 16:00", "Hill School"),
    ("Meeting", "Two days earlier\nOlive", "2027-01-18 14:00", "2027-01-18 16:00", "Hill School"),
    ("", "Hi all,\ncan we make it an hour later?", "2027-01-20 15:00", "2027-01-20 17:00", "Hill School"),
    ("hello", "Move the meeting to 3 February, I put it in the newsletter", "2027-02-03 14:00", "2027-02-03 16:00", "Hill School"),
]  # fmt: skip


def two(stage: Stage) -> int:
    first = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.meeting(SPRING, venue="Brook School", title="Spring meeting")
    return first


def question(stage: Stage) -> Got:
    return next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Please confirm"))


def unclear(stage: Stage) -> Got:
    return next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Nothing changed yet"))


def standing(stage: Stage, meeting_id: int) -> Meeting:
    with stage.house.store.read() as session:
        return meetings.get(session, meeting_id)


@pytest.mark.parametrize(("subject", "text", "starts", "ends", "venue"), FORMS, ids=[f"{row[0]} {row[1]}" for row in FORMS])
def test_a_meeting_moves(stage: Stage, subject: str, text: str, starts: str, ends: str, venue: str) -> None:
    meeting_id = two(stage)
    stage.mail(OLIVE, ORGANISE, subject, text)
    assert question(stage).subject == "Please confirm: Change the meeting of Wed 20 Jan 2027"
    stage.reply(question(stage), "YES")
    meeting = standing(stage, meeting_id)
    assert (f"{meeting.starts_at:%Y-%m-%d %H:%M}", f"{meeting.ends_at:%Y-%m-%d %H:%M}") == (starts, ends)
    assert meeting.venue == venue


ASKED = [
    ("Move the meeting to 20 May", "", "Which meeting do you mean?", "Meeting: April", "Thu 15 Apr 2027"),
    ("Move", "We have to postpone, new date to follow.", "What is to change?", "Date: 3 February", "Wed 20 Jan 2027"),
    ("Move", "to 3 February or 10 February", "More than one new date", "Date: 10 February", "Wed 20 Jan 2027"),
    ("Move the March meeting to 12 March", "", "Which meeting do you mean?", "15 April", "Thu 15 Apr 2027"),
    ("Move", "New time: 3 to 5", "no am or pm", "3pm to 5pm", "Wed 20 Jan 2027"),
    ("Move", "Date: 20 January 2027\nVenue: Hill School", "how the meeting stands already", "Date: 21 January", "Wed 20 Jan 2027"),
    ("Move", "Date: 10 February 3027", "The day could be another", "Date: 10 February 2027", "Wed 20 Jan 2027"),
    ("Move", "Date: 3 February 1927", "The day could be another", "Date: 3 February", "Wed 20 Jan 2027"),
]


@pytest.mark.parametrize(("subject", "text", "asked", "answer", "meant"), ASKED, ids=[f"{row[0]} {row[1]}" for row in ASKED])
def test_what_is_not_certain_is_asked_and_the_answer_completes_it(
    stage: Stage, subject: str, text: str, asked: str, answer: str, meant: str
) -> None:
    two(stage)
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, subject, text))
    assert (row.state, row.reason) == ("asked", "move-unclear")
    told = unclear(stage)
    assert asked in told.words
    assert "Thu 15 Apr 2027, Spring meeting" in told.words
    stage.reply(told, answer)
    assert question(stage).subject == f"Please confirm: Change the meeting of {meant}"


@pytest.mark.parametrize(
    ("subject", "text", "meant", "why"),
    [
        ("Cancel the April meeting - snow", "", "Thu 15 Apr 2027", "Why: snow"),
        ("Meeting cancelled", "Hi,\nThe hall is being painted.\nThanks\nOlive", "Wed 20 Jan 2027", "Why: The hall is being painted."),
        ("Cancelled: meeting on 15 April", "", "Thu 15 Apr 2027", ""),
        ("Next meeting", "Please call off the meeting on 20 January.", "Wed 20 Jan 2027", ""),
    ],
)  # fmt: skip
def test_a_meeting_is_called_off_by_name(stage: Stage, subject: str, text: str, meant: str, why: str) -> None:
    two(stage)
    stage.mail(OLIVE, ORGANISE, subject, text)
    assert question(stage).subject == f"Please confirm: Call off the meeting of {meant}"
    assert why in question(stage).words


def test_which_meeting_is_called_off_is_never_guessed(stage: Stage) -> None:
    two(stage)
    stage.mail(OLIVE, ORGANISE, "Cancel the December meeting - snow", "")
    asked = unclear(stage)
    assert "Which meeting do you mean?" in asked.words
    stage.reply(asked, "20 January")
    assert question(stage).subject == "Please confirm: Call off the meeting of Wed 20 Jan 2027"
    assert "Why: snow" in question(stage).words


def test_a_meeting_to_be_made_may_say_how_much_later_it_is(stage: Stage) -> None:
    two(stage)
    stage.mail(OLIVE, ORGANISE, "Meeting", "Two weeks later we meet again.\nDate: 3 February\nTime: 14:00 to 16:00\nPlace: Mill Academy")
    assert question(stage).subject == "Please confirm: Make a meeting"


def test_what_is_unusual_is_shown_before_the_yes(stage: Stage) -> None:
    two(stage)
    stage.mail(OLIVE, ORGANISE, "Move", "Date: 6 February")
    assert "Please note: 6 February 2027 is a Saturday." in question(stage).words
    stage.mail(OLIVE, ORGANISE, "Meeting", "Date: 26 March 2027\nTime: 08:00 to 22:00\nPlace: Mill Academy")
    assert "26 March 2027 is a bank holiday." in question(stage).words
    assert "It lasts 14 hours, from 08:00 to 22:00." in question(stage).words
    stage.mail(OLIVE, ORGANISE, "Meeting", "Date: 20/1\nTime: 15:00 to 17:00\nPlace: Mill Academy")
    assert "There is another meeting at that time: Wed 20 Jan 2027, 14:00." in question(stage).words
    stage.reply(question(stage), "YES")
    plan = next(mail for mail in reversed(stage.mails(OLIVE)) if "what will go out" in mail.subject)
    assert "There is another meeting at that time" in plan.words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Date: 20 January 2026\nTime: 2pm to 4pm", "20 January 2026 is in the past."),
        ("Date: 10 June 2027\nTime: 4pm to 2pm", "It would end at 14:00, before it starts at 16:00."),
    ],
)
def test_a_meeting_that_cannot_be_is_asked_about(stage: Stage, text: str, said: str) -> None:
    stage.mail(OLIVE, ORGANISE, "Meeting", text)
    assert any(said in mail.words for mail in stage.mails(OLIVE))


def test_without_a_meeting_to_come_nothing_can_move(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Postponed to 3/12", "")
    assert "There is no meeting to come" in unclear(stage).words


@pytest.mark.parametrize("by", ["mail", "page"])
@pytest.mark.parametrize("asked", ["Cancel the meeting", "Move the meeting to 3 February"])
def test_a_yes_that_somebody_else_was_quicker_than_is_answered(stage: Stage, asked: str, by: str) -> None:
    """Two organisers call it off, or one does while another moves it: the second YES is told how the meeting stands."""
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.mail(OLIVE, ORGANISE, asked, "")
    last = question(stage)
    actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        meet.cancel(session, actor, meeting_id, now=stage.now)
    if by == "mail":
        row = stage.reply(last, "YES")
        assert (stage.outcome(row).state, stage.outcome(row).outcome) == ("refused", "Meeting 1 is cancelled.")
        assert "Meeting 1 is cancelled." in stage.last(OLIVE).text
        return
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080") as web:
        answered = web.post(f"/c/{last.link('c')}", data={"confirm": "yes"})
    assert answered.status_code == 409
    assert "Meeting 1 is cancelled." in answered.text

"""Who leaves keeps no dates of ours in their calendar: the farewell cancels what was sent, UNDO puts it back (CAL-3)."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

from mailer.acts import leave_by_tag
from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS, invited
from tests.conversations.test_undo_of_stop import waiting_behind_a_brake
from tests.stage import DOMAIN, Got, Stage


def parts(mail: Got) -> list[icalendar.Calendar]:
    """The calendar objects of a mail, read by an independent library."""
    found = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    made = []
    for part in found:
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert content.replace(b"\r\n", b"").count(b"\n") == 0
        made.append(icalendar.Calendar.from_ical(content))
    return made


def event(mail: Got) -> icalendar.Event:
    [calendar] = parts(mail)
    [found] = calendar.walk("VEVENT")
    return found


WORDS = [
    ("stop", "STOP"),
    ("of meetings only", "STOP MEETINGS"),
    ("keeping the rest", "ONLY NEWSLETTER"),
]


@pytest.mark.parametrize("word", [row[1] for row in WORDS], ids=[row[0] for row in WORDS])
def test_the_farewell_cancels_what_was_sent(stage: Stage, word: str) -> None:
    invited(stage)
    letter = stage.last(JANE)
    stage.reply(letter, "YES")
    stage.reply(letter, word)
    farewell, asked = stage.last(JANE), event(letter)
    cancel = event(farewell)
    assert str(parts(farewell)[0]["METHOD"]) == "CANCEL"
    assert str(cancel["STATUS"]) == "CANCELLED"
    assert (cancel["UID"], cancel["ORGANIZER"]) == (asked["UID"], asked["ORGANIZER"])
    assert int(cancel["SEQUENCE"]) > int(asked["SEQUENCE"])
    assert str(cancel["ATTENDEE"]).endswith(JANE)
    assert cancel.decoded("DTSTART") == STARTS
    assert "Taken out of your calendar" in farewell.words
    assert "20 January" in farewell.words
    assert len([mail for mail in stage.mails(JANE) if parts(mail)]) == 2  # one letter


def test_one_click_on_an_invitation_cancels_too(stage: Stage) -> None:
    invited(stage)
    letter = stage.last(JANE)
    tag = stage.house.keys.read(letter.link("u"), {"u"})
    assert tag is not None
    with stage.house.store.write() as session:
        leave_by_tag.by_standing(session, tag.row_id, channel="web", now=stage.now)
    stage.settle()
    assert event(stage.last(JANE))["UID"] == event(letter)["UID"]


def test_undo_puts_it_back_with_a_newer_request(stage: Stage) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "STOP")
    cancel = event(stage.last(JANE))
    stage.reply(stage.last(JANE), "UNDO")
    again = stage.last(JANE)
    assert str(parts(again)[0]["METHOD"]) == "REQUEST"
    assert event(again)["UID"] == cancel["UID"]
    assert int(event(again)["SEQUENCE"]) > int(cancel["SEQUENCE"])
    assert "Back in your calendar" in again.words


NONE = ["declined", "never sent", "newsletter only", "over", "complained"]


@pytest.mark.parametrize("why", NONE)
def test_nothing_is_cancelled_that_stands_nowhere(stage: Stage, why: str) -> None:
    if why == "never sent":
        waiting_behind_a_brake(stage)  # written down, and not gone
        stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STOP")
        assert not parts(stage.last(DAWN))
        return
    invited(stage)
    letter = stage.last(JANE)
    count = len(stage.mails(JANE))
    if why == "declined":
        stage.reply(letter, "NO")
    if why == "over":
        stage.at(STARTS + timedelta(days=1))
    if why == "complained":
        tag = stage.house.keys.read(letter.link("u"), {"u"})
        assert tag is not None
        with stage.house.store.write() as session:
            leave_by_tag.complaint(session, tag.row_id, now=stage.now)
        stage.settle()
        assert len(stage.mails(JANE)) == count  # no word to who called it spam
        return
    stage.reply(letter, "STOP NEWSLETTER" if why == "newsletter only" else "STOP")
    assert "no longer get" in stage.last(JANE).words or "no more mail" in stage.last(JANE).words
    assert not parts(stage.last(JANE))


def test_two_meetings_are_cancelled_in_one_letter(stage: Stage) -> None:
    for days, school in ((0, "Hill School"), (7, "Mill Academy")):
        stage.meeting(STARTS + timedelta(days=days), venue=school, host=school)
    stage.settle()
    while len([mail for mail in stage.mails(JANE) if parts(mail)]) < 2:
        for mail in stage.mails(OLIVE):
            if mail.subject.startswith("Proof"):
                stage.reply(mail, "SEND")
        stage.later(days=1)
        assert stage.now < STARTS
    sent = [event(mail)["UID"] for mail in stage.mails(JANE) if parts(mail)]
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STOP")
    farewell = parts(stage.last(JANE))
    assert [str(one["METHOD"]) for one in farewell] == ["CANCEL", "CANCEL"]
    cancelled = [one.walk("VEVENT")[0] for one in farewell]
    assert [one["UID"] for one in cancelled] == sent
    assert len({str(one["ORGANIZER"]) for one in cancelled}) == 1
    assert all(int(one["SEQUENCE"]) == 1 and str(one["ATTENDEE"]).endswith(JANE) for one in cancelled)


def test_forget_me_cancels_in_its_last_letter(stage: Stage) -> None:
    invited(stage)
    letter = stage.last(JANE)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    stage.reply(stage.last(JANE), "YES")
    assert event(stage.last(JANE))["UID"] == event(letter)["UID"]
    assert str(parts(stage.last(JANE))[0]["METHOD"]) == "CANCEL"

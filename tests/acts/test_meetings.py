"""Making, moving and cancelling meetings; answers, items and what people are told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, answer, correct, meet, submit_item, undo, withdraw
from mailer.errors import Conflict, Refused
from mailer.meetings import agenda, invitations, meetings, responses
from mailer.store.tables import agenda_items, occasions
from tests.acts.conftest import NOW, Place
from tests.acts.rendering import read

STARTS = datetime(2027, 3, 4, 16, 0, tzinfo=UTC)
ENDS = datetime(2027, 3, 4, 17, 30, tzinfo=UTC)


def operator(place: Place) -> Actor:
    return Actor(place.network.id, None, None, Strength.OPERATOR, "cli")


def made(place: Place, **values: Any) -> meetings.Meeting:
    said = {"starts_at": STARTS, "ends_at": ENDS, "venue": "Prep room 2", "host": "Hill School", "now": NOW} | values
    receipt = meet.make(place.session, operator(place), **said)
    return meetings.get(place.session, int(receipt.fields["meeting"]["id"]))


def test_a_meeting_made_shows_the_plan_of_its_mails(place: Place) -> None:
    chair = place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    receipt = meet.make(
        place.session,
        place.actor(chair, Strength.CONFIRM),
        starts_at=STARTS,
        ends_at=ENDS,
        venue="Prep room 2",
        host="Hill School",
        now=NOW,
    )
    kinds = [one["kind"] for one in receipt.fields["occasions"]]
    assert {"invitation", "draft-agenda", "final-agenda", "day-before", "minutes-and-actions"} <= set(kinds)
    text = read(receipt, place.network)
    assert "Thursday 4 March 2027, 16:00 to 17:30" in text
    assert "Invitation" in text
    assert "UNDO" in text


def test_only_organisers_make_meetings(place: Place) -> None:
    member = place.member("dawn@school.example", "Dawn Price")
    with pytest.raises(Refused, match="Only organisers"):
        meet.make(place.session, place.actor(member, Strength.CONFIRM), starts_at=STARTS, ends_at=ENDS, now=NOW)


def test_a_date_that_has_passed_is_asked_back_by_mail(place: Place) -> None:
    """N29: easy to overlook little mistakes such as dates."""
    chair = place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    with pytest.raises(Refused, match="has passed"):
        meet.make(
            place.session,
            place.actor(chair, Strength.CONFIRM),
            starts_at=NOW - timedelta(days=1),
            ends_at=NOW,
            now=NOW,
        )


@pytest.mark.parametrize(
    ("starts", "ends", "slug"),
    [
        (STARTS, STARTS, "ends-before-it-starts"),
        (STARTS, STARTS - timedelta(hours=1), "ends-before-it-starts"),
        (STARTS, STARTS + timedelta(days=40), "too-long"),
    ],
)
def test_times_that_cannot_be(place: Place, starts: datetime, ends: datetime, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        made(place, starts_at=starts, ends_at=ends)
    assert refused.value.slug == slug


def test_undo_of_a_meeting_cancels_it(place: Place) -> None:
    chair = place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    actor = place.actor(chair, Strength.CONFIRM)
    receipt = meet.make(place.session, actor, starts_at=STARTS, ends_at=ENDS, now=NOW)
    undo.redeem(place.session, actor, receipt.fields["undo"], now=NOW)
    assert meetings.get(place.session, int(receipt.fields["meeting"]["id"])).state == "cancelled"
    open_mails = select(occasions.c.id).where(occasions.c.thing_type == "meeting", occasions.c.state == "planned")
    assert place.session.execute(open_mails).all() == []


def test_a_meeting_nobody_was_told_of_moves_in_silence(place: Place) -> None:
    meeting = made(place)
    receipt = meet.move(place.session, operator(place), meeting.id, starts_at=STARTS + timedelta(days=7), now=NOW)
    assert "meeting-changed" not in {one["kind"] for one in receipt.fields["occasions"]}
    assert receipt.fields["meeting"]["ends"].startswith("2027-03-11T17:30")
    assert "changed" in read(receipt, place.network)


def sent(place: Place, meeting: meetings.Meeting, kind: str) -> None:
    rows = (occasions.c.thing_id == meeting.id) & (occasions.c.thing_type == "meeting") & (occasions.c.kind == kind)
    assert place.session.execute(update(occasions).where(rows).values(state="sent")).rowcount == 1


def test_a_meeting_people_were_told_of_moves_with_a_word(place: Place) -> None:
    """Design 4: sent ones stay and meeting-changed carries the REQUEST."""
    meeting = made(place)
    sent(place, meeting, "invitation")
    receipt = meet.move(
        place.session, operator(place), meeting.id, venue="The library", reason="The roof leaks.", now=NOW
    )
    assert "meeting-changed" in {one["kind"] for one in receipt.fields["occasions"]}
    row = place.session.execute(select(occasions).where(occasions.c.kind == "meeting-changed")).one()
    assert row.revision == 1
    assert row.extra["before"]["venue"] == "Prep room 2"
    assert row.extra["changes"] == [{"what": "venue", "before": "Prep room 2", "after": "The library"}]
    assert row.extra["note"] == "The roof leaks."


def test_cancelling_stops_the_mails_and_keeps_the_items(place: Place) -> None:
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    submit_item.submit_item(place.session, place.actor(member), title="Gas taps", text="", now=NOW)
    sent(place, meeting, "invitation")
    receipt = meet.cancel(place.session, operator(place), meeting.id, reason="Snow.", now=NOW)
    kinds = {one["kind"] for one in receipt.fields["occasions"]}
    assert kinds == {"meeting-cancelled"}
    assert [item.title for item in agenda.waiting(place.session, place.network.id)] == ["Gas taps"]
    assert "called off" in read(receipt, place.network)
    with pytest.raises(Conflict, match="cancelled"):
        meet.cancel(place.session, operator(place), meeting.id, now=NOW)


def test_a_cancelled_meeting_can_be_brought_back(place: Place) -> None:
    chair = place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    actor = place.actor(chair, Strength.CONFIRM)
    meeting = made(place)
    submit_item.submit_item(place.session, actor, title="Gas taps", text="", now=NOW)
    receipt = meet.cancel(place.session, actor, meeting.id, now=NOW)
    undo.redeem(place.session, actor, receipt.fields["undo"], now=NOW)
    again = meetings.get(place.session, meeting.id)
    assert (again.state, again.sequence) == ("planned", 2)
    assert [item.state for item in agenda.items(place.session, meeting.id)] == ["open"]
    planned = select(occasions.c.kind).where(occasions.c.thing_id == meeting.id, occasions.c.state == "planned")
    assert "invitation" in place.session.execute(planned).scalars().all()


ANSWERS = [
    ("yes", "", 0, (), "coming"),
    ("yes", "vegetarian", 1, ("Karen",), "Karen"),
    ("no", "sorry, teaching", 0, (), "not coming"),
    ("maybe", "", 0, (), "maybe"),
]


@pytest.mark.parametrize(("said", "note", "guests", "names", "told"), ANSWERS)
def test_an_answer_is_recorded_and_receipted(
    place: Place, said: str, note: str, guests: int, names: tuple[str, ...], told: str
) -> None:
    """CAL-9: the receipt says what was recorded and how to change it."""
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    invitations.ensure(place.session, meeting.id, [member], NOW)
    receipt = answer.answer(
        place.session, place.actor(member), meeting.id, answer=said, note=note, guests=guests, names=names, now=NOW
    )
    text = read(receipt, place.network)
    assert told in text
    assert "Reply YES, NO or MAYBE" in text
    found = responses.current(place.session, meeting.id, member)
    assert found is not None
    assert (found.answer, found.note, found.guests, found.names) == (said, note, guests, names)


def test_the_answer_page_in_welsh(place: Place) -> None:
    meeting = made(place)
    member = place.member("siôn@school.example", "Siôn Rees")
    receipt = answer.answer(place.session, place.actor(member), meeting.id, answer="yes", now=NOW)
    assert "yn dod" in read(receipt, place.network, "cy")


def test_a_bare_calendar_button_gets_no_receipt(place: Place) -> None:
    """Ruling 7."""
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    actor = Actor(place.network.id, member, None, Strength.TAG, "calendar")
    receipt = answer.answer(place.session, actor, meeting.id, answer="yes", sequence=0, stamped_at=NOW, now=NOW)
    assert (receipt.template, receipt.state) == ("", "done")
    older = answer.answer(
        place.session, actor, meeting.id, answer="no", sequence=0, stamped_at=NOW - timedelta(hours=1), now=NOW
    )
    assert (older.template, older.state) == ("", "noted")
    found = responses.current(place.session, meeting.id, member)
    assert found is not None
    assert found.answer == "yes"


def test_undo_brings_the_answer_before_back(place: Place) -> None:
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    actor = place.actor(member)
    answer.answer(place.session, actor, meeting.id, answer="yes", now=NOW)
    receipt = answer.answer(place.session, actor, meeting.id, answer="no", now=NOW + timedelta(hours=1))
    assert receipt.fields["before"] == "yes"
    undo.redeem(place.session, actor, receipt.fields["undo"], now=NOW + timedelta(hours=2))
    found = responses.current(place.session, meeting.id, member)
    assert found is not None
    assert found.answer == "yes"


@pytest.mark.parametrize(
    ("state", "at", "slug"),
    [("cancelled", NOW, "meeting-cancelled"), ("planned", ENDS, "meeting-over"), ("over", ENDS, "meeting-over")],
)
def test_no_answer_to_a_meeting_that_is_not_to_come(place: Place, state: str, at: datetime, slug: str) -> None:
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    place.session.execute(update(meetings.meetings).where(meetings.meetings.c.id == meeting.id).values(state=state))
    with pytest.raises(Refused) as refused:
        answer.answer(place.session, place.actor(member), meeting.id, answer="yes", now=at)
    assert refused.value.slug == slug


def test_an_item_is_numbered_and_acknowledged(place: Place) -> None:
    made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    actor = Actor(place.network.id, member, None, Strength.FROM, "mail", name="Dawn Price")
    receipt = submit_item.submit_item(
        place.session, actor, title="Re: Fume cupboard tests", text="Who does yours? 10 minutes.", now=NOW
    )
    assert receipt.template == "item"
    assert receipt.fields["item"] == {
        "id": "1",
        "number": 1,
        "title": "Fume cupboard tests",
        "person": "Dawn Price",
        "minutes": 10,
        "text": "Who does yours? 10 minutes.",
        "kind": "health-and-safety",
        "lane": "agenda",
        "proven": False,
    }
    text = read(receipt, place.network)
    assert "number 1 for Thursday 4 March" in text
    assert "WITHDRAW" in text


def test_an_item_without_a_meeting_waits_for_one_and_keeps_its_number(place: Place) -> None:
    member = place.member("dawn@school.example", "Dawn Price")
    receipt = submit_item.submit_item(place.session, place.actor(member), title="Gas taps", text="", now=NOW)
    assert "kept for the next meeting" in read(receipt, place.network)
    meeting = made(place)
    assert [(item.number, item.title) for item in agenda.items(place.session, meeting.id)] == [(1, "Gas taps")]


def test_an_item_after_the_close_is_for_the_day_and_offered_the_next(place: Place) -> None:
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    late = meeting.items_close_at + timedelta(minutes=1)
    receipt = submit_item.submit_item(place.session, place.actor(member), title="Gas taps", text="", now=late)
    assert (receipt.template, receipt.fields["item"]["lane"]) == ("item-late", "on-the-day")
    assert "NEXT TIME" in read(receipt, place.network)
    row = place.session.execute(select(agenda_items)).one()
    moved = correct.item_to_next(place.session, place.actor(member), row.id, now=late)
    assert moved.template == "item-corrected"
    read(moved, place.network)
    assert [item.state for item in agenda.items(place.session, meeting.id)] == ["deferred"]
    assert [item.title for item in agenda.waiting(place.session, place.network.id)] == ["Gas taps"]


def test_a_guests_item_has_no_number_until_an_organiser_says_yes(place: Place) -> None:
    """Ruling 1: acknowledged once, held for one named organiser, telling nothing about membership."""
    meeting = made(place)
    place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    guest = Actor(place.network.id, None, None, Strength.UNKNOWN, "mail", name="Rep")
    receipt = submit_item.submit_item(place.session, guest, title="Our new balances", text="", now=NOW)
    assert (receipt.template, receipt.state, receipt.held_for) == ("guest", "held", "Ann Lee")
    assert agenda.items(place.session, meeting.id) == []
    assert "balances" not in read(receipt, place.network)
    vouched = submit_item.submit_item(place.session, guest, title="Our new balances", text="", vouched=True, now=NOW)
    assert vouched.fields["item"]["number"] == 1


def test_an_empty_mail_is_no_item(place: Place) -> None:
    member = place.member("dawn@school.example", "Dawn Price")
    with pytest.raises(Refused, match="nothing in your mail"):
        submit_item.submit_item(place.session, place.actor(member), title="Re: ", text=" \n", now=NOW)


def test_withdrawing_twice_says_what_was_done(place: Place) -> None:
    meeting = made(place)
    member = place.member("dawn@school.example", "Dawn Price")
    actor = place.actor(member)
    submit_item.submit_item(place.session, actor, title="Gas taps", text="", now=NOW)
    item = agenda.items(place.session, meeting.id)[0]
    first = withdraw.item(place.session, actor, item.id, now=NOW)
    assert "Gas taps" in read(first, place.network)
    again = withdraw.item(place.session, actor, item.id, now=NOW)
    assert again.template == "done-already"
    read(again, place.network)
    undo.redeem(place.session, actor, first.fields["undo"], now=NOW)
    assert agenda.get(place.session, item.id).state == "open"
    after = submit_item.submit_item(place.session, actor, title="Balances", text="", now=NOW)
    assert after.fields["item"]["number"] == 2


def test_nobody_changes_what_somebody_else_sent(place: Place) -> None:
    meeting = made(place)
    dawn = place.actor(place.member("dawn@school.example", "Dawn Price"))
    huw = place.actor(place.member("huw@school.example", "Huw Rees"))
    chair = place.actor(place.member("chair@school.example", "Ann Lee", roles=("organiser",)))
    submit_item.submit_item(place.session, dawn, title="Gas taps", text="", now=NOW)
    item = agenda.items(place.session, meeting.id)[0]
    for act in (withdraw.item, correct.item_to_next):
        with pytest.raises(Refused, match="somebody else"):
            act(place.session, huw, item.id, now=NOW)
    correct.item(place.session, chair, item.id, minutes=20, now=NOW)
    assert agenda.get(place.session, item.id).minutes == 20


def test_a_correction_keeps_number_and_can_be_taken_back(place: Place) -> None:
    meeting = made(place)
    actor = place.actor(place.member("dawn@school.example", "Dawn Price"))
    submit_item.submit_item(place.session, actor, title="Gas taps", text="They leak.", now=NOW)
    item = agenda.items(place.session, meeting.id)[0]
    receipt = correct.item(
        place.session, actor, item.id, title="Gas taps in prep rooms", addition="15 minutes", minutes=15, now=NOW
    )
    assert receipt.fields["item"]["text"] == "They leak.\n\n15 minutes"
    assert "Gas taps in prep rooms" in read(receipt, place.network)
    undo.redeem(place.session, actor, receipt.fields["undo"], now=NOW)
    back = agenda.get(place.session, item.id)
    assert (back.number, back.title, back.text, back.minutes) == (1, "Gas taps", "They leak.", None)
    with pytest.raises(Refused, match="stands already"):
        correct.item(place.session, actor, item.id, title="Gas taps", now=NOW)


@pytest.mark.parametrize(
    ("words", "title", "minutes", "text"),
    [
        ("title: Gas taps in prep rooms", "Gas taps in prep rooms", None, "They leak."),
        ("15 minutes please", "Gas taps", 15, "They leak."),
        ("Hi,\nTitle: Taps\n20 minutes\nThanks\nDawn", "Taps", 20, "They leak."),
        ("Only those in the old block.", "Gas taps", None, "They leak."),
        ("Note: Only those in the old block.", "Gas taps", None, "They leak.\n\nOnly those in the old block."),
        ("text: All of them leak.\nEvery one.", "Gas taps", None, "All of them leak.\nEvery one."),
    ],
)
def test_a_correction_in_words(place: Place, words: str, title: str, minutes: int | None, text: str) -> None:
    """The receipt says how; what names nothing is added if that is plainly meant, else asked about."""
    made(place)
    actor = place.actor(place.member("dawn@school.example", "Dawn Price"))
    sent_in = submit_item.submit_item(place.session, actor, title="Gas taps", text="They leak.", now=NOW)
    item_id = int(sent_in.fields["item"]["id"])
    assert correct.item_in_words(place.session, actor, item_id, words, now=NOW) is not None
    found = agenda.get(place.session, item_id)
    assert (found.title, found.minutes, found.text) == (title, minutes, text)


@pytest.mark.parametrize("words", ["NEXT TIME", "next meeting please", "Keep it for the next meeting", "Y tro nesaf"])
def test_next_time(place: Place, words: str) -> None:
    made(place)
    actor = place.actor(place.member("dawn@school.example", "Dawn Price"))
    item_id = int(submit_item.submit_item(place.session, actor, title="Taps", text="", now=NOW).fields["item"]["id"])
    receipt = correct.item_in_words(place.session, actor, item_id, words, now=NOW)
    assert receipt is not None
    assert agenda.get(place.session, item_id).state == "deferred"
    again = withdraw.item(place.session, actor, item_id, now=NOW)
    assert again.template == "item-withdrawn", "the copy that waits is meant"


@pytest.mark.parametrize("words", ["Thanks!", "Great, thank you", "", "ok\nDawn"])
def test_thanks_are_no_correction(place: Place, words: str) -> None:
    made(place)
    actor = place.actor(place.member("dawn@school.example", "Dawn Price"))
    item_id = int(submit_item.submit_item(place.session, actor, title="Taps", text="", now=NOW).fields["item"]["id"])
    assert correct.item_in_words(place.session, actor, item_id, words, now=NOW) is None

"""Answers: which one counts, whatever channel and order they come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mailer.meetings import attendance, evidence, invitations, meetings, responses
from mailer.meetings.meetings import Meeting
from mailer.store import Store, add
from mailer.store.tables import addresses, networks
from mailer.store.types import metadata
from tests.acts.conftest import NOW, Place

STARTS = datetime(2027, 3, 4, 16, 0, tzinfo=UTC)


def meeting_of(place: Place, days: int = 0) -> Meeting:
    starts = STARTS + timedelta(days=days)
    return meetings.add(place.session, place.network.id, starts_at=starts, ends_at=starts + timedelta(hours=2), now=NOW)


def counts(place: Place, meeting: Meeting, address_id: int) -> str:
    found = responses.current(place.session, meeting.id, address_id)
    return found.answer if found else "none"


CALENDAR = [
    ("older SEQUENCE", (1, 5), (0, 9), "yes"),
    ("older DTSTAMP of the same SEQUENCE", (0, 5), (0, 4), "yes"),
    ("same SEQUENCE and DTSTAMP, came later", (0, 5), (0, 5), "no"),
    ("newer DTSTAMP", (0, 5), (0, 6), "no"),
    ("newer SEQUENCE with an older stamp", (0, 5), (1, 1), "no"),
]


@pytest.mark.parametrize(("first", "second", "left"), [row[1:] for row in CALENDAR], ids=[row[0] for row in CALENDAR])
def test_cal_6_replies_out_of_order(place: Place, first: tuple[int, int], second: tuple[int, int], left: str) -> None:
    meeting, dawn = meeting_of(place), place.member("dawn@school.example", "Dawn")
    for at, (answer, (sequence, minute)) in enumerate((("yes", first), ("no", second))):
        responses.record(
            place.session,
            meeting,
            dawn,
            answer=answer,
            channel="calendar",
            sequence=sequence,
            stamped_at=NOW + timedelta(minutes=minute),
            now=NOW + timedelta(hours=at),
        )
    assert counts(place, meeting, dawn) == left
    assert [one.answer for one in responses.history(place.session, meeting.id, dawn)] == ["yes", "no"]


def test_cal_10_the_last_by_receive_time_wins_over_all_channels(place: Place) -> None:
    """Messages may be handled in any order; the one received last counts."""
    meeting, dawn = meeting_of(place), place.member("dawn@school.example", "Dawn")
    steps = [("mail", "yes", 7, 1), ("calendar", "no", 9, 2), ("mail", "maybe", 8, 3), ("web", "yes", None, 4)]
    seen = []
    for channel, answer, inbox_id, hour in steps:
        responses.record(
            place.session,
            meeting,
            dawn,
            answer=answer,
            channel=channel,
            inbox_id=inbox_id,
            sequence=0 if channel == "calendar" else None,
            now=NOW + timedelta(hours=hour),
        )
        seen.append(counts(place, meeting, dawn))
    assert seen == ["yes", "no", "no", "yes"]
    assert len(responses.history(place.session, meeting.id, dawn)) == 4


def test_on_another_day_the_answers_so_far_say_nothing(place: Place) -> None:
    meeting, dawn = meeting_of(place), place.member("dawn@school.example", "Dawn")
    invitations.ensure(place.session, meeting.id, [dawn], NOW)
    responses.record(place.session, meeting, dawn, answer="yes", channel="mail", now=NOW)
    sooner = meetings.move(place.session, meeting, starts_at=STARTS - timedelta(hours=1), now=NOW)
    assert counts(place, meeting, dawn) == "yes", "the same day an hour earlier"
    moved = meetings.move(place.session, sooner, starts_at=STARTS + timedelta(days=7), now=NOW)
    assert counts(place, meeting, dawn) == "none"
    old = responses.record(
        place.session, moved, dawn, answer="yes", channel="calendar", sequence=1, stamped_at=NOW, now=NOW
    )
    assert not old.current, "an Accept of the day it is no longer on"
    new = responses.record(
        place.session, moved, dawn, answer="no", channel="calendar", sequence=2, stamped_at=NOW, now=NOW
    )
    assert new.current


def test_only_those_who_have_not_answered_are_asked_again(place: Place) -> None:
    meeting = meeting_of(place)
    dawn, huw, jane = (place.member(f"{name}@school.example", name.title()) for name in ("dawn", "huw", "jane"))
    invitations.ensure(place.session, meeting.id, select(addresses.c.id), NOW)
    responses.record(place.session, meeting, dawn, answer="yes", channel="mail", guests=2, now=NOW)
    responses.record(place.session, meeting, huw, answer="none", channel="web", now=NOW)
    assert set(place.session.execute(responses.unanswered(meeting.id)).scalars()) == {huw, jane}
    assert responses.summary(place.session, meeting.id) == {
        "yes": 1,
        "no": 0,
        "maybe": 0,
        "unanswered": 2,
        "invited": 3,
        "guests": 2,
        "coming": 3,
        "left": 0,
    }
    listed = {one["address"]: (one["answer"], one["guests"]) for one in responses.listing(place.session, meeting.id)}
    assert listed == {
        "dawn@school.example": ("yes", 2),
        "huw@school.example": ("none", 0),
        "jane@school.example": ("none", 0),
    }


def test_invitations_are_made_once(place: Place) -> None:
    """V5: asked for twice, by ids and by query, there is one row each and its id stays."""
    meeting = meeting_of(place)
    dawn = place.member("dawn@school.example", "Dawn")
    first = invitations.one(place.session, meeting.id, dawn, NOW)
    invitations.ensure(place.session, meeting.id, select(addresses.c.id), NOW + timedelta(days=1))
    assert invitations.find(place.session, meeting.id, dawn) == first
    assert invitations.get(place.session, first.id).address_id == dawn


def test_what_is_not_an_answer_is_not_kept(place: Place) -> None:
    meeting, dawn = meeting_of(place), place.member("dawn@school.example", "Dawn")
    with pytest.raises(ValueError, match="no answer"):
        responses.record(place.session, meeting, dawn, answer="perhaps", channel="mail", now=NOW)
    kept = responses.record(
        place.session,
        meeting,
        dawn,
        answer="yes",
        channel="mail",
        guests=999,
        note="a\r\nb",
        names=[" ", "Karen\x00"],
        now=NOW,
    )
    assert (kept.guests, kept.note, kept.names) == (20, "a b", ("Karen",))


def test_first_timers_and_returners_are_evidence(place: Place) -> None:
    """Ruling 12; the host's list says who is new and holds no address and no note (V9)."""
    dawn, huw = (place.member(f"{name}@school.example", name.title()) for name in ("dawn", "huw"))
    first, second = meeting_of(place), meeting_of(place, 90)
    responses.record(place.session, first, dawn, answer="yes", note="vegan", channel="mail", now=NOW)
    assert attendance.from_answers(place.session, first, NOW) == 1
    assert attendance.from_answers(place.session, first, NOW) == 0
    for who in (dawn, huw):
        responses.record(place.session, second, who, answer="yes", note="vegan", channel="mail", now=NOW)
    hosts = attendance.names_for_host(place.session, second.id)
    assert [(one["name"], one["first_time"], one["note"]) for one in hosts] == [("Dawn", False, ""), ("Huw", True, "")]
    assert "school.example" not in repr(hosts)
    assert attendance.names_for_host(place.session, second.id, notes=True)[0]["note"] == "vegan"
    attendance.record(place.session, second, [dawn, huw], source="sheet", now=NOW)
    year = evidence.counts(place.session, place.network.id, NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert (year["first-time"], year["returned"]) == (2, 1)


def test_a_whole_list_corrects_what_was_presumed(place: Place) -> None:
    dawn, huw = (place.member(f"{name}@school.example", name.title()) for name in ("dawn", "huw"))
    meeting = meeting_of(place)
    responses.record(place.session, meeting, dawn, answer="yes", channel="mail", now=NOW)
    attendance.from_answers(place.session, meeting, NOW)
    attendance.record(place.session, meeting, [huw], source="minutes", whole=True, now=NOW)
    assert place.session.execute(attendance.attended(meeting.id)).scalars().all() == [huw]
    found = evidence.counts(place.session, place.network.id, NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert found["first-time"] == 1


REPLY = st.tuples(st.sampled_from(["yes", "no", "maybe"]), st.integers(0, 3), st.integers(0, 3), st.booleans())


@settings(max_examples=30)
@given(st.lists(REPLY, max_size=8))
def test_one_answer_counts_and_all_are_kept(replies: list[tuple[str, int, int, bool]]) -> None:
    """CAL-10: whatever comes in whatever order, nothing is lost and at most one answer is current."""
    store = Store("sqlite://")
    metadata.create_all(store.writer)
    with store.write() as session:
        network_id = add(session, networks, slug="mendip", domain="lists.example.org", name="M", created_at=NOW)
        dawn = add(session, addresses, address="d@s.example", key="d@s.example", mac=b"m", created_at=NOW)
        meeting = meetings.add(session, network_id, starts_at=STARTS, ends_at=STARTS + timedelta(hours=1), now=NOW)
        for at, (answer, sequence, minute, by_mail) in enumerate(replies):
            responses.record(
                session,
                meeting,
                dawn,
                answer=answer,
                channel="mail" if by_mail else "calendar",
                sequence=None if by_mail else sequence,
                stamped_at=None if by_mail else NOW + timedelta(minutes=minute),
                now=NOW + timedelta(minutes=at),
            )
        kept = responses.history(session, meeting.id, dawn)
        assert [one.answer for one in kept] == [answer for answer, *_ in replies]
        assert sum(one.current for one in kept) == (1 if replies else 0)
        if replies and replies[-1][3]:
            assert kept[-1].current, "a reply in words that came last counts"
    store.close()

"""The times of an agenda add up, whatever items are in it (N7)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import update

from mailer.meetings import agenda, kinds, meetings, programme
from mailer.meetings.programme import Programme, Wanted
from mailer.store.tables import networks
from tests.acts.conftest import NOW, Place

FOUR = time(16, 0)
WANTED = st.builds(Wanted, st.sampled_from(kinds.KNOWN), st.one_of(st.none(), st.integers(1, 120)))


def laid(minutes: int, *wanted: Wanted, starts: time = FOUR) -> Programme:
    return programme.of(starts, timedelta(minutes=minutes), wanted)


def shown(found: Programme) -> list[tuple[str, int, int]]:
    return [(part.slot.key, part.at, part.minutes) for part in found.parts]


@example(0, 40, [])  # five minutes for each of its parts
@given(
    st.integers(0, 23 * 60 + 59),
    st.one_of(st.integers(5, 600), st.integers(5, 4_000)),
    st.lists(WANTED, max_size=14),
)
def test_times_are_in_order_never_overlap_and_fill_the_meeting(begins: int, length: int, wanted: list[Wanted]) -> None:
    """Each part begins where the one before it ends, the last ends with the meeting, every item stands in it once and
    no part is shorter than what the senders in it asked for."""
    found = laid(length, *wanted, starts=time(begins // 60, begins % 60))
    assert sorted(n for part in found.parts for n in part.items) == list(range(len(wanted)))
    if not found.timed:
        assert not any(part.minutes or part.at for part in found.parts)
        assert bool(found.too_many) == bool(found.over)
        assert found.over or length < 40 or length >= 24 * 60
        return
    at = 0
    for part in found.parts:
        assert part.at == at
        assert part.minutes > 0
        assert part.minutes >= sum(wanted[n].least for n in part.items)
        at += part.minutes
    assert at == length
    assert not found.over
    assert not found.too_many


@given(st.integers(41, 1_400), st.lists(WANTED, max_size=14))
def test_no_times_are_given_only_where_the_asked_minutes_cannot_fit(length: int, wanted: list[Wanted]) -> None:
    found = laid(length, *wanted)
    asked = sum(one.least for one in wanted)
    assert found.timed or asked + 5 * 8 + 15 * (length // 100 + 1) + 45 > length


def test_an_item_moves_what_follows() -> None:
    """The standing shape of 145 minutes; 30 for safety take 15 from the longest slot, and only it."""
    found = laid(145, Wanted("health-and-safety", 30))
    assert shown(found)[3:6] == [("health-and-safety", 30, 30), ("development", 60, 45), ("practice", 105, 30)]


def test_what_nobody_asked_for_gives_way_before_the_chat() -> None:
    wanted = [Wanted("other") for _ in range(6)] + [Wanted("development", 60), Wanted("question", 15)]
    found = laid(145, *wanted)
    assert found.timed
    assert shown(found)[0] == ("informal", 0, 15)
    tight = laid(145, *wanted, Wanted("troubleshooting", 10))
    assert tight.timed
    assert shown(tight)[0] == ("informal", 0, 5)


def test_what_does_not_fit_is_named_last_come_first(place: Place) -> None:
    """The organisers are told by how much, and which items."""
    found = laid(60, Wanted("question", 30), Wanted("practice", 20), Wanted("development", 30))
    assert (found.timed, found.over, found.too_many) == (False, 45, (1, 2))


@pytest.mark.parametrize(
    ("starts", "minutes", "pauses"),
    [
        (FOUR, 145, []),
        (time(13, 0), 180, [("break", 14, 15)]),
        (time(10, 0), 360, [("lunch", 12, 45), ("break", 14, 15)]),
        (time(9, 0), 480, [("break", 10, 15), ("lunch", 12, 45), ("break", 14, 15)]),
        (time(11, 0), 120, []),
    ],
    ids=["an afternoon", "three hours", "ten to four", "nine to five", "over midday, short"],
)
def test_breaks_and_lunch_are_where_people_expect_them(
    starts: time, minutes: int, pauses: list[tuple[str, int, int]]
) -> None:
    found = laid(minutes, Wanted("development", 40), Wanted("practice", 20), starts=starts)
    there = [
        (part.slot.key, (starts.hour * 60 + part.at + 20) // 60, part.minutes)
        for part in found.parts
        if part.slot.key in ("break", "lunch")
    ]
    assert [(key, length) for key, _, length in there] == [(key, length) for key, _, length in pauses]
    for (_, hour, _), (_, about, _) in zip(there, pauses, strict=True):
        assert abs(hour - about) <= 1
    assert shown(found)[-1][0] == "evaluation"


def test_a_talk_is_not_cut_in_two_by_a_break() -> None:
    found = laid(240, Wanted("development", 110), starts=time(13, 0))
    talk = next(part for part in found.parts if part.items)
    assert talk.minutes >= 110


def test_the_agenda_and_its_warnings(place: Place) -> None:
    """What goes out has the local times; what the chair must know stands in the proof."""
    starts = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
    meeting = meetings.add(
        place.session, place.network.id, starts_at=starts, ends_at=starts + timedelta(minutes=90), now=NOW
    )

    def item(title: str, minutes: int) -> agenda.Item:
        return agenda.submit(
            place.session, place.network.id, meeting.id, title=title, text="", minutes=minutes, kind="practice", now=NOW
        )

    item("Balances", 30)
    slots = agenda.lines(place.session, meeting.id)
    ends = [datetime.fromisoformat(slot["starts"]) + timedelta(minutes=slot["minutes"]) for slot in slots]
    assert [slot["starts"] for slot in slots[1:]] == [end.isoformat() for end in ends[:-1]]
    assert ends[-1] == meeting.ends_at
    assert slots[0]["starts"] == "2027-04-01T16:00:00+01:00"
    assert agenda.warnings(place.session, meeting.id) == []
    item("Gas taps", 40)
    assert agenda.warnings(place.session, meeting.id) == ["agenda-over: 15", "agenda-no-time: 2 Gas taps"]
    assert not any(slot["starts"] for slot in agenda.lines(place.session, meeting.id))


def test_what_made_room_is_called_as_the_network_calls_it(place: Place) -> None:
    starts = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
    meeting = meetings.add(place.session, place.network.id, starts_at=starts, ends_at=starts + timedelta(minutes=120), now=NOW)
    agenda.submit(place.session, place.network.id, meeting.id, title="Gas", text="", minutes=60, kind="practice", now=NOW)
    for language, talk in (("en", "Professional development"), ("cy", "Datblygiad proffesiynol")):
        place.session.execute(update(networks).where(networks.c.id == place.network.id).values(language=language))
        assert [one for one in agenda.warnings(place.session, meeting.id) if one.endswith(talk)]

"""The agenda: its states, its shape, what kind of item a member means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from mailer.meetings import agenda, kinds, meetings, shape, titles
from mailer.store import add
from mailer.store.tables import agenda_items, occasions
from tests.acts.conftest import NOW, Place

STARTS = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)  # 16:00 in London, the week after the clocks went forward


def meeting_of(place: Place, minutes: int = 145) -> meetings.Meeting:
    return meetings.add(
        place.session, place.network.id, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=minutes), now=NOW
    )


def test_items_close_ten_days_before_at_the_same_time_of_day(place: Place) -> None:
    """Over the change of the clocks 16:00 stays 16:00 (design 4)."""
    assert meeting_of(place).items_close_at == datetime(2027, 3, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gone", "before_start", "state"),
    [
        ((), timedelta(days=60), "collecting"),
        (("draft-agenda",), timedelta(days=12), "draft"),
        (("draft-agenda",), timedelta(days=9), "frozen"),
        ((), timedelta(days=9), "frozen"),
        (("draft-agenda", "final-agenda"), timedelta(days=6), "final"),
        ((), timedelta(0), "final"),
    ],
)
def test_the_state_follows_what_has_gone(
    place: Place, gone: tuple[str, ...], before_start: timedelta, state: str
) -> None:
    """Contract 3: collecting, draft, frozen, final."""
    meeting = meeting_of(place)
    for kind in gone:
        add(
            place.session,
            occasions,
            network_id=place.network.id,
            kind=kind,
            thing_type="meeting",
            thing_id=meeting.id,
            due_at=NOW,
            until_at=STARTS,
            mode="proof",
            state="sent",
            created_at=NOW,
        )
    assert agenda.state(place.session, meeting, STARTS - before_start) == state


def item(place: Place, meeting: meetings.Meeting | None, title: str, **values: str) -> agenda.Item:
    return agenda.submit(
        place.session,
        place.network.id,
        meeting.id if meeting else None,
        title=title,
        text="",
        now=NOW,
        **values,  # type: ignore[arg-type]
    )


def test_the_agenda_has_the_standing_shape(place: Place) -> None:
    """N7: the slots in their order with their minutes, items in theirs, what came late at the end."""
    meeting = meeting_of(place)
    item(place, meeting, "Fume cupboard tests")
    item(place, meeting, "Show and tell: my agar trick")
    agenda.withdraw(place.session, item(place, meeting, "RSciTech registration"))
    item(place, meeting, "Gas taps", lane=agenda.ON_THE_DAY)
    slots = agenda.lines(place.session, meeting.id)
    assert [(slot["key"], slot["minutes"]) for slot in slots] == [
        ("informal", 15),
        ("attendees", 5),
        ("actions", 10),
        ("health-and-safety", 15),
        ("development", 60),
        ("practice", 30),
        ("next", 5),
        ("evaluation", 5),
        ("on-the-day", 0),
    ]
    assert {slot["key"]: [one["number"] for one in slot["items"]] for slot in slots if slot["items"]} == {
        "health-and-safety": [1],
        "practice": [2],
        "on-the-day": [4],
    }
    assert slots[0]["starts"] == "2027-04-01T16:00:00+01:00"
    assert slots[3]["starts"] == "2027-04-01T16:30:00+01:00"
    assert agenda.lines(place.session, meeting.id, "cy")[0]["title"] == "Sgwrs anffurfiol"


@pytest.mark.parametrize("hours", [1, 3, 7], ids=["short", "with a break", "with lunch, and parts cut in two"])
def test_its_parts_are_called_what_a_reader_calls_them(place: Place, hours: int) -> None:
    """One letter is read in two languages: what stands in one is said in the other as if it had been written in it."""
    meeting = meeting_of(place)
    meetings.move(place.session, meeting, ends_at=meeting.starts_at + timedelta(hours=hours), now=NOW)
    item(place, meeting, "Gas taps")
    english, welsh = (agenda.lines(place.session, meeting.id, language) for language in ("en", "cy"))
    assert titles.in_language(english, "cy") == welsh
    assert titles.in_language(welsh, "en") == english
    assert hours < 7 or any(slot["title"].endswith("(parhad)") for slot in welsh)


def test_show_lists_every_item_of_whatever_state(place: Place) -> None:
    """Contract 3, agenda show --json."""
    meeting = meeting_of(place)
    first, second = item(place, meeting, "Gas taps"), item(place, meeting, "Balances")
    agenda.defer(place.session, first, None, now=NOW)
    agenda.withdraw(place.session, second)
    found = agenda.show(place.session, meeting, NOW)
    assert found["state"] == "collecting"
    assert [(one["number"], one["state"]) for one in found["items"]] == [(1, "deferred"), (2, "withdrawn")]
    assert set(found["items"][0]) >= {"number", "title", "person", "minutes", "kind", "state"}


def test_a_deferred_item_goes_to_the_next_meeting_once(place: Place) -> None:
    """N6: kept and put on the next meeting's agenda; deferring twice makes no second copy."""
    meeting = meeting_of(place)
    kept = item(place, meeting, "Gas taps")
    copy = agenda.defer(place.session, kept, None, now=NOW)
    assert agenda.defer(place.session, kept, None, now=NOW).id == copy.id
    after = meetings.add(
        place.session,
        place.network.id,
        starts_at=STARTS + timedelta(days=90),
        ends_at=STARTS + timedelta(days=90, hours=2),
        now=NOW,
    )
    assert [(one.title, one.state) for one in agenda.items(place.session, after.id)] == [("Gas taps", "open")]
    assert agenda.waiting(place.session, place.network.id) == []


def test_numbers_are_never_given_twice(place: Place) -> None:
    meeting = meeting_of(place)
    agenda.withdraw(place.session, item(place, meeting, "Gas taps"))
    assert item(place, meeting, "Balances").number == 2


def test_the_current_meeting_is_the_next_not_ended_else_the_latest(place: Place) -> None:
    """Contract 3."""
    add_ = meetings.add
    hour = timedelta(hours=1)
    past, soon, later = (
        add_(place.session, place.network.id, starts_at=NOW + off, ends_at=NOW + off + hour, now=NOW)
        for off in (-timedelta(days=30), timedelta(minutes=-30), timedelta(days=30))
    )

    def current(at: datetime) -> int:
        found = meetings.current(place.session, place.network.id, at)
        assert found is not None
        return found.id

    assert current(NOW) == soon.id, "it has begun and not ended"
    assert current(NOW + hour) == later.id
    meetings.cancel(place.session, later, now=NOW)
    assert current(NOW + hour) == soon.id
    assert current(NOW + timedelta(days=99)) == soon.id
    assert past.number == 1


KINDS = [
    ("Fume cupboard tests", "", "health-and-safety"),
    ("H&S update from CLEAPSS", "", "health-and-safety"),
    ("Show and tell", "I could show my agar trick", "show-and-tell"),
    ("Balances won't work", "", "troubleshooting"),
    ("RSciTech registration", "how do I start?", "development"),
    ("Ordering for next year", "", "practice"),
    ("Agar", "How do you store yours?", "question"),
    ("Pam yw'r nwy?", "", "question"),
    ("Iechyd a diogelwch", "", "health-and-safety"),
    ("AOB", "", "other"),
]


@pytest.mark.parametrize(("title", "text", "kind"), KINDS)
def test_the_kind_of_an_item(title: str, text: str, kind: str) -> None:
    assert kinds.kind_of(title, text) == kind


@pytest.mark.parametrize(
    ("title", "text", "minutes"),
    [
        ("Gas taps (10 minutes)", "", 10),
        ("Gas taps", "about 15 mins please", 15),
        ("Tapiau nwy", "20 munud", 20),
        ("5-minute talk", "", 5),
        ("Policy", "We need two hours for it.", 120),
        ("Policy", "1.5 hours, or half an hour", 90),
        ("Policy", "an hour and a half", 90),
        ("Bus", "It is two hours away", None),
        ("Room 12", "in 2027", None),
        ("Gas taps", "1.5 minutes", None),
        ("Gas taps", "999 minutes", None),
        ("Gas taps", "0 min", None),
    ],
)
def test_the_minutes_asked_for(title: str, text: str, minutes: int | None) -> None:
    assert kinds.minutes_in(title, text) == minutes


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: Re: FW: Gas taps", "Gas taps"),
        ("[Mendip] Re: Gas taps", "Gas taps"),
        ("Note: check taps", "Note: check taps"),
        ("[urgent]", "[urgent]"),
        ("\u202egas\u200b taps", "gas taps"),
        ("", "They leak."),
    ],
)
def test_the_title_of_an_item(subject: str, title: str) -> None:
    """SAFE-7: nothing hidden in it, never empty while there are words."""
    assert agenda.titled(subject, "\n They leak.\nBadly.")[0] == title


@given(st.integers(5, 10_000))
def test_the_minutes_of_the_slots_fill_the_meeting(minutes: int) -> None:
    """Whatever its length, the slots add up to it, or none is timed."""
    found = shape.minutes_for(timedelta(minutes=minutes))
    assert list(found) == [slot.key for slot in shape.SLOTS]
    assert sum(found.values()) in (0, minutes)
    assert all(value >= shape.STEP for value in found.values()) or not any(found.values())


def test_every_kind_has_a_slot() -> None:
    assert {kind for slot in shape.SLOTS for kind in slot.kinds} == set(kinds.KNOWN)


def test_two_changes_at_once_do_not_overwrite_each_other(place: Place) -> None:
    """CAL-3: a SEQUENCE is given once."""
    meeting = meeting_of(place)
    place.session.execute(update(meetings.meetings).values(revision=1))
    with pytest.raises(meetings.Conflict, match="someone else"):
        meetings.move(place.session, meeting, venue="Elsewhere", now=NOW)
    assert place.session.execute(agenda_items.select()).all() == []

"""V13: at most 7 unasked mails a term to one person from one network, and never two in one working day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mailer.cycle.budget import MOST_A_TERM, Letter, Place, Verdict, spread
from mailer.cycle.calendar import NetworkCalendar, Term
from mailer.cycle.table import TABLE, row_of

CALENDAR = NetworkCalendar()
MONDAY = datetime(2026, 10, 5, 8, tzinfo=UTC)  # 09:00 in London


def letter(kind: str, day: int, left: int = 30, key: str = "", sent: bool = False, allowed: bool = False) -> Letter:
    due = MONDAY + timedelta(days=day)
    return Letter(key or kind, row_of(kind).rank, due, due + timedelta(days=left), sent, allowed)


def told(letters: list[Letter], now: datetime | None = None) -> list[tuple[str, str, int | None]]:
    """(key, verdict, days after that Monday)"""
    places = spread(letters, CALENDAR, now)
    return [(place.key, place.verdict.value, (place.at - MONDAY).days if place.at else None) for place in places]


def test_of_two_due_together_the_less_pressing_waits() -> None:
    assert told([letter("issue", 1), letter("final-agenda", 1)]) == [("final-agenda", "goes", 1), ("issue", "waits", 2)]


def test_what_waits_on_a_friday_goes_on_monday_and_pushes_on() -> None:
    letters = [letter("final-agenda", 4), letter("issue", 4), letter("draft-agenda", 7)]
    assert told(letters) == [("final-agenda", "goes", 4), ("issue", "waits", 7), ("draft-agenda", "waits", 8)]


def test_the_more_pressing_of_the_next_day_goes_before_the_one_that_waited() -> None:
    letters = [letter("final-agenda", 1), letter("issue", 1), letter("day-before", 2)]
    assert told(letters) == [("final-agenda", "goes", 1), ("day-before", "goes", 2), ("issue", "waits", 3)]


def test_what_was_sent_holds_its_day() -> None:
    letters = [letter("issue", 1, sent=True), letter("day-before", 1)]
    assert told(letters) == [("issue", "goes", 1), ("day-before", "waits", 2)]


def test_without_a_day_before_its_until_an_organiser_is_asked() -> None:
    letters = [letter("issue", 1, sent=True), letter("day-before", 1, left=1)]
    assert told([letters[0], letter("day-before", 1, left=0)]) == [("issue", "goes", 1), ("day-before", "no-day", None)]
    assert told(letters) == [("issue", "goes", 1), ("day-before", "waits", 2)]


def test_the_eighth_of_a_term_asks_for_an_organisers_word() -> None:
    letters = [letter("issue", 7 * week, key=f"n{week}") for week in range(8)]
    assert told(letters)[-1] == ("n7", "over", None)
    spoken = [*letters[:-1], letter("issue", 49, key="n7", allowed=True)]
    assert told(spoken)[-1] == ("n7", "goes", 49)


def test_the_next_term_counts_anew() -> None:
    """Without a term calendar the year has three terms; 13 weeks on is January."""
    letters = [letter("issue", 7 * week, key=f"n{week:02}") for week in (0, 1, 2, 3, 4, 5, 6, 13)]
    assert told(letters)[-1] == ("n13", "goes", 91)


def test_what_is_overdue_is_placed_from_today_on() -> None:
    now = MONDAY + timedelta(days=3, hours=2)
    assert told([letter("draft-agenda", 1), letter("final-agenda", 3)], now) == [
        ("final-agenda", "goes", 3),
        ("draft-agenda", "waits", 4),
    ]
    assert told([letter("draft-agenda", 1)], now) == [("draft-agenda", "goes", 3)]


def by_term(places: Iterable[Place]) -> Counter[Term]:
    """How many of one person's letters go in each term."""
    return Counter(CALENDAR.counting_term(CALENDAR.local(place.at).date()) for place in places if place.at)


def test_a_usual_term_fits_the_budget() -> None:
    """Design 4: one who comes gets 7."""
    letters = [letter(row.kind, 5 * n) for n, row in enumerate(row for row in TABLE if row.counted and row.on)]
    assert list(by_term(spread(letters, CALENDAR)).values()) == [MOST_A_TERM]


LETTERS = st.lists(
    st.builds(
        lambda kind, day, hour, left, sent: (kind, day, hour, left, sent),
        st.sampled_from([row.kind for row in TABLE if row.counted]),
        st.integers(0, 120),
        st.integers(0, 8),
        st.integers(0, 20),
        st.booleans(),
    ),
    max_size=20,
).map(
    lambda rows: [
        Letter(
            str(n),
            row_of(kind).rank,
            MONDAY + timedelta(days=day, hours=hour),
            MONDAY + timedelta(days=day + left, hours=hour),
            sent=sent and n < 4,
        )
        for n, (kind, day, hour, left, sent) in enumerate(rows)
    ]
)


@given(LETTERS, st.one_of(st.none(), st.integers(0, 100)), st.randoms())
def test_what_always_holds(letters: list[Letter], today: int | None, chance: Random) -> None:
    now = None if today is None else MONDAY + timedelta(days=today)
    places = spread(letters, CALENDAR, now)
    by_key = {each.key: each for each in letters}
    assert sorted(place.key for place in places) == sorted(by_key), "each has one answer"
    ours = [place for place in places if place.at is not None and not by_key[place.key].sent]
    days = [CALENDAR.local(place.at).date() for place in ours if place.at]
    assert len(set(days)) == len(days), "never two in one day"
    assert not set(days) & {CALENDAR.local(each.due_at).date() for each in letters if each.sent}
    for place in ours:
        asked = by_key[place.key]
        assert place.at is not None
        assert place.at >= asked.due_at
        if place.verdict is Verdict.WAITS:
            assert place.at <= asked.until_at
            assert CALENDAR.is_working(CALENDAR.local(place.at).date())
    assert all(count <= MOST_A_TERM for count in by_term(places).values())
    shuffled = letters[:]
    chance.shuffle(shuffled)
    assert spread(shuffled, CALENDAR, now) == places
    times = [place.at for place in places if place.at is not None]
    assert all(earlier <= later for earlier, later in pairwise(times))

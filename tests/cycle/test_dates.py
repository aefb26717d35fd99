"""The paragraph after the table in design 4, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.cycle.calendar import NetworkCalendar, Term
from mailer.cycle.dates import Dates, for_part_timer, plan_row, proof_time, shifted
from mailer.cycle.table import TABLE, Anchor, Moves, Offset, Row, row_of

LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PLAIN = NetworkCalendar()
SCHOOL = NetworkCalendar(
    terms=(
        Term(date(2026, 4, 13), date(2026, 7, 22), "Summer"),
        Term(date(2026, 9, 2), date(2026, 12, 18), "Autumn"),
        Term(date(2027, 1, 5), date(2027, 3, 25), "Spring"),
    )
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def plan(row: Row, anchor: str, calendar: NetworkCalendar = PLAIN, now: datetime = LONG_AGO) -> Dates | None:
    until = local(anchor) + timedelta(days=60) if row.until_at else None
    return plan_row(row, local(anchor), calendar, now, until)


def due(row: Row, anchor: str, calendar: NetworkCalendar = PLAIN) -> str:
    dates = plan(row, anchor, calendar)
    assert dates is not None
    return calendar.local(dates.due_at).strftime("%a %Y-%m-%d %H:%M")


def until(row: Row, anchor: str, calendar: NetworkCalendar = PLAIN) -> str:
    dates = plan(row, anchor, calendar)
    assert dates is not None
    return calendar.local(dates.until_at).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("day", "offset", "expected"),
    [
        (date(2027, 3, 31), "-1 month", date(2027, 2, 28)),
        (date(2028, 3, 31), "-1 month", date(2028, 2, 29)),
        (date(2028, 2, 29), "+12 months", date(2029, 2, 28)),
        (date(2028, 2, 29), "-1 month", date(2028, 1, 29)),
        (date(2027, 1, 15), "-1 month", date(2026, 12, 15)),
        (date(2026, 12, 31), "+2 months", date(2027, 2, 28)),
        (date(2028, 3, 1), "-1 day", date(2028, 2, 29)),
        (date(2026, 10, 30), "-5 weeks", date(2026, 9, 25)),
    ],
)
def test_month_offsets_clip_to_the_last_day(day: date, offset: str, expected: date) -> None:
    assert shifted(day, Offset.parse(offset)) == expected


@pytest.mark.parametrize(
    ("kind", "anchor", "expected"),
    [
        pytest.param("final-agenda", "2026-10-29T16:00", "Thu 2026-10-22 09:00", id="nine-o-clock-by-default"),
        pytest.param("final-agenda", "2026-10-28T16:00", "Wed 2026-10-21 09:00", id="same-hour-over-the-autumn-change"),
        pytest.param("final-agenda", "2026-04-01T16:00", "Wed 2026-03-25 09:00", id="same-hour-over-the-spring-change"),
        pytest.param("invitation", "2026-11-12T16:00", "Mon 2026-10-12 09:00", id="a-month-before"),
        pytest.param("final-agenda", "2026-10-31T10:00", "Fri 2026-10-23 09:00", id="saturday-moves-earlier"),
        pytest.param("final-agenda", "2026-11-01T10:00", "Fri 2026-10-23 09:00", id="sunday-moves-earlier"),
        pytest.param("final-agenda", "2027-01-04T16:00", "Thu 2026-12-24 09:00", id="boxing-days-move-earlier"),
        pytest.param("final-agenda", "2026-04-13T16:00", "Thu 2026-04-02 09:00", id="easter-moves-earlier"),
        pytest.param("feedback-request", "2026-10-16T17:30", "Mon 2026-10-19 09:00", id="after-moves-later"),
        pytest.param("feedback-request", "2026-04-02T17:30", "Tue 2026-04-07 09:00", id="easter-moves-later"),
        pytest.param("day-before", "2026-10-19T16:00", "Fri 2026-10-16 09:00", id="day-before-a-monday-is-friday"),
        pytest.param("day-before", "2026-09-01T16:00", "Mon 2026-08-31 09:00", id="day-before-goes-on-a-bank-holiday"),
        pytest.param("promise-nudge", "2026-10-18T12:00", "Fri 2026-10-16 09:00", id="nudge-off-weekends"),
        pytest.param("action-nudge", "2026-09-07T12:00", "Mon 2026-08-31 09:00", id="nudge-goes-on-a-bank-holiday"),
        pytest.param("issue", "2026-10-18T11:15", "Sun 2026-10-18 11:15", id="a-time-that-a-person-gave-stays"),
        pytest.param("save-the-date", "2026-10-16T14:20", "Fri 2026-10-16 14:20", id="announced-on-a-friday-goes-now"),
        pytest.param("save-the-date", "2026-10-17T23:10", "Mon 2026-10-19 09:00", id="announced-on-a-saturday"),
        pytest.param("meeting-changed", "2026-10-17T23:10", "Sat 2026-10-17 23:10", id="urgent-never-moves"),
        pytest.param("desk-brief", "2026-10-19T00:00", "Mon 2026-10-19 07:30", id="monday-half-past-seven"),
        pytest.param("desk-brief", "2026-08-31T00:00", "Tue 2026-09-01 07:30", id="bank-holiday-monday"),
        pytest.param("desk-brief", "2027-12-27T00:00", "Wed 2027-12-29 07:30", id="two-bank-holidays"),
        pytest.param("issue-tray", "2026-04-02T17:00", "Tue 2026-04-07 09:00", id="tray-after-easter-is-not-lost"),
    ],
)
def test_due(kind: str, anchor: str, expected: str) -> None:
    assert due(row_of(kind), anchor) == expected


def test_a_gap_moves_forward() -> None:
    """09:00 always exists, but a network may have chosen half past one."""
    row = replace(row_of("final-agenda"), moves=Moves.NEVER, at=time(1, 30))
    assert due(row, "2026-04-05T16:00") == "Sun 2026-03-29 02:30"


def test_the_zone_decides_which_day_it_is() -> None:
    """A meeting at 08:00 in Auckland is the evening before in UTC; the offset counts from Auckland's day."""
    calendar = NetworkCalendar(zone="Pacific/Auckland", region="NZ")
    anchor = datetime(2026, 11, 11, 8, tzinfo=ZoneInfo("Pacific/Auckland"))
    dates = plan_row(row_of("final-agenda"), anchor, calendar, LONG_AGO)
    assert dates is not None
    assert calendar.local(dates.due_at).isoformat() == "2026-11-04T09:00:00+13:00"


@pytest.mark.parametrize(
    ("region", "expected"),
    [("ENG", "Fri 2026-08-28 09:00"), ("WLS", "Fri 2026-08-28 09:00"), ("SCT", "Mon 2026-08-31 09:00")],
)
def test_bank_holidays_are_the_regions_own(region: str, expected: str) -> None:
    assert due(row_of("final-agenda"), "2026-09-07T16:00", NetworkCalendar(region=region)) == expected


@pytest.mark.parametrize(
    ("kind", "anchor", "expected"),
    [
        pytest.param("invitation", "2026-11-12T16:00", "Mon 2026-10-12 09:00", id="in-term-stays"),
        pytest.param("invitation", "2027-01-28T16:00", "Fri 2026-12-18 09:00", id="in-the-holiday-moves-earlier"),
        pytest.param("invitation", "2026-09-15T16:00", "Wed 2026-07-15 09:00", id="leaves-nine-last-full-week-before"),
        pytest.param("invitation", "2026-09-17T16:00", "Wed 2026-07-22 09:00", id="leaves-eleven-last-day-of-term"),
        pytest.param("invitation", "2027-01-05T16:00", "Fri 2026-12-04 09:00", id="already-earlier-than-that-week"),
        pytest.param("invitation", "2026-08-26T16:00", "Wed 2026-07-15 09:00", id="meeting-in-the-holiday"),
        pytest.param("invitation", "2026-05-05T16:00", "Thu 2026-04-02 09:00", id="no-term-known-before"),
        pytest.param("invitation", "2028-09-20T16:00", "Fri 2028-08-18 09:00", id="beyond-the-terms-entered"),
        pytest.param("draft-agenda", "2027-01-14T16:00", "Thu 2026-12-31 09:00", id="no-request-no-term-rule"),
        pytest.param(
            "feedback-request", "2026-12-18T17:30", "Mon 2026-12-21 09:00", id="term-is-too-far-off-for-feedback"
        ),
    ],
)
def test_requests_keep_to_term(kind: str, anchor: str, expected: str) -> None:
    assert due(row_of(kind), anchor, SCHOOL) == expected


def test_a_request_after_its_anchor_waits_over_half_term() -> None:
    halves = NetworkCalendar(
        terms=(Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18)))
    )
    assert due(row_of("feedback-request"), "2026-10-23T17:30", halves) == "Mon 2026-11-02 09:00"


def test_no_term_calendar_no_term_rule() -> None:
    assert due(row_of("invitation"), "2026-09-15T16:00") == "Fri 2026-08-14 09:00"


@pytest.mark.parametrize(
    ("kind", "anchor", "expected"),
    [
        pytest.param("invitation", "2026-11-12T16:00", "Tue 2026-11-10 16:00", id="before-keeps-the-anchors-hour"),
        pytest.param("final-agenda", "2026-11-12T16:00", "Thu 2026-11-12 16:00", id="the-start-itself"),
        pytest.param("feedback-request", "2026-10-20T17:30", "Wed 2026-11-04 00:00", id="days-after-run-to-their-end"),
        pytest.param("desk-brief", "2026-10-19T00:00", "Wed 2026-10-21 00:00", id="to-the-end-of-tuesday"),
        pytest.param("issue-tray", "2026-04-02T17:00", "Wed 2026-04-08 00:00", id="a-bank-holiday-takes-until-along"),
    ],
)
def test_until(kind: str, anchor: str, expected: str) -> None:
    assert until(row_of(kind), anchor) == expected


def test_until_of_save_the_date_counts_from_the_meeting() -> None:
    row, meeting = row_of("save-the-date"), local("2026-11-12T16:00")
    dates = plan_row(row, local("2026-09-07T12:00"), PLAIN, LONG_AGO, meeting)
    assert dates is not None
    assert PLAIN.local(dates.until_at) == local("2026-10-08T16:00")
    assert plan_row(row, local("2026-10-09T12:00"), PLAIN, LONG_AGO, meeting) is None
    with pytest.raises(ValueError, match="meeting starts"):
        plan_row(row, meeting, PLAIN, LONG_AGO)


def test_what_is_past_its_until_is_not_made() -> None:
    """V11: nothing stale; late but in time stays due in the past, which means at once."""
    row = row_of("draft-agenda")
    assert plan(row, "2026-11-12T16:00", now=local("2026-11-04T16:00")) is None
    late = plan(row, "2026-11-12T16:00", now=local("2026-11-04T15:59"))
    assert late is not None
    assert late.due_at < local("2026-11-04T15:59")


@pytest.mark.parametrize(
    ("kind", "anchor", "now", "expected"),
    [
        pytest.param("final-agenda", "2026-11-12T16:00", "2026-09-01T12:00", "2026-11-03T09:00", id="two-days-before"),
        pytest.param(
            "final-agenda", "2026-11-12T16:00", "2026-11-04T12:00", "2026-11-04T12:00", id="at-once-if-less-is-left"
        ),
        pytest.param(
            "final-agenda", "2026-11-12T16:00", "2026-11-09T12:00", "2026-11-05T09:00", id="overdue-is-at-once"
        ),
        pytest.param(
            "issue", "2026-10-28T10:00", "2026-09-01T12:00", "2026-10-20T10:00", id="eight-days-over-a-clock-change"
        ),
        pytest.param(
            "meeting-changed", "2026-10-17T23:10", "2026-10-17T23:10", "2026-10-17T23:10", id="a-change-at-once"
        ),
    ],
)
def test_proof(kind: str, anchor: str, now: str, expected: str) -> None:
    dates = plan(row_of(kind), anchor, now=local(now))
    assert dates is not None
    assert dates.proof_at == local(expected)


@pytest.mark.parametrize(
    ("due", "lead", "expected"),
    [
        ("2026-10-05T09:00", 2, "Fri 2026-10-02 09:00"),  # Monday: Saturday would be useless
        ("2026-10-06T09:00", 2, "Fri 2026-10-02 09:00"),  # Tuesday: Sunday
        ("2026-10-07T09:00", 2, "Mon 2026-10-05 09:00"),
        ("2026-12-29T09:00", 2, "Thu 2026-12-24 09:00"),  # over Christmas
        ("2026-10-26T09:00", 2, "Fri 2026-10-23 09:00"),  # over the change of the clocks, still at nine
        ("2026-10-05T09:00", 1, "Sun 2026-10-04 09:00"),  # one day is one day
        ("2026-10-05T09:00", 8, "Fri 2026-09-25 09:00"),
    ],
)
def test_a_proof_with_more_than_a_days_lead_comes_on_a_working_day(due: str, lead: int, expected: str) -> None:
    row = replace(row_of("final-agenda"), lead=timedelta(days=lead))
    at = proof_time(row, local(due), PLAIN, local("2026-09-01T12:00"))
    assert at is not None
    assert f"{PLAIN.local(at):%a %Y-%m-%d %H:%M}" == expected


def test_auto_has_no_proof() -> None:
    dates = plan(row_of("day-before"), "2026-11-12T16:00")
    assert dates is not None
    assert dates.proof_at is None


@pytest.mark.parametrize(
    ("weekdays", "left", "expected"),
    [
        pytest.param({1, 3}, 3, "2026-10-20T09:00", id="monday-for-tue-thu-is-tuesday"),
        pytest.param({0}, 3, "2026-10-19T09:00", id="works-that-day"),
        pytest.param(set(), 3, "2026-10-19T09:00", id="said-nothing"),
        pytest.param({4}, 3, "2026-10-19T09:00", id="friday-would-be-too-late"),
    ],
)
def test_part_timers_where_time_allows(weekdays: set[int], left: int, expected: str) -> None:
    monday = local("2026-10-19T09:00")
    assert for_part_timer(monday, monday + timedelta(days=left), weekdays, PLAIN) == local(expected)


# What must always hold

ANCHORS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(LONDON), allow_imaginary=False)
ROWS = st.sampled_from(TABLE)
OFFSETS = st.one_of(
    st.builds(Offset, st.integers(-6, 6)), st.builds(lambda days: Offset(days=days), st.integers(-90, 30))
)
NOWS = st.datetimes(datetime(2023, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC))


def three_terms(year: int) -> tuple[Term, ...]:
    return (
        Term(date(year, 1, 5), date(year, 3, 27)),
        Term(date(year, 4, 13), date(year, 7, 21)),
        Term(date(year, 9, 2), date(year, 12, 18)),
    )


CALENDARS = st.builds(
    NetworkCalendar,
    region=st.sampled_from(["ENG", "WLS", "SCT", "NIR"]),
    terms=st.sampled_from([(), tuple(term for year in range(2023, 2032) for term in three_terms(year))]),
)


@given(ROWS, OFFSETS, ANCHORS, CALENDARS, NOWS)
def test_what_always_holds(
    row: Row, offset: Offset, anchor: datetime, calendar: NetworkCalendar, now: datetime
) -> None:
    row = replace(row, due=offset)
    dates = plan_row(row, anchor, calendar, now, anchor + timedelta(days=40) if row.until_at else None)
    if dates is None:
        return
    assert dates.due_at <= dates.until_at
    assert now < dates.until_at
    assert dates.due_at.utcoffset() == dates.until_at.utcoffset() == timedelta(0)
    if dates.proof_at is not None:
        assert dates.proof_at <= dates.due_at
    assert (dates.proof_at is None) == (row.mode == "auto")
    day = calendar.local(dates.due_at).date()
    unmoved = shifted(calendar.local(anchor).date(), offset)
    fixed = row.moves is Moves.NEVER or (offset.is_zero and row.anchor.given)
    if fixed:
        assert day == unmoved
    elif row.moves is Moves.WEEKEND:
        assert not calendar.is_weekend(day)
    else:
        assert calendar.is_working(day)
    if offset.is_before:
        assert day <= unmoved
    else:
        assert day >= unmoved
    if not row.request and not fixed and not calendar.is_weekend(unmoved) and calendar.is_working(unmoved):
        assert day == unmoved, "what may stay is not moved"
    if row.request and calendar.terms and offset.is_before and not fixed:
        assert calendar.is_school(day)


@given(ROWS, ANCHORS, CALENDARS)
def test_planning_again_changes_nothing(row: Row, anchor: datetime, calendar: NetworkCalendar) -> None:
    """Idempotent: the same row, anchor and now give the same dates, whatever zone the anchor is written in."""
    other = anchor + timedelta(days=40) if row.until_at else None
    once = plan_row(row, anchor, calendar, LONG_AGO, other)
    assert once == plan_row(row, anchor.astimezone(UTC), calendar, LONG_AGO, other)


@given(ANCHORS, CALENDARS)
def test_mails_of_one_meeting_keep_their_order(anchor: datetime, calendar: NetworkCalendar) -> None:
    kinds = ("invitation", "draft-agenda", "final-agenda", "day-before")
    dates = [plan_row(row_of(kind), anchor, calendar, LONG_AGO) for kind in kinds]
    known = [each.due_at for each in dates if each is not None]
    assert known == sorted(known)
    assert row_of("invitation").anchor is Anchor.STARTS

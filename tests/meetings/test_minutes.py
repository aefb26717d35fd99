"""Minutes as organisers type them."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.meetings import actions, attendance, minutes
from mailer.meetings.minutes import ActionLine
from tests.acts.conftest import NOW, Place

LINES = [
    ("ACTION: Dawn - order goggles by 12 January", ActionLine("Dawn", "order goggles by 12 January")),
    ("Action point 3: Dawn to order goggles", ActionLine("Dawn", "order goggles")),
    ("* Action: Jane Doe: ask Mill Academy", ActionLine("Jane Doe", "ask Mill Academy")),
    ("ACTION - find a speaker", ActionLine("", "find a speaker")),
    ("GWEITHRED: Eleri - archebu sbectol", ActionLine("Eleri", "archebu sbectol")),
    ("Action: Huw will write to the head", ActionLine("Huw", "write to the head")),
]


@pytest.mark.parametrize(("line", "read"), LINES, ids=[line for line, _ in LINES])
def test_action_lines(line: str, read: ActionLine) -> None:
    assert minutes.action_lines(f"We talked.\n{line}\nThen tea.") == [read]


@pytest.mark.parametrize(
    "line", ["We took action on taps.", "Actions from last time were done.", "action", "Reaction: good"]
)
def test_lines_that_are_no_action(line: str) -> None:
    assert minutes.action_lines(line) == []


def test_the_day_is_read_by_whoever_knows_dates() -> None:
    found = minutes.action_lines("ACTION: Dawn - goggles by Friday", lambda words: date(2027, 3, 5))
    assert found[0].due_on == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Present: Dawn Price, Huw Rees and Jane Doe.", ["Dawn Price", "Huw Rees", "Jane Doe"]),
        ("Yn bresennol: Siôn; Eleri", ["Siôn", "Eleri"]),
        ("Apologies: Dawn", []),
    ],
)
def test_who_was_there(line: str, names: list[str]) -> None:
    assert minutes.attendees(line) == names


@pytest.mark.parametrize(
    ("said", "owner"),
    [("Jane Doe", "jane"), ("jane doe", "jane"), ("Dawn", "dawn"), ("Jane", None), ("Nobody", None), ("", None)],
)
def test_whose_action_it_is(place: Place, said: str, owner: str | None) -> None:
    """The whole name, else the first name if only one member has it; never a guess (contract 2)."""
    people = {
        "jane": place.member("jane@school.example", "Jane Doe"),
        "other": place.member("jane.a@school.example", "Jane Ap Rhys"),
        "dawn": place.member("dawn@school.example", "Dawn Price"),
    }
    action = actions.add(place.session, place.network.id, owner=said, text="Order goggles", now=NOW)
    assert actions.owner_address(place.session, action) == (people[owner] if owner else None)


@pytest.mark.parametrize(
    ("line", "found", "unknown"),
    [
        ("Present: Dawn Price, Huw Rees", 2, []),
        ("Present: DP, HR", 2, []),
        ("Present: Price and Rees", 2, []),
        ("Present: Dawn (Uni of Bath, Chemistry), Huw", 2, []),
        ("Present: none", 0, []),
        ("Present: Dwan Price, Huw", 1, ["Dwan Price (Dawn Price?)"]),
        ("Present: XY, Sam", 0, ["XY", "Sam"]),
    ],
)
def test_who_is_meant_by_a_name(place: Place, line: str, found: int, unknown: list[str]) -> None:
    """Initials and surnames count where one member has them; what is nearly a name is asked about, never taken for it."""
    place.member("dawn@school.example", "Dawn Price")
    place.member("huw@school.example", "Huw Rees")
    ids, left = attendance.by_names(place.session, place.network.id, minutes.attendees(line))
    assert (len(ids), left) == (found, unknown)


@pytest.mark.parametrize(
    "line", ["Present: all.", "Present: all as listed", "Present: Everyone who said yes", "Present: as per sign-in sheet"]
)
def test_everyone_is_nobody_by_that_name(line: str) -> None:
    assert attendance.everyone(minutes.attendees(line))

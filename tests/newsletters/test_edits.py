"""Changes that an editor asks for in words (contract 2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.newsletters import edits, issues, pieces, printing
from mailer.newsletters.prepared import prepare
from tests.acts.conftest import NOW, Place

OUT = datetime(2027, 4, 12, 8, 0, tzinfo=UTC)
TITLES = (("Agar without tears", "Jane Doe"), ("Our new autoclave", "Dawn Day"), ("Gas taps", "Dave Hill"))


@pytest.fixture
def issue(place: Place) -> issues.Issue:
    made = issues.add(place.session, place.network.id, publishes_at=OUT, now=NOW)
    for title, person in TITLES:
        prepared = prepare(title=title, text="Some words.", section="articles")
        pieces.submit(place.session, place.network.id, prepared, person=person, now=NOW)
    return made


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("drop the second piece", [1, 3]),
        ("Please drop piece 2", [1, 3]),
        ("leave Dave's piece out", [1, 2]),
        ("Tynnwch darn 3", [1, 2]),
        ("move autoclave first", [2, 1, 3]),
        ("Start with the autoclave piece please", [2, 1, 3]),
        ("the gas taps should go first", [3, 1, 2]),
        ("put piece 1 last", [2, 3, 1]),
        ("move 3 before 2", [1, 3, 2]),
        ("move the agar piece after the autoclave", [2, 1, 3]),
        ("hold Dave's piece over to next time", [1, 2]),
        ("keep 2 for the next issue, thanks", [1, 3]),
        ("hold over the autoclave", [1, 3]),
        ("put gas taps into news and events", [3, 1, 2]),
    ],
)
def test_what_is_asked_is_done(place: Place, issue: issues.Issue, line: str, printed: list[int]) -> None:
    assert edits.apply(place.session, issue.id, line)
    assert [piece.number for piece in printing.printed(place.session, issue)] == printed


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("change the title of 3 to Gas taps: who turns them off?", "Gas taps: who turns them off?"),
        ("Title of piece 3: Turning off the gas", "Turning off the gas"),
        ('call Dave\'s piece "The tap that would not close"', "The tap that would not close"),
        ("rename gas taps to Gas, tapped", "Gas, tapped"),
        ("Piece 3 title: Gas", "Gas"),
    ],
)
def test_a_title_is_changed(place: Place, issue: issues.Issue, line: str, title: str) -> None:
    assert edits.apply(place.session, issue.id, line)
    assert pieces.of_issue(place.session, issue)[2].title == title


@pytest.mark.parametrize(
    "line",
    ["drop the piece", "drop piece 9", "drop the one about", "move the piece by D first", "please make it nicer", "SEND", "drop it all"],
)
def test_what_names_no_one_piece_is_left(place: Place, issue: issues.Issue, line: str) -> None:
    assert edits.apply(place.session, issue.id, line) == ""
    assert [piece.number for piece in printing.printed(place.session, issue)] == [1, 2, 3]


def test_what_was_left_out_can_come_back(place: Place, issue: issues.Issue) -> None:
    assert edits.apply(place.session, issue.id, "drop 2")
    assert edits.apply(place.session, issue.id, "bring the autoclave back")
    assert [piece.number for piece in printing.printed(place.session, issue)] == [1, 2, 3]


def test_several_in_one_reply() -> None:
    text = "Hi,\nLooks good. Drop the second piece and move autoclave first.\nTitle of 3: Gas; who?\nThanks\nOlive"
    assert edits.said(text) == ["Looks good.", "Drop the second piece", "move autoclave first.", "Title of 3: Gas; who?"][1:]

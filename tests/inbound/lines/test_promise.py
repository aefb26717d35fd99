"""Promises of a piece, told from pieces (N16)."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.inbound.lines import by_when, gives_up, read_promise

TODAY = date(2027, 3, 3)  # a Wednesday

SURE = [
    ("I will write something next week about the autoclave", "Autoclave", date(2027, 3, 12)),
    ("I'll send you a piece on fume cupboards by 12 March", "Fume cupboards", date(2027, 3, 12)),
    ("Hi Olive,\n\nHappy to write something on our new autoclave, can do by Friday.", "New autoclave", date(2027, 3, 5)),
    ("Put me down for 200 words on gas taps please", "Gas taps", None),
    ("can do something on agar by Friday", "Agar", date(2027, 3, 5)),
    ("An article on the prep room move will follow next week.", "Prep room move", date(2027, 3, 12)),
    ("I am going to write about the BETT show, it's on 24 March", "BETT show", None),
    ("We'd love to contribute a few lines about our Science Week", "Science Week", None),
    ("I will be writing a piece about the trip, expect it in a fortnight", "Trip", date(2027, 3, 17)),
    ("Sorry, I'll do my piece on glass at the weekend", "Glass", date(2027, 3, 8)),
    ("I could write a book review for the next issue if you want one", "Book review", None),
    ("mi wna i sgwennu rhywbeth am y ffwrn erbyn dydd Gwener", "Ffwrn", date(2027, 3, 5)),
    ("Rhowch fi lawr am ddarn am y daith i Fangor", "Daith i Fangor", None),
]


@pytest.mark.parametrize(("text", "topic", "by"), SURE, ids=[text[:40] for text, _, _ in SURE])
def test_a_promise_with_its_topic_and_day(text: str, topic: str, by: date | None) -> None:
    found = read_promise("Book review" if "book review" in text else "Newsletter", text, TODAY)
    assert found is not None
    assert (found.sure, found.topic, found.by) == (True, topic, by)


@pytest.mark.parametrize(
    "text",
    [
        "Leave it with me",
        "If anyone wants the risk sheet I can send it to you",
        "I can send you our notes on the autoclave some time.",
        "I would like to write something about the autoclave. " + "It broke down in the middle of the mocks. " * 5,
    ],
)
def test_what_may_be_either_is_asked(text: str) -> None:
    found = read_promise("Autoclave", text, TODAY)
    assert found is not None
    assert not found.sure


@pytest.mark.parametrize(
    "text",
    [
        "Boil it twice.",
        "We will do a quiz on Friday 12 March in the Red Lion, all welcome",
        "Attached is my piece. I will send you pictures tomorrow",
        "Here is something about the autoclave. I will write more next week.",
        "Would you like a piece about the autoclave?",
        "We got our balances serviced by Smith's. I would recommend them.",
        "Somebody could write about this.",
        "I will write something about the autoclave next week. " + "It has two doors and one key. " * 20,
        "Dyma ddarn am y ffwrn.",
        "",
    ],
)
def test_a_piece_is_no_promise(text: str) -> None:
    assert read_promise("Autoclave", text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Sorry, no time this term", True),
        ("I can't manage it after all", True),
        ("dim amser, sori", True),
        ("You will have it on time", False),
        ("Friday then", False),
    ],
)
def test_giving_up(text: str, gone: bool) -> None:
    assert gives_up(text) is gone


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("by Friday", date(2027, 3, 5)),
        ("by next Friday", date(2027, 3, 12)),  # the 5th for some, the 12th for many: nobody is asked too early
        ("by next Monday", date(2027, 3, 8)),
        ("by Friday week", date(2027, 3, 12)),
    ],
)
def test_a_next_friday_of_this_week_is_the_later_one(text: str, by: date) -> None:
    assert by_when(text, TODAY) == by

"""Minutes, items, pieces and pasted people."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.inbound.lines import ActionLine, PersonLine, read_item, read_minutes, read_people, read_piece

TODAY = date(2027, 1, 20)
MARCH = date(2027, 3, 3)

ACTIONS = [
    ("ACTION: Karen to order the balances by 3 March", ActionLine("Karen", "order the balances", MARCH, "3 March")),
    ("Action (Karen, 3 March): order the balances", ActionLine("Karen", "order the balances", MARCH, "3 March")),
    ("Action (Karen): order the balances by 3/3/2027", ActionLine("Karen", "order the balances", MARCH, "3/3/2027")),
    ("Action: order the balances by 3 March", ActionLine("", "order the balances", MARCH, "3 March")),
    ("- Action 4: Karen Jones and Joe to book the room", ActionLine("Karen Jones and Joe", "book the room")),
    ("ACTION - Karen: order the balances", ActionLine("Karen", "order the balances")),
    ("**Action:** Karen will order the balances", ActionLine("Karen", "order the balances")),
    ("Balances need ordering (Action: Karen)", ActionLine("Karen", "Balances need ordering")),
    ("Balances need ordering. ACTION: Karen", ActionLine("Karen", "Balances need ordering")),
    ("AP3: Committee to look at dates by the next meeting", ActionLine("Committee", "look at dates", None, "the next meeting")),
    ("Gweithred: Siân i archebu'r cloriannau erbyn 3 Mawrth", ActionLine("Siân", "archebu'r cloriannau", MARCH, "3 mawrth")),
]


@pytest.mark.parametrize(("line", "action"), ACTIONS, ids=[row[0] for row in ACTIONS])
def test_action_points(line: str, action: ActionLine) -> None:
    (found,) = read_minutes("Present: Karen, Joe\n\n" + line + "\nNext meeting 4 March", today=TODAY)
    assert (found.owner, found.text, found.due) == (action.owner, action.text, action.due)
    assert found.due_words.lower() == action.due_words.lower()


def test_a_list_under_a_heading() -> None:
    text = "Actions:\n- Karen to order the balances\n- All: bring a question by 3 March\n\nAny other business\nJoe to be thanked"
    assert [(a.owner, a.text, a.due) for a in read_minutes(text, today=TODAY)] == [
        ("Karen", "order the balances", None),
        ("All", "bring a question", MARCH),
    ]


def test_without_today_a_day_without_year_stays_words() -> None:
    (found,) = read_minutes("ACTION: Karen to order the balances by 3 March")
    assert (found.due, found.due_words) == (None, "3 March")


def test_minutes_without_actions() -> None:
    assert read_minutes("We talked about actions.\nNo action was needed.\nThe action potential of a nerve was shown.", today=TODAY) == ()


ITEMS = [
    ("Agenda item: COSHH storage, 10 minutes", "Hi, can we talk about this?", "COSHH storage", 10, "health-and-safety"),
    ("Item for the agenda", "Could we discuss balances that keep drifting? 15 mins please.", "Balances that keep drifting", 15, "troubleshooting"),
    ("", "Hi Jane,\n\nI'd like to show the new colorimeter, a short demo of ten minutes.", "Show the new colorimeter, a short demo of ten minutes", 10, "show-and-tell"),
    ("Re: Call for items", "Half an hour on RSciTech registration", "Half an hour on RSciTech registration", 30, "development"),
    ("How do others label their bottles?", "", "How do others label their bottles?", None, "question"),
    ("Good practice in prep rooms", "no time given", "Good practice in prep rooms", None, "practice"),
    ("Summer social", "Where shall we go", "Summer social", None, "other"),
    ("Eitem", "Gawn ni drafod diogelwch yn y labordy? 10 munud", "Diogelwch yn y labordy", 10, "health-and-safety"),
]


@pytest.mark.parametrize(("subject", "text", "title", "minutes", "kind"), ITEMS, ids=[row[0] or row[1][:20] for row in ITEMS])
def test_items(subject: str, text: str, title: str, minutes: int | None, kind: str) -> None:
    found = read_item(text, subject)
    assert (found.title, found.minutes, found.kind, found.text) == (title, minutes, kind, text)


PIECES = [
    ("Newsletter piece: Our trip to the science fair", "We went to Cardiff.", "Our trip to the science fair", "events"),
    ("for the newsletter", "Hi\n\nCongratulations to Karen on her award. She", "Congratulations to Karen on her award", "people"),
    ("Jobs: Senior technician at Brook School", "37 hours", "Senior technician at Brook School", "jobs"),
    ("Re: newsletter", "Section: ideas\nTitle: A shared kit list\nWe could", "A shared kit list", "ideas"),
    ("CLEAPSS course in June", "Book soon", "CLEAPSS course in June", "training"),
    ("How we store sodium", "In oil", "How we store sodium", "articles"),
    ("You asked, we did: new goggles", "All schools", "You asked, we did: new goggles", "actions"),
    ("Useful links", "one, two", "Useful links", "links"),
    ("Menopause support group", "Mondays", "Menopause support group", "support"),
    ("Blue", "green", "Blue", "other"),
]


@pytest.mark.parametrize(("subject", "text", "title", "section"), PIECES, ids=[row[2] for row in PIECES])
def test_pieces(subject: str, text: str, title: str, section: str) -> None:
    assert read_piece(subject, text) == (title, section)


PEOPLE = [
    ("Dawn Price <dawn@hill.example>, Hillside School", PersonLine("dawn@hill.example", "Dawn Price", "Hillside School")),
    ("dawn@hill.example", PersonLine("dawn@hill.example")),
    ("- Dawn Price, dawn@hill.example, Hillside School, senior technician", PersonLine("dawn@hill.example", "Dawn Price", "Hillside School", "senior technician")),
    ('"Price, Dawn" <Dawn@hill.example>', PersonLine("dawn@hill.example", "Dawn Price")),
    ("Dawn Price\tdawn@hill.example\tHillside School", PersonLine("dawn@hill.example", "Dawn Price", "Hillside School")),
    ("Hillside School: dawn@hill.example", PersonLine("dawn@hill.example", "", "Hillside School")),
    ("Dawn Price (dawn@hill.example)", PersonLine("dawn@hill.example", "Dawn Price")),
    ("Dawn Price - dawn@hill.example - Hillside", PersonLine("dawn@hill.example", "Dawn Price", "Hillside")),
]


@pytest.mark.parametrize(("line", "person"), PEOPLE, ids=[row[0] for row in PEOPLE])
def test_people(line: str, person: PersonLine) -> None:
    (found,) = read_people("Hi, please add:\n\n" + line + "\n\nThanks")
    assert (found.email, found.name, found.organisation, found.role) == (person.email, person.name, person.organisation, person.role)


def test_many_on_one_line_and_each_address_once() -> None:
    found = read_people("Name,Email,School\nA One <a@x.example>; B Two <b@x.example>; c@x.example\na@x.example, Brook School")
    assert [(p.email, p.name) for p in found] == [("a@x.example", "A One"), ("b@x.example", "B Two"), ("c@x.example", "")]
    assert found[0].organisation == "Brook School"


def test_a_broken_address_is_named_not_lost() -> None:
    (found,) = read_people("Karen karen@brook")
    assert found.doubt


@settings(max_examples=100)
@given(st.text(max_size=400))
def test_any_text_is_read_without_raising(text: str) -> None:
    read_minutes(text, today=TODAY)
    read_item(text, text)
    read_piece(text, text)
    read_people(text)

"""What says that somebody has left or has died, and what only sounds like it."""

from __future__ import annotations

import time

import pytest

from mailer.inbound import asking, gone

SAID = [
    ("Karen left", "", "Karen", "left"),
    ("Re: Karen Price has left", "", "Karen Price", "left"),
    ("", "Hi Olive,\nKaren Price has left the school, so no need to write to her any more.", "Karen Price", "left"),
    ("", "Just to say that Karen has now retired.", "Karen", "left"),
    ("", "Karen Price no longer works here.", "Karen Price", "left"),
    ("", "Karen's left us for a job in Exeter", "Karen", "left"),
    ("Karen", "Karen Price left in July.", "Karen Price", "left"),
    ("Karen has died", "", "Karen", "died"),
    ("Sad news", "I am very sorry to tell you that Karen Price died on Saturday after a long illness.", "Karen Price", "died"),
    ("", "Karen Price passed away last week", "Karen Price", "died"),
    ("", "It is with great sadness that I write of the death of our colleague, Karen Price.", "Karen Price", "died"),
    ("", "Karen Price has sadly passed away.", "Karen Price", "died"),
    ("", "Karen Price is no longer with us.", "Karen Price", "unsaid"),
    ("", "Karen's no longer with us", "Karen", "unsaid"),
    ("", "Mae Karen Price wedi gadael yr ysgol.", "Karen Price", "left"),
    ("", "Mae Karen Price wedi ymddeol", "Karen Price", "left"),
    ("", "Mae Karen Price wedi marw.", "Karen Price", "died"),
    ("Newyddion trist", "Bu farw Karen Price ddydd Sul.", "Karen Price", "died"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "who", "how"), SAID, ids=[row[0] or row[1][:40] for row in SAID])
def test_said(subject: str, text: str, who: str, how: str) -> None:
    found = gone.said(subject, text)
    assert found is not None
    assert (found.who, found.how) == (who, how)


NOT_SAID = [
    ("a coat", "Karen left her coat in the prep room."),
    ("us", "Karen's left us the key to the prep room."),
    ("a message", "Karen left me a message about the balances."),
    ("a day off", "Karen has left early today, so I will answer for her."),
    ("to come", "Karen is leaving at Easter."),
    ("asked", "Has Karen left the school?"),
    ("the writer", "I have left the school."),
    ("a thing", "The old autoclave has died."),
    ("what is left", "There are three places left."),
    ("two people", "Karen and Joe have left the school."),
    ("no name", "She has left the school."),
    ("whose husband", "Jane Doe's husband has died; let us send flowers."),
    ("whose mother", "jane doe's mother has died"),
    ("the mother of", "The mother of Jane Doe has died."),
    ("the death of whose", "We heard of the death of Jane Doe's father."),
    ("who told it", "Jane Doe told me that her father has died."),
    ("what they said", "Jane Doe says the incubator has died"),
    ("in Welsh", "Mae gŵr Jane Doe wedi marw."),
]


@pytest.mark.parametrize("text", [row[1] for row in NOT_SAID], ids=[row[0] for row in NOT_SAID])
def test_not_said(text: str) -> None:
    assert gone.said("", text) is None


EVERYONE = [
    ("whose colleague", "", "Jane Doe's colleague Karen Price has left.", ("Karen Price",), "left"),
    ("who told it", "", "Jane Doe told me that Karen Price has died.", ("Karen Price",), "died"),
    ("of themselves", "", "Jane Doe says she has left.", ("Jane Doe",), "left"),
    ("from a school", "", "Jane Doe from Hill School has died.", ("Jane Doe",), "died"),
    ("our technician", "", "I am sorry to tell you that our technician Jane Doe has died.", ("Jane Doe",), "died"),
    ("an address", "", "jane@hill.school.example has left the school", ("jane@hill.school.example",), "left"),
    ("a name above", "Dawn Day", "has left", ("Dawn Day",), "left"),
    ("a name above, she below", "Re: Dawn Day", "She has retired.", ("Dawn Day",), "left"),
    ("two", "", "Jane Doe and Dawn Day have both left", ("Jane Doe", "Dawn Day"), "left"),
    ("two, of a school", "", "Jane Doe and Dawn Day have both left Hill School.", ("Jane Doe", "Dawn Day"), "left"),
    ("three", "", "Jane Doe, Dawn Day and Joe Bell have all retired.", ("Jane Doe", "Dawn Day", "Joe Bell"), "left"),
    ("the last of two", "", "Jane Doe retires at Christmas and Dawn Day has left.", ("Dawn Day",), "left"),
    ("two have died", "", "Jane Doe and Dawn Day died in an accident.", ("Jane Doe", "Dawn Day"), "died"),
    ("two, in Welsh", "", "Mae Jane Doe a Dawn Day wedi ymddeol", ("Jane Doe", "Dawn Day"), "left"),
    ("one, of a school", "", "Karen Price has left Hill School.", ("Karen Price",), "left"),
]


@pytest.mark.parametrize(("subject", "text", "who", "how"), [row[1:] for row in EVERYONE], ids=[row[0] for row in EVERYONE])
def test_everyone(subject: str, text: str, who: tuple[str, ...], how: str) -> None:
    found = gone.everyone(subject, text)
    assert (tuple(one.who for one in found), {one.how for one in found}) == (who, {how})


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", "Karen and Joe left the keys at reception"),
        ("", "Karen has left a message for the school."),
        ("Dawn Day", "has left her coat"),
        ("Lab coats", "have left the building?"),
        ("", "Have Jane Doe and Dawn Day left?"),
        ("", "jane@hill.school.example is the address of our new technician"),
    ],
)
def test_no_one(subject: str, text: str) -> None:
    assert gone.everyone(subject, text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "This is her daughter. Mum passed away last month.",
        "My wife Jane died on Sunday.",
        "I am sorry to say that Jane died on Sunday. Please stop writing to this address.",
        "She died in March.",
        "We lost our mother last week.",
        "Mae mam wedi marw.",
        "Bu farw ym mis Mawrth.",
    ],
)
def test_speaks_of_a_death(text: str) -> None:
    assert gone.of_a_death(text)


@pytest.mark.parametrize(
    "text",
    ["My phone died.", "The old autoclave has died.", "The battery died, sorry for the late answer.", "Mae'r batri wedi marw.", "Is it true that Karen died?", "Yes, I'll be there."],
)
def test_speaks_of_no_death(text: str) -> None:
    assert not gone.of_a_death(text)


FEELINGLY = ["Sadly Jane Doe died in June.", "Poor Jane Doe died last week", "Our dear friend Jane Doe passed away", "Yn anffodus mae Jane Doe wedi marw"]


@pytest.mark.parametrize("words", FEELINGLY)
def test_a_word_of_feeling_before_a_name_is_no_part_of_it(words: str) -> None:
    assert [(one.who, one.how) for one in gone.everyone("", words)] == [("Jane Doe", gone.DIED)]


@pytest.mark.parametrize(
    ("words", "how"),
    [("Sadly Jane Doe passed away. Karen Price died too.", gone.DIED), ("Jane Doe sadly died in June, and Karen Price left in July", gone.LEFT)],
)
def test_who_else_is_gone_is_heard_in_the_next_clause(words: str, how: str) -> None:
    assert [(one.who, one.how) for one in gone.everyone("", words)] == [("Jane Doe", gone.DIED), ("Karen Price", how)]


def test_the_same_person_in_the_next_clause_is_heard_once() -> None:
    assert len(gone.everyone("", "Jane Doe died in June. Sadly Jane died. Jane left a kit list, and the school closed.")) == 1


def test_a_long_line_costs_what_it_is_long() -> None:
    """And a request to stop at its end is found all the same."""
    began = time.monotonic()
    assert asking.as_told("x" * 300_000 + ". Could you stop the emails?").endswith(" Could you stop the emails.")
    assert time.monotonic() - began < 10

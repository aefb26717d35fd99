"""Once a year a school's named contact is asked whether the list of its people is still right, and answers by reply (N1)."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest

from mailer.consent.standing import Proof
from mailer.inbound.lines.school import read_school
from mailer.people import addresses, membership, profile
from tests.conversations.scenes import DAWN, JANE, OLIVE
from tests.stage import DOMAIN, Got, Stage

CAROL, KAREN, QUIET = "carol@hill.school.example", "karen@hill.school.example", "quiet@hill.school.example"
OCTOBER = datetime(2027, 10, 1, 9, 30, tzinfo=UTC)
PEOPLE = [
    {"id": "4", "number": 1, "name": "Jane Doe", "words": "Jane Doe, senior technician"},
    {"id": "7", "number": 2, "name": "Karen Price", "words": "Karen Price, karen@hill.school.example"},
]
QUOTED = "> - 1. Jane Doe, senior technician\n> - 2. Karen Price, karen@hill.school.example\n> That is the whole list."
# reply, the quoted list, who left, who is renamed, who is new
ANSWERS: list[tuple[str, str, str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]] = [
    ("all right", "All still right, thanks", QUOTED, (), (), ()),
    ("one has left", "Jane Doe has left", QUOTED, ("4",), (), ()),
    ("by first name", "Karen's fine. \nJane left", QUOTED, ("4",), (), ()),
    ("x and a number", "x 2", QUOTED, ("7",), (), ()),
    ("two of them", "Jane and Karen have left", QUOTED, ("4", "7"), (), ()),
    ("is now", "Jane Doe is now Jane Smith", QUOTED, (), (("4", "Jane Smith"),), ()),
    ("somebody new", "Sam Hill, sam@hill.school.example", QUOTED, (), (), ("sam@hill.school.example",)),
    ("a line taken out", "", QUOTED.replace("> - 1. Jane Doe, senior technician\n", ""), ("4",), (), ()),
    ("crossed out", "", QUOTED.replace("- 2. Karen", "- x 2. Karen"), ("7",), (), ()),
    ("left behind the line", "", QUOTED.replace("school.example\n", "school.example left\n"), ("7",), (), ()),
    ("corrected", "", QUOTED.replace("Jane Doe", "Jane Smith"), (), (("4", "Jane Smith"),), ()),
    ("a quote cut short", "Thanks", "> - 1. Jane Doe, senior technician", (), (), ()),
    ("no quote", "Right", "", (), (), ()),
    ("all right, and a line lost", "All fine", QUOTED.replace("> - 1. Jane Doe, senior technician\n", ""), (), (), ()),
    ("a quote joined", "Thanks", QUOTED.replace("technician\n>", "technician"), (), (), ()),
    ("a point of one's own", "1. We now have a new lab.", QUOTED, (), (), ()),
    ("somebody in a point of one's own", "1. Karen has left", QUOTED, (), (), ()),
    ("a long line", "", QUOTED.replace("Jane Doe", "We have a new lab since May"), (), (), ()),
]


@pytest.mark.parametrize(("reply", "quoted", "left", "renamed", "added"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_is_read(reply: str, quoted: str, left: Any, renamed: Any, added: Any) -> None:
    read = read_school(reply, f"{reply}\n\n{quoted}", PEOPLE)
    assert (read.left, read.renamed, tuple(one.email for one in read.added)) == (left, renamed, added)


def test_a_point_of_ones_own_is_for_the_organisers() -> None:
    assert read_school("1. We now have a new lab.", f"1. We now have a new lab.\n{QUOTED}", PEOPLE).rest == ("1. We now have a new lab.",)


HOSTILE = ["a" + " " * 100_000 + "b", "a " * 50_000, "yes, " * 20_000 + "b", "a,-" * 33_000, "> " * 50_000, "- 1. " + "left " * 20_000]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_line_costs_little(line: str) -> None:
    begun = monotonic()
    read_school(line, line, PEOPLE)
    assert monotonic() - begun < 2


@pytest.fixture
def asked(stage: Stage) -> Got:
    """Jane and Karen show themselves to organisers, one with address; one more does not. It is October."""
    stage.member(CAROL, "Carol Contact", roles=("member", "named-contact"), organisation="Hill School")
    stage.member(KAREN, "Karen Price", organisation="Hill School")
    stage.member(QUIET, "Quiet Quinn", organisation="Hill School")
    show(stage, JANE, "name")
    show(stage, KAREN, "name", "address")
    stage.at(datetime(2027, 9, 27, 10, 0, tzinfo=UTC))
    stage.settle()
    stage.at(OCTOBER)
    stage.settle()
    return next(mail for mail in stage.mails(CAROL) if "still right" in mail.subject)


def show(stage: Stage, address: str, *fields: str) -> None:
    with stage.house.store.write() as session:
        known = addresses.find(session, address)
        assert known is not None
        proof = Proof("consent", "share", "mail")
        profile.show(session, stage.network_id, known.id, dict.fromkeys(fields, profile.ORGANISERS), proof, stage.now)


def members(stage: Stage) -> dict[str, bool]:
    """Name -> still a member."""
    with stage.house.store.read() as session:
        return {one.name: one.ended_at is None for one in membership.every(session, stage.network_id, ended=True)}


def test_only_what_was_agreed_to_stands_in_it_and_only_the_contact_gets_it_once(stage: Stage, asked: Got) -> None:
    assert asked.subject == "Hill School: is this still right?"
    assert "1. Jane Doe" in asked.words
    assert JANE not in asked.text
    assert f"2. Karen Price, {KAREN}" in asked.words
    assert "Quiet" not in asked.text
    assert "Dawn" not in asked.words
    assert "would rather not be listed" in asked.words
    for other in (JANE, DAWN, OLIVE):
        assert not [mail for mail in stage.mails(other) if "still right" in mail.subject]
    stage.at(datetime(2027, 10, 20, 9, 30, tzinfo=UTC))
    stage.settle()
    assert len([mail for mail in stage.mails(CAROL) if "still right" in mail.subject]) == 1
    assert stage.occasion("people-check").state == "sent"


def test_changes_are_shown_and_done_after_a_yes(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "Karen Price has left\nJane Doe is now Jane Smith\nSam Hill, sam@hill.school.example")
    question = stage.last(CAROL)
    assert "Karen Price" in question.words
    assert members(stage)["Karen Price"]
    assert stage.mails("sam@hill.school.example") == []
    stage.reply(question, "YES")
    assert not members(stage)["Karen Price"]
    assert "like" in stage.last("sam@hill.school.example").words  # asked, and nothing else
    assert not members(stage).get("Sam Hill", False) or not stage.copies(to_address="sam@hill.school.example", purpose="meetings")
    about_name = stage.last(JANE)
    assert "Jane Smith" in about_name.words
    assert "Carol Contact" in about_name.words
    stage.reply(about_name, "YES")
    assert "Jane Smith" in members(stage)
    stage.reply(next(mail for mail in reversed(stage.mails(CAROL)) if mail.subject == "Hill School: thank you"), "UNDO")
    assert members(stage)["Karen Price"]


def test_right_is_noted_and_not_me_ends_the_office(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "RIGHT")
    assert "the list of Hill School is right" in stage.last(CAROL).words
    stage.reply(asked, "Not me")
    assert "do not get this mail again" in stage.last(CAROL).words
    assert "named contact" in stage.last(OLIVE).subject
    stage.reply(stage.last(CAROL), "UNDO")
    stage.reply(asked, "RIGHT")
    assert "the list of Hill School is right" in stage.last(CAROL).words


def test_another_ones_answer_changes_nothing(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "Karen Price has left", sender=DAWN)
    assert members(stage)["Karen Price"]
    assert "is this what you mean" not in stage.last(DAWN).subject


def test_words_that_are_no_change_go_to_the_organisers(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "We have two new posts to fill, could you pass that on?")
    assert "two new posts to fill" in stage.last(OLIVE).words
    assert DOMAIN in stage.last(OLIVE).reply_to

"""A mailbox that several people read: one copy, greeted by role, answers by name, a STOP that is for all of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from mailer.acts import forget_me
from mailer.meetings import attendance, responses
from mailer.people import access, addresses, written
from tests.conversations.scenes import JANE, OLIVE, invited
from tests.stage import DOMAIN, Got, Stage

BOX = "technicians@moor.school.example"


@pytest.fixture
def asked(stage: Stage) -> tuple[int, Got]:
    """The mailbox has its invitation."""
    stage.member(BOX, shared=True, organisation="Moor School")
    meeting_id = invited(stage)
    return meeting_id, stage.last(BOX)


def theirs(stage: Stage, meeting_id: int) -> dict[str, Any]:
    with stage.house.store.read() as session:
        return next(row for row in responses.listing(session, meeting_id) if row["address"] == BOX)


def counted(stage: Stage, meeting_id: int) -> int:
    with stage.house.store.read() as session:
        return responses.summary(session, meeting_id)["coming"]


def sheet(stage: Stage, meeting_id: int) -> list[tuple[str, str, int]]:
    with stage.house.store.read() as session:
        found = attendance.names_for_host(session, meeting_id, notes=True)
    return [(who["name"], who["organisation"], who["guests"]) for who in found]


def test_it_is_greeted_by_role_and_organisation(stage: Stage, asked: tuple[int, Got]) -> None:
    assert asked[1].text.lstrip().startswith("Dear technicians at Moor School,")
    assert len([mail for mail in stage.mails(BOX) if mail.subject == asked[1].subject]) == 1


# words, what each said by name, the answer of the mailbox, who of it comes
BY_NAME = [
    ("Karen and I yes, Joe no", {"Karen": "yes", "Joe": "no"}, "yes", 2, ["Karen"]),
    ("Karen yes, Joe no", {"Karen": "yes", "Joe": "no"}, "yes", 1, ["Karen"]),
    ("Joe no, Karen yes", {"Karen": "yes", "Joe": "no"}, "yes", 1, ["Karen"]),
    ("Karen and Joe are coming", {"Karen": "yes", "Joe": "yes"}, "yes", 2, ["Karen", "Joe"]),
    ("Karen yes\nJoe no\nDawn maybe", {"Karen": "yes", "Joe": "no", "Dawn": "maybe"}, "yes", 1, ["Karen"]),
    ("Hi Olive,\n\nKaren: yes\n\nJoe: no\n\nThanks\nKaren", {"Karen": "yes", "Joe": "no"}, "yes", 1, ["Karen"]),
    ("- Joe - sorry, teaching\n- Karen - coming", {"Joe": "no", "Karen": "yes"}, "yes", 1, ["Karen"]),
    ("Yes: Karen, Dawn\nNo: Joe", {"Karen": "yes", "Dawn": "yes", "Joe": "no"}, "yes", 2, ["Karen", "Dawn"]),
    ("yes Karen\nno Joe", {"Karen": "yes", "Joe": "no"}, "yes", 1, ["Karen"]),
    ("Joe isn't.\nKaren is", {"Joe": "no", "Karen": "yes"}, "yes", 1, ["Karen"]),
]


@pytest.mark.parametrize(("words", "said", "answer", "coming", "names"), BY_NAME, ids=[row[0] for row in BY_NAME])
def test_answers_by_name(
    stage: Stage, asked: tuple[int, Got], words: str, said: dict[str, str], answer: str, coming: int, names: list[str]
) -> None:
    meeting_id, letter = asked
    stage.reply(letter, words)
    row = theirs(stage, meeting_id)
    assert row["answer"] == answer
    assert {one["name"]: one["answer"] for one in row["people"]} == said
    assert sorted(row["names"]) == sorted(names)
    assert counted(stage, meeting_id) == coming
    on_paper = sheet(stage, meeting_id)
    assert sorted(name for name, _, _ in on_paper if name) == sorted(names)
    assert len(on_paper) + sum(guests for _, _, guests in on_paper) == coming
    assert {where for _, where, _ in on_paper} == {"Moor School"}
    for name, one in said.items():
        assert f"{name}: {one}" in stage.last(BOX).words


def test_a_note_in_a_line_is_that_persons(stage: Stage, asked: tuple[int, Got]) -> None:
    meeting_id, letter = asked
    stage.reply(letter, "Karen yes, vegetarian\nDawn maybe, depends on cover\nJoe no")
    assert "Karen: vegetarian; Dawn: depends on cover" in theirs(stage, meeting_id)["note"]


def test_lines_of_names_from_one_person_are_not_guessed_at(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last("jane@hill.school.example"), "Karen yes\nJoe no")
    with stage.house.store.read() as session:
        said = {row["address"]: row["answer"] for row in responses.listing(session, meeting_id)}
    assert said["jane@hill.school.example"] == "none"


def test_how_many_is_asked_for_names_once_and_counted_meanwhile(stage: Stage, asked: tuple[int, Got]) -> None:
    meeting_id, letter = asked
    stage.reply(letter, "Yes, three of us")
    assert "Who are the 3 of you?" in stage.last(BOX).words
    assert counted(stage, meeting_id) == 3
    stage.reply(stage.last(BOX), "Karen, Joe and Sam\n\nThanks")
    assert theirs(stage, meeting_id)["names"] == ["Karen", "Joe", "Sam"]
    assert counted(stage, meeting_id) == 3
    assert "Who are the" not in stage.last(BOX).words
    assert [name for name, _, _ in sheet(stage, meeting_id)] == ["Joe", "Karen", "Sam"]
    stage.reply(letter, "Yes, two of us")
    assert counted(stage, meeting_id) == 2
    assert "Who are the" not in stage.last(BOX).words


def test_stop_rests_the_mailbox_and_each_is_offered_an_address_of_their_own(
    stage: Stage, asked: tuple[int, Got]
) -> None:
    _, letter = asked
    stage.reply(letter, "Karen yes, Joe no")
    stage.reply(stage.last(BOX), "STOP")
    farewell = stage.last(BOX).words
    assert "the stop is for all of them" in farewell
    assert "Karen and Joe: each of you can still have our mail at an address of your own" in farewell
    assert f"mendip-join@{DOMAIN}" in farewell
    count = len(stage.mails(BOX))
    stage.at(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2027, 1, 6, 9, 0, tzinfo=UTC))
    stage.settle()
    assert len(stage.mails(BOX)) == count
    stage.mail("karen@moor.school.example", f"mendip-join@{DOMAIN}", "join", "")
    stage.reply(stage.last("karen@moor.school.example"), "YES")
    assert "You are in" in stage.last("karen@moor.school.example").words


def html(got: Got) -> bool:
    return any(part.get_content_type() == "text/html" for part in got.message.walk())


def test_plain_text_and_a_language_are_the_mailboxs_own(stage: Stage, asked: tuple[int, Got]) -> None:
    """ACC-9: everything that is composed for it, receipts and letters of the term; nobody else's mail, and UNDO."""
    assert html(asked[1])
    stage.reply(asked[1], "PLAIN TEXT\nCYMRAEG")
    assert "Wedi newid" in stage.last(BOX).subject
    stage.reply(asked[1], "STATUS")
    status = stage.last(BOX)
    assert "testun plaen" in status.words
    assert "Cymraeg" in status.words
    stage.at(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2027, 1, 6, 9, 0, tzinfo=UTC))
    stage.settle()
    reminder, janes = stage.last(BOX), stage.last(JANE)
    assert reminder.message["Content-Language"] == "cy"
    assert reminder.text.lstrip().startswith("Annwyl")
    assert not html(reminder)
    assert (janes.message["Content-Language"], html(janes)) == ("en", True)
    stage.reply(status, "WITH LAYOUT")
    stage.reply(stage.last(BOX), "UNDO")
    assert not html(stage.last(BOX))


def test_its_wishes_are_in_its_copy_and_are_erased_with_it(stage: Stage, asked: tuple[int, Got]) -> None:
    """DP-9, DP-11."""
    stage.reply(asked[1], "CYMRAEG\nPLAIN TEXT")
    with stage.house.store.write() as session:
        box = addresses.find(session, BOX)
        assert box is not None
        [copy] = access.collect(session, box.id)["addresses"]
        erasure_id = forget_me.by_operator(session, stage.network_id, box.id, now=stage.now)
    assert (copy["language"], copy["plain_text"]) == ("cy", True)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    with stage.house.store.read() as session:
        assert written.wishes(session, box.id) == {"language": "", "plain_text": False}


HOW = [
    ("MY DATA", "from an address of your own"),
    ("FORGET ME", "from an address of your own"),
    ("KEEP DIRECTORY", "from an address of your own"),
    ("CHANGE ADDRESS TO karen@moor.school.example", "the address of your own"),
]


@pytest.mark.parametrize(("words", "how"), HOW, ids=[row[0] for row in HOW])
def test_what_is_one_persons_is_refused_and_explained(
    stage: Stage, asked: tuple[int, Got], words: str, how: str
) -> None:
    row = stage.outcome(stage.reply(asked[1], words))
    assert (row.state, row.reason) == ("refused", "shared-mailbox")
    assert how in stage.last(BOX).words
    assert "Several people read this mailbox" in stage.last(BOX).words


@pytest.mark.parametrize("who", [BOX, JANE], ids=["a mailbox of several", "a person"])
def test_status_offers_no_word_that_would_be_refused(stage: Stage, who: str) -> None:
    stage.member(BOX, shared=True, organisation="Moor School")
    stage.mail(who, f"mendip-help@{DOMAIN}", "", "STATUS")
    status = stage.last(who)
    offered = re.findall(r"\b[A-Z]{3,}(?: [A-Z0-9]+)*\b|\bMY [A-Z]+\b", status.words.partition("reply with it:")[2])
    assert len(offered) >= 3
    assert ("MY DATA" in offered) is (who == JANE)
    assert f"mendip-join@{DOMAIN}" in status.words or who == JANE
    for word in offered:
        done = stage.outcome(stage.reply(status, word))
        assert done.state in ("done", "asked"), (word, done.outcome)

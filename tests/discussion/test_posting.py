"""Posts: who may, in which thread, with which subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from mailer.discussion import posting, threads
from mailer.discussion.posting import Draft
from mailer.store.tables import people
from tests.acts.conftest import NOW, Place

DRAFT = Draft("1@school.example", "How do you store agar plates?", "Ours dry out in a week.")


def asked(place: Place, draft: Draft, who: int | None, **values: Any) -> posting.Asked:
    return posting.asked_of(place.session, place.network.id, who, draft, **({"list_": "discussion", "now": NOW} | values))


def kept(place: Place, draft: Draft = DRAFT, who: int | None = None, **values: Any) -> posting.Post:
    inbox_id = values.pop("inbox_id", None)
    return posting.post(place.session, asked(place, draft, who, **values), inbox_id)


SUBJECTS = [
    ("Agar", False, "[Mendip] Agar"),
    ("Re: Agar", False, "[Mendip] Agar"),
    ("Re: Agar", True, "Re: [Mendip] Agar"),
    ("Re: [Mendip] Re: [Mendip] Agar", True, "Re: [Mendip] Agar"),
    ("Fwd: [mendip] Agar", False, "[Mendip] Agar"),
    ("RE[2]: [Mendip] Agar", True, "Re: [Mendip] Agar"),
    ("[Urgent] Agar", False, "[Mendip] [Urgent] Agar"),
    ("Regarding: agar", False, "[Mendip] Regarding: agar"),
    ("", False, "[Mendip]"),
    ("Agar\r\nBcc: x@y.example", False, "[Mendip] Agar Bcc: x@y.example"),
]


@pytest.mark.parametrize(("subject", "answers", "line"), SUBJECTS)
def test_fmt_13_subject_prefix(subject: str, answers: bool, line: str) -> None:
    assert posting.subject_line(subject, "Mendip", answers=answers) == line


@given(st.lists(st.sampled_from(["Re: ", "RE : ", "Fwd: ", "[Mendip] ", "Agar ", "AW:"]), max_size=12), st.booleans())
def test_fmt_13_holds_for_any_subject(parts: list[str], answers: bool) -> None:
    """The mark stands once, Re: only where it is true, and doing it again changes nothing."""
    line = posting.subject_line("".join(parts), "Mendip", answers=answers)
    assert line.startswith("Re: [Mendip]" if answers else "[Mendip]")
    assert posting.subject_line(line, "Mendip", answers=answers) == line
    if not any(part == "Agar " for part in parts):
        assert line.count("[Mendip]") == 1


HELD = [
    ("own List-Id", {"list_ids": ("mendip.lists.example.org",)}, "loop"),
    ("own X-Loop, any case", {"loops": ("Mendip@Lists.example.org",)}, "loop"),
    ("gone round too often", {"received": 101}, "loop"),
    ("another list's mark", {"list_ids": ("exmoor.lists.example.org",), "received": 100}, ""),
    ("no words", {"text": " \n"}, "empty"),
]


@pytest.mark.parametrize(("change", "slug"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_loop_4_what_went_round_is_held(place: Place, change: dict[str, Any], slug: str) -> None:
    dawn = place.member("dawn@school.example", "Dawn", purposes=("discussion",))
    draft = replace(DRAFT, **change)
    assert posting.held_because(place.session, asked(place, draft, dawn)) == slug


def test_who_may_post(place: Place) -> None:
    """Only members who get the list's mail themselves."""
    dawn = place.member("dawn@school.example", "Dawn", purposes=("discussion",))
    huw = place.member("huw@school.example", "Huw", purposes=("meetings",))

    def held(who: int | None, list_: str = "discussion", draft: Draft = DRAFT) -> str:
        return posting.held_because(place.session, asked(place, draft, who, list_=list_))

    assert held(dawn) == ""
    assert held(dawn, "exchange") == "not-on-this-list"
    assert held(huw) == "not-on-this-list"
    assert held(None) == "not-a-member"
    kept(place, who=dawn)
    assert held(dawn) == "posted-already"
    assert held(dawn, draft=replace(DRAFT, message_id="")) == "posted-already"
    assert held(dawn, draft=replace(DRAFT, message_id="", text="Something else.")) == ""


def test_threads_join_by_the_nearest_known_ancestor(place: Place) -> None:
    """RFC 5322 3.6.4: a reply to a reply, one whose In-Reply-To is lost, one that answers something unknown."""
    first = kept(place)
    reply = kept(place, replace(DRAFT, message_id="2@x", in_reply_to="1@school.example"))
    deep = kept(place, replace(DRAFT, message_id="3@x", references=("1@school.example", "2@x")))
    stray = kept(place, replace(DRAFT, message_id="4@x", subject="Re: Agar", in_reply_to="unknown@x"))
    assert {first.thread_id, reply.thread_id, deep.thread_id} == {"1@school.example"}
    assert [one.answers for one in (first, reply, deep, stray)] == [False, True, True, False]
    assert threads.ids(place.session, deep.thread_id, deep.id) == ["1@school.example", "2@x"]
    nearest = threads.ancestor(place.session, place.network.id, "", ("1@school.example", "2@x"))
    assert nearest == (reply.id, "1@school.example")


def test_fmt_4_a_long_thread_loses_its_middle(place: Place) -> None:
    for number in range(200):
        kept(place, replace(DRAFT, message_id=f"{number}@x", references=("0@x",)))
    last = kept(place, replace(DRAFT, message_id="last@x", references=("0@x",)))
    found = threads.ids(place.session, "0@x", last.id)
    assert len(found) == threads.KEPT_REFERENCES
    assert (found[0], found[-1]) == ("0@x", "199@x")


@pytest.mark.parametrize("given", ["", "no-at-sign", "7@Käthes-PC", f"{'7' * 300}@school.example"])
def test_fmt_3_a_post_without_an_id_that_can_be_written_gets_one(place: Place, given: str) -> None:
    post = kept(place, replace(DRAFT, message_id=given), inbox_id=12)
    assert post.message_id == "post-12@lists.example.org"
    assert post.thread_id == post.message_id


@pytest.mark.parametrize(
    ("on_record", "shown"),
    [
        ("Dawn Price", "Dawn Price"),
        ('"Dawn" <x>', 'Dawn" <x>'),
        ("ann@school.example", ""),
        ("Dawn\u202e ecirP", "Dawn ecirP"),
        ("Dawn\r\nBcc: x", "Dawn Bcc: x"),
        ("", ""),
    ],
)
def test_auth_8_the_name_a_post_is_sent_under(place: Place, on_record: str, shown: str) -> None:
    """The name on record, never what From claims; nothing that hides or looks like an address."""
    dawn = place.member("dawn@school.example", "Dawn", purposes=("discussion",))
    place.session.execute(update(people).values(name=on_record))
    assert kept(place, who=dawn).author == shown


def test_posts_since(place: Place) -> None:
    first = kept(place)
    second = kept(place, replace(DRAFT, message_id="2@x"), now=NOW + timedelta(hours=1))
    kept(place, replace(DRAFT, message_id="3@x"), list_="exchange")
    found = posting.since(place.session, place.network.id, "discussion", NOW, NOW + timedelta(days=1))
    assert found == [second]
    assert posting.facts(first)["subject"] == "How do you store agar plates?"

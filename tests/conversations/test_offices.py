"""Offices with terms, and what happens when one ends or its holder leaves: nothing hangs on one person (N22, N30)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.inbound.lines.offices import END, GIVE, HAND_OVER, read_office
from mailer.meetings import actions
from mailer.people import addresses, membership
from mailer.store.tables import actions as action_rows
from mailer.store.tables import networks, roles
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS
from tests.stage import DOMAIN, Got, Stage

CAROL = "carol@hill.school.example"
ORGANISE = f"mendip-organise@{DOMAIN}"
TODAY = date(2026, 11, 23)
JULY = date(2028, 7, 31)
LINES = [
    ("Chair: Dawn Day until 31 July 2028", (GIVE, "Dawn Day", "chair", JULY, "")),
    ("Dawn Day is our secretary", (GIVE, "Dawn Day", "secretary", None, "")),
    ("Olive Organiser stays on as chair until 31.7.2028", (GIVE, "Olive Organiser", "chair", JULY, "")),
    ("Dawn Day: vice-chair until July 2028", (GIVE, "Dawn Day", "vice-chair", JULY, "")),
    ("Please, Jane Doe will be newsletter editor for a year", (GIVE, "Jane Doe", "editor", date(2027, 11, 23), "")),
    ("I step down as secretary", (END, "I", "secretary", None, "")),
    ("Peter Mill is no longer organiser", (END, "Peter Mill", "organiser", None, "")),
    ("Hand over to Dawn Day", (HAND_OVER, "Dawn Day", "", None, "I")),
    ("Dawn takes over from Olive as chair for two years", (HAND_OVER, "Dawn", "chair", date(2028, 11, 23), "Olive")),
]
NO_LINES = ["Where: Hill School", "the chair is broken", "We need a chair until July", "Dawn is a chair maker", "Chair"]


@pytest.mark.parametrize(("line", "read"), LINES, ids=[row[0] for row in LINES])
def test_a_line_says_who_what_and_how_long(line: str, read: tuple[Any, ...]) -> None:
    one = read_office(line, TODAY)
    assert one is not None
    assert (one.kind, one.who, one.role, one.until, one.from_who) == read


@pytest.mark.parametrize("line", NO_LINES)
def test_other_lines_say_nothing(line: str) -> None:
    assert read_office(line, TODAY) is None


def held(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        found = membership.of_address(session, stage.network_id, known.id if known else None)
        return set() if found is None else set(found.roles) - {"member"}


def term(stage: Stage, address: str, until: datetime) -> None:
    with stage.house.store.write() as session:
        known = addresses.find(session, address)
        found = membership.of_address(session, stage.network_id, known.id if known else None)
        assert found is not None
        session.execute(update(roles).where(roles.c.membership_id == found.id, roles.c.role == "organiser").values(until=until))


def subjects(stage: Stage, address: str) -> list[str]:
    return [mail.subject for mail in stage.mails(address) if "Who takes over" in mail.subject]


def test_an_office_is_given_after_two_yeses_and_lasts_for_its_term(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Offices", "Chair: Dawn Day until 31 July 2027\n\nThanks\nOlive")
    question = stage.last(OLIVE)
    assert "Dawn Day: chair, until" in question.words
    assert "(asked first)" in question.words
    stage.reply(question, "YES")
    assert held(stage, DAWN) == set()
    asked = stage.last(DAWN)
    assert "would be chair of Mendip Technicians, until Saturday 31 July 2027" in asked.words
    stage.reply(asked, "YES")
    assert held(stage, DAWN) == {"chair"}
    assert "Dawn Day is chair of Mendip Technicians until" in stage.last(PETER).words
    stage.reply(stage.last(DAWN), "UNDO")
    assert held(stage, DAWN) == set()


def test_a_no_changes_nothing_and_the_organisers_hear_it(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Dawn Day is our secretary", "")
    stage.reply(stage.last(OLIVE), "YES")
    stage.reply(stage.last(DAWN), "NO")
    assert held(stage, DAWN) == set()
    assert "Dawn Day would rather not be secretary" in stage.last(OLIVE).subject


def test_a_hand_over_gives_office_and_actions_at_the_new_ones_yes(stage: Stage) -> None:
    with stage.house.store.write() as session:
        actions.add(session, stage.network_id, owner="Olive Organiser", text="Ask for the balances", now=stage.now, due_on=date(2027, 1, 25))
    stage.mail(OLIVE, ORGANISE, "Handover", "Hand over to Dawn Day")
    stage.reply(stage.last(OLIVE), "YES")
    assert held(stage, OLIVE) == {"organiser"}
    stage.reply(stage.last(DAWN), "YES")
    assert (held(stage, OLIVE), held(stage, DAWN)) == (set(), {"organiser"})
    taken = stage.last(DAWN)
    assert "has taken over from Olive Organiser" in taken.words
    assert "Ask for the balances" in taken.words
    with stage.house.store.read() as session:
        assert [one.owner for one in actions.open(session, stage.network_id)] == ["Dawn Day"]
    stage.reply(taken, "UNDO")
    assert (held(stage, OLIVE), held(stage, DAWN)) == ({"organiser"}, set())
    with stage.house.store.read() as session:
        assert [one.owner for one in actions.open(session, stage.network_id)] == ["Olive Organiser"]


def test_who_steps_down_from_what_they_do_not_hold_is_told_which_office_it_is(stage: Stage) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Offices", "Chair: Dawn Day\nI step down as vice-chair"))
    assert (row.state, row.reason) == ("refused", "no-office")
    assert "Olive Organiser is not vice chair, so nothing in this mail was done." in stage.last(OLIVE).words
    assert held(stage, DAWN) == set()


def test_the_last_organiser_hands_over_and_does_not_step_down(stage: Stage) -> None:
    stage.mail(PETER, ORGANISE, "I step down", "")
    stage.reply(stage.last(PETER), "YES")
    assert held(stage, PETER) == set()
    stage.mail(OLIVE, ORGANISE, "I step down as organiser", "")
    stage.reply(stage.last(OLIVE), "YES")
    assert held(stage, OLIVE) == {"organiser"}
    assert "Hand over first" in stage.last(OLIVE).words


def test_the_committee_is_told_in_time_and_the_powers_end_with_the_term(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    over = datetime(2027, 1, 5, 0, 0, tzinfo=UTC)
    term(stage, OLIVE, over)
    stage.at(over - timedelta(days=43))
    stage.settle()
    assert subjects(stage, PETER) == []
    stage.at(over - timedelta(days=41))
    stage.settle()
    (told,) = [mail for mail in stage.mails(PETER) if "Who takes over" in mail.subject]
    assert "organiser until Monday 4 January 2027" in told.words
    assert len(subjects(stage, OLIVE)) == 1
    stage.at(over - timedelta(days=6))
    stage.settle()
    assert len(subjects(stage, PETER)) == 2
    proof = stage.proof(OLIVE)
    stage.at(over + timedelta(minutes=1))
    row = stage.outcome(stage.reply(proof, "SEND"))
    assert row.state != "done"  # no mail is handled with powers that are over
    assert held(stage, OLIVE) == set()
    assert any("time as organiser is over" in mail.words for mail in stage.mails(PETER))
    stage.settle()
    assert len(subjects(stage, PETER)) == 3


def test_the_letter_can_be_answered_with_one_line(stage: Stage) -> None:
    term(stage, OLIVE, stage.now + timedelta(days=20))
    stage.settle()
    letter = stage.last(OLIVE)
    stage.reply(letter, "I stay until July 2028")
    stage.reply(stage.last(OLIVE), "YES")
    with stage.house.store.read() as session:
        until = session.execute(select(roles.c.until).where(roles.c.until.is_not(None))).scalar_one()
    assert until == datetime(2028, 7, 31, 23, 0, tzinfo=UTC)
    stage.reply(next(mail for mail in stage.mails(PETER) if "Who takes over" in mail.subject), "Dawn Day takes over")
    stage.reply(stage.last(PETER), "YES")
    stage.reply(stage.last(DAWN), "YES")
    assert (held(stage, OLIVE), held(stage, DAWN)) == (set(), {"organiser"})


def test_an_organiser_who_leaves_leaves_a_list(stage: Stage) -> None:
    with stage.house.store.write() as session:
        actions.add(session, stage.network_id, owner="Olive Organiser", text="Ask for the balances", now=stage.now, due_on=date(2027, 1, 25))
    stage.mail(OLIVE, f"mendip-leave@{DOMAIN}", "", "STOP")
    told = stage.last(PETER)
    assert told.subject == "Olive Organiser is no longer organiser. Who takes over?"
    assert "Ask for the balances" in told.words
    assert "Who takes over" not in stage.last(OLIVE).subject
    stage.reply(told, "Jane Doe: organiser")
    stage.reply(stage.last(PETER), "YES")
    stage.reply(stage.last(JANE), "YES")
    assert held(stage, JANE) == {"organiser"}


def test_the_last_terms_end_holds_the_network(stage: Stage) -> None:
    for one in (OLIVE, PETER):
        term(stage, one, stage.now + timedelta(days=3))
    stage.settle()
    stage.at(stage.now + timedelta(days=4))
    stage.settle()
    with stage.house.store.read() as session:
        assert session.execute(select(networks.c.held_at)).scalar_one() is not None


LOOKS_LIKE_IT = [
    ("Meeting", "Committee: please read this"),
    ("Meeting", "Communications: see attached"),
    ("Meeting", "Editor: see below"),
    ("Meeting", "Chair: TBC"),
    ("Meeting", "Chair: broken, needs a new one"),
    ("Meeting", "Items: the committee"),
    ("Committee: minutes attached", "Thanks"),
    ("Chair: Dawns report", "Where: Hill School"),
]


@pytest.mark.parametrize(("subject", "text"), LOOKS_LIKE_IT, ids=[" / ".join(row) for row in LOOKS_LIKE_IT])
def test_what_only_looks_like_an_office_is_not_refused_as_one(stage: Stage, subject: str, text: str) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, subject, f"{text}\n\nThanks\nOlive"))
    assert row.handler == "organise"
    assert "whom" not in stage.last(OLIVE).words
    assert "Write the whole name" not in stage.last(OLIVE).words


def test_a_meeting_under_such_a_subject_is_made(stage: Stage) -> None:
    facts = "Date: 14 January 2027\nTime: 14:00 to 16:00\nPlace: Hill School\nHost: Hill School"
    stage.mail(OLIVE, ORGANISE, "Committee: please read this", facts)
    assert "meeting" in stage.last(OLIVE).words
    assert "Thu 14 Jan 2027" in stage.last(OLIVE).words


@pytest.mark.parametrize("line", ["Chair: Dawn Nobody", "Karen Unknown is our secretary"])
def test_a_name_that_nobody_has_is_asked_back(stage: Stage, line: str) -> None:
    stage.mail(OLIVE, ORGANISE, "Offices", line)
    assert "whom" in stage.last(OLIVE).words
    stage.mail(OLIVE, ORGANISE, line, "")
    assert "whom" in stage.last(OLIVE).words


def test_a_member_says_nothing_of_offices(stage: Stage) -> None:
    stage.mail(JANE, ORGANISE, "Jane Doe is chair", "")
    assert "Jane Doe is chair" in stage.last(OLIVE).subject
    assert stage.outcome(1).handler == "organise"
    assert held(stage, JANE) == set()


def committee(stage: Stage, text: str) -> None:
    """Peter, of the committee, says so."""
    stage.mail(PETER, ORGANISE, "Offices", text)
    stage.reply(stage.last(PETER), "YES")


def test_undo_gives_nobody_an_office_back_that_the_committee_has_ended_since(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Offices", "Organiser: Olive Organiser until 31 July 2028")
    stage.reply(stage.last(OLIVE), "YES")
    set_term = stage.last(OLIVE)
    committee(stage, "Olive Organiser is no longer organiser")
    assert held(stage, OLIVE) == set()
    stage.reply(set_term, "UNDO")
    assert held(stage, OLIVE) == set()
    assert "What was changed again since stays as it is now" in stage.last(OLIVE).words


def handed_over(stage: Stage, *works: str) -> Got:
    """Olive's office and her open work are Dawn's, by both their words. Returns the receipt that Dawn has of it."""
    with stage.house.store.write() as session:
        for text in works:
            actions.add(session, stage.network_id, owner="Olive Organiser", text=text, now=stage.now, due_on=date(2027, 1, 25))
    stage.mail(OLIVE, ORGANISE, "Handover", "Hand over to Dawn Day")
    stage.reply(stage.last(OLIVE), "YES")
    stage.reply(stage.last(DAWN), "YES")
    return stage.last(DAWN)


def test_undo_of_a_hand_over_brings_nobody_back_who_was_replaced_since(stage: Stage) -> None:
    taken = handed_over(stage, "Ask for the balances", "Book the hall")
    committee(stage, "Dawn Day is no longer organiser")
    stage.reply(taken, "UNDO")
    assert (held(stage, OLIVE), held(stage, DAWN)) == (set(), set())
    with stage.house.store.read() as session:
        assert {one.owner for one in actions.open(session, stage.network_id)} == {"Dawn Day"}


def test_undo_of_a_hand_over_moves_only_what_is_still_open(stage: Stage) -> None:
    taken = handed_over(stage, "Ask for the balances", "Book the hall")
    with stage.house.store.write() as session:
        session.execute(update(action_rows).where(action_rows.c.text == "Book the hall").values(state="done"))
    stage.reply(taken, "UNDO")
    with stage.house.store.read() as session:
        owners = {row.text: row.owner for row in session.execute(select(action_rows.c.text, action_rows.c.owner))}
    assert owners == {"Ask for the balances": "Olive Organiser", "Book the hall": "Dawn Day"}


def test_who_left_and_keeps_mail_again_holds_no_office(stage: Stage) -> None:
    stage.mail(OLIVE, f"mendip-leave@{DOMAIN}", "", "STOP")
    stage.reply(stage.last(OLIVE), "KEEP MEETINGS")
    stage.reply(stage.last(OLIVE), "YES")  # after a STOP mail begins again on a fresh word (DP-8)
    with stage.house.store.read() as session:
        known = addresses.find(session, OLIVE)
        assert known is not None
        mine = membership.of_address(session, stage.network_id, known.id)
        assert mine is not None
        assert mine.ended_at is None
        rows = session.execute(select(roles.c.role).where(roles.c.membership_id == mine.id)).scalars().all()
    assert rows == ["member"]  # nothing waits that a later confirmation would bring back


def test_who_stops_the_last_single_thing_has_left_and_somebody_is_asked_for_the_office(stage: Stage) -> None:
    """DP-3, N30: the letter says that they have left, and it is so."""
    stage.member(CAROL, "Carol Contact", roles=("member", "named-contact"), organisation="Hill School")
    stage.mail(CAROL, f"mendip-help@{DOMAIN}", "", "STOP MEETINGS")
    stage.mail(CAROL, f"mendip-help@{DOMAIN}", "", "STOP NEWSLETTER")
    assert held(stage, CAROL) == {"named-contact"}
    before = stage.last(CAROL)
    stage.mail(CAROL, f"mendip-help@{DOMAIN}", "", "STOP DISCUSSION")
    farewell = stage.last(CAROL)
    assert farewell.subject == "You have left Mendip Technicians"
    assert membership_of(stage, CAROL).ended_at is not None
    assert subjects(stage, OLIVE) == ["Carol Contact is no longer named contact. Who takes over?"]
    stage.reply(before, "UNDO")
    assert membership_of(stage, CAROL).ended_at is None
    assert held(stage, CAROL) == set()
    stage.reply(farewell, "UNDO")
    assert held(stage, CAROL) == {"named-contact"}
    assert stage.last(OLIVE).subject != subjects(stage, OLIVE)[-1]  # they hear that it is held again


def test_an_organiser_who_stops_each_thing_still_organises(stage: Stage) -> None:
    for word in ("MEETINGS", "NEWSLETTER", "DISCUSSION"):
        stage.mail(PETER, f"mendip-help@{DOMAIN}", "", f"STOP {word}")
    assert held(stage, PETER) == {"organiser"}
    assert subjects(stage, OLIVE) == []


def membership_of(stage: Stage, address: str) -> membership.Membership:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        found = membership.of_address(session, stage.network_id, known.id if known else None)
        assert found is not None
        return found

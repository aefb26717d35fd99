"""The audit trail as people read it: organisers their network's, IT the operation, a member everything about themselves (V2, V9)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.acts import confirm, import_members
from mailer.acts.import_lines import Wish
from mailer.people import trail
from mailer.people.sheet import Row
from mailer.store.tables import audit
from tests.stage import DOMAIN, Stage

OLIVE, PETER = "olive@hill.school.example", "peter@mill.school.example"
JANE, DAWN = "jane@hill.school.example", "dawn@mill.school.example"
TEMPLATES = Path(__file__).parents[2] / "templates"
STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)
HELP = f"mendip-help@{DOMAIN}"


def asked(stage: Stage, who: str, words: str, door: str = HELP) -> str:
    stage.mail(who, door, "", words)
    return stage.last(who).words.replace(" What: ", " ")


def confirmed(stage: Stage, who: str, words: str, subject: str = "", door: str = f"mendip-organise@{DOMAIN}") -> None:
    stage.mail(who, door, subject, words)
    question = next(mail for mail in reversed(stage.mails(who)) if mail.subject.startswith("Please confirm"))
    done = stage.reply(question, "YES")
    assert stage.outcome(done).state == "done", stage.outcome(done)


def lived(stage: Stage) -> None:
    """A few weeks in which everybody does something."""
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    confirmed(stage, OLIVE, "Dawn Day is our secretary")
    stage.reply(stage.last(DAWN), "YES")
    confirmed(stage, OLIVE, "Date: 24 March 2027\nTime: 14:00 to 16:00\nVenue: Mill Academy", "Meeting")
    stage.at(datetime(2026, 12, 16, 9, 30, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(PETER), "SEND")
    stage.mail(f"Jane Doe <{JANE}>", HELP, "", "STOP NEWSLETTER")
    confirmed(stage, JANE, "PLAIN TEXT", door=HELP)
    confirmed(stage, JANE, "PAUSE UNTIL 5 JANUARY", door=HELP)
    stage.later(hours=1)


@pytest.mark.parametrize("words", ["WHO DID WHAT", "Who did what?", "audit trail please", "Pwy wnaeth beth"])
@pytest.mark.parametrize("door", [HELP, f"mendip-organise@{DOMAIN}", f"mendip-committee@{DOMAIN}"])
def test_an_organiser_is_sent_who_did_what(stage: Stage, words: str, door: str) -> None:
    stage.kept("lived", lambda: lived(stage) or 0)
    said = asked(stage, OLIVE, words, door)
    assert "Olive Organiser changed who holds an office: Dawn Day, by a YES to our question" in said
    assert "Dawn Day took on an office, by a YES to our question" in said
    assert "Olive Organiser made a meeting, by a YES to our question" in said
    assert "Peter Mill approved a letter: Invitation, by answering or opening a mail of ours" in said
    for private in ("pause", "newsletter", "plain", "how mail comes", JANE, DAWN):
        assert private not in said.lower()


def test_since_a_day(stage: Stage) -> None:
    stage.kept("lived", lambda: lived(stage) or 0)
    assert "Peter Mill approved" in asked(stage, OLIVE, "WHO DID WHAT SINCE 10 DECEMBER")
    assert "changed who holds" not in stage.last(OLIVE).words
    assert 'Which day do you mean by "30 February"?' in asked(stage, OLIVE, "Who did what since 30 February?")
    assert "changed who holds" in stage.last(OLIVE).words, "the last thirty days"
    stage.later(days=60)
    assert "Nothing was done" in asked(stage, OLIVE, "WHO DID WHAT")
    assert "changed who holds" in asked(stage, OLIVE, "Who did what since 1 November 2026?")


def test_who_joined_and_left_and_what_it_undid_is_seen(stage: Stage) -> None:
    stage.mail("Kim New <kim@new.example>", f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last("kim@new.example"), "YES")
    stage.mail(f"Dawn Day <{DAWN}>", f"mendip-leave@{DOMAIN}", "", "")
    said = asked(stage, OLIVE, "WHO DID WHAT")
    assert "Kim New joined" in said
    assert "Dawn Day left the network" in said
    stage.reply(stage.mails(DAWN)[-1], "UNDO")
    assert "Dawn Day took back: ended mail" in asked(stage, OLIVE, "WHO DID WHAT")


def test_v2_who_is_hidden_stays_hidden(stage: Stage) -> None:
    """A complaint, its sequel and a STOP at the private door; the organisers and IT see that it was, and not whose it is."""
    words = "I want to complain about how my data was shared."
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "My address", words)
    stage.reply(next(mail for mail in stage.mails(OLIVE) if "complain" in mail.text), "It was a mistake.")
    stage.reply(stage.last(JANE), "And how will you make sure of that?")
    stage.mail(f"Dawn Day <{DAWN}>", f"mendip-private@{DOMAIN}", "", "STOP")
    stage.reply(stage.last(DAWN), "UNDO")
    said = asked(stage, OLIVE, "WHO DID WHAT")
    done = ("complained", "said more", "left the network", "took back")
    for line in ("Olive Organiser answered a complaint", *(f"Somebody {one}" for one in done)):
        assert line in said
    assert "Jane" not in said
    assert "Dawn" not in said
    assert "You complained about personal data" in asked(stage, JANE, "STATUS")
    with stage.house.store.read() as session:
        shown = {row.act: not hides for row, hides in trail.rows(session, network_id=None)}
    hidden = {"data-complaint": False, "data-complaint-more": False, "stop": False, "undo": False}
    assert shown == {"network-add": True, "data-complaint-answered": True} | hidden


def test_nobody_of_another_network_is_named(stage: Stage) -> None:
    """Design 1: no organiser learns of another membership."""
    mendip = stage.network_id
    wessex = stage.network("wessex")
    stage.organiser("wes@wessex.example", "Wes Wood")
    stage.member(JANE, "Jane Doe")
    stage.mail("Wes Wood <wes@wessex.example>", f"wessex-organise@{DOMAIN}", "", "Jane Doe is our secretary")
    stage.reply(stage.last("wes@wessex.example"), "YES")
    stage.network_id, stage.slug = mendip, "mendip"
    assert "Wes" not in asked(stage, OLIVE, "WHO DID WHAT")
    said = asked(stage, "wes@wessex.example", "WHO DID WHAT", f"wessex-help@{DOMAIN}")
    assert "Wes Wood changed who holds an office: Jane Doe" in said
    assert wessex != mendip


def test_who_organises_nothing_is_sent_their_own(stage: Stage) -> None:
    stage.kept("lived", lambda: lived(stage) or 0)
    said = asked(stage, JANE, "WHO DID WHAT")
    assert stage.last(JANE).subject.startswith("What you get from")
    assert "You paused mail" in said
    stage.mail("stranger@far.example", HELP, "", "WHO DID WHAT")
    assert "Olive" not in stage.last("stranger@far.example").text


def test_status_says_everything_about_a_member(stage: Stage) -> None:
    stage.kept("lived", lambda: lived(stage) or 0)
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes on balances, please. They drift.")
    stage.mail(f"Jane Doe <{JANE}>", HELP, "", "MY DETAILS")
    stage.reply(stage.last(JANE), "EQUIPMENT: a water bath")
    stage.reply(stage.last(JANE), "SHOW EQUIPMENT TO MEMBERS")
    stage.reply(stage.last(JANE), "YES")
    said = asked(stage, JANE, "STATUS")
    assert f"Address: {JANE}" in said
    assert "Agenda item Title: Balances" in said
    assert "a water bath" in said
    for line in (
        "IT imported a list: meeting mail, the newsletter and the discussion list, at the command line",
        "You ended some mail: the newsletter, by a mail in that name",
        "You changed how mail comes, by a YES to our question",
        "You paused mail, by a YES to our question",
        "You showed details to others",
    ):
        assert line in said
    confirmed(stage, OLIVE, "Dawn Day steps down as secretary")
    said = asked(stage, DAWN, "STATUS")
    assert "You took on an office" in said
    assert "An organiser changed who holds an office" in said
    assert "Olive" not in said


def test_what_came_with_a_list_is_said_once(stage: Stage) -> None:
    """"IT imported a list: meeting mail, with a list, by IT": each of it one word too many."""
    sam = "sam@moor.school.example"
    wish = Wish(stage.network_id, stage.house.hasher, evidence="paper forms")
    with stage.house.store.write() as session:
        import_id = import_members.begin(session, wish, file="x.csv", lines=1, now=stage.now)
        import_members.carry_out(session, wish, import_id, [Row(1, sam, "Sam Kean")], stage.now)
    assert "IT imported a list: meeting mail and the newsletter, at the command line" in asked(stage, sam, "STATUS")


def test_every_act_that_is_written_down_has_its_words(stage: Stage) -> None:
    for file in ("words.json", "words.cy.json"):
        words = json.loads((TEMPLATES / "base" / file).read_text(encoding="utf-8"))
        assert trail.COMMITTEES | trail.UNDONE | confirm.ACTS.keys() - {"organise"} <= words["did"].keys()


def test_the_acts_of_a_term_have_their_words(stage: Stage) -> None:
    stage.kept("lived", lambda: lived(stage) or 0)
    with stage.house.store.write() as session:
        wish = Wish(stage.network_id, stage.house.hasher)
        import_members.begin(session, wish, file="x.csv", lines=0, now=stage.now)
    words = json.loads((TEMPLATES / "base/words.json").read_text(encoding="utf-8"))
    with stage.house.store.read() as session:
        rows = session.execute(select(audit.c.act, audit.c.how)).all()
    assert {row.act for row in rows} - {"organise"} <= words["did"].keys()
    assert {row.how for row in rows} <= words["known_by"].keys()

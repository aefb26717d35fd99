"""An address from which mail comes back for good is put to rest, and who may know a new one is asked for it (BNC-7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import instead
from mailer.consent import purposes, standing
from mailer.outbound import probing
from mailer.people import addresses, membership
from mailer.store.tables import addresses as address_table
from mailer.store.tables import networks, outgoing, suppressions
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, invited
from tests.conversations.test_posts_and_bounces import QUESTION, report, rests
from tests.conversations.test_school_lists import show
from tests.stage import DOMAIN, Got, Stage

NORA, NEW = "nora@hill.school.example", "jane@new.school.example"
ASKS = "do you know a new address?"


def letters(stage: Stage, to: str) -> list[Got]:
    return [mail for mail in stage.mails(to) if ASKS in mail.subject]


def members(stage: Stage) -> dict[str, set[str]]:
    """Address -> what comes to it, of everybody who is in."""
    with stage.house.store.read() as session:
        return {
            one.address: {
                purpose
                for purpose, stands in standing.of(session, stage.network_id, one.address_id).items()
                if stands == "active" and purpose in purposes.SUBSCRIPTIONS
            }
            for one in membership.every(session, stage.network_id)
        }


@pytest.fixture
def dead(stage: Stage) -> Stage:
    """Nora speaks for Hill School; Jane, who shows her name there, has no mailbox any more."""
    stage.member(NORA, "Nora Named", roles=("member", "named-contact"), organisation="Hill School")
    stage.member("ann@mill.school.example", "Ann", roles=("member", "named-contact"), organisation="Mill Academy")
    show(stage, JANE, "name")
    invited(stage)
    for mail in stage.mails(JANE)[:2]:
        report(stage, mail)
    assert rests(stage)
    return stage


def test_organisers_and_named_contact_are_asked_once(dead: Stage) -> None:
    for who in (OLIVE, PETER, NORA):
        (asked,) = letters(dead, who)
        assert asked.subject.startswith("Jane Doe")
        assert "CHANGE ADDRESS TO" in asked.words
        assert "LEFT" in asked.words
        assert JANE not in asked.raw.decode()  # V9: she shows her name, not her address
    assert not letters(dead, "ann@mill.school.example")
    assert not letters(dead, DAWN)
    report(dead, dead.mails(JANE)[0])
    dead.later(days=1)
    assert [len(letters(dead, who)) for who in (OLIVE, PETER, NORA)] == [1, 1, 1]


def test_a_contact_is_told_nothing_of_who_shows_nothing(stage: Stage) -> None:
    """V9."""
    stage.member(NORA, "Nora Named", roles=("member", "named-contact"), organisation="Hill School")
    invited(stage)
    for mail in stage.mails(JANE)[:2]:
        report(stage, mail)
    assert letters(stage, OLIVE)
    assert not letters(stage, NORA)


def test_in_welsh_to_who_reads_welsh(stage: Stage) -> None:
    invited(stage)
    with stage.house.store.write() as session:
        session.execute(update(networks).values(language="cy"))
    for mail in stage.mails(JANE)[:2]:
        report(stage, mail)
    assert stage.last(OLIVE).subject == "Jane Doe: a wyddoch am gyfeiriad newydd?"


ANSWERS = [
    ("the words of the letter", f"CHANGE ADDRESS TO {NEW}"),
    ("old and new", f"change address {JANE} {NEW}"),
    ("in a sentence", f"She moved to the new school, write to {NEW} please."),
]


@pytest.mark.parametrize("words", [row[1] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
@pytest.mark.parametrize("who", [OLIVE, NORA], ids=["organiser", "contact"])
def test_a_new_address_is_asked_for_its_own_yes(dead: Stage, who: str, words: str) -> None:
    """CMD-4, CMD-6: by the word of somebody else nothing is moved."""
    before = members(dead)
    dead.reply(letters(dead, who)[0], words)
    assert dead.mails(NEW) == []
    dead.reply(dead.last(who), "YES")
    (question,) = dead.mails(NEW)
    assert {one: gets for one, gets in members(dead).items() if one != NEW} == before
    assert not members(dead).get(NEW)
    dead.reply(question, "YES")
    assert JANE not in members(dead)
    assert members(dead)[NEW] == before[JANE] - {"directory"}  # to be shown is agreed to by oneself
    with dead.house.store.read() as session:
        assert standing.rebuild(session) == []
        old, new = addresses.find(session, JANE), addresses.find(session, NEW)
        assert old is not None
        assert new is not None
        assert old.person_id != new.person_id  # what is the person's own is theirs to bring along (V9)


def test_a_no_of_the_new_address_leaves_everything(dead: Stage) -> None:
    before = members(dead)
    dead.reply(letters(dead, OLIVE)[0], f"CHANGE ADDRESS TO {NEW}")
    dead.reply(dead.last(OLIVE), "YES")
    dead.reply(dead.last(NEW), "NO")
    assert members(dead) == before


@pytest.mark.parametrize(("answer", "stays"), [("YES", False), ("NO", True)])
@pytest.mark.parametrize("named", [NEW, "jane@home.example"], ids=["where they get our mail", "another of their addresses"])
def test_a_new_address_that_is_in_already_is_asked_once_and_takes_over(dead: Stage, named: str, answer: str, stays: bool) -> None:
    """CMD-4, CMD-6."""
    dead.member(NEW, "Jane Doe", purposes=("meetings",))
    with dead.house.store.write() as session:
        new = addresses.find(session, NEW)
        assert new is not None
        assert new.person_id is not None
        other = addresses.find_or_add(session, "jane@home.example", hasher=dead.house.hasher, now=dead.now)
        addresses.give(session, other.id, new.person_id)
    dead.later(days=2)
    so_far = len(dead.mails(NEW))
    before = members(dead)
    dead.reply(letters(dead, OLIVE)[0], f"CHANGE ADDRESS TO {named}")
    dead.reply(dead.last(OLIVE), "YES")
    (question,) = dead.mails(NEW)[so_far:]
    assert members(dead) == before
    dead.reply(question, answer)
    assert (JANE in members(dead)) == stays
    assert members(dead)[NEW] >= before[NEW]
    with dead.house.store.read() as session:
        assert standing.rebuild(session) == []


@pytest.mark.parametrize("words", ["LEFT", "She has left", "Jane Doe has left the school"])
def test_left_is_asked_back_and_done(dead: Stage, words: str) -> None:
    dead.reply(letters(dead, NORA)[0], words)
    assert JANE in members(dead)
    assert "shall we stop our mail?" in dead.last(NORA).subject
    dead.reply(dead.last(NORA), "YES")
    assert JANE not in members(dead)


def test_others_change_nothing_by_it(dead: Stage) -> None:
    asked = letters(dead, OLIVE)[0]
    for text in ("LEFT", f"CHANGE ADDRESS TO {NEW}"):
        dead.reply(asked, text, sender=DAWN)
        dead.reply(asked, text, sender="stranger@else.example")
    assert dead.mails(NEW) == []
    assert JANE in members(dead)


def test_words_that_say_neither_go_to_the_organisers(dead: Stage) -> None:
    dead.reply(letters(dead, NORA)[0], "No idea, I will ask in the office on Monday.")
    assert "ask in the office" in dead.last(OLIVE).words


def probes(stage: Stage) -> list[Got]:
    return [mail for mail in stage.mails(DAWN) if mail.subject == "Does this address still work?"]


def look(stage: Stage, **later: int) -> int:
    stage.later(**later)
    done = probing.see_to(stage.house, stage.now)
    stage.settle()
    return done


def test_one_probe_after_one_failure_and_its_own_failure_rests_the_address(stage: Stage) -> None:
    """Ruling 11 on BNC-7: user-unknown on two mailings or one probe."""
    invited(stage)
    report(stage, stage.mails(DAWN)[-1])
    assert look(stage, days=5) == 0
    assert look(stage, days=3) == 1
    (probe,) = probes(stage)
    assert look(stage, days=1) == 0
    assert not rests(stage)
    report(stage, probe)
    assert rests(stage)
    assert letters(stage, OLIVE)


def test_a_probe_refused_at_once_counts_as_well(stage: Stage) -> None:
    """BNC-8."""
    invited(stage)
    report(stage, stage.mails(DAWN)[-1])
    look(stage, days=8)
    with stage.house.store.write() as session:
        session.execute(
            update(outgoing)
            .where(outgoing.c.key.startswith("address-probe:"))
            .values(state="failed", reason="no-such-address", finished_at=stage.now)
        )
    look(stage, hours=1)
    assert rests(stage)


def at_rest(stage: Stage, who: str) -> bool:
    """Now, whatever was lifted before."""
    with stage.house.store.read() as session:
        found = addresses.find(session, who)
        assert found is not None
        return instead.rests(session, found.id)


def test_an_address_that_works_again_is_left_alone(stage: Stage) -> None:
    """BNC-7, CMD-4: what failed before its reader's YES counts no more, by itself or with the next letter that fails."""
    invited(stage)
    first = stage.mails(DAWN)[0]
    report(stage, stage.mails(DAWN)[-1])
    look(stage, days=8)
    report(stage, probes(stage)[0])
    stage.later(days=1)
    stage.reply(first, "STATUS")
    stage.reply(stage.last(DAWN), "YES")
    assert not at_rest(stage, DAWN)
    letters_then = len(letters(stage, OLIVE))
    for _ in range(2):
        assert look(stage, hours=1) == 0
        assert not at_rest(stage, DAWN)
    assert len(letters(stage, OLIVE)) == letters_then
    report(stage, stage.last(DAWN))
    assert not at_rest(stage, DAWN)
    assert look(stage, days=8) == 1  # the next failure is the first one, and is probed as a first one is
    report(stage, probes(stage)[-1])
    assert at_rest(stage, DAWN)


def _wrote(stage: Stage) -> Any:
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", QUESTION)


def _stopped(stage: Stage) -> Any:
    stage.mail(DAWN, f"mendip-leave@{DOMAIN}", "", "STOP")


def _full(stage: Stage) -> Any:
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.state == "failed").values(reason="bounce-mailbox-full"))


@pytest.mark.parametrize("what", [_wrote, _stopped, _full], ids=["another letter went", "left", "only full"])
def test_no_probe_where_there_is_no_need(stage: Stage, what: Any) -> None:
    invited(stage)
    report(stage, stage.mails(DAWN)[-1])
    what(stage)
    look(stage, days=8)
    assert not probes(stage)


def test_where_mail_arrives_again_nothing_is_changed(dead: Stage) -> None:
    with dead.house.store.write() as session:
        mac = session.execute(select(address_table.c.mac).where(address_table.c.address == JANE)).scalar_one()
        session.execute(update(suppressions).where(suppressions.c.mac == mac).values(lifted_at=dead.now))
    dead.reply(letters(dead, OLIVE)[0], f"CHANGE ADDRESS TO {NEW}")
    assert "reaches that address again" in dead.last(OLIVE).words
    assert dead.mails(NEW) == []


HOME = "jane@home.example"


def by_jane(stage: Stage, sender: str) -> None:
    stage.mail(sender, f"mendip-help@{DOMAIN}", "", f"CHANGE ADDRESS TO {HOME}")


def by_olive(stage: Stage) -> None:
    (asked,) = letters(stage, OLIVE)
    stage.reply(asked, f"CHANGE ADDRESS TO {HOME}")
    stage.reply(stage.last(OLIVE), "YES")


@pytest.mark.parametrize(
    "asks",
    [lambda stage: by_jane(stage, HOME), lambda stage: by_jane(stage, JANE), by_olive],
    ids=["she writes from there", "she writes from the dead one", "an organiser"],
)
def test_an_address_that_is_hers_already_takes_over_by_its_own_yes(stage: Stage, asks: Callable[[Stage], None]) -> None:
    """The dead one cannot be asked, and has said before that both are hers (CMD-4)."""
    invited(stage)
    stage.reply(stage.last(JANE), "Yes, I'll be there", sender=HOME)
    stage.reply(stage.last(HOME), "ALSO ME")
    stage.reply(stage.last(JANE), "YES")
    for mail in stage.mails(JANE)[:2]:
        report(stage, mail)
    assert rests(stage)
    before = members(stage)[JANE]
    asks(stage)
    by_jane(stage, HOME)  # asked once
    (question,) = [mail for mail in stage.mails(HOME) if mail.subject == "Is this your new address?"]
    assert HOME not in members(stage)
    stage.reply(question, "YES")
    assert members(stage).get(HOME) == before
    assert JANE not in members(stage)
    assert stage.last(HOME).subject == "We now write to jane@home.example"

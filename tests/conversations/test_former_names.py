"""FORGET ME finds what somebody was called before, and leaves the namesake alone (DP-10, DP-11)."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Strength, forget_me, merge
from mailer.people import addresses
from mailer.store.tables import agenda_items, inbox, people
from tests.conversations.scenes import DAWN, JANE, OLIVE, invited
from tests.databases import columns_with
from tests.stage import DOMAIN, Stage

HELP, LIST = f"mendip-help@{DOMAIN}", f"mendip@{DOMAIN}"
HOME = "jane@home.example"


def names(session: Connection, address: str) -> tuple[str, list[str]]:
    """What the person behind an address is called, and was."""
    one = addresses.find(session, address)
    assert one is not None
    row = session.execute(select(people.c.name, people.c.former_names).where(people.c.id == one.person_id)).one()
    return row.name, row.former_names


def renamed(stage: Stage, name: str) -> None:
    stage.mail(JANE, HELP, "", f"MY NAME IS {name}")
    stage.reply(stage.last(JANE), "YES")


def forgotten(stage: Stage) -> bool:
    asked_for(stage)
    return carried_out(stage)


def asked_for(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "FORGET ME")
    stage.reply(stage.last(JANE), "YES")


def carried_out(stage: Stage) -> bool:
    with stage.house.store.read() as session:
        (erasure_id,) = forget_me.due(session, stage.now)
    return forget_me.carry_out(stage.house, erasure_id, stage.now)


def test_a_former_name_goes_wherever_it_was_written(stage: Stage) -> None:
    invited(stage)
    stage.at(stage.now.replace(year=2027, month=1, day=20, hour=17))
    stage.settle()
    text = "We met.\nPresent: Jane Doe, Dawn Day\nAction: Jane Doe to order balances by 1 March"
    stage.mail(f"Olive Organiser <{OLIVE}>", f"mendip-organise@{DOMAIN}", "Minutes", text)
    stage.reply(stage.last(OLIVE), "YES")
    stage.mail(f"Dawn Day <{DAWN}>", LIST, "Water baths", "Jane Doe has one to spare.")
    renamed(stage, "Jane Newname")
    renamed(stage, "Jane Third")
    with stage.house.store.read() as session:
        assert names(session, JANE) == ("Jane Third", ["Jane Doe", "Jane Newname"])
    assert {"minutes.text", "letters.fields", "raws.content"} <= columns_with(stage.house.store, "jane doe")
    assert forgotten(stage)
    assert columns_with(stage.house.store, "jane doe", "jane newname", "jane third") == set()


def test_a_name_that_somebody_else_bears_stays_theirs(stage: Stage) -> None:
    stage.member("jane.doe@far.example", "Jane Doe")
    stage.mail(f"Dawn Day <{DAWN}>", LIST, "Water baths", "Jane Doe has one to spare, says Jane Evans.")
    renamed(stage, "Jane Evans")
    assert forgotten(stage)
    assert columns_with(stage.house.store, "jane doe") == {"people.name", "raws.content"}
    assert columns_with(stage.house.store, "jane evans") == set()
    with stage.house.store.read() as session:
        assert names(session, "jane.doe@far.example") == ("Jane Doe", [])


def test_a_name_goes_with_the_apostrophe_of_phones(stage: Stage) -> None:
    """DP-11: a name that we keep as O'Dowd is written O’Dowd by others."""
    renamed(stage, "Jane O’Dowd")
    stage.mail(f"Dawn Day <{DAWN}>", LIST, "Thanks to Jane O’Dowd", "Jane O’Dowd has one to spare, says JANE O'DOWD.")
    assert forgotten(stage)
    assert columns_with(stage.house.store, "dowd") == set()


def test_a_name_that_somebody_else_bears_with_the_other_apostrophe_stays_theirs(stage: Stage) -> None:
    stage.member("jane.odowd@far.example", "Jane O’Dowd")
    renamed(stage, "Jane O'Dowd")
    stage.mail(f"Dawn Day <{DAWN}>", LIST, "Water baths", "Jane O'Dowd has one to spare.")
    assert forgotten(stage)
    assert "raws.content" in columns_with(stage.house.store, "jane o'dowd")
    with stage.house.store.read() as session:
        assert names(session, "jane.odowd@far.example") == ("Jane O’Dowd", [])


def test_who_was_one_person_under_two_names_is_found_by_both(stage: Stage) -> None:
    """A merge brings the other's names along, and taking it back gives them back."""
    with stage.house.store.write() as session:
        kept = addresses.find(session, JANE)
        assert kept is not None
    stage.member(HOME, "Janey Roe")
    stage.mail(f"Dawn Day <{DAWN}>", LIST, "Water baths", "Janey Roe has one to spare.")
    actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        other = addresses.find(session, HOME)
        assert other is not None
        undo_id = merge.merge(session, actor, kept.id, other.id, now=stage.now).fields["undo"]
        assert names(session, HOME) == ("Jane Doe", ["Janey Roe"])
        merge.split(session, actor, undo_id, now=stage.now)
        assert (names(session, JANE), names(session, HOME)) == (("Jane Doe", []), ("Janey Roe", []))
        merge.merge(session, actor, kept.id, other.id, now=stage.now)
    assert forgotten(stage)
    assert columns_with(stage.house.store, "jane doe", "janey roe") == set()


def test_what_has_to_be_done_twice_is_done_by_the_same_names(stage: Stage) -> None:
    """The first turn blanks the item that knew the name, while a mail that says it is still being read."""
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Water baths", "Ten minutes, please.")
    inbox_id = stage.mail(f"Dawn Day <{DAWN}>", f"mendip-committee@{DOMAIN}", "A word", "Janey Roe was kind.")
    asked_for(stage)
    with stage.house.store.write() as session:
        session.execute(update(agenda_items).values(person="Janey Roe"))
        state = session.execute(select(inbox.c.state).where(inbox.c.id == inbox_id)).scalar_one()
        session.execute(update(inbox).where(inbox.c.id == inbox_id).values(state="handling"))
    assert not carried_out(stage)
    assert "raws.content" in columns_with(stage.house.store, "janey roe")
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == inbox_id).values(state=state))
    assert carried_out(stage)
    assert columns_with(stage.house.store, "janey roe") == set()

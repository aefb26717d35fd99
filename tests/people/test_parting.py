"""Two who counted as one person are parted again: what was joined at an address meanwhile is of who reads there (CMD-4, V9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, change_address, forget_me, link_address, merge
from mailer.consent import ledger, standing
from mailer.errors import Refused
from mailer.inbound import sender
from mailer.people import access, addresses, membership, people, record
from mailer.store.tables import memberships, roles
from mailer.store.tables import people as people_rows
from tests.conversations.scenes import DAWN, JANE, invited
from tests.databases import columns_with
from tests.people.entries import id_of, operator, part
from tests.people.test_listed_twice import choose, seen
from tests.stage import DOMAIN, Got, Stage, staged

KAREN, THIRD = "karen@home.example", "jane@third.example"
HELP = f"quantock-help@{DOMAIN}"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


@pytest.fixture
def quantock(stage: Stage) -> int:
    """A second network, of which neither of the two is yet."""
    mendip = stage.network_id
    quantock = stage.network("quantock")
    stage.organiser("quentin@hill.school.example", "Quentin")
    stage.network_id, stage.slug = mendip, "mendip"
    return quantock


def merged(stage: Stage) -> int:
    """Jane and Karen Day, by a mistake of IT; returns what takes it back."""
    karen = stage.member(KAREN, "Karen Day")
    with stage.house.store.write() as session:
        return int(merge.merge(session, operator(stage), id_of(stage, JANE), karen, now=stage.now).fields["undo"])


def joins(stage: Stage) -> None:
    """Karen, where Jane is not."""
    stage.later(days=1)
    stage.mail(KAREN, f"quantock-join@{DOMAIN}")
    stage.reply(stage.last(KAREN), "YES")
    stage.mail(KAREN, HELP, "", "MY ROLE IS chief technician")
    stage.reply(stage.last(KAREN), "YES")


def linked(stage: Stage) -> Got:
    """Whoever answers from Karen's address says that they are Jane, and Jane says so too; the letter that takes it back."""
    invited(stage)
    stage.reply(stage.last(JANE), "Yes, I'll be there", sender=KAREN)
    stage.reply(stage.last(KAREN), "ALSO ME")
    stage.reply(stage.last(JANE), "YES")
    return next(mail for mail in reversed(stage.mails(JANE)) if "We know you by" in mail.subject)


def parted(stage: Stage, quantock: int, name: str) -> None:
    """Each of the two is asked for in the other network, and finds no word of the other there."""
    jane, karen = id_of(stage, JANE), id_of(stage, KAREN)
    with stage.house.store.write() as session:
        assert membership.of_address(session, quantock, jane) is None
        member = membership.of_address(session, quantock, karen)
        assert member is not None
        assert (member.address_id, member.name) == (karen, name)
        theirs, hers = (json.dumps(access.collect(session, one), default=str) for one in (jane, karen))
        assert "chief technician" in hers
        assert "chief technician" not in theirs
        assert standing.rebuild(session) == []
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
    had = len(stage.mails(KAREN))
    stage.later(days=1)
    stage.mail(JANE, HELP, "", "STATUS")
    assert len(stage.mails(KAREN)) == had
    assert KAREN not in stage.last(JANE).words
    stage.mail(KAREN, HELP, "", "STATUS")
    assert "Jane" not in stage.last(KAREN).words
    stage.mail(JANE, HELP, "", "STOP")
    with stage.house.store.read() as session:
        assert standing.of(session, quantock, karen)["meetings"] == "active"


def test_a_merge_taken_back(stage: Stage, quantock: int) -> None:
    undo_id = merged(stage)
    joins(stage)
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), undo_id, now=stage.now)
    parted(stage, quantock, "Karen Day")


@pytest.mark.parametrize("since", ["", "Lab Keeper"], ids=["as lent", "named since"])
def test_dp_11_who_had_no_name_has_not_the_others_once_they_are_parted(stage: Stage, since: str) -> None:
    lab, karen = stage.member("lab@mill.school.example", language="cy"), stage.member(KAREN, "Karen Day", language="en")
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), lab, karen, now=stage.now)
        person_id = addresses.get(session, lab).person_id
        assert person_id is not None
        if since:
            people.rename(session, person_id, since)
    part(stage, done)
    with stage.house.store.read() as session:
        stands = session.execute(select(people_rows.c.name, people_rows.c.language).where(people_rows.c.id == person_id)).one()
    assert stands == ((since, "en") if since else ("", "cy"))
    with stage.house.store.write() as session:
        erasure_id = forget_me.by_operator(session, stage.network_id, karen, now=stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    assert columns_with(stage.house.store, "karen day", KAREN) == set()


def test_a_link_taken_back(stage: Stage, quantock: int) -> None:
    """Whom nobody knew when the link was made is somebody new."""
    letter = linked(stage)
    joins(stage)
    stage.reply(letter, "UNDO")
    parted(stage, quantock, "")


def test_a_link_taken_back_at_once_leaves_the_address_nobodys(stage: Stage, quantock: int) -> None:
    letter = linked(stage)
    stage.reply(letter, "UNDO")
    with stage.house.store.read() as session:
        assert addresses.get(session, id_of(stage, KAREN)).person_id is None


def test_what_a_membership_says_of_its_person_counts_as_far_as_its_address_is_theirs(stage: Stage) -> None:
    """The second lock: nobody is reached through a row that was left behind."""
    karen = stage.member(KAREN, "Karen Day")
    jane = id_of(stage, JANE)
    with stage.house.store.write() as session:
        person = addresses.get(session, jane).person_id
        hers = select(memberships.c.id).where(memberships.c.address_id == jane)
        session.execute(roles.delete().where(roles.c.membership_id.in_(hers)))
        session.execute(memberships.delete().where(memberships.c.address_id == jane))
        session.execute(update(memberships).where(memberships.c.address_id == karen).values(person_id=person))
        assert membership.of_address(session, stage.network_id, jane) is None
        assert not sender.is_member(session, stage.network_id, jane)
        assert record.address(session, stage.network_id, jane) == jane
        assert access.whose(session, jane).membership_ids == ()
        assert membership.of_address(session, stage.network_id, karen) is not None


def moves(stage: Stage, network_id: int) -> None:
    """Jane's mail goes to Karen's address, and both have said YES to that."""
    jane, karen = id_of(stage, JANE), id_of(stage, KAREN)
    with stage.house.store.write() as session:
        person = addresses.get(session, jane).person_id
        change_address._move(session, Actor(network_id, jane, person, Strength.CONFIRM, "mail"), jane, karen, stage.now)


def test_nobody_is_parted_from_what_was_moved_to_the_other_address(stage: Stage, quantock: int) -> None:
    """The one would lose what is theirs to the other."""
    undo_id = merged(stage)
    stage.mail(JANE, f"quantock-join@{DOMAIN}")
    stage.reply(stage.last(JANE), "YES")
    moves(stage, quantock)
    with stage.house.store.write() as session, pytest.raises(Refused, match="moved to another address"):
        merge.split(session, operator(stage), undo_id, now=stage.now)


def test_no_link_is_parted_once_the_mail_has_moved_along_it(stage: Stage) -> None:
    linked(stage)
    moves(stage, stage.network_id)
    with stage.house.store.write() as session, pytest.raises(Refused, match="moved to another address"):
        link_address.take_back(session, {"address_id": id_of(stage, KAREN)}, stage.now)


def gets(stage: Stage, address: str) -> list[str]:
    with stage.house.store.read() as session:
        stands = standing.of(session, stage.network_id, id_of(stage, address))
    return [purpose for purpose, now in stands.items() if now == "active"]


def stops(stage: Stage, address: str) -> Got:
    stage.later(hours=1)
    stage.mail(address, f"mendip-help@{DOMAIN}", "", "STOP")
    return stage.last(address)


def test_undo_of_a_stop_brings_nothing_back_to_whom_they_were_parted_from(stage: Stage) -> None:
    """CMD-4, V9: Karen said STOP for the two of them; since they are two, Jane's word is Jane's."""
    undo_id = merged(stage)
    farewell = stops(stage, KAREN)
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), undo_id, now=stage.now)
    stops(stage, JANE)
    stage.reply(farewell, "UNDO")
    answer = stage.last(KAREN)
    assert gets(stage, JANE) == []
    assert "stays as it is now" in answer.words
    assert "jane" not in answer.words.casefold()
    with stage.house.store.write() as session:
        assert standing.rebuild(session) == []
        here = membership.of_address(session, stage.network_id, id_of(stage, JANE))
        assert here is not None
        assert here.ended_at is not None
        assert record.stops(session, stage.network_id, id_of(stage, JANE))
        assert not record.stops(session, stage.network_id, id_of(stage, KAREN))


def test_nor_do_their_dates_come_back(stage: Stage) -> None:
    letter = linked(stage)
    farewell = stops(stage, KAREN)
    stage.reply(letter, "UNDO")
    stops(stage, JANE)
    stage.reply(farewell, "UNDO")
    assert gets(stage, JANE) == []
    assert "calendar" not in stage.last(KAREN).words


def test_undo_of_ones_own_stop_leaves_who_was_parted_as_they_are(stage: Stage) -> None:
    undo_id = merged(stage)
    before = gets(stage, JANE)
    farewell = stops(stage, JANE)
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), undo_id, now=stage.now)
    stops(stage, KAREN)
    stage.reply(farewell, "UNDO")
    assert gets(stage, JANE) == before
    assert gets(stage, KAREN) == []
    with stage.house.store.read() as session:
        assert record.stops(session, stage.network_id, id_of(stage, KAREN))


def test_two_merges_are_taken_back_the_later_one_first(stage: Stage) -> None:
    """DP-7, DP-13: what stood before the first is known only once the last is parted."""
    jane = id_of(stage, JANE)
    entries = (jane, stage.member(KAREN, "Jane Doe", purposes=("newsletter",)), stage.member(THIRD, "Jane Doe", purposes=("meetings",)))
    for one, seen_by in zip(entries, ("unasked", "much", "equipment to organisers"), strict=True):
        choose(stage, one, seen_by)
    before = seen(stage, *entries)
    with stage.house.store.write() as session:
        first, last = (merge.merge(session, operator(stage), jane, one, now=stage.now) for one in entries[1:])
    with stage.house.store.write() as session, pytest.raises(Refused, match="later one first"):
        merge.split(session, operator(stage), first.fields["undo"], now=stage.now)
    part(stage, last)
    part(stage, first)
    assert seen(stage, *entries) == before


def test_so_is_a_link_before_a_later_merge(stage: Stage) -> None:
    letter = linked(stage)
    third = stage.member(THIRD, "Jane Doe")
    with stage.house.store.write() as session:
        later = merge.merge(session, operator(stage), id_of(stage, KAREN), third, now=stage.now)
    stage.reply(letter, "UNDO")
    assert "take back the later one first" in stage.last(JANE).words
    part(stage, later)
    stage.reply(letter, "UNDO")
    with stage.house.store.read() as session:
        assert addresses.get(session, id_of(stage, KAREN)).person_id is None


def test_a_fresh_yes_to_undo_opens_the_address_that_said_it(stage: Stage) -> None:
    """They wrote from the one address, and the other is on record: what comes again must be able to come (DP-8)."""
    linked(stage)
    stage.mail(KAREN, f"mendip-help@{DOMAIN}", "", "STOP NEWSLETTER")
    stopped = stage.last(KAREN)
    stops(stage, KAREN)
    stage.later(hours=1)
    stage.reply(stopped, "UNDO")
    stage.reply(stage.last(JANE), "YES")
    assert gets(stage, JANE) == ["newsletter"]
    with stage.house.store.read() as session:
        assert not record.stops(session, stage.network_id, id_of(stage, JANE))


def test_what_was_done_as_one_is_not_taken_back_by_the_other_afterwards(stage: Stage) -> None:
    """A pause that whoever reads at the linked address made is Jane's own by the time they are parted (CMD-4)."""
    undo = linked(stage)
    stage.later(hours=1)
    stage.mail(KAREN, f"mendip-help@{DOMAIN}", "", "PAUSE UNTIL 1 FEBRUARY")
    stage.reply(stage.last(KAREN), "YES")
    paused = stage.last(KAREN)
    stage.later(hours=1)
    stage.reply(undo, "UNDO")
    stage.later(hours=1)
    row = stage.outcome(stage.reply(paused, "UNDO", sender=KAREN))
    assert (row.state, row.reason) == ("refused", "parted-since")
    assert "say what you want now" in stage.last(KAREN).words
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STATUS")
    assert "1 February" in stage.last(JANE).words


def test_once_who_was_merged_is_forgotten_everybody_else_takes_back_as_before(stage: Stage) -> None:
    """What the merge was made of is emptied with them, and whoever takes something back is asked whether they were parted by it."""
    merged(stage)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "PAUSE UNTIL 1 FEBRUARY")
    stage.reply(stage.last(DAWN), "YES")
    paused = stage.last(DAWN)
    stage.later(hours=1)
    with stage.house.store.write() as session:
        erasure_id = forget_me.by_operator(session, stage.network_id, id_of(stage, JANE), now=stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    row = stage.outcome(stage.reply(paused, "UNDO"))
    assert (row.state, row.reason) == ("done", "")
    assert stage.last(DAWN).subject == "Undone: PAUSE UNTIL 1 FEBRUARY 2027"

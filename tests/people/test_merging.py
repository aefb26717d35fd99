"""Two rows that are one person: nothing anybody left comes back, and all of it can be taken back (DP-8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from mailer.acts import Actor, Strength, change_address, leave, merge, office, undo
from mailer.consent import gate, standing
from mailer.consent.standing import Proof
from mailer.cycle import due
from mailer.cycle import letters as letters_room
from mailer.errors import Refused
from mailer.outbound import outbox, replies
from mailer.outbound.transport import Reply
from mailer.people import addresses, committee, holding, listing, membership, merging, profile
from mailer.store import add
from mailer.store.tables import letters, outgoing, responses
from tests.databases import asked_of_postgres, on_both
from tests.outbound.test_at_one_moment import approved
from tests.people.entries import id_of, operator, part
from tests.stage import DOMAIN, Stage, staged

JANE, HOME, DAWN = "jane@hill.school.example", "jane@home.example", "dawn@mill.school.example"
ROSE = "rose@mill.school.example"
STANDINGS = ("none", "pending", "active", "left")


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    url = asked_of_postgres(request)
    yield from staged(tmp_path, **({"database_url": url} if url else {}))


def put(stage: Stage, address_id: int, to: str) -> None:
    with stage.house.store.write() as session:
        proof = Proof("consent", "test", "cli")
        standing.change(
            session, network_id=stage.network_id, address_id=address_id, purpose="newsletter", to=to, proof=proof, now=stage.now
        )


def now_is(stage: Stage, *ids: int) -> list[str]:
    with stage.house.store.read() as session:
        return [standing.of(session, stage.network_id, one)["newsletter"] for one in ids]


@pytest.mark.parametrize(("mine", "theirs"), list(product(STANDINGS, STANDINGS)))
def test_what_either_left_stays_left_and_undo_brings_both_back(stage: Stage, mine: str, theirs: str) -> None:
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe", purposes=("discussion",))
    put(stage, jane, mine)
    put(stage, home, theirs)
    before = now_is(stage, jane, home)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    kept, gone = now_is(stage, jane, home)
    assert gone == "none"
    assert (kept == "left") == ("left" in (mine, theirs))
    assert kept in (mine, theirs)
    part(stage, done)
    assert now_is(stage, jane, home) == before


def test_an_organiser_stays_one(stage: Stage) -> None:
    jane, home = id_of(stage, JANE), stage.organiser(HOME, "J Doe")
    with stage.house.store.write() as session:
        merge.merge(session, operator(stage), jane, home, now=stage.now)
        assert committee.is_organiser(session, stage.network_id, jane)
        shown: list[Any] = [one for one in listing.listing(session, stage.network_id, stage.now) if JANE in one["addresses"]]
    assert {"organiser", "member"} <= set(shown[0]["roles"])


def test_a_shared_mailbox_is_nobodys_own(stage: Stage) -> None:
    shared = stage.member("science@hill.school.example", shared=True)
    with stage.house.store.read() as session, pytest.raises(Refused, match="several people"):
        merging.plan(session, id_of(stage, JANE), shared)


def test_moving_takes_the_queue_and_the_answers_along(stage: Stage) -> None:
    """DP-10: reaches the queue; V5: nobody gets a second copy."""
    from mailer.meetings import meetings
    from mailer.meetings import responses as given
    from tests.conversations.scenes import STARTS

    jane = id_of(stage, JANE)
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    with stage.house.store.write() as session:
        meeting = meetings.get(session, meeting_id)
        given.record(session, meeting, jane, answer="yes", channel="mail", now=stage.now)
        new = addresses.find_or_add(session, HOME, hasher=stage.house.hasher, now=stage.now)
        person = addresses.get(session, jane).person_id
        stands = standing.find(session, stage.network_id, jane, "newsletter")
        assert stands is not None
        letter = add(
            session, letters, network_id=stage.network_id, template="replies/help", fields={}, created_at=stage.now
        )
        row = outbox.Row(
            key="one", network_id=stage.network_id, letter_id=letter, address_id=jane, standing_id=stands,
            purpose="newsletter", to_address=JANE, not_before=stage.now + timedelta(days=9),
        )  # fmt: skip
        outbox.add_rows(session, [row], now=stage.now)
        actor = Actor(stage.network_id, jane, person, Strength.CONFIRM, "mail")
        change_address._move(session, actor, jane, new.id, stage.now)
        assert membership.main_address(session, stage.network_id, jane) == new.id
        assert session.execute(select(responses.c.address_id)).scalars().all() == [new.id]
        assert standing.rebuild(session) == []
        (copy,) = session.execute(select(outgoing).where(outgoing.c.key == "one")).all()
        assert (copy.address_id, copy.to_address, copy.state) == (new.id, HOME, "queued")
        assert gate.ask(session, standing_id=copy.standing_id, purpose="newsletter", now=stage.now).allowed


def saying(stage: Stage, session: Connection, address_id: int) -> Actor:
    """They say YES at this address."""
    return Actor(stage.network_id, address_id, addresses.get(session, address_id).person_id, Strength.CONFIRM, "mail", asked_at=stage.now)


HAS_IT = ("cancelled", "has-it-there")
AT_THE_NEW_ONE = {  # how the copy there stands -> what becomes of the one at the old address
    "queued": HAS_IT, "deferred": HAS_IT, "accepted": HAS_IT, "uncertain": HAS_IT,
    "failed": ("accepted", "accepted"), "cancelled": ("accepted", "accepted"),
}  # fmt: skip


@pytest.mark.parametrize(("there", "becomes"), AT_THE_NEW_ONE.items(), ids=AT_THE_NEW_ONE)
def test_v5_moving_onto_an_address_that_has_the_letter_brings_no_second_one(stage: Stage, there: str, becomes: tuple[str, str]) -> None:
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = approved(stage, "invitation", 40)
    assert due.steps(stage.house, stage.now)
    old, new = (stage.copies(occasion_id=mailing, address_id=one)[0].id for one in (jane, home))
    with stage.house.store.write() as session:
        session.execute(outgoing.update().where(outgoing.c.id == new).values(state=there))
        change_address._move(session, saying(stage, session, jane), jane, home, stage.now)
    stage.settle()
    stage.settle()  # what is sent in one round is accounted for in the next (V6)
    (copy,) = stage.copies(id=old)
    assert (copy.state, copy.reason) == becomes
    assert stage.occasion("invitation").state == "sent"


def test_v5_undo_of_a_stop_at_the_new_address_brings_no_second_one(stage: Stage) -> None:
    """The copy of their own was stopped, the one from the old address has come since."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = approved(stage, "invitation", 40)
    assert due.steps(stage.house, stage.now)
    with stage.house.store.write() as session:
        left = leave.some(session, saying(stage, session, home), ("meetings",), now=stage.now)
        change_address._move(session, saying(stage, session, jane), jane, home, stage.now)
        assert undo.redeem(session, saying(stage, session, home), left.fields["undo"], now=stage.now).template == "undone"
    stage.settle()
    assert [copy.state for copy in stage.copies(occasion_id=mailing, address_id=home)] == ["accepted", "cancelled"]


def test_moving_onto_an_address_with_a_membership_of_its_own(stage: Stage) -> None:
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe", purposes=("exchange",))
    with stage.house.store.write() as session:
        person = addresses.get(session, jane).person_id
        actor = Actor(stage.network_id, jane, person, Strength.CONFIRM, "mail")
        change_address._move(session, actor, jane, home, stage.now)
        shown: list[Any] = [one for one in listing.listing(session, stage.network_id, stage.now, ended=False) if HOME in one["addresses"]]
        assert len(shown) == 1
        assert shown[0]["addresses"][0] == HOME
        gets = {name for name, now in shown[0]["standings"].items() if now == "active"}
        assert gets == {"meetings", "newsletter", "discussion", "exchange"}
        assert standing.rebuild(session) == []


def test_what_only_one_of_the_two_said_of_themselves_stays_said(stage: Stage) -> None:
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")

    def said(address_id: int) -> dict[str, str]:
        with stage.house.store.read() as session:
            member = membership.of_address(session, stage.network_id, address_id)
            assert member is not None
            return {field: value for field, value in profile.values(session, member).items() if field in profile.KEPT and value}

    with stage.house.store.write() as session:
        for address_id, field, value in ((jane, "job", "Technician"), (home, "job", "Lead"), (home, "equipment", "loggers")):
            member = membership.of_address(session, stage.network_id, address_id)
            assert member is not None
            profile.put(session, member, field, value, stage.now)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    assert said(jane) == {"job": "Technician", "equipment": "loggers"}
    with stage.house.store.write() as session:
        undo.redeem(session, Actor(stage.network_id, jane, None, Strength.OPERATOR, "cli"), done.fields["undo"], now=stage.now)
    assert (said(jane), said(home)) == ({"job": "Technician"}, {"job": "Lead", "equipment": "loggers"})


def merged_then(stage: Stage, words: str) -> tuple[int, int]:
    """Jane and J Doe become one, Jane writes these words, and the merge is taken back."""
    jane, home = id_of(stage, JANE), stage.organiser(HOME, "J Doe")
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    stage.later(minutes=1)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", words)
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
        assert standing.rebuild(session) == []
    return jane, home


def test_what_was_stopped_after_a_merge_is_stopped_at_both_when_they_are_parted(stage: Stage) -> None:
    jane, home = merged_then(stage, "STOP NEWSLETTER")
    assert now_is(stage, jane, home) == ["left", "left"]
    with stage.house.store.read() as session:
        assert standing.of(session, stage.network_id, home)["meetings"] == "active"
        assert committee.is_organiser(session, stage.network_id, home)


def test_who_stopped_everything_after_a_merge_is_gone_from_both(stage: Stage) -> None:
    jane, home = merged_then(stage, "STOP")
    with stage.house.store.read() as session:
        for one in (jane, home):
            assert "active" not in standing.of(session, stage.network_id, one).values()
            mine = membership.of_address(session, stage.network_id, one)
            assert mine is not None
            assert mine.ended_at is not None
            assert mine.roles == ()


def test_parting_gives_no_office_back_that_the_committee_has_ended_since(stage: Stage) -> None:
    jane, home = id_of(stage, JANE), stage.organiser(HOME, "J Doe")
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
        one = membership.of_address(session, stage.network_id, jane)
        assert one is not None
        office.end(session, one, ["organiser"], Proof("service", "office", "cli"), stage.now)
        merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
        assert not committee.is_organiser(session, stage.network_id, home)
        assert membership.main_address(session, stage.network_id, home) == home


def copies_of(stage: Stage, mailing: int) -> list[tuple[str, str]]:
    """To whom its copies went or go, as they are addressed, and how they stand."""
    return sorted((copy.to_address, copy.state) for copy in stage.copies(occasion_id=mailing) if copy.to_address in (JANE, HOME))


def no_meetings(stage: Stage, address_id: int) -> None:
    with stage.house.store.write() as session:
        proof = Proof("withdrawal", "test", "cli")
        standing.change(session, network_id=stage.network_id, address_id=address_id, purpose="meetings", to="none", proof=proof, now=stage.now)


def mailed_to(stage: Stage, *wanted: int) -> int:
    """An invitation is written down for these of the two, and waits."""
    mailing = approved(stage, "invitation", 40)
    for one in {id_of(stage, JANE), id_of(stage, HOME)} - set(wanted):
        no_meetings(stage, one)
    assert due.steps(stage.house, stage.now)
    return mailing


@on_both("stage")
@pytest.mark.parametrize("taken_back", [False, True], ids=["stays", "taken back"])
def test_v5_what_waits_for_an_entry_goes_with_it(stage: Stage, taken_back: bool) -> None:
    """Where only the entry that ended got it, the other has the copy; UNDO gives it back to whom it was written for."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = mailed_to(stage, home)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    assert copies_of(stage, mailing) == [(JANE, "queued")]
    if taken_back:
        part(stage, done)
    stage.settle()
    assert copies_of(stage, mailing) == [(HOME if taken_back else JANE, "accepted")]
    assert len(stage.mails(JANE) + stage.mails(HOME)) == 1


@on_both("stage")
@pytest.mark.parametrize("taken_back", [False, True], ids=["stays", "taken back"])
def test_v5_who_had_two_copies_waiting_gets_one(stage: Stage, taken_back: bool) -> None:
    """And each of the two has theirs, if they were two after all."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = mailed_to(stage, jane, home)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    assert copies_of(stage, mailing) == [(JANE, "queued"), (HOME, "cancelled")]
    if taken_back:
        part(stage, done)
    stage.settle()
    assert copies_of(stage, mailing) == [(JANE, "accepted"), (HOME, "accepted" if taken_back else "cancelled")]


def half_written(stage: Stage, monkeypatch: pytest.MonkeyPatch, up_to: int) -> int:
    """An invitation of which the copies are written down as far as this address, one a page."""
    monkeypatch.setattr(letters_room, "PAGE", 1)
    return written_to(stage, approved(stage, "invitation", 40), up_to)


def written_to(stage: Stage, mailing: int, up_to: int) -> int:
    while (begun := stage.occasion("invitation")).audience_count is None and (begun.cursor or 0) < up_to:
        assert due.step(stage.house, mailing, stage.now)
    return mailing


@on_both("stage")
def test_who_moves_to_an_address_behind_the_cursor_is_not_left_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back to the one that they had before, whose turn would have come earlier."""
    jane = id_of(stage, JANE)
    with stage.house.store.write() as session:
        home = addresses.find_or_add(session, HOME, hasher=stage.house.hasher, now=stage.now)
        change_address._move(session, saying(stage, session, jane), jane, home.id, stage.now)
    mailing = half_written(stage, monkeypatch, jane)
    assert copies_of(stage, mailing) == []
    with stage.house.store.write() as session:
        change_address._move(session, saying(stage, session, home.id), home.id, jane, stage.now)
    stage.settle()
    assert copies_of(stage, mailing) == [(JANE, "accepted")]
    ended = stage.occasion("invitation")
    assert (ended.state, ended.audience_count) == ("sent", len(stage.copies(occasion_id=mailing)))  # V6


@on_both("stage")
@pytest.mark.parametrize("gets", [(JANE,), (HOME,), (JANE, HOME)], ids=["one", "the other", "both"])
@pytest.mark.parametrize("kept", [JANE, HOME])
@pytest.mark.parametrize("reached", [JANE, DAWN, HOME])
def test_v5_two_entries_made_one_while_a_mailing_is_written_down_get_one_copy(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, reached: str, kept: str, gets: tuple[str, ...]
) -> None:
    """Whichever of the two has its copy by then, it comes once, and to where they read."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    for one in {JANE, HOME} - set(gets):
        no_meetings(stage, id_of(stage, one))
    mailing = half_written(stage, monkeypatch, id_of(stage, reached))
    with stage.house.store.write() as session:
        ways = (jane, home) if kept == JANE else (home, jane)
        merge.merge(session, operator(stage), *ways, now=stage.now)
    stage.settle()
    stage.settle()  # what is sent in one round is accounted for in the next (V6)
    assert [one for one in copies_of(stage, mailing) if one[1] != "cancelled"] == [(kept, "accepted")]
    assert stage.occasion("invitation").state == "sent"


@on_both("stage")
@pytest.mark.parametrize("merged", ["before it began", "half way"])
@pytest.mark.parametrize("parted", [HOME, ROSE], ids=["just behind them", "later"])
def test_who_is_parted_behind_the_cursor_is_not_left_out(stage: Stage, monkeypatch: pytest.MonkeyPatch, merged: str, parted: str) -> None:
    """The mailing came to their turn while they counted as one with somebody else."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    stage.member(ROSE, "Rose Reader")
    stage.member("last@hill.school.example", "Last Reader")
    mailing = 0 if merged == "before it began" else half_written(stage, monkeypatch, id_of(stage, DAWN))
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    mailing = written_to(stage, mailing, id_of(stage, parted)) if mailing else half_written(stage, monkeypatch, id_of(stage, parted))
    part(stage, done)
    stage.settle()
    stage.settle()
    assert copies_of(stage, mailing) == [(JANE, "accepted"), (HOME, "accepted")]
    ended = stage.occasion("invitation")
    assert (ended.state, ended.audience_count) == ("sent", len(stage.copies(occasion_id=mailing)))  # V6


@on_both("stage")
@pytest.mark.parametrize("had", [False, True], ids=["went without them", "had it before"])
def test_v11_what_went_round_while_two_counted_as_one_is_named_when_they_are_parted(stage: Stage, had: bool) -> None:
    """To IT, which parts them."""
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = approved(stage, "invitation", 40)
    if had:
        stage.settle()
    stage.at(stage.now + timedelta(seconds=1))
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    stage.later(hours=1)
    with stage.house.store.write() as session:
        parted = merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
    assert parted.fields["without"] == ({} if had else {HOME: ["invitation"]})
    stage.settle()
    assert copies_of(stage, mailing) == [(JANE, "accepted"), *([(HOME, "accepted")] if had else [])]


def in_a_connection(stage: Stage, lane: str = "bulk") -> list[int]:
    """What is due is on its way, and no relay has answered yet."""
    with stage.house.store.write() as session:
        ids, _ = outbox.claim(
            session, lane=lane, owner="one", limit=100, now=stage.now, lease_now=stage.now, lease_until=stage.now + timedelta(minutes=1)
        )
        window = [outbox.Sending(one, stage.now, None, 1, f"{one:064x}") for one in ids]
        assert outbox.mark_sending(session, window, "one", "smtp://sink", now=stage.now, lease_now=stage.now) == set(ids)
    return ids


def answered(stage: Stage, ids: list[int], state: Any) -> None:
    """And now it has."""
    replies = [Reply(one, state, None, None, "", state) for one in ids]
    with stage.house.store.write() as session:
        outbox.write_results(session, replies, owner="one", relay="smtp://sink", now=stage.now, resend=False)


def moves(stage: Stage) -> None:
    with stage.house.store.write() as session:
        jane = id_of(stage, JANE)
        home = addresses.find_or_add(session, HOME, hasher=stage.house.hasher, now=stage.now)
        change_address._move(session, saying(stage, session, jane), jane, home.id, stage.now)


@on_both("stage")
@pytest.mark.parametrize("answer", ["accepted", "deferred"])
def test_v6_what_is_on_its_way_when_its_reader_moves_is_not_lost(stage: Stage, answer: str) -> None:
    """What the relay puts off goes to the new address; what it takes has gone to the old one, and is not sent twice (V5)."""
    mailing = approved(stage, "invitation", 40)
    assert due.steps(stage.house, stage.now)
    sending = in_a_connection(stage)
    moves(stage)
    answered(stage, sending, answer)
    stage.later(hours=1)
    stage.settle()
    assert copies_of(stage, mailing) == [(HOME if answer == "deferred" else JANE, "accepted")]
    ended = stage.occasion("invitation")
    assert (ended.state, ended.audience_count) == ("sent", len(stage.copies(occasion_id=mailing)))


@on_both("stage")
@pytest.mark.parametrize("taken_back", ["", "before its next try", "after"])
def test_v5_what_is_on_its_way_to_an_entry_that_ends_comes_along_if_it_is_put_off(stage: Stage, taken_back: str) -> None:
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    mailing = mailed_to(stage, home)
    sending = in_a_connection(stage)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    answered(stage, sending, "deferred")
    stage.at(stage.now + timedelta(hours=1))
    if taken_back == "after":
        with stage.house.store.write() as session:
            outbox.claim(session, lane="bulk", owner="two", limit=100, now=stage.now, lease_now=stage.now, lease_until=stage.now)
        assert copies_of(stage, mailing) == [(JANE, "deferred")]
    if taken_back:
        part(stage, done)
    stage.settle()
    assert copies_of(stage, mailing) == [(HOME if taken_back else JANE, "accepted")]


@on_both("stage")
@pytest.mark.parametrize("taken_back", [False, True], ids=["stays", "taken back"])
@pytest.mark.parametrize("both", [False, True], ids=["one organises", "both do"])
def test_v5_desk_letters_that_wait_for_an_entry_go_with_it(stage: Stage, both: bool, taken_back: bool) -> None:
    """What all organisers are told comes once, and what one was asked alone is not lost."""
    jane, home = id_of(stage, JANE), stage.organiser(HOME, "J Doe")
    with stage.house.store.write() as session:
        if both:
            member = membership.of_address(session, stage.network_id, jane)
            assert member is not None
            holding.give(session, member.id, ("organiser",), active=True, proof=Proof("consent", "test", "cli"), now=stage.now)
        one: dict[str, Any] = {"network_id": stage.network_id, "now": stage.now}
        told = replies.to_organisers(session, template="gone-mistake", fields={"name": "Rose", "stopped": False}, key="told", **one)
        asked = {"what": "item", "writer": "Rose", "title": "Balances", "text": "", "standing": "guest"}
        replies.reply(session, template="admit", fields=asked, purpose="desk", address_id=home, key="asked", **one)
        done = merge.merge(session, operator(stage), jane, home, now=stage.now)
    assert told == 3 + both
    if taken_back:
        part(stage, done)
    stage.settle()
    assert len(stage.mails(JANE)) == (both if taken_back else 2)
    assert len(stage.mails(HOME)) == (2 if taken_back else 0)


@on_both("stage")
def test_a_desk_letter_that_is_on_its_way_to_an_entry_that_ends_comes_along_if_it_is_put_off(stage: Stage) -> None:
    jane, home = id_of(stage, JANE), stage.organiser(HOME, "J Doe")
    with stage.house.store.write() as session:
        asked = {"what": "item", "writer": "Rose", "title": "Balances", "text": "", "standing": "guest"}
        replies.reply(session, network_id=stage.network_id, template="admit", fields=asked, purpose="desk", address_id=home, key="asked", now=stage.now)
    sending = in_a_connection(stage, "urgent")
    with stage.house.store.write() as session:
        merge.merge(session, operator(stage), jane, home, now=stage.now)
    answered(stage, sending, "deferred")
    stage.later(hours=1)
    assert (len(stage.mails(JANE)), len(stage.mails(HOME))) == (1, 0)

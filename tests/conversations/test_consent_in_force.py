"""Whatever somebody has done, each purpose in force has a ledger row in force with its wording and notice version (DP-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.consent import ledger, purposes, standing
from mailer.consent.standing import Proof
from mailer.people import addresses, merging
from mailer.store import tables as t
from tests.conversations.scenes import OLIVE
from tests.stage import DOMAIN, Stage

WANDA, OTHER = "wanda@web.school.example", "w.webb@new.school.example"
HELP = f"mendip-help@{DOMAIN}"


def join(stage: Stage, who: str = WANDA, name: str = "Wanda Webb") -> None:
    """By their own confirmed word, under notice 1; then the notice and the wordings move on."""
    stage.mail(f"{name} <{who}>", f"mendip-join@{DOMAIN}", "join", "please")
    stage.reply(stage.last(who), "YES")


def undo(stage: Stage, who: str = WANDA) -> None:
    stage.reply(stage.last(who), "UNDO")


def _stop_undo(stage: Stage) -> None:
    stage.reply(stage.last(WANDA), "STOP")
    undo(stage)


def _stop_some_undo(stage: Stage) -> None:
    stage.reply(stage.last(WANDA), "STOP NEWSLETTER")
    undo(stage)


def _keep(stage: Stage) -> None:
    stage.reply(stage.last(WANDA), "STOP NEWSLETTER")
    stage.reply(stage.last(WANDA), "KEEP NEWSLETTER")


def _pause(stage: Stage) -> None:
    stage.reply(stage.last(WANDA), "PAUSE UNTIL 1 MARCH")
    stage.reply(stage.last(WANDA), "RESUME")


def _gone_undo(stage: Stage) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Wanda Webb has left", "")
    stage.reply(stage.last(OLIVE), "YES")
    assert not gets(stage, WANDA)
    undo(stage, OLIVE)


def _move(stage: Stage, old: str = WANDA, new: str = OTHER) -> None:
    stage.mail(old, HELP, "", f"CHANGE ADDRESS TO {new}")
    stage.reply(stage.last(old), "YES")
    stage.reply(stage.last(new), "YES")
    assert gets(stage, new)


def _back_again(stage: Stage) -> None:
    _move(stage)
    _move(stage, OTHER, WANDA)


def _merged(stage: Stage, *, back: bool) -> None:
    join(stage, OTHER, "Wanda W")
    with stage.house.store.write() as session:
        keep, other = addresses.find(session, WANDA), addresses.find(session, OTHER)
        assert keep is not None
        assert other is not None
        left = Proof("withdrawal", "leave", "mail")  # what only the other one gets goes over
        standing.change(
            session, network_id=stage.network_id, address_id=keep.id, purpose="newsletter", to="none", proof=left, now=stage.now
        )
        before = merging.carry_out(session, merging.plan(session, keep.id, other.id), Proof("service", "merge", "cli"), stage.now)
        if back:
            merging.take_back(session, before, Proof("service", "merge-undo", "cli"), stage.now)


def _shown_to_fewer(stage: Stage) -> None:
    stage.reply(stage.last(WANDA), "SHOW name, organisation TO MEMBERS")
    stage.reply(stage.last(WANDA), "YES")
    stage.reply(stage.last(WANDA), "SHOW name TO ORGANISERS")
    stage.reply(stage.last(WANDA), "HIDE organisation")
    undo(stage)
    stage.reply(stage.last(WANDA), "YES")


# name: what is done, and by which act a purpose is in force then
ACTS: dict[str, tuple[Callable[[Stage], Any], str]] = {
    "joined": (lambda stage: None, "join"),
    "STOP, UNDO": (_stop_undo, "undo-leave"),
    "STOP NEWSLETTER, UNDO": (_stop_some_undo, "undo-leave"),
    "KEEP": (_keep, "keep"),
    "PAUSE, RESUME": (_pause, "join"),
    "has left, UNDO": (_gone_undo, "undo-gone"),
    "CHANGE ADDRESS": (_move, "change-address"),
    "and back": (_back_again, "change-address"),
    "merge": (lambda stage: _merged(stage, back=False), "merge"),
    "merge, UNDO": (lambda stage: _merged(stage, back=True), "merge-undo"),
    "shown to fewer, UNDO": (_shown_to_fewer, "undo-share"),
}


AS_IT_WAS = {"joined", "STOP, UNDO", "STOP NEWSLETTER, UNDO", "PAUSE, RESUME", "has left, UNDO", "CHANGE ADDRESS", "and back"}


@pytest.mark.parametrize("act", list(ACTS))
def test_every_consent_in_force_shows_its_words(stage: Stage, act: str) -> None:
    join(stage)
    with stage.house.store.write() as session:
        session.execute(update(t.networks).values(notice_version=2))
    stage.later(days=1)
    ACTS[act][0](stage)
    with stage.house.store.read() as session:
        found = in_force(session, stage.network_id)
        assert ACTS[act][1] in {row.act for row in found}
        for row in found:
            assert row.wording_id is not None, (row.address, row.purpose, row.act)
            assert row.basis == "consent"
            assert row.notice_version == 1 or (act not in AS_IT_WAS and row.notice_version == 2)
        assert standing.rebuild(session) == []
        assert ledger.verify(session) == []


def in_force(session: Any, network_id: int) -> list[Any]:
    """The rows that active standings rest on, of those who joined by their own word."""
    s, row = t.standings.c, t.ledger.c
    return list(
        session.execute(
            select(t.ledger, t.addresses.c.address)
            .join(t.standings, s.ledger_id == row.id)
            .join(t.addresses, t.addresses.c.id == row.address_id)
            .where(s.network_id == network_id, s.standing == "active", s.purpose.in_(purposes.SUBSCRIPTIONS))
            .where(t.addresses.c.address.in_((WANDA, OTHER)))
        )
    )


def gets(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        assert known is not None
        return {one for one, is_now in standing.of(session, stage.network_id, known.id).items() if is_now == "active"}

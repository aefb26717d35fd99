"""A copy's history: a line for every try, and one wherever something else changes its state, in order (V2, V6)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from mailer.outbound import outbox, told
from mailer.outbound.outbox.history import note
from mailer.outbound.results import SENTENCES
from mailer.store.tables import attempts, standings
from tests.databases import on_both
from tests.outbound.queue import MINUTE, NOW, Queue

ON_BOTH = on_both("queue")


def history(queue: Queue, copy: int) -> list[tuple[str, str]]:
    with queue.store.read() as session:
        rows = session.execute(select(attempts).where(attempts.c.outgoing_id == copy).order_by(attempts.c.id)).all()
    assert {(row.at, row.relay) for row in rows} <= {(NOW, "")}
    return [(row.state, row.reason) for row in rows]


CHANGES: dict[str, tuple[dict[str, Any], Callable[[Connection, Any], Any], str, str]] = {
    "cancelled by hand": ({}, lambda s, c: outbox.cancel(s, c.id, "cancelled-by-hand", NOW), "cancelled", "cancelled-by-hand"),
    "its mailing called off": ({}, lambda s, c: outbox.cancel_occasion(s, c.occasion_id, "called-off", NOW), "cancelled", "called-off"),
    "stopped though cancelled before": (
        {"state": "cancelled", "reason": "left"}, lambda s, c: outbox.stop_occasion(s, c.occasion_id, "called-off", NOW), "cancelled", "called-off",
    ),
    "its reader left": ({"standing": "left"}, lambda s, c: outbox.cancel_refused(s, c.address_id, None, NOW), "cancelled", "left"),
    "its reader undid it": ({"state": "cancelled", "reason": "left"}, lambda s, c: outbox.revive(s, [c.id], NOW), "queued", "undone"),
    "erased": ({}, lambda s, c: outbox.forget(s, [c.address_id], NOW), "cancelled", "erased"),
    "its letter cannot be made": ({"lease_owner": "one"}, lambda s, c: outbox.fail_unfilled(s, {c.id: "letter-ValueError"}, "one", NOW), "failed", "letter-ValueError"),
    "tried again by hand": ({"state": "failed"}, lambda s, c: outbox.retry_now(s, c.id, NOW), "queued", "retried-by-hand"),
    "said to have arrived": ({"state": "uncertain"}, lambda s, c: outbox.resolve(s, c.id, "arrived", NOW), "accepted", "resolved-by-hand"),
    "said to be lost": ({"state": "uncertain"}, lambda s, c: outbox.resolve(s, c.id, "lost", NOW), "failed", "lost-by-hand"),
    "sent again by hand": ({"state": "uncertain"}, lambda s, c: outbox.resolve(s, c.id, "resend", NOW), "queued", "resent-by-hand"),
    "its sender taken for dead": ({"state": "sending"}, lambda s, _: outbox.reap(s, lease_now=NOW, now=NOW, resend=False), "uncertain", "interrupted"),
    "a backup was restored": ({"state": "deferred"}, lambda s, _: outbox.doubt(s, NOW), "uncertain", "restored"),
}  # fmt: skip


@ON_BOTH
@pytest.mark.parametrize(("values", "change", "state", "reason"), CHANGES.values(), ids=CHANGES)
def test_every_change_is_a_line(queue: Queue, values: dict[str, Any], change: Callable[[Connection, Any], Any], state: str, reason: str) -> None:
    copy = queue.copy(occasion_id=queue.add_mailing(), **values)
    with queue.store.write() as session:
        change(session, queue.row(copy))
    row = queue.row(copy)
    assert (row.state, row.reason) == (state, reason)
    assert history(queue, copy) == [(state, reason)]
    with queue.store.write() as session:  # a second time nothing is changed, and nothing noted
        change(session, queue.row(copy)) if state != "queued" else None
    assert history(queue, copy) == [(state, reason)]


TOLD: dict[str, tuple[dict[str, Any], str]] = {
    "taken": (
        {"state": "accepted", "code": 250, "text": "2.0.0 Ok", "reason": "accepted", "relay": "smtp://relay"},
        "taken over: The mail server took it over. (smtp://relay: 250 2.0.0 Ok)",
    ),
    "no relay": ({"state": "deferred", "reason": "cannot-connect", "text": "Nobody answers there."}, "put off: Nobody answers there."),
    "the line broke": (
        {"state": "uncertain", "reason": "lost-answer", "text": SENTENCES["lost-answer"], "relay": "smtp://relay"},
        f"uncertain: {SENTENCES['lost-answer']} (smtp://relay)",
    ),
    "came back": (
        {"state": "failed", "reason": "bounce-user-unknown", "text": "550 5.1.1 no"}, "failed: It came back: user unknown. 550 5.1.1 no"
    ),
    "left": ({"state": "cancelled", "reason": "left"}, "cancelled: This person left."),
    "there already": (
        {"state": "cancelled", "reason": "has-it-there"}, "cancelled: Its reader has another address now, which has a copy of its own."
    ),
    "a mailing that does not hold": ({"state": "cancelled", "reason": "Taken back by its writer."}, "cancelled: Taken back by its writer."),
    "no letter": ({"state": "failed", "reason": "letter-KeyError"}, "failed: The letter could not be put together (KeyError)."),
    "a reason of tomorrow": ({"state": "cancelled", "reason": "new"}, "cancelled"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), TOLD.values(), ids=TOLD)
def test_a_line_is_told_in_plain_words(row: dict[str, Any], said: str) -> None:
    assert told.line(SimpleNamespace(**{"code": None, "text": "", "relay": ""} | row)) == said


def test_every_reason_of_ours_has_words() -> None:
    for _, _, state, reason in CHANGES.values():
        assert told.line(SimpleNamespace(state=state, reason=reason, text="", code=None, relay="")).endswith((".", ")."))


@ON_BOTH
def test_a_claim_notes_what_it_takes_out(queue: Queue) -> None:
    left, late, goes = queue.copy(standing="left"), queue.copy(deadline=NOW - MINUTE), queue.copy()
    assert queue.claim() == [goes]
    assert [history(queue, copy) for copy in (left, late, goes)] == [[("cancelled", "left")], [("cancelled", "too-late")], []]


@ON_BOTH
def test_a_copy_that_goes_to_another_address_keeps_its_state_and_notes_it(queue: Queue) -> None:
    waits, put_off = queue.copy(), queue.copy(state="deferred")
    other = queue.row(queue.copy(purpose="meetings"))
    for copy in (waits, put_off):
        row = queue.row(copy)
        with queue.store.write() as session:
            outbox.redirect(session, row.address_id, other.address_id, other.to_address, {row.standing_id: other.standing_id}, NOW)
    assert [history(queue, copy) for copy in (waits, put_off)] == [[("queued", "redirected")], [("deferred", "redirected")]]


@ON_BOTH
def test_v5_an_undo_that_comes_twice_revives_nothing_that_has_gone(queue: Queue) -> None:
    copy = queue.copy(standing="left")
    assert queue.claim() == []
    queue.change(standings, queue.row(copy).standing_id, standing="active")
    with queue.store.write() as session:
        assert outbox.revive(session, [copy], NOW) == [copy]
    queue.mark(queue.claim())
    with queue.store.write() as session:
        assert outbox.revive(session, [copy], NOW) == []
    assert history(queue, copy) == [("cancelled", "left"), ("queued", "undone")]


@ON_BOTH
def test_out_3_undo_has_what_may_have_gone_go_again_as_it_would_have(queue: Queue) -> None:
    """Its network says resend; its reader left while it waited, and took that back."""
    copy = queue.copy(state="deferred", reason="lost-answer")
    with queue.store.write() as session:
        note(session, [copy], NOW, state="uncertain", reason="lost-answer")
    queue.change(standings, queue.row(copy).standing_id, standing="left")
    with queue.store.write() as session:
        stopped = outbox.cancel_refused(session, queue.row(copy).address_id, None, NOW)
    assert (queue.row(copy).state, queue.row(copy).reason) == ("uncertain", "left")  # V6
    queue.change(standings, queue.row(copy).standing_id, standing="active")
    with queue.store.write() as session:
        assert outbox.revive(session, stopped, NOW) == [copy]
    assert queue.claim() == [copy]
    assert history(queue, copy) == [("uncertain", "lost-answer"), ("uncertain", "left"), ("queued", "undone")]

"""The outbox: the only writer of outgoing rows (V12), and the one retry clock.

    queued     decided, waits for its time          deferred   a relay said "later"; waits for its next try
    sending    committed before its bytes went      accepted   a relay took it
    uncertain  the line dropped after the bytes     failed     refused for good
    cancelled  the gate, a deadline or a person stopped it

Where a network, or the setting, says `resend`, what may have gone waits for its next try like what was put off, and only
its history says `uncertain`.

A claim is a lease and leaves the state alone; only `mark_sending` says that bytes may be on their way, so a lapsed
lease returns what was never sent and turns the rest into `uncertain` (design ruling 5).

    rows      writing copies down            claim     leasing what is due, and what a brake keeps
    sending   before and after the bytes     retry     when a copy that was put off goes again
    leases    what a dead worker left        by_hand   what a person, a bounce or a deadline makes of a copy
    forgetting  of whom nothing is kept, who reads elsewhere now, and who has another name
"""

from __future__ import annotations

from mailer.outbound.outbox.by_hand import (
    Became,
    bounced,
    cancel,
    cancel_occasion,
    cancel_refused,
    doubt,
    is_braked,
    let_go,
    resolve,
    retry_now,
    revive,
    stop_occasion,
    stopped_for,
)
from mailer.outbound.outbox.claim import claim, is_waiting, waiting_lanes
from mailer.outbound.outbox.forgetting import (
    any_under_way,
    forget,
    forget_before,
    forget_mentions,
    redirect,
    rename,
    return_to,
    under_way,
)
from mailer.outbound.outbox.leases import end_all_leases, has_lapsed, reap, release, renew, take_again, take_back
from mailer.outbound.outbox.retry import retry_at
from mailer.outbound.outbox.rows import Row, add_row, add_rows, tally
from mailer.outbound.outbox.sending import Sending, fail_unfilled, mark_sending, put_off, write_results
from mailer.outbound.outbox.states import FINAL, MAY_HAVE_GONE, OPEN, STOPPED

__all__ = [
    "FINAL",
    "MAY_HAVE_GONE",
    "OPEN",
    "STOPPED",
    "Became",
    "Row",
    "Sending",
    "add_row",
    "add_rows",
    "any_under_way",
    "bounced",
    "cancel",
    "cancel_occasion",
    "cancel_refused",
    "claim",
    "doubt",
    "end_all_leases",
    "fail_unfilled",
    "forget",
    "forget_before",
    "forget_mentions",
    "has_lapsed",
    "is_braked",
    "is_waiting",
    "let_go",
    "mark_sending",
    "put_off",
    "reap",
    "redirect",
    "release",
    "rename",
    "renew",
    "resolve",
    "retry_at",
    "retry_now",
    "return_to",
    "revive",
    "stop_occasion",
    "stopped_for",
    "take_again",
    "take_back",
    "tally",
    "under_way",
    "waiting_lanes",
    "write_results",
]

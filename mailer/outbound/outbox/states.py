"""The states in which a copy waits and ends, and the brakes that keep one waiting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from mailer.consent import gate
from mailer.store import unindexed
from mailer.store.lists import one_of
from mailer.store.tables import attempts, letters, networks, occasions, outgoing

OPEN = ("queued", "deferred")
FINAL = ("accepted", "failed", "cancelled", "uncertain")
TAKEN_BACK = ("cancelled", "uncertain")  # as what waited ends when it is stopped (`cancelling.Stopped`)

# Of copies that are named by their ids. The state is asked as an expression, or SQLite would walk the index of the whole queue
# to find sixteen of them; and written out, as an executemany takes no IN.
_NOW = func.coalesce(outgoing.c.state, "")
IS_OPEN = or_(_NOW == "queued", _NOW == "deferred")
IS_SENDING = _NOW == "sending"
IS_FINAL = _NOW.in_(FINAL)
INTERRUPTED = "interrupted"  # why nobody knows what became of it: the lease of who was sending it lapsed
KNOWN_SINCE = "answered-late"  # in its place in the history, once it is known that this try did not bring it
RESENT = "resent-by-hand"
HAS_IT_THERE = "has-it-there"  # why a copy was stopped: its reader reads elsewhere, and has their own there
STOPPED = "stopped"  # in what is kept with a mailing that does not hold any more: why

# Of what waits to go again. Its reason is that of the last try only; that an earlier one is in doubt is in its history.
_IN_DOUBT = and_(attempts.c.state == "uncertain", attempts.c.reason != KNOWN_SINCE)
MAY_HAVE_GONE = exists().where(attempts.c.outgoing_id == outgoing.c.id, _IN_DOUBT).correlate(outgoing)

CLOCK = (outgoing.c.deadline, outgoing.c.created_at, outgoing.c.not_before)  # what the retry clock asks of a copy

ASKED: dict[str, Any] = {"purpose": outgoing.c.purpose, "network_id": outgoing.c.network_id}

# What a network wants done with a copy that may have gone: hold, resend, or empty.
POLICY = select(networks.c.uncertain).where(networks.c.id == outgoing.c.network_id).scalar_subquery().label("policy")


def has_another(address_id: Any) -> ColumnElement[bool]:
    """Whether an address has another copy of the same mailing, which went, may have gone or waits: it gets no second one (V5). Of what
    the organisers are told at once each has a letter of their own; another one of those counts as well."""
    other = outgoing.alias("other")
    at_once = (other.c.created_at == outgoing.c.created_at, other.c.inbox_id.is_not_distinct_from(outgoing.c.inbox_id))
    theirs = (outgoing.c.occasion_id.is_(None), outgoing.c.purpose == "desk", other.c.address_id != outgoing.c.address_id)
    same = or_(unindexed(other.c.occasion_id) == outgoing.c.occasion_id, and_(*theirs, *at_once, _template(other) == _template(outgoing)))
    there = (other.c.address_id == address_id, other.c.id != outgoing.c.id, other.c.state.not_in(("failed", "cancelled")))
    return exists().where(*there, same).correlate(outgoing)


def _template(copy: Any) -> ColumnElement[str]:
    return select(letters.c.template).where(letters.c.id == copy.c.letter_id).correlate(copy).scalar_subquery()


def goes_again(policy: str | None, resend: bool) -> bool:
    """Whether a copy that may have gone is sent again: as its network chose, else as the setting says (contract 4)."""
    return policy == "resend" if policy else resend


def is_answered(owner: Any) -> ColumnElement[bool]:
    """Of what was begun, what an answer to `owner` is about: what it is sending, and what was taken for lost since and nobody has
    begun again. Whoever it was taken from for good (`uncertain`) is still named by its row, so that no answer to an earlier
    try counts."""
    return or_(and_(IS_SENDING, outgoing.c.lease_owner == owner), is_lost(owner))


def is_lost(owner: Any) -> ColumnElement[bool]:
    """Of these, what was taken for lost and nobody has begun again."""
    return and_(outgoing.c.reason == INTERRUPTED, or_(_NOW == "queued", and_(_NOW == "uncertain", outgoing.c.lease_owner == owner)))


def is_undone(undone: Any) -> ColumnElement[bool]:
    """Of what was not begun (`undone`), what is set back: not what waits already. That was lost at an earlier try, and would pass
    for what nobody ever began."""
    return or_(undone == 0, _NOW != "queued")


def not_braked() -> ColumnElement[bool]:
    """Neither its network nor its mailing is held. Asks columns of the queue's index only, so that a long queue that is
    held is passed over without reading its rows."""
    held = select(occasions.c.id).where(one_of(occasions.c.state, ("held", "queued")), occasions.c.held_at.is_not(None))
    return and_(
        or_(outgoing.c.network_id.is_(None), not_(gate.held_sql(**ASKED))),
        or_(outgoing.c.occasion_id.is_(None), outgoing.c.occasion_id.not_in(held)),
    )

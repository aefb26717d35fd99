"""Leaving: some purposes, a network, or every network; at once, queued mail included (UNS-6, DP-3, DP-7).

Leaving a network suppresses the person's addresses there, leaving every network on this host. What stood before is
written down for UNDO (leave_rows). A farewell says once what was ended and what remains. Leaving always works: where no
organiser can be reached afterwards, the network is held and the operator told (vacancy). By link or button: leave_by_tag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, audited, leave_rows, questions, terms_of_office, undo, vacancy
from mailer.consent import ACTIVE, purposes, suppression
from mailer.consent.standing import Proof
from mailer.meetings import responses
from mailer.outbound import appointments, outbox, replies
from mailer.people import membership
from mailer.people.profile import PURPOSE as LISTING
from mailer.store.tables import outgoing


def everything(
    session: Connection,
    actor: Actor,
    *,
    now: datetime,
    everywhere: bool = False,
    reason: str = suppression.LEFT_ALL,
    farewell: bool = True,
) -> Receipt:
    """STOP: all mail of this network, accepted meetings too; `everywhere`: of all networks on this host."""
    if actor.address_id is None:
        return _unknown()
    proof = _proof(actor, "stop-all" if everywhere else "stop", reason)
    mailboxes = leave_rows.keep_still(session, actor)
    mine = [one.id for one in mailboxes]
    places = [actor.network_id]
    if everywhere:
        places += [place for place in leave_rows.networks_of(session, mine) if place != actor.network_id]
    dates = appointments.in_calendars(session, mine, places, now) if farewell else []
    ended: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    offices = [office for place in places for office in terms_of_office.leaving(session, place, mine, now)]
    for network_id in places:
        before += leave_rows.end_memberships(session, network_id, mine, now)
        ended += leave_rows.end_standings(session, network_id, mine, None, proof, now)
        for address_id in mine:
            questions.void(session, network_id, address_id, now)
    suppressed: list[int] = []
    for one in mailboxes:
        if everywhere:
            suppressed += suppression.add_on_host(session, mac=one.mac, reason=reason, now=now)
        elif (new := suppression.add(session, mac=one.mac, network_id=actor.network_id, reason=reason, now=now)) is not None:
            suppressed.append(new)
    copies = _cancel(session, mine, None if everywhere else actor.network_id, now)
    desks = {was["network_id"] for was in ended if was["purpose"] == "desk"}  # nobody else's leaving takes an organiser away
    silent = [network_id for network_id in places if network_id in desks and vacancy.begin(session, network_id, now)]
    terms_of_office.left(session, offices, now)
    nothing_new = not ended and not before and not suppressed
    undo_id = None
    if not nothing_new:
        args = {
            "standings": ended,
            "memberships": before,
            "suppressions": suppressed,
            "copies": copies,
            "at": now.isoformat(),
            "held": silent,
            "invitations": dates,
            "command": "STOP ALL NETWORKS" if everywhere else "STOP",
            "needs": _to_take_back(ended),
        }
        undo_id = undo.remember(session, actor, "leave", args, now)
    fields = {
        "scope": "everywhere" if everywhere else "network",
        "ended": _named(ended),
        "remains": [],
        "purposes": _named(ended),
        "remaining": [],
        "undo": undo_id,
        "mailbox": mailboxes[0].shared,
        "behind": responses.behind(session, actor.address_id),
        **appointments.fields(session, dates if undo_id is not None else (), "CANCEL", now),
    }
    if farewell:
        _farewell(session, actor, fields, now)
    _audit(session, actor, "stop-all" if everywhere else "stop", now)
    where = "every network on this host" if everywhere else "this network"
    said = f"Left {where}." if not nothing_new else f"Had left {where} already."
    if silent:
        said += f" Sending is held: {vacancy.NO_ORGANISER}."
    return Receipt("", said, fields, held_for="operator" if silent else "")


def some(
    session: Connection,
    actor: Actor,
    wanted: Sequence[str],
    *,
    now: datetime,
    farewell: bool = True,
    act: str = "stop-purpose",
) -> Receipt:
    """STOP NEWSLETTER: these purposes of this network, and nothing else; with the last of them the membership and its offices (N30)."""
    if actor.address_id is None:
        return _unknown()
    proof = _proof(actor, act, "withdrawal")
    mine = [one.id for one in leave_rows.keep_still(session, actor)]
    dates = (
        appointments.in_calendars(session, mine, [actor.network_id], now)
        if "meetings" in wanted and act != "complaint"
        else []
    )
    ended = leave_rows.end_standings(session, actor.network_id, mine, tuple(wanted), proof, now)
    copies = _cancel(session, mine, actor.network_id, now)
    last = bool(ended) and act != "only" and not leave_rows.anything(session, actor.network_id, mine)
    offices = terms_of_office.leaving(session, actor.network_id, mine, now) if last else []
    before = leave_rows.end_memberships(session, actor.network_id, mine, now) if last else []
    silent = "desk" in wanted and vacancy.begin(session, actor.network_id, now)
    terms_of_office.left(session, offices, now)
    stopped = [name for name in purposes.ALL if name in wanted]
    undo_id = None
    if ended:
        args = {
            "standings": ended,
            "memberships": before,
            "suppressions": [],
            "copies": copies,
            "at": now.isoformat(),
            "held": [actor.network_id] if silent else [],
            "invitations": dates,
            "command": f"STOP {' '.join(stopped).upper()}",
            "needs": _to_take_back(ended),
        }
        undo_id = undo.remember(session, actor, "leave", args, now)
    remaining = membership.remaining(session, actor.network_id, actor.address_id)
    fields = {
        "scope": "purposes",
        "ended": stopped,
        "remains": remaining,
        "purposes": stopped,
        "remaining": remaining,
        "undo": undo_id,
        **appointments.fields(session, dates if undo_id is not None else (), "CANCEL", now),
    }
    if farewell:
        _farewell(session, actor, fields, now)
    _audit(session, actor, act, now)
    said = f"Stopped {', '.join(wanted)}." if ended else f"Was not getting {', '.join(wanted)}."
    return Receipt("", said, fields, held_for="operator" if silent else "")


def _farewell(session: Connection, actor: Actor, fields: Mapping[str, Any], now: datetime) -> None:
    """One letter for what was ended; who asks again by mail is told so, as an answer that carries out a right."""
    assert actor.address_id is not None
    if fields["undo"] is None and actor.inbox_id is None:
        return
    new = fields["undo"] is not None
    replies.reply(
        session,
        network_id=actor.network_id,
        address_id=actor.address_id,
        template="left",
        fields=fields,
        now=now,
        inbox_id=actor.inbox_id,
        purpose="farewell" if new else "answer",
        scope="" if new else purposes.RIGHT,
        key=f"farewell:{fields['undo']}" if new else "",
    )


def _proof(actor: Actor, act: str, basis: str) -> Proof:
    return Proof(
        "withdrawal" if basis == suppression.LEFT_ALL else basis,
        act,
        actor.channel,
        inbox_id=actor.inbox_id,
        evidence_sha256=actor.evidence_sha256,
    )


def _named(ended: list[dict[str, Any]]) -> list[str]:
    names = {was["purpose"] for was in ended}
    return [name for name in purposes.SUBSCRIPTIONS if name in names]


def _cancel(session: Connection, mine: list[int], network_id: int | None, now: datetime) -> list[int]:
    """What waits for these addresses and is not allowed any more. Returns the copies."""
    if len(mine) > 1:  # all of them in the order of the queue, before any, so that no window and we wait for each other
        outbox.take_back(session, outgoing.c.address_id.in_(mine))
    return [copy for one in mine for copy in outbox.cancel_refused(session, one, network_id, now)]


def _to_take_back(ended: list[dict[str, Any]]) -> str:
    """UNDO shows them to others again: as SHOW, it is asked of them afresh (CMD-4)."""
    return "share" if any(was["purpose"] == LISTING and was["standing"] == ACTIVE for was in ended) else ""


def _audit(session: Connection, actor: Actor, act: str, now: datetime) -> None:
    audited.note(session, actor, act, audited.message_of(actor), now)


def _unknown() -> Receipt:
    return Receipt("", "Asked to stop by an address we never write to.", state="done", reason="unknown")

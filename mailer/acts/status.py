"""STATUS: what a person gets, how, and what they are here. Sent only to the address on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, preferences
from mailer.consent import ACTIVE, standing, suppression
from mailer.meetings import actions, meetings, responses
from mailer.people import access, addresses, membership, profile, record, trail
from mailer.people.listing import seen
from mailer.people.membership import Membership
from mailer.store import tables as t

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
A_YEAR = timedelta(days=365)
MOST = 20  # lines of what was done


def status(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """What is kept of the person in this network."""
    if actor.address_id is None:
        return Receipt("help", "Status asked for by an address that is not known.", {"stranger": True}, reason="unknown")
    member = membership.of_address(session, actor.network_id, actor.address_id)
    main = membership.main_address(session, actor.network_id, actor.address_id)
    address = addresses.get(session, main)
    shown = preferences.current(session, actor.network_id, actor.address_id)
    rests = shown["paused_until"] is not None and shown["paused_until"] > now.date().isoformat()
    stopped = suppression.exists(session, mac=address.mac, network_id=actor.network_id)
    since = standing.since(session, actor.network_id, main)
    who = access.whose(session, actor.address_id)
    done, in_all = trail.of_person(session, actor.network_id, who, now - A_YEAR, MOST)
    fields = {
        "name": "" if member is None else member.name,
        "address": address.address or "",
        "mailbox": address.shared,
        "others": [one for one in who.addresses if one != address.address],
        "details": [] if member is None or member.person_id is None else _details(session, member),
        "sent": _sent(session, actor.network_id, who, now),
        "done": [trail.facts(one) for one in done],
        "more": in_all - len(done),
        "organisation": "" if member is None else member.organisation,
        "roles": [] if member is None else list(member.roles),
        "standings": [
            {
                "purpose": purpose,
                "standing": _seen(purpose, now_is, stopped=stopped, rests=rests),
                "since": since.get(purpose, ""),
            }
            for purpose, now_is in shown["standings"].items()
        ],
        "paused_until": shown["paused_until"] if rests else None,
        "language_name": LANGUAGES.get(shown["language"], ""),
        "plain_text": shown["plain_text"],
        "digest": shown["digest"],
        "working_days": shown["working_days"],
        "meetings": _answers(session, actor.network_id, main, now),
        "actions": [] if member is None else _actions(session, actor.network_id, member.id),
    }
    to = record.address(session, actor.network_id, actor.address_id)
    return Receipt("status", "Was sent what we keep of them.", fields, to=to)


def _seen(purpose: str, now_is: str, *, stopped: bool, rests: bool) -> str:
    """As lists show it; an entry in the directory is no mail, and does not rest."""
    if purpose == profile.PURPOSE:
        return "listed" if now_is == ACTIVE else "not-listed"
    return seen(now_is, stopped=stopped, paused=rests)


def _details(session: Connection, member: Membership) -> list[dict[str, str]]:
    """What is shown of them to others, and to whom."""
    said, sees = profile.values(session, member), profile.audiences(session, member.network_id, member.address_id)
    return [
        {"field": field, "value": said[field], "shown": sees[field]}
        for field in profile.FIELDS
        if said[field] and sees[field] != "nobody"
    ]


def _sent(session: Connection, network_id: int, who: access.Whose, now: datetime) -> list[dict[str, str]]:
    """What they have sent in or promised that is still to come."""
    items, pieces, promises = t.agenda_items, t.pieces, t.promises
    coming = select(t.meetings.c.id).where(t.meetings.c.network_id == network_id, t.meetings.c.starts_at > now)
    ahead = select(t.issues.c.id).where(t.issues.c.network_id == network_id, t.issues.c.publishes_at > now)
    queries = {
        "item": select(items.c.title).where(
            items.c.network_id == network_id, items.c.address_id.in_(who.address_ids), items.c.state == "open",
            items.c.meeting_id.is_(None) | items.c.meeting_id.in_(coming),
        ).order_by(items.c.id),
        "piece": select(pieces.c.title).where(
            pieces.c.network_id == network_id, pieces.c.address_id.in_(who.address_ids), pieces.c.state.in_(("in", "held-over")),
            pieces.c.issue_id.is_(None) | pieces.c.issue_id.in_(ahead),
        ).order_by(pieces.c.id),
        "promise": select(promises.c.title).where(
            promises.c.address_id.in_(who.address_ids), promises.c.issue_id.in_(ahead), promises.c.state == "open"
        ).order_by(promises.c.id),
    }  # fmt: skip
    return [{"kind": kind, "title": title} for kind, query in queries.items() for title in session.execute(query).scalars()]


def _answers(session: Connection, network_id: int, address_id: int, now: datetime) -> list[dict[str, Any]]:
    """What the person answered to meetings to come."""
    coming = meetings.upcoming(session, network_id, now)
    if coming is None:
        return []
    given = responses.current(session, coming.id, address_id)
    facts = meetings.facts_for(session, coming)
    return [{"title": facts["title"], "starts": facts["starts"], "answer": given.answer if given else "none"}]


def _actions(session: Connection, network_id: int, membership_id: int) -> list[dict[str, Any]]:
    mine = (action for action in actions.open(session, network_id) if action.membership_id == membership_id)
    return [actions.facts(action) for action in mine]

"""STATUS: what a person gets, how, and what they are here. Sent only to the address on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, preferences
from mailer.consent import ACTIVE, standing, suppression
from mailer.meetings import actions, meetings, responses
from mailer.people import addresses, membership, profile
from mailer.people.listing import seen

LANGUAGES = {"en": "English", "cy": "Cymraeg"}


def status(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """What is kept of the person in this network."""
    if actor.address_id is None:
        return Receipt("help", "Status asked for by an address that is not known.", {}, reason="unknown")
    member = membership.of_address(session, actor.network_id, actor.address_id)
    main = membership.main_address(session, actor.network_id, actor.address_id)
    address = addresses.get(session, main)
    shown = preferences.current(session, actor.network_id, actor.address_id)
    rests = shown["paused_until"] is not None and shown["paused_until"] > now.date().isoformat()
    stopped = suppression.exists(session, mac=address.mac, network_id=actor.network_id)
    since = standing.since(session, actor.network_id, main)
    fields = {
        "name": "" if member is None else member.name,
        "address": address.address or "",
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
    return Receipt("status", "Was sent what we keep of them.", fields)


def _seen(purpose: str, now_is: str, *, stopped: bool, rests: bool) -> str:
    """As lists show it; an entry in the directory is no mail, and does not rest."""
    if purpose == profile.PURPOSE:
        return "listed" if now_is == ACTIVE else "not-listed"
    return seen(now_is, stopped=stopped, paused=rests)


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

"""An address was put to rest: the organisers, and their school's named contacts, are asked where its reader reads mail now.

One letter a reader and rest (V5), in every network in which the address is a member's. The committee gets the name; a named contact
only what that person agreed to show to organisers and to them (V9), and nothing where they show no name.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.outbound import replies
from mailer.people import committee, membership, profile
from mailer.people.membership import Membership
from mailer.people.roles import NAMED_CONTACT
from mailer.store.tables import memberships

LETTER = "address-rested"


def tell(session: Connection, address_id: int, suppression_id: int, now: datetime) -> int:
    """Ask everybody who may know. Returns how many letters were queued."""
    places = select(memberships.c.network_id).where(
        memberships.c.address_id == address_id, memberships.c.ended_at.is_(None)
    )
    asked = 0
    for network_id in session.execute(places.order_by(memberships.c.network_id)).scalars().all():
        every = membership.every(session, network_id)
        member = next((one for one in every if one.address_id == address_id), None)
        if member is None:
            continue
        agreed = profile.shown(session, network_id, profile.ORGANISERS, [member.id])
        shown = agreed[0].values if agreed else {}
        fields = {
            "membership": member.id,
            "name": member.name or member.organisation or member.address,
            "organisation": member.organisation,
            "address": shown.get("address", "") if member.name or member.organisation else "",
        }
        key = f"{LETTER}:{suppression_id}:{network_id}"
        asked += replies.to_organisers(
            session, network_id=network_id, template=LETTER, fields=fields, key=key, now=now, besides=address_id
        )
        if shown.get("name"):
            told = {**fields, "address": shown.get("address", "")}
            asked += sum(_to_contact(session, one, told, key, now) for one in _contacts(session, every, member))
    return asked


def _contacts(session: Connection, every: list[Membership], member: Membership) -> list[Membership]:
    """Of their school, besides themselves and those who have it from the committee's letter."""
    told = {one.address_id for one in committee.organisers(session, member.network_id)} | {member.address_id}
    return [
        one
        for one in every
        if NAMED_CONTACT in one.roles
        and one.organisation_id is not None
        and one.organisation_id == member.organisation_id
        and one.address_id not in told
    ]


def _to_contact(session: Connection, contact: Membership, fields: dict[str, object], key: str, now: datetime) -> int:
    """By the standing that their yearly list goes by, too."""
    sent = replies.reply(
        session,
        network_id=contact.network_id,
        address_id=contact.address_id,
        template=LETTER,
        fields=fields,
        now=now,
        purpose="meetings",
        key=f"{key}:{contact.address_id}",
    )
    return int(sent is not None)

"""The operator names who runs a new network (`network add --organiser`).

That makes somebody an organiser, with the desk's mail; it is no opt-in to anything else, so their subscriptions wait as
pending until they say yes themselves (CMD-6).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.consent import NONE, PENDING, purposes, standing
from mailer.consent.standing import Proof
from mailer.message.address import parse_mailboxes
from mailer.people import addresses, holding, membership, people
from mailer.people.roles import MEMBER, ORGANISER

PROOF = Proof("service", "network-add", "cli", fields={"evidence": "named by the operator when the network was made"})


def name(session: Connection, network_id: int, written: str, *, hasher: bytes, now: datetime) -> int:
    """`ann@school.example` or `Ann Lee <ann@school.example>`; returns the membership id. Refused for no address."""
    boxes = parse_mailboxes(written)
    box = boxes[0] if len(boxes) == 1 and boxes[0].address else None
    address = addresses.find_or_add(session, box.address if box else written, hasher=hasher, now=now)
    addresses.confirm(session, address.id, now)
    person_id = address.person_id
    if person_id is None:
        person_id = people.add(session, name=box.name if box else "", now=now)
        addresses.give(session, address.id, person_id)
    membership_id = membership.add(session, network_id=network_id, address_id=address.id, person_id=person_id, now=now)
    holding.give(session, membership_id, (MEMBER, ORGANISER), active=True, proof=PROOF, now=now)
    standing.turn(session, network_id, address.id, purposes.DEFAULT, was=(NONE,), to=PENDING, proof=PROOF, now=now)
    return membership_id

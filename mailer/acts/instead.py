"""Whoever reads at a new address has said YES to it there, and the one that the network wrote to before is dead.

What the network knows of the member by name goes over: open actions. Nothing that is the person's own does, for only the word of
the organisers says that it is the same one (CMD-4): their details, answers and other networks stay where they are, and an
office is given anew. The dead membership ends; the new one stands on its own consent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from mailer.acts import Actor, audited
from mailer.consent import ACTIVE, NONE, PENDING, standing, suppression
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.consent.standing import Proof
from mailer.people import addresses, membership
from mailer.people.roles import MEMBER
from mailer.store.tables import actions

ACT = "new-address"


def rests(session: Connection, address_id: int) -> bool:
    """True while mail to the address is stopped, as it came back for good."""
    mac = addresses.get(session, address_id).mac
    return suppression.BAD_ADDRESS in suppression.reasons(session, macs=[mac], network_id=None).get(mac, set())


def take_over(session: Connection, actor: Actor, membership_id: int, now: datetime) -> None:
    """Nothing is done if mail reaches the old address again, or if its member holds an office."""
    every = membership.every(session, actor.network_id)
    old = next((one for one in every if one.id == membership_id), None)
    new = next((one for one in every if one.address_id == actor.address_id), None)
    if old is None or new is None or new.id == old.id or set(old.roles) - {MEMBER} or not rests(session, old.address_id):
        return
    proof = Proof("service", ACT, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    standing.turn(
        session, actor.network_id, old.address_id, SUBSCRIPTIONS, was=(ACTIVE, PENDING), to=NONE, proof=proof, now=now
    )
    session.execute(update(actions).where(actions.c.membership_id == old.id, actions.c.state == "open").values(membership_id=new.id))
    membership.end(session, old.id, now)
    audited.note(session, actor, ACT, f"membership:{new.id}", now, fields={"instead_of": old.id})

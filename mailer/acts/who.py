"""Whose thing it is, and who decides: the two questions that most acts ask first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, Strength
from mailer.errors import Refused
from mailer.people import committee, membership, written
from mailer.store.tables import addresses, networks


def is_member(session: Connection, actor: Actor) -> bool:
    """True if a member of the network speaks, from whichever of their addresses."""
    found = membership.of_address(session, actor.network_id, actor.address_id)
    return found is not None and found.ended_at is None


def written_to(session: Connection, actor: Actor) -> int:
    """The address at which the network writes to whoever acts. Refused for somebody it has no address of."""
    if actor.address_id is None:
        raise Refused("unknown-sender", "We do not know this address.", "Please write from the address we write to.")
    return membership.main_address(session, actor.network_id, actor.address_id)


def owns(session: Connection, actor: Actor, address_id: int | None) -> bool:
    """True if the thing was written from this actor's address, or from another of the same person."""
    if address_id is None or actor.address_id is None:
        return False
    if address_id == actor.address_id:
        return True
    person = select(addresses.c.person_id).where(addresses.c.id == address_id)
    return actor.person_id is not None and session.execute(person).scalar() == actor.person_id


def check_may_change(session: Connection, actor: Actor, address_id: int | None) -> None:
    """Refused unless it is the actor's own, or the actor organises the network, or IT acts."""
    if actor.strength >= Strength.OPERATOR or owns(session, actor, address_id):
        return
    if not committee.is_organiser(session, actor.network_id, actor.address_id):
        raise Refused(
            "not-yours", "That was sent in by somebody else.", "Please write to the committee if it should be changed."
        )


def check_organises(session: Connection, actor: Actor) -> None:
    """Refused unless the actor is on the committee, or IT acts."""
    if actor.strength < Strength.OPERATOR and not committee.is_organiser(session, actor.network_id, actor.address_id):
        raise Refused("not-an-organiser", "Only organisers can do this.", "Please write to the committee.")


def language(session: Connection, actor: Actor) -> str:
    """The language a receipt to this actor is written in."""
    own = written.language_of(session, actor.address_id)
    return own or str(
        session.execute(select(networks.c.language).where(networks.c.id == actor.network_id)).scalar_one()
    )


def already(what: str, at: datetime | None = None) -> Receipt:
    """The receipt of a repeat: nothing was changed, and this is what was done the first time."""
    said = f"done already: {what}"
    return Receipt("done-already", said, {"what": what, "at": at.isoformat() if at else ""}, reason="already-done")


def decides(session: Connection, network_id: int, now: datetime) -> str:
    """The organiser for whom something is held (V2): the longest-serving one whom mail reaches, else IT."""
    reached = committee.reachable(session, network_id, now) or committee.organisers(session, network_id)
    if reached:
        return reached[0].name or reached[0].address
    name = session.execute(select(networks.c.name).where(networks.c.id == network_id)).scalar_one()
    return f"the operator, as {name} has no organiser"

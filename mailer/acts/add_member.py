"""An organiser adds somebody: written down as pending, and the person asked. Their own YES decides (CMD-6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, change_address, invite, join
from mailer.consent import ACTIVE, LEFT, standing, suppression
from mailer.consent.purposes import DEFAULT
from mailer.consent.standing import Proof
from mailer.people import addresses, askings, holding, membership, networks, organisations, people
from mailer.people.people import tidy


def add(
    session: Connection,
    actor: Actor,
    address_text: str,
    *,
    hasher: bytes | None = None,
    now: datetime,
    name: str = "",
    organisation: str = "",
    roles: Sequence[str] = (),
    purposes: Sequence[str] = DEFAULT,
    instead_of: int | None = None,
) -> Receipt:
    """Ask somebody to join, at an organiser's wish; a member is asked only for what would be new, or whether it is so. `instead_of`: the
    membership whose address is dead, and whose reader this is said to be.

    Who left, said no or is suppressed is not written to (only their own request may), nor is who was asked already; the
    organiser reads the same either way.
    Refused for what cannot be an address, and where the network is closed: nobody would be asked. The hasher may be left out where the address is written down already.
    """
    networks.check_open(session, actor.network_id)
    network = networks.by_id(session, actor.network_id)
    address = addresses.find_or_add(session, address_text, hasher=hasher, now=now)
    fields = {"address": address.address, "name": tidy(name)}
    done = Receipt("member-asked", "Added somebody; they are asked first.", fields)
    known = membership.of_address(session, network.id, address.id)
    elsewhere = known is not None and known.ended_at is None and known.address_id != address.id
    if known is not None and elsewhere and instead_of not in (None, known.id):
        address, elsewhere = addresses.get(session, known.address_id), False  # the member is asked where they get our mail
    if known is not None and elsewhere and known.id == instead_of:  # two addresses of one person
        change_address.ask_linked(session, actor, addresses.get(session, known.address_id), address, now)
        return done
    now_is = standing.of(session, network.id, address.id)
    stays_out = (
        suppression.exists(session, mac=address.mac, network_id=network.id)
        or LEFT in now_is.values()
        or askings.asked_before(session, network.id, address.mac, now)
    )
    new = bool(roles) or not set(purposes) <= set(DEFAULT) or instead_of is not None
    if stays_out or elsewhere or (ACTIVE in now_is.values() and not new):
        return done
    person_id = address.person_id
    if person_id is None and not address.shared:
        person_id = people.add(session, name=name, now=now)
        addresses.give(session, address.id, person_id)
    membership_id = membership.add(
        session,
        network_id=network.id,
        address_id=address.id,
        person_id=person_id,
        organisation_id=organisations.find_or_add(session, network.id, organisation),
        now=now,
    )
    proof = Proof("consent", "add-member", actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    holding.give(session, membership_id, roles, active=False, proof=proof, now=now)
    if ACTIVE not in now_is.values():
        invite.begin(
            session, actor, address, purposes=purposes, name=name, organisation=organisation, instead_of=instead_of, now=now
        )
        return done
    join.ask(
        session,
        network,
        address.address or address_text,
        channel=actor.channel,
        hasher=hasher,
        purposes=purposes,
        name=name,
        organisation=organisation,
        instead_of=instead_of,
        now=now,
    )
    return done

"""CHANGE ADDRESS of somebody whose address is dead, at the word of an organiser or of their school's named contact.

Nothing is moved by that word. After their YES the new address gets the one fixed letter of an invitation, and by its own YES its
reader is a member on their own consent; then the dead membership ends (`instead`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, add_member, audited, confirm, gone, instead
from mailer.consent import ACTIVE, standing
from mailer.consent.purposes import DEFAULT, SUBSCRIPTIONS
from mailer.errors import Refused
from mailer.people import addresses, membership
from mailer.people.membership import Membership
from mailer.people.profile import PURPOSE as LISTING


def ask(session: Connection, actor: Actor, member: Membership, to: str, *, hasher: bytes, now: datetime) -> Receipt:
    """The one who said so is asked for a YES first. Refused for what is no address, and where mail arrives again."""
    if not instead.rests(session, member.address_id):
        raise Refused("arrives-again", "Our mail reaches that address again.", "Nothing needs to be changed.")
    new = addresses.find_or_add(session, to, hasher=hasher, now=now)
    return confirm.ask(
        session,
        actor,
        instead.ACT,
        {"membership_id": member.id, "to": new.id},
        now=now,
        what=f"Ask {new.address or to} whether {member.name or member.address} reads our mail there now",
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES: the new address is asked for its own."""
    every = membership.every(session, actor.network_id)
    member = next((one for one in every if one.id == int(args["membership_id"])), None)
    new = addresses.get(session, int(args["to"]))
    if member is None or new.address is None or not gone.may_say(session, actor, member):
        raise Refused("no-member", "That person is no member any more.")
    now_is = standing.of(session, actor.network_id, member.address_id)
    wanted = [one for one in SUBSCRIPTIONS if now_is[one] == ACTIVE and one != LISTING] or list(DEFAULT)
    done = add_member.add(
        session,
        actor,
        new.address,
        now=now,
        name="" if member.shared else member.name,
        organisation=member.organisation,
        purposes=wanted,
        instead_of=member.id,
    )
    audited.note(session, actor, f"{instead.ACT}-asked", f"membership:{member.id}", now)
    return done

"""Somebody writes from an address whose mail came back: it may work again, which their own YES to a question there shows (BNC-7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import join, join_limits
from mailer.consent import ACTIVE, standing, suppression
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.inbound import answering
from mailer.inbound.message import Message
from mailer.people import addresses, networks


def ask(message: Message, session: Connection, now: datetime) -> str:
    """Ask whether what they get shall come again; returns what the outcome says of it, empty where nothing is at rest.

    Only mail that came back may stand against them: who left asks to join by themselves. Once a day, as for any question (CMD-7)."""
    mine = message.actor.address_id
    if mine is None or message.for_another or answering.machine(message.reading, message.mail_from):
        return ""
    network_id, address = message.network_id, addresses.get(session, mine)
    why = suppression.reasons(session, macs=[address.mac], network_id=network_id).get(address.mac, set())
    if why != {suppression.BAD_ADDRESS} or not address.address:
        return ""
    stands = standing.of(session, network_id, mine)
    wanted = [purpose for purpose in SUBSCRIPTIONS if stands[purpose] == ACTIVE]
    if not wanted:
        return ""
    if join_limits.reached(session, network_id, mine, address.address, now):
        return "The address is at rest, as mail to it came back; it was asked today whether it works again."
    join.ask(
        session,
        networks.by_id(session, network_id),
        address.address,
        channel="mail",
        hasher=message.house.hasher,
        now=now,
        purposes=wanted,
        inbox_id=message.id,
        evidence_sha256=message.sha256,
    )
    return "The address is at rest, as mail to it came back; it is asked whether it works again."

"""Guests who put themselves down on the sheet of the day: "sign me up". Each is asked by mail, and only their own YES joins (CMD-6).

Whoever has our mail, left, or asked us not to write is passed over; who hands the sheet in reads the same either way
(CMD-8, DP-8). Paper is the channel, and the mail that brought it the evidence of what was asked (DP-1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, audited, confirm, join
from mailer.consent import ACTIVE, LEFT, standing, suppression
from mailer.errors import Refused
from mailer.people import addresses, networks

ACT = "signed-up"
PAPER = "sheet"

Row = tuple[str, str, str]  # address, name, school


def sign_up(
    session: Connection, actor: Actor, rows: Sequence[Row], unread: Sequence[str], *, hasher: bytes | None, now: datetime
) -> Receipt:
    """Ask each of them; from a bare From, after the YES of who was sent the sheet."""
    good: list[Row] = []
    bad = list(unread)
    for row in rows:
        try:
            addresses.find_or_add(session, row[0], hasher=hasher, now=now)
            good.append(row)
        except Refused as refusal:
            bad.append(f"{row[0]}: {refusal.message}")
    if good and not confirm.enough(actor, ACT):
        what = f"Ask {len(good)} {'person' if len(good) == 1 else 'people'} whether they want to join"
        return confirm.ask(session, actor, ACT, {"rows": [list(row) for row in good], "unread": bad}, what=what, now=now)
    for address_text, name, organisation in good:
        _ask(session, actor, address_text, name, organisation, now)
    audited.note(session, actor, ACT, audited.message_of(actor), now)
    return Receipt(ACT, f"Handed in {len(good)} who signed up on the day; each is asked.", {"asked": len(good), "unread": bad})


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The sheet from a bare From, confirmed since."""
    return sign_up(session, actor, [tuple(row) for row in args["rows"]], args["unread"], hasher=None, now=now)


def _ask(session: Connection, actor: Actor, address_text: str, name: str, organisation: str, now: datetime) -> None:
    address = addresses.find_or_add(session, address_text, hasher=None, now=now)
    stands = set(standing.of(session, actor.network_id, address.id).values())
    if stands & {ACTIVE, LEFT} or suppression.exists(session, mac=address.mac, network_id=actor.network_id):
        return
    join.ask(
        session,
        networks.by_id(session, actor.network_id),
        address_text,
        channel=PAPER,
        hasher=None,
        now=now,
        name=name,
        organisation=organisation,
        inbox_id=actor.inbox_id,
        evidence_sha256=actor.evidence_sha256,
    )

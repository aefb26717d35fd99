"""A guest's item, piece or post waits for one organiser's YES; this asks, and does it once it is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, Strength, confirm, submit_item
from mailer.outbound import replies
from mailer.people import membership
from mailer.store.tables import inbox

NAMES = {"item": "item", "piece": "piece", "post": "mail to everyone", "exchange": "offer"}


def ask(
    session: Connection,
    *,
    network_id: int,
    what: str,
    title: str,
    text: str,
    writer: str,
    args: Mapping[str, Any],
    inbox_id: int,
    now: datetime,
) -> str:
    """Ask the longest-serving organiser whom mail reaches. Returns their name; empty if there is nobody."""
    organisers = membership.reachable_organisers(session, network_id, now)
    if not organisers:
        return ""
    asked = organisers[0]
    row = confirm.write_down(session, network_id, asked.address_id, "admit", args, inbox_id, now)
    replies.reply(
        session,
        network_id=network_id,
        address_id=asked.address_id,
        template="admit",
        fields={"what": what, "writer": writer, "title": title, "text": text[:2000]},
        now=now,
        purpose="desk",
        key=f"admit:{inbox_id}",
        reply_use="c",
        reply_row=row,
        inbox_id=inbox_id,
    )
    return asked.name or "an organiser"


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The organiser said YES: an item is put down, anything else is handled once more as vouched for."""
    row = session.execute(select(inbox.c.state).where(inbox.c.id == args["inbox_id"])).first()
    if row is None or row.state != "held":
        return Receipt("", "It was dealt with already.", reason="already-done")
    if args["what"] == "item":
        guest = Actor(
            actor.network_id,
            args["address_id"],
            None,
            Strength.FROM,
            "mail",
            name=args["name"],
            inbox_id=args["inbox_id"],
        )
        done = submit_item.submit_item(
            session,
            guest,
            title=args["title"],
            text=args["text"],
            minutes=args["minutes"],
            kind=args["kind"],
            vouched=True,
            now=now,
        )
        session.execute(
            update(inbox)
            .where(inbox.c.id == args["inbox_id"])
            .values(state="done", outcome=f"Admitted by {actor.name or 'an organiser'}: {done.said}", held_for="")
        )
        return Receipt("", f"Admitted a guest's item: {done.said}")
    session.execute(
        update(inbox)
        .where(inbox.c.id == args["inbox_id"])
        .values(state="stored", vouched_by=actor.address_id, attempts=0, lease_until=None)
    )
    wake.note(session, wake.INBOX)
    return Receipt("", f"Admitted a guest's {NAMES[args['what']]}.")

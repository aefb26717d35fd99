"""A guest's item, piece or post waits for one organiser's YES; this asks, and does it once it is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, Strength, questions, submit_item
from mailer.outbound import replies
from mailer.people import addresses, committee, people
from mailer.store.tables import inbox

NAMES = {"item": "item", "piece": "piece", "post": "mail to everyone", "exchange": "offer"}
OFF_LIST = "not-on-this-list"  # the reason with which a member's mail is held


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
    standing: str = "guest",
) -> str:
    """`standing`: what the writer is to us, guest, off-list (a member who does not get this list) or unproven (mail that
    claims to be a member's). Ask the longest-serving organiser whom mail reaches. Returns their name; empty if there is nobody."""
    organisers = committee.reachable(session, network_id, now)
    if not organisers:
        return ""
    asked = organisers[0]
    row = questions.write_down(session, network_id, asked.address_id, "admit", args, inbox_id, now)
    replies.reply(
        session,
        network_id=network_id,
        address_id=asked.address_id,
        template="admit",
        fields={"what": what, "writer": writer, "title": title, "text": text[:2000], "standing": standing},
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
    row = _waiting(session, args)
    if row is None:
        said = "It was dealt with already."
        return Receipt("done-already", said, {"sentence": said}, reason="already-done")
    fields = {"yes": True, "what": args["what"], "title": row.subject, "told": row.reason == OFF_LIST}
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
        return Receipt("admitted", f"Admitted a guest's item: {done.said}", fields)
    session.execute(
        update(inbox)
        .where(inbox.c.id == args["inbox_id"])
        .values(state="stored", vouched_by=actor.address_id, attempts=0, lease_until=None)
    )
    wake.note(session, wake.INBOX)
    return Receipt("admitted", f"Admitted: {_whose(row)} {NAMES[args['what']]}.", fields)


def declined(session: Connection, question: Row[Any], *, now: datetime, **_how: Any) -> Receipt:
    """NO: it goes nowhere and waits no longer. A member hears so, as they were told they would; a guest hears nothing."""
    args = question.args
    row = _waiting(session, args)
    if row is None:
        said = "It was dealt with already."
        return Receipt("done-already", said, {"sentence": said}, reason="already-done")
    name = people.name_of(session, addresses.get(session, question.address_id).person_id) or "an organiser"
    session.execute(
        update(inbox)
        .where(inbox.c.id == args["inbox_id"])
        .values(state="refused", outcome=f"Declined by {name}; it goes nowhere.", held_for="")
    )
    told = row.reason == OFF_LIST
    if told:
        replies.reply(
            session,
            network_id=question.network_id,
            address_id=args["address_id"],
            template="post-declined",
            fields={"subject": row.subject},
            now=now,
            inbox_id=args["inbox_id"],
            key=f"declined:{args['inbox_id']}",
        )
    fields = {"yes": False, "what": args["what"], "title": row.subject, "told": told}
    return Receipt("admitted", f"Declined: {_whose(row)} {NAMES[args['what']]}.", fields, reason="declined")


def _waiting(session: Connection, args: Mapping[str, Any]) -> Any:
    """The mail, if it still waits."""
    query = select(inbox.c.subject, inbox.c.reason).where(inbox.c.id == args["inbox_id"], inbox.c.state == "held")
    return session.execute(query).first()


def _whose(row: Any) -> str:
    return "a member's" if row.reason == OFF_LIST else "a guest's"

"""CHANGE ADDRESS TO new@school: asked of both addresses, done when both have said yes (CMD-4, DP-10).

The old one is asked as an answer to its mail; the new one, which asked for nothing yet, gets one fixed question under
the limits of a confirmation (CMD-7), and only after the YES of the old one where a forged From might have named it. Then everything this host writes to the old address comes to the new one:
membership, standings with their ledger rows, what is queued. The old address stays the person's, to write from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.acts import Actor, Receipt, Strength, instead, questions
from mailer.consent import ledger, suppression
from mailer.consent.standing import Proof
from mailer.cycle import enqueue
from mailer.errors import Refused
from mailer.outbound import outbox, replies
from mailer.people import addresses, membership, merging, moving, record
from mailer.store.tables import confirmations, standings

ACT = "change-address"
A_FEW = 3  # addresses that who is proven names in a day: a slip of the pen put right, and no more


def ask(session: Connection, actor: Actor, to: str, *, hasher: bytes, now: datetime) -> Receipt:
    """Prepare the change and ask both. Refused for what is no address, for one address, and for a shared mailbox."""
    if actor.address_id is None:
        raise Refused("nothing-held", "We do not write to this address.", "Please write from the one we write to.")
    if not to.strip():
        raise Refused("no-address", "Which address is the new one?", "Reply CHANGE ADDRESS TO and the address.")
    old = addresses.get(session, record.address(session, actor.network_id, actor.address_id))
    if old.shared:
        raise Refused(
            "shared-mailbox",
            "Several people read this mailbox, so one of them cannot move it.",
            "Join with the address of your own, and reply STOP here if nobody wants this mailbox to get our mail.",
        )
    proven = actor.strength >= Strength.ALIGNED and actor.address_id == old.id
    if instead.rests(session, old.id):
        new = addresses.find_or_add(session, to, hasher=hasher, now=now)
        if ask_linked(session, actor, old, new, now):
            return Receipt("", "Asked the other address of theirs for a YES, as mail to the one on record comes back.", state="asked", reason="needs-confirmation")
    before = [known for known in questions.within_a_day(session, old.id, ACT, now) if known["from"] == old.id]
    if len(before) >= (A_FEW if proven and actor.channel == "mail" else 1):
        return questions.ASKED_LATELY
    new = addresses.find_or_add(session, to, hasher=hasher, now=now)
    if new.id == old.id:
        raise Refused("same-address", f"We write to {new.address} already.")
    if any(known["to"] == new.id for known in before):
        return questions.ASKED_LATELY
    first = questions.write_down(session, actor.network_id, old.id, ACT, {}, actor.inbox_id, now)
    second = questions.write_down(session, actor.network_id, new.id, ACT, {}, actor.inbox_id, now)
    for mine, twin in ((first, second), (second, first)):
        args = {"from": old.id, "to": new.id, "this": mine, "twin": twin, "waits": mine == second}
        session.execute(update(confirmations).where(confirmations.c.id == mine).values(args=args))
    asked = replies.reply(
        session,
        network_id=actor.network_id,
        address_id=old.id,
        template="change-address",
        fields={"to": new.address},
        now=now,
        inbox_id=actor.inbox_id,
        reply_use="c",
        reply_row=first,
        key=f"confirm:{first}",
    )
    if asked is None:
        raise questions.not_askable()
    if proven and not before:
        _ask_new(session, questions.row_of(session, second), now)
        return Receipt("", "Asked both addresses for a YES before changing it.", state="asked", reason="needs-confirmation")
    return Receipt("", "Asked the address on record for a YES, then the new one.", state="asked", reason="needs-confirmation")


def ask_linked(session: Connection, actor: Actor, old: addresses.Address, new: addresses.Address, now: datetime) -> bool:
    """Mail to the address on record comes back, and the new one is the same person's already: it alone is asked, once a day. False
    if it is not."""
    if new.id == old.id or old.person_id is None or new.person_id != old.person_id:
        return False
    if not questions.within_a_day(session, new.id, ACT, now):
        question = questions.write_down(session, actor.network_id, new.id, ACT, {"from": old.id, "to": new.id}, actor.inbox_id, now)
        _ask_new(session, questions.row_of(session, question), now)
    return True


def _ask_new(session: Connection, question: Row[Any], now: datetime) -> None:
    """The one question to the new address, which is good for as long as any; who asked not to be written to is not."""
    values = {"args": {**question.args, "waits": False}, "expires_at": now + questions.GOOD_FOR}
    session.execute(update(confirmations).where(confirmations.c.id == question.id).values(**values))
    new = addresses.get(session, question.address_id)
    if suppression.exists(session, mac=new.mac, network_id=question.network_id):
        return
    replies.reply(
        session,
        network_id=question.network_id,
        address_id=new.id,
        template="change-address-new",
        fields={},
        now=now,
        purpose="confirm",
        reply_use="c",
        reply_row=question.id,
        key=f"confirm:{question.id}",
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """One of the two said YES; with the second it is done. Where mail to the old one comes back, the word of the new one does it."""
    addresses.keep_still(session, [int(args["from"])])  # of two at the same moment on PostgreSQL the second sees what the first said
    # Who is writing down a copy to either holds its mailing and its standing: waited for, so that it is redirected as well, or is
    # known to be there.
    both = standings.c.address_id.in_((args["from"], args["to"]))
    for network_id in _places(session, int(args["from"])):
        enqueue.half_written(session, network_id)
    session.execute(select(standings.c.id).where(both).order_by(standings.c.id).with_for_update())
    if "twin" not in args:
        if not instead.rests(session, int(args["from"])):
            raise Refused("not-both", "The other address did not say yes, so nothing was changed.", "Please ask again.")
        addresses.confirm(session, args["to"], now)
        return _move(session, actor, int(args["from"]), int(args["to"]), now)
    mine = confirmations.c.id == args["this"]
    session.execute(update(confirmations).where(mine).values(args={**args, "yes": True}))
    addresses.confirm(session, args["to"] if actor.address_id == args["to"] else args["from"], now)
    twin = session.execute(select(confirmations).where(confirmations.c.id == args["twin"])).one()
    if twin.args.get("yes"):
        return _move(session, actor, int(args["from"]), int(args["to"]), now)
    if twin.args.get("waits"):
        _ask_new(session, twin, now)
    elif twin.used_at is not None or twin.expires_at <= now:
        raise Refused("not-both", "The other address did not say yes, so nothing was changed.", "Please ask again.")
    return Receipt("change-address-waits", "Said yes; the other address has not yet.", {}, state="asked")


def _move(session: Connection, actor: Actor, from_id: int, to_id: int, now: datetime) -> Receipt:
    old, new = addresses.get(session, from_id), addresses.get(session, to_id)
    if new.shared or new.address is None or old.address is None:
        raise Refused("shared-mailbox", "Several people read that mailbox, so it is nobody's own address.")
    proof = Proof("consent", ACT, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    if old.person_id is not None and new.person_id not in (None, old.person_id):
        merging.carry_out(session, merging.plan(session, old.id, new.id), proof, now)
    elif old.person_id is not None:
        addresses.give(session, new.id, old.person_id)
    for network_id in _places(session, from_id):
        mailings = enqueue.half_written(session, network_id)
        enqueue.not_passed_over(session, [one for one in mailings if one.cursor < from_id], to_id)
        pairs = moving.move(session, network_id, from_id, to_id, proof, now)
        outbox.redirect(session, from_id, to_id, new.address, pairs, now)
    ledger.audit(
        session,
        actor=actor.slug,
        how="confirm-tag",
        act=ACT,
        network_id=actor.network_id,
        thing=f"address:{to_id}",
        fields={"from": from_id, "to": to_id},
        now=now,
    )
    remaining = membership.remaining(session, actor.network_id, to_id)
    fields = {"to": new.address, "remaining": remaining}
    for address_id in (to_id, from_id):  # the old one too, in case it was not its owner
        replies.reply(
            session,
            network_id=actor.network_id,
            address_id=address_id,
            template="address-changed",
            fields=fields,
            now=now,
            inbox_id=actor.inbox_id,
            key=f"address-changed:{actor.inbox_id}:{now.isoformat()}:{address_id}",
        )
    return Receipt("", "Changed the address, at the word of both.", {"to": to_id})


def _places(session: Connection, address_id: int) -> list[int]:
    """The networks that have decided about an address, in the order in which everybody asks for several."""
    places = select(standings.c.network_id).where(standings.c.address_id == address_id).distinct()
    return sorted(session.execute(places).scalars())

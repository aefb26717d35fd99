"""An organiser knows who wrote from an unknown address, and says so; a YES from that address links it (issue: who wrote it).

The organiser's word opens the question and decides nothing: the new address is asked, without being told whom we know, and
the address we know is told afterwards, with UNDO (CMD-4). What was held because nobody knew its writer is then theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, link_address, questions, undoable
from mailer.outbound import replies
from mailer.people import addresses, membership
from mailer.store.tables import inbox


def named(session: Connection, network_id: int, who: str) -> membership.Membership | None:
    """The one member of this name or address; None if there is none, or more than one."""
    if "@" in who:
        known = addresses.find(session, who.strip("<> "))
        found = None if known is None else membership.of_address(session, network_id, known.id)
        return found if found is not None and found.ended_at is None else None
    wanted = " ".join(who.split()).casefold()
    mine = [one for one in membership.every(session, network_id) if one.name.casefold() == wanted]
    return mine[0] if len(mine) == 1 else None


def say(
    session: Connection,
    actor: Actor,
    inbox_id: int,
    member: membership.Membership,
    *,
    hasher: bytes,
    now: datetime,
) -> Receipt:
    """Ask the address that wrote message `inbox_id` whether it is another one of `member`'s."""
    first = session.execute(select(inbox.c.from_address).where(inbox.c.id == inbox_id)).scalar_one()
    new = addresses.find_or_add(session, first, hasher=hasher, now=now)
    if not link_address.possible(session, new.id, member.address_id):
        return _no("That address belongs to somebody already, or to several people.", "address-taken")
    args = {"inbox_id": inbox_id, "known": member.address_id}
    row = questions.write_down(session, actor.network_id, new.id, "same-person", args, actor.inbox_id, now)
    sent = replies.reply(
        session,
        network_id=actor.network_id,
        address_id=new.id,
        template="same-person",
        fields={"organiser": actor.name or "One of our organisers"},
        now=now,
        key=f"confirm:{row}",
        reply_use="c",
        reply_row=row,
    )
    if sent is None:
        return _no("We have written to that address today already. Please say it again tomorrow.", "not-askable")
    return Receipt(
        "same-person-asked",
        f"Says that the writer is {member.name or 'a member'}; asked the writer's address.",
        {"name": member.name or member.address, "address": new.address or ""},
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Whoever reads the new address says that it is so."""
    known = addresses.get(session, int(args["known"]))
    if actor.address_id is None or not link_address.possible(session, actor.address_id, known.id):
        return Receipt(
            "", "The address belongs to somebody by now; nothing was changed.", state="refused", reason="taken"
        )
    assert known.person_id is not None
    addresses.give(session, actor.address_id, known.person_id)
    addresses.confirm(session, actor.address_id, now)
    owner = replace(actor, address_id=known.id, person_id=known.person_id)
    fields = {
        "address": addresses.get(session, actor.address_id).address or "",
        "undo": undoable.remember(session, owner, "link-address", {"address_id": actor.address_id}, now),
    }
    replies.reply(
        session,
        network_id=actor.network_id,
        address_id=known.id,
        template="linked",
        fields=fields,
        now=now,
        key=f"linked:{actor.address_id}:{now.isoformat()}",
    )
    session.execute(
        update(inbox)
        .where(inbox.c.id == int(args["inbox_id"]), inbox.c.state == "held", inbox.c.reason == "guest")
        .values(state="stored", attempts=0, lease_until=None)
    )
    wake.note(session, wake.INBOX)
    return Receipt("", "Writes from a second address as well, as an organiser said; the two are linked.")


def _no(sentence: str, reason: str) -> Receipt:
    fields = {"subject": "", "sentence": sentence, "hint": ""}
    return Receipt("refused", sentence, fields, state="refused", reason=reason)

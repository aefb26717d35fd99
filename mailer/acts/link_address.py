"""Two addresses of one person: mail from either counts as theirs (the alias table is `addresses.person_id`).

Somebody answered, from an address that is nobody's, a mail that went to a member, and says that both are theirs. That they
read the new address is shown: our question went there, and its tag came back. The known address is asked as well; its YES
links the two (CMD-4), and the message that began it is handled as the member's own. UNDO parts them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, questions, speak_for, undoable
from mailer.people import addresses, parting
from mailer.store.tables import inbox, memberships

ACT = "link-address"


def possible(session: Connection, new: int | None, known: int) -> bool:
    """The new address is nobody's, belongs to no membership and is not shared; the known one is a person's."""
    if new is None or new == known:
        return False
    row = addresses.get(session, new)
    if row.person_id is not None or row.shared or row.erased_at is not None:
        return False
    member = session.execute(select(memberships.c.id).where(memberships.c.address_id == new)).first()
    return member is None and addresses.get(session, known).person_id is not None


def ask(
    session: Connection,
    network_id: int,
    inbox_id: int,
    new: int,
    known: int,
    *,
    text: str,
    now: datetime,
    organiser: str = "",
) -> bool:
    """Ask the known address whether the new one is theirs as well; `organiser`: who said so. False if it cannot be asked."""
    args = {"inbox_id": inbox_id, "new": new}
    fields = {"address": addresses.get(session, new).address or "", "text": text, "organiser": organiser}
    asked = questions.put(
        session, network_id, known, ACT, args, template=ACT, fields=fields, now=now, inbox_id=inbox_id
    )
    return asked is not None


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The person says that both are theirs."""
    new = int(args["new"])
    if actor.address_id is None or not possible(session, new, actor.address_id) or actor.person_id is None:
        return Receipt(
            "", "The address belongs to somebody by now; nothing was changed.", state="refused", reason="taken"
        )
    addresses.give(session, new, actor.person_id)
    addresses.confirm(session, new, now)
    speak_for.again(session, int(args["inbox_id"]), speak_for.SELF)
    _no_guest(session, int(args["inbox_id"]))
    undo_id = undoable.remember(session, actor, ACT, {"address_id": new, "person_id": actor.person_id}, now)
    return Receipt(
        "linked",
        "Writes from a second address as well; the two are linked.",
        {"address": addresses.get(session, new).address or "", "undo": undo_id},
    )


def _no_guest(session: Connection, inbox_id: int) -> None:
    """A message that was held as a stranger's is handled once more, as a member's."""
    held = (inbox.c.id == inbox_id) & (inbox.c.state == "held") & (inbox.c.reason == "guest")
    session.execute(update(inbox).where(held).values(state="stored", attempts=0, lease_until=None))
    wake.note(session, wake.INBOX)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The two are parted again; what was done meanwhile stays, and what was joined at an address is of who reads there."""
    new = int(args["address_id"])
    theirs = addresses.get(session, new).person_id
    still = theirs == args.get("person_id", theirs)
    if still:
        parting.hand_back(session, [new], None, (), now)
    return {"changed_since": not still}

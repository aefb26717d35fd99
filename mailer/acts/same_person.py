"""An organiser knows who wrote from an unknown address, and says so; a YES from both addresses links them (issue: who wrote it).

The organiser's word opens the question and decides nothing. The new address is asked first, without being told whom we know;
then the address we know, whose YES links the two (CMD-4, `link_address`): a name is soon written above a letter, and whoever
counts as a member may ask for what is theirs. What was held because nobody knew its writer is then theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, link_address, questions
from mailer.people import addresses, membership, record
from mailer.store.tables import inbox

ACT = "same-person"
A_DAY = timedelta(days=1)


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
    """Ask the address that wrote message `inbox_id` whether it is another one of `member`'s; tomorrow, if it had a letter of
    ours today."""
    first = session.execute(select(inbox.c.from_address).where(inbox.c.id == inbox_id)).scalar_one()
    new = addresses.find_or_add(session, first, hasher=hasher, now=now)
    if not link_address.possible(session, new.id, member.address_id):
        return _no("That address belongs to somebody already, or to several people.", "address-taken")
    organiser = actor.name or "One of our organisers"
    args = {"inbox_id": inbox_id, "known": member.address_id, "organiser": organiser}
    for at in (now, now + A_DAY):  # a letter a day to who is unknown (ruling 3): if they had theirs, tomorrow's
        asked = questions.put(
            session,
            actor.network_id,
            new.id,
            ACT,
            args,
            template=ACT,
            fields={"organiser": organiser},
            now=at,
            inbox_id=actor.inbox_id,
            not_before=at,
        )
        if asked is not None:
            break
    else:
        return _no("We cannot write to that address now.", "not-askable")
    return Receipt(
        "same-person-asked",
        f"Says that the writer is {member.name or 'a member'}; {'the' if at > now else 'asked the'} writer's address"
        f"{' is asked tomorrow' if at > now else ''}.",
        {"name": member.name or member.address, "address": new.address or "", "tomorrow": at > now},
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Whoever reads the new address says that it is so: now the one we know is asked (CMD-4)."""
    known = record.address(session, actor.network_id, int(args["known"]))
    inbox_id = int(args["inbox_id"])
    if actor.address_id is None or not link_address.possible(session, actor.address_id, known):
        return Receipt(
            "", "The address belongs to somebody by now; nothing was changed.", state="refused", reason="taken"
        )
    subject = session.execute(select(inbox.c.subject).where(inbox.c.id == inbox_id)).scalar() or ""
    asked = link_address.ask(
        session, actor.network_id, inbox_id, actor.address_id, known, text=subject, organiser=args["organiser"], now=now
    )
    if not asked:
        raise questions.not_askable()
    return Receipt("", "Says that they have another address with us; that one was asked.", state="asked", reason="needs-confirmation")


def _no(sentence: str, reason: str) -> Receipt:
    fields = {"subject": "", "sentence": sentence, "hint": ""}
    return Receipt("refused", sentence, fields, state="refused", reason=reason)

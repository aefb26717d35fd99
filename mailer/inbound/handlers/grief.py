"""Words of a death in a mail that holds no answer, often from the mailbox of who has died: the organisers read them.

Nothing is asked back and nothing confirmed by mail. A STOP in it is done without farewell, unless it is another member who
has died: then the organisers see to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength, confirm, leave
from mailer.acts import gone as acts
from mailer.inbound import asking, bereaved, gone, relay
from mailer.inbound.message import Message
from mailer.message import tags
from mailer.people import addresses, membership

WHY = "speaks of a death; nothing was asked back"


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Who may say it of a member is asked, as anywhere; everybody else hears nothing from us."""
    said = gone.everyone("", message.reading.reply)
    asked, _ = bereaved.ask(message, session, said, now)
    if asked is not None:
        return asked
    done = "" if _another(message, session, said) else _stopped(message, session, now)
    if message.tag_use == tags.CONFIRM and message.tag_row is not None and not message.for_another:
        confirm.decline(session, message.tag_row, now=now, inbox_id=message.id, evidence_sha256=message.sha256)
    relay.to_committee(message, session, now, why=WHY)
    return Receipt("", f"Speaks of a death; passed to the organisers, and nothing was asked back. {done}".strip(), reason="letter")


def _owner(message: Message) -> int | None:
    """Whose mailbox it is about: a letter to them may be answered by somebody else."""
    return message.answered.address_id if message.for_another and message.answered is not None else message.actor.address_id


def _another(message: Message, session: Connection, said: tuple[gone.Gone, ...]) -> bool:
    mine = membership.of_address(session, message.network_id, _owner(message))
    named = [acts.named(session, message.network_id, one.who) for one in said]
    return any(one is not None and (mine is None or one.id != mine.id) for one in named)


def _stopped(message: Message, session: Connection, now: datetime) -> str:
    sure = next((one for one in message.understood.intents if one.sure and one.act == "stop"), None)
    wish = sure.args if sure is not None else {"purposes": "all"}
    owner = _owner(message)
    if wish["purposes"] != "all" or owner is None or not (message.known or message.for_another):
        return ""
    if sure is None and not _family_asks(message, session, owner):
        return ""
    person = addresses.get(session, owner).person_id
    actor = message.actor if not message.for_another else replace(message.actor, address_id=owner, person_id=person, strength=Strength.TAG)
    return leave.everything(session, actor, now=now, everywhere=bool(wish.get("everywhere")), farewell=False).said


def _family_asks(message: Message, session: Connection, owner: int) -> bool:
    """In words that are no STOP by themselves: that Jane has died, and to take her off the list."""
    member = membership.of_address(session, message.network_id, owner)
    words = message.reading.reply
    asked = message.role == "leave" or asking.to_stop(words)
    return asked and bereaved.of_owner(words, member.name if member is not None else "")

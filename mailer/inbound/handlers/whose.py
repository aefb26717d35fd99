"""The answer to "are you answering for Dawn, or for yourself?" (ruling 1): the first message is handled again as the
writer's own, or the one it was sent to is asked whether that is right, or whether both addresses are theirs."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Receipt, link_address, one_person, speak_for
from mailer.inbound import admitting, doors_asked, relay
from mailer.inbound.message import Message
from mailer.store.tables import inbox

BOTH = re.compile(
    r"\b(?:also (?:me|mine)|me (?:too|as well)|both (?:are )?mine|my other (?:address|e-?mail)|hefyd)\b", re.IGNORECASE
)
MYSELF = re.compile(r"\b(?:myself|me|mine|self|fy hun|fi)\b", re.IGNORECASE)
ANOTHER = re.compile(r"\b(?:her|him|them|drosti|drosto)\b", re.IGNORECASE)
A_WORD = 8


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """One word decides; anything else goes to the committee."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    first = session.execute(
        select(inbox.c.id).where(inbox.c.id == message.answered.inbox_id, inbox.c.state == "asked")
    ).scalar()
    if first is None:
        return Receipt("", "Says for whom an answer was that is dealt with already.", reason="already-done")
    said = next((line for line in message.reading.reply.splitlines() if line.strip()), "")
    known = str(message.answered.fields.get("known", ""))
    if len(said.split()) > A_WORD:
        return _unclear(message, session, now)
    if _both(message, session, said, known):
        return _link(message, session, int(first), known, now)
    if MYSELF.search(said):
        return _their_own(message, session, int(first), now)
    if ANOTHER.search(said) or any(re.search(rf"\b{re.escape(name)}\b", said, re.IGNORECASE) for name in known.split()):
        asked = speak_for.ask(
            session,
            message.network_id,
            int(first),
            int(message.answered.fields["owner"]),
            writer=message.actor.name or message.from_address,
            text=str(message.answered.fields["text"]),
            now=now,
        )
        done = f"asked {known} whether that is right" if asked else f"{known} cannot be asked now"
        return Receipt(
            "",
            f"Answers for {known}; {done}.",
            state="done" if asked else "held",
            held_for="" if asked else "any organiser",
        )
    return _unclear(message, session, now)


def _both(message: Message, session: Connection, said: str, known: str) -> bool:
    """Says that both addresses are theirs; or "myself", under the very name of the one that the letter went to."""
    assert message.answered is not None
    mine, owner = message.actor.address_id, int(message.answered.fields["owner"])
    if one_person.possible(session, mine, owner):  # a member already, under the same name
        return BOTH.search(said) is not None or MYSELF.search(said) is not None
    if not link_address.possible(session, mine, owner):
        return False
    same_name = bool(known) and message.from_name.casefold() == known.casefold()
    return BOTH.search(said) is not None or (same_name and MYSELF.search(said) is not None)


def _link(message: Message, session: Connection, first: int, known: str, now: datetime) -> Receipt:
    assert message.answered is not None
    assert message.actor.address_id is not None
    fields = message.answered.fields
    one = one_person.possible(session, message.actor.address_id, int(fields["owner"]))
    asked = (one_person if one else link_address).ask(
        session,
        message.network_id,
        first,
        message.actor.address_id,
        int(fields["owner"]),
        text=str(fields["text"]),
        now=now,
    )
    done = f"asked {known} at the known address" if asked else f"{known} cannot be asked now"
    return Receipt(
        "",
        f"Says that both addresses are {known}'s; {done}.",
        state="done" if asked else "held",
        held_for="" if asked else "any organiser",
    )


def _their_own(message: Message, session: Connection, first: int, now: datetime) -> Receipt:
    if not admitting.is_member(message, session):
        return Receipt(
            "guest",
            "Answers a mail that was passed on to them, for themselves, and is no member.",
            state="held",
            reason="guest",
            held_for="any organiser",
        )
    speak_for.again(session, first, speak_for.SELF)
    return Receipt("", "Answers for themselves; the first mail is taken as theirs.")


def _unclear(message: Message, session: Connection, now: datetime) -> Receipt:
    relay.to_committee(message, session, now, why="did not say for whom the answer is")
    return Receipt("", "Did not say for whom the answer is; passed to the organisers.", reason="unclear")

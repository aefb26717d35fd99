"""An organiser answers a letter from somebody unknown with who that is: "This is Dawn Day", "SAME AS dawn@mill.example"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.acts import same_person as acts
from mailer.inbound import doors_asked, naming, relay
from mailer.inbound.message import Message
from mailer.people import committee


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Only an organiser's own tagged reply says it; words that name nobody are a letter to the others, as any reply is."""
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    words = naming.said(message)
    assert words is not None
    assert message.answered is not None
    member = acts.named(session, message.network_id, words["who"])
    organises = committee.is_organiser(session, message.network_id, message.actor.address_id)
    if not organises or message.answered.inbox_id is None or (member is None and not words["sure"]):
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the organisers.", reason="letter")
    if message.actor.strength < Strength.TAG:
        return _no("We cannot be sure that this came from you. Please reply to the letter itself.", "not-proven")
    if member is None:
        return _no(f"There is nobody, or more than one, whom “{words['who']}” could mean.", "nobody-meant")
    return acts.say(
        session, message.actor, message.answered.inbox_id, member, hasher=message.house.hasher, now=now
    )


def _no(sentence: str, reason: str) -> Receipt:
    fields = {"subject": "", "sentence": sentence, "hint": "Write SAME AS and the address by which we know them."}
    return Receipt("refused", sentence, fields, state="refused", reason=reason)

"""What several doors ask of a message before they take it: is it meant for another door, is the tag the writer's own?

What is certain goes through the right door without a word (contract 1): a bare command, a plain answer to the invitation
that is open. What only looks like something else is asked back, once. What its writer has sorted is asked nothing more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, link_address, one_person
from mailer.acts import answer as answers
from mailer.inbound import commands, relay
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Intent, private_answer
from mailer.meetings import invitations, meetings
from mailer.message.own import strip_own
from mailer.people import addresses, membership, people

A_WORD = 6  # words: only a bare command is one; an item may well begin with "stop"
AN_ANSWER = 15  # words: more of them are about something
A_WISH = 40  # words: "could we discuss balances?" at a door for something else


def elsewhere(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """Do what came to this door and certainly belongs to another; None: it is for this one."""
    if message.sorted:
        return None
    done = command(message, session, now)
    if done is not None:
        return done
    found = _answers(message)
    if found is not None and found.certainty >= SURE and message.known:
        return answer(message, session, found, now)
    return None


def unsure(message: Message, takes: str) -> Receipt | None:
    """The one question that comes back when something stands at this door (`takes`) and may be for another."""
    if message.sorted:
        return None
    found = _answers(message)
    wish = any(i.act == "item" for i in message.understood.intents) and _words(message) <= A_WISH
    if (takes != "item" and wish) or (found is not None and message.known and _words(message) <= A_WORD):
        return Receipt(
            "ask-sort",
            "May be meant for another address; asked where it should go.",
            {"subject": message.reading.subject},
            state="asked",
            reason="wrong-door",
        )
    return None


def command(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """Do a bare command that came to a door for items, pieces or offers (UNS-8)."""
    intent = commands.first_sure(message)
    if intent is None or message.sorted:
        return None
    objects = bool(intent.args.get("objection"))  # however long the letter is: at once, and a person reads it (DP-7)
    if _words(message) > A_WORD and not objects:
        return None
    if message.known:
        if objects and message.private:  # as every word that came to that door (V2)
            relay.without_name(message, session, now)
        elif objects:
            relay.to_committee(message, session, now, why="objects to our mail; everything to them is stopped")
        return commands.do(message, session, intent, now)
    return nothing_to_stop() if intent.act == "stop" else None


def nothing_to_stop() -> Receipt:
    """A STOP of somebody we do not know: noted, and nothing goes to them."""
    return Receipt(
        "", "Asked to stop by an address that gets nothing from us.", state="noted", reason="unknown-sender"
    )


def answer(message: Message, session: Connection, intent: Intent, now: datetime) -> Receipt | None:
    """Record an answer to the one invitation that is open, if this person was sent it."""
    meeting = meetings.upcoming(session, message.network_id, now)
    if meeting is None or message.actor.address_id is None:
        return None
    mine = (
        message.actor.address_id,
        membership.main_address(session, message.network_id, message.actor.address_id),
    )
    if not any(invitations.find(session, meeting.id, address_id) for address_id in mine):
        return None
    return answers.answer(
        session,
        message.actor,
        meeting.id,
        answer=intent.args["answer"],
        note=intent.args.get("note", ""),
        guests=intent.args.get("guests", 0),
        names=intent.args.get("names", ()),
        now=now,
    )


def not_theirs(message: Message, session: Connection, now: datetime) -> Receipt:
    """A tag used from an address that is not its owner's changes nothing; leaving excepted (ruling 1)."""
    intent = commands.first_sure(message)
    if intent is not None and intent.act == "stop":
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    if message.answered is None:
        return Receipt(
            "",
            "Uses a tag that was given to somebody else; nothing was changed.",
            state="refused",
            reason="other-address",
        )
    owner = addresses.get(session, message.answered.address_id)
    known = people.name_of(session, owner.person_id) or "somebody else"
    new = addresses.find(session, message.from_address)
    also = owner.person_id is not None and (
        new is None
        or link_address.possible(session, new.id, owner.id)
        or one_person.possible(session, new.id, owner.id)
    )
    return Receipt(
        "not-yours",
        "Answers a mail that was sent to somebody else; nothing was changed, and the writer was asked.",
        {"known": known, "owner": owner.id, "also": also, "text": strip_own(message.reading.reply, [message.domain])[:2000]},
        state="asked",
        reason="other-address",
    )


def _answers(message: Message) -> Intent | None:
    """The answer to an invitation that a short mail consists of, however sure."""
    if _words(message) > AN_ANSWER or any(i.act == "item" for i in message.understood.intents):
        return None
    told = next((i for i in message.understood.intents if i.act == "answer"), None)
    if told is None or told.certainty < SURE:
        told = private_answer(message.reading.reply, today=message.today)
    return told if told is not None and told.act == "answer" else None


def _words(message: Message) -> int:
    return len(message.reading.reply.split())

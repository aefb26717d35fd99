"""The owner of an action point answers: DONE, a note, MORE TIME UNTIL, GIVE TO."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import action as acts
from mailer.inbound import commands, doors_asked, meant, relay
from mailer.inbound.message import Message
from mailer.inbound.words import SURE


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What is not one of the words is kept as a note on the action."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    action_id = _action(message)
    if action_id is None:
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the organisers.", reason="no-action")
    for intent in message.understood.intents:
        if intent.certainty < SURE:
            continue
        if intent.act == "done":
            return acts.done(
                session,
                message.actor,
                action_id,
                outcome=str(intent.args.get("note", message.understood.rest)),
                now=now,
            )
        if intent.act == "more-time":
            return acts.more_time(session, message.actor, action_id, until=intent.args["until"], now=now)
        if intent.act == "give-to":
            return acts.give_to(session, message.actor, action_id, name=str(intent.args["to"]), now=now)
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    asked = meant.asked_back(message)  # a STOP that may be meant in part
    return asked or acts.note(session, message.actor, action_id, text=message.reading.reply, now=now)


def _action(message: Message) -> int | None:
    assert message.answered is not None
    if message.answered.thing_type == "action":
        return message.answered.thing_id
    given = message.answered.fields.get("action") or {}
    return int(given["id"]) if given.get("id") else None

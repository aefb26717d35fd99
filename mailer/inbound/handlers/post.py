"""A mail to the list: a post for everyone, unless it is a private answer that went to the wrong place (V14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from mailer.acts import Receipt, who
from mailer.inbound import admitting, bereaved, commands, doors_asked, gone, meant, posts, subjects, taking_back
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Intent, stops
from mailer.store.tables import inbox

MOST_QUESTIONS = 2
ENOUGH = "asked-enough"
A_DAY = timedelta(days=1)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Look first whether it answers something; only then is it a post."""
    taken_back = taking_back.own_post(message, session, now)
    if taken_back is not None:
        return taken_back
    told = _somebody_gone(message, session, now)
    if told is not None:
        return told
    private = message.understood.first
    guest = private is not None and private.act == "note" and not message.known  # held for an organiser as it is
    if private is not None and private.act != "none" and not guest and not message.sorted and not message.vouched:
        return _privately(message, session, private, now)
    if not message.sorted and not message.vouched and _answers_a_letter(message, session, now):
        return _ask(message, session, now, "Answers a letter of ours at the list address", "answers-a-letter")
    if not message.vouched and not admitting.may_enter(message, session, "posts"):
        return admitting.hold(message, session, what="post", title=message.reading.subject, values={}, now=now)
    return posts.post(message, session, "discussion", now, vouched=message.vouched)


def _somebody_gone(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """It begins with somebody having left or died, by one who may say so: asked about as at the organisers' door, and whether it
    is for everyone as well. Until then it does not go to the mailbox of who is gone, nor to anybody."""
    if not message.known or message.sorted or message.vouched or message.for_another or commands.first_sure(message) is not None:
        return None
    said = gone.begins(message.reading.subject if message.answered is None else "", message.reading.reply)
    asked, _ = bereaved.ask(message, session, said, now)
    if asked is None:
        return None
    held = _ask(message, session, now, "Says that somebody has left or died", "somebody-gone")
    return replace(held, said=f"{asked.said} {held.said}")


def _answers_a_letter(message: Message, session: Connection, now: datetime) -> bool:
    """Whatever its words: what answers one of our letters is not for everyone until its writer says so (FMT-16, V14)."""
    if message.answered is not None:
        return not subjects.may_be_post(message)
    return subjects.is_ours(session, message.network_id, message.reading.subject, now)


def _privately(message: Message, session: Connection, intent: Intent, now: datetime) -> Receipt:
    by_a_word = intent.row == stops.BY_A_WORD
    if intent.act == "stop" and not message.known and (intent.sure or by_a_word):
        return doors_asked.nothing_to_stop()
    asked = meant.asked_back(message) if by_a_word else None
    if asked is not None:
        return asked
    if intent.certainty >= SURE and message.known:
        if intent.act == "answer":
            done = doors_asked.answer(message, session, intent, now)
            if done is not None:
                return done
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    return _ask(message, session, now, f"Reads like a private answer ({intent.act})", "private-answer")


def _ask(message: Message, session: Connection, now: datetime, why: str, reason: str) -> Receipt:
    """For everyone, or only the committee? Who has questions open is told once a day that the next ones wait for an organiser,
    and can still say it; more letters than that would be a loop's (LOOP-3)."""
    if _lately(message, session, now, "asked") >= MOST_QUESTIONS:
        keeper = who.decides(session, message.network_id, now)
        told = _lately(message, session, now, "held") > 0
        return Receipt(
            "" if told else "ask-private",
            f"{why}; its writer has {MOST_QUESTIONS} such questions open and was {'not asked again' if told else 'told that it waits'}.",
            {"subject": message.reading.subject, "keeper": keeper},
            state="held",
            reason=ENOUGH,
            held_for=keeper,
        )
    return Receipt(
        "ask-private",
        f"{why}; asked whom it is for.",
        {"subject": message.reading.subject, "keeper": ""},
        state="asked",
        reason=reason,
    )


def _lately(message: Message, session: Connection, now: datetime, state: str) -> int:
    """How many mails of this writer of the last day wait: for their own answer, or held as they had been asked enough."""
    if message.actor.address_id is None:
        return 0
    waiting = select(func.count()).where(
        inbox.c.network_id == message.network_id,
        inbox.c.address_id == message.actor.address_id,
        inbox.c.handler == "post",
        inbox.c.state == state,
        or_(inbox.c.state == "asked", inbox.c.reason == ENOUGH),
        inbox.c.handled_at > now - A_DAY,
    )
    return int(session.execute(waiting).scalar_one())

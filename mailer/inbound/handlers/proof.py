"""An organiser answers a proof: SEND, SEND NOW, HOLD, or what should change."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, changes, hold, send
from mailer.errors import Refused
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import SURE
from mailer.inbound.words.names import is_name
from mailer.inbound.words.signature import CLOSING, SIGNATURE, cut_signature

GREETING = re.compile(r"(?:hi|hiya|hello|hey|dear|helo|annwyl|(?:good )?(?:morning|afternoon))\b[\w ]{0,30}[,.!]?", re.IGNORECASE)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Only the exact words send; anything that is not sure is a change, and gives a new proof."""
    assert message.tag_row is not None
    if message.for_another:  # CMD-5: whoever is passed a proof can do nothing with it
        raise Refused(
            "not-your-proof",
            "This proof was sent to another address, so your answer does not count.",
            "Organisers each get a proof of their own; please answer that one.",
        )
    proof, occasion = send.behind(session, message.actor, message.tag_row)
    if changes.about_a_piece(session, occasion, message.reading.reply):
        return changes.change(session, message.actor, occasion, _unsigned(message), zone=message.zone, now=now)
    for intent in message.understood.intents:
        if intent.certainty < SURE:
            continue
        if intent.act in ("send", "send-now"):
            return send.approve(
                session,
                message.actor,
                proof.id,
                at_once=intent.act == "send-now",
                undo=message.house.settings.undo,
                now=now,
                foreseen=message.foreseen,
            )
        if intent.act == "hold":
            held = hold.hold(session, message.actor, occasion.id, now=now, proof_id=proof.id)
            if held.template != "held" or not changes.labelled(message.reading.reply):
                return held
            _, occasion = send.behind(session, message.actor, message.tag_row)
            break  # HOLD and what should change: the new proof waits for a SEND in any case
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    return changes.change(session, message.actor, occasion, _unsigned(message), zone=message.zone, now=now)


def _unsigned(message: Message) -> str:
    """What should change: without greeting and signature, as a name is no change. A line that only looks like a name stays."""
    reply = message.reading.reply
    lines = [line for line in reply.splitlines() if not GREETING.fullmatch(line.strip())]
    kept = cut_signature("\n".join(lines))
    after = [line.strip() for line in "\n".join(lines).strip("\n").split("\n")[len(kept) :] if line.strip()]
    if after and not (SIGNATURE.match(after[0]) or CLOSING.match(after[0]) or _names(after[0], message)):
        kept = lines
    while kept and (not kept[-1].strip() or CLOSING.match(kept[-1]) or _names(kept[-1], message)):
        kept = kept[:-1]
    return "\n".join(kept) if kept else reply


def _names(line: str, message: Message) -> bool:
    """Nothing but a name: the writer's, or one that opens with a known first name."""
    words = line.strip(" ,.-").split()
    if not words or len(words) > 3 or ":" in line or any(char.isdigit() for char in line):
        return False
    own = {word.lower() for word in message.actor.name.split()}
    if all(word.lower() in own for word in words):
        return True
    return is_name(words[0]) and all(word[:1].isupper() for word in words)

"""The words that may answer any mail of ours (contract 2): each intent and the act that carries it out.

An act that needs more than the writer's From asks for a YES by itself, in the words of the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import (
    Receipt,
    Strength,
    change_address,
    details,
    everywhere,
    for_my_it,
    forget_me,
    from_each,
    keep,
    leave,
    my_data,
    my_year,
    pause,
    preferences,
    share,
    status,
    undo,
    who_did_what,
)
from mailer.acts import help as help_act
from mailer.consent import purposes, suppression
from mailer.errors import Refused
from mailer.inbound import relay
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Intent
from mailer.people import addresses

Do = Callable[[Message, Connection, Mapping[str, Any], datetime], Receipt]


def do(message: Message, session: Connection, intent: Intent, now: datetime) -> Receipt | None:
    """Carry out a word that may answer any mail; None if it is not one, or not sure enough to act on."""
    row = COMMANDS.get(intent.act)
    if row is None or intent.certainty < SURE:
        return None
    if message.for_another and intent.act != "stop":
        return None
    return row(message, session, intent.args, now)


def first_sure(message: Message) -> Intent | None:
    """The first word that is sure enough to act on and may answer any mail."""
    return next((i for i in message.understood.intents if i.act in COMMANDS and i.certainty >= SURE), None)


def _stop(message: Message, session: Connection, args: Mapping[str, Any], now: datetime) -> Receipt:
    actor = message.actor
    if message.for_another and message.answered is not None:
        # The tag is somebody else's: it is done for them, told to their address on record, and can be undone (ruling 1).
        owner = addresses.get(session, message.answered.address_id)
        actor = replace(actor, address_id=owner.id, person_id=owner.person_id, strength=Strength.TAG)
    wanted = args.get("purposes", "all")
    if wanted == "all":
        reason = suppression.OBJECTION if args.get("objection") else suppression.LEFT_ALL  # absolute, and kept as one (DP-7)
        return leave.everything(session, actor, now=now, everywhere=bool(args.get("everywhere")), reason=reason)
    if args.get("everywhere"):
        return everywhere.everywhere(session, actor, "stop", {"purposes": _purposes(wanted)}, now=now)
    return leave.some(session, actor, _purposes(wanted), now=now)


def _purposes(named: Any) -> list[str]:
    return [name for name in purposes.SUBSCRIPTIONS if name in set(named)]


def _undo(message: Message, session: Connection, _args: Mapping[str, Any], now: datetime) -> Receipt:
    undo_id = message.answered.fields.get("undo") if message.answered is not None else None
    if undo_id is None:
        raise Refused(
            "nothing-to-undo", "There is nothing to undo here.", "Reply UNDO to the mail that said what was done."
        )
    return undo.redeem(session, message.actor, int(undo_id), now=now)


def _wide(
    message: Message, session: Connection, args: Mapping[str, Any], now: datetime, word: str, said: Mapping[str, Any]
) -> Receipt | None:
    """The word for every network of theirs, where that was said."""
    if not args.get("everywhere"):
        return None
    return everywhere.everywhere(session, message.actor, word, said, now=now)


def _letter(
    message: Message, session: Connection, args: Mapping[str, Any], now: datetime, letter: from_each.Letter
) -> Receipt:
    """A letter, or one from each network of theirs."""
    if args.get("everywhere"):
        return from_each.from_each(session, message.actor, letter, now=now)
    return letter(session, message.actor)


def _details(message: Message, session: Connection, args: Mapping[str, Any], now: datetime) -> Receipt:
    """What they say of themselves; a question besides is for a person to answer."""
    done = details.change(session, message.actor, args["values"], now=now)
    if "?" in message.understood.rest:
        relay.to_committee(message, session, now, why="asks something besides their own details")
    return done


COMMANDS: Mapping[str, Do] = {
    "stop": _stop,
    "only": lambda m, s, a, n: _wide(m, s, a, n, "only", {"purposes": _purposes(a["purposes"])})
    or preferences.only(s, m.actor, _purposes(a["purposes"]), now=n),
    "keep": lambda m, s, a, n: _wide(m, s, a, n, "keep", {"purposes": _purposes(a["purposes"])})
    or keep.keep(s, m.actor, _purposes(a["purposes"]), now=n),
    "pause": lambda m, s, a, n: _wide(m, s, a, n, "pause", {"until": a["until"].isoformat()})
    or pause.pause(s, m.actor, a["until"], now=n),
    "resume": lambda m, s, a, n: _wide(m, s, a, n, "resume", {}) or pause.resume(s, m.actor, now=n),
    "digest": lambda m, s, a, n: _wide(m, s, a, n, "digest", {"on": True})
    or preferences.digest(s, m.actor, True, now=n),
    "every-post": lambda m, s, a, n: _wide(m, s, a, n, "digest", {"on": False})
    or preferences.digest(s, m.actor, False, now=n),
    "plain-text": lambda m, s, a, n: preferences.plain_text(s, m.actor, now=n),
    "with-layout": lambda m, s, a, n: preferences.plain_text(s, m.actor, False, now=n),
    "language": lambda m, s, a, n: preferences.language(s, m.actor, a["code"], now=n),
    "working-days": lambda m, s, a, n: _wide(m, s, a, n, "working-days", {"days": list(a["days"])})
    or preferences.working_days(s, m.actor, a["days"], now=n),
    "my-details": lambda m, s, a, n: details.letter(s, m.actor, now=n),
    "details": _details,
    "share": lambda m, s, a, n: share.share(s, m.actor, a["wanted"], now=n),
    "status": lambda m, s, a, n: _letter(m, s, a, n, lambda each, who: status.status(each, who, now=n)),
    "who-did-what": lambda m, s, a, n: who_did_what.letter(s, m.actor, a["since"], a["unread"], now=n),
    "help": lambda m, s, a, n: help_act.help(s, m.actor, now=n),
    "undo": _undo,
    "my-data": lambda m, s, a, n: my_data.ask(s, m.actor, now=n),
    "my-year": lambda m, s, a, n: _letter(m, s, a, n, lambda each, who: my_year.my_year(each, who, now=n)),
    "forget-me": lambda m, s, a, n: forget_me.ask(s, m.actor, now=n),
    "change-address": lambda m, s, a, n: change_address.ask(s, m.actor, str(a["to"]), hasher=m.house.hasher, now=n),
    "for-my-it": lambda m, s, a, n: for_my_it.letter(s, m.actor, m.house.settings, now=n),
}

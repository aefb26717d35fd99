"""An organiser or a school's named contact answers who reads where now, of somebody whose address is dead: LEFT, or
CHANGE ADDRESS TO and the new one. Each is asked back before anything is done."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, new_address
from mailer.acts import gone as gone_acts
from mailer.inbound import doors_asked, gone, relay
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.people import addresses, membership
from mailer.people.membership import Membership

_ADDRESS = re.compile(r"[^\s<>,;:()\"'|]{1,64}@[^\s<>,;:()\"'|]{1,255}\.[^\W\d_]{2,24}")
_LEFT = re.compile(
    r"^\W*(?:(?:yes|sorry|oh|ie)[ ,]+)?(?:(?:s?he|they|who)(?:['’](?:s|ve)| has| have)? )?(?:now |just |sadly )?(?:left|gone|retired|moved on|wedi (?:gadael|ymddeol))"
    r"(?: (?:us|the school|the college|yr ysgol))?\W*(?:thanks|thank you|diolch)?\W*$",
    re.IGNORECASE,
)
FIRST = 200  # characters of a line that are looked at


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What is not understood is a letter to the organisers."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    member = _meant(message, session)
    words = strip_own(message.reading.reply, [message.domain])
    line = next((one.strip()[:FIRST] for one in words.splitlines() if one.strip()), "")
    if member is not None:
        done = _left(message, session, member, line, words, now) or _moved(message, session, member, words, now)
        if done is not None:
            return done
    done = doors_asked.command(message, session, now)
    if done is not None:
        return done
    relay.to_committee(message, session, now, why="answers about an address that our mail does not reach")
    return Receipt("", "Passed to the organisers.", reason="letter")


def _meant(message: Message, session: Connection) -> Membership | None:
    """The member whom our letter was about, if the writer may still speak of them."""
    assert message.answered is not None
    about = message.answered.fields.get("membership")
    every = membership.every(session, message.network_id)
    member = next((one for one in every if one.id == about), None)
    return member if member is not None and gone_acts.may_say(session, message.actor, member) else None


def _left(
    message: Message, session: Connection, member: Membership, line: str, words: str, now: datetime
) -> Receipt | None:
    said = gone.said("", words)
    if said is not None and gone_acts.meant(session, message.actor, said.who) != member:
        said = None
    if said is None and not _LEFT.match(line):
        return None
    known = message.house.settings.operator
    operator = addresses.find_or_add(session, known, hasher=message.house.hasher, now=now).id if known else None
    how = said.how if said is not None else gone.LEFT
    return gone_acts.ask(session, message.actor, member, how, now=now, operator=operator)


def _moved(message: Message, session: Connection, member: Membership, words: str, now: datetime) -> Receipt | None:
    """One address besides the dead one; with two nobody knows which."""
    said = dict.fromkeys(one.strip(".").lower() for one in _ADDRESS.findall(words[: FIRST * 5]))
    new = [one for one in said if one not in (member.address.lower(), message.from_address.lower())]
    if len(new) != 1:
        return None
    return new_address.ask(session, message.actor, member, new[0], hasher=message.house.hasher, now=now)

"""Organisers run the network by mail: a meeting, minutes, people to ask, a newsletter. Prepared here, done after a YES."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, cautions, confirm
from mailer.inbound import appointing, changing, commands, doors_asked, inviting, issuing, minuting, relay
from mailer.inbound.lines import read_meeting
from mailer.inbound.lines.dates import find_date
from mailer.inbound.lines.meeting import MeetingLines
from mailer.inbound.lines.moving import LATER, opening, why
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.people import committee, formats

PEOPLE = re.compile(r"\b(?:people|members|add|invite|join|aelodau)\b", re.IGNORECASE)
NEWSLETTER = re.compile(r"\b(?:newsletter|issue|cylchlythyr)\b", re.IGNORECASE)
CANCEL = re.compile(r"\b(?:cancel\w*|call(?:ed|ing)? off|canslo\w*)\b", re.IGNORECASE)
MOVE = re.compile(
    r"\b(?:mov(?:e|ed|ing)|chang(?:e|ed|es|ing)|postpon\w*|reschedul\w*|delay\w*|brought forward|bring forward|put back|new (?:room|venue|place|time|date|host)|"
    r"room change|symud\w*|newid\w*|gohir\w*)\b",
    re.IGNORECASE,
)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What it is about is told by its subject first, then by its lines."""
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    if not committee.is_organiser(session, message.network_id, message.actor.address_id):
        relay.to_committee(message, session, now, why="sent to the organisers' address")
        return Receipt("", "Not from an organiser; passed to the committee.", reason="not-organiser")
    text = strip_own(message.reading.reply, [message.domain])
    offices = appointing.asked(message, session, text, now)
    if offices is not None:
        return offices
    newsletter = issuing.meant(message, session, opening(text), now)  # before a command: "Cancel the newsletter" reads as STOP NEWSLETTER
    command = None if newsletter else commands.first_sure(message)
    if command is not None and len(message.reading.reply.split()) <= doors_asked.A_WORD:
        done = commands.do(message, session, command, now)
        if done is not None:
            return done
    if message.answered is not None and message.answered.template in appointing.LETTERS:
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the other organisers.", reason="letter")
    if message.answered is not None and message.answered.template in issuing.LETTERS:
        return issuing.handle(message, session, text, now)
    subject = message.reading.subject
    if minuting.SUBJECT.search(subject):
        return minuting.minutes(message, session, text, now)
    listed = PEOPLE.search(subject) or inviting.is_list(message, text)
    asked = inviting.people(message, session, text, now) if listed else None
    if asked is not None:
        return asked
    if newsletter or NEWSLETTER.search(subject):
        return issuing.handle(message, session, text, now)
    return _about_a_meeting(message, session, subject, text, now)


def _about_a_meeting(message: Message, session: Connection, subject: str, text: str, now: datetime) -> Receipt:
    """To call off, to change or to make; the first line that says something counts where the subject does not."""
    answered = message.answered
    if answered is not None and answered.template == "replies/move-unclear":
        before = str(answered.fields["lines"])
        if answered.fields["cancel"]:
            return changing.cancel(message, session, text, now, reason=why(*before.partition("\n")[::2]), before=before)
        return changing.move(message, session, text, now, before=before) or _unclear(message, session, now)
    about = answered.fields.get("meeting") if answered is not None else None
    if about is not None:
        return changing.move(message, session, text, now, about=about) or _unclear(message, session, now)
    says = subject if CANCEL.search(subject) or MOVE.search(subject) else opening(text)
    if answered is None and CANCEL.search(says):
        return changing.cancel(message, session, f"{subject}\n{text}", now, reason=why(subject, text))
    later = LATER.search(says) is not None and find_date(text, message.today) is None  # with a day it may be one to be made
    if answered is None and (later or MOVE.search(says)):
        return changing.move(message, session, f"{subject}\n{text}", now) or _unclear(message, session, now)
    return _meeting(message, session, text, now)


def _ask(
    message: Message, session: Connection, args: dict[str, Any], what: str, details: list[list[str]], now: datetime
) -> Receipt:
    return confirm.ask(session, message.actor, "organise", args, now=now, what=what, details=details)


def _meeting(message: Message, session: Connection, text: str, now: datetime) -> Receipt:
    """Lines that came before, in a mail that we asked to be completed, still count."""
    before = str(message.answered.fields.get("lines", "")) if message.answered is not None else ""
    lines = read_meeting(f"{text}\n{before}".strip(), today=message.today, zone=message.zone)
    unlikely = cautions.too_far(lines.starts, now) if lines.starts is not None else ""
    if unlikely:
        lines = replace(lines, doubts=(*lines.doubts, unlikely))
    if lines.certain and lines.starts is not None and lines.ends is not None:
        args = {
            "do": "meeting",
            "starts_at": lines.starts.isoformat(),
            "ends_at": lines.ends.isoformat(),
            "venue": lines.venue,
            "host": lines.host,
            "title": lines.title,
        }
        wary = cautions.of(session, message.network_id, lines.starts, lines.ends, besides=None, now=now)
        details = _facts(lines, message) + [["Please note", one] for one in wary]
        return _ask(message, session, args, "Make a meeting", details, now)
    if not (lines.starts or lines.ends or lines.venue or lines.host or lines.doubts):
        return _unclear(message, session, now)
    return Receipt(
        "meeting-missing",
        "A meeting was meant, and something is missing or doubtful; asked back.",
        {
            "missing": _wanted(lines),
            "doubtful": not _missing(lines),
            "example": _example(message.today).isoformat(),
            "understood": _facts(lines, message),
            "lines": f"{text}\n{before}".strip()[:4000],
        },
        state="asked",
        reason="meeting-missing",
    )


def _wanted(lines: MeetingLines) -> list[str]:
    """The lines to ask for; a line of the time gives the end as well. What is doubtful is asked when none is missing."""
    wanted = _missing(lines)
    if "time" in wanted and "end" in wanted:
        wanted.remove("end")
    return [word.capitalize() for word in wanted] or list(lines.doubts)


def _missing(lines: MeetingLines) -> list[str]:
    """The lines without which there is no meeting; a place and a host may follow."""
    return [word for word in ("date", "time", "end") if word in lines.missing]


def _example(today: date) -> date:
    """A day that would do, copied as it stands: the Tuesday in six weeks."""
    return today + timedelta(weeks=6, days=1 - today.weekday())


def _unclear(message: Message, session: Connection, now: datetime) -> Receipt:
    """Not a line that we can act on: the other organisers read it, and the writer is told what works."""
    relay.to_committee(message, session, now, why="sent to the organisers' address")
    hint = (
        "Begin the subject with Meeting, Minutes, People, Newsletter, Move or Cancel, and write a line for each fact."
    )
    return Receipt(
        "refused",
        "We could not tell what to do; passed to the other organisers.",
        {
            "subject": message.reading.subject,
            "sentence": "We could not tell what you would like us to do. The other organisers have your mail, too.",
            "hint": hint,
        },
        state="asked",
        reason="organise-unclear",
    )


def _facts(lines: MeetingLines, message: Message) -> list[list[str]]:
    facts = []
    if lines.starts is not None:
        local = lines.starts.astimezone(message.zone)
        facts.append(["Date", formats.brief(local.date())])
        ends = f" to {lines.ends.astimezone(message.zone):%H:%M}" if lines.ends is not None else ""
        facts.append(["Time", f"{local:%H:%M}{ends}"])
    for name, value in (("Place", lines.venue), ("Host", lines.host), ("Name", lines.title)):
        if value:
            facts.append([name, value])
    return facts

"""A newsletter that an organiser sets, moves or calls off by mail, or in answer to the receipt of one. Prepared here, done
after a YES.

A newsletter that nobody names is the next one that is not out (contract 3); the question for a YES says which it is. A new
day keeps the hour it has, and the copy date its distance.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, cautions, confirm
from mailer.errors import NotFound, Refused
from mailer.inbound import commands
from mailer.inbound.lines.dates import find_dates
from mailer.inbound.lines.moving import LATER, opening
from mailer.inbound.message import Message
from mailer.newsletters import issues
from mailer.newsletters.issues import Issue
from mailer.people import formats

LETTERS = ("replies/issue-made", "replies/issue-missing")
USUAL = time(9)
OWN_COPY = "To get no newsletter yourself, reply STOP NEWSLETTER."
_NAMED = re.compile(r"\b(?:(?P<newsletter>newsletter|cylchlythyr)|meeting|cyfarfod)\b", re.IGNORECASE)
_STOP = re.compile(r"\bstop the (?:\w+ )?newsletter\b", re.IGNORECASE)
_CANCEL = re.compile(rf"\b(?:cancel\w*|call(?:ed|ing)? off|scrap|canslo\w*)\b|{_STOP.pattern}", re.IGNORECASE)
_OWN = re.compile(r"\b(?:my|me|\w*subscri\w+|sending|receiving|getting)\b", re.IGNORECASE)
_MOVE = re.compile(
    r"\b(?:mov(?:e|ed|ing)|chang(?:e|ed|es|ing)|postpon\w*|reschedul\w*|delay\w*|put back|bring forward|new (?:date|day)|"
    rf"symud\w*|newid\w*|gohir\w*)\b|{LATER.pattern}",
    re.IGNORECASE,
)


def meant(message: Message, session: Connection, said: str, now: datetime) -> bool:
    """Whether a mail to the organisers' address opens with a newsletter to be called off or moved, whatever its subject.

    STOP NEWSLETTER is the writer's own (contract 2), and so is "Stop the newsletter" while there is none to call off."""
    first = _NAMED.search(said)
    if first is None or not first["newsletter"] or _OWN.search(said) or not (_CANCEL.search(said) or _MOVE.search(said)):
        return False
    return not _STOP.search(said) or _about(session, message, {}, now) is not None


def handle(message: Message, session: Connection, text: str, now: datetime) -> Receipt:
    """Ask for the YES, or for the day."""
    answered = message.answered if message.answered is not None and message.answered.template in LETTERS else None
    subject = "" if message.answered is not None else message.reading.subject
    before: Any = answered.fields if answered is not None else {}
    about = _about(session, message, before, now)
    says = f"{subject}\n{opening(text)}"
    if _CANCEL.search(says):
        return _call_off(message, session, about, now)
    moving = about is not None and (bool(before.get("issue") or before.get("moving")) or bool(_MOVE.search(says)))
    days = list(find_dates(f"{subject}\n{text}", message.today))
    if about is not None and moving:
        days = [found for found in days if found.day != _day(about, message)] or days
    day = days[0].day if days and days[0].exact and not days[0].weekday_wrong else None
    if day is None:
        return _missing(about if moving else None, "", message)
    hour = about.publishes_at.astimezone(message.zone).time() if about is not None and moving else USUAL
    at = datetime.combine(day, hour, message.zone)
    wrong = f"{formats.brief(day)} has passed." if at <= now else cautions.too_far(at, now)
    if not wrong and about is not None and moving and at == about.publishes_at:
        wrong = "That is when it goes out already."
    if wrong:
        return _missing(about if moving else None, wrong, message)
    details = [["Out on", formats.brief(day)]]
    if about is not None and moving:
        details = [["Out on", f"{formats.brief(day)} (was {formats.brief(_day(about, message))})"]]
        args = {"do": "issue-move", "issue_id": about.id, "publishes_at": at.isoformat()}
        return _sure(message, session, args, "Change the newsletter of", about, details, now)
    args = {"do": "issue", "publishes_at": at.isoformat()}
    return confirm.ask(session, message.actor, "organise", args, now=now, what="Make a newsletter", details=details)


def _call_off(message: Message, session: Connection, about: Issue | None, now: datetime) -> Receipt:
    """Whoever may have meant only their own copy is told the word for that."""
    if about is None:
        raise Refused("no-issue", "There is no newsletter to come that could be called off.", OWN_COPY)
    own = commands.first_sure(message)
    note = [["Please note", OWN_COPY]] if own is not None and own.act == "stop" else []
    return _sure(message, session, {"do": "issue-cancel", "issue_id": about.id}, "Call off the newsletter of", about, note, now)


def _about(session: Connection, message: Message, before: Any, now: datetime) -> Issue | None:
    """The one that the answered receipt is about, else the next that is not out."""
    named = before.get("issue", {}).get("id") or before.get("issue_id")
    if named:
        try:
            one = issues.get(session, int(named), message.network_id)
        except NotFound:
            return None
        return one if one.stored != issues.CALLED_OFF else None
    found = issues.current(session, message.network_id, now)
    return None if found is None or issues.state(session, found) in ("sending", *issues.ENDED) else found


def _sure(
    message: Message, session: Connection, args: dict[str, Any], does: str, about: Issue, details: list[list[str]], now: datetime
) -> Receipt:
    what = f"{does} {formats.brief(_day(about, message))}"
    return confirm.ask(session, message.actor, "organise", args, now=now, what=what, details=details)


def _missing(about: Issue | None, wrong: str, message: Message) -> Receipt:
    """Its answer may be the day alone."""
    return Receipt(
        "issue-missing",
        f"A newsletter was meant, and its day is {'doubtful' if wrong else 'missing'}; asked back.",
        {
            "wrong": wrong,
            "moving": about is not None,
            "issue_id": str(about.id) if about is not None else "",
            "stands": _day(about, message).isoformat() if about is not None else "",
        },
        state="asked",
        reason="date-missing",
    )


def _day(issue: Issue, message: Message) -> date:
    return issue.publishes_at.astimezone(message.zone).date()

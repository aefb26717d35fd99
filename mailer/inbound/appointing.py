"""Lines about offices in a mail to the organisers' door, or in answer to a letter about an office that ends: read, shown, asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, confirm, office
from mailer.errors import Refused
from mailer.inbound.inviting import PLEASANTRY
from mailer.inbound.lines.offices import END, GIVE, HAND_OVER, ME, OfficeLine, read_office
from mailer.inbound.message import Message
from mailer.inbound.words.names import is_name
from mailer.meetings import actions
from mailer.people import formats, membership
from mailer.people.membership import Membership

LETTERS = ("replies/office-ends", "replies/office-over")
SHOWN = {GIVE: "Holds it", END: "Ends", HAND_OVER: "Takes over"}


def asked(message: Message, session: Connection, text: str, now: datetime) -> Receipt | None:
    """The question whether this is right; None if the mail is not about offices. Refused where a name or a day is not clear."""
    about = message.answered if message.answered is not None and message.answered.template in LETTERS else None
    subject = message.reading.subject if message.answered is None else ""
    lines = [line for line in (subject, *text.splitlines()) if line.strip() and not PLEASANTRY.match(line)]
    of_subject = read_office(subject, message.today)
    read = [one for line in lines if (one := read_office(line, message.today, term=about is not None)) is not None]
    if not read or len(read) * 2 < len(lines) - (1 if subject.strip() else 0):
        return None
    alone = not text.strip()
    changes = []
    for one in read:
        try:
            changes.append(_change(message, session, one, about.fields if about is not None else {}))
        except Refused as why:
            named = is_name((one.who.split() or [""])[0]) and (alone or one != of_subject)
            if why.slug != "nobody-meant" or about is not None or named:
                raise  # else "Committee: please read this", which only looks like an office
    if not changes or len(changes) * 2 < len(lines) - (1 if subject.strip() else 0):
        return None
    details = [[SHOWN[one["kind"]], _words(session, message, one)] for one in changes]
    args = {"do": "offices", "changes": changes}
    return confirm.ask(session, message.actor, "organise", args, now=now, what="Change who does what", details=details)


def _change(message: Message, session: Connection, line: OfficeLine, about: Any) -> dict[str, Any]:
    other = _who(message, session, line.from_who, about) if line.kind == HAND_OVER else None
    one = _who(message, session, line.who, about if line.kind == GIVE and not line.role else {})
    if line.unclear:
        raise Refused("day-unclear", f"We could not read the day “{line.unclear}”.", "Write it as 31 July 2028.")
    roles = [line.role] if line.role else list(about.get("roles", ())) if line.kind != END else []
    if line.kind == HAND_OVER and not line.role:
        assert other is not None
        roles = list(office.held(other)) or roles
    if line.kind == END and not line.role:
        roles = list(office.held(one))
    if not roles:
        raise Refused("no-office", f"{(other or one).name} holds no office.", "Name it: Dawn Day is secretary.")
    if line.kind == END and not set(roles) & set(one.roles):
        raise Refused("no-office", f"{one.name} is not {line.role.replace('-', ' ')}, so nothing in this mail was done.")
    until = None if line.until is None else _end_of(message, line.until)
    return {
        "kind": line.kind,
        "membership_id": one.id,
        "roles": roles,
        "until": None if until is None else until.isoformat(),
        "from": None if other is None or not set(roles) & set(other.roles) else other.id,
    }


def _who(message: Message, session: Connection, who: str, about: Any) -> Membership:
    """The one member meant; in answer to our letter ME is whose office it is about, if the writer holds it themselves."""
    me = membership.of_address(session, message.network_id, message.actor.address_id)
    if who == ME and me is not None and not (about.get("membership_id") and int(about["membership_id"]) != me.id):
        return me
    if who == ME and about.get("membership_id"):
        return office.member(session, message.network_id, int(about["membership_id"]))
    found = actions.membership_of(session, message.network_id, who)
    if found is None:
        raise Refused(
            "nobody-meant",
            f"There is nobody here, or more than one, whom “{who}” could mean.",
            "Write the whole name, as it stands in our list; who is no member yet has to join first.",
        )
    return office.member(session, message.network_id, found)


def _end_of(message: Message, day: date) -> datetime:
    """A term lasts to the end of its day, in the network's zone."""
    if day < message.today:
        raise Refused("day-past", f"{formats.brief(day)} is over.", "Write a day to come.")
    return datetime.combine(day + timedelta(days=1), time(), message.zone)


def _words(session: Connection, message: Message, change: dict[str, Any]) -> str:
    one = office.member(session, message.network_id, int(change["membership_id"]))
    words = f"{one.name}: {', '.join(role.replace('-', ' ') for role in change['roles'])}"
    if change["until"] is not None:
        last = datetime.fromisoformat(change["until"]) - timedelta(days=1)
        words += f", until {formats.brief(last.date())}"
    if change["from"] is not None:
        words += f", from {office.member(session, message.network_id, int(change['from'])).name}"
    known = set(change["roles"]) <= set(one.roles) or one.address_id == message.actor.address_id
    return words if change["kind"] == END or (known and change["from"] is None) else f"{words} (asked first)"

"""A named contact answers the yearly list of their school: right, not me, or what has changed, which is asked back (N1).

Who has died is asked about with care, as where it is said to us otherwise; an address is the person's or the organisers' to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, confirm
from mailer.acts import people_check as acts
from mailer.errors import Refused
from mailer.inbound import bereaved, doors_asked, relay
from mailer.inbound.lines import school_letter
from mailer.inbound.lines.school import Checked, read_school
from mailer.inbound.message import Message
from mailer.message.address import key
from mailer.message.own import strip_own
from mailer.people import addresses


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What is not understood is a letter to the organisers, besides."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    done = doors_asked.command(message, session, now)
    if done is not None:
        return done
    organisation = str(message.answered.fields.get("organisation", ""))
    if acts.speaks_for(session, message.actor, organisation) is None:
        relay.to_committee(message, session, now, why="answers the list of a school, and is not its contact")
        return Receipt("", "Not the named contact of that school; passed to the organisers.", reason="letter")
    people = message.answered.fields.get("people", ())
    written = school_letter.taken_out(strip_own(message.reading.reply, [message.domain]))
    person = message.actor.person_id
    mine = {message.from_address} | {one.address for one in (addresses.of_person(session, person) if person is not None else ())}
    read = read_school(written, message.reading.text, people, frozenset(map(key, mine)))
    if read.not_me and confirm.enough(message.actor, "not-me"):
        return acts.not_me(session, message.actor, organisation, now=now)
    asked, missed = bereaved.ask(message, session, read.gone, now)
    passed = [*read.passed, *(f"{one.who}: {one.how}" for one in missed)]
    if read.rest or passed or not (read.changes or read.right or asked):
        relay.to_committee(message, session, now, why=f"answers the list of {organisation}", text=_letter(written, passed))
    done = asked
    if read.changes:
        done = _ask(message, session, organisation, read, {str(one["id"]): str(one["name"]) for one in people}, now)
        done = done if asked is None else replace(done, said=f"{done.said} {asked.said}")
    elif asked is None and passed:
        done = acts.passed_on(organisation, passed)
    elif asked is None and read.right:
        done = acts.noted(session, message.actor, organisation, now=now)
    return done or Receipt("", "Passed to the organisers.", reason="letter")


def _letter(written: str, passed: Sequence[str]) -> str:
    """What they wrote, and how the lines of the list read now; empty if that is nothing: then all of it goes on as it came."""
    return "\n\n".join(filter(None, (written.strip(), "\n".join(passed))))


def _ask(
    message: Message, session: Connection, organisation: str, read: Checked, names: dict[str, str], now: datetime
) -> Receipt:
    hasher, operator = message.house.hasher, message.house.settings.operator
    for one in read.added:  # written down now, as the act after the YES has only the id of the question
        with suppress(Refused):
            addresses.find_or_add(session, one.email, hasher=hasher, now=now)
    args = {
        "organisation": organisation,
        "left": [int(one) for one in read.left],
        "add": [[one.email, one.name] for one in read.added],
        "rename": [[int(one), name] for one, name in read.renamed],
        "jobs": [[int(one), job] for one, job in read.jobs],
        "operator": addresses.find_or_add(session, operator, hasher=hasher, now=now).id if operator else None,
    }
    shown = {
        "organisation": organisation,
        "left": [names[one] for one in read.left],
        "add": [", ".join(filter(None, (one.name, one.email))) for one in read.added],
        "rename": [f"{names[one]}: {name}" for one, name in read.renamed],
        "jobs": [f"{names[one]}: {job}" for one, job in read.jobs],
        "passed": list(read.passed),
    }
    return confirm.ask(
        session,
        message.actor,
        acts.ACT,
        args,
        now=now,
        what=f"Change who is at {organisation}",
        template="people-check-ask",
        fields=shown,
    )

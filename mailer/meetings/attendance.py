"""Who was there: first-timers and those who came back (ruling 12), organisations heard from and not.

Attendance is known from the sign-in sheet or the minutes; until somebody says, from who said they would come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, select, union

from mailer.meetings import actions, evidence, responses
from mailer.meetings.left import left_since
from mailer.meetings.meetings import Meeting
from mailer.store import add_once
from mailer.store.tables import addresses, attendance, meetings, memberships, organisations, people
from mailer.store.tables import responses as answers

EVERYONE = re.compile(
    r"(?:all|everyone|everybody|pawb)(?: (?:members|present|of us|came|attended|(?:as )?(?:listed|expected|above|planned)|who (?:said|answered) (?:they would|yes)|on the (?:list|sheet)))?|"
    r"(?:all )?(?:as )?(?:per|see|on) (?:the )?(?:sign(?:ing)?[- ]?in|attendance|register)(?: (?:sheet|list))?",
    re.IGNORECASE,
)
NOBODY = re.compile(r"none|nil|no ?one|nobody|n/?a|neb|-", re.IGNORECASE)
BESIDE = re.compile(r"\s*[(\[][^)\]]{0,80}[)\]]?\s*|\s+[-–]\s+.*$")
NEAR = 0.8  # of difflib's ratio: one or two letters


def record(
    session: Connection,
    meeting: Meeting,
    address_ids: Iterable[int],
    *,
    source: str,
    now: datetime,
    whole: bool = False,
) -> int:
    """Note who was there, with the evidence of a first time or a return. Returns how many are new to the list.

    `whole`: the list is complete, so whoever was only presumed to be there was not.
    """
    ids = list(address_ids)
    if whole:
        _unpresume(session, meeting, ids)
    added = 0
    for address_id in ids:
        first = not _been_before(session, meeting, address_id)
        row = add_once(
            session,
            attendance,
            ("meeting_id", "address_id"),
            meeting_id=meeting.id,
            address_id=address_id,
            first_time=first,
            source=source,
            at=now,
        )
        if row is not None:
            added += 1
            kind = evidence.FIRST_TIME if first else evidence.RETURNED
            evidence.note(
                session, meeting.network_id, kind, thing=f"meeting:{meeting.id}", address_id=address_id, now=now
            )
    return added


def _unpresume(session: Connection, meeting: Meeting, there: list[int]) -> None:
    presumed = select(attendance.c.address_id).where(
        attendance.c.meeting_id == meeting.id,
        attendance.c.source == "answer",
        attendance.c.address_id.not_in(there),
    )
    for address_id in session.execute(presumed).scalars().all():
        session.execute(
            attendance.delete().where(attendance.c.meeting_id == meeting.id, attendance.c.address_id == address_id)
        )
        for kind in (evidence.FIRST_TIME, evidence.RETURNED):
            evidence.forget(session, kind, f"meeting:{meeting.id}", address_id)


def from_answers(session: Connection, meeting: Meeting, now: datetime) -> int:
    """Take who said yes as who was there, when nobody has said otherwise. Returns how many."""
    if session.execute(select(attendance.c.id).where(attendance.c.meeting_id == meeting.id).limit(1)).first():
        return 0
    coming = session.execute(responses.answering(meeting.id, "yes")).scalars().all()
    return record(session, meeting, coming, source="answer", now=now)


def attended(meeting_id: int) -> Select[Any]:
    """A SELECT of the address ids of those who were there; who said yes, as long as no list was given."""
    told = exists().where(attendance.c.meeting_id == meeting_id)
    listed = select(attendance.c.address_id).where(attendance.c.meeting_id == meeting_id)
    presumed = responses.answering(meeting_id, "yes").where(~told)
    return select(union(listed, presumed).subquery().c.address_id)


def names_for_host(session: Connection, meeting_id: int, *, notes: bool = False) -> list[dict[str, Any]]:
    """Those who come or may come, for badges and the sign-in sheet: {name, organisation, answer, guests, names,
    first_time, note}, by name. No addresses; notes only for organisers (`notes`), as they were written to them (V9).
    """
    meeting = session.execute(select(meetings).where(meetings.c.id == meeting_id)).one()
    been = exists().where(
        and_(
            attendance.c.address_id == answers.c.address_id,
            attendance.c.meeting_id == meetings.c.id,
            meetings.c.network_id == meeting.network_id,
            meetings.c.starts_at < meeting.starts_at,
        )
    )
    query = (
        select(
            people.c.name,
            addresses.c.shared,
            organisations.c.name.label("organisation"),
            answers.c.answer,
            answers.c.guests,
            answers.c.names,
            answers.c.note,
            been.label("been"),
        )
        .select_from(answers)
        .join(addresses, addresses.c.id == answers.c.address_id)
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .outerjoin(
            memberships,
            and_(memberships.c.address_id == addresses.c.id, memberships.c.network_id == meeting.network_id),
        )
        .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        .where(
            answers.c.meeting_id == meeting_id,
            answers.c.current,
            answers.c.answer.in_(("yes", "maybe")),
            ~left_since(meeting_id),
        )
    )
    found = []
    for row in session.execute(query):
        one = {
            "name": row.name or "",
            "organisation": row.organisation or "",
            "answer": row.answer,
            "guests": row.guests,
            "names": list(row.names or ()),
            "first_time": not row.been,
            "note": row.note if notes else "",
        }
        found += _each(one) if row.shared and row.names else [one]
    return sorted(
        found, key=lambda who: (who["answer"] != "yes", who["name"].casefold(), who["organisation"].casefold())
    )


def _each(mailbox: dict[str, Any]) -> list[dict[str, Any]]:
    """A line for each of those who come of a shared mailbox, and one for those whose names it did not say."""
    unnamed = mailbox["guests"] + 1 - len(mailbox["names"])
    lines = [{**mailbox, "name": name, "guests": 0, "names": []} for name in mailbox["names"]]
    lines += [{**mailbox, "guests": unnamed - 1, "names": [], "note": ""}] if unnamed > 0 else []
    return [line if n == 0 else {**line, "note": ""} for n, line in enumerate(lines)]


def by_names(session: Connection, network_id: int, names: Iterable[str]) -> tuple[list[int], list[str]]:
    """The address ids of members with these names, and the names that fit nobody or more than one.

    Where somebody stands (`Dawn (Uni of Bath)`) is left out; a name that is nearly a member's is asked about, with it.
    """
    found: list[int] = []
    unknown: list[str] = []
    for said in names:
        name = BESIDE.sub("", said).strip(" .")
        if not name or NOBODY.fullmatch(name):
            continue
        membership_id = actions.membership_of(session, network_id, name)
        if membership_id is None:
            known = [one for _, one in actions.names_of(session, network_id)]
            near = get_close_matches(name, known, n=1, cutoff=NEAR)
            unknown.append(f"{said.strip()} ({near[0]}?)" if near else said.strip())
            continue
        query = select(memberships.c.address_id).where(memberships.c.id == membership_id)
        found.append(int(session.execute(query).scalar_one()))
    return list(dict.fromkeys(found)), unknown


def everyone(names: Iterable[str]) -> bool:
    """True if the list says that all came who were to come ("all", "everyone who said yes", "as per sign-in")."""
    return any(EVERYONE.fullmatch(name.strip(" .")) for name in names)


def _been_before(session: Connection, meeting: Meeting, address_id: int) -> bool:
    row = session.execute(
        select(attendance.c.id)
        .join(meetings, meetings.c.id == attendance.c.meeting_id)
        .where(
            attendance.c.address_id == address_id,
            meetings.c.network_id == meeting.network_id,
            meetings.c.starts_at < meeting.starts_at,
        )
        .limit(1)
    ).first()
    return row is not None

"""/r/TAG: answer an invitation with one of three buttons, a note, and how many come along."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from mailer.acts import answer, turn
from mailer.errors import NotFound, Refused
from mailer.meetings import invitations, meetings, responses
from mailer.meetings.invitations import Invitation
from mailer.meetings.meetings import Meeting
from mailer.message.tags import ANSWER
from mailer.web import posting, tagged
from mailer.web.asking import Answer, Asked, Page, missing
from mailer.web.tagged import Behind

CHOICES = ("yes", "no", "maybe")
MOST_GUESTS = 9  # what the page offers; more can be said by mail


def show(asked: Asked) -> Answer:
    """The meeting, what the person said so far, and the buttons; `?answer=yes` puts that one first."""
    with asked.house.store.read() as session:
        found = _found(asked, session)
        if found is None:
            return missing()
        return _page(asked, session, *found)


def act(asked: Asked) -> Answer:
    """Record what was pressed."""
    said = asked.form.one("answer").lower()
    with asked.house.store.write() as session:
        found = _found(asked, session)
        if found is None:
            return missing()
        invitation, meeting, behind = found
        turn.take(session, behind.actor())
        if behind.closed:
            return _page(asked, session, invitation, meeting, behind, problem="closed", status=409)
        if said not in CHOICES:
            return _page(asked, session, invitation, meeting, behind, problem="choose")
        guests = asked.form.one("guests")
        try:
            receipt = answer.answer(
                session,
                behind.actor(posting.evidence(asked)),
                meeting.id,
                answer=said,
                note=asked.form.one("note", responses.NOTE),
                guests=min(int(guests), MOST_GUESTS) if guests.isascii() and guests.isdigit() and said != "no" else 0,
                now=asked.now,
            )
        except Refused as refusal:
            return _page(asked, session, invitation, meeting, behind, problem=refusal.slug, status=409)
        mailed = posting.receipt_by_mail(session, asked, behind.actor(), receipt)
        return _page(asked, session, invitation, meeting, behind, done=True, mailed=mailed)


def _found(asked: Asked, session: Connection) -> tuple[Invitation, Meeting, Behind] | None:
    invitation_id = tagged.row_of(asked, ANSWER)
    if invitation_id is None:
        return None
    try:
        invitation = invitations.get(session, invitation_id)
        meeting = meetings.get(session, invitation.meeting_id)
    except NotFound:
        return None
    behind = tagged.of_address(asked, session, meeting.network_id, invitation.address_id)
    return None if behind is None else (invitation, meeting, behind)


def _page(
    asked: Asked,
    session: Connection,
    invitation: Invitation,
    meeting: Meeting,
    behind: Behind,
    *,
    done: bool = False,
    mailed: bool = False,
    problem: str = "",
    status: int = 200,
) -> Page:
    current = responses.current(session, meeting.id, invitation.address_id)
    wanted = asked.query.get("answer", "").lower()
    first = wanted if wanted in CHOICES and not done else ""
    fields: dict[str, Any] = {
        "network": behind.network,
        "masked": behind.masked,
        "meeting": meetings.facts(meeting, behind.network),
        "state": "closed" if behind.closed else meeting.state_at(asked.now),
        "current": current.answer if current is not None and current.answer in CHOICES else "",
        "guests": current.guests if current is not None else 0,
        "choices": sorted(CHOICES, key=lambda choice: choice != first),
        "first": first,
        "most_guests": MOST_GUESTS,
        "done": done,
        "mailed": mailed,
        "problem": problem,
    }
    return Page("answer", fields, status=status, language=behind.language)

"""A calendar's own answer (METHOD REPLY): known by its signed UID, else by the attendee and a proven From (CAL-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Receipt, Strength
from mailer.acts import answer as acts
from mailer.inbound.message import Message
from mailer.message import tags
from mailer.message.address import key
from mailer.people import addresses
from mailer.store.tables import invitations, meetings

ANSWERS = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Record the answer of the invited person; nothing else a calendar sends changes anything."""
    reply = message.reading.calendar
    assert reply is not None
    answer = ANSWERS.get((reply.partstat or "").upper())
    if answer is None:
        return Receipt(
            "", f"A calendar answer that is none: {reply.partstat or 'no PARTSTAT'}.", state="noted", reason="no-answer"
        )
    invitation = _invitation(message, session, reply.uid or "")
    if invitation is None:
        return Receipt("", "A calendar answer to nothing of ours.", state="noted", reason="unknown-uid")
    invited = addresses.get(session, invitation.address_id)
    if not _may_answer(message, invited, reply):
        return Receipt(
            "",
            "A calendar answer in the name of somebody else; not recorded.",
            state="held",
            reason="attendee-mismatch",
            held_for="any organiser",
        )
    actor = replace(
        message.actor,
        address_id=invited.id,
        person_id=invited.person_id,
        channel="calendar",
        strength=max(message.actor.strength, Strength.FROM),
    )
    return acts.answer(
        session,
        actor,
        invitation.meeting_id,
        answer=answer,
        note=(reply.comment or "").strip()[:500],
        sequence=reply.sequence,
        stamped_at=reply.dtstamp,
        now=now,
    )


def _invitation(message: Message, session: Connection, uid: str) -> Any:
    """The UID is a tag signed for this meeting and person, so a bare answer is enough to know who answers what."""
    found = message.house.keys.read(uid.partition("@")[0], {tags.ANSWER})
    if found is None:
        return None
    return session.execute(
        select(invitations)
        .join(meetings, meetings.c.id == invitations.c.meeting_id)
        .where(invitations.c.id == found.row_id, meetings.c.network_id == message.network_id)
    ).first()


def _may_answer(message: Message, invited: addresses.Address, reply: Any) -> bool:
    """The UID names the invited person. The attendee or the writer must be them, as a forward carries the UID along."""
    if reply.attendee and key(reply.attendee) == invited.key:
        return True
    if message.from_address and key(message.from_address) == invited.key:
        return True
    return invited.person_id is not None and message.actor.person_id == invited.person_id

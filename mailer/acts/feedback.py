"""Say how a meeting was (N13): a number from 1 to 5 and a sentence. A second answer takes the place of the first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, undoable, who
from mailer.errors import Refused
from mailer.meetings import evidence, meetings
from mailer.meetings import feedback as feedbacks

# "What changed because of this" (design ruling 12): the line of the letter that says so.
CHANGED = re.compile(r"^\s*(?:changed|what changed|newid)\s*:\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)


def feedback(
    session: Connection, actor: Actor, meeting_id: int, *, score: int | None, text: str = "", now: datetime
) -> Receipt:
    """Keep feedback on a meeting. Refused before it began, without anything said, or with a number off the scale."""
    meeting = meetings.get(session, meeting_id, actor.network_id)
    if now < meeting.starts_at:
        raise Refused("meeting-to-come", "That meeting is still to come.", "Please tell us afterwards how it was.")
    if score is None and not text.strip():
        raise Refused(
            "feedback-empty", "We could not find a number or a sentence.", "Please reply with both, or either."
        )
    if score is not None and not feedbacks.LOWEST <= score <= feedbacks.HIGHEST:
        raise Refused("score-off-the-scale", f"{score} is not from 1 to 5.", "Please reply with a number from 1 to 5.")
    address_id = who.written_to(session, actor)
    before = feedbacks.of(session, meeting_id, address_id)
    feedbacks.record(session, meeting_id, address_id, score=score, text=text, now=now, inbox_id=actor.inbox_id)
    for line in CHANGED.findall(text):
        evidence.note(
            session,
            actor.network_id,
            evidence.CHANGED,
            now=now,
            thing=f"meeting:{meeting_id}",
            address_id=address_id,
            text=line.strip()[:500],
            inbox_id=actor.inbox_id,
        )
    after = feedbacks.of(session, meeting_id, address_id)
    args = {"meeting_id": meeting_id, "address_id": address_id, "before": before, "after": after}
    return Receipt(
        "feedback-thanks",
        f"feedback on meeting {meeting.number}: {score if score is not None else 'words only'}",
        {
            "meeting": meetings.facts_for(session, meeting),
            "score": score,
            "text": text.strip(),
            "undo": undoable.remember(session, actor, "feedback", args, now),
        },
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: what was said before counts, or nothing was said."""
    before, at = args["before"], {name: args[name] for name in ("meeting_id", "address_id")}
    stands = feedbacks.of(session, **at)
    if any(at.items() <= one.items() for one in args["later"]) or stands != args.get("after", stands):
        return {"changed_since": True}
    if before is None:
        feedbacks.forget(session, args["meeting_id"], args["address_id"])
    else:
        feedbacks.record(
            session, args["meeting_id"], args["address_id"], score=before["score"], text=before["text"], now=now
        )
    return {}

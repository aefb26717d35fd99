"""What people say after a meeting (N13): a number from 1 to 5 and a sentence, one a person, shown without names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from mailer.message.encoded import printable
from mailer.store import upsert
from mailer.store.tables import feedback

LOWEST, HIGHEST = 1, 5
LONGEST = 5_000


def record(
    session: Connection,
    meeting_id: int,
    address_id: int,
    *,
    score: int | None,
    text: str,
    now: datetime,
    inbox_id: int | None = None,
) -> int:
    """Keep what this address says of a meeting, in place of what it said before. ValueError for a score off the scale."""
    if score is not None and not LOWEST <= score <= HIGHEST:
        raise ValueError(f"a score is from {LOWEST} to {HIGHEST}")
    return upsert(
        session,
        feedback,
        {"meeting_id": meeting_id, "address_id": address_id},
        {"score": score, "text": printable(text).strip()[:LONGEST], "inbox_id": inbox_id, "at": now},
    )


def of(session: Connection, meeting_id: int, address_id: int) -> dict[str, Any] | None:
    """{score, text} as this address gave it, or None."""
    row = session.execute(
        select(feedback.c.score, feedback.c.text).where(
            feedback.c.meeting_id == meeting_id, feedback.c.address_id == address_id
        )
    ).first()
    return None if row is None else {"score": row.score, "text": row.text}


def forget(session: Connection, meeting_id: int, address_id: int) -> None:
    """Take away what this address said (undo)."""
    session.execute(feedback.delete().where(feedback.c.meeting_id == meeting_id, feedback.c.address_id == address_id))


def given(meeting_id: int) -> Select[Any]:
    """A SELECT of the address ids that have answered, so that nobody is asked twice."""
    return select(feedback.c.address_id).where(feedback.c.meeting_id == meeting_id)


def summary(session: Connection, meeting_id: int) -> dict[str, Any]:
    """{count, average, scores: {"1": n, ...}, texts}: collated for the organisers, nobody named (N13, V9)."""
    rows = session.execute(
        select(feedback.c.score, feedback.c.text).where(feedback.c.meeting_id == meeting_id).order_by(feedback.c.id)
    ).all()
    scores = [row.score for row in rows if row.score is not None]
    return {
        "count": len(rows),
        "average": round(sum(scores) / len(scores), 1) if scores else None,
        "scores": {str(score): scores.count(score) for score in range(LOWEST, HIGHEST + 1)},
        "texts": [row.text for row in rows if row.text],
    }

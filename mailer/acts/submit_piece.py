"""Send in a piece for the newsletter (N16): acknowledged with what was understood and what is missing.

A piece that comes too late for an issue is held over for the next; none is turned away. A guest's waits for an
organiser's yes (ruling 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, shown, undoable, who
from mailer.errors import Refused
from mailer.newsletters import issues, pieces, promises
from mailer.newsletters.prepared import Prepared


def submit_piece(
    session: Connection, actor: Actor, prepared: Prepared, *, vouched: bool = False, now: datetime
) -> Receipt:
    """Keep a piece (read by `prepare` before the write began). Refused when nothing is in it.

    `vouched`: an organiser has said yes to a guest's piece.
    """
    if not prepared.text and not prepared.pictures:
        raise Refused("piece-empty", "There was nothing in your mail that we could print.", "Please send it once more.")
    if not vouched and not who.is_member(session, actor):
        return Receipt(
            "guest",
            f"a piece from a guest: {prepared.title}",
            {"what": "piece", "title": prepared.title},
            state="held",
            reason="guest",
            held_for=who.decides(session, actor.network_id, now),
        )
    issue = issues.collecting(session, actor.network_id, now)
    kept = None
    if issue is not None and actor.address_id is not None:
        words = f"{prepared.title} {prepared.text[:2000]}"
        kept = promises.kept_by(session, issue.id, who.written_to(session, actor), words)
    piece = pieces.submit(
        session,
        actor.network_id,
        prepared,
        address_id=actor.address_id,
        person=actor.name,
        inbox_id=actor.inbox_id,
        now=now,
        number=kept.number if kept else None,
    )
    where = "held over for the next issue" if piece.issue_id is None else f"section {piece.section}"
    return Receipt(
        "piece",
        f"piece {piece.number} ({piece.words} words, {where}): {piece.title}",
        {
            **pieces.receipt(session, piece, who.language(session, actor)),
            "promised": kept.title if kept else "",
            "undo": undoable.remember(
                session, actor, "submit_piece", {"piece_id": piece.id, "promise_id": kept.id if kept else None}, now
            ),
        },
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: the piece is withdrawn, and what was promised is promised again."""
    piece = pieces.get(session, args["piece_id"])
    pieces.change(session, piece, state="withdrawn")
    shown.issue(session, piece, changed_by=args["whose"], now=now)
    kept = None if args["promise_id"] is None else promises.get(session, args["promise_id"])
    if kept is not None and kept.state == promises.KEPT:
        promises.settle(session, kept, promises.OPEN)

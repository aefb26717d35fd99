"""What an issue prints: its pieces in their order, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, func, select

from mailer.newsletters import issues, sections
from mailer.newsletters.issues import Issue
from mailer.newsletters.pictures import HEADER, shown_width
from mailer.newsletters.pieces import Piece, of_issue
from mailer.store.tables import pictures


def printed(session: Connection, issue: Issue) -> list[Piece]:
    """The pieces of an issue as they are printed: by section, then by place. A section leads where a piece was put first."""
    found = of_issue(session, issue, ("in",))
    lead = {piece.section: min(0, piece.order) for piece in sorted(found, key=lambda piece: piece.order, reverse=True)}
    known = {key: at for at, key in enumerate(sections.KEYS)}
    return sorted(found, key=lambda p: (lead[p.section], known.get(p.section, len(known)), p.order, p.id))


def pictures_of(session: Connection, piece_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The pictures of each piece as templates are given them: {id, cid, type, name, caption, width}; never the octets."""
    found: dict[int, list[dict[str, Any]]] = {}
    query = select(
        pictures.c.id,
        pictures.c.piece_id,
        pictures.c.cid,
        pictures.c.type,
        pictures.c.name,
        pictures.c.caption,
        func.substr(pictures.c.content, 1, HEADER, type_=LargeBinary).label("begins"),
    )
    for row in session.execute(query.where(pictures.c.piece_id.in_(piece_ids)).order_by(pictures.c.id)):
        found.setdefault(row.piece_id, []).append(
            {
                "id": row.id,
                "cid": row.cid,
                "type": row.type,
                "name": row.name,
                "caption": row.caption,
                "width": shown_width(bytes(row.begins), row.type),
            }
        )
    return found


def printed_pictures(session: Connection, issue_id: int) -> list[Row[Any]]:
    """The pictures that an issue prints, octets too: cid, type, name, content."""
    printed = [piece.id for piece in of_issue(session, issues.get(session, issue_id), ("in",))]
    query = select(pictures.c.cid, pictures.c.type, pictures.c.name, pictures.c.content)
    return list(session.execute(query.where(pictures.c.piece_id.in_(printed)).order_by(pictures.c.id)))

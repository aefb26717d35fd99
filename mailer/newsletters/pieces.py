"""Pieces: numbered into an issue, or held over for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from mailer.errors import NotFound
from mailer.message.encoded import clean
from mailer.newsletters import issues, promises, sections
from mailer.newsletters.issues import Issue
from mailer.newsletters.pictures import Picture
from mailer.newsletters.prepared import Prepared
from mailer.people import formats
from mailer.store import add as add_row
from mailer.store.tables import networks, pictures, pieces

ORDER = 1_000  # between the places of two pieces, so that others fit between them


@dataclass(frozen=True)
class Piece:
    """One piece as it stands now. `issue_id` None: it waits for the next issue that is made."""

    id: int
    network_id: int
    issue_id: int | None
    number: int
    title: str
    section: str
    text: str
    html: str
    words: int
    address_id: int | None
    person: str
    state: str
    missing: tuple[str, ...]
    inbox_id: int | None
    created_at: datetime
    place: int | None

    @property
    def order(self) -> int:
        """What it is sorted by within its section; one that was put first has less than 0, and leads the issue."""
        return self.number * ORDER if self.place is None else self.place


def submit(
    session: Connection,
    network_id: int,
    prepared: Prepared,
    *,
    now: datetime,
    address_id: int | None = None,
    person: str = "",
    inbox_id: int | None = None,
    number: int | None = None,
) -> Piece:
    """Number a piece into the issue that takes copy now; without one it is held over for the next (never refused).

    `number`: that of the promise it keeps.
    """
    issue = issues.collecting(session, network_id, now)
    issue_id = issue.id if issue else None
    piece_id = add_row(
        session,
        pieces,
        network_id=network_id,
        issue_id=issue_id,
        number=number or issues.next_number(session, network_id, issue_id),
        title=prepared.title,
        section=prepared.section,
        text=prepared.text,
        html=prepared.html,
        words=prepared.words,
        address_id=address_id,
        person=clean(person),
        state="in" if issue_id is not None else "held-over",
        missing=list(prepared.missing),
        inbox_id=inbox_id,
        created_at=now,
    )
    for picture in prepared.pictures:
        _keep(session, piece_id, picture)
    return get(session, piece_id)


def correct(session: Connection, piece: Piece, prepared: Prepared) -> Piece:
    """Put a new version in place of a piece; number and issue stay. Pictures are replaced only if new ones came."""
    values: dict[str, Any] = {
        "title": prepared.title,
        "section": prepared.section,
        "text": prepared.text,
        "html": prepared.html,
        "words": prepared.words,
        "missing": list(prepared.missing),
    }
    if prepared.pictures:
        session.execute(pictures.delete().where(pictures.c.piece_id == piece.id))
        for picture in prepared.pictures:
            _keep(session, piece.id, picture)
    else:
        values["missing"] += [one for one in piece.missing if one.startswith("caption: ")]
    return change(session, piece, **values)


def caption(session: Connection, piece: Piece, words: str, name: str = "") -> Piece | None:
    """Give a picture of the piece its words: the named one, else the first without. None if there is none to give to."""
    query = select(pictures.c.id, pictures.c.name).where(pictures.c.piece_id == piece.id).order_by(pictures.c.id)
    query = query.where(func.lower(pictures.c.name) == name.lower()) if name else query.where(pictures.c.caption == "")
    row = session.execute(query.limit(1)).first()
    if row is None:
        return None
    session.execute(update(pictures).where(pictures.c.id == row.id).values(caption=clean(words)[:300]))
    missing = list(piece.missing)
    if f"caption: {row.name}" in missing:
        missing.remove(f"caption: {row.name}")
    return change(session, piece, missing=missing)


def get(session: Connection, piece_id: int, network_id: int | None = None) -> Piece:
    """The piece with this id, of this network if one is given. Raises NotFound."""
    query = select(pieces).where(pieces.c.id == piece_id)
    if network_id is not None:
        query = query.where(pieces.c.network_id == network_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no piece {piece_id}.")
    return _piece(row)


def change(session: Connection, piece: Piece, **values: Any) -> Piece:
    """Set columns of a piece and return it."""
    session.execute(update(pieces).where(pieces.c.id == piece.id).values(**values))
    return get(session, piece.id)


def of_issue(session: Connection, issue: Issue, states: Sequence[str] = ()) -> list[Piece]:
    """The pieces of an issue by number, of all states or of these."""
    query = select(pieces).where(pieces.c.issue_id == issue.id).order_by(pieces.c.number)
    return [_piece(row) for row in session.execute(query.where(pieces.c.state.in_(states)) if states else query)]


def held_over(session: Connection, network_id: int) -> list[Piece]:
    """The pieces that wait for the next issue that is made."""
    query = select(pieces).where(pieces.c.network_id == network_id, pieces.c.issue_id.is_(None))
    return [_piece(row) for row in session.execute(query.order_by(pieces.c.number))]


def hold_over(session: Connection, piece: Piece) -> Piece:
    """Keep a piece for the next issue: into it if it is made and collecting, else waiting."""
    own = issues.get(session, piece.issue_id) if piece.issue_id is not None else None
    after = [
        issue
        for issue in issues.listing(session, piece.network_id)
        if own is not None and issue.publishes_at > own.publishes_at and issues.state(session, issue) == "collecting"
    ]
    target = after[0].id if after else None
    number = issues.next_number(session, piece.network_id, target)
    return change(session, piece, issue_id=target, number=number, place=None, state="in" if target else "held-over")


def receipt(session: Connection, piece: Piece, language: str) -> dict[str, Any]:
    """What the receipt of a piece is given: {piece: {...}, section: its heading, issue: facts or None, promised: the title of the
    promise it keeps}."""
    issue = issues.get(session, piece.issue_id) if piece.issue_id is not None else None
    zone = session.execute(select(networks.c.timezone).where(networks.c.id == piece.network_id)).scalar_one()
    came = select(func.count()).select_from(pictures).where(pictures.c.piece_id == piece.id)
    return {
        "piece": {
            "id": str(piece.id),
            "number": piece.number,
            "title": piece.title,
            "person": piece.person,
            "section": piece.section,
            "words": piece.words,
            "pictures": session.execute(came).scalar_one(),
            "missing": list(piece.missing),
            "state": piece.state,
        },
        "section": sections.title_of(piece.section, formats.known(language)),
        "issue": issues.facts(issue, zone) if issue else None,
        "promised": "",
    }


def show(session: Connection, issue: Issue) -> list[dict[str, Any]]:
    """`pieces` of `issue show --json` (contract 3): what came, what waits and what is promised, by number."""
    rows = of_issue(session, issue)
    newest = issues.listing(session, issue.network_id)[-1]
    if newest.id == issue.id:
        rows += held_over(session, issue.network_id)
    said = [
        {
            "number": piece.number,
            "title": piece.title,
            "person": piece.person,
            "section": piece.section,
            "words": piece.words,
            "state": piece.state,
            "missing": list(piece.missing),
        }
        for piece in rows
    ]
    said += [
        {
            "number": promise.number,
            "title": promise.title,
            "person": promise.person,
            "section": sections.section_of(promise.title),
            "words": 0,
            "state": "promised",
            "missing": ["text"],
        }
        for promise in promises.open_for(session, issue.id)
    ]
    return sorted(said, key=lambda one: one["number"])


def _keep(session: Connection, piece_id: int, picture: Picture) -> None:
    add_row(
        session,
        pictures,
        piece_id=piece_id,
        cid=picture.cid,
        type=picture.type,
        name=picture.name,
        caption=picture.caption,
        content=picture.content,
    )


def _piece(row: Row[Any]) -> Piece:
    values = dict(row._mapping)
    return Piece(**{**values, "missing": tuple(values["missing"])})

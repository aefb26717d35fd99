"""Pieces: prepared from a mail outside any transaction, then numbered into an issue or held over for the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, func, select, update

from mailer.errors import NotFound
from mailer.meetings.agenda import titled
from mailer.message.encoded import clean, printable
from mailer.newsletters import html as markup
from mailer.newsletters import issues, promises, sections
from mailer.newsletters.issues import Issue
from mailer.newsletters.pictures import HEADER, Offered, Picture, Taken, shown_width, take
from mailer.people import formats
from mailer.store import add as add_row
from mailer.store.tables import networks, pictures, pieces

LONGEST = 100_000  # characters
ORDER = 1_000  # between the places of two pieces, so that others fit between them
_WORD = re.compile(r"\w[\w'’-]*")
_NO_SUBJECT = {"", "newsletter", "news", "piece", "article", "for the newsletter", "newsletter piece", "no subject"}


@dataclass(frozen=True)
class Prepared:
    """A piece as understood, before it has a number."""

    title: str
    section: str
    text: str
    html: str
    words: int
    pictures: tuple[Picture, ...] = ()
    missing: tuple[str, ...] = ()


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


def prepare(
    *,
    title: str,
    text: str,
    html: str = "",
    section: str = "",
    pictures: Sequence[Offered] = (),
    missing: tuple[str, ...] = (),
) -> Prepared:
    """Read a piece from what was mailed: pure, and not to be called inside a write (ruling 6.8).

    `missing` is what its reader missed already: `unread: plan.pdf`, `agreed: Ann Lee` (whose words it passes on).

    `text` is the writer's own words without quote and signature; `html` the same as markup, or empty. A title that
    says nothing ("newsletter") is missing, and the first line stands for it until somebody gives one.
    """
    plain = printable(text).replace("\r\n", "\n").strip()[:LONGEST]
    said = titled(title, "")[0]
    untitled = said.casefold().strip(" .!:-") in _NO_SUBJECT
    taken = take(pictures)
    cids = {picture.was: picture.cid for picture in taken.pictures if picture.was}
    body = markup.sanitised(html, cids) if html.strip() else ""
    shown = titled("" if untitled else said, plain)[0]
    return Prepared(
        title=shown,
        section=_section(section, said, plain),
        text=plain,
        html=body or markup.from_text(plain),
        words=len(_WORD.findall(plain)),
        pictures=taken.pictures,
        missing=_missing(untitled, plain, taken) + missing,
    )


def _section(said: str, title: str, text: str) -> str:
    """The section the writer or their words name; what would go under `other` is looked at once more."""
    named = sections.named(said)
    return named if named is not None and named != "other" else sections.section_of(title, text)


def _missing(untitled: bool, text: str, taken: Taken) -> tuple[str, ...]:
    """What an editor would ask for, a slug and a name: `title`, `text`, `caption: lab.jpg`, `too-large: hall.jpg`,
    `not-a-picture: plan.svg`."""
    missing = ["title"] if untitled else []
    if not text:
        missing.append("text")
    missing += [f"caption: {picture.name}" for picture in taken.pictures if not picture.caption]
    missing += [f"too-large: {name}" for name in taken.too_large]
    missing += [f"not-a-picture: {name}" for name in taken.not_pictures]
    return tuple(missing)


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


def printed(session: Connection, issue: Issue) -> list[Piece]:
    """The pieces of an issue as they are printed: by section, then by place. A section leads where a piece was put first."""
    found = of_issue(session, issue, ("in",))
    lead = {piece.section: min(0, piece.order) for piece in sorted(found, key=lambda piece: piece.order, reverse=True)}
    known = {key: at for at, key in enumerate(sections.KEYS)}
    return sorted(found, key=lambda p: (lead[p.section], known.get(p.section, len(known)), p.order, p.id))


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


def receipt(session: Connection, piece: Piece, language: str) -> dict[str, Any]:
    """What the receipt of a piece is given: {piece: {...}, section: its heading, issue: facts or None, promised: the title of the
    promise it keeps}."""
    issue = issues.get(session, piece.issue_id) if piece.issue_id is not None else None
    zone = session.execute(select(networks.c.timezone).where(networks.c.id == piece.network_id)).scalar_one()
    return {
        "piece": {
            "id": str(piece.id),
            "number": piece.number,
            "title": piece.title,
            "person": piece.person,
            "section": piece.section,
            "words": piece.words,
            "pictures": len(pictures_of(session, [piece.id]).get(piece.id, ())),
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

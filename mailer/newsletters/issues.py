"""Issues: when each is published, until when copy is taken, and where it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, false, func, or_, select, update

from mailer.errors import NotFound, Refused
from mailer.people import formats
from mailer.store import add as add_row
from mailer.store.tables import issues, networks, occasions, pieces, promises

COPY_DAYS = 14  # before publishing, unless set: eight days of proof, and time to ask for what is missing
GRACE = timedelta(days=3)  # copy is still taken; as long as who promised is reminded (design 4)
ENDED = ("sent",)
CALLED_OFF = "cancelled"  # the stored word; such an issue stands in no list

# state of the occasion -> state of the issue (contract 3)
_STATES = {
    "proofed": "proofed",
    "waiting": "proofed",
    "queued": "sending",
    "sending": "sending",
    "sent": "sent",
    "held": "held",
}


@dataclass(frozen=True)
class Issue:
    """One newsletter. `stored` is the column; ask `state` for where it stands."""

    id: int
    network_id: int
    number: int
    publishes_at: datetime
    copy_at: datetime
    stored: str
    created_at: datetime


def add(
    session: Connection, network_id: int, *, publishes_at: datetime, now: datetime, copy_at: datetime | None = None
) -> Issue:
    """Make an issue; what was held over for the next one moves into it. Refused when copy would close after it is out."""
    if copy_at is not None and copy_at >= publishes_at:
        raise Refused(
            "copy-after-publishing", "The copy date is not before the day of publishing.", "Please check them."
        )
    network = select(networks.c.timezone).where(networks.c.id == network_id)
    zone = session.execute(network.with_for_update(key_share=True)).scalar_one()  # two that are made at one moment have two numbers
    number = session.execute(
        select(func.coalesce(func.max(issues.c.number), 0) + 1).where(issues.c.network_id == network_id)
    ).scalar_one()
    issue_id = add_row(
        session,
        issues,
        network_id=network_id,
        number=number,
        publishes_at=publishes_at,
        copy_at=copy_at or copy_of(publishes_at, zone),
        created_at=now,
    )
    _take_in_what_waited(session, network_id, issue_id)
    return get(session, issue_id)


def move(session: Connection, issue: Issue, *, publishes_at: datetime, copy_at: datetime | None = None) -> Issue:
    """Another day. The copy date keeps its distance unless it is given. Refused when copy would close after it is out."""
    copy = copy_at or issue.copy_at + (publishes_at - issue.publishes_at)
    if copy >= publishes_at:
        raise Refused(
            "copy-after-publishing", "The copy date is not before the day of publishing.", "Please check them."
        )
    session.execute(update(issues).where(issues.c.id == issue.id).values(publishes_at=publishes_at, copy_at=copy))
    return get(session, issue.id)


def call_off(session: Connection, issue: Issue) -> list[int]:
    """It is not made after all: its pieces wait for the next issue that is made. Returns them, for `take_place`."""
    session.execute(update(issues).where(issues.c.id == issue.id).values(state=CALLED_OFF))
    query = select(pieces.c.id).where(pieces.c.issue_id == issue.id).order_by(pieces.c.number)
    kept = list(session.execute(query).scalars())
    for piece_id in kept:
        number = next_number(session, issue.network_id, None)
        session.execute(update(pieces).where(pieces.c.id == piece_id).values(issue_id=None, number=number))
    return kept


def take_place(session: Connection, issue: Issue, kept: Collection[int]) -> None:
    """It is made after all, with those of its pieces that still wait."""
    session.execute(update(issues).where(issues.c.id == issue.id).values(state="collecting"))
    query = select(pieces.c.id).where(pieces.c.id.in_(list(kept)), pieces.c.issue_id.is_(None))
    for number, piece_id in enumerate(session.execute(query.order_by(pieces.c.number, pieces.c.id)).scalars().all(), 1):
        session.execute(update(pieces).where(pieces.c.id == piece_id).values(issue_id=issue.id, number=number))


def _take_in_what_waited(session: Connection, network_id: int, issue_id: int) -> None:
    """What waited is numbered anew from 1, in the order it waited."""
    waiting = select(pieces.c.id, pieces.c.state).where(pieces.c.issue_id.is_(None), pieces.c.network_id == network_id)
    rows = session.execute(waiting.order_by(pieces.c.number, pieces.c.id)).all()
    for number, row in enumerate(rows, 1):
        state = "in" if row.state == "held-over" else row.state
        session.execute(
            update(pieces).where(pieces.c.id == row.id).values(issue_id=issue_id, number=number, state=state)
        )


def next_number(session: Connection, network_id: int, issue_id: int | None) -> int:
    """The number of the next piece or promise: what waits is shown beside the newest issue, so one count goes over both,
    and over what is promised. A number given stays (`drop piece 3` means the same tomorrow)."""
    newest = session.execute(
        select(issues.c.id)
        .where(issues.c.network_id == network_id, issues.c.state != CALLED_OFF)
        .order_by(issues.c.publishes_at.desc(), issues.c.id.desc())
        .limit(1)
    ).scalar()
    mine = [issue_id] if issue_id is not None else [newest] if newest is not None else []
    waits = pieces.c.issue_id.is_(None) & (pieces.c.network_id == network_id)
    counted = or_(pieces.c.issue_id.in_(mine), waits if issue_id in (None, newest) else false())
    highest = session.execute(select(func.coalesce(func.max(pieces.c.number), 0)).where(counted)).scalar_one()
    said = select(func.coalesce(func.max(promises.c.number), 0)).where(promises.c.issue_id.in_(mine))
    return int(max(highest, session.execute(said).scalar_one())) + 1


def copy_of(publishes_at: datetime, zone: str) -> datetime:
    """The copy date if nobody says: the same time of day two weeks earlier on the clocks of `zone`."""
    return (publishes_at.astimezone(ZoneInfo(zone)) - timedelta(days=COPY_DAYS)).astimezone(publishes_at.tzinfo)


def get(session: Connection, issue_id: int, network_id: int | None = None) -> Issue:
    """The issue with this id, of this network if one is given. Raises NotFound."""
    query = select(issues).where(issues.c.id == issue_id)
    if network_id is not None:
        query = query.where(issues.c.network_id == network_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no issue {issue_id}.", "See `termpost issue list`.")
    return _issue(row)


def current(session: Connection, network_id: int, now: datetime) -> Issue | None:
    """The next issue that is to come out; without one the latest that there is (contract 3)."""
    all_of_them = listing(session, network_id)
    to_come = [issue for issue in all_of_them if state(session, issue) not in ENDED and not is_over(session, issue, now)]
    return to_come[0] if to_come else all_of_them[-1] if all_of_them else None


def collecting(session: Connection, network_id: int, now: datetime) -> Issue | None:
    """The issue a piece that comes now goes into, or None.

    Nobody has been shown its proof, and copy is open: until some days after the copy date, and longer while not one
    piece has come, as there is nothing to print without it.
    """
    for issue in listing(session, network_id):
        if state(session, issue) != "collecting" or now >= issue.publishes_at:
            continue
        if now <= issue.copy_at + GRACE or not _has_pieces(session, issue.id):
            return issue
    return None


def _has_pieces(session: Connection, issue_id: int) -> bool:
    query = select(pieces.c.id).where(pieces.c.issue_id == issue_id, pieces.c.state == "in")
    return session.execute(query.limit(1)).first() is not None


def listing(session: Connection, network_id: int) -> list[Issue]:
    """Every issue of the network by publishing time."""
    query = select(issues).where(issues.c.network_id == network_id, issues.c.state != CALLED_OFF)
    query = query.order_by(issues.c.publishes_at, issues.c.id)
    return [_issue(row) for row in session.execute(query)]


def previous(session: Connection, issue: Issue) -> Issue | None:
    """The issue before this one, or None."""
    row = session.execute(
        select(issues)
        .where(issues.c.network_id == issue.network_id, issues.c.publishes_at < issue.publishes_at, issues.c.state != CALLED_OFF)
        .order_by(issues.c.publishes_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _issue(row)


def is_over(session: Connection, issue: Issue, now: datetime) -> bool:
    """Whether nobody gets it any more who has not had it: it was missed or stopped for good, or its time has passed."""
    row = _mailing(session, issue)
    if row is None:
        return issue.publishes_at <= now
    return row.finished_at is not None or (row.state != "queued" and row.until_at < now)


def state(session: Connection, issue: Issue) -> str:
    """collecting, proofed, approved, sending, sent or held, from the occasion that sends it; else the stored word."""
    row = _mailing(session, issue)
    if row is None or row.state in ("cancelled", "superseded"):
        return issue.stored
    approved = row.approved_version is not None and row.approved_version == row.version
    approved = approved or bool(row.extra.get("as_it_stands"))  # `issue send`: no proof was asked for
    if approved and row.state in ("planned", "proofed", "waiting"):
        return "approved"
    if row.state == "queued" and row.finished_at is not None:
        return "sent"  # a copy of it is tried again; it is out all the same
    return _STATES.get(row.state, issue.stored)


def _mailing(session: Connection, issue: Issue) -> Row[Any] | None:
    """The occasion that sends it."""
    o = occasions.c
    its = (o.network_id == issue.network_id, o.kind == "issue", o.thing_type == "issue", o.thing_id == issue.id)
    return session.execute(select(occasions).where(*its)).first()


def facts(issue: Issue, zone: str) -> dict[str, Any]:
    """What templates are given of an issue; moments are ISO 8601."""
    return {
        "id": str(issue.id),
        "number": issue.number,
        "publishes": formats.iso(issue.publishes_at, zone),
        "copy_date": formats.iso(issue.copy_at, zone),
    }


def _issue(row: Row[Any]) -> Issue:
    values = dict(row._mapping)
    return Issue(stored=values.pop("state"), **values)

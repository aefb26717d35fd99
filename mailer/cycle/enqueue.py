"""Writing down the copies of an occasion, a page at a time, and knowing when all of them are accounted for.

The cursor stands on the occasion and moves in the transaction that writes a page, so a crash between two pages neither
loses nor doubles anybody. The audience is counted when the last page is in (design ruling 8); the occasion is `sent` when
accepted + failed + cancelled + uncertain is that number (V6). Where a copy waits again after that, as when a person has it
tried once more, the outbox sets it back to `queued` until it is accounted for anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, and_, case, func, select, update

from mailer.consent import ACTIVE
from mailer.cycle import letters, states
from mailer.cycle.budget import Verdict
from mailer.cycle.budgeting import WHY, Budget
from mailer.cycle.matter import Matter
from mailer.cycle.matter.table import MATTERS
from mailer.cycle.networks import CycleOf
from mailer.house import House
from mailer.meetings import invitations
from mailer.outbound import compose, dead, outbox
from mailer.outbound.audience import Recipient
from mailer.people import membership
from mailer.store import Store
from mailer.store.lists import among
from mailer.store.tables import networks, occasions, outgoing, standings

WITH_CALENDAR = ("invitation", "meeting-changed", "meeting-cancelled", "late-joiner")
ASKS_ANSWER = (*WITH_CALENDAR, "save-the-date", "draft-agenda", "final-agenda", "rsvp-reminder", "day-before")
NO_COPY = ("failed", "cancelled")  # states of a copy that nobody got
OFF = "called-off"  # in what is kept with a mailing: it was called off, and not only stopped
BEHIND = "behind"  # in what is kept with a mailing: addresses that its cursor had passed when their reader came to them
WRITTEN = "written"  # in what is kept with a mailing: when its last page was in, in seconds
KEPT_AT_MOST = 4  # mailings whose matter is kept; a matter may hold megabytes of pictures
_MATTERS: WeakKeyDictionary[Store, dict[tuple[int, int], Matter]] = WeakKeyDictionary()


def go_on(house: House, occasion: Any, cycle: CycleOf, now: datetime) -> bool:
    """Write the next page of copies, or finish."""
    if occasion.audience_count is not None:
        return _finish(house, occasion, now)
    row = cycle.row_of(occasion)
    behind: list[int] = occasion.extra.get(BEHIND, [])
    most = 1 if behind else letters.PAGE if occasion.cursor else letters.first_size()
    with house.store.read() as session:
        readers = letters.page(session, occasion, row, now, behind[0] - 1 if behind else occasion.cursor or 0, most)
        if behind:
            readers = [reader for reader in readers if reader.address_id == behind[0]]
        by_kind = letters.stored(session, occasion.id, occasion.approved_version)
        matter = _kept(house.store).get((occasion.id, occasion.approved_version))
        if matter is None or letters.kinds(readers, matter) - by_kind.keys():  # a letter that is composed now says what holds now
            matter = _made_of(session, occasion, now)
            keep(house.store, occasion, matter)
        missing = letters.kinds(readers, matter) - by_kind.keys()
        if missing:
            network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    made = letters.write(house, network, row, matter, missing) if missing else []
    whole = len(readers) < most and not behind
    with house.store.write() as session:
        if not states.still(session, occasion):
            return False
        stands = _stands(session, occasion)
        if (stands.cursor or 0, stands.audience_count, stands.extra.get(BEHIND, [])) != (occasion.cursor or 0, None, behind):
            return False
        if not _as_read(session, readers):
            return False
        if made:
            letters.store(session, occasion, row, occasion.approved_version, made, now)
            by_kind = letters.stored(session, occasion.id, occasion.approved_version)
        extra = dict(stands.extra)
        if unpaid := _write_down(session, occasion, cycle, matter, readers, by_kind, now):
            extra["over_budget"] = extra.get("over_budget", 0) + unpaid
        values: dict[str, Any] = {"cursor": readers[-1].address_id} if readers and not behind else {}
        if behind:
            extra[BEHIND] = behind[1:]
        if whole:
            values["audience_count"] = session.execute(
                select(func.count()).select_from(outgoing).where(outgoing.c.occasion_id == occasion.id)
            ).scalar_one()
            extra[WRITTEN] = now.timestamp()
        session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**values, extra=extra))
    if whole:
        _kept(house.store).pop((occasion.id, occasion.approved_version), None)
    return True


def stop(session: Connection, occasion_id: int, reason: str, now: datetime, *, off: bool = False) -> int:
    """What it tells does not hold any more: no copy is written down or leaves from now on, held or not, nor is one tried again
    by hand. Returns how many were stopped. It ends as `sent` once those under way are accounted for (V6), or where it was called
    `off` and nobody got it, as `cancelled`."""
    o = occasions.c
    of_it = select(o.extra).where(o.id == occasion_id)
    extra = session.execute(of_it.with_for_update(key_share=True)).scalar_one()  # a page being written is counted (PostgreSQL)
    begun = (o.id == occasion_id, o.cursor.is_not(None))
    session.execute(update(occasions).where(*begun).values(extra={**extra, outbox.STOPPED: reason, OFF: off or extra.get(OFF, False)}))
    written = select(func.count()).select_from(outgoing).where(outgoing.c.occasion_id == occasion_id).scalar_subquery()
    session.execute(
        update(occasions)
        .where(*begun, o.state.in_(("queued", "held")))
        .values(
            state="queued",
            held_at=None,
            reason=case((o.audience_count.is_(None), reason), else_=o.reason),  # its readers after the cursor got no copy
            audience_count=func.coalesce(o.audience_count, written),
        )
    )
    return outbox.stop_occasion(session, occasion_id, reason, now)


def call_off(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """`stop`, and where nobody has got a copy or may have, it did not take place: it is `cancelled`, not `sent`."""
    stopped = stop(session, occasion_id, reason, now, off=True)
    under_way = and_(occasions.c.id == occasion_id, occasions.c.state == "queued")
    if not reached(session, occasion_id):
        session.execute(update(occasions).where(under_way).values(state="cancelled", reason=reason, finished_at=now))
    return stopped


def reached(session: Connection, occasion_id: int) -> int:
    """How many of its copies went, may have gone, or wait to go."""
    return sum(n for state, n in outbox.tally(session, occasion_id).items() if state not in NO_COPY)


def _stands(session: Connection, occasion: Any) -> Any:
    """How far it is: cursor, audience, and what is kept with it. With an audience there is nothing left to write down."""
    o = occasions.c
    return session.execute(select(o.cursor, o.audience_count, o.extra).where(o.id == occasion.id)).one()


def _kept_with(session: Connection, occasion_id: int) -> dict[str, Any]:
    return dict(session.execute(select(occasions.c.extra).where(occasions.c.id == occasion_id)).scalar_one())


def half_written(session: Connection, network_id: int) -> list[Any]:
    """The mailings of a network that are being written down, and nobody goes on with them until this transaction ends. To be asked
    before the standings of a reader are, as who writes a page does (PostgreSQL)."""
    o = occasions.c
    begun = (o.network_id == network_id, o.state.in_(("queued", "held")), o.cursor.is_not(None), o.audience_count.is_(None))
    return list(session.execute(select(o.id, o.cursor).where(*begun).order_by(o.id).with_for_update(key_share=True)))


def not_passed_over(session: Connection, mailings: Iterable[Any], address_id: int) -> None:
    """Who reads at an address from now on that the cursor has passed gets these mailings all the same, if there is no copy for it."""
    for mailing in mailings:
        theirs = (outgoing.c.occasion_id == mailing.id, outgoing.c.address_id == address_id)
        if address_id <= mailing.cursor and session.execute(select(outgoing.c.id).where(*theirs).limit(1)).first() is None:
            extra = _kept_with(session, mailing.id)
            extra[BEHIND] = [*extra.get(BEHIND, []), address_id]
            session.execute(update(occasions).where(occasions.c.id == mailing.id).values(extra=extra))


def _as_read(session: Connection, readers: list[Recipient]) -> bool:
    """Whether all of a page still get it: who has left, moved to another address or was forgotten since is read anew."""
    ids = [reader.standing_id for reader in readers]
    still = select(standings.c.id).where(among(standings.c.id, ids), standings.c.standing == ACTIVE)
    return len(session.execute(still.with_for_update(read=True, key_share=True)).all()) == len(set(ids))


def _made_of(session: Connection, occasion: Any, now: datetime) -> Matter:
    found = MATTERS[occasion.kind](session, occasion, now)
    return found if isinstance(found, Matter) else Matter({})


def keep(store: Store, occasion: Any, matter: Matter) -> None:
    """What the letters are made of, kept while its pages are written down: each page asks it who gets which, and reading it
    anew (an issue with all its pieces and pictures) would cost more than the page."""
    kept = _kept(store)
    if not matter.fresh:
        kept[occasion.id, occasion.approved_version] = matter
    for old in list(kept)[:-KEPT_AT_MOST]:
        kept.pop(old, None)


def _kept(store: Store) -> dict[tuple[int, int], Matter]:
    """By occasion and version, of one database: nothing but time is lost with it."""
    return _MATTERS.setdefault(store, {})


def _write_down(
    session: Connection,
    occasion: Any,
    cycle: CycleOf,
    matter: Matter,
    page: list[Recipient],
    by_kind: Mapping[tuple[str, str], int],
    now: datetime,
) -> int:
    """A copy for each reader of the page whom the letter concerns. Returns how many get none, as it would be one too many (V13)."""
    readers = list(filter(matter.concerns, page))
    if not readers:
        return 0
    if occasion.kind in ASKS_ANSWER:
        meeting_id = occasion.thing_id if occasion.thing_type == "meeting" else matter.tells[0]
        ids = [r.address_id for r in readers]
        invitations.ensure(session, meeting_id, ids, now)
        invited = invitations.ids(session, meeting_id, ids[0], ids[-1])
    else:
        invited = {}
    row = cycle.row_of(occasion)
    if row.counted:  # what its readers get is decided one mailing after the other (PostgreSQL), or two would take one day of theirs
        session.execute(select(networks.c.id).where(networks.c.id == cycle.id).with_for_update(key_share=True))
    begins = _begins(cycle, occasion, now)
    budget = Budget(session, cycle, row, occasion, readers, begins, now)
    greet = compose.greeter(cycle.slug)
    rows, unpaid = [], 0
    for reader in readers:
        place = budget.place_for(reader)
        start = place.at
        if start is None:
            unpaid += 1
            continue
        rows.append(
            outbox.Row(
                key=f"occasion:{occasion.id}:{reader.key}",
                network_id=occasion.network_id,
                occasion_id=occasion.id,
                letter_id=by_kind[letters.kind_of(reader, matter)],
                address_id=reader.address_id,
                standing_id=reader.standing_id,
                purpose=row.purpose,
                to_address=reader.address,
                to_name=reader.name or reader.organisation,
                greeting=greet(_name(reader), reader.language),
                lane=row.lane,
                extra={"message_id": matter.message_id} if matter.message_id else None,
                invitation_id=invited.get(reader.address_id),
                not_before=max(start, now),
                deadline=occasion.until_at,
                reason=_why_later(cycle, place.verdict, start, now),
            )
        )
    outbox.add_rows(session, rows, now=now)
    return unpaid


def _begins(cycle: CycleOf, occasion: Any, now: datetime) -> datetime:
    """The time that its receipt named, if that is still to come or it is still that day: a copy of the next day goes at the same
    hour."""
    goes_at = occasion.goes_at or now
    return goes_at if goes_at > now or cycle.local(goes_at).date() == cycle.local(now).date() else now


def _why_later(cycle: CycleOf, verdict: Verdict, start: datetime, now: datetime) -> str:
    """Why a copy waits, as `outbox list` says it."""
    local = cycle.local(start)
    return f"{WHY[verdict]}; goes {local:%a} {local.day} {local:%b}" if start > now and verdict in WHY else ""


def _name(reader: Recipient) -> str:
    return membership.greeting_of(reader.name, reader.address, shared=reader.shared, organisation=reader.organisation)


def _finish(house: House, occasion: Any, now: datetime) -> bool:
    with house.store.read() as session:
        if not _is_accounted_for(session, occasion):
            return False
    with house.store.write() as session:
        # Locked first and counted then: a copy that waits again opens it before or after, and not in between (PostgreSQL).
        whole = states.still(session, occasion) and _is_accounted_for(session, occasion)
        if not whole or not states.move(session, occasion, **_ends(session, occasion.id), finished_at=now):
            return False
        dead.rest_after(session, occasion.id, now)
    return True


def _ends(session: Connection, occasion_id: int) -> dict[str, str]:
    """What was under way when it was called off may not have gone either."""
    extra = _kept_with(session, occasion_id)
    if extra.get(OFF) and not reached(session, occasion_id):
        return {"state": "cancelled", "reason": extra[outbox.STOPPED]}
    return {"state": "sent"}


def _is_accounted_for(session: Connection, occasion: Any) -> bool:
    counts = outbox.tally(session, occasion.id)
    return sum(counts.get(state, 0) for state in outbox.FINAL) >= int(occasion.audience_count)

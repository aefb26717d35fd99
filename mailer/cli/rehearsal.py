"""A rehearsal: the real scheduler and the real delivery on a copy of the database, with the clock moved from one thing
that is due to the next, every proof answered SEND, and the tray in place of a relay."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer import clock, wake
from mailer.acts import Actor, Strength, send
from mailer.cli.workbench import iso
from mailer.cycle import due
from mailer.errors import Refused
from mailer.house import House
from mailer.outbound import outbox
from mailer.outbound.copies import message_id
from mailer.outbound.deliver import Courier
from mailer.outbound.letterheads import DOMAIN
from mailer.settings import Settings
from mailer.store import Store, snapshot
from mailer.store.tables import letterheads, letters, networks, occasions, outgoing, proofs, rates, tray

LIVE = ("planned", "proofed", "waiting", "queued")
SETTLE_AT_MOST = 200


def rehearse(house: House, network_id: int, end: datetime, out: Path) -> int:
    """Play until `end` and write the mails. Returns how many. The real database is only read."""
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in out.iterdir():
        if re.fullmatch(r"\d{4,}\.eml|index\.jsonl", old.name):
            old.unlink()
    start = clock.now()
    with tempfile.TemporaryDirectory(prefix="termpost-rehearsal-") as folder, _bells_off():
        copy = Path(folder) / "copy.db"
        snapshot.copy(house.store, copy)
        store = Store(f"sqlite:///{copy}")
        stage = House(_settings(house.settings, store.url), store, house.root)
        try:
            _clear_stage(stage, network_id, start)
            _play(stage, start, end)
            return _write(stage, out)
        finally:
            store.close()
            clock.use(house.settings.clock)


def _settings(real: Settings, database_url: str) -> Settings:
    """The same but for where it reads and where mail goes; the calendar is the rehearsal's own."""
    given = {name: getattr(real, name) for name in real.model_fields_set}
    return Settings(**given | {"relay_url": "tray:", "database_url": database_url, "clock": "system"})


@contextmanager
def _bells_off() -> Iterator[None]:
    """Nothing that is written on the copy may ring the bells of a running service."""
    wake.provide(wake.Silent())
    yield


def _clear_stage(stage: House, network_id: int, now: datetime) -> None:
    """Only this network plays, unheld and without a speed limit; the tray begins empty."""
    with stage.store.write() as session:
        session.execute(update(networks).where(networks.c.id != network_id).values(closed_at=now))
        session.execute(update(networks).where(networks.c.id == network_id).values(held_at=None))
        session.execute(tray.delete())
        session.execute(rates.delete())
        outbox.end_all_leases(session)


def _play(stage: House, start: datetime, end: datetime) -> None:
    courier = Courier(stage, "rehearsal")
    at: datetime | None = start
    while at is not None and at < end:
        clock.stand_at(at)
        _settle(stage, courier, at)
        with stage.store.read() as session:
            at = _next(session, at)
    courier.close()


def _settle(stage: House, courier: Courier, now: datetime) -> None:
    """Do everything that this moment brings, until nothing moves any more."""
    for _ in range(SETTLE_AT_MOST):
        moved = due.tick(stage, now)
        for lane in (wake.URGENT, wake.BULK):
            while courier.deliver(lane):
                moved += 1
        moved += _say_send(stage, now)
        if not moved:
            return


def _say_send(stage: House, now: datetime) -> int:
    """Answer every open proof, by as many organisers as it takes."""
    with stage.store.read() as session:
        open_proofs = session.execute(
            select(proofs.c.id, proofs.c.address_id, occasions.c.network_id)
            .join(occasions, occasions.c.id == proofs.c.occasion_id)
            .where(
                proofs.c.version == occasions.c.version,
                proofs.c.answered_at.is_(None),
                occasions.c.approved_version.is_(None),
                occasions.c.state.in_(("proofed", "waiting")),
            )
            .order_by(proofs.c.id)
        ).all()
    for row in open_proofs:
        with stage.store.write() as session:
            actor = Actor(row.network_id, row.address_id, None, Strength.TAG, "mail")
            try:
                send.approve(session, actor, row.id, at_once=False, undo=timedelta(), now=now)
            except Refused:
                continue
    return len(open_proofs)


def _next(session: Connection, now: datetime) -> datetime | None:
    """The next moment at which anything is due."""
    o = occasions.c
    times: list[datetime | None] = [
        session.execute(select(func.min(column)).where(column > now, o.state.in_(LIVE))).scalar()
        for column in (o.proof_at, o.due_at, o.goes_at)
    ]
    missed = session.execute(select(func.min(o.until_at)).where(o.until_at >= now, o.state.in_(LIVE))).scalar()
    times.append(None if missed is None else missed + timedelta(microseconds=1))
    waiting = select(func.min(outgoing.c.next_attempt_at)).where(
        outgoing.c.next_attempt_at > now, outgoing.c.state.in_(("queued", "deferred"))
    )
    times.append(session.execute(waiting).scalar())
    reminders = select(func.min(o.reminded_at)).where(o.state.in_(("proofed", "waiting")), o.approved_version.is_(None))
    reminded = session.execute(reminders).scalar()
    times.append(None if reminded is None else max(reminded + timedelta(days=1), now + timedelta(hours=1)))
    found = [time for time in times if time is not None]
    return min(found) if found else None


def _ours_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(stage: House, out: Path) -> int:
    """Names, addresses and tags that are good stand in it: whatever the folder, nobody else reads it."""
    with stage.store.read() as session, open(out / "index.jsonl", "w", encoding="utf-8", opener=_ours_alone) as index:
        rows = session.execute(
            select(
                tray.c.at,
                tray.c.rcpt,
                tray.c.content,
                outgoing,
                letters.c.subject,
                letters.c.template,
                occasions.c.kind,
                networks.c.slug,
                DOMAIN,
            )
            .join(outgoing, outgoing.c.id == tray.c.outgoing_id)
            .join(letters, letters.c.id == outgoing.c.letter_id)
            .join(networks, networks.c.id == outgoing.c.network_id)
            .outerjoin(letterheads, letterheads.c.id == outgoing.c.letterhead_id)
            .outerjoin(occasions, occasions.c.id == outgoing.c.occasion_id)
            .order_by(tray.c.id)
        )
        number = 0
        for number, row in enumerate(rows, 1):
            name = f"{number:04d}.eml"
            with open(out / name, "wb", opener=_ours_alone) as mail:
                mail.write(row.content)
            index.write(json.dumps(_line(stage, name, row), ensure_ascii=False) + "\n")
    return number


def _line(stage: House, name: str, row: Any) -> dict[str, Any]:
    return {
        "file": name,
        "at": iso(row.at),
        "to": row.rcpt,
        "kind": row.kind or row.template.rpartition("/")[2],
        "occasion": str(row.occasion_id) if row.occasion_id is not None else None,
        "purpose": row.purpose,
        "subject": row.subject,
        "message_id": message_id(row, row.domain, stage).strip("<>"),
    }

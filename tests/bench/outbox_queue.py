"""What the outbox costs when its queue is long: writing copies down, claiming, looking, holding.

    python tests/bench/outbox_queue.py [--people 100000] [--url postgresql+psycopg://...]

Makes a network of so many members, writes down the copies of one mailing page by page as the scheduler does, and then asks
for batches while the whole queue lies there: with nothing held, with the mailing held, with all of it deferred. A claim must
cost the same with a thousand rows and with a hundred thousand.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mailer import clock, log, wake
from mailer.acts import Actor, Strength, meet
from mailer.cycle import enqueue, plan
from mailer.cycle.networks import cycle_of
from mailer.house import House, open_house
from mailer.outbound import outbox
from mailer.people import networks
from mailer.settings import Settings
from mailer.store.tables import addresses, memberships, occasions, outgoing, people, standings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
BATCH = 100


@contextmanager
def timed(what: str, count: int = 1) -> Iterator[None]:
    began, spent = time.perf_counter(), time.process_time()
    yield
    took, spent = time.perf_counter() - began, time.process_time() - spent
    each = f"   {took / count * 1000:8.3f} ms each, {spent / count * 1000:.3f} of it CPU" if count > 1 else ""
    print(f"{what:<46} {took:8.3f} s{each}", flush=True)


def everybody(session: Connection, network_id: int, count: int) -> None:
    """So many members with an active standing; written straight into the tables, as only the queue is measured."""
    numbers = range(1, count + 1)
    session.execute(insert(people), [{"id": n, "name": f"Person {n}", "created_at": NOW} for n in numbers])
    session.execute(
        insert(addresses),
        [
            {
                "id": n,
                "address": f"p{n}@school.example",
                "key": f"p{n}@school.example",
                "mac": n.to_bytes(32, "big"),
                "person_id": n,
                "created_at": NOW,
            }
            for n in numbers
        ],
    )
    session.execute(
        insert(memberships),
        [{"network_id": network_id, "address_id": n, "person_id": n, "joined_at": NOW} for n in numbers],
    )
    session.execute(
        insert(standings),
        [
            {
                "network_id": network_id,
                "address_id": n,
                "purpose": "meetings",
                "standing": "active",
                "updated_at": NOW,
                "scope": "",
            }
            for n in numbers
        ],
    )


def mailing(house: House, network_id: int) -> Any:
    """An invitation that was approved this moment."""
    actor = Actor(network_id, None, None, Strength.OPERATOR, "cli")
    with house.store.write() as session:
        starts = NOW + timedelta(days=40)
        meet.make(session, actor, starts_at=starts, ends_at=starts + timedelta(hours=2), now=NOW, venue="Hill School")
        plan.refresh(session, network_id, NOW)
        o = occasions.c
        session.execute(
            update(occasions)
            .where(o.kind == "invitation")
            .values(state="queued", version=1, approved_version=1, cursor=0, goes_at=NOW)
        )
    return fresh(house)


def fresh(house: House) -> Any:
    with house.store.read() as session:
        return session.execute(select(occasions).where(occasions.c.kind == "invitation")).one()


def claims(house: House, owner: str, times: int = 20) -> int:
    got = 0
    for _ in range(times):
        lease_now = clock.lease_now()
        with house.store.read() as session:
            if "bulk" not in outbox.waiting_lanes(session, NOW, lease_now):
                continue
        with house.store.write() as session:
            got += len(
                outbox.claim(
                    session,
                    lane="bulk",
                    owner=owner,
                    limit=BATCH,
                    now=NOW,
                    lease_now=lease_now,
                    lease_until=lease_now + timedelta(seconds=60),
                )
            )
    return got


def change(house: House, statement: Any) -> None:
    with house.store.write() as session:
        session.execute(statement)
        outbox.end_all_leases(session)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--people", type=int, default=100_000)
    words.add_argument("--url", default="")
    asked = words.parse_args()
    log.setup("error")
    wake.provide(wake.Silent())
    clock.stand_at(NOW)
    with tempfile.TemporaryDirectory(prefix="termpost-bench-") as folder:
        given = {"database_url": asked.url} if asked.url else {}
        house = open_house(Settings(data_dir=Path(folder), **given))
        with house.store.write() as session:
            made = networks.add(session, slug="mendip", domain="lists.example.org", name="Mendip", now=NOW)
            network_id = int(getattr(made, "id", made))
            everybody(session, network_id, asked.people)
        measure(house, mailing(house, network_id), asked.people)
        house.close()


def measure(house: House, occasion: Any, count: int) -> None:
    with house.store.read() as session:
        cycle = cycle_of(session, occasion.network_id, NOW)
    with timed(f"write down {count} copies", count):
        while occasion.audience_count is None:
            enqueue.go_on(house, occasion, cycle, NOW)
            occasion = fresh(house)
    assert occasion.audience_count == count, occasion.audience_count
    o, g = occasions.c, outgoing.c
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("nothing held", lambda: update(occasions).where(o.id == occasion.id).values(held_at=None)),
        ("the mailing held", lambda: update(occasions).where(o.id == occasion.id).values(held_at=NOW)),
        ("all deferred", lambda: update(outgoing).where(g.state == "queued").values(state="deferred")),
        ("released", lambda: update(occasions).where(o.id == occasion.id).values(held_at=None)),
    ]
    for what, statement in steps:
        change(house, statement())
        with timed(f"20 claims of {BATCH}: {what}", 20):
            got = claims(house, what)
        kept = what in ("the mailing held", "all deferred")
        assert got == (0 if kept else min(20 * BATCH, count)), (what, got)
    sweeps: list[tuple[str, Callable[[Connection], Any]]] = [
        ("waiting_lanes", lambda s: outbox.waiting_lanes(s, NOW, clock.lease_now())),
        ("has_lapsed", lambda s: outbox.has_lapsed(s, clock.lease_now())),
        ("tally", lambda s: outbox.tally(s, occasion.id)),
    ]
    for what, look in sweeps:
        with timed(f"20 x {what}", 20):
            for _ in range(20):
                with house.store.read() as session:
                    look(session)


if __name__ == "__main__":
    main()

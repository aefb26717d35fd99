"""Delivery: claim a batch, fill and sign it, send it stride by stride, write down what became of it.

Before a stride, two windows, is written to a connection one transaction says so (`sending`) and writes the results of the
stride before; so after a crash at most two windows a connection are uncertain (V6, design ruling 5). Connections are kept.
A batch is claimed for one relay, within its rate; where that relay cannot be had, or says that it is not well, the next one claims
anew. A copy that this relay alone does not take is handed to the next at once.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailer import clock, log, wake
from mailer.house import House
from mailer.message.address import domain_of
from mailer.outbound import failover, keeping, outbox, rates, transport
from mailer.outbound.answers import Answers, Heard
from mailer.outbound.copies import Copier, is_passing
from mailer.outbound.lines import Lines
from mailer.outbound.transport import Relay, RelayDown, Reply, Wire
from mailer.outbound.way import Way

WINDOW = 16
STRIDE = 2 * WINDOW  # what one transaction marks: as many as may be uncertain, for each of them pays its part of it
BATCH = 6 * STRIDE  # whole strides: the last one of a batch costs as much as a full one
LONGEST = 60.0  # seconds of one turn: a broker takes a wake-up back that is not acknowledged for long
CALL_EVERY = 0.25  # seconds: a call may be heard by somebody who has both hands full
LEASE = timedelta(seconds=60)
LAST_MOMENT = 2.0  # seconds for what was said before a line was hung up to be written down, when we stop
TROUBLE_HERE = "It could not be made ready: a trouble of our own database, disk or memory. The log has more."

_log = log.get("deliver")


class Courier:
    """Delivers for one process. Threads may share it: each keeps its own connection."""

    def __init__(self, house: House, name: str) -> None:
        self._name = name
        hostname = house.settings.public_host or "localhost"
        self.lines = Lines(transport.relays(house.settings.relays, hostname=hostname, tray=self._keep))
        self._copier = Copier(house)
        self._queue = house.store.queue
        self._resend = house.settings.uncertain == "resend"
        self._lock = threading.Condition()  # of what is under way
        self._mine = threading.local()
        self.way = Way()
        self._stopped = threading.Event()
        self.answers = Answers(self._queue, resend=self._resend, stopped=self._stopped)
        self._under_way: dict[str, list[int]] = {}  # by owner
        self._served: set[str] = set()  # relays that took something since they last asked to be spared

    @property
    def owner(self) -> str:
        """Of the leases that this thread has. What one of us has read, another may claim anew once it was changed or held."""
        if not hasattr(self._mine, "owner"):
            self._mine.owner = f"{self._name}:{uuid.uuid4().hex[:8]}"
        return str(self._mine.owner)

    def renew(self) -> None:
        """Keep the leases of what is under way: a slow relay must not make a second worker think that we died."""
        with self._lock:
            leased = dict(self._under_way)
        for owner, ids in leased.items():
            with self._queue.write() as session:
                outbox.renew(session, ids, owner, clock.lease_now() + LEASE)

    def deliver(self, lane: str) -> bool:
        """Deliver what is due in a lane until nothing is, for a bounded time. True if there may be more to do at once."""
        with self.way.taken() if lane == wake.URGENT else nullcontext():
            return self._deliver(lane)

    def _deliver(self, lane: str) -> bool:
        ends, call_at, more = clock.monotonic() + LONGEST, 0.0, False
        while clock.monotonic() < ends:
            self.answers.write_kept()
            if self.answers.are_kept(self.owner):
                del self._mine.owner  # or they could pass for answers to a later try of ours
            if self._stopped.is_set() or not (more or self._may_claim(lane)):
                return False
            relay, ids, others = self._claim(lane)
            more = len(ids) == BATCH
            if not ids and others:
                continue  # they had stood in front of what may go
            if relay is None or not ids:
                return False
            if more and clock.monotonic() >= call_at:
                wake.ring(lane)  # more waits than one of us sends: whoever is free, here or elsewhere, lends a hand
                call_at = clock.monotonic() + CALL_EVERY
            with self._lock:
                self._under_way[self.owner] = ids
            try:
                if not self._send(relay, ids, lane):
                    return False
            finally:
                with self._lock:
                    del self._under_way[self.owner]
                    self._lock.notify_all()
        return True

    def stop(self) -> None:
        """Begin no further letter. Those in hand are finished, what is claimed and was not begun is given back."""
        self._stopped.set()
        self.lines.finish()

    def close(self) -> None:
        """Let go of every connection. Where a relay has not answered until now its line is hung up, and what is known of the
        window is still written down: one letter a connection may be uncertain, if its dot was written (V6)."""
        self.stop()
        self.lines.close()
        with self._lock:
            self._lock.wait_for(lambda: not self._under_way, LAST_MOMENT)
        try:
            self.answers.write_kept()
        except Exception:
            _log.exception("what relays said last could not be written down; those copies will be uncertain")

    def _may_claim(self, lane: str) -> bool:
        """A look, as who finds nothing must not take the writer's turn."""
        lease_now = clock.lease_now()
        with self._queue.read() as session:
            return outbox.is_waiting(session, lane, clock.now(), lease_now) and self._willing(rates.read(session, now=lease_now)) is not None

    def _willing(self, known: rates.Rates) -> Relay | None:
        """The relay that is asked now. None: nobody may have anything just now."""
        relay = self.lines.first(lambda name: known.rests(rates.relay(name)))
        return relay if relay is not None and known.budget(BATCH, relay.name).most else None

    def _claim(self, lane: str) -> tuple[Relay | None, list[int], bool]:
        """A batch, the relay it is for, and whether others were due that do not go. None: no relay is willing just now."""
        now, lease_now = clock.now(), clock.lease_now()
        with self._queue.write() as session:
            known = rates.read(session, now=lease_now, to_spend=True)
            relay = self._willing(known)
            if relay is None:
                return None, [], False
            budget = known.budget(BATCH, relay.name)
            ids, others = outbox.claim(
                session,
                lane=lane,
                owner=self.owner,
                limit=budget.most,
                now=now,
                lease_now=lease_now,
                lease_until=lease_now + LEASE,
                budget=budget,
            )
            known.spend(session, ids, budget, relay.name)
        return relay, ids, others

    def _send(self, relay: Relay, ids: list[int], lane: str, asked: tuple[str, ...] = ()) -> bool:
        """Send a claimed batch. False when there is nothing more to do until the sweep. `asked` are relays that would not take it."""
        left = self._copier.rows(ids)
        results: list[Reply] = []
        took: list[str] = []  # who was taken for
        onward: list[int] = []  # what this relay alone would not take
        asked = (*asked, relay.name)
        try:
            while left and not self._stopped.is_set():
                if lane != wake.URGENT:
                    self.way.give()
                try:
                    line = self.lines.to(relay, urgent=lane == wake.URGENT)
                except RelayDown as down:
                    return self._without(relay, results, [row.id for row in left], down)
                now = clock.now()
                stride, failures = self._copier.copies(left[:STRIDE], now)
                with self._queue.write() as session:
                    outbox.write_results(session, results, owner=self.owner, relay=relay.name, now=now, resend=self._resend)
                    sending = [copy.sending for copy in stride]
                    begun_at = clock.lease_now()
                    mine = outbox.mark_sending(session, sending, self.owner, relay.name, now=now, lease_now=begun_at)
                    outbox.release(session, [copy.wire.id for copy in stride if copy.wire.id not in mine], self.owner)
                    if failures:
                        self._put_aside(session, failures, now)
                left = left[STRIDE:]
                wires = [copy.wire for copy in stride if copy.wire.id in mine]
                results = []
                if clock.lease_now() > begun_at + LEASE / 2:  # the database stood still, and others may take them for lost
                    results = [transport.unsent(wire.id) for wire in wires]
                    break
                _send_windows(line, wires, results)
                just_took = [wire.rcpt for wire, reply in zip(wires, results, strict=True) if reply.state == "accepted"]
                if just_took:
                    self._served.add(relay.name)
                took += just_took
                if not line.usable:
                    self.lines.drop(line)
                if any(reply.slow for reply in results):
                    if len(asked) < len(self.lines.relays):
                        results, refused = failover.for_another(results)
                        onward += refused
                    left = self._spare(relay, wires, results, left, took)
                if not line.usable and results and results[-1].state != "accepted":
                    self.answers.settle(Heard(self.owner, relay.name, results, []))  # a new line may be long in coming, and we may be told to stop
                    results = []
        except Exception:
            # The transaction that failed (a deadlock, a database that dropped us) had the answers of the stride before in
            # it. They are known all the same, so they are written down by themselves, and nobody is uncertain (V6). Should it
            # have been kept, and only the answer to its COMMIT lost, its stride is marked and was not begun.
            results = [*results, *[transport.unsent(row.id) for row in left[:STRIDE]]]
            self.answers.settle(Heard(self.owner, relay.name, results, [row.id for row in left]))
            raise
        self.answers.settle(Heard(self.owner, relay.name, results, [row.id for row in left]))
        return not onward or self._ask_next(onward, lane, asked)

    def _ask_next(self, ids: list[int], lane: str, asked: tuple[str, ...]) -> bool:
        """Send through the next relay, within its rate, what those before alone would not take. Where none is willing the retry
        clock asks again. As _send."""
        now = clock.lease_now()
        with self._queue.write() as session:
            known = rates.read(session, now=now, to_spend=True)
            other = self.lines.first(lambda name: name in asked or known.rests(rates.relay(name)))
            if other is None:
                return True
            budget = known.budget(len(ids), other.name)
            mine = outbox.take_again(session, ids[: budget.most], self.owner, now + LEASE)
            known.spend(session, mine, budget, other.name)
        _log.info("another relay is asked", relay=other.name, copies=len(mine))
        return not mine or self._send(other, mine, lane, asked)

    def _put_aside(self, session: Connection, failures: Mapping[int, Exception], now: datetime) -> None:
        """A letter that is at fault fails with the cause. Where the trouble is ours the retry clock asks again, so that what
        is after it in the queue need not wait."""
        at_fault = {row: f"letter-{type(error).__name__}" for row, error in failures.items() if not is_passing(error)}
        if at_fault:
            outbox.fail_unfilled(session, at_fault, self.owner, now)
        ours = [row for row in failures if row not in at_fault]
        if ours:
            outbox.put_off(session, ours, self.owner, reason="trouble-here", detail=TROUBLE_HERE, slow=False, now=now)

    def _spare(
        self, relay: Relay, wires: Sequence[Wire], results: Sequence[Reply], rest: Sequence[Any], took: Sequence[str]
    ) -> list[Any]:
        """Somebody asks to be spared (OUT-9, OUT-16): they rest, for every process, and what is claimed for them is given
        back. Who took something meanwhile rests no longer than the first time. Returns what may still be sent."""
        ours = rates.relay(relay.name)
        asked = failover.to_be_spared(ours, wires, results)
        if not asked:
            return list(rest)
        went = {rates.destination(domain_of(address)) for address in took}
        if ours in asked and self._has_served(relay):
            went.add(ours)
        now = clock.lease_now()
        with self._queue.write() as session:
            for name, why in sorted(asked.items()):
                until = rates.spare(session, name, now=now, progress=name in went)
                _log.warning("asked to be spared", who=name, until=until.isoformat(), why=why)
            spared = {row.id for row in rest if asked.keys() & {ours, rates.destination(domain_of(row.to_address or ""))}}
            outbox.release(session, sorted(spared), self.owner)
        return [row for row in rest if row.id not in spared]

    def _has_served(self, relay: Relay) -> bool:
        """Whether it took anything, on whichever line of ours, since this was asked last."""
        had = relay.name in self._served
        self._served.discard(relay.name)
        return had

    def _without(self, relay: Relay, results: Sequence[Reply], unbegun: list[int], down: RelayDown) -> bool:
        """The relay cannot be had. Another claims what is left; where there is none it goes by the retry clock."""
        now = clock.now()
        served = down.slow and self._has_served(relay)  # it is well, and has enough of us for a moment
        with self._queue.write() as session:
            if down.slow:
                rates.spare(session, rates.relay(relay.name), now=clock.lease_now(), progress=served)
            known = rates.read(session, now=clock.lease_now())
            other = self.lines.first(lambda name: known.rests(rates.relay(name)))
            outbox.write_results(session, results, owner=self.owner, relay=relay.name, now=now, resend=self._resend)
            if other is not None or served:
                outbox.release(session, unbegun, self.owner)
            else:
                outbox.put_off(session, unbegun, self.owner, reason=down.reason, detail=str(down), slow=down.slow, now=now)
        then = f"asking {other.name}" if other is not None else f"{len(unbegun)} copies {'wait' if served else 'put off'}"
        _log.warning("relay cannot be had", relay=relay.name, reason=down.reason, detail=down.detail, then=then)
        return other is not None

    def _keep(self, wires: Sequence[Wire]) -> None:
        with self._queue.write() as session:
            keeping.keep(session, wires, clock.now())


def _send_windows(line: transport.Connection, wires: Sequence[Wire], replies: list[Reply]) -> None:
    """One window after the other; each adds its replies. Once the line is lost, or somebody asks to be spared, none is begun."""
    for begin in range(0, len(wires), WINDOW):
        if begin and (not line.usable or any(reply.slow in ("relay", "destination") for reply in replies)):
            replies += [transport.unsent(wire.id) for wire in wires[begin:]]
            return
        replies += line.send(wires[begin : begin + WINDOW])

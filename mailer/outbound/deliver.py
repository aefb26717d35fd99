"""Delivery: claim a batch, fill and sign it, send it window by window, write down what became of it.

Before a window is written to a connection one transaction says so (`sending`) and writes the results of the window
before; so after a crash at most two windows a connection are uncertain (V6, design ruling 5). Connections are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

from mailer import clock, log
from mailer.house import House
from mailer.outbound import keeping, outbox, rates, transport
from mailer.outbound.copies import Copier
from mailer.outbound.transport import Connection, Relay, RelayDown, Reply, Wire

BATCH = 100
WINDOW = 16
TURN = 5  # batches before a lane is given back, so that urgent mail is never behind more than this
LEASE = timedelta(seconds=60)
REST = 2.0  # real seconds without a try after no relay could be had
REST_SLOW = 15.0  # the same where the relay asked to be spared (OUT-16)

_log = log.get("deliver")


class Courier:
    """Delivers for one process. Threads may share it: each keeps its own connections."""

    def __init__(self, house: House, owner: str) -> None:
        self.house = house
        self.owner = owner
        self.relays: tuple[Relay, ...] = transport.relays(
            house.settings.relays, hostname=house.settings.public_host or "localhost", tray=self._keep
        )
        self._copier = Copier(house)
        self._lines = threading.local()
        self._every: list[Connection] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._under_way: set[int] = set()
        self.rests_until = 0.0

    def renew(self) -> None:
        """Keep the leases of what is under way: a slow relay must not make a second worker think that we died."""
        with self._lock:
            ids = list(self._under_way)
        if ids:
            with self.house.store.write() as session:
                outbox.renew(session, ids, self.owner, clock.lease_now() + LEASE)

    def deliver(self, lane: str) -> bool:
        """Deliver what is due in a lane, for a bounded turn. True if there may be more to do at once."""
        for _ in range(TURN):
            if self._stopped.is_set() or clock.monotonic() < self.rests_until:
                return False
            ids = self._claim(lane)
            if not ids:
                return False
            with self._lock:
                self._under_way.update(ids)
            try:
                if not self._send(ids):
                    return False
            finally:
                with self._lock:
                    self._under_way.difference_update(ids)
        return True

    def stop(self) -> None:
        """Begin no further batch; what is claimed and unsent is given back."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of every connection."""
        self.stop()
        with self._lock:
            for line in self._every:
                line.close()
            self._every.clear()

    def _claim(self, lane: str) -> list[int]:
        now, lease_now = clock.now(), clock.lease_now()
        with self.house.store.read() as session:  # an empty look must not take the writer's turn
            if not outbox.is_waiting(session, lane, now, lease_now):
                return []
            most = rates.allowance(session, now=lease_now, most=BATCH)
        if most == 0:
            return []
        with self.house.store.write() as session:
            limits = rates.of_networks(session, now=lease_now, most=BATCH)
            ids = outbox.claim(
                session,
                lane=lane,
                owner=self.owner,
                limit=min(most, rates.allowance(session, now=lease_now, most=BATCH)),
                now=now,
                lease_now=lease_now,
                lease_until=lease_now + LEASE,
                limits=limits,
            )
            rates.spend(session, len(ids), now=lease_now)
            if limits:
                rates.spend_of_networks(session, ids, limits, now=lease_now)
        return ids

    def _send(self, ids: list[int]) -> bool:
        """Send a claimed batch. False when no relay could be had, so that the lane rests until the sweep."""
        filled, failures = self._copier.copies(ids, clock.now())
        if failures:
            with self.house.store.write() as session:
                outbox.fail_unfilled(session, failures, clock.now())
        results: list[Reply] = []
        relay_name = ""
        for start in range(0, len(filled), WINDOW):
            window = filled[start : start + WINDOW]
            if self._stopped.is_set():
                break
            try:
                relay, line = self._line()
            except RelayDown as down:
                self._put_off(results, relay_name, [f.wire.id for f in filled[start:]], down)
                return False
            with self.house.store.write() as session:
                outbox.write_results(session, results, owner=self.owner, relay=relay_name, now=clock.now())
                mine = outbox.mark_sending(session, [_through(f.sending, relay.name) for f in window], self.owner)
                outbox.release(session, [f.wire.id for f in window if f.wire.id not in mine], self.owner)
            relay_name = relay.name
            results = line.send([f.wire for f in window if f.wire.id in mine]) if mine else []
            if any(reply.state == "unsent" for reply in results):
                self._drop(line)
                rest = filled[start + WINDOW :]
                if any(reply.slow for reply in results):
                    self.rests_until = clock.monotonic() + REST_SLOW
                    self._settle(results, relay_name, [f.wire.id for f in rest])
                    return False
        self._settle(results, relay_name, [f.wire.id for f in filled] if self._stopped.is_set() else [])
        return True

    def _put_off(self, results: Sequence[Reply], relay: str, unbegun: list[int], down: RelayDown) -> None:
        """No relay can be had: what was claimed goes by the retry clock, and nobody knocks for a moment."""
        self.rests_until = clock.monotonic() + (REST_SLOW if down.slow else REST)
        now = clock.now()
        with self.house.store.write() as session:
            outbox.write_results(session, results, owner=self.owner, relay=relay, now=now)
            outbox.put_off(session, unbegun, self.owner, reason=down.reason, detail=str(down), slow=down.slow, now=now)
        _log.warning("no relay can be had", reason=down.reason, detail=down.detail, put_off=len(unbegun))

    def _settle(self, results: Sequence[Reply], relay: str, unbegun: list[int]) -> None:
        with self.house.store.write() as session:
            outbox.write_results(session, results, owner=self.owner, relay=relay, now=clock.now())
            if unbegun:
                outbox.release(session, unbegun, self.owner)

    # -- lines ---------------------------------------------------------------------------------------------------

    def _line(self) -> tuple[Relay, Connection]:
        """This thread's kept connection, or a new one to the first relay that is willing."""
        kept: tuple[Relay, Connection] | None = getattr(self._lines, "kept", None)
        if kept is not None:
            if kept[1].usable:
                return kept
            self._drop(kept[1])
        trouble: RelayDown | None = None
        for relay in self.relays:
            try:
                line = relay.connect()
            except RelayDown as down:
                trouble = down
                continue
            self._lines.kept = (relay, line)
            with self._lock:
                self._every.append(line)
            return relay, line
        assert trouble is not None
        raise trouble

    def _drop(self, line: Connection) -> None:
        self._lines.kept = None
        with self._lock:
            if line in self._every:
                self._every.remove(line)
        line.close()
    def _keep(self, wires: Sequence[Wire]) -> None:
        with self.house.store.write() as session:
            keeping.keep(session, wires, clock.now())


def _through(sending: outbox.Sending, relay: str) -> outbox.Sending:
    return outbox.Sending(sending.id, sending.dated_at, sending.signed_at, sending.selector, sending.sha256, relay)

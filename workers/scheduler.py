"""The tick: a thread that keeps time for one service, whichever process happens to hold its lease; beside it two for
the long steps.

Twice a second, and at the moment when a letter's time comes: read the (calendar) clock and let the cycle do what is due. What
goes to a few by itself is written down shortly before, and a bell rings at its time, whatever else there is to do then. Twice a
second: sweep, which is to seal the ledger, turn what dead workers left into honest states, and ring for whatever lies
waiting. A tick that fails is logged and the next one tries again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from mailer import clock, log, wake
from mailer.acts import breach, forget_me, invite, retained, terms_of_office, vacancy
from mailer.consent import leavings, ledger, retention
from mailer.cycle import due, looks
from mailer.house import House
from mailer.outbound import outbox, probing
from mailer.store.statements import insert, prepared
from mailer.store.tables import inbox, leases

TICK = 0.5  # seconds of real time
AHEAD = timedelta(seconds=2)  # how long before its time a letter to a few is written down
LOOK_EVERY = 2.0  # seconds of real time between two looks for networks without an organiser; leaving holds at once
REST, MOST_REST = 4.0, 10.0  # times as long as it took, and seconds at most: after a turn in which no long step could be taken
AT_ONCE = 40  # ticks without a pause while there is more to do
LEASE = timedelta(seconds=15)
NAME = "scheduler"
RETENTION, ERASURES, HOURLY = "retention", "erasures", "hourly"  # rows that say, in calendar time, when these are due again
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

_MAIL = select(inbox.c.id).where(inbox.c.state.in_(("stored", "handling"))).limit(1)

_log = log.get("scheduler")


class LongSteps(threading.Thread):
    """Takes the long steps of one kind, for as long as we lead, while the ticks go on: nobody waits for a page of an issue, or for a
    proof, with a letter that goes to ten; nor does a page wait for a proof."""

    def __init__(self, house: House, turn: Callable[..., int], way: threading.Lock) -> None:
        """`turn` takes some steps and returns how many. While somebody has the `way` none is begun: it would share one interpreter
        with the steps of a tick."""
        super().__init__(name=f"long-steps-{turn.__name__}", daemon=True)
        self.house = house
        self.leads = False
        self.turns = 0  # that have ended
        self._turn = turn
        self._way = way
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._began = 0.0  # the step in hand, or the last one (monotonic)
        self._trouble = log.Lasting(_log, "long steps stopped; the next tick tries again")

    def run(self) -> None:
        while not self._ended.is_set():
            self._wanted.wait()
            self._wanted.clear()
            try:
                while self._may() and self._turn(self.house, clock.now(), may=self._may):
                    pass
            except Exception as error:
                self._trouble.met(error)
            self.turns += 1
            # What fails after a whole audience was read is not tried without end.
            self._ended.wait(min(REST * (clock.monotonic() - self._began), MOST_REST))

    def _may(self) -> bool:
        with self._way:  # only waited for
            pass
        self._began = clock.monotonic()
        return self.leads and not self._ended.is_set()

    def look(self, leads: bool) -> None:
        """Something may be there to be done, if it is for us to do so."""
        self.leads = leads
        self._wanted.set()

    def stop(self) -> None:
        """Begin no other step. Who waits for the one in hand joins."""
        self._ended.set()
        self._wanted.set()


class Scheduler(threading.Thread):
    """One tick after another until `stop`; only the leader by lease does anything but ring its own process's bells."""

    def __init__(self, house: House, owner: str) -> None:
        super().__init__(name="scheduler", daemon=True)
        self.house = house
        self.owner = owner
        self.ticks = 0  # that have ended
        self._way = threading.Lock()
        self._long = [LongSteps(house, turn, self._way) for turn in (due.show, due.pages)]
        self._sweeps_at = 0.0  # monotonic
        self._ended = threading.Event()
        self._trouble = log.Lasting(_log, "tick failed; the next one tries again")

    @property
    def looked(self) -> tuple[int, ...]:
        """How often each of its threads has looked at what time brings."""
        return (self.ticks, *(steps.turns for steps in self._long))

    def run(self) -> None:
        for steps in self._long:
            steps.start()
        in_a_row, looked, rest = 0, -LOOK_EVERY, TICK
        while not self._ended.wait(rest):
            rest, leads = TICK, False
            try:
                leads, since = lead(self.house, self.owner), clock.now()
                if leads and clock.monotonic() - looked >= LOOK_EVERY:
                    looked = clock.monotonic()
                    terms_of_office.watch(self.house, clock.now())
                    vacancy.watch(self.house, clock.now())  # first: a network that nobody answers for sends nothing more
                moved = leads and self._tick()
                in_a_row = in_a_row % AT_ONCE + 1 if moved else 0
                if leads:
                    to_sweep = max(self._sweeps_at - clock.monotonic(), 0)
                    rest = 0 if 0 < in_a_row < AT_ONCE else min(until_next(self.house, since), to_sweep or TICK)
            except Exception as error:
                in_a_row = 0
                self._trouble.met(error)
            for steps in self._long:
                steps.look(leads)
            self.ticks += 1
        for steps in self._long:
            steps.stop()
        for steps in self._long:
            steps.join()
        try:
            give_up_lead(self.house, self.owner)
        except Exception:
            _log.exception("the lead was not given up; it ends by itself", seconds=LEASE.total_seconds())

    def _tick(self) -> bool:
        """The steps that are due, what is to be ready for its time, and twice a second the sweep. True if something moved, so that
        there may be more."""
        began, now = clock.monotonic(), clock.now()
        with self._way:
            moved = due.steps(self.house, now) > 0
            for ready in due.make_ready(self.house, now, now + AHEAD):
                _ring_at(ready)
                moved = True
                if clock.monotonic() - began > TICK:
                    break  # something else may be due since
        if clock.monotonic() < self._sweeps_at:
            return moved
        more = sweep(self.house)
        self._sweeps_at = clock.monotonic() + (0 if more else TICK)
        return moved or more

    def stop(self) -> None:
        """End after the running tick."""
        self._ended.set()


def _ring_at(moment: datetime) -> None:
    """Have urgent mail looked for then; should this process end before, the sweep of who leads then rings."""
    bell = threading.Timer((moment - clock.now()).total_seconds(), wake.ring, [wake.URGENT])
    bell.daemon = True
    bell.start()


def lead(house: House, owner: str) -> bool:
    """Take or keep the scheduler's lease; True for the one leader over all processes and hosts (OPS-9)."""
    now = clock.lease_now()
    with house.store.read() as session:
        held = session.execute(*_lease(NAME)).first()
    if held is not None and held.owner == owner and held.until - now > LEASE / 2:
        return True
    if held is not None and held.owner != owner and held.until > now:
        return False
    with house.store.write() as session:
        statement = insert(session, leases).values(name=NAME, owner=owner, until=now + LEASE)
        statement = statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "until": now + LEASE},
            where=or_(leases.c.owner == owner, leases.c.until < now),
        )
        session.execute(statement)
        return session.execute(select(leases.c.owner).where(leases.c.name == NAME)).scalar() == owner


def give_up_lead(house: House, owner: str) -> None:
    """Let another process lead at once."""
    with house.store.write() as session:
        session.execute(leases.delete().where(leases.c.name == NAME, leases.c.owner == owner))


def end_lead(session: Connection) -> None:
    """The embedded form starts: whoever led is gone."""
    session.execute(leases.delete().where(leases.c.name == NAME))


def until_next(house: House, since: datetime) -> float:
    """Seconds until the next tick: sooner where the time of a letter comes before, none where it has come since the last one."""
    now = clock.now()
    with house.store.read() as session:
        going = looks.next_going(session, since, now + timedelta(seconds=TICK))
    return TICK if going is None else max((going - now).total_seconds(), 0)


def sweep(house: House) -> bool:
    """What nobody waits for in the same moment, and what was left lying. True if there is more."""
    now, lease_now = clock.now(), clock.lease_now()
    more = invite.see_to(house, now) == invite.MOST
    with house.store.read() as session:
        lapsed = outbox.has_lapsed(session, lease_now)
        unsealed = ledger.unsealed(session)
        lanes = outbox.waiting_lanes(session, now, lease_now)
        waiting = session.execute(_MAIL).first()
    if lapsed:
        with house.store.write() as session:
            found = outbox.reap(session, lease_now=lease_now, now=now, resend=house.settings.uncertain == "resend")
        _log.warning("copies left in the middle of sending", count=found)
    for lane in lanes:
        wake.ring(lane)
    if waiting is not None:
        wake.ring(wake.INBOX)
    forget(house, now)
    retain(house, now)
    each_hour(house, now)
    if unsealed:
        seal(house, now)
    return more


def seal(house: House, now: datetime, patience: float | None = None) -> None:
    """Chain what was written, and have the leavings in it stand outside the database before the seal does. `patience`: as of
    `Store.write`."""
    with house.store.write(patience) as session:
        if ledger.seal(session, now) is not None:
            leavings.write_down(session, house.settings.data_dir / leavings.NAME, now)


def forget(house: House, now: datetime) -> None:
    """Carry out erasures whose farewell has left; what is still on its way is looked at again after a minute."""
    with house.store.read() as session:
        ids = forget_me.due(session, now)
        rests = _rests(session, ERASURES, now, MINUTE)
    if not ids or rests:
        return
    done = [forget_me.carry_out(house, erasure_id, now) for erasure_id in ids]
    if not all(done):
        with house.store.write() as session:
            _rest(session, ERASURES, now + MINUTE)


def retain(house: House, now: datetime) -> None:
    """Once a (calendar) day: take what is past its time (DP-12). What was too much for one short write goes on next sweep."""
    with house.store.read() as session:
        rests = _rests(session, RETENTION, now, DAY)
    if rests:
        return
    with house.store.write() as session:
        taken = retained.run(session, house.settings.retention, now)
        retained.report(house, session, now)
        _rest(session, RETENTION, now if retention.more(taken) else now + DAY)
    _log.info("retention", **{name.replace("-", "_"): count for name, count in taken.items()})


def each_hour(house: House, now: datetime) -> None:
    """Once an hour (of the calendar): ask addresses from which one letter came back whether they work, and remind the operator of a
    breach whose 72 hours are nearly over. What fails is logged, tried again in an hour, and keeps nothing else from its turn."""
    with house.store.read() as session:
        rests = _rests(session, HOURLY, now, HOUR)
    if rests:
        return
    for name, turn in (("probing", probing.see_to), ("breach", breach.remind)):
        try:
            turn(house, now)
        except Exception:
            _log.exception("a turn of the hour failed; the next hour tries again", turn=name)
    with house.store.write() as session:
        _rest(session, HOURLY, now + HOUR)


def _rests(session: Connection, name: str, now: datetime, longest: timedelta) -> bool:
    """Whether its time is still to come. What is further ahead than its rest was written by a clock that was wrong."""
    until = session.execute(*_lease(name)).scalar()
    return until is not None and now < until <= now + longest


@prepared
def _lease(name: Any) -> Any:
    return select(leases.c.until, leases.c.owner).where(leases.c.name == name)


def _rest(session: Connection, name: str, until: datetime) -> None:
    statement = insert(session, leases).values(name=name, owner=NAME, until=until)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"owner": NAME, "until": until}))

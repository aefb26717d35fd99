"""The whole service in one process, or one role of the hosted form.

Everything starts in order (lock, leases, workers, doors) and stops in the opposite one: first no new mail comes in, then
what is being handled or sent ends, and whatever could not end is what the next start finds by its lease.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

import dramatiq

from mailer import clock, log, wake
from mailer.errors import SettingsError
from mailer.house import House
from mailer.inbound import turns
from mailer.inbound.receive import Intake
from mailer.outbound import outbox, rates
from workers import broker as brokers
from workers import scheduler as scheduling
from workers import smtpd
from workers.actors import Actors
from workers.httpd import WebDoor
from workers.imap import Poller
from workers.loop import DoorLoop
from workers.scheduler import Scheduler

STOP_WITHIN = 8.0  # seconds that running work is given
LAST_STEP = 4.0  # and the step of the scheduler that is in hand; all of it is less than the 20 that systemd gives
LAST_SEAL = 2.0  # seconds for which it waits for who writes; the next start seals what is left
RENEW_EVERY = 15.0  # seconds; a third of a lease is lost at the worst before it is renewed

_log = log.get("daemon")


class Crew:
    """The working part of a process: broker, actors, and Dramatiq's worker threads."""

    def __init__(self, house: House, intake: Intake | None = None) -> None:
        self.house = house
        self.broker = brokers.make(house.settings)
        self.actors = Actors(self.broker, house, intake)
        self.broker.delay_queues.clear()  # a bell never rings late, and asking for it all the time costs as much as the others
        # One thread more than bulk may take, so that urgent mail and the inbox never wait for an issue.
        self._worker = dramatiq.Worker(self.broker, worker_threads=house.settings.workers + 2, worker_timeout=100)

        self._ended = threading.Event()
        self._trouble = log.Lasting(_log, "leases could not be renewed, or answers of relays not written down; tried again in a moment")
        self._renewer = threading.Thread(target=self._renew, name="leases", daemon=True)

    def start(self) -> None:
        wake.provide(self.actors.bells)
        self._worker.start()
        self._renewer.start()

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_EVERY):
            try:
                self.actors.courier.renew()
                self.actors.courier.answers.write_kept()
            except Exception as error:
                self._trouble.met(error)

    def stop(self) -> None:
        self._ended.set()
        wake.provide(wake.Silent())
        self.actors.courier.stop()
        self._worker.stop(timeout=int(STOP_WITHIN * 1000))
        self.actors.close()
        self.broker.close()


class MailDoors:
    """The SMTP and LMTP doors on an event loop of their own thread."""

    def __init__(self, house: House, intake: Intake) -> None:
        self._loop = DoorLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()
        self.doors = asyncio.run_coroutine_threadsafe(smtpd.serve(house.settings, intake), self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.doors.close(), self._loop).result(STOP_WITHIN)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_WITHIN)


class Embedded:
    """Everything in one process (the embedded form)."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._stops: list[Callable[[], None]] = []
        self._scheduler: Scheduler | None = None

    @property
    def looked(self) -> tuple[int, ...]:
        """How often each thread of the scheduler has looked at what time brings."""
        return self._scheduler.looked if self._scheduler is not None else ()

    def start(self) -> None:
        """Start everything; what cannot start stops what has."""
        house = self.house
        try:
            with house.store.write() as session:  # whoever held a lease is gone: the folder is ours (ruling 5)
                outbox.end_all_leases(session)
                turns.end_all_leases(session)
                scheduling.end_lead(session)
                if rates.rate(session) is None and house.settings.rate is not None:
                    rates.set_rate(session, house.settings.rate, now=clock.lease_now())
            self._stops.append(lambda: scheduling.seal(house, clock.now(), patience=LAST_SEAL))  # what was left in the last moment
            intake = Intake(house.store)
            crew = Crew(house, intake)
            crew.start()
            self._stops.append(crew.stop)
            scheduler = Scheduler(house, crew.actors.owner)
            scheduler.start()
            self._stops += [lambda: scheduler.join(LAST_STEP), scheduler.stop]
            self._scheduler = scheduler
            self._stops.append(intake.close)
            if house.settings.smtp_listen is not None or house.settings.lmtp_listen is not None:
                self._stops.append(MailDoors(house, intake).stop)
            if house.settings.imap_url:
                poller = Poller(house.settings, house.store, intake)
                poller.start()
                self._stops.append(poller.stop)
            if house.settings.web_listen is not None:
                web = WebDoor(house)
                web.start()
                self._stops.append(web.stop)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop in the opposite order."""
        _stop(self._stops)


def _stop(stops: list[Callable[[], None]]) -> None:
    """The last first, leaving none; one that fails to stop does not keep the others."""
    while stops:
        try:
            stops.pop()()
        except Exception:
            _log.exception("could not be stopped cleanly")


def asked_by() -> tuple[signal.Signals, ...]:
    """What asks a process to stop: Ctrl-C, SIGTERM, and its terminal closed, unless it was started to outlive that (nohup)."""
    outlives = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return (signal.SIGINT, signal.SIGTERM) if outlives else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def until_told(ready: Callable[[], None] | None = None) -> None:
    """Wait until one of `asked_by` asks."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in asked_by():
        signal.signal(number, tell)
    if ready is not None:
        ready()
    while not told.wait(1):
        pass


def refuse_run_with_broker() -> None:
    """`termpost run` is the embedded form; with a broker each role is a process of its own."""
    raise SettingsError(
        "TERMPOST_BROKER_URL names a broker, and termpost run needs none.",
        "Use termpost smtp, work, schedule and web (imap for a polled mailbox), or set TERMPOST_BROKER_URL=embedded:",
    )


def role(house: House, name: str) -> None:
    """Run one role of the hosted form until told to stop. SettingsError without a broker that others can reach."""
    if house.settings.is_embedded and name != "web":
        raise SettingsError(
            f"termpost {name} is a part of the hosted form and needs a broker.",
            "Set TERMPOST_BROKER_URL to redis://... or amqp://..., or use: termpost run",
        )
    stops: list[Callable[[], None]] = []
    if not house.settings.is_embedded:
        crew = Crew(house)
        wake.provide(crew.actors.bells)
        stops.append(crew.actors.bells.stop)
    if name == "work":
        crew.start()
        stops.append(crew.stop)
    elif name == "schedule":
        scheduler = Scheduler(house, crew.actors.owner)
        scheduler.start()
        stops += [lambda: scheduler.join(LAST_STEP), scheduler.stop]
    elif name in ("smtp", "imap"):
        intake = Intake(house.store)
        stops.append(intake.close)
        if name == "smtp":
            stops.append(MailDoors(house, intake).stop)
        else:
            poller = Poller(house.settings, house.store, intake)
            poller.start()
            stops.append(poller.stop)
    else:
        web = WebDoor(house)
        web.start()
        stops.append(web.stop)
    def ready() -> None:
        _log.info("ready", role=name)

    if house.settings.is_embedded:
        until_told(ready)
    else:
        watch = brokers.Watch(house.settings, ready)  # nobody is ready whom no wake-up can reach
        stops.append(watch.stop)
        until_told(watch.start)
    _stop(stops)

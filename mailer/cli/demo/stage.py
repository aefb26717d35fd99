"""The stage on which the term is played: who writes when, what has been delivered, and when the house has done it all."""

from __future__ import annotations

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from mailer import clock
from mailer.cli.demo import cast, mailbox, post
from mailer.cli.demo.cast import Person
from mailer.cli.demo.clients import Client
from mailer.cli.demo.mailbox import Letter
from mailer.cycle import looks
from mailer.house import House
from mailer.store.tables import inbox, occasions, outgoing, tray

LOOK_EVERY = 0.02  # seconds of real time
PATIENCE = 30.0  # for one moment of the calendar
LIVE = ("planned", "proofed", "waiting", "queued", "held")

Tell = Callable[[datetime, str], None]


@dataclass
class Stage:
    """One play. `now` is the local calendar time of the network."""

    house: House
    door: tuple[str, int]
    zone: ZoneInfo
    now: datetime
    tell: Tell
    looked: Callable[[], tuple[int, ...]]  # how often each thread of the house has looked at what time brings
    slug: str = cast.SLUG
    domain: str = cast.DOMAIN
    mails: int = 0  # that members wrote
    troubles: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _coming: list[tuple[datetime, int, str, Callable[[], None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _read: int = 0
    _programs: dict[str, Client] = field(default_factory=dict)
    _stuck: frozenset[tuple[object, ...]] = frozenset()

    # what is to come

    def at(self, moment: datetime, said: str, do: Callable[[], None]) -> None:
        """Put down that somebody does something at a moment; `said` is what the audience is told, if anything."""
        heapq.heappush(self._coming, (max(moment, self.now), next(self._order), said, do))

    def after(self, delay: timedelta, said: str, do: Callable[[], None], *, by: Person | None = None) -> None:
        """The same, some time from now, in working hours and on a day on which `by` is there."""
        self.at(self._in_hours(self.now + delay, by), said, do)

    def _in_hours(self, moment: datetime, by: Person | None) -> datetime:
        days = by.days if by is not None and by.days else "01234"
        if moment.hour >= 17:
            moment = (moment + timedelta(days=1)).replace(hour=8, minute=moment.minute // 2 + 10)
        if moment.hour < 8:
            moment = moment.replace(hour=8)
        while str(moment.weekday()) not in days:
            moment += timedelta(days=1)
        return moment

    def next_moment(self) -> datetime | None:
        """The next moment at which somebody writes or the house has something to do."""
        o, now = occasions.c, self.now
        with self.house.store.read() as session:
            times = [
                session.execute(select(func.min(column)).where(column > now, o.state.in_(LIVE))).scalar()
                for column in (o.proof_at, o.due_at, o.goes_at)
            ]
            times.append(
                session.execute(
                    select(func.min(outgoing.c.next_attempt_at)).where(
                        outgoing.c.next_attempt_at > now, outgoing.c.state.in_(("queued", "deferred"))
                    )
                ).scalar()
            )
        if self._coming:
            times.append(self._coming[0][0])
        found = [each for each in times if each is not None]
        return min(found).astimezone(self.zone) + timedelta(microseconds=1) if found else None

    def move_to(self, moment: datetime) -> None:
        """Let the calendar stand at this moment, and have everyone do what they do then."""
        self.now = moment
        clock.stand_at(moment)
        while self._coming and self._coming[0][0] <= moment:
            _, _, said, do = heapq.heappop(self._coming)
            if said:
                self.tell(self.now, said)
            do()

    # writing

    def program(self, person: Person) -> Client:
        """The mail program of a person, the same one all term."""
        return self._programs.setdefault(person.key, person.client())

    def address(self, role: str = "") -> str:
        return f"{self.slug}{'-' if role else ''}{role}@{self.domain}"

    def hand_over(self, mail_from: str, rcpt: str, content: bytes) -> None:
        """Give a mail to the SMTP door."""
        try:
            post.hand_over(*self.door, mail_from, [rcpt], content)
            self.mails += 1
        except (post.NotTaken, OSError) as error:
            self.troubles.append(f"The SMTP door did not take a mail from {mail_from} to {rcpt}: {error}")

    def compose(self, person: Person, role: str, subject: str, text: str, **more: object) -> None:
        """A new mail to one of the network's addresses."""
        to = self.address(role)
        content = self.program(person).compose(to, subject, text, at=self.now, **more)  # type: ignore[arg-type]
        self.hand_over(person.address, to, content)

    def reply(self, person: Person, letter: Letter, text: str, *, to: str = "") -> None:
        """An answer to a mail, to where it asks for answers."""
        content = self.program(person).reply(letter.content, text, at=self.now, to=to)
        asked = letter.header("Reply-To") or letter.header("From")
        self.hand_over(person.address, to or asked.rpartition("<")[2].rstrip("> "), content)

    # reading

    def new_letters(self) -> list[Letter]:
        """What has been delivered since the last look."""
        with self.house.store.read() as session:
            found = mailbox.since(session, self._read)
        if found:
            self._read = found[-1].number
        return found

    # waiting

    def settle(self, stopped: Callable[[], bool]) -> None:
        """Wait until the house has done everything that this moment brings; bounded."""
        started = clock.monotonic()
        changed = self.looked()
        before: object = None
        while not stopped():
            looked = self.looked()  # before our look: what one of theirs does is seen once it is counted
            working, stuck, mark = self._look()
            if mark != before:
                before, changed = mark, looked
            if not working and stuck <= self._stuck:
                return
            if not working and all(now > then + 1 for now, then in zip(looked, changed, strict=True)):
                # Each began a whole look and ended it, and did nothing about these: they are not waited for until they change.
                self._stuck = stuck
                return
            if clock.monotonic() - started > PATIENCE:
                self.troubles.append(f"{self.now:%a %d %b %H:%M}: the house was not done after {PATIENCE:.0f} seconds.")
                return
            time.sleep(LOOK_EVERY)

    def _look(self) -> tuple[bool, frozenset[tuple[object, ...]], object]:
        """Is mail being handled or sent; which occasions have a step to take; something that changes with any progress."""
        now = self.now
        with self.house.store.read() as session:
            handling = session.execute(
                select(func.count()).select_from(inbox).where(inbox.c.state.in_(("stored", "handling")))
            ).scalar_one()
            sending = session.execute(
                select(func.count())
                .select_from(outgoing)
                .where(
                    or_(
                        outgoing.c.state == "sending",
                        outgoing.c.state.in_(("queued", "deferred")) & (outgoing.c.next_attempt_at <= now),
                    )
                )
            ).scalar_one()
            steps = [one.id for one in (*looks.waiting(session, now), *looks.to_be_shown(session, now), *looks.half_written(session))]
            o = occasions.c
            states = session.execute(
                select(o.id, o.state, o.version, o.approved_version, o.goes_at, o.cursor).where(
                    o.id.in_(steps),
                    ~((o.state == "queued") & o.audience_count.is_not(None)),  # gone; only its end is to be written
                    or_(
                        o.approved_version.is_(None), o.goes_at.is_(None), o.goes_at <= now
                    ),  # else its time is still to come
                )
            ).all()
            kept = session.execute(select(func.max(tray.c.id))).scalar()
        stuck: frozenset[tuple[object, ...]] = frozenset(tuple(row) for row in states)
        return bool(handling or sending), stuck, (handling, sending, stuck, kept)

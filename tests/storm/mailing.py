"""One mailing in the storm, and its verdict: what arrived, held against what the outbox says."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from mailer.outbound.copies import message_id
from mailer.outbound.deliver import WINDOW
from mailer.store.tables import networks, occasions, outgoing
from tests.live.people import approve, meeting
from tests.storm.forms import Form

PAUSES = (0.1, 1.2)  # real seconds from when copies move to the next kill: its moment is for the dice, not for any state of ours
AFTER = 600.0  # real seconds that a mailing is given to end when the storm is over
OVER = ("accepted", "failed", "cancelled", "uncertain")


T = TypeVar("T")


@dataclass(frozen=True)
class Verdict:
    """What became of one mailing. `kills` is what was killed during it, in order."""

    audience: int
    states: Counter[str]
    kills: tuple[str, ...]
    lost: tuple[str, ...]  # accepted, and never arrived
    doubled: tuple[str, ...]  # arrived twice under the policy hold, or with other bytes
    astray: tuple[str, ...]  # arrived, and said to have failed
    most_uncertain: int  # by ruling 5
    seconds: float

    @property
    def troubles(self) -> list[str]:
        found = [] if self.audience else ["there was nobody to write to, so the kills show nothing"]
        for name, who in (("lost", self.lost), ("doubled", self.doubled), ("failed and yet arrived", self.astray)):
            if who:
                found.append(f"{name}: {', '.join(who[:5])} ({len(who)})")
        if sum(self.states[state] for state in OVER) != self.audience:
            found.append(f"the states do not add up to {self.audience}: {dict(self.states)}")
        if self.states["uncertain"] > self.most_uncertain:
            found.append(f"{self.states['uncertain']} uncertain; ruling 5 allows {self.most_uncertain}")
        return found


def storm(playing: Form, network_id: int, now: datetime, dice: random.Random, kills: int, watch: Callable[[str], None]) -> Verdict:  # fmt: skip
    """One mailing to everybody, with so many kills while it goes out."""
    began = time.monotonic()
    seen = len(playing.recorded())
    house = playing.house
    meeting(house, network_id, now + timedelta(days=40), now, venue="Hill School")
    occasion_id = approve(house, "invitation", now)
    killed: list[str] = []
    while len(killed) < kills and not _ended(playing, occasion_id):
        _until_it_moves(playing, occasion_id, len(playing.recorded()))
        time.sleep(dice.uniform(*PAUSES))
        part = dice.choice(list(playing.parts))
        part.kill()
        killed.append(part.name)
        watch(part.name)
        time.sleep(dice.choice((0.0, 0.0, 0.3, 1.0)))
        part.start()
    _to_its_end(playing, occasion_id, now)
    return _verdict(playing, occasion_id, seen, killed, time.monotonic() - began)


def _patiently(look: Callable[[], T], patience: float = 60.0) -> T:
    """Looks again while the database is starting."""
    ends = time.monotonic() + patience
    while True:
        try:
            return look()
        except DBAPIError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _states(playing: Form, occasion_id: int) -> Counter[str]:
    def look() -> Counter[str]:
        with playing.house.store.read() as session:
            counted = (
                select(outgoing.c.state, func.count().label("n"))
                .where(outgoing.c.occasion_id == occasion_id)
                .group_by(outgoing.c.state)
            )
            return Counter({row.state: row.n for row in session.execute(counted)})

    return _patiently(look)


def _occasion(playing: Form, occasion_id: int) -> Any:
    def look() -> Any:
        with playing.house.store.read() as session:
            return session.execute(select(occasions).where(occasions.c.id == occasion_id)).one()

    return _patiently(look)


def _ended(playing: Form, occasion_id: int) -> bool:
    return bool(_occasion(playing, occasion_id).state == "sent")


def _until_it_moves(playing: Form, occasion_id: int, lines: int) -> None:
    """A kill before the first copy, or while everything waits for a lapsed lease, would show little: wait a while for more
    than the `lines` that had come when the last one was made."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends and not _ended(playing, occasion_id):
        if len(playing.recorded()) > lines + 1:
            return
        time.sleep(0.1)


def _to_its_end(playing: Form, occasion_id: int, now: datetime) -> None:
    """The storm is over. What was put off goes by the calendar, so the calendar is moved on while only such copies wait."""
    ends = time.monotonic() + AFTER
    while not _ended(playing, occasion_id):
        assert time.monotonic() < ends, f"the mailing did not end: {_states(playing, occasion_id)}\n{_logs(playing)}"
        for part in playing.parts:
            part.revive()
        states = _states(playing, occasion_id)
        if states["deferred"] and not states["queued"] and not states["sending"]:
            now += timedelta(minutes=20)
            playing.at(now)
        time.sleep(0.5)


def _logs(playing: Form) -> str:
    return "\n".join(f"{part.name}: {part.said()}" for part in playing.parts)


def _verdict(playing: Form, occasion_id: int, seen: int, killed: Sequence[str], seconds: float) -> Verdict:
    house = playing.house
    with house.store.read() as session:
        occasion = session.execute(select(occasions).where(occasions.c.id == occasion_id)).one()
        rows = session.execute(
            select(outgoing, networks.c.domain)
            .join(networks, networks.c.id == outgoing.c.network_id)
            .where(outgoing.c.occasion_id == occasion_id)
        ).all()
    lines = playing.recorded()[seen:]
    mine = {message_id(row, house): row for row in rows}
    copies = [words for words in lines if words[0] == "copy" and words[1] in mine]
    arrived = Counter(words[1] for words in copies)
    digests = {words[1]: words[3] for words in copies}
    resend = playing.env["TERMPOST_UNCERTAIN"] == "resend"
    doubled = [row.to_address for known, row in mine.items() if arrived[known] > 1 and not resend]
    changed = [row.to_address for known, row in mine.items() if known in digests and row.sha256 != digests[known]]
    connections = sum(words[0] == "line" for words in lines)
    return Verdict(
        audience=occasion.audience_count,
        states=Counter(row.state for row in rows),
        kills=tuple(killed),
        lost=tuple(row.to_address for known, row in mine.items() if row.state == "accepted" and not arrived[known]),
        doubled=tuple(doubled + changed),
        astray=tuple(row.to_address for known, row in mine.items() if row.state == "failed" and arrived[known]),
        most_uncertain=2 * WINDOW * connections,
        seconds=seconds,
    )

"""One mailing in the storm: parts of the service are killed while it goes out, and started again until it has ended."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from mailer.outbound.copies import message_id
from mailer.store.tables import networks, occasions, outgoing
from tests.live.people import approve, meeting
from tests.storm.forms import Form
from tests.storm.verdict import Said, Verdict, arrivals, cut, unknown

PAUSES = (0.1, 1.2)  # real seconds from when copies move to the next kill: its moment is for the dice, not for any state of ours
AFTER = 600.0  # real seconds that a mailing is given to end when the storm is over

T = TypeVar("T")


def storm(
    playing: Form, network_id: int, wanted: frozenset[str], now: datetime, dice: random.Random, kills: int, watch: Callable[[str], None]
) -> Verdict:  # fmt: skip
    """One mailing to all of `wanted`, with so many kills while it goes out."""
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
    said, lines = _said(playing, occasion_id), playing.recorded()
    return Verdict(
        wanted=wanted,
        counted=_occasion(playing, occasion_id).audience_count,
        said=said,
        arrived=arrivals(lines[seen:], said),
        cut=cut(lines, seen),
        kills=tuple(killed),
        resend=playing.env["TERMPOST_UNCERTAIN"] == "resend",
        seconds=time.monotonic() - began,
        unknown=unknown(lines[seen:], {copy.message_id for copy in _said(playing)}),
    )


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


def _said(playing: Form, occasion_id: int | None = None) -> tuple[Said, ...]:
    """What the outbox says of the copies of a mailing, or of every copy."""
    house = playing.house
    asked = select(outgoing, networks.c.domain).join(networks, networks.c.id == outgoing.c.network_id)
    if occasion_id is not None:
        asked = asked.where(outgoing.c.occasion_id == occasion_id)
    with house.store.read() as session:
        rows = session.execute(asked).all()
    return tuple(Said(row.to_address, row.state, message_id(row, row.domain, house), row.sha256) for row in rows)

"""A whole term in many processes: on PostgreSQL and Redis, with two schedulers and two workers of which one after another
is killed, the same mails go on the same days as in one process on SQLite, each once (V5, V11, V13, OPS-9)."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from mailer.acts import Actor, Strength, answer
from mailer.house import House, open_house
from mailer.settings import Settings
from mailer.store.tables import addresses, letters, networks, occasions, outgoing
from mailer.store.upgrade import upgrade
from tests.live.people import DAWN, JANE, OLIVE, PETER, meeting, mendip
from tests.live.running import MONDAY
from tests.servers import NewDatabase, Sink, running, until
from tests.stage import Stage

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

TERMPOST = str(Path(sys.executable).with_name("termpost"))
STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)  # a Wednesday
EVERYONE = (OLIVE, PETER, JANE, DAWN)

# What goes to whom on which day, from the table of design 4; an unanswered proof goes at its time here.
TERM = {
    ("save-the-date", "2026-11-23"): EVERYONE,
    ("invitation", "2026-12-18"): EVERYONE,  # one month before is a Sunday, so the Friday before it
    ("draft-agenda", "2027-01-06"): EVERYONE,
    ("final-agenda", "2027-01-13"): EVERYONE,
    ("day-before", "2027-01-19"): (JANE, DAWN),  # who said yes, or maybe
    ("day-sheet", "2027-01-19"): (OLIVE, PETER),
    ("feedback-request", "2027-01-21"): (JANE,),  # who came
}
MOMENTS = [
    datetime.fromisoformat(f"{moment}:00Z")
    for moment in (
        "2026-11-23T10:00",
        "2026-11-23T10:11",
        "2026-11-30T07:31",
        "2026-12-16T09:00",
        "2026-12-17T09:01",
        "2026-12-18T09:00",
        "2026-12-19T09:00",
        "2027-01-04T09:00",
        "2027-01-05T09:00",
        "2027-01-06T09:00",
        "2027-01-11T09:00",
        "2027-01-13T09:00",
        "2027-01-17T09:00",
        "2027-01-18T09:00",
        "2027-01-19T09:00",
        "2027-01-20T16:01",
        "2027-01-21T09:00",
        "2027-01-27T09:00",
        "2027-02-02T09:00",
    )
]
KILLED_AT = {  # kill -9 just after the clock has moved, while it does what is due
    MOMENTS[3]: "schedule0",
    MOMENTS[5]: "schedule1",
    MOMENTS[9]: "schedule0",
    MOMENTS[14]: "schedule1",
}
ANSWERS_AFTER = MOMENTS[6]

Mail = tuple[str, str, str]  # template, to, day


def begin(house: House) -> int:
    """The network and its meeting. Returns the network's id."""
    network_id = mendip(house, MONDAY)
    with house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    meeting(house, network_id, STARTS, MONDAY, venue="Hill School")
    return network_id


def answers(house: House, network_id: int, now: datetime) -> None:
    """Jane comes, and Dawn may."""
    with house.store.write() as session:
        meeting_id = session.execute(select(occasions.c.thing_id).where(occasions.c.kind == "invitation")).scalar_one()
        for address, said in ((JANE, "yes"), (DAWN, "maybe")):
            who = session.execute(select(addresses).where(addresses.c.address == address)).one()
            actor = Actor(network_id, who.id, who.person_id, Strength.TAG, "mail")
            answer.answer(session, actor, meeting_id, answer=said, now=now)


def went(house: House) -> Counter[Mail]:
    """Everything that has left: proofs, nudges and what members get."""
    with house.store.read() as session:
        rows = session.execute(
            select(letters.c.template, outgoing.c.to_address, outgoing.c.dated_at)
            .join(letters, letters.c.id == outgoing.c.letter_id)
            .where(outgoing.c.state == "accepted")
        )
        return Counter((row.template, row.to_address, row.dated_at.date().isoformat()) for row in rows)


def play(house: House, at: Callable[[datetime], None]) -> Iterator[Counter[Mail]]:
    """The term, moment by moment; gives what has left after each."""
    network_id = begin(house)
    for moment in MOMENTS:
        at(moment)
        yield went(house)
        if moment == ANSWERS_AFTER:
            answers(house, network_id, moment)


@pytest.fixture
def in_one_process(tmp_path: Path) -> list[Counter[Mail]]:
    """What has left after each moment of the same term in one process, on SQLite."""
    stage = Stage(tmp_path / "one")

    def at(moment: datetime) -> None:
        stage.at(moment)
        stage.settle()

    try:
        return list(play(stage.house, at))
    finally:
        stage.close()


class Hosted:
    """Two schedulers and two workers on one database and broker."""

    def __init__(self, folder: Path, database: str, broker: str, relay: int) -> None:
        folder.mkdir()
        self.folder = folder
        self.clock = folder / "clock"
        self.at(MONDAY)
        settings = {
            "data_dir": str(folder / "var"),
            "database_url": database,
            "broker_url": broker,
            "relay_url": f"smtp://127.0.0.1:{relay}",
            "clock": f"file:{self.clock}",
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")}
        self.env = outside | {f"TERMPOST_{name.upper()}": value for name, value in settings.items()}
        self.house = open_house(Settings(**settings))  # type: ignore[arg-type]
        upgrade(self.house.store)
        self._running = {}
        for name in ("work0", "work1", "schedule0", "schedule1"):
            self.start(name)

    def start(self, name: str) -> None:
        command = [TERMPOST, name.rstrip("01")]
        context = running(command, self.folder / f"{name}.log", env=self.env, cwd=self.folder)
        self._running[name] = (context, context.__enter__())

    def kill(self, name: str) -> None:
        """As a power cut would; and it is started again."""
        context, process = self._running[name]
        process.kill()
        process.wait(10)
        context.__exit__(None, None, None)
        self.start(name)

    def at(self, moment: datetime) -> None:
        new = self.clock.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.clock)

    def close(self) -> None:
        for context, _ in self._running.values():
            context.__exit__(None, None, None)
        self.house.close()

    def said(self) -> str:
        """The last words of every process."""
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.folder.glob("*.log")))


def test_v5_ops_9_a_term_on_postgresql_with_two_schedulers_of_which_each_is_killed(
    tmp_path: Path, postgres: NewDatabase, redis: str, sink: Sink, in_one_process: list[Counter[Mail]]
) -> None:
    hosted = Hosted(tmp_path / "many", postgres(), redis, sink.port)
    expected = iter(in_one_process)

    def at(moment: datetime) -> None:
        wanted = next(expected)
        hosted.at(moment)
        if moment in KILLED_AT:
            hosted.kill(KILLED_AT[moment])
        until(
            lambda: not wanted - went(hosted.house),
            120,
            said=lambda: f"at {moment}: not yet {wanted - went(hosted.house)}\n{hosted.said()}",
        )

    try:
        for gone, wanted in zip(play(hosted.house, at), in_one_process, strict=True):
            assert not gone - wanted, "it went before its day, or once more than it should"
        with hosted.house.store.read() as session:
            states = Counter(dict(session.execute(select(outgoing.c.state, func.count()).group_by(outgoing.c.state)).all()))
            kinds = {
                (row.kind, row.to_address, row.dated_at.date().isoformat())
                for row in session.execute(
                    select(occasions.c.kind, outgoing.c.to_address, outgoing.c.dated_at).join(
                        occasions, occasions.c.id == outgoing.c.occasion_id
                    )
                )
                if row.kind != "desk-brief"
            }
        said = hosted.said()
    finally:
        hosted.close()
    assert kinds == {(kind, to, day) for (kind, day), who in TERM.items() for to in who}
    assert set(states) == {"accepted"}
    assert len(sink.taken) == states["accepted"] == sum(in_one_process[-1].values())
    assert max(Counter((rcpt, message_id(content)) for _, rcpt, content in sink.taken).values()) == 1
    assert "Traceback" not in said, said


def message_id(content: bytes) -> bytes:
    return next(line for line in content.splitlines() if line.lower().startswith(b"message-id:"))

"""The people, the issue and the service whose speed is asked.

Every run writes to people of its own: a person gets no two letters on one day (V13), so nobody is written to twice.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Connection, func, insert, select, update

from mailer import clock
from mailer.acts import Actor, Strength, issue
from mailer.cycle import looks
from mailer.house import House, open_house
from mailer.newsletters import pieces
from mailer.newsletters.prepared import prepare
from mailer.people import addresses as address_rows
from mailer.people import membership, networks
from mailer.people import people as person_rows
from mailer.settings import Settings
from mailer.store import upgrade
from mailer.store.tables import addresses, memberships, occasions, outgoing, people, responses, standings
from mailer.store.tables import networks as network_rows
from tests.live.people import meeting
from tests.servers import folder, free_port
from tests.storm import parts
from tests.storm.parts import Part

Tell = Callable[[str], None]  # says one line of what is going on
TERMPOST = str(Path(sys.executable).with_name("termpost"))
DOMAIN = "lists.example.org"
ROOT = Path(__file__).parents[2]
TICK = os.sysconf("SC_CLK_TCK")
PIECES = 8
UNDO_TIME = timedelta(seconds=1.2)
FRAME = 6000  # octets of a letter around its pieces
OCTETS_A_WORD = 15.1  # once as text, once as HTML, both encoded


class Sink:
    """The sink's process, and what it says."""

    def __init__(self, home: Path, *, record: bool = False) -> None:
        self.port, self._control = free_port(), free_port()
        self.recorded = home / "recorded"
        command = [sys.executable, "-m", "tests.bench.sink", str(self.port), str(self._control)]
        env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
        self.part = Part("sink", [*command, str(self.recorded)] if record else command, home, env, self._control)

    def ask(self, word: str) -> Any:
        with socket.create_connection(("127.0.0.1", self._control), 10) as line, line.makefile("rwb") as talk:
            talk.write(word.encode() + b"\n")
            talk.flush()
            return json.loads(talk.readline())

    def until(self, count: int) -> None:
        """Wait until so many copies have come; two minutes in which none comes are too many."""
        before, moved = 0, time.monotonic()
        while (come := self.ask("count")) < count:
            if come > before:
                before, moved = come, time.monotonic()
            assert time.monotonic() - moved < 120, f"nothing came for two minutes after {come} of {count} copies"
            time.sleep(0.02)

    def honest(self, expected: int) -> dict[str, Any]:
        """What came; every copy once, each with a sender of its own."""
        time.sleep(0.3)  # a copy too many would come now
        said: dict[str, Any] = self.ask("report")
        assert said["copies"] == said["recipients"] == expected, f"{said['copies']} copies to {said['recipients']} people"
        assert said["doubled"] == 0
        return said


@dataclass
class Playing:
    """One form of the service, running into a sink."""

    house: House
    sink: Sink
    working: list[Part]  # the processes whose time counts
    smtp: int
    home: Path

    def cpu(self, only: str = "") -> float:
        """Seconds of processor time that the working processes have taken, or those `only` of one name."""
        return sum(cpu_of(part.pid) for part in self.working if part.name.startswith(only))

    def memory(self) -> float:
        """The most megabytes that one of them ever held."""
        return max(_peak(part.pid) for part in self.working)


@contextlib.contextmanager
def playing(form: str, *, signed: bool = False, workers: int = 2, record: bool = False) -> Iterator[Playing]:
    """`embedded`: one process on SQLite. `hosted`: PostgreSQL, Redis, a scheduler, a door and `workers` worker processes."""
    with folder("bench-", owner="postgres" if form == "hosted" else "") as home:
        sink, smtp, every = Sink(home, record=record), free_port(), []
        env = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")} | {
            "TERMPOST_DATA_DIR": str(home / "var"),
            "TERMPOST_RELAY_URL": f"smtp://127.0.0.1:{sink.port}",
            "TERMPOST_SMTP_LISTEN": f"127.0.0.1:{smtp}",
            "TERMPOST_WEB_LISTEN": "off",
            "TERMPOST_LOG_LEVEL": "warning",
        }
        if signed:
            env["TERMPOST_DKIM_KEY_FILE"] = str(_key(home))
        try:
            sink.part.start()
            every.append(sink.part)
            roles = [("service", "run")]
            if form == "hosted":
                database, broker = free_port(), free_port()
                redis = parts.redis(home, broker)  # first, as the database runs once it is made, and Redis may not be installed
                every += [parts.postgres(home, database), redis]
                redis.start()
                env["TERMPOST_DATABASE_URL"] = f"postgresql+psycopg://postgres@127.0.0.1:{database}/storm"
                env["TERMPOST_BROKER_URL"] = f"redis://127.0.0.1:{broker}/0"
                roles = [(f"worker-{n}", "work") for n in range(1, workers + 1)]
                roles += [("scheduler", "schedule"), ("door", "smtp")]
            known = {name.removeprefix("TERMPOST_").lower(): value for name, value in env.items() if name.startswith("TERMPOST_")}
            clock.use("system")
            house = open_house(Settings(**known))  # type: ignore[arg-type]
            upgrade.upgrade(house.store)
            working = [Part(name, [TERMPOST, role], home, env, smtp if role in ("run", "smtp") else 0) for name, role in roles]
            for part in working:
                part.start()
                every.append(part)
            time.sleep(3)  # until everything has looked at its rows once
            yield Playing(house, sink, working, smtp, home)
            house.close()
        finally:
            for part in reversed(every):
                part.stop()


def _key(home: Path) -> Path:
    file = home / "dkim.pem"
    file.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


def network(house: House, slug: str, count: int) -> int:
    """A network with an organiser and so many readers of its newsletter, who agreed on paper. Returns its id."""
    now = clock.now()
    with house.store.write() as session:
        made = networks.add(session, slug=slug, domain=DOMAIN, name=f"{slug.capitalize()} Technicians", now=now)
        network_id = int(getattr(made, "id", made))
    readers(house, network_id, slug, count)
    return network_id


def readers(house: House, network_id: int, slug: str, count: int) -> None:
    """Give a network so many more. Their ids are counted here, so on PostgreSQL nobody else comes after them."""
    with house.store.write() as session:
        first = (session.execute(select(func.max(addresses.c.id))).scalar() or 0) + 1
        for start in range(0, count, 10_000):
            _readers(session, network_id, slug, range(first + start, first + min(start + 10_000, count)))


def _readers(session: Connection, network_id: int, slug: str, numbers: range) -> None:
    now = clock.now()
    session.execute(insert(people), [{"id": n, "name": f"Ann Example {n}", "created_at": now} for n in numbers])
    rows = [(n, f"m{n}@{slug}.example") for n in numbers]
    given = {"created_at": now, "confirmed_at": now}
    session.execute(
        insert(addresses),
        [{"id": n, "address": a, "key": a, "mac": n.to_bytes(32, "big"), "person_id": n, **given} for n, a in rows],
    )
    session.execute(
        insert(memberships),
        [{"network_id": network_id, "address_id": n, "person_id": n, "joined_at": now} for n in numbers],
    )
    standing = {"network_id": network_id, "purpose": "newsletter", "standing": "active", "updated_at": now, "scope": ""}
    session.execute(insert(standings), [{"address_id": n, **standing} for n in numbers])


def issue_of(house: House, network_id: int, size: int) -> int:
    """An issue with pieces enough for a letter of about `size` octets, and nobody told of it yet. Returns its id."""
    now = clock.now()
    line = "What the schools did this term, and what they found out while they did it, in words for those who were not there. "
    words = line.split()
    actor = Actor(network_id, None, None, Strength.OPERATOR, "cli")
    count = max(20, round((size - FRAME) / OCTETS_A_WORD / PIECES))
    texts = [_paragraphs(words * (count // len(words) + 2), count, n) for n in range(1, PIECES + 1)]
    prepared = [prepare(title=f"Balances and stirrers, part {n}", text=text) for n, text in enumerate(texts, 1)]
    with house.store.write() as session:
        made = issue.make(session, actor, publishes_at=now + timedelta(days=20), now=now)
        for piece in prepared:
            pieces.submit(session, network_id, piece, now=now, person="Ann Example")
    return int(made.fields["issue"]["id"])


def _paragraphs(words: list[str], count: int, turn: int) -> str:
    turned = words[turn : turn + count]
    return "\n\n".join(" ".join(turned[at : at + 60]) for at in range(0, len(turned), 60))


def send(house: House, network_id: int, issue_id: int) -> float:
    """Approve the issue as it stands; its time is a moment later, as at the end of its undo time. Returns that moment."""
    actor = Actor(network_id, None, None, Strength.OPERATOR, "cli")
    now = clock.now()
    with house.store.write() as session:
        issue.send_as_it_stands(session, actor, issue_id, at_once=True, now=now)
        goes = now + UNDO_TIME
        session.execute(update(occasions).where(occasions.c.network_id == network_id, occasions.c.kind == "issue").values(due_at=goes))
    return goes.timestamp()


def accounted(house: House, network_id: int, count: int) -> None:
    """V6: the outbox says of everybody that the copy was accepted, and the mailing is over."""
    ends = time.monotonic() + 60
    o, g = occasions.c, outgoing.c
    while True:
        with house.store.read() as session:
            mailing = session.execute(select(occasions).where(o.network_id == network_id, o.kind == "issue")).one()
            states = select(g.state, func.count().label("n")).where(g.occasion_id == mailing.id).group_by(g.state)
            found = {row.state: row.n for row in session.execute(states)}
        if mailing.state == "sent":
            break
        assert time.monotonic() < ends, f"the mailing is {mailing.state}, its copies {found}"
        time.sleep(0.1)
    assert (found, mailing.audience_count) == ({"accepted": count}, count), (found, mailing.audience_count)


def is_written_down(house: House, network_id: int) -> bool:
    """Whether every copy of its issue stands in the outbox."""
    with house.store.read() as session:
        mine = select(occasions.c.audience_count).where(occasions.c.network_id == network_id, occasions.c.kind == "issue")
        return session.execute(mine).scalar_one() is not None


def another(house: House) -> str:
    """A slug that no network has yet."""
    with house.store.read() as session:
        taken = session.execute(select(func.count()).select_from(network_rows)).scalar_one()
    return f"net{taken + 1}"


def urgent_people(house: House, network_id: int, count: int) -> list[str]:
    """Members whose answers the sink notes with their time."""
    now, made = clock.now(), []
    with house.store.write() as session:
        for number in range(count):
            address = f"urgent{network_id}.{number}@school.example"
            person_id = person_rows.add(session, name=f"Urgent {number}", now=now)
            one = address_rows.find_or_add(session, address, hasher=house.hasher, now=now, person_id=person_id)
            address_rows.confirm(session, one.id, now)
            membership.add(session, network_id=network_id, address_id=one.id, person_id=person_id, now=now)
            made.append(address)
    return made


def reminder(house: House, count: int) -> tuple[int, list[str]]:
    """A network past its first term, to whose meeting so many said that they come; the sink notes the time of what they get.
    Returns the id of the reminder of the day before, and who gets it."""
    now, slug = clock.now(), another(house)
    network_id = network(house, slug, 0)
    with house.store.write() as session:
        session.execute(update(network_rows).where(network_rows.c.id == network_id).values(first_term_ends=now.date() - timedelta(days=1)))
    meeting_id = meeting(house, network_id, now + timedelta(days=40), now, venue="Hill School")
    coming = urgent_people(house, network_id, count)
    given = {"purpose": "meetings", "standing": "active", "updated_at": now, "scope": ""}
    said = {"meeting_id": meeting_id, "answer": "yes", "channel": "web", "at": now}
    with house.store.write() as session:
        ids = session.execute(select(addresses.c.id).where(addresses.c.address.in_(coming))).scalars().all()
        session.execute(insert(standings), [{"network_id": network_id, "address_id": n, **given} for n in ids])
        session.execute(insert(responses), [{"address_id": n, **said} for n in ids])
        o = occasions.c
        mine = select(o.id).where(o.network_id == network_id, o.kind == "day-before")
        return session.execute(mine).scalar_one(), coming


def planned(house: House) -> None:
    """Wait until the scheduler has planned every network, and one that is new: a tick that began earlier may still be giving letters
    the dates that their meetings ask for."""
    network(house, another(house), 0)
    ends = time.monotonic() + 60
    while True:
        now = clock.now()
        with house.store.read() as session:
            if not session.execute(*looks.networks_to_plan(now, now + timedelta(days=1))).scalars().all():
                return
        assert time.monotonic() < ends, "the scheduler does not plan"
        time.sleep(0.05)


def due_from(house: House, occasion_ids: Sequence[int], first: float, apart: float) -> list[float]:
    """Let these be due one after another, the first so many seconds from now. Returns the moments."""
    now = clock.now()
    moments = [now + timedelta(seconds=first + apart * n) for n in range(len(occasion_ids))]
    with house.store.write() as session:
        for occasion_id, moment in zip(occasion_ids, moments, strict=True):
            session.execute(update(occasions).where(occasions.c.id == occasion_id).values(due_at=moment))
    return [moment.timestamp() for moment in moments]


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found, look = [], [pid]
    while look:
        found.append(one := look.pop())
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                look += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
    return found


def cpu_of(pid: int) -> float:
    """User and system seconds of a process, those below it, and those of them that it has waited for."""
    ticks = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / TICK


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024

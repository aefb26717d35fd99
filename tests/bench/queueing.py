"""Writing down an audience, asking the queue for more, taking mail in, handling it."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import func, select

from mailer import clock, log, wake
from mailer.cycle import enqueue
from mailer.cycle.networks import cycle_of
from mailer.house import open_house
from mailer.people import networks
from mailer.settings import Settings
from mailer.store.tables import inbox
from tests.bench import outbox_queue, peers, postfix, scene
from tests.bench.figures import Figure
from tests.bench.scene import DOMAIN, ROOT, Playing, Tell
from tests.servers import until


def enqueueing(counts: list[int], *, tell: Tell) -> list[Figure]:
    """How long it takes to write down so many copies, and what a claim costs while they lie there (SQLite, full sync)."""
    found: list[Figure] = []
    log.setup("error")
    wake.provide(wake.Silent())
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="termpost-bench-") as folder:
            clock.stand_at(outbox_queue.NOW)
            house = open_house(Settings(data_dir=Path(folder)))
            with house.store.write() as session:
                made = networks.add(session, slug="mendip", domain=DOMAIN, name="Mendip", now=outbox_queue.NOW)
                network_id = int(getattr(made, "id", made))
                outbox_queue.everybody(session, network_id, count)
            occasion = outbox_queue.mailing(house, network_id)
            with house.store.read() as session:
                cycle = cycle_of(session, network_id, outbox_queue.NOW)
            began = time.perf_counter()
            while occasion.audience_count is None:
                enqueue.go_on(house, occasion, cycle, outbox_queue.NOW)
                occasion = outbox_queue.fresh(house)
            wrote = time.perf_counter() - began
            assert occasion.audience_count == count
            outbox_queue.claims(house, "first", times=1)
            began = time.perf_counter()
            claimed = outbox_queue.claims(house, "bench", times=8)
            claim = (time.perf_counter() - began) / 8 * 1000
            assert claimed == 8 * outbox_queue.BATCH
            house.close()
            clock.use("system")
        goal = 10.0 if count == 100_000 else None
        found.append(Figure(f"writing down {count:,} copies", "s", [wrote], goal=goal, at_most=True))
        found.append(Figure(f"a claim of {outbox_queue.BATCH} of {count:,}", "ms", [claim]))
        if len(found) > 2:
            found[-2].beside, found[-1].beside = found[0].what, found[1].what
        tell(f"{count:,} copies written down in {wrote:.1f} s; a claim takes {claim:.1f} ms")
    return found


def accepting(*, count: int, runs: int, tell: Tell) -> list[Figure]:
    """Messages a second that the door of the embedded service takes for good, 16 sessions of 5 KB each."""
    found = Figure("durable accepts, 16 sessions, 5 KB, embedded", "messages/s", goal=1000)
    found.beside = (peers.LMTP_ACCEPTS, postfix.ACCEPTS)
    with scene.playing("embedded") as running:
        scene.network(running.house, "mendip", 10)
        for _ in range(runs):
            before = _stored(running)
            to, sender = f"mendip-help@{DOMAIN}", "m1@mendip.example"
            rate = peers.smtp_source(running.smtp, count=count, size=5120, sessions=16, to=to, sender=sender)
            if rate is None:
                rate = _by_hand(running.smtp, count, 16, to, sender)
                found.note = "smtp-source is not installed: handed in by threads of Python, which are slower"
            assert _stored(running) - before == count, "every message that had its 250 is there"
            found.runs.append(rate)
            tell(f"accepted {rate:,.0f} messages/s")
            _until_handled(running)
    return [found]


def _stored(running: Playing) -> int:
    with running.house.store.read() as session:
        return int(session.execute(select(func.count()).select_from(inbox)).scalar_one())


def _until_handled(running: Playing) -> None:
    waiting = select(func.count()).select_from(inbox).where(inbox.c.state.in_(("stored", "handling")))

    def none_waits() -> bool:
        with running.house.store.read() as session:
            return not session.execute(waiting).scalar_one()

    until(none_waits, 300, 0.2)


def _by_hand(port: int, count: int, sessions: int, to: str, sender: str) -> float:
    def hand_in(mine: range) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as line:
            for number in mine:
                message = EmailMessage()
                message["From"], message["To"], message["Message-ID"] = sender, to, f"<{number}.{time.time_ns()}@mendip.example>"
                message.set_content("help\n" + "A line of words for the bench.\n" * 160)
                line.send_message(message, sender, [to])

    threads = [threading.Thread(target=hand_in, args=(range(first, count, sessions),)) for first in range(sessions)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - began)


def handling(*, each: int, tell: Tell) -> list[Figure]:
    """Messages a second of one core that are read, judged, understood, answered and written down; kind by kind."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "bench" / "handling.py"), "--each", str(each)],
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=900,
    )  # fmt: skip
    found = []
    for line in done.stdout.splitlines():
        kind, slash, _ = line.partition("/s")
        words = kind.split()
        if slash and len(words) > 1 and words[-1].replace(",", "").isdigit():
            rate = float(words[-1].replace(",", ""))
            found.append(Figure(f"handled: {' '.join(words[:-1])}", "messages/s a core", [rate], goal=150))
    assert found, done.stdout
    tell("handled a second: " + ", ".join(f"{figure.what.removeprefix('handled: ')} {figure.median:,.0f}" for figure in found))
    return found

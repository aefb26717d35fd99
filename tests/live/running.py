"""The whole service as a child process, and what a test needs to speak to it: killed, stopped, started again.

with Running(tmp_path) as running:
    running.post(b"From: ...", "mendip@lists.example.org")
    running.kill()      # as a power cut would
    running.start()
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mailer.house import House, open_house
from mailer.settings import Settings
from mailer.store.tables import inbox, outgoing
from tests.servers import free_port, until

ROOT = Path(__file__).parents[2]
TERMPOST = Path(sys.executable).parent / "termpost"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
READY_WITHIN = 40.0


class Running:
    """`termpost run` on a data folder of its own, its calendar in a file."""

    def __init__(self, folder: Path, *, now: datetime = MONDAY, **settings: str) -> None:
        self.folder = folder
        self.smtp = free_port()
        self.clock = folder / "clock"
        folder.mkdir(parents=True, exist_ok=True)
        self.at(now)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")},
            "TERMPOST_DATA_DIR": str(folder / "var"),
            "TERMPOST_SMTP_LISTEN": f"127.0.0.1:{self.smtp}",
            "TERMPOST_WEB_LISTEN": "off",
            "TERMPOST_CLOCK": f"file:{self.clock}",
            "TERMPOST_LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
            **{f"TERMPOST_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[str] | None = None
        self._house: House | None = None

    def __enter__(self) -> Running:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self._house is not None:
            self._house.close()

    # -- the process ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it says that it runs."""
        log = (self.folder / "log").open("a")
        self.process = subprocess.Popen(
            [TERMPOST, "run"], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
        log.close()
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while line := self.process.stdout.readline() if ready.select(READY_WITHIN) else "":
                if "Termpost is running" in line:
                    return
        self.process.kill()
        raise AssertionError(f"it did not start: {self.log()[-2000:]}")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.kill()
        self._end()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop. Returns the seconds that it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(30)
        took = time.monotonic() - began
        self._end()
        return took

    def _end(self) -> None:
        assert self.process is not None
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def command(self, *words: str, status: int = 0) -> str:
        """What a `termpost` command prints; its errors if `status` is not 0."""
        done = subprocess.run(
            [TERMPOST, *words], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr + done.stdout
        return done.stderr if status else done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.command(*words, "--json"))

    # -- time, mail, rows ----------------------------------------------------------------------------------------

    def at(self, moment: datetime) -> None:
        """Put the calendar somewhere, in one step that no reader sees half of."""
        new = self.clock.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.clock)

    @property
    def house(self) -> House:
        """The same database, opened by this process."""
        if self._house is None:
            known = {
                n.removeprefix("TERMPOST_").lower(): v for n, v in self.environment.items() if n.startswith("TERMPOST_")
            }
            self._house = open_house(Settings(**known))  # type: ignore[arg-type]
        return self._house

    def post(self, content: bytes, *rcpts: str, sender: str = "jane@hill.school.example") -> None:
        """Hand in one message; returns after its 250. Raises smtplib's and the socket's errors."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as line:
            line.sendmail(sender, rcpts, content)

    def rows(self, table: Any = inbox, **where: Any) -> list[Any]:
        with self.house.store.read() as session:
            query = select(table).order_by(table.c.id)
            for name, value in where.items():
                query = query.where(table.c[name] == value)
            return list(session.execute(query))

    def copies(self, **where: Any) -> list[Any]:
        return self.rows(outgoing, **where)

    def settled(self, within: float = 60.0) -> None:
        """Wait until every message that came in has its outcome."""

        def nothing_waits() -> bool:
            with self.house.store.read() as session:
                waiting = select(func.count()).select_from(inbox).where(inbox.c.state.in_(("stored", "handling")))
                return session.execute(waiting).scalar_one() == 0

        until(nothing_waits, within, 0.1)


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Running]:
    with Running(folder, **settings) as running:
        yield running

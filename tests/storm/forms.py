"""The two forms of the service, as parts that can be killed one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mailer.house import House, open_house
from mailer.settings import Settings
from mailer.store import upgrade
from tests.servers import folder, free_port
from tests.storm import parts
from tests.storm.parts import Part

TERMPOST = str(Path(sys.executable).with_name("termpost"))


class Form:
    """A house of ours beside the service's processes, and everything that may be killed."""

    def __init__(self, home: Path, form: str, now: datetime, *, delay: float, policy: str) -> None:
        self.home, self.form = home, form
        self.calendar = home / "clock"
        self.at(now)
        relay = free_port()
        self.relay = parts.recorder(home, relay, delay)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")} | {
            "TERMPOST_DATA_DIR": str(home / "var"),
            "TERMPOST_RELAY_URL": f"smtp://127.0.0.1:{relay}",
            "TERMPOST_SMTP_LISTEN": "off",
            "TERMPOST_WEB_LISTEN": "off",
            "TERMPOST_CLOCK": f"file:{self.calendar}",
            "TERMPOST_UNCERTAIN": policy,
            "TERMPOST_LOG_LEVEL": "warning",
        }
        self.parts: list[Part] = [self.relay]
        if form == "hosted":
            database, broker = free_port(), free_port()
            self.env["TERMPOST_DATABASE_URL"] = f"postgresql+psycopg://postgres@127.0.0.1:{database}/storm"
            self.env["TERMPOST_BROKER_URL"] = f"redis://127.0.0.1:{broker}/0"
            redis = parts.redis(home, broker)  # first, as the database runs once it is made, and Redis may not be installed
            self.database = parts.postgres(home, database)
            self.parts += [self.database, redis]
            self.parts += [self._role(name, role) for name, role in (("worker-1", "work"), ("worker-2", "work"), ("scheduler", "schedule"))]  # fmt: skip
        else:
            self.parts.append(self._role("service", "run"))
        known = {name.removeprefix("TERMPOST_").lower(): value for name, value in self.env.items() if name.startswith("TERMPOST_")}  # fmt: skip
        self.house: House = open_house(Settings(**known))  # type: ignore[arg-type]
        upgrade.upgrade(self.house.store)

    def _role(self, name: str, role: str) -> Part:
        return Part(name, [TERMPOST, role], self.home, self.env)

    def at(self, moment: datetime) -> None:
        """Put the service's calendar somewhere, in one step that no reader sees half of."""
        new = self.calendar.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.calendar)

    def start(self) -> None:
        for part in self.parts:
            if part.name != "database":  # it runs since it was made
                part.start()

    def stop(self) -> None:
        self.house.close()
        for part in reversed(self.parts):
            part.stop()

    def recorded(self) -> list[list[str]]:
        """The recorder's lines, split into words."""
        file = self.home / "copies"
        return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


@contextmanager
def playing(form: str, now: datetime, *, delay: float = 0.002, policy: str = "hold") -> Iterator[Form]:
    with folder("storm-", owner="postgres" if form == "hosted" else "") as home:
        made = Form(home, form, now, delay=delay, policy=policy)
        try:
            made.start()
            yield made
        finally:
            made.stop()

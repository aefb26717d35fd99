"""The hosted form: every role a process of its own, on PostgreSQL, with Redis or RabbitMQ between them (OPS-9, V5)."""

from __future__ import annotations

import csv
import email
import email.policy
import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.servers import NewDatabase, Sink, free_port, running, until, wait_for_port

TERMPOST = str(Path(sys.executable).with_name("termpost"))
START = "2026-09-07T09:00:00+00:00"  # a Monday
DOMAIN = "lists.example.org"
PEOPLE = [
    ("olive@hill.school.example", "Olive Organiser", "member;organiser"),
    ("jane@hill.school.example", "Jane Doe", "member"),
    ("dawn@mill.school.example", "Dawn Day", "member"),
]
ROLES = ("smtp", "work", "work", "schedule", "schedule", "web")

pytestmark = [pytest.mark.postgres, pytest.mark.long, pytest.mark.timeout(400)]


class Hosted:
    """The processes of one service, its command line, and its door."""

    def __init__(self, folder: Path, database: str, broker: str, relay: int) -> None:
        self.folder = folder
        self.clock = folder / "clock"
        self.clock.write_text(START)
        self.smtp, self.web = free_port(), free_port()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")} | {
            "TERMPOST_DATA_DIR": str(folder / "var"),
            "TERMPOST_DATABASE_URL": database,
            "TERMPOST_BROKER_URL": broker,
            "TERMPOST_RELAY_URL": f"smtp://127.0.0.1:{relay}",
            "TERMPOST_SMTP_LISTEN": f"127.0.0.1:{self.smtp}",
            "TERMPOST_WEB_LISTEN": f"127.0.0.1:{self.web}",
            "TERMPOST_PUBLIC_URL": f"http://127.0.0.1:{self.web}",
            "TERMPOST_CLOCK": f"file:{self.clock}",
            "TERMPOST_UNDO": "0s",
        }

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [TERMPOST, *words], env=self.env, cwd=self.folder, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, f"termpost {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.command(*words, "--json"))

    def prepare(self) -> None:
        """A network with people, made by commands from nothing."""
        self.command("db", "upgrade")
        self.command("network", "add", "mendip", "--domain", DOMAIN, "--name", "Mendip Technicians")
        with (self.folder / "people.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("email", "name", "roles"), *PEOPLE])
        self.command("member", "import", "mendip", "people.csv", "--evidence", "paper forms of 2026")

    def start(self, stack: ExitStack) -> None:
        for number, role in enumerate(ROLES):
            log = self.folder / f"{role}{number}.log"
            process = stack.enter_context(running([TERMPOST, role], log, env=self.env, cwd=self.folder))
            if role in ("smtp", "web"):
                wait_for_port(self.smtp if role == "smtp" else self.web, process, log)

    def send(self, sender: str, to: str, subject: str, text: str, message_id: str, **fields: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = message_id
        for name, value in fields.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as client:
            client.send_message(message, from_addr=sender, to_addrs=[to])

    def said(self) -> str:
        """The last words of every process."""
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.folder.glob("*.log")))


@pytest.fixture(
    params=[
        pytest.param("redis", marks=pytest.mark.redis),
        pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
    ]
)
def hosted(request: pytest.FixtureRequest, tmp_path: Path, postgres: NewDatabase, sink: Sink) -> Iterator[Hosted]:
    house = Hosted(tmp_path, postgres(), request.getfixturevalue(request.param), sink.port)
    house.prepare()
    with ExitStack() as stack:
        house.start(stack)
        yield house


def subjects(contents: list[bytes]) -> list[str]:
    return [str(email.message_from_bytes(content, policy=email.policy.default)["Subject"]) for content in contents]


def test_a_term_begins_in_many_processes(hosted: Hosted, sink: Sink) -> None:
    """An item is handled once and receipted once; of two schedulers and two workers one sends an occasion, once."""
    jane, dawn, olive = PEOPLE[1][0], PEOPLE[2][0], PEOPLE[0][0]

    for _ in range(2):  # the same mail twice: a relay that did not hear our 250 sends again
        hosted.send(jane, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes on balances, please.", "<1@hill.example>")
    until(lambda: sink.to(jane), said=hosted.said)
    rows = hosted.json("inbox", "list")
    assert [(row["handler"], row["state"]) for row in rows] == [("agenda", "done")]
    assert subjects(sink.to(jane)) == ["Item 1 is kept for the next meeting: Balances"]

    hosted.command("meeting", "add", "mendip", "--starts", "2026-11-26T14:00", "--ends", "2026-11-26T16:00")
    due = next(row["due_at"] for row in hosted.json("plan", "mendip") if row["kind"] == "save-the-date")
    hosted.clock.write_text(max(due.replace("Z", "+00:00"), START))
    until(lambda: sink.to(olive), said=hosted.said)
    proof = email.message_from_bytes(sink.to(olive)[0], policy=email.policy.default)
    hosted.send(olive, str(proof["Reply-To"]), f"Re: {proof['Subject']}", "SEND", "<2@hill.example>")
    until(lambda: [row for row in hosted.json("inbox", "list") if row["handler"] == "proof"], said=hosted.said)
    hosted.clock.write_text(max(due.replace("Z", "+00:00"), START).replace(":00:00+", ":30:00+"))

    dates = [row for row in hosted.json("plan", "mendip") if row["kind"] == "save-the-date"]
    until(lambda: len(sink.to(jane)) > 1 and sink.to(dawn), said=lambda: f"{dates}\n{hosted.said()}")
    until(
        lambda: all(row["state"] not in ("queued", "sending") for row in hosted.json("outbox", "list")), said=hosted.said
    )
    assert len(sink.to(jane)) == 2, subjects(sink.to(jane))
    assert len(sink.to(dawn)) == 1, subjects(sink.to(dawn))
    assert {row["state"] for row in hosted.json("outbox", "list")} == {"accepted"}
    assert len({rcpt + str(content) for _, rcpt, content in sink.taken}) == len(sink.taken), "something went twice"
    assert "Traceback" not in hosted.said(), hosted.said()

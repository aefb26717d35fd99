"""FORGET ME to the running service at log level debug: its log, its output and every file, searched for the address (DP-11, DP-23)."""

from __future__ import annotations

import email
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailer.store.tables import erasures, tray
from tests.live.people import DOMAIN, mendip
from tests.live.running import MONDAY, Running
from tests.servers import until

pytestmark = pytest.mark.long

NORA = "nora77@hill.school.example"
WORDS = (b"nora77", b"nora vale", b"vale, nora")


def mail(to: str, subject: str, text: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Nora Vale <{NORA}>", to, subject
    message["Message-ID"] = f"<{abs(hash((to, subject, text)))}.nora77@hill.school.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def newest(live: Running, before: int) -> Any:
    """The next mail that came for her, read."""
    until(lambda: len(live.rows(tray, rcpt=NORA)) > before, 60, 0.1)
    return email.message_from_bytes(live.rows(tray, rcpt=NORA)[-1].content)


def test_neither_log_nor_file_names_her_afterwards(tmp_path: Path) -> None:
    live = Running(tmp_path, log_level="debug")
    mendip(live.house, MONDAY)
    with live:
        live.post(mail(f"mendip-join@{DOMAIN}", "Join", ""), f"mendip-join@{DOMAIN}", sender=NORA)
        question = newest(live, 0)
        tag = str(question["Reply-To"]).rpartition("<")[2].rstrip(">")
        live.post(mail(tag, "Re: Join", "YES"), tag, sender=NORA)
        newest(live, 1)
        live.post(mail(f"mendip-agenda@{DOMAIN}", "Kiln", "Ten minutes. Nora Vale"), f"mendip-agenda@{DOMAIN}", sender=NORA)
        live.post(mail(f"nobody@{DOMAIN}x", "Lost", "Nora Vale"), f"mendip+zzzz@{DOMAIN}", sender=NORA)
        live.settled()
        until(lambda: not [copy for copy in live.copies() if copy.state in ("queued", "sending")])  # or one seems the question
        had = len(live.rows(tray, rcpt=NORA))
        live.post(mail(f"mendip-help@{DOMAIN}", "", "FORGET ME"), f"mendip-help@{DOMAIN}", sender=NORA)
        tag = str(newest(live, had)["Reply-To"]).rpartition("<")[2].rstrip(">")
        live.post(mail(tag, "Re: forget", "YES"), tag, sender=NORA)
        until(lambda: any(row.done_at for row in live.rows(erasures)), 90, 0.2)
        live.stop()
    said = (tmp_path / "log").read_bytes().lower()
    assert b"forgotten" in said  # the log is the one of this life
    found = {
        f"{file.relative_to(tmp_path)}: {word.decode()}"
        for file in sorted(tmp_path.rglob("*"))
        if file.is_file()
        for word in WORDS
        if word in file.read_bytes().lower()
    }
    assert found == set()

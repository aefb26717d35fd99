"""The whole demo as a stranger starts it: a term through the real doors, then served until Ctrl-C. It is
played without pause between two moments, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PLAY = """
import os, sys
from mailer.cli.demo.player import run
from mailer.settings import load
sys.exit(0 if run(load(None, os.environ), serve=True, pace=0) else 1)
"""
TERM = 280  # seconds that a machine under load may take for a term


def _free() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Play:
    """A demo in its own process, and what it has printed so far."""

    folder: Path
    smtp: int
    env: dict[str, str]
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, folder: Path, smtp: int | None = None) -> Play:
        smtp = smtp or _free()
        env = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")} | {
            "TERMPOST_DATA_DIR": str(folder / "var"),
            "TERMPOST_SMTP_LISTEN": f"127.0.0.1:{smtp}",
            "TERMPOST_WEB_LISTEN": f"127.0.0.1:{_free()}",
            "PYTHONUNBUFFERED": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", PLAY], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        play = cls(folder, smtp, env, process)
        threading.Thread(target=play._listen, daemon=True).start()
        return play

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, words: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while words not in self.said:
            assert self.process.poll() is None, f"ended with {self.process.poll()}:\n{self.said[-3000:]}"
            assert time.monotonic() < end, f"never said {words!r}:\n{self.said[-3000:]}"
            time.sleep(0.1)

    def end(self, number: int = signal.SIGINT) -> tuple[int, float]:
        """Exit status and seconds until it had ended."""
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            return self.process.wait(30), time.monotonic() - began
        finally:
            self.process.kill()


pytestmark = pytest.mark.timeout(TERM + 60)


@pytest.mark.long
def test_a_term_as_scripted_then_served_until_ctrl_c(tmp_path: Path) -> None:
    """One play, so one test: a term costs the better part of a minute."""
    played = Play.start(tmp_path)
    try:
        played.wait_for("Ctrl-C stops it.", TERM)
        _came_out_as_scripted(played)
        _keeps_serving(played)
        _second_demo_is_refused(played)
        status, seconds = played.end()
    finally:
        played.process.kill()
    assert (status, seconds < 10) == (0, True), (status, seconds, played.said[-1500:])
    assert "Traceback" not in played.said


def _came_out_as_scripted(played: Play) -> None:
    """Answers, agenda, pieces, an issue to every subscriber, nobody over 7 (V13), nothing failed but one mailbox."""
    assert "did not come out" not in played.said, played.said[played.said.index("The term is over") :]
    assert "25 members in 15 schools" in played.said
    assert re.search(r"Mails in +\d+, every one through the SMTP door", played.said)
    assert (played.folder / "var" / "demo" / "log").read_text(encoding="utf-8") == ""


def _keeps_serving(played: Play) -> None:
    """The mail is readable at /tray, and the SMTP door is open."""
    place = re.search(r"(http://127\.0\.0\.1:\d+)/tray", played.said)
    assert place is not None
    with urllib.request.urlopen(f"{place[0]}") as page:
        shown = page.read().decode()
    assert "newsletter" in shown.lower()
    out, lost = (re.findall(words, played.said) for words in (r"Mails out +(\d+):", r"Not delivered (\d+) copies"))
    kept = re.findall(r"(\d+) mails", shown)[0]
    assert int(kept) == int(out[0]) + int(lost[0]), "the whole term is there to read, however fast its days went by"
    with socket.create_connection(("127.0.0.1", played.smtp), 5) as line:
        assert line.recv(100).startswith(b"220")


def _second_demo_is_refused(played: Play) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from mailer.cli.app import main; main()", "demo"],
        env=played.env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "A demo runs in" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_in_the_middle_of_term_and_a_busy_door(tmp_path: Path) -> None:
    """A port in use is said plainly and another taken; Ctrl-C ends the play as well; a repeat starts over."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = int(busy.getsockname()[1])
        play = Play.start(tmp_path, smtp=port)
        play.wait_for("Dawn mails the autumn meeting", 60)
        assert f"Port {port} is in use" in play.said
        status, seconds = play.end(signal.SIGTERM)
    assert (status, seconds < 10) == (0, True), (status, seconds, play.said[-1500:])
    again = Play.start(tmp_path)
    again.wait_for("people imported with evidence", 60)
    assert again.end()[0] == 0

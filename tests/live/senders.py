"""People and machines that hand in mail over many connections at once, and hand in again what had no 250."""

from __future__ import annotations

import queue
import smtplib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import until

HOSTILE = Path(__file__).parents[1] / "mail" / "hostile"


@dataclass(frozen=True)
class Given:
    """One message for one of our addresses."""

    name: str
    content: bytes
    rcpt: str
    sender: str = "jane@hill.school.example"


def post(number: int, rcpt: str, text: str, sender: str = "jane@hill.school.example") -> Given:
    content = (
        f"From: Jane Doe <{sender}>\r\nTo: {rcpt}\r\nSubject: Balances {number}\r\nMessage-ID: <{number}.{rcpt}>\r\n"
        f"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\n{text}\r\n"
    )
    return Given(f"post {number}", content.encode(), rcpt, sender)


def nested(kind: str, octets: int) -> bytes:
    """Parts in parts, or messages in messages, for so many octets."""
    head = f"From: Jane Doe <jane@hill.school.example>\r\nSubject: deep\r\nMessage-ID: <{kind}.{octets}@hill.school.example>\r\nMIME-Version: 1.0\r\n"
    if kind == "messages":
        level = "Content-Type: message/rfc822\r\n\r\nSubject: within\r\n"
        return (head + level * (octets // len(level)) + "\r\nThe end.\r\n").encode()
    pieces = [head, "Content-Type: multipart/mixed; boundary=b0\r\n\r\n"]
    size, level = 0, 0
    while size < octets:
        pieces.append(f"--b{level}\r\nContent-Type: multipart/mixed; boundary=b{level + 1}\r\n\r\n")
        size += len(pieces[-1])
        level += 1
    return ("".join(pieces) + f"--b{level}\r\n\r\nThe end.\r\n").encode()


@dataclass
class Senders:
    """Threads that hand in what they are given; `accepted` holds what had its 250, `refused` what was told 5xx."""

    port: int
    accepted: list[Given] = field(default_factory=list)
    refused: list[tuple[Given, str]] = field(default_factory=list)
    a_connection: int = 4  # messages over one connection

    def start(self, mail: Iterable[Given], connections: int = 8) -> None:
        self._waiting: queue.SimpleQueue[Given] = queue.SimpleQueue()
        for given in mail:
            self._waiting.put(given)
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(connections)]
        for thread in self._threads:
            thread.start()

    def wait(self, within: float = 60.0) -> None:
        until(lambda: not any(thread.is_alive() for thread in self._threads), within)

    def reached(self, count: int, within: float = 60.0) -> None:
        """Wait until so many have had their 250."""
        until(lambda: len(self.accepted) >= count or not any(t.is_alive() for t in self._threads), within, 0.002)

    def _send(self) -> None:
        while not self._waiting.empty():
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as line:
                    for _ in range(self.a_connection):
                        self._one(line)
            except queue.Empty:
                return
            except (OSError, smtplib.SMTPException):
                threading.Event().wait(0.1)  # it is down; what had no 250 is back in the queue

    def _one(self, line: smtplib.SMTP) -> None:
        given = self._waiting.get_nowait()
        try:
            line.sendmail(given.sender, [given.rcpt], given.content)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as no:
            said = str(no)
            if "(4" in said or "(-1" in said:
                self._waiting.put(given)
            else:
                self.refused.append((given, said))
            line.rset()
        except BaseException:
            self._waiting.put(given)
            raise
        else:
            self.accepted.append(given)

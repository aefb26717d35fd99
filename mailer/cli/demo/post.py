"""How a member's mail reaches the SMTP door: what their school's mail server does, in a few lines over a socket.

V12 (only the transport speaks SMTP) is about Termpost's own mail. These are other people's servers, and they must share
no code with the house, or a fault of both would hide itself.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence

PATIENCE = 20.0  # seconds


class NotTaken(Exception):
    """The door did not take the mail; says at which command, and what it answered."""


def hand_over(host: str, port: int, mail_from: str, rcpts: Sequence[str], content: bytes) -> None:
    """One mail in one connection (RFC 5321). Returns once it is accepted; raises NotTaken."""
    with socket.create_connection((host, port), PATIENCE) as line, line.makefile("rb") as answers:

        def say(command: str, expected: int) -> None:
            if command:
                line.sendall(command.encode("utf-8") + b"\r\n")
            answer = answers.readline()
            while answer[3:4] == b"-":
                answer = answers.readline()
            if not answer.startswith(str(expected).encode()):
                raise NotTaken(f"{command[:60] or 'connect'}: {answer.decode('utf-8', 'replace').strip() or 'closed'}")

        say("", 220)
        say(f"EHLO mail.{mail_from.rpartition('@')[2] or 'school.example'}", 250)
        say(f"MAIL FROM:<{mail_from}>", 250)
        for rcpt in rcpts:
            say(f"RCPT TO:<{rcpt}>", 250)
        say("DATA", 354)
        lines = content.removesuffix(b"\r\n").split(b"\r\n")
        line.sendall(b"".join((b"." + each if each.startswith(b".") else each) + b"\r\n" for each in lines))
        say(".", 250)
        say("QUIT", 221)

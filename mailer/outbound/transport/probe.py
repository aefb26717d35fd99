"""Whether a mail door answers: its greeting is read and it is told QUIT. SMTP and LMTP greet alike (RFC 2033 4.1)."""

from __future__ import annotations

import socket

from mailer.clock import monotonic
from mailer.outbound.transport.line import Line, LineLost


def greets(host: str, port: int, path: str = "", *, seconds: float = 5) -> bool:
    """True if what listens there (or at the Unix socket `path`) says 220 in time."""
    until = monotonic() + seconds
    try:
        if path:
            door = socket.socket(socket.AF_UNIX)
            door.settimeout(seconds)
            door.connect(path)
        else:
            door = socket.create_connection((host, port), timeout=seconds)
    except OSError:
        return False
    line = Line(door)
    try:
        found = line.answer(seconds, until).code == 220
        line.write(b"QUIT\r\n", seconds, until)
        return found
    except LineLost:
        return False
    finally:
        line.close()

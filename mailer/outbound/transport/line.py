"""One line to a peer: bytes out, replies in, every wait bounded by a deadline for the whole step, not for each byte.

A peer that drips one byte a second therefore costs one step's time and no more (OUT-5). What was surely not written is
told apart from what may have been: on a clear line the kernel says how much it took; on an encrypted one a piece whose
writing failed counts as written.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache

from mailer.clock import monotonic

MAX_LINE = 4096  # RFC 5321 4.5.3.1.5 says 512; real servers say more
MAX_LINES = 200
TLS_PIECE = 16_384  # one TLS record

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class LineLost(Exception):
    """The line is of no more use. `reason`: connection-lost, no-answer or nonsense; `written`: octets that may have gone."""

    def __init__(self, reason: str, detail: str = "", written: int = 0) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.written = written


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply (RFC 5321 4.2.1): its code, the enhanced status (RFC 3463) if there is one, its text lines."""

    code: int
    enhanced: str | None
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)[:500]

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300


class Line:
    """A connected socket. Not for two threads at once, but for hang_up(). It never blocks by itself: waiting is done by poll, where
    it is needed, so that a letter that the kernel takes at once costs one call."""

    def __init__(self, sock: socket.socket) -> None:
        self._buffer = b""
        self._take(sock)

    def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Encrypts the line. Raises ssl.SSLError and OSError; the caller has seen that nothing was waiting."""
        self.sock.settimeout(seconds)
        self._take(context.wrap_socket(self.sock, server_hostname=host))

    def _take(self, sock: socket.socket) -> None:
        self.sock = sock
        self._encrypted = isinstance(sock, ssl.SSLSocket)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(sock, select.POLLIN)
        self._writable.register(sock, select.POLLOUT)
        sock.setblocking(False)

    @property
    def waiting(self) -> bool:
        """Octets have come that nobody read: after the answer to a whole group this means that we lost step."""
        return bool(self._buffer)

    def stale(self) -> bool:
        """The peer has hung up, or has spoken out of turn, since the last answer (a 421 of an idle line, mostly). What it said
        can be read as its answer."""
        try:
            self._buffer = self._buffer or self.sock.recv(65_536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            pass
        return True

    def write(self, content: bytes, seconds: float, until: float, behind: bytes = b"") -> None:
        """Writes all of `content` and what is to go `behind` it; `seconds` without progress, or the moment `until`, end it
        with LineLost."""
        sent, size = 0, len(content) + len(behind)
        whole = memoryview(content + behind) if self._encrypted else None
        while sent < size:
            limit = 0.0
            while True:
                try:
                    if whole is None:
                        sent += self.sock.sendmsg(_rest(content, behind, sent))
                    else:
                        sent += self.sock.send(whole[sent : sent + TLS_PIECE])
                    break
                except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError) as busy:
                    limit = limit or min(monotonic() + seconds, until)
                    poller = self._readable if isinstance(busy, ssl.SSLWantReadError) else self._writable
                    if not self._ready(poller, limit):
                        raise LineLost("no-answer", written=self._upto(sent, size)) from None
                except (OSError, ValueError) as error:
                    raise LineLost("connection-lost", _plain(error), self._upto(sent, size)) from None

    def answer(self, seconds: float, until: float) -> Answer:
        """The next reply, all its lines, within `seconds` and before `until`; else LineLost."""
        buffer = self._buffer
        limit = 0.0
        begin, before = 0, list[Answer]()
        while True:
            end = buffer.find(b"\n", begin)
            if end < 0:
                if len(buffer) - begin > MAX_LINE:
                    raise LineLost("nonsense", "a reply without end")
                if not limit:
                    limit = min(monotonic() + seconds, until)
                buffer = buffer[begin:] + self._receive(limit)
                begin = 0
                continue
            raw = buffer[begin:end]
            begin = end + 1
            said = _line(raw)
            if raw[3:4] != b"-":
                break
            before.append(said)
            if len(before) > MAX_LINES:
                raise LineLost("nonsense", "a reply without end")
        self._buffer = buffer[begin:]
        if not before:
            return said
        if any(one.code // 100 != said.code // 100 for one in before):  # the end of another reply, or none (RFC 5321 4.2.1)
            raise LineLost("nonsense", before[0].text)
        return Answer(said.code, before[0].enhanced, tuple(line for one in (*before, said) for line in one.lines))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()

    def hang_up(self) -> None:
        """Any thread: whoever waits for this line finds it lost. The socket's own shutdown, as that of TLS would let what is
        being written go in clear."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _receive(self, limit: float) -> bytes:
        """What has come. On a clear line it waits first: an answer is hardly ever there already, and the kernel knows all."""
        while True:
            if not (self._encrypted or self._ready(self._readable, limit)):
                raise LineLost("no-answer")
            try:
                got = self.sock.recv(65_536)
                break
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as busy:
                poller = self._writable if isinstance(busy, ssl.SSLWantWriteError) else self._readable
                if not self._ready(poller, limit):
                    raise LineLost("no-answer") from None
            except (OSError, ValueError) as error:
                raise LineLost("connection-lost", _plain(error)) from None
        if not got:
            raise LineLost("connection-lost", "the peer hung up")
        return got

    @staticmethod
    def _ready(poller: select.poll, limit: float) -> bool:
        left = limit - monotonic()
        return left > 0 and bool(poller.poll(left * 1000))

    def _upto(self, sent: int, size: int) -> int:
        return min(sent + TLS_PIECE, size) if self._encrypted else sent


def _rest(content: bytes, behind: bytes, sent: int) -> tuple[bytes | memoryview, ...]:
    """What is still to be written of the two; the kernel joins them, nobody copies them before."""
    if not sent:
        return content, behind
    if sent < len(content):
        return memoryview(content)[sent:], behind
    return (memoryview(behind)[sent - len(content) :],)


@lru_cache(maxsize=256)  # a server says the same few lines for every letter
def _line(raw: bytes) -> Answer:
    """One line of a reply, as if it were all of it."""
    code = raw[:3]
    if len(code) < 3 or not code.isdigit() or raw[3:4] not in (b" ", b"-", b"\r", b"") or len(raw) > MAX_LINE:
        raise LineLost("nonsense", _shown(raw[:80]))
    text = _shown(raw[4:])
    found = _ENHANCED.match(text)
    return Answer(int(code), found[1] if found else None, (text,))


def _shown(raw: bytes) -> str:
    return _CONTROLS.sub(" ", raw[:MAX_LINE].decode("utf-8", "replace")).strip()


def _plain(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else type(error).__name__

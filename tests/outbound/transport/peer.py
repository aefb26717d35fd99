"""Small SMTP servers that follow a script, on a real socket, each in its own thread."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


class Gone(Exception):
    """The script ends this connection."""


class Talk:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""
        self.stop = threading.Event()

    def say(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def content(self) -> bytes:
        """What stands before the dot, still dot-stuffed."""
        if self.starts_with_dot():
            self._buffer = self._buffer[3:]
            return b""
        while b"\r\n.\r\n" not in self._buffer:
            self._more()
        content, _, self._buffer = self._buffer.partition(b"\r\n.\r\n")
        return content + b"\r\n"

    def starts_with_dot(self) -> bool:
        while len(self._buffer) < 3:
            self._more()
        return self._buffer.startswith(b".\r\n")

    def take(self, octets: int) -> None:
        while len(self._buffer) < octets:
            self._more()

    def silent(self) -> None:
        """Says nothing more until the test ends."""
        self.stop.wait(30)
        raise Gone

    def drip(self, octets: bytes, every: float) -> None:
        for octet in octets:
            if self.stop.wait(every):
                raise Gone
            self.say(bytes([octet]))

    def hang_up(self) -> None:
        raise Gone

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def encrypt(self, context: ssl.SSLContext) -> None:
        self._buffer = b""
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def _more(self) -> None:
        got = self.sock.recv(65_536)
        if not got:
            raise Gone
        self._buffer += got


Script = Callable[[Talk], None]


@dataclass
class Peer:
    port: int
    talks: list[Talk] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serve(script: Script) -> Iterator[Peer]:
    """Runs `script` for every connection until the test ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    peer = Peer(listener.getsockname()[1])

    def one(talk: Talk) -> None:
        with contextlib.suppress(Gone, OSError):
            script(talk)
        with contextlib.suppress(OSError):
            talk.sock.close()

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = Talk(sock)
            peer.talks.append(talk)
            thread = threading.Thread(target=one, args=(talk,), daemon=True)
            peer.threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield peer
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(5)  # who still waited would wait on the next test's listener, which gets the same descriptor
        listener.close()
        for talk in peer.talks:
            talk.stop.set()
            with contextlib.suppress(OSError):
                talk.sock.shutdown(socket.SHUT_RDWR)
        for thread in peer.threads:
            thread.join(5)


FULL = ("PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN")
Trouble = Callable[[Talk], bytes | None] | bytes


@dataclass
class Server:
    """A server that behaves, but for `trouble`: at the n-th (verb, n) it says these octets, or does this."""

    features: tuple[str, ...] = FULL
    trouble: dict[tuple[str, int], Trouble] = field(default_factory=dict)
    banner: bytes = b"220 peer.example ESMTP\r\n"
    commands: list[str] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)  # got to its dot, whatever was said then
    taken: list[bytes] = field(default_factory=list)  # and was answered, or would have been answered, with 2xx
    seen: dict[str, int] = field(default_factory=dict)

    def __call__(self, talk: Talk) -> None:
        open_, good = False, 0
        talk.say(self.banner)
        while True:
            line = talk.line().decode()
            self.commands.append(line)
            verb = line.split(" ")[0].upper()
            said = self._trouble(verb, talk)
            if verb == "EHLO" and said is None:
                said = (
                    b"".join(f"250-{word}\r\n".encode() for word in ("peer.example", *self.features)) + b"250 HELP\r\n"
                )
            elif verb == "MAIL":
                said = said or (b"503 5.5.1 nested MAIL\r\n" if open_ else b"250 2.1.0 Ok\r\n")
                open_, good = open_ or said.startswith(b"2"), 0
            elif verb == "RCPT":
                said = said or (b"250 2.1.5 Ok\r\n" if open_ else b"503 5.5.1 need MAIL\r\n")
                good += said.startswith(b"2")
            elif verb == "RSET":
                open_, said = False, said or b"250 2.0.0 Ok\r\n"
            elif verb == "DATA":
                said = said or (b"354 go on\r\n" if good else b"554 5.5.1 no valid recipients\r\n")
                if said.startswith(b"354"):
                    talk.say(said)
                    content = talk.content()
                    if good:
                        self.stored.append(content)
                    try:
                        said = self._trouble("DOT", talk)
                    except Gone:
                        self.taken += [content] if good else []
                        raise
                    said = said or (b"250 2.0.0 Ok: queued\r\n" if good else b"554 5.5.1 no valid recipients\r\n")
                    if said[:1] not in b"45" and good:
                        self.taken.append(content)
                    open_ = False
            elif verb == "QUIT":
                talk.say(said or b"221 2.0.0 Bye\r\n")
                return
            talk.say(said or b"250 2.0.0 Ok\r\n")

    def _trouble(self, verb: str, talk: Talk) -> bytes | None:
        self.seen[verb] = self.seen.get(verb, 0) + 1
        trouble = self.trouble.get((verb, self.seen[verb]))
        return trouble(talk) if callable(trouble) else trouble

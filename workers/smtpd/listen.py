"""Opening the doors, who may come in, and how many at once (SMTP-14, SMTP-16)."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from mailer import log
from mailer.inbound.receive import Intake
from mailer.settings import Listen, Settings
from workers.smtpd import replies
from workers.smtpd.connection import Connection
from workers.smtpd.session import Lmtp, Smtp
from workers.smtpd.wire import Room

ROOM = 4  # messages of the largest size that may be on their way in at once, over all connections of a door
BACKLOG = 256
LAST_COMMITS = 7.0  # seconds that closing waits for messages behind the dot; less than the daemon waits for the doors
SOCKET_MODE = 0o660

_log = log.get(__name__)


class Door:
    """One listening socket: its limits, and the sessions that are open."""

    def __init__(self, settings: Settings, intake: Intake, session: type[Smtp]) -> None:
        self.intake = intake
        self.hostname = _hostname(settings)
        self.idle_seconds = settings.smtp_idle.total_seconds()
        self.session_seconds = settings.smtp_session.total_seconds()
        self.most_octets = settings.smtp_max_size
        self.most_recipients = settings.smtp_max_recipients
        self.rejects_bare_newlines = settings.smtp_bare_newline == "reject"
        self.room = Room(ROOM * settings.smtp_max_size)
        self.trouble = log.Lasting(_log, "a mail command failed")  # with a database that is away, every RCPT does
        self._session = session
        self._peers = settings.smtp_peers
        self._most_sessions = settings.smtp_connections
        self._sessions: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._path: Path | None = None
        self.listen = Listen()

    async def open(self, listen: Listen) -> None:
        """Listen. Raises OSError when the port or path is taken or not ours to open."""
        loop = asyncio.get_running_loop()
        if listen.path:
            self._path = Path(listen.path)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._server = await loop.create_unix_server(self._made, listen.path, backlog=BACKLOG)
            os.chmod(listen.path, SOCKET_MODE)  # the mail server's user joins our group
            self.listen = listen
        else:
            self._server = await loop.create_server(self._made, listen.host, listen.port, backlog=BACKLOG)
            self.listen = Listen(listen.host, self._server.sockets[0].getsockname()[1])
        _log.info("a mail door is open", protocol=self._session.protocol, at=str(self.listen))

    def _made(self) -> Smtp:
        return self._session(self, asyncio.get_running_loop())

    def admit(self, session: Connection, transport: asyncio.BaseTransport) -> tuple[str, str]:
        """Who it is, and the reply that turns the client away, or empty."""
        client = self._client(transport)
        if client != "unix" and not any(ip_address(client) in peers for peers in self._peers):
            _log.warning("a stranger was turned away at a mail door", protocol=session.protocol, client=client)
            return client, replies.NOT_A_PEER
        if len(self._sessions) >= self._most_sessions:
            return client, replies.TOO_MANY_CONNECTIONS
        self._sessions.add(session)
        return client, ""

    def _client(self, transport: asyncio.BaseTransport) -> str:
        if self._path is not None:
            return "unix"
        address = ip_address(transport.get_extra_info("peername")[0].partition("%")[0])
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return str(mapped or address)

    def forget(self, session: Connection) -> None:
        """The session's connection is gone."""
        self._sessions.discard(session)

    async def close(self) -> None:
        """Take no more, end sessions with 421, and wait for those whose message is behind the dot."""
        if self._server is not None:
            self._server.close()
        patience = asyncio.get_running_loop().time() + LAST_COMMITS
        while self._sessions and asyncio.get_running_loop().time() < patience:
            for session in [each for each in self._sessions if not each.is_storing]:
                session.end(replies.STOPPING)
            await asyncio.sleep(0.01)
        for session in list(self._sessions):
            session.abort()
        if self._path is not None:
            with suppress(FileNotFoundError):
                self._path.unlink()


class Doors:
    """The open mail doors of a process. `smtp` and `lmtp` say where they listen, None where they do not."""

    def __init__(self, smtp: Door | None, lmtp: Door | None) -> None:
        self._smtp, self._lmtp = smtp, lmtp

    @property
    def smtp(self) -> Listen | None:
        return self._smtp.listen if self._smtp else None

    @property
    def lmtp(self) -> Listen | None:
        return self._lmtp.listen if self._lmtp else None

    async def close(self) -> None:
        """Close all; the intake stays open."""
        await asyncio.gather(*(door.close() for door in (self._smtp, self._lmtp) if door is not None))


async def serve(settings: Settings, intake: Intake) -> Doors:
    """Open the doors that the settings name. Raises OSError when one cannot be opened; then none is open."""
    opened: dict[str, Door] = {}
    for listen, session in ((settings.smtp_listen, Smtp), (settings.lmtp_listen, Lmtp)):
        if listen is None:
            continue
        door = Door(settings, intake, session)
        try:
            await door.open(listen)
        except OSError:
            await Doors(opened.get("smtp"), opened.get("lmtp")).close()
            raise
        opened[session.protocol] = door
    return Doors(opened.get("smtp"), opened.get("lmtp"))


def _hostname(settings: Settings) -> str:
    """How the door calls itself: the public name if there is one. No name server is asked."""
    name = settings.public_host
    return name if "." in name and not name.replace(".", "").isdecimal() else socket.gethostname()

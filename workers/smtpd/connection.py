"""One connection to a mail door: its timers, its replies on the wire, and one command after another.

This is where aiosmtpd ends and ours begins: it opens and closes the stream and keeps the idle timer, `Wire` cuts the
octets, and `session` holds the verbs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from aiosmtpd.smtp import SMTP

from workers.smtpd import replies
from workers.smtpd.wire import CHUNK, Gone, LineTooLong, Wire

if TYPE_CHECKING:
    from workers.smtpd.listen import Door

COMMAND_OCTETS = 512  # RFC 5321 4.5.3.1.4, with CRLF
MAIL_GROWTH = 26 + 17 + 10  # SIZE (RFC 1870 3), BODY (RFC 6152 2), SMTPUTF8 (RFC 6531 3.4)
MOST_ERRORS = 20  # bad commands of one session (SMTP-14)
LAST_WORD = 10.0  # seconds for a client to take the reply that ends its session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own; it logs addresses (DP-23)


class Connection(SMTP):
    """A connection through `door`. Subclasses give `verbs`: what may be said, and the method that answers."""

    line_length_limit = CHUNK  # of the stream's buffer; lines are cut by Wire
    protocol: ClassVar[str]  # smtp | lmtp
    greeting: ClassVar[str]
    verbs: ClassVar[Mapping[str, str]]

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(None, hostname=door.hostname, timeout=door.idle_seconds, enable_SMTPUTF8=True, loop=loop)
        self._door = door
        self._refused = ""  # why the client is turned away before a word
        self._errors = 0
        self._heard = loop.time()
        self._unsent = bytearray()  # replies of one pipelined group go in one packet (RFC 2920 3.2)
        self._ends: list[asyncio.TimerHandle] = []
        self.client = ""
        self.is_storing = False

    def __dir__(self) -> Iterable[str]:
        """No names: aiosmtpd looks through all of them for hooks, twice for every connection, and there are none."""
        return ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.client, self._refused = self._door.admit(self, transport)
        self._ends.append(self.loop.call_later(self._door.session_seconds, self.end, replies.SESSION_TOO_LONG))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._door.forget(self)
        for timer in self._ends:
            timer.cancel()
        super().connection_lost(error)

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]

    def eof_received(self) -> bool:
        """A client that has said its last may still wait for its answers."""
        self._reader.feed_eof()
        return True

    def _timeout_cb(self) -> None:
        """aiosmtpd's idle timer ran out; one timer serves many commands, as making timers is dear."""
        left = self._heard + self._door.idle_seconds - self.loop.time()
        if left <= 0:
            self.end(replies.IDLE)
        else:
            self._reset_timeout(left)

    @property
    def is_over(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    def end(self, reply: str = "") -> None:
        """Say a last word and close, whatever the client is doing."""
        if self.is_over:
            return
        self._say(reply)
        self._write()
        self._writer.close()
        self._ends.append(self.loop.call_later(LAST_WORD, self.abort))  # a client that reads nothing is cut off

    def abort(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self._writer.transport.abort()

    async def push(self, status: str | bytes) -> None:
        self._say(status if isinstance(status, str) else status.decode("ascii"))

    def _say(self, reply: str) -> None:
        if reply:
            self._unsent += reply.encode("ascii") + b"\r\n"

    def _write(self) -> None:
        if self._unsent:
            self._writer.write(bytes(self._unsent))
            self._unsent.clear()

    async def _before_waiting(self) -> None:
        self._heard = self.loop.time()
        self._write()
        await self._writer.drain()

    # The conversation

    async def _handle_client(self) -> None:
        if self._refused:
            self.end(self._refused)
            return
        self._wire = Wire(self._reader, self._before_waiting, self._door.room)
        try:
            await self.push(f"220 {self.hostname} {self.greeting} Termpost")
            while not self.is_over:
                await self._one_command()
        except (Gone, ConnectionError):
            pass
        finally:
            self.end()

    async def _one_command(self) -> None:
        try:
            line = await self._wire.line()
        except LineTooLong:
            await self._bad(replies.LINE_TOO_LONG)
            return
        word, _, rest = line.partition(b" ")
        try:
            verb, argument = word.decode("ascii").upper(), rest.strip(b" ").decode("utf-8")
        except UnicodeDecodeError:
            await self._bad(replies.BAD_LINE)
            return
        if len(line) + 2 > COMMAND_OCTETS + (MAIL_GROWTH if verb == "MAIL" else 0):
            await self._bad(replies.LINE_TOO_LONG)
        elif b"\r" in line or b"\n" in line or b"\0" in line:
            await self._bad(replies.BAD_LINE)
        elif verb not in self.verbs:
            await self._bad(replies.UNKNOWN)
        else:
            try:
                await getattr(self, self.verbs[verb])(argument)
            except (Gone, ConnectionError):
                raise
            except Exception as error:  # what was said before holds: a 503 to the next RCPT would bounce it
                self._door.trouble.met(error, verb, protocol=self.protocol, verb=verb)
                if verb == "DATA":  # what is left of the message must not be read as commands
                    self.end(replies.FAULT)
                await self.push(replies.FAULT)

    async def _bad(self, reply: str) -> None:
        """A reply to a command that should not have come. Too many of them end the session (SMTP-14)."""
        self._errors += 1
        await self.push(reply)
        if self._errors >= MOST_ERRORS:
            self.end(replies.TOO_MANY_ERRORS)

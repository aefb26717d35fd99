"""One conversation at a mail door, read top-down: greeting, commands, message, answer."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from mailer import clock, log
from mailer.inbound.receive import Envelope, StoreFull
from workers.smtpd import replies
from workers.smtpd.commands import Argument, NotAPath, NotParameters, parse_argument
from workers.smtpd.wire import CHUNK, Gone, LineTooLong, NoRoom, TooBig, Unacceptable, Wire

if TYPE_CHECKING:
    from workers.smtpd.listen import Door

COMMAND_OCTETS = 512  # RFC 5321 4.5.3.1.4, with CRLF
MAIL_GROWTH = 26 + 17 + 10  # SIZE (RFC 1870 3), BODY (RFC 6152 2), SMTPUTF8 (RFC 6531 3.4)
MOST_ERRORS = 20  # bad commands of one session (SMTP-14)
LAST_WORD = 10.0  # seconds for a client to take the reply that ends its session

_BARE_NEWLINE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_log = log.get(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own; it logs addresses (DP-23)


class Smtp(SMTP):
    """SMTP from a trusted mail server. `door` says what is allowed, and takes the messages."""

    line_length_limit = CHUNK  # of the stream's buffer; lines are cut by Wire
    protocol = "smtp"
    greeting = "ESMTP"
    verbs = {
        "EHLO": "smtp_EHLO", "HELO": "smtp_HELO", "MAIL": "smtp_MAIL", "RCPT": "smtp_RCPT", "DATA": "smtp_DATA",
        "RSET": "smtp_RSET", "NOOP": "smtp_NOOP", "QUIT": "smtp_QUIT", "VRFY": "smtp_VRFY", "HELP": "smtp_HELP",
        "EXPN": "not_offered", "BDAT": "not_offered", "STARTTLS": "not_offered", "AUTH": "not_offered",
        "GET": "not_http", "POST": "not_http", "PUT": "not_http", "CONNECT": "not_http",
    }  # fmt: skip

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(door, hostname=door.hostname, timeout=door.idle_seconds, enable_SMTPUTF8=True, loop=loop)
        self._door = door
        self._refused = ""  # why the client is turned away before a word
        self._errors = 0
        self._host = ""
        self._is_extended = False
        self._heard = loop.time()
        self._unsent = bytearray()  # replies of one pipelined group go in one packet (RFC 2920 3.2)
        self._session_end: asyncio.TimerHandle | None = None
        self.client = ""
        self.is_storing = False

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.client, self._refused = self._door.admit(self, transport)
        self._session_end = self.loop.call_later(self._door.session_seconds, self.end, replies.SESSION_TOO_LONG)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._door.forget(self)
        if self._session_end is not None:
            self._session_end.cancel()
        super().connection_lost(error)

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
        self.loop.call_later(LAST_WORD, self.abort)  # a client that does not read keeps no connection

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
            except Exception:
                _log.exception("a mail command failed", protocol=self.protocol, verb=verb)
                self._set_rset_state()
                if verb == "DATA":  # what is left of the message must not be read as commands
                    self.end(replies.FAULT)
                await self.push(replies.FAULT)

    async def _bad(self, reply: str) -> None:
        """A reply to a command that should not have come. Too many of them end the session (SMTP-14)."""
        self._errors += 1
        await self.push(reply)
        if self._errors >= MOST_ERRORS:
            self.end(replies.TOO_MANY_ERRORS)

    # Hello

    async def smtp_EHLO(self, argument: str) -> None:
        if not argument:
            await self._bad(replies.NEEDS_HOST)
            return
        self._hello(argument, extended=True)
        keywords = ["PIPELINING", f"SIZE {self._door.most_octets}", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8"]
        for keyword in (self.hostname, *keywords[:-1]):
            await self.push(f"250-{keyword}")
        await self.push(f"250 {keywords[-1]}")

    async def smtp_HELO(self, argument: str) -> None:
        if not argument:
            await self._bad(replies.NEEDS_HOST)
            return
        self._hello(argument, extended=False)
        await self.push(f"250 {self.hostname}")

    def _hello(self, host: str, *, extended: bool) -> None:
        self._set_rset_state()
        self._host, self._is_extended = host, extended

    # The envelope

    def _set_rset_state(self) -> None:
        super()._set_rset_state()  # type: ignore[no-untyped-call]
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._is_utf8 = False

    async def smtp_MAIL(self, argument: str) -> None:
        if not self._host:
            await self._bad(replies.HELLO_FIRST)
        elif self._sender is not None:
            await self._bad(replies.MAIL_TWICE)
        elif sender := await self._argument("FROM", argument, replies.BAD_SENDER):
            reply = self._mail_parameters(sender)
            if reply is None and not sender.address.isascii() and not self._is_utf8:
                reply = replies.NEEDS_SMTPUTF8
            if reply is None:
                self._sender = sender.address
            await self.push(reply or replies.SENDER_OK)

    def _mail_parameters(self, sender: Argument) -> str | None:
        """The reply to parameters that will not do, else None. Nothing is taken that EHLO does not name (SMTP-9)."""
        if sender.parameters and not self._is_extended:
            return replies.PARAMETER_UNKNOWN
        for name, value in sender.parameters.items():
            if name == "SIZE" and value.isdecimal():
                if int(value) > self._door.most_octets:
                    return replies.TOO_BIG
            elif name == "BODY" and value.upper() in ("7BIT", "8BITMIME"):
                continue
            elif name == "SMTPUTF8" and not value:
                self._is_utf8 = True
            elif name in ("SIZE", "BODY", "SMTPUTF8"):
                return replies.BAD_PARAMETERS
            else:
                return replies.PARAMETER_UNKNOWN
        return None

    async def smtp_RCPT(self, argument: str) -> None:
        if self._sender is None:
            await self._bad(replies.MAIL_FIRST)
        elif recipient := await self._argument("TO", argument, replies.BAD_RECIPIENT):
            if not recipient.address:
                await self._bad(replies.BAD_RECIPIENT)
            elif recipient.parameters:
                await self.push(replies.PARAMETER_UNKNOWN)
            elif not recipient.address.isascii() and not self._is_utf8:
                await self.push(replies.NEEDS_SMTPUTF8)
            elif len(self._recipients) >= self._door.most_recipients:
                await self.push(replies.TOO_MANY_RECIPIENTS)
            else:
                verdict = await self._door.intake.judge(recipient.address)
                if verdict.ok:
                    self._recipients.append(recipient.address)
                await self.push(f"{verdict.code} {verdict.text}")

    async def _argument(self, word: str, text: str, reply: str) -> Argument | None:
        try:
            return parse_argument(word, text)
        except NotAPath:
            await self._bad(reply)
        except NotParameters:
            await self._bad(replies.BAD_PARAMETERS)
        return None

    # The message

    async def smtp_DATA(self, argument: str) -> None:
        if argument:
            await self._bad(replies.NO_ARGUMENT)
            return
        if self._sender is None:
            await self._bad(replies.MAIL_FIRST)
            return
        if not self._recipients:
            await self._bad(replies.RCPT_FIRST)
            return
        await self.push(replies.GO_AHEAD)
        try:
            async with self._wire.message(self._door.most_octets) as content:
                reply = await self._store(content)
        except Unacceptable as trouble:
            reply = _UNACCEPTABLE[type(trouble)]
        recipients = self._recipients
        self._set_rset_state()
        for each in self.answers(reply, recipients):
            await self.push(each)

    async def _store(self, content: bytes) -> str:
        """Have the message committed, and what may be said then (V1)."""
        if self._door.rejects_bare_newlines and _BARE_NEWLINE.search(content):
            return replies.BARE_NEWLINE
        envelope = Envelope(
            mail_from=self._sender or "",
            rcpts=tuple(self._recipients),
            content=content,
            channel=self.protocol,
            client=self.client,
            received_at=clock.now(),
        )
        self.is_storing = True
        try:
            ids = await self._door.intake.accept(envelope)
        except StoreFull:
            return replies.FULL
        except Exception as error:
            _log.error("a message was not taken", protocol=self.protocol, cause=type(error).__name__)
            return replies.FAULT
        finally:
            self.is_storing = False
        _log.debug("a message was stored", protocol=self.protocol, inbox_ids=ids, octets=len(content))
        return replies.STORED

    def answers(self, reply: str, recipients: list[str]) -> Iterable[str]:
        """What is said after the dot."""
        return (reply,)

    # The rest

    async def smtp_RSET(self, argument: str) -> None:
        if argument:
            await self._bad(replies.NO_ARGUMENT)
            return
        self._set_rset_state()
        await self.push(replies.OK)

    async def smtp_NOOP(self, argument: str) -> None:
        await self.push(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        if argument:
            await self._bad(replies.NO_ARGUMENT)
            return
        self.end(replies.GOODBYE)

    async def smtp_VRFY(self, argument: str) -> None:
        await self.push(replies.CANNOT_VERIFY)  # tells nothing about who is there (SMTP-15)

    async def smtp_HELP(self, argument: str) -> None:
        await self.push(replies.HELP)

    async def not_offered(self, argument: str) -> None:
        await self._bad(replies.NOT_OFFERED)

    async def not_http(self, argument: str) -> None:
        """A web page may make a browser post commands to a port on its own machine."""
        self.end(replies.NOT_HTTP)


class Lmtp(Smtp):
    """LMTP (RFC 2033): LHLO only, and after the dot one reply for each accepted RCPT, in order."""

    protocol = "lmtp"
    greeting = "LMTP"
    verbs = {verb: name for verb, name in Smtp.verbs.items() if verb not in ("EHLO", "HELO")} | {"LHLO": "smtp_EHLO"}

    def answers(self, reply: str, recipients: list[str]) -> Iterable[str]:
        return (reply for _ in recipients)


_UNACCEPTABLE: dict[type[Unacceptable], str] = {
    TooBig: replies.TOO_BIG,
    LineTooLong: replies.TEXT_LINE_TOO_LONG,
    NoRoom: replies.FULL,
}

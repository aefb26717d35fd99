"""The verbs of SMTP and LMTP, in the order in which they are said: hello, envelope, message, the rest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailer import clock, log
from mailer.inbound.receive import Envelope, StoreFull
from workers.smtpd import replies
from workers.smtpd.commands import Argument, NotAPath, NotParameters, parse_argument
from workers.smtpd.connection import Connection
from workers.smtpd.wire import LineTooLong, NoRoom, TooBig, Unacceptable

if TYPE_CHECKING:
    from workers.smtpd.listen import Door

_BARE_NEWLINE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_log = log.get(__name__)


class Smtp(Connection):
    """SMTP from a trusted mail server. `door` says what is allowed, and takes the messages."""

    protocol = "smtp"
    greeting = "ESMTP"
    verbs = {
        "EHLO": "smtp_EHLO", "HELO": "smtp_HELO", "MAIL": "smtp_MAIL", "RCPT": "smtp_RCPT", "DATA": "smtp_DATA",
        "RSET": "smtp_RSET", "NOOP": "smtp_NOOP", "QUIT": "smtp_QUIT", "VRFY": "smtp_VRFY", "HELP": "smtp_HELP",
        "EXPN": "not_offered", "BDAT": "not_offered", "STARTTLS": "not_offered", "AUTH": "not_offered",
        "GET": "not_http", "POST": "not_http", "PUT": "not_http", "CONNECT": "not_http",
    }  # fmt: skip

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(door, loop)
        self._host = ""
        self._is_extended = False

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
        super()._set_rset_state()
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
            else:
                self._is_utf8 = False
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
            helo=self._host,
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

"""Bytes from one client, cut where RFC 5321 2.3.8 cuts them: a line ends with CRLF, data with CRLF.CRLF.

A bare CR or LF is an octet like any other, so nobody can smuggle a second message behind a dot that another server
reads differently (SMTP-7). Memory is bounded: a command line by `MOST_COMMAND`, a message by the size limit, and all
messages on their way in together by a `Room`; what is over is read to its end, dropped, and answered then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

CRLF = b"\r\n"
END_OF_DATA = b"\r\n.\r\n"
DOT = b"\r\n."
PARTIAL_END = 3  # octets of the end of data that may have come without the rest
CHUNK = 64 * 1024
MOST_COMMAND = 4096  # kept of a command line that has no end
MOST_LINE = 64 * 1024 + 1  # ruling 10, and the dot of RFC 5321 4.5.2


class Gone(Exception):
    """The client has closed the connection."""


class Unacceptable(Exception):
    """The message was read to its end and is not kept."""


class TooBig(Unacceptable):
    """It is larger than the size limit."""


class LineTooLong(Unacceptable):
    """It has a line beyond the limit; or a command line is beyond its own."""


class NoRoom(Unacceptable):
    """Too much is on its way in at once."""


class Room:
    """Octets that all messages being read may take together, over all connections."""

    def __init__(self, octets: int) -> None:
        self.left = octets

    def take(self, octets: int) -> bool:
        """Reserve, if there is room."""
        if octets > self.left:
            return False
        self.left -= octets
        return True

    def give_back(self, octets: int) -> None:
        self.left += octets


class Wire:
    """Reads lines and messages. `before_waiting` is awaited whenever the client has to speak next."""

    def __init__(self, reader: asyncio.StreamReader, before_waiting: Callable[[], Awaitable[None]], room: Room) -> None:
        self._reader = reader
        self._before_waiting = before_waiting
        self._room = room
        self._ahead = bytearray()  # read and not yet used

    async def line(self) -> bytes:
        """The next command line without its CRLF. Raises LineTooLong once the end of a long one was seen, and Gone."""
        looked = 0
        too_long = False
        while (end := self._ahead.find(CRLF, looked)) < 0:
            if len(self._ahead) > MOST_COMMAND:
                too_long = True
                del self._ahead[:-1]  # the last may be the CR
            looked = max(0, len(self._ahead) - 1)
            await self._read_more()
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 2]
        if too_long:
            raise LineTooLong
        return line

    @asynccontextmanager
    async def message(self, most: int) -> AsyncIterator[bytes]:
        """The message up to the lone dot, stuffed dots removed (RFC 5321 4.5.2), at most `most` octets; its room stays
        taken until the block ends.

        Raises TooBig, LineTooLong or NoRoom when the end of data was seen, and Gone when it never came.
        """
        text = bytearray(CRLF)  # so that a dot on the first line is like any other
        looked = line_at = 2
        stuffed = taken = 0
        trouble: Unacceptable | None = None
        try:
            while True:
                known = len(text)
                text += self._ahead
                self._ahead.clear()
                end = text.find(END_OF_DATA, max(0, looked - 4))
                stop = len(text) if end < 0 else end + 2
                if trouble is None:
                    if self._room.take(len(text) - known):
                        taken += len(text) - known
                    else:
                        trouble = NoRoom()
                    line_at, is_long = _walk(text, line_at, stop)
                    stuffed += text.count(DOT, max(0, known - 2), stop)
                    if is_long:
                        trouble = LineTooLong()
                    elif stop - 2 - stuffed > most + (PARTIAL_END if end < 0 else 0):
                        trouble = TooBig()
                if end >= 0:
                    self._ahead += memoryview(text)[end + 5 :]
                    break
                if trouble is not None:
                    del text[:-4]  # enough to see the end of data
                looked = len(text)
                await self._read_more()
            if trouble is not None:
                raise trouble
            del text[stop:]
            content = bytes(text)
            text.clear()
            content = content.replace(DOT, CRLF)[2:]
            if len(content) > most:
                raise TooBig
            yield content
        finally:
            self._room.give_back(taken)

    async def _read_more(self) -> None:
        await self._before_waiting()
        chunk = await self._reader.read(CHUNK)
        if not chunk:
            raise Gone
        self._ahead += chunk


def _walk(text: bytearray, line_at: int, stop: int) -> tuple[int, bool]:
    """Go from the start of a line as far as lines are complete; the second is True if one is too long.

    It leaps to the last CRLF within the limit, so its cost does not depend on how short the lines are.
    """
    while stop - line_at >= MOST_LINE + 2:
        last = text.rfind(CRLF, line_at, line_at + MOST_LINE + 2)
        if last < 0:
            return line_at, True
        line_at = last + 2
    return line_at, False

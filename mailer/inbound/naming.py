"""The words by which an organiser says who an unknown writer is, in answer to a letter that was passed to them."""

from __future__ import annotations

import re

from mailer.inbound.message import Message

LETTERS = ("replies/admit", "replies/committee")
SAYS = re.compile(
    r"^\W*(?:(?P<sure>(?:the )?same (?:person )?as)|(?:this|that|it)(?: is|[’']s)|dyma)\s+(?P<who>[^\s].{1,120}?)[\s.]*$",
    re.IGNORECASE,
)


def said(message: Message) -> re.Match[str] | None:
    """The words, if the reply begins with them in a line of its own."""
    line = next((line for line in message.reading.reply.splitlines() if line.strip()), "")
    return SAYS.match(line.strip())

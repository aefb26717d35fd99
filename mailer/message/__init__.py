"""One reading of a message: octets in, values out.

Everything that comes in is read here once, and everything after trusts this reading: who wrote it, whether a person
or a machine, what is newly written and what is quoted, which bounce, complaint or calendar answer it is, and which of
our own tags it carries. Pure: no database, no DNS, no clock, and no network, whatever a mail may ask for (SAFE-2).

The rules are tables read from the top, each row with its source: RFC sections, the clients' own marks, the words of
the languages our members write. What was cut or decided is told in `Reading.steps`. The same room writes header fields
and calendar bodies, so that both sides of a rule stand together.

Errors: reading never raises; `Reading.error` and `Reading.defects` say what was wrong. Writing raises ValueError for
a value that would break the message (FMT-7).
"""

from __future__ import annotations

from mailer.message.address import Mailbox
from mailer.message.hypertext import safe_html
from mailer.message.reading import read
from mailer.message.understood import Reading
from mailer.message.values import Attachment, AuthResults, Bounce, CalendarAnswer, Complaint, Loop

__all__ = [
    "Attachment",
    "AuthResults",
    "Bounce",
    "CalendarAnswer",
    "Complaint",
    "Loop",
    "Mailbox",
    "Reading",
    "read",
    "safe_html",
]

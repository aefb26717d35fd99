"""The values a reading is made of. All frozen, none knows how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.message.bounces import reasons


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one recipient, as a report or a text says.

    `permanent` says that this delivery was given up, `reason` why, both by our own table; `counts` that it speaks against the
    address. `hint` marks what was found in
    text only: a hint, never a ground by itself (BNC-9). `action` is failed, delayed, delivered, relayed, expanded or
    empty; `status` an enhanced status code (RFC 3463) or empty.
    """

    address: str
    status: str
    action: str
    permanent: bool
    reason: str
    diagnostic: str
    hint: bool

    @property
    def counts(self) -> bool:
        """Is this evidence against the address itself (BNC-5)? A hint still needs our own tag beside it."""
        return reasons.counts(self.permanent, self.reason)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A feedback report (RFC 5965): its type (abuse, fraud, not-spam, ...), the address it names, if it does, and the
    Message-IDs and feedback ids (RFC 9477 3.3) of the mail complained about."""

    type: str
    address: str
    original_ids: tuple[str, ...] = ()
    user_agent: str = ""
    feedback_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """A calendar part (RFC 5546): METHOD in capitals, and what the first component says.

    `dtstamp` is aware UTC; `recurrence_id` is raw text; `delegated_to` is empty unless PARTSTAT is DELEGATED.
    """

    method: str
    uid: str
    attendee: str
    partstat: str
    comment: str
    sequence: int = 0
    dtstamp: datetime | None = None
    organizer: str = ""
    summary: str = ""
    attendee_name: str = ""
    starts: str = ""
    recurrence_id: str = ""
    delegated_to: str = ""
    attendees: int = 0
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the message: safe base name, type as declared, octets of the decoded content."""

    name: str
    type: str
    content: bytes
    content_id: str | None = None

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class AuthResults:
    """What the trusted Authentication-Results field says (RFC 8601): pass, fail, none, temperror, ... each.

    `aligned` is the From domain if dmarc passed or a passing DKIM domain is aligned with it (AUTH-9), else empty.
    """

    dkim: str = "none"
    spf: str = "none"
    dmarc: str = "none"
    aligned: str = ""

    @property
    def proven(self) -> bool:
        """The From domain is proven: DMARC pass, or an aligned DKIM pass. SPF alone never is."""
        return bool(self.aligned)

    @property
    def failed(self) -> bool:
        """DMARC failed, or DKIM failed and nothing else proves it. None and temperror are no failure (ruling 1)."""
        return self.dmarc == "fail" or (not self.aligned and self.dkim == "fail" and self.dmarc != "pass")


@dataclass(frozen=True, slots=True)
class Loop:
    """What shows a loop (LOOP-4): the List-Ids and X-Loop marks the message bears (lower case, without brackets), and how
    many Received fields it has."""

    list_ids: tuple[str, ...] = ()
    x_loop: tuple[str, ...] = ()
    received: int = 0

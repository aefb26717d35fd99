"""What a message is and says, as one frozen value: what `read` gives and everything after trusts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as calendar_date
from datetime import datetime
from typing import Any

from mailer.message import encoded
from mailer.message.address import Mailbox
from mailer.message.values import Attachment, AuthResults, Bounce, CalendarAnswer, Complaint, Loop

KINDS = (
    "person",
    "list",
    "auto-reply",
    "bounce",
    "complaint",
    "calendar-reply",
    "calendar-other",
    "read-receipt",
    "challenge",
)


@dataclass(frozen=True)
class Reading:
    """What a message is and says. Addresses are as written (NFC), ids without brackets, `date` aware or None."""

    kind: str = "person"
    automatic: bool = False
    senders: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = ""
    reply: str = ""
    quoted: str = ""
    html: str | None = None
    bounces: tuple[Bounce, ...] = ()
    original_ids: tuple[str, ...] = ()
    complaint: Complaint | None = None
    calendar: CalendarAnswer | None = None
    attachments: tuple[Attachment, ...] = ()
    own_tags: tuple[str, ...] = ()
    auth: AuthResults = field(default_factory=AuthResults)
    loop: Loop = field(default_factory=Loop)
    away_until: calendar_date | None = None
    defects: tuple[str, ...] = ()
    error: str | None = None
    steps: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def sender(self) -> Mailbox | None:
        """The one author, if there is exactly one and it could be parsed (AUTH-11)."""
        return self.senders[0] if len(self.senders) == 1 and self.senders[0].address else None

    def header(self, name: str) -> str | None:
        """The first field of this name, decoded, without control characters (SAFE-7); None if there is none."""
        return next(iter(self.headers(name)), None)

    def headers(self, name: str) -> tuple[str, ...]:
        """All fields of this name, top first, decoded and cleaned."""
        low = name.lower()
        return tuple(encoded.text_of(value) for have, value in self.fields if have == low)

    def as_json(self, file: str) -> dict[str, Any]:
        """The object of `termpost read --json`."""
        return {
            "file": file,
            "kind": self.kind,
            "automatic": self.automatic,
            "from": self.sender.address if self.sender else (self.senders[0].name if self.senders else ""),
            "subject": self.subject,
            "message_id": self.message_id,
            "text": self.text,
            "reply": self.reply,
            "quoted": self.quoted,
            "bounce": [
                {
                    "address": b.address,
                    "status": b.status,
                    "action": b.action,
                    "permanent": b.permanent,
                    "reason": b.reason,
                    "hint": b.hint,
                }
                for b in self.bounces
            ],
            "complaint": {"type": self.complaint.type, "address": self.complaint.address} if self.complaint else None,
            "calendar": _calendar_json(self.calendar),
            "attachments": [{"name": a.name, "type": a.type, "size": a.size} for a in self.attachments],
            "defects": list(self.defects),
            "error": self.error,
        }


def _calendar_json(answer: CalendarAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "method": answer.method,
        "uid": answer.uid,
        "attendee": answer.attendee,
        "partstat": answer.partstat,
        "comment": answer.comment,
    }

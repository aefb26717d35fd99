"""The one reading of a message: octets in, a frozen value out.

The order of questions is fixed: calendar answers first (a provider marks its acceptances auto-generated), then
delivery reports, complaints, read receipts, challenges, automatic mail, then people. Each answer leaves a step in
words, so that "why was my mail read like this" is a look-up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import date as calendar_date
from email.utils import parsedate_to_datetime
from typing import Any

from mailer.message import body as bodies
from mailer.message import encoded, fields, parts, reply
from mailer.message.address import Mailbox, parse_mailboxes
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
    auth: AuthResults = AuthResults()
    loop: Loop = Loop()
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


def read(raw: bytes, *, own_hosts: Collection[str] = (), authserv_id: str | None = None) -> Reading:
    """The reading of these octets. Never raises; what went wrong inside stands in `error`, and the rest is still read."""
    try:
        return _read(raw, own_hosts, authserv_id)
    except Exception as broken:  # MIME-1: one bad message never stops the queue
        return Reading(
            error=f"this message could not be read: {type(broken).__name__}",
            defects=("could not be read",),
            text=encoded.printable(raw[:200_000].decode("utf-8", "replace")),
        )


def _read(raw: bytes, own_hosts: Collection[str], authserv_id: str | None) -> Reading:
    root, defects = parts.parse(raw)
    body = bodies.collect(root)
    cut = reply.cut(body.text, body.marked)
    return Reading(
        senders=_mailboxes(root, "from"),
        reply_to=_mailboxes(root, "reply-to"),
        to=_mailboxes(root, "to"),
        cc=_mailboxes(root, "cc"),
        subject=encoded.text_of(root.get("subject") or "")[:2_000],
        message_id=next(iter(fields.message_ids(root.get("message-id") or "")), None),
        in_reply_to=fields.message_ids(" ".join(root.all("in-reply-to"))),
        references=fields.message_ids(" ".join(root.all("references"))),
        date=moment(root.get("date") or ""),
        text=body.text,
        reply=cut.reply,
        quoted=cut.quoted,
        html=body.html,
        attachments=tuple(body.attachments),
        defects=tuple(defects + body.defects),
        steps=cut.steps,
        fields=root.fields,
    )


def _mailboxes(root: parts.Part, name: str) -> tuple[Mailbox, ...]:
    return tuple(mailbox for value in root.all(name)[:20] for mailbox in parse_mailboxes(value))


def moment(value: str) -> datetime | None:
    """A Date field as an aware time; None if it cannot be read. `-0000` counts as UTC."""
    try:
        when = parsedate_to_datetime(encoded.clean(value)[:200])
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

"""The one reading of a message: octets in, a frozen value out.

The order of questions is fixed: calendar answers first (a provider marks its acceptances auto-generated), then
delivery reports, complaints, read receipts, challenges, automatic mail, then people. Each answer leaves a step in
words, so that "why was my mail read like this" is a look-up.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailer.message import authres, automatic, classify, encoded, fields, hypertext, own, parts, reply, unpacked
from mailer.message import body as bodies
from mailer.message.address import Mailbox, domain_of, parse_mailboxes
from mailer.message.bounces.returned import original_ids, originals
from mailer.message.understood import Reading
from mailer.message.values import Loop


def read(raw: bytes, *, own_hosts: Collection[str] = (), authserv_id: str | None = None) -> Reading:
    """The reading of these octets. Never raises; what went wrong inside stands in `error`, and the rest is still read."""
    try:
        return _read(raw, own_hosts, authserv_id)
    except Exception as broken:  # MIME-1: one bad message never stops the queue
        return _salvaged(raw, type(broken).__name__)


def _salvaged(raw: bytes, name: str) -> Reading:
    """What can be had of a message whose reading failed: who wrote, under what title, and the octets as text."""
    text = encoded.printable(raw[:200_000].decode("utf-8", "replace"))
    whole = Reading(
        error=f"this message could not be read: {name}", defects=("could not be read",), text=text, reply=text
    )
    try:
        root, _ = parts.parse(raw[: parts.MAX_HEADER])
        ids = fields.message_ids(root.get("message-id") or "")
        return replace(
            whole,
            senders=_mailboxes(root, "from"),
            subject=encoded.text_of(root.get("subject") or "")[:2_000],
            message_id=next(iter(ids), None),
            fields=root.fields,
        )
    except Exception:
        return whole


def _read(raw: bytes, own_hosts: Collection[str], authserv_id: str | None) -> Reading:
    root, defects = parts.parse(raw)
    body = bodies.collect(root)
    senders = _mailboxes(root, "from")
    sender = senders[0].address if len(senders) == 1 else ""
    subject = encoded.text_of(root.get("subject") or "")[:2_000]
    sent = moment(root.get("date") or "")
    verdict = classify.verdict(root, body.text, subject, sender, raw)
    verdict = _winmail(body, verdict, senders)
    cut = reply.cut(body.text, body.marked)
    away = automatic.away_until(cut.reply, subject, sent) if verdict.kind == "auto-reply" else None
    returned = verdict.kind in ("bounce", "complaint", "read-receipt")
    return Reading(
        kind=verdict.kind,
        automatic=verdict.automatic,
        senders=senders,
        reply_to=_mailboxes(root, "reply-to"),
        to=_mailboxes(root, "to"),
        cc=_mailboxes(root, "cc"),
        subject=subject,
        message_id=next(iter(fields.message_ids(root.get("message-id") or "")), None),
        in_reply_to=fields.message_ids(" ".join(root.all("in-reply-to"))),
        references=fields.message_ids(" ".join(root.all("references"))),
        date=sent,
        text=body.text,
        reply=cut.reply,
        quoted=cut.quoted,
        html=body.html,
        bounces=verdict.bounces,
        original_ids=original_ids(root, body.text) if returned else (),
        complaint=verdict.complaint,
        calendar=verdict.calendar,
        attachments=tuple(body.attachments),
        own_tags=_own_tags(root, body.text, verdict, own_hosts),
        auth=authres.read(root, authserv_id, domain_of(sender)),
        loop=_loop(root),
        away_until=away,
        defects=tuple(defects + body.defects),
        steps=(
            *verdict.steps,
            *(f"HTML of {client}" for client in body.clients),
            *(f"new words: {step}" for step in cut.steps),
            *((f"away until {away.day} {away:%B %Y}",) if away else ()),
        ),
        fields=root.fields,
    )


_TOLD_ALREADY = ("bounce", "complaint", "read-receipt", "challenge")  # kinds whose winmail.dat adds nothing, and costs a process


def _winmail(body: bodies.Body, verdict: classify.Verdict, senders: tuple[Mailbox, ...]) -> classify.Verdict:
    """Unpack winmail.dat: its text where the message has none, its files, and an Exchange answer by its class (MIME-9)."""
    packed = next((a for a in body.attachments if unpacked.is_tnef(a)), None)
    if packed is None or (verdict.kind in _TOLD_ALREADY and body.text.strip()):
        return verdict
    opened = unpacked.open_tnef(packed.content)
    if opened.defect:
        body.defects.append(opened.defect)
        return verdict
    body.attachments += opened.files
    if not body.text.strip() and opened.html:
        seen = hypertext.read_html(opened.html)
        body.text, body.marked, body.html = seen.text, list(seen.marked), body.html or opened.html
    elif not body.text.strip():
        body.text, body.marked = opened.text, None
    if not opened.text.strip() and not opened.html and not opened.files and not opened.message_class:
        body.defects.append("winmail.dat holds nothing")
    sender = senders[0] if len(senders) == 1 else Mailbox("", "")
    answer = unpacked.answer(opened, sender.address, sender.name) if verdict.calendar is None else None
    steps = (*verdict.steps, f"winmail.dat of class {opened.message_class or 'unknown'} was opened")
    if answer is None:
        return replace(verdict, steps=steps)
    return classify.Verdict(
        "calendar-reply", False, (*steps, f"kind: an Exchange response, {answer.partstat}"), calendar=answer
    )


_TAG_FIELDS = (
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "in-reply-to",
    "references",
    "reply-to",
    "return-path",
)


def _own_tags(root: parts.Part, text: str, verdict: classify.Verdict, own_hosts: Collection[str]) -> tuple[str, ...]:
    """Our tags: where it was sent to first, then what it answers, then what it returns, then what it quotes."""
    if not own_hosts:
        return ()
    places = [value for name in _TAG_FIELDS for value in root.all(name)[:50]]
    if verdict.calendar:
        places += [verdict.calendar.organizer, verdict.calendar.uid]
    for head in originals(root)[:5]:
        places += [
            value
            for name in ("return-path", "reply-to", "message-id", "list-unsubscribe", "sender")
            for value in head.all(name)[:5]
        ]
    return own.tags_in([*places, text], own_hosts)


def _loop(root: parts.Part) -> Loop:
    ids = tuple(dict.fromkeys(_bracketed(value) for value in root.all("list-id")[:50]))
    return Loop(
        ids, tuple(encoded.text_of(v).lower()[:200] for v in root.all("x-loop")[:50]), len(root.all("received"))
    )


def _bracketed(value: str) -> str:
    """RFC 2919 6: only what stands in the brackets is compared, without case."""
    inside = re.search(r"<([^<>]{1,300})>", value)
    return (inside[1] if inside else encoded.text_of(value)).strip().lower()


def _mailboxes(root: parts.Part, name: str) -> tuple[Mailbox, ...]:
    return tuple(mailbox for value in root.all(name)[:20] for mailbox in parse_mailboxes(value))


def moment(value: str) -> datetime | None:
    """A Date field as an aware time; None if it cannot be read. `-0000` counts as UTC."""
    try:
        when = parsedate_to_datetime(encoded.clean(value)[:200])
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

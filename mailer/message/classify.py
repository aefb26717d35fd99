"""What kind of message it is: one ordered list of questions, the first yes decides.

Calendar answers come first, as providers mark them auto-generated and they still are a person's word; then what returns our
own mail (reports, complaints, notices in words), receipts, challenges, other machines, other calendar parts; and
who is left is a person, by way of a list or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer.message import arf, automatic, itip
from mailer.message.bounces import reasons, ses
from mailer.message.bounces.by_words import recipients_by_words
from mailer.message.bounces.notices import looks_like_bounce
from mailer.message.bounces.reports import bounces as reported
from mailer.message.bounces.reports import is_report, status_parts, written_out
from mailer.message.bounces.told import explained
from mailer.message.parts import Part
from mailer.message.values import Bounce, CalendarAnswer, Complaint


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, and what was found on the way to it; `steps` are in words."""

    kind: str
    automatic: bool
    steps: tuple[str, ...]
    bounces: tuple[Bounce, ...] = ()
    complaint: Complaint | None = None
    calendar: CalendarAnswer | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What the questions look at."""

    root: Part
    text: str
    subject: str
    sender: str
    raw: bytes
    machine: str  # why it is automatic, or empty
    calendar: CalendarAnswer | None
    calendar_why: str


def verdict(root: Part, text: str, subject: str, sender: str, raw: bytes) -> Verdict:
    """Ask in order; there is always an answer."""
    found = itip.find(root)
    calendar = itip.read(found[0], sender) if found else None
    case = Case(
        root,
        text,
        subject,
        sender,
        raw,
        automatic.why_automatic(root, subject, text),
        calendar,
        found[1] if found else "",
    )
    for question in QUESTIONS:
        answer = question(case)
        if answer is not None:
            return answer
    return Verdict("person", False, ("kind: a person, as nothing else fits",), calendar=calendar)


def _calendar_reply(case: Case) -> Verdict | None:
    if case.calendar is None or case.calendar.method != "REPLY":
        return None
    return Verdict(
        "calendar-reply",
        bool(case.machine),
        (
            f"kind: {case.calendar_why} with METHOD REPLY (RFC 5546 3.2.3)",
            f"answer: {case.calendar.partstat or 'none'}, of {'the only' if case.calendar.attendees == 1 else 'one'} attendee",
        ),
        calendar=case.calendar,
    )


def _report(case: Case) -> Verdict | None:
    if not status_parts(case.root) and not is_report(case.root, "delivery-status"):
        return None
    bounces = reported(case.root)
    steps = ["kind: a delivery report (RFC 3464)"]
    if not any(b.address for b in bounces):
        named = recipients_by_words(case.root, case.text, case.raw, steps)
        if bounces and named:  # the fields say what happened, the words to whom
            one = bounces[0]
            named = [
                Bounce(
                    n.address,
                    one.status or n.status,
                    one.action or n.action,
                    one.permanent,
                    one.reason,
                    one.diagnostic or n.diagnostic,
                    True,
                )
                for n in named
            ]
        bounces = named or bounces
    bounces = explained(case.text, bounces)
    return Verdict("bounce", True, (*steps, *_told(bounces)), tuple(bounces))


_FORMS = {"JMRP": "Outlook.com's own form", "XARF": "a JSON report (X-ARF)", "Apple Mail": "one tap in Apple Mail"}


def _complaint(case: Case) -> Verdict | None:
    complaint = arf.read(case.root)
    if complaint is None:
        return None
    return Verdict(
        "complaint", True, (f"kind: a complaint of type {complaint.type}, by {_FORMS.get(complaint.user_agent, 'a feedback report (RFC 5965)')}",), complaint=complaint
    )


def _notification(case: Case) -> Verdict | None:
    said = ses.notification(case.root, case.text)
    if said is None:
        return None
    complaint, bounces = ses.complaint(said), ses.bounces(said)
    step = "kind: a notification of Amazon SES"
    if complaint is not None:
        return Verdict("complaint", True, (f"{step}, of type {complaint.type}",), complaint=complaint)
    return Verdict("bounce", True, (step, *_told(bounces)), tuple(bounces)) if bounces else None


def _bounce_in_words(case: Case) -> Verdict | None:
    if automatic.was_read(case.root):
        return None
    why = looks_like_bounce(case.root, case.text, case.machine)
    if not why:
        return None
    steps = [f"kind: a bounce in words: {why}"]
    bounces = written_out(case.text)
    if bounces:
        steps.append("addresses: by report fields that stand in the text, so hints only")
    else:
        bounces = recipients_by_words(case.root, case.text, case.raw, steps)
    return Verdict("bounce", True, (*steps, *_told(bounces)), tuple(bounces))


def _told(bounces: list[Bounce]) -> list[str]:
    return [
        f"recipient {i + 1}: {b.action or 'unknown'}, {b.status or 'no code'}, {b.reason}{_by_row(b)}, {'counts against the address' if b.counts else 'held against nobody'}"
        for i, b in enumerate(bounces[:20])
    ]


def _by_row(bounce: Bounce) -> str:
    reason, row = reasons.judged(bounce.status, bounce.diagnostic)
    return f" by {row}" if reason == bounce.reason and row != "no row" else ""


def _receipt(case: Case) -> Verdict | None:
    why = automatic.why_receipt(case.root, case.subject, case.text)
    return Verdict("read-receipt", True, (f"kind: {why}",)) if why else None


def _challenge(case: Case) -> Verdict | None:
    why = automatic.why_challenge(case.root, case.subject, case.text)
    return Verdict("challenge", True, (f"kind: a challenge: {why}",)) if why else None


def _machine(case: Case) -> Verdict | None:
    return (
        Verdict("auto-reply", True, (f"kind: automatic: {case.machine}",), calendar=case.calendar)
        if case.machine
        else None
    )


def _calendar_other(case: Case) -> Verdict | None:
    if case.calendar is None or case.calendar.method not in itip.SCHEDULING:
        return None
    return Verdict(
        "calendar-other",
        bool(case.machine),
        (f"kind: {case.calendar_why} with METHOD {case.calendar.method}",),
        calendar=case.calendar,
    )


def _list(case: Case) -> Verdict | None:
    for name in ("list-id", "list-post", "mailing-list", "x-mailing-list", "list-unsubscribe", "x-beenthere"):
        if case.root.get(name):
            return Verdict(
                "list",
                False,
                (f"kind: by way of a list, as {name} is there (RFC 2369, RFC 2919)",),
                calendar=case.calendar,
            )
    if re.search(r"(?i)\blist\b", case.root.get("precedence") or ""):
        return Verdict("list", False, ("kind: by way of a list, as precedence says",), calendar=case.calendar)
    return None


QUESTIONS: tuple[Callable[[Case], Verdict | None], ...] = (
    _calendar_reply,
    _report,
    _complaint,
    _notification,
    _bounce_in_words,
    _receipt,
    _challenge,
    _calendar_other,
    _machine,
    _list,
)

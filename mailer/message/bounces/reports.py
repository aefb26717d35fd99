"""Delivery reports: RFC 3464 and RFC 6533 in all their bent forms.

The fields of a message/delivery-status part are read record by record. Blank lines are missing or too many, types are
missing, comments stand where none may, codes are SMTP's instead of enhanced ones; each is met here once. What the fields
do not say, `notices` looks for in the words.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.message import charset, encoded
from mailer.message.address import key
from mailer.message.bounces import reasons
from mailer.message.bounces.values_in import address_in, status_of
from mailer.message.parts import Part
from mailer.message.values import Bounce

MAX_STATUS = 400_000
MAX_RECIPIENTS = 500
REPORTS = ("message/delivery-status", "message/global-delivery-status")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{2,40})[ \t]*:[ \t]*(.*)")
_PER_RECIPIENT = {
    "final-recipient",
    "original-recipient",
    "action",
    "status",
    "x-actual-recipient",
    "diagnostic-code",
    "remote-mta",
    "last-attempt-date",
}
ACTIONS = {
    "failed": "failed", "failure": "failed", "fail": "failed", "error": "failed", "undeliverable": "failed", "rejected": "failed", "expired": "failed",
    "delayed": "delayed", "delay": "delayed", "deferred": "delayed", "transient": "delayed",
    "delivered": "delivered", "deliverable": "delivered", "delivery": "delivered", "relayed": "relayed", "relay": "relayed", "expanded": "expanded",
}  # fmt: skip


def status_parts(root: Part) -> list[Part]:
    """The parts that hold delivery fields, outside returned messages."""
    found = [p for p in root.walk(into_messages=False) if p.type in REPORTS]
    if found:
        return found
    wrapped = next((p.children[0] for p in root.children if p.type == "message/rfc822" and p.children), None)
    if wrapped is not None and is_report(wrapped, "delivery-status") and root.params.get("report-type"):
        return [
            p for p in wrapped.walk(into_messages=False) if p.type in REPORTS
        ]  # a scanner packed the report once more
    if not is_report(root, "delivery-status"):
        return []
    return [
        p
        for p in root.walk(into_messages=False)
        if not p.children and re.search(rb"(?im)^(?:final-recipient|reporting-mta)[ \t]*:", p.content[:4000])
    ]


def is_report(root: Part, kind: str) -> bool:
    """multipart/report with this report-type; RFC 6522 3."""
    return root.type == "multipart/report" and root.params.get("report-type", "").strip().lower() == kind


def recipients(part: Part) -> list[dict[str, str]]:
    """One record of fields for each recipient."""
    return records_in(charset.decode(part.content[:MAX_STATUS], part.params.get("charset")))


def records_in(text: str) -> list[dict[str, str]]:
    """The records that stand in this text, one for each recipient."""
    records: list[dict[str, str]] = []
    record: dict[str, str] = {}
    last = ""
    gap = False

    def close() -> None:
        nonlocal record
        if record.keys() & {"final-recipient", "original-recipient", "action", "status", "x-actual-recipient"}:
            records.append(record)
        record = {}

    for line in text.split("\n"):
        if not line.strip():
            gap, last = True, ""
            continue
        if line[0] in " \t" and last:
            record[last] = f"{record[last]} {line.strip()}"[:4000]
            continue
        found = _FIELD.match(line)
        if not found:
            if last and not gap:
                record[last] = f"{record[last]} {line.strip()}"[:4000]
            continue
        name = found[1].lower()
        if (name in record and name in _PER_RECIPIENT and (name != "diagnostic-code" or gap)) or (
            gap
            and "action" in record
            and name in ("final-recipient", "original-recipient")
            and record.keys() & {"final-recipient", "original-recipient"}
        ):
            close()
        if name == "reporting-mta" and record:
            close()
        record.setdefault(name, found[2].strip())
        last, gap = name, False
        if len(records) > MAX_RECIPIENTS:
            break
    close()
    return records


def bounce_of(record: dict[str, str]) -> Bounce | None:
    """What one record says; None if it names no one."""
    address = address_in(record.get("original-recipient", "")) or address_in(record.get("final-recipient", ""))
    final = address_in(record.get("final-recipient", ""))
    if not address:
        address = address_in(record.get("x-actual-recipient", "")) or address_in(record.get("remote-recipient", ""))
    elif final and address.partition("@")[2].lower().endswith(".invalid"):
        address = final
    diagnostic = " ".join(
        record.get(n, "")
        for n in ("diagnostic-code", "x-supplementary-info", "x-display-name", "x-notes-error")
        if record.get(n)
    )
    raw_status = record.get("status", "")
    word = re.split(r"[\s(;,]", record.get("action", "").strip().lower())[0]
    status = status_of(raw_status, diagnostic)
    action = ACTIONS.get(word, "")
    if not action and (status or diagnostic):
        action = "delivered" if status.startswith("2") else "delayed" if status.startswith("4") else "failed"
    if not address and not action:
        return None
    words = f"{diagnostic} {raw_status}"
    reason = reasons.DELIVERED if action in ("delivered", "relayed", "expanded") else reasons.reason_of(status, words)
    if reason in (reasons.OTHER, reasons.NETWORK, reasons.SYSTEM) and action == "delayed":
        reason = reasons.DELAYED
    return Bounce(
        address, status, action, reasons.is_permanent(action, status, words), reason, encoded.clean(diagnostic)[:1000], False
    )


def bounces(root: Part) -> list[Bounce]:
    """All recipients that the report's fields name, each once; who was reached, only where nobody has failed."""
    found: dict[str, Bounce] = {}
    for part in status_parts(root)[:20]:
        for record in recipients(part):
            bounce = bounce_of(record)
            if bounce:
                have = found.get(key(bounce.address))
                if have is None or (bounce.permanent and not have.permanent):
                    found[key(bounce.address)] = bounce
    failed = [bounce for bounce in found.values() if bounce.reason != reasons.DELIVERED]
    return (failed or list(found.values()))[:MAX_RECIPIENTS]


_IN_TEXT = re.compile(r"(?im)^(?:final|original)-recipient[ \t]*:[ \t]*\S+;.*$")
_AFTER_FIELDS = re.compile(r"(?im)^(?:--\S|return-path[ \t]*:|received[ \t]*:|from[ \t]*:|message-id[ \t]*:|content-description[ \t]*:)")


def written_out(text: str) -> list[Bounce]:
    """What report fields say that stand in the text, as a gateway has taken the parts apart: hints only (BNC-9)."""
    text = text[:MAX_STATUS]
    begins = _IN_TEXT.search(text)
    if begins is None:
        return []
    end = _AFTER_FIELDS.search(text, begins.end())
    found = [bounce_of(record) for record in records_in(text[begins.start() : end.start() if end else len(text)])]
    return [replace(b, hint=True) for b in found if b is not None and b.address][:MAX_RECIPIENTS]

"""Delivery reports: RFC 3464 and RFC 6533 in all their bent forms.

The fields of a message/delivery-status part are read record by record. Blank lines are missing or too many, types are
missing, comments stand where none may, codes are SMTP's instead of enhanced ones; each is met here once. What the fields
do not say, `bounce_text` looks for in the words.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.message import charset, encoded, fields, reasons
from mailer.message.address import key, parse_address
from mailer.message.parts import Part
from mailer.message.values import Bounce

MAX_STATUS = 400_000
MAX_RECIPIENTS = 500

REPORTS = ("message/delivery-status", "message/global-delivery-status")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{2,40})[ \t]*:[ \t]*(.*)")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[^\s<>()\[\]:;,\"'@]{1,255}")
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


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_PACKED = re.compile(r"(?i)IMCEA([A-Z0-9]{2,10})-(.+)@[^@]+$")
_NOTES_NAME = re.compile(r"(?i)^cn=|/ou?=")


def address_in(value: str) -> str:
    """`rfc822; <jane@x.org> (Jane)` -> the address; empty if there is none."""
    kind, semicolon, rest = value.partition(";")
    if semicolon and "@" not in kind:
        if kind.strip().lower() == "unknown":
            return parse_address(rest.strip()) or ""
        if kind.strip().lower() in ("x400", "x500", "ms-exchange", "x.400", "ex"):
            return ""
        value = rest
    value = encoded.words(re.sub(r"\([^()]{0,200}\)", " ", value)).strip().strip("<>").strip()
    if value.lower().startswith("utf-8;"):
        value = value[6:].strip()
    if "\\x{" in value:  # RFC 6533 3
        value = re.sub(
            r"\\x\{([0-9A-Fa-f]{1,6})\}", lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 0x110000 else "", value
        )
    value = _CONTROLS.sub("", re.sub(r"\s*@\s*", "@", value))
    packed = _PACKED.match(value)
    if packed:  # Exchange packs foreign addresses: `IMCEASMTP-jane+40x+2Eorg@relay`; its own names (EX) are no addresses
        inside = re.sub(r"\+([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), packed[2])
        return (parse_address(inside) or "") if packed[1].upper() in ("SMTP", "MAILTO", "RFC822") else ""
    if _NOTES_NAME.search(value):
        return ""
    whole = parse_address(value)
    if whole:
        return whole
    found = _ADDRESS.search(value)
    return found[0].strip(".'") if found else ""


def status_of(value: str, *texts: str) -> str:
    """The enhanced code, from the Status field, else from the diagnostics, else made from an SMTP code.

    In words 2.x.x is what a server said before it failed, so only 4 and 5 are looked for.
    """
    code = _ENHANCED.search(value)
    stated = ".".join(code.groups()) if code else ""
    if stated and not stated.endswith(".0.0"):
        return stated
    for text in texts:
        for found in _ENHANCED.finditer(text):
            if found[1] == (stated[0] if stated else found[1]) and found[1] != "2":
                return ".".join(found.groups())
    if stated:
        return stated
    for text in (value, *texts):
        smtp = _SMTP.search(text)
        if smtp:
            return f"{smtp[1][0]}.0.0"
    return ""


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
    """All recipients that the report's fields name, each once."""
    found: dict[str, Bounce] = {}
    for part in status_parts(root)[:20]:
        for record in recipients(part):
            bounce = bounce_of(record)
            if bounce:
                have = found.get(key(bounce.address))
                if have is None or (bounce.permanent and not have.permanent):
                    found[key(bounce.address)] = bounce
    return list(found.values())[:MAX_RECIPIENTS]


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


def originals(root: Part) -> list[Part]:
    """Heads of the returned original: message/rfc822 or text/rfc822-headers, outermost first."""
    found: list[Part] = []
    for part in root.walk(into_messages=False):
        if part is root:
            continue
        if part.type.startswith("message/") and part.children:
            found.append(part.children[0])
        elif part.type in (
            "text/rfc822-headers",
            "message/global-headers",
            "message/rfc822-headers",
            "text/rfc822-header",
        ):
            from mailer.message.parts import Cutter

            head, body = Cutter().split(part.content.lstrip(b"\n"))
            found.append(Part(tuple(head), "text/plain", {}, body))
    return found


_TEXT_ID = re.compile(
    r"(?im)^[> \t|]*message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,900}>)"
    r'|"message-id\\?"[ \t]*,[ \t]*\\?"value\\?"[ \t]*:[ \t]*\\?"(<[^<>\s"]{1,900}>)'  # in a notification (see `ses`)
)


def original_ids(root: Part, text: str) -> tuple[str, ...]:
    """Message-IDs of what was returned: from attached heads, from the report's fields, else from the quoted text."""
    ids: list[str] = []
    for head in originals(root)[:20]:
        ids += fields.message_ids(head.get("message-id") or "")
    for part in root.walk(into_messages=False):
        if part.type.startswith("message/") and not part.children:
            for value in re.findall(
                rb"(?im)^original-message-id[ \t]*:[ \t]*(<[^<>\s]{1,900}>)", part.content[:MAX_STATUS]
            ):
                ids += fields.message_ids(value.decode("utf-8", "replace"))
    for found in list(_TEXT_ID.finditer(text[:MAX_STATUS]))[:20]:
        ids += fields.message_ids(found[1] or found[2])
    return tuple(dict.fromkeys(ids))[:50]

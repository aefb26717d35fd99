"""Complaints: feedback reports (RFC 5965), and the one provider that sends none but means one (BNC-11)."""

from __future__ import annotations

import re

from mailer.message import charset, encoded, fields, xarf
from mailer.message.address import parse_address
from mailer.message.bounces.reports import is_report
from mailer.message.bounces.returned import originals
from mailer.message.bounces.values_in import address_in
from mailer.message.parts import Part
from mailer.message.values import Complaint

MAX_REPORT = 100_000
FEEDBACK_ID, LONGEST_ID = "cfbl-feedback-id", 200  # RFC 9477 3.3; folded, it may have spaces in it
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{2,60})[ \t]*:[ \t]*(.*)")
_REDACTED = re.compile(r"(?i)redacted|^x{3,}|undisclosed|anonym")
# where a report names the person, best first; then where the original does
_NAMED = ("original-rcpt-to", "removal-recipient", "reported-recipient", "x-original-rcpt-to")
_IN_ORIGINAL = ("x-hmxmroriginalrecipient", "to", "x-original-to", "delivered-to", "x-rcpt-to")
_IN_A_POST = ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "x-rcpt-to", "to")  # its To names the list


def read(root: Part) -> Complaint | None:
    """The complaint a message is, or None."""
    for part in root.walk(into_messages=False):
        if part.type == "message/feedback-report":
            said = _fields(charset.decode(part.content[:MAX_REPORT]))
            if not said.get("feedback-type") and part.children:
                said |= _fields(charset.decode(part.children[0].content[:MAX_REPORT]))
            return _complaint(root, said)
    if is_report(root, "feedback-report"):
        for part in root.walk(into_messages=False):
            if not part.children and re.search(rb"(?im)^feedback-type[ \t]*:", part.content[:4000]):
                return _complaint(root, _fields(charset.decode(part.content[:MAX_REPORT])))
        return _complaint(root, xarf.fields_of(root) or {})
    if (other := xarf.fields_of(root)) is not None:
        return _complaint(root, other)
    sender = encoded.text_of(root.get("from") or "").lower()
    subject = encoded.text_of(root.get("subject") or "").lower()
    if "staff@hotmail.com" in sender and subject.startswith("complaint about message from"):  # Outlook.com's JMRP
        return _complaint(root, {"feedback-type": "abuse", "user-agent": "JMRP"})
    returned = root.get("x-hmxmroriginalrecipient")  # JMRP again: our own mail comes back, with this field on top
    if returned:
        return _complaint(root, {"feedback-type": "abuse", "user-agent": "JMRP", "original-rcpt-to": returned})
    if "true" in (root.get("x-apple-unsubscribe") or "").lower():  # one tap in Apple Mail; the person's wish, not a machine's
        return _complaint(root, {"feedback-type": "opt-out", "user-agent": "Apple Mail", "original-rcpt-to": sender})
    return None


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    last = ""
    for line in text.split("\n"):
        match = _FIELD.match(line)
        if match:
            last = match[1].lower()
            found.setdefault(last, match[2].strip())
        elif last and line[:1] in (" ", "\t") and line.strip():
            found[last] = f"{found[last]} {line.strip()}"[:2000]
    return found


def _complaint(root: Part, said: dict[str, str]) -> Complaint:
    heads = originals(root)[:5]
    address = next(
        (a for a in (address_in(said.get(name, "")) for name in _NAMED) if a and not _REDACTED.search(a)), ""
    )
    if not address:
        listed = any(head.get("list-id") or head.get("list-post") for head in heads[:1])
        for name in _IN_A_POST if listed else _IN_ORIGINAL:
            values = [encoded.text_of(v) for head in heads[:1] for v in head.all(name)]
            found = [a for a in (address_in(v) for v in values) if parse_address(a) and not _REDACTED.search(a)]
            if len(found) == 1 and "," not in values[0]:
                address = found[0]
                break
    kind = re.sub(r"[^a-z0-9-]", "", said.get("feedback-type", "abuse").lower()) or "abuse"
    ids = [i for head in heads for i in fields.message_ids(head.get("message-id") or "")]
    ids += fields.message_ids(said.get("original-message-id", ""))
    given = [value for head in heads for value in head.all(FEEDBACK_ID)] + [said.get(FEEDBACK_ID, "")]
    feedback = dict.fromkeys(one for value in given if 0 < len(one := "".join(value.split())) <= LONGEST_ID)
    agent = encoded.clean(said.get("user-agent", ""))[:100]
    return Complaint(kind, address, tuple(dict.fromkeys(ids)), agent, tuple(feedback))

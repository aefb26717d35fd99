"""Notifications of Amazon SES that come by mail: JSON in the text, as its notification topics send them to an address.

A relay there sends delivery reports as mail too; who has set a topic up gets these instead. "SES notification contents" in its
manual is the source of the names. Everything found is a hint, as the text of any mail is (BNC-9).
"""

from __future__ import annotations

import json
import re
from typing import Any

from mailer.message import encoded, fields
from mailer.message.address import parse_address
from mailer.message.bounces import reasons
from mailer.message.parts import Part
from mailer.message.values import Bounce, Complaint

MAX_TEXT = 100_000
MAX_RECIPIENTS = 50
_SENDER = re.compile(r"(?i)@(?:[a-z0-9.-]+\.)?amazonaws\.com\b")

# bounceType -> what becomes of the status where none is given
TYPES = {"permanent": "5.0.0", "transient": "4.0.0", "undetermined": "4.0.0"}


def notification(root: Part, text: str) -> dict[str, Any] | None:
    """The notification this mail carries, or None. Lines that a relay broke with `!` are joined again."""
    if not _SENDER.search(root.get("from") or "") or not text.lstrip().startswith("{"):
        return None
    joined = re.sub(r"!\n ", "", text.lstrip()[:MAX_TEXT])
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(joined)
        if isinstance(found, dict) and isinstance(found.get("Message"), str):  # wrapped once more by the topic
            found, _ = json.JSONDecoder(strict=False).raw_decode(found["Message"].lstrip())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def bounces(said: dict[str, Any]) -> list[Bounce]:
    """The failed recipients of a bounce notification."""
    bounce = _part(said, "bounce")
    kind = str(bounce.get("bounceType", "")).lower()
    found: list[Bounce] = []
    for one in _rows(bounce.get("bouncedRecipients")):
        address = parse_address(str(one.get("emailAddress", "")))
        if not address:
            continue
        words = str(one.get("diagnosticCode", ""))[:1500]
        status = str(one.get("status", ""))[:12] or TYPES.get(kind, "")
        action = "delayed" if str(one.get("action", "")).lower() == "delayed" else "failed"
        lasting = kind == "permanent" and reasons.is_permanent(action, status, words)
        found.append(
            Bounce(address, status, action, lasting, reasons.reason_of(status, words), encoded.clean(words)[:1000], True)
        )
    return found


def complaint(said: dict[str, Any]) -> Complaint | None:
    """The complaint of a complaint notification."""
    told = _part(said, "complaint")
    if not told:
        return None
    addresses = [parse_address(str(r.get("emailAddress", ""))) for r in _rows(told.get("complainedRecipients"))]
    kind = re.sub(r"[^a-z0-9-]", "", str(told.get("complaintFeedbackType") or "abuse").lower()) or "abuse"
    agent = encoded.clean(str(told.get("userAgent") or ""))[:100]
    return Complaint(kind, (addresses[0] or "") if len(addresses) == 1 else "", original_ids(said), agent)


def original_ids(said: dict[str, Any]) -> tuple[str, ...]:
    """The Message-IDs that our mail bore."""
    values = [str(h.get("value", "")) for h in _rows(_part(said, "mail").get("headers")) if str(h.get("name", "")).lower() == "message-id"]
    return tuple(dict.fromkeys(i for value in values for i in fields.message_ids(value)))


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)][:MAX_RECIPIENTS] if isinstance(value, list) else []

"""Whether a message may be answered at all (V3, LOOP-1). How often a person may be answered is the gate's (its caps)."""

from __future__ import annotations

from mailer.message import Reading

NEVER_ANSWERED = (
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "donotreply",
    "do-not-reply",
    "owner-",
    "listserv",
    "majordomo",
)


def machine(reading: Reading, mail_from: str) -> str:
    """Why this message is never answered, or empty."""
    if reading.automatic:
        return "automatic"
    if mail_from == "" and reading.kind != "calendar-reply":
        return "null-sender"
    local = reading.sender.address.partition("@")[0].lower() if reading.sender is not None else ""
    if local.startswith(NEVER_ANSWERED) or local.endswith(("-request", "-bounces")):
        return "role-sender"
    return ""

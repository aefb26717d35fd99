"""What a copy's history says in plain words: what became of it each time, why, and what the mail server said."""

from __future__ import annotations

from typing import Any

from mailer.consent import gate
from mailer.outbound.results import SENTENCES

STATES = {
    "accepted": "taken over",
    "cancelled": "cancelled",
    "deferred": "put off",
    "failed": "failed",
    "queued": "waits",
    "uncertain": "uncertain",
}
BOUNCE = "bounce-"
OURS = {  # reasons that no relay and no gate gives
    "answered-late": "Who was sending it did not report in time. It had not gone.",
    "called-off": "The mailing was called off.",
    "cancelled-by-hand": "It was stopped by hand.",
    "gave-up": "No time was left for another try.",
    "has-it-there": "Its reader has another address now, which has a copy of its own.",
    "interrupted": "Who was sending it did not report in time. An answer that came later stands below.",
    "lost-by-hand": "Somebody said that it did not arrive.",
    "parted": "Its reader was taken for one with somebody else by mistake, and it goes to them.",
    "redirected": "Its reader has another address now, and it goes there.",
    "resent-by-hand": "It was sent again by hand, though it may have arrived.",
    "resolved-by-hand": "Somebody said that it arrived.",
    "restored": "A backup was restored, and it may have gone since that was made.",
    "retried-by-hand": "It is tried again by hand.",
    "too-late": "Its time had passed.",
    "undone": "What had stopped it was taken back.",
}


def line(tried: Any) -> str:
    """A row of `attempts` as a sentence, with what the relay said behind it."""
    why = _why(tried.reason)
    text = tried.text.removeprefix(why).strip()
    if not tried.relay:
        words = f"{why} {text}" if tried.reason.startswith(BOUNCE) else text or why
    else:
        said = " ".join(str(part) for part in (tried.code, text) if part)
        words = f"{why} ({tried.relay.rstrip(':')}{': ' if said else ''}{said})"
    return f"{STATES[tried.state]}: {words}".rstrip(": ")


def _why(reason: str) -> str:
    if reason.startswith(BOUNCE):
        return f"It came back: {reason.removeprefix(BOUNCE).replace('-', ' ')}."
    if reason.startswith("letter-"):
        return f"The letter could not be put together ({reason.removeprefix('letter-')})."
    known = {**SENTENCES, **gate.SENTENCES, **OURS}
    return known.get(reason, reason if " " in reason else "")  # what a mailing was stopped for is in words already

"""Failed recipients by words: our own ranks first, the library's second opinion where they are weak (BNC-9)."""

from __future__ import annotations

from mailer.message.address import key
from mailer.message.bounces import reasons, second_opinion
from mailer.message.bounces.returned import originals
from mailer.message.bounces.told import find, find_heading
from mailer.message.bounces.values_in import ADDRESS, status_of
from mailer.message.bounces.words import DELAYS
from mailer.message.parts import Part
from mailer.message.values import Bounce


def recipients_by_words(root: Part, text: str, raw: bytes, steps: list[str]) -> list[Bounce]:
    """The failed recipients that a notice names; `steps` is told by whom they were found."""
    avoid = {
        key(a)
        for name in ("from", "to", "reply-to", "return-path", "delivered-to", "sender", "errors-to")
        for v in root.all(name)[:10]
        for a in ADDRESS.findall(v)
    }
    for head in originals(root)[:1]:
        avoid |= {
            key(a)
            for name in ("from", "return-path", "sender")
            for v in head.all(name)[:5]
            for a in ADDRESS.findall(v)
        }
    found, sure = find(root, text, avoid)
    if not found:  # somebody wrote to himself, or a forwarder took his name
        own = {key(a) for name in ("from", "reply-to") for v in root.all(name)[:10] for a in ADDRESS.findall(v)}
        found, sure = find_heading(text, own), True
    named = [] if sure else [a for a in second_opinion.addresses(raw, root) if key(a) not in avoid]
    named = [a for a in named if key(a) in {key(b.address) for b in found}] or named  # what both name
    if found and not named:
        steps.append("addresses: by words, so hints only")
        return found
    if named:
        steps.append("addresses: by flufl.bounce, so hints only")
    status = status_of("", text[:3000])
    reason = reasons.reason_of(status, text[:3000])
    delayed = DELAYS.search(text[:3000]) is not None
    return [
        Bounce(
            a, status, "delayed" if delayed else "failed", not delayed and not status.startswith("4"), reason, "", True
        )
        for a in named
    ]

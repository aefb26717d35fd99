"""What the answers to a window say beyond each letter: who is to be left in peace, and for what another relay is to be asked.

A relay that speaks of itself says nothing of the letter in hand, nor of those behind it (results.Slow).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailer.message.address import domain_of
from mailer.outbound import rates
from mailer.outbound.transport import Reply, Wire

TEMPORARY = range(400, 500)  # RFC 5321 4.2.1


def to_be_spared(relay: str, wires: Sequence[Wire], results: Sequence[Reply]) -> dict[str, str]:
    """The names, as of `rates`, of the relay or the domains that are to rest, each with what was said."""
    domains = {wire.id: rates.destination(domain_of(wire.rcpt)) for wire in wires}
    names = {"relay": dict.fromkeys(domains, relay), "destination": domains}
    return {names[reply.slow][reply.id]: f"{reply.reason}: {reply.text}" for reply in results if reply.slow in names}


def for_another(results: Sequence[Reply]) -> tuple[list[Reply], list[int]]:
    """What this relay answered that it does not take, for reasons of its own, is put off and has not failed, as another is to be
    asked; and the ids of that. A letter at which its line broke is not handed on: the next might break at it as well.

    A relay that puts off every letter of a stride rests, whatever it says of each: what is not claimed yet is for the next one
    then, within its rate, and does not come here first, to be put off."""
    refused = {reply.id for reply in results if reply.slow == "letter" or (reply.slow == "relay" and reply.code is not None)}
    put_off = [replace(reply, state="deferred", onward=True) if reply.id in refused else reply for reply in results]
    if _takes_nothing_now([reply for reply in results if reply.code is not None]):
        put_off = [replace(reply, slow="relay") if reply.id in refused else reply for reply in put_off]
    return put_off, sorted(refused)


def _takes_nothing_now(said: Sequence[Reply]) -> bool:
    """Whether it put off one letter like the other. A 5xx, or a sender that it does not know, does not show that: it is about the
    size, the network or the way of these letters, and others may be taken. Nor does one letter alone."""
    own = [reply for reply in said if reply.slow == "letter" and reply.code in TEMPORARY and reply.reason != "sender-refused"]
    return len(own) == len(said) > 1

"""What the answers to a window say beyond each letter: who is to be left in peace, and for what another relay is to be asked.

A relay that speaks of itself says nothing of the letter in hand, nor of those behind it (results.Slow).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailer.message.address import domain_of
from mailer.outbound import rates
from mailer.outbound.transport import Reply, Wire


def to_be_spared(relay: str, wires: Sequence[Wire], results: Sequence[Reply]) -> dict[str, str]:
    """The names, as of `rates`, of the relay or the domains that are to rest, each with what was said."""
    domains = {wire.id: rates.destination(domain_of(wire.rcpt)) for wire in wires}
    names = {"relay": dict.fromkeys(domains, relay), "destination": domains}
    return {names[reply.slow][reply.id]: f"{reply.reason}: {reply.text}" for reply in results if reply.slow in names}


def for_another(results: Sequence[Reply]) -> tuple[list[Reply], list[int]]:
    """What this relay answered that it does not take, for reasons of its own, is put off and has not failed, as another is to be
    asked; and the ids of that. A letter at which its line broke is not handed on: the next might break at it as well."""
    refused = {reply.id for reply in results if reply.slow == "letter" or (reply.slow == "relay" and reply.code is not None)}
    return [replace(reply, state="deferred") if reply.id in refused else reply for reply in results], sorted(refused)

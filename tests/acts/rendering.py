"""A receipt as the person reads it: whatever an act gives must be all that its template asks for."""

from __future__ import annotations

import json

from mailer.acts import Receipt
from mailer.outbound import compose
from mailer.people.networks import Network


def read(receipt: Receipt, network: Network, language: str = "en") -> str:
    """Subject and text of the letter this receipt becomes, unwrapped; its fields go through JSON as in the outbox."""
    look = compose.NetworkLook(
        network.slug,
        network.name,
        network.domain,
        network.name,
        network.language,
        network.timezone,
        "https://post.example.org",
    )
    fields = json.loads(json.dumps(dict(receipt.fields)))
    shown = compose.shown(f"replies/{receipt.template}", fields, network=look, language=language, klass="answer")
    return " ".join(f"{shown.subject}\n\n{shown.text}".split())

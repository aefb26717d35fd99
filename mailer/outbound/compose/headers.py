"""The header fields of a letter that are the same for everyone who gets it, but for the slots in List-Unsubscribe.

From, To, Date, Message-ID and Reply-To are the outbox's. There is no Precedence, no pixel and no tracking field
(FMT-15, DP-20). Tables are read top-down.
"""

from __future__ import annotations

from mailer.outbound.compose.look import NetworkLook
from mailer.outbound.compose.slots import Kept

# LOOP-2: what a person wrote and we pass on is no automatic mail; what the clock sends is generated; the rest are answers
HUMAN = frozenset({"occasions/post", "occasions/exchange", "replies/committee", "replies/private"})
TIMED = frozenset(
    {"replies/failed-list", "replies/occasion-missed", "replies/matter-missing", "replies/nudge-proof"}
    | {"replies/address-rested", "replies/address-probe"}
)

# class -> may everyone answer to the list, and can the mail be stopped by one click (FMT-8, UNS-1).
# One-click is left out where there is nothing to stop (confirm: nothing goes on; farewell: it has been stopped) and
# where a stray click of a mail program would take an organiser's desk away.
OPEN = frozenset({"discussion", "exchange"})
NO_ONE_CLICK = frozenset({"confirm", "farewell", "desk"})


def headers(template: str, *, network: NetworkLook, klass: str, lang: str, kept: Kept) -> tuple[tuple[str, str], ...]:
    """(name, value) pairs; values may carry marks."""
    fields = [
        ("List-Id", list_id(network)),
        ("List-Help", f"<mailto:{network.help}>"),
        ("List-Owner", f"<mailto:{network.committee}>"),
        ("List-Post", list_post(network, klass)),
    ]
    if klass not in NO_ONE_CLICK:
        link, mail = kept.mark("leave_url", "url"), kept.mark("leave_mailto", "url")
        fields += [("List-Unsubscribe", f"<{link}>, <{mail}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    if not network.mailbox:  # where a provider signs, nobody can say that it covers these (RFC 9477 3.1.4)
        feedback = kept.mark("feedback_id", "text")
        fields += [("CFBL-Address", f"abuse@{network.domain}; report=arf"), ("CFBL-Feedback-ID", feedback)]
    automatic = auto_submitted(template)
    if automatic:
        fields.append(("Auto-Submitted", automatic))
    return (*fields, ("Content-Language", lang))


def list_id(network: NetworkLook) -> str:
    """One List-Id for the life of the network (FMT-9); the name only where it needs no encoding (FMT-5)."""
    ident = f"<{network.slug}.{network.domain}>"
    name = network.name
    if name.isascii() and name.isprintable() and len(name) <= 60 and not set('"\\<>') & set(name):
        return f'"{name}" {ident}'
    return ident


def list_post(network: NetworkLook, klass: str) -> str:
    """Only discussion can be answered to everyone; `reply to list` of an invitation must not reach the list (V14)."""
    address = {"discussion": network.post, "exchange": network.exchange}.get(klass)
    return f"<mailto:{address}>" if klass in OPEN and address else "NO"


def auto_submitted(template: str) -> str:
    """RFC 3834 section 5: auto-replied, auto-generated, or nothing for what a person wrote."""
    if template in HUMAN:
        return ""
    return "auto-replied" if template.startswith("replies/") and template not in TIMED else "auto-generated"

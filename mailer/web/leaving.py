"""/u/TAG: one click ends the purpose of that mail (RFC 8058), and a second button ends everything.

A POST acts at once, whatever its body says: the tag is the authority and posting is the wish, so a provider that sends
the body in a form we cannot read still gets what the person pressed for. The answer is always 200 and the same for
whoever left or was erased before (UNS-5). A write that fails is a 503 and the provider tries again (UNS-6).
"""

from __future__ import annotations

from mailer.acts import leave_by_tag
from mailer.consent import purposes
from mailer.message.tags import LEAVE
from mailer.web import posting, tagged
from mailer.web.asking import Answer, Asked, Page, missing

EVERYTHING = "everything"


def show(asked: Asked) -> Answer:
    """The page with one button, and a second for everything from this network."""
    standing_id = tagged.row_of(asked, LEAVE)
    if standing_id is None:
        return missing()
    with asked.house.store.read() as session:
        found = tagged.of_standing(asked, session, standing_id)
    if found is None:
        return Page("stopped", {"stopped": [], "everything": False, "masked": ""})
    behind, purpose = found
    fields = {
        "network": behind.network,
        "masked": behind.masked,
        "purpose": purpose,
        "fleeting": purpose in purposes.FLEETING,
    }
    return Page("stop", fields, language=behind.language)


def act(asked: Asked) -> Answer:
    """Stop, now."""
    standing_id = tagged.row_of(asked, LEAVE)
    if standing_id is None:
        return missing()
    everything = asked.form.one("stop") == EVERYTHING
    with asked.house.store.write() as session:
        receipt = leave_by_tag.by_standing(
            session,
            standing_id,
            channel="web",
            now=asked.now,
            evidence_sha256=posting.evidence(asked),
            everything_too=everything,
        )
        found = tagged.of_standing(asked, session, standing_id)
    stopped = list(receipt.fields.get("purposes", ()))
    if found is None:
        return Page("stopped", {"stopped": [], "everything": False, "masked": ""})
    behind, purpose = found
    fields = {
        "network": behind.network,
        "masked": behind.masked,
        "purpose": purpose,
        "stopped": stopped,
        "everything": everything,
        "farewell": receipt.fields.get("undo") is not None,
        "closed": behind.closed,
        "remaining": list(receipt.fields.get("remaining", ())),
        "fleeting": purpose in purposes.FLEETING,
    }
    return Page("stopped", fields, language=behind.language)

"""An organiser answers a proof with what should change. Labelled lines are done; the rest is for a person to do.

Every change gives a new proof, and who changed it last is not the only one to say SEND.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, hold, item_wish, meet
from mailer.cycle import proofing
from mailer.errors import Refused
from mailer.newsletters import edits
from mailer.store.tables import letters, occasions

LABELS = {"venue": "venue", "place": "venue", "where": "venue", "host": "host", "title": "title", "name": "title"}
EVERYONE = ("everyone", "everybody", "all", "pawb")  # an organiser's word that V13 asks for
NOTE = ("note", "add", "please add", "nodyn")


def change(session: Connection, actor: Actor, occasion: Any, text: str, *, zone: ZoneInfo, now: datetime) -> Receipt:
    """`Note: ...` goes into the letter; `Venue:`, `Host:`, `Title:` change the meeting, `Item 5: ...` its agenda; the rest
    is said to be undone."""
    if occasion.state not in ("planned", "proofed", "waiting", "held"):
        raise Refused("too-late", "This letter is on its way or done, so it cannot be changed.")
    done: list[str] = []
    left: list[str] = []
    values: dict[str, str] = {}
    notes: list[str] = []
    everyone = bool(occasion.extra.get("allowed"))
    for line in _lines(occasion, text):
        label, colon, said = line.partition(":")
        word, said = label.strip().lower(), said.strip()
        if colon and said and word in NOTE:
            notes.append(said)
            done.append(f"Note: {said}")
        elif word == "to" and said.lower().rstrip(".") in EVERYONE:
            everyone = True
            done.append("To: everyone, also those who have had seven mails this term")
        elif colon and said and word in LABELS and occasion.thing_type == "meeting":
            values[LABELS[word]] = said
            done.append(f"{label.strip().capitalize()}: {said}")
        elif changed := _in_words(session, actor, occasion, line, now):
            done.append(changed)
        else:
            left.append(line)
    if notes or everyone:
        extra = {**occasion.extra, "allowed": everyone, "note": "\n".join(filter(None, [occasion.extra.get("note", ""), *notes]))}
        session.execute(update(occasions).where(occasions.c.id == occasion.id).values(extra=extra))
    if values:
        meet.move(
            session,
            actor,
            occasion.thing_id,
            venue=values.get("venue"),
            host=values.get("host"),
            title=values.get("title"),
            now=now,
        )
    if not done and occasion.approved_version is not None:  # somebody has said SEND: it must not go as it is
        receipt = hold.hold(session, actor, occasion.id, now=now)
        fields = {"what": _what(session, occasion), "changes": [], "not_understood": left, "forms": proofing.forms(occasion), "occasion": occasion.id}
        return Receipt("changes-noted", f"{receipt.said} A change is wanted: {'; '.join(left)[:300]}", fields)
    if not done:
        raise Refused(
            "changes-unclear",
            "We could not make that change by ourselves, so the proof stands as it is.",
            "Write it as a line such as Drop piece 2, Move piece 3 first or Title of piece 1: ..., or answer SEND or HOLD."
            if proofing.forms(occasion) == "issue"
            else "Write it as a line such as Note: ..., Venue: ..., Item 5: 10 minutes, Item 5: next time or Drop item 5, or answer SEND or HOLD."
            if proofing.forms(occasion) == "agenda"
            else "Write it as a line such as Note: ..., Venue: ... or Title: ..., or answer SEND or HOLD.",
        )
    proofing.new_version(session, occasion.id, changed_by=actor.address_id, now=now)
    audited.note(session, actor, "change-letter", f"occasion:{occasion.id}", now, network_id=occasion.network_id)
    return Receipt(
        "changes-noted",
        f"Changed: {'; '.join(done)}. A new proof goes out.",
        {"what": _what(session, occasion), "changes": done, "not_understood": left, "forms": proofing.forms(occasion), "occasion": occasion.id},
    )


def about_a_piece(session: Connection, occasion: Any, text: str) -> bool:
    """True for a wish about one piece of a newsletter, whose words may look like those for the whole ("hold it over")."""
    return occasion.thing_type == "issue" and edits.names_a_piece(session, occasion.thing_id, text)


def _in_words(session: Connection, actor: Actor, occasion: Any, line: str, now: datetime) -> str:
    """What was done of a wish about one piece or one item; empty if it is none."""
    if occasion.thing_type == "issue":
        return edits.apply(session, occasion.thing_id, line)
    return item_wish.done(session, actor, occasion.thing_id, line, now) if occasion.thing_type == "meeting" else ""


def _lines(occasion: Any, text: str) -> list[str]:
    """A wish each: of a newsletter there may be several in one line."""
    if occasion.thing_type == "issue":
        return edits.said(text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def labelled(text: str) -> bool:
    """True if a line of this text is one that `change` does by itself."""
    if any(item_wish.is_one(line) for line in text.splitlines()):
        return True
    lines = (line.partition(":") for line in text.splitlines())
    return any(colon and said.strip() and word.strip().lower() in (*NOTE, *LABELS) for word, colon, said in lines)


def _what(session: Connection, occasion: Any) -> str:
    """The letter by the subject that its proof showed."""
    subject = select(letters.c.subject).where(
        letters.c.occasion_id == occasion.id, letters.c.version == occasion.version
    )
    return session.execute(subject.limit(1)).scalar() or str(occasion.kind)

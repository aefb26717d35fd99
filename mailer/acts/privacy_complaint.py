"""A complaint about how personal data is used (DP-16): acknowledged at once, tracked to its day, answered by an organiser.

The mail that complains is held, for the organisers, until somebody answers it; the row beside it says by when. The organisers get
the words as one letter, and so does the person IT answers with. An organiser's reply to that letter goes to the writer and
closes it; CLOSED closes what was settled in another way. What came to the private door is answered without names (V2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, undo
from mailer.consent.purposes import RIGHT
from mailer.outbound import replies
from mailer.people import addresses
from mailer.people.formats import brief
from mailer.store import add
from mailer.store.tables import inbox, privacy_complaints

ANSWER_WITHIN = timedelta(days=30)
REASON = "data-complaint"  # of the held message
OPEN = "A complaint about personal data; the organisers have to answer it."


@dataclass(frozen=True)
class Words:
    """What the organisers are shown of a mail. Of a private one there is neither writer nor address."""

    subject: str
    text: str
    writer: str = ""
    address: str = ""
    proven: bool = False


def begin(
    session: Connection,
    actor: Actor,
    words: Words,
    *,
    address_id: int,
    hidden: bool,
    operator: str | None,
    hasher: bytes,
    may_answer: bool,
    now: datetime,
) -> Receipt:
    """Write it down, acknowledge it to `address_id`, show it to those who have to answer. `may_answer`: no machine wrote it."""
    assert actor.inbox_id is not None
    known = session.execute(select(privacy_complaints).where(privacy_complaints.c.inbox_id == actor.inbox_id)).first()
    number = known.id if known is not None else add(
        session, privacy_complaints, network_id=actor.network_id, address_id=address_id, inbox_id=actor.inbox_id,
        hidden=hidden, asked_at=now, due_at=now + ANSWER_WITHIN,
    )  # fmt: skip
    due = known.due_at if known is not None else now + ANSWER_WITHIN
    fields = {"number": number, "due": due.date().isoformat(), "subject": words.subject, "hidden": hidden}
    sent = may_answer and replies.reply(
        session, network_id=actor.network_id, address_id=address_id, template="data-complaint-received", fields=fields,
        now=now, inbox_id=actor.inbox_id, scope=RIGHT, key=f"data-complaint:{number}:received",
    )  # fmt: skip
    if sent:
        session.execute(update(privacy_complaints).where(privacy_complaints.c.id == number).values(acknowledged_at=now))
    _show(session, actor, words, fields, f"data-complaint:{number}", operator, hasher, now)
    _audit(session, actor, REASON, number, now)
    return Receipt("", OPEN, state="held", reason=REASON, held_for="the committee")


def goes_on(
    session: Connection, actor: Actor, words: Words, number: int, *, operator: str | None, hasher: bytes, now: datetime
) -> Receipt:
    """Its writer says more: the organisers get that too, and what was closed is open again."""
    row = session.execute(select(privacy_complaints).where(privacy_complaints.c.id == number)).one()
    due = row.due_at
    if row.answered_at is not None:
        due = now + ANSWER_WITHIN
        _open_again(session, number, due)
    fields = {"number": number, "due": due.date().isoformat(), "subject": words.subject, "again": True}
    _show(session, actor, words, fields, f"data-complaint:{number}:{actor.inbox_id}", operator, hasher, now)
    _audit(session, actor, f"{REASON}-more", number, now)
    return Receipt("", "Says more about a complaint; shown to the organisers.", reason=REASON)


def answer(session: Connection, actor: Actor, number: int, subject: str, text: str, *, now: datetime) -> Receipt:
    """An organiser's words go to the writer; with none it is closed as settled in another way. UNDO opens it again."""
    row = session.execute(select(privacy_complaints).where(privacy_complaints.c.id == number)).one()
    passed = bool(text) and replies.reply(
        session, network_id=row.network_id, address_id=row.address_id, template="data-complaint-answer",
        fields={"number": number, "subject": subject, "text": text, "hidden": row.hidden}, now=now, inbox_id=actor.inbox_id, scope=RIGHT,
        key=f"data-complaint:{number}:answer:{actor.inbox_id}",
    )  # fmt: skip
    if text and not passed and addresses.get(session, row.address_id).erased_at is None:
        sentence = "We could not pass your answer on: we may not write to this person again today."
        told = {"subject": subject, "sentence": sentence, "hint": "Please send it once more tomorrow."}
        return Receipt("refused", sentence, told, state="refused", reason="not-passed-on")
    session.execute(
        update(privacy_complaints).where(privacy_complaints.c.id == number).values(answered_at=now, answer_id=actor.inbox_id)
    )
    done = f"{'Answered' if passed else 'Closed'} on {brief(now.date())}."
    session.execute(
        update(inbox)
        .where(inbox.c.id == row.inbox_id, inbox.c.state == "held")
        .values(state="done", outcome=done, held_for="")
    )
    undo_id = undo.remember(session, actor, REASON, {"number": number, "due": row.due_at.isoformat()}, now)
    _audit(session, actor, f"{REASON}-answered", number, now)
    fields = {"number": number, "sent": bool(passed), "undo": undo_id}
    return Receipt("data-complaint-closed", f"Complaint {number}: {done[:1].lower()}{done[1:]}", fields)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: it is open as before; an answer that went stays with its reader. If its writer said more since it is open already,
    and what was answered to that is another matter."""
    table, number = privacy_complaints, int(args["number"])
    closed_at = session.execute(select(table.c.answered_at).where(table.c.id == number)).scalar()
    since = closed_at != args["done_at"] or any(one.get("number") == number for one in args["later"])
    if not since:
        _open_again(session, number, datetime.fromisoformat(args["due"]))
    return {"changed_since": since}


def _open_again(session: Connection, number: int, due: datetime) -> None:
    session.execute(
        update(privacy_complaints)
        .where(privacy_complaints.c.id == number)
        .values(answered_at=None, answer_id=None, due_at=due)
    )
    mail = select(privacy_complaints.c.inbox_id).where(privacy_complaints.c.id == number).scalar_subquery()
    session.execute(
        update(inbox).where(inbox.c.id == mail).values(state="held", outcome=OPEN, held_for="the committee")
    )


def _show(
    session: Connection, actor: Actor, words: Words, fields: Mapping[str, Any], key: str, operator: str | None, hasher: bytes,
    now: datetime,
) -> None:  # fmt: skip
    """To every organiser, and to the person IT answers with, for the case that the organisers are whom it is about."""
    shown = {
        "again": False, **fields, "text": words.text, "writer": words.writer, "address": words.address,
        "proven": words.proven,
    }  # fmt: skip
    replies.to_organisers(
        session, network_id=actor.network_id, template=REASON, fields=shown, key=key, now=now, inbox_id=actor.inbox_id,
        besides=actor.address_id,
    )  # fmt: skip
    if operator:
        replies.to_operator(
            session, operator, hasher=hasher, network_id=actor.network_id, template=REASON, fields=shown,
            key=f"{key}:operator", now=now, inbox_id=actor.inbox_id,
        )  # fmt: skip


def _audit(session: Connection, actor: Actor, act: str, number: int, now: datetime) -> None:
    audited.note(session, actor, act, f"data-complaint:{number}", now)

"""A message handled once more, at the door that its writer has chosen when we asked; or not at all."""

from __future__ import annotations

from sqlalchemy import Connection, update

from mailer import wake
from mailer.acts import Receipt
from mailer.store.tables import inbox


def handled(session: Connection, inbox_id: int, door: str, said: str, states: tuple[str, ...] = ("asked",)) -> Receipt:
    """Put it back at the start of its walk, with this door; only one that still waits for the answer (`states`)."""
    moved = session.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state.in_(states), inbox.c.sorted_to == "")
        .values(state="stored", sorted_to=door, attempts=0, lease_until=None)
    )
    if not moved.rowcount:
        return Receipt("", "It was sorted already; nothing changes.", reason="already-done")
    wake.note(session, wake.INBOX)
    return Receipt("", said)


def taken_back(session: Connection, inbox_id: int, subject: str) -> Receipt:
    """Its writer, asked whom it is for, says nobody: it ends here, read by no one."""
    ended = session.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state.in_(("asked", "held")), inbox.c.sorted_to == "")
        .values(state="done", reason="taken-back", outcome="Taken back by its writer when asked whom it is for.")
    )
    if not ended.rowcount:
        return Receipt("", "It was sorted already; nothing changes.", reason="already-done")
    return Receipt("taken-back", "Takes back a mail that was asked about; it goes no further.", {"subject": subject})

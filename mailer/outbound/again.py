"""The bytes of a copy that was sent, made again: from its letter, its row and the keys, until retention takes them.

What comes out is held against the SHA-256 that was written down before the bytes went, so it is exactly what went or nothing.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from mailer import clock
from mailer.errors import NotFound, Refused
from mailer.house import House
from mailer.outbound.copies import Copier
from mailer.store.tables import letters, outgoing


def made_again(house: House, outgoing_id: int) -> bytes:
    """What went to the relay at the last try, without dot-stuffing. Raises NotFound, and Refused with the reason why it cannot be."""
    asked = select(outgoing, letters.c.skeleton.is_not(None).label("kept"))
    with house.store.read() as session:
        row = session.execute(asked.join(letters, letters.c.id == outgoing.c.letter_id).where(outgoing.c.id == outgoing_id)).first()
    if row is None:
        raise NotFound(f"There is no copy {outgoing_id}.", "Their ids are in: termpost outbox list")
    if not row.sha256:
        raise Refused("not-begun", f"Copy {outgoing_id} has not been sent, so there is nothing to show.")
    if not row.kept or row.to_address is None:
        raise Refused("not-kept", f"The words of copy {outgoing_id} are not kept any more: retention or an erasure took them.")
    copier = Copier(house, signing=bool(row.selector))
    made, _ = copier.copies(copier.rows([outgoing_id]), clock.now())
    if not made or hashlib.sha256(made[0].wire.content).hexdigest() != row.sha256:
        raise Refused(
            "changed-since",
            f"Copy {outgoing_id} cannot be made again byte for byte.",
            "A key, the name of the network or a setting that stands in every letter has changed since it went.",
        )
    return made[0].wire.content

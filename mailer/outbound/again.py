"""The bytes of a copy that was sent, made again: from its letter, its row, its letterhead and the keys, until retention takes them.

What comes out is held against the SHA-256 that was written down before the bytes went, so it is exactly what went or nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from mailer import clock
from mailer.errors import NotFound, Refused
from mailer.house import House
from mailer.outbound import dkim, former_keys
from mailer.outbound.copies import copy_of
from mailer.outbound.letter import LetterError, Skeleton
from mailer.outbound.letterheads import DOMAIN, Letterhead, of_then, of_today, signing_of
from mailer.store.tables import letterheads, letters, networks, outgoing


def made_again(house: House, outgoing_id: int) -> bytes:
    """What went to the relay at the last try, without dot-stuffing. Raises NotFound, and Refused with the reason why it cannot be."""
    with house.store.read() as session:
        row = session.execute(_asked().where(outgoing.c.id == outgoing_id)).first()
        if row is None:
            raise NotFound(f"There is no copy {outgoing_id}.", "Their ids are in: termpost outbox list")
        if not row.sha256:
            raise Refused("not-begun", f"Copy {outgoing_id} has not been sent, so there is nothing to show.")
        if row.skeleton is None or row.to_address is None:
            raise Refused("not-kept", f"The words of copy {outgoing_id} are not kept any more: retention or an erasure took them.")
        head = _letterhead(session, house, row)
    try:
        made = copy_of(row, Skeleton.from_bytes(row.skeleton), head, house, clock.now())
    except LetterError as error:
        raise _not_again(row, "", f"Its stored letter cannot be read: {error}. Another release may have written it, or it is damaged.") from None
    if made.sending.sha256 != row.sha256:
        changed = "The secret, the program, or the name or address of its reader has changed since it went."
        if row.letterhead_id is None:
            changed = "It went before letterheads were kept, and a key, a name or a setting that stands in every letter has changed since."
        raise _not_again(row, "", changed)
    return made.wire.content


def _asked() -> Any:
    asked = select(outgoing, letters.c.skeleton, DOMAIN, networks.c.slug, networks.c.name.label("network_name"))
    return asked.select_from(
        outgoing.join(networks, networks.c.id == outgoing.c.network_id)
        .join(letters, letters.c.id == outgoing.c.letter_id)
        .outerjoin(letterheads, letterheads.c.id == outgoing.c.letterhead_id)
    )


def _letterhead(session: Connection, house: House, row: Any) -> Letterhead:
    """What it went under; of a copy that is older than letterheads, today's. Raises Refused where a key is not at hand."""
    if row.letterhead_id is None:
        return of_today(house.settings, row, dkim.Signers(house.settings).of(row.domain) if row.selector else None)
    kept = session.execute(select(letterheads).where(letterheads.c.id == row.letterhead_id)).one()
    signing = signing_of(kept)
    try:
        return of_then(kept, None if signing is None else former_keys.signer(house.settings, signing))
    except former_keys.KeyMissing as missing:
        beside = "Lay its file beside that of TERMPOST_DKIM_KEY_FILE, with a name that ends in .pem."
        passed = "".join(f" Passed over: {why}." for why in missing.passed_over)
        raise _not_again(row, f", as the key of {missing.name} that signed it is not at hand", beside + passed) from None


def _not_again(row: Any, why: str, hint: str) -> Refused:
    return Refused("changed-since", f"Copy {row.id} cannot be made again byte for byte{why}.", hint)

"""Who wrote it, and which letter of ours it answers (design rulings 1 and 3; V8: From is not proof).

Strength, strongest first: a confirm tag; a tag of ours used from an address of the person it was sent to; a From that
DMARC or aligned DKIM proved at the trusted place; a From that matches a known address; unknown.
A tag used from a stranger's address proves nothing: the writer keeps the strength of their own From, and the message is
marked `for_another`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Strength
from mailer.inbound.message import Answered
from mailer.message import Reading, tags
from mailer.message.address import key as address_key
from mailer.message.tags import Keys, TagRef
from mailer.people import membership
from mailer.store import prepared
from mailer.store.tables import (
    addresses,
    confirmations,
    letters,
    memberships,
    occasions,
    outgoing,
    people,
    proofs,
    standings,
)


@dataclass(frozen=True)
class Judged:
    """What `judge` found."""

    actor: Actor
    tag: TagRef | None
    answered: Answered | None
    for_another: bool
    failed: str


def judge(
    session: Connection,
    *,
    network_id: int,
    tag_text: str,
    reading: Reading,
    keys: Keys,
    inbox_id: int,
    sha256: str,
) -> Judged:
    """Judge the sender of a message. Reads only."""
    tag = keys.read(tag_text) if tag_text else None
    answered = _answered(session, network_id, tag, reading, keys)
    owner = _owner(session, network_id, tag, answered)
    writer = _known(session, reading, owner)
    failed = _failed(reading)
    if writer is None:
        identity, strength = None, Strength.UNKNOWN
    else:
        identity, strength = writer, Strength.ALIGNED if reading.auth.aligned else Strength.FROM
    for_another = False
    if owner is not None:
        if _same(writer, owner):
            # The address on record acts, whichever of their addresses a person wrote from.
            identity = owner
            strength = Strength.CONFIRM if tag is not None and tag.use == tags.CONFIRM else Strength.TAG
            if tag is None:  # found by References only: those are seen by whoever was forwarded the mail
                strength = Strength.ALIGNED if reading.auth.aligned else Strength.FROM
        else:
            for_another = True
    actor = Actor(
        network_id=network_id,
        address_id=None if identity is None else identity.id,
        person_id=None if identity is None else identity.person_id,
        strength=strength,
        channel="calendar" if reading.kind == "calendar-reply" else "mail",
        name=(identity.name if identity is not None and identity.name else _display_name(reading)),
        inbox_id=inbox_id,
        evidence_sha256=sha256,
        asked_at=_asked_at(session, tag, answered),
    )
    return Judged(actor, tag, answered, for_another, failed)


def is_member(session: Connection, network_id: int, address_id: int | None) -> bool:
    """True if the address belongs to a membership of the network that has not ended."""
    if address_id is None:
        return False
    return session.execute(*_memberships_of(network_id, address_id)).first() is not None


@prepared
def _memberships_of(network: Any, address: Any) -> Any:
    living = (memberships.c.network_id == network) & memberships.c.ended_at.is_(None)
    return select(memberships.c.id).where(living, membership.behind(address))


def _display_name(reading: Reading) -> str:
    return reading.sender.name if reading.sender is not None else ""


def _failed(reading: Reading) -> str:
    """A *fail* of DMARC, or of DKIM where nothing else proves the writer, is held; none and temperror are no failures."""
    if not reading.auth.failed:
        return ""
    return "dmarc-fail" if reading.auth.dmarc == "fail" else "dkim-fail"


def _known(session: Connection, reading: Reading, owner: Any) -> Any:
    """Whose address the From names: most often that of the `owner` of the letter that is answered."""
    if reading.sender is None or not reading.sender.address:
        return None
    key = address_key(reading.sender.address)
    return owner if owner is not None and owner.key == key else session.execute(*_who_is_written(key)).first()


@prepared
def _who_is_written(as_key: Any) -> Any:
    return _identities().where(addresses.c.key == as_key)


@prepared
def _who_has(address: Any) -> Any:
    return _identities().where(addresses.c.id == address)


def _identities() -> Any:
    return (
        select(addresses.c.id, addresses.c.person_id, addresses.c.key, people.c.name)
        .select_from(addresses)
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .where(addresses.c.erased_at.is_(None))
    )


def _same(writer: Any, owner: Any) -> bool:
    if writer is None:
        return False
    return writer.id == owner.id or (writer.person_id is not None and writer.person_id == owner.person_id)


def _owner(session: Connection, network_id: int, tag: TagRef | None, answered: Answered | None) -> Any:
    """The address that a tag was given to."""
    if answered is not None and (tag is None or tag.use in (tags.REPLY, tags.BOUNCE)):
        return session.execute(*_who_has(answered.address_id)).first()
    if tag is None:
        return None
    table = {
        tags.CONFIRM: confirmations,
        tags.SEND: proofs,
        tags.HOLD: proofs,
        tags.LEAVE: standings,
        tags.PREFERENCES: standings,
    }.get(tag.use)
    if table is None:
        return None
    row = session.execute(select(table.c.address_id).where(table.c.id == tag.row_id)).first()
    return None if row is None else session.execute(*_who_has(row.address_id)).first()


def _asked_at(session: Connection, tag: TagRef | None, answered: Answered | None) -> datetime | None:
    """When that was written whose tag the writer has; of a page or a link to leave nobody knows."""
    if tag is not None and tag.use == tags.CONFIRM:
        return session.execute(select(confirmations.c.asked_at).where(confirmations.c.id == tag.row_id)).scalar()
    return None if answered is None else answered.written_at


def _answered(
    session: Connection, network_id: int, tag: TagRef | None, reading: Reading, keys: Keys
) -> Answered | None:
    """The letter behind a reply tag, else behind the newest of our Message-IDs that the message refers to."""
    if tag is not None and tag.use in (tags.REPLY, tags.BOUNCE):
        return letter_of(session, network_id, tag.row_id)
    for reference in [*reading.in_reply_to, *reversed(reading.references)]:
        found = keys.read(reference.partition("@")[0], {tags.MESSAGE})
        if found is not None:
            return letter_of(session, network_id, found.row_id)
    return None


def letter_of(session: Connection, network_id: int, outgoing_id: int) -> Answered | None:
    """What an outgoing row of this network was about."""
    row = session.execute(*_letter_behind(network_id, outgoing_id)).first()
    if row is None:
        return None
    return Answered(
        outgoing_id=row.id,
        address_id=row.address_id,
        template=row.template,
        fields=row.fields,
        occasion_kind=row.kind or "",
        thing_type=row.thing_type or "",
        thing_id=row.thing_id,
        invitation_id=row.invitation_id,
        inbox_id=row.inbox_id,
        written_at=row.created_at,
    )


@prepared
def _letter_behind(network: Any, copy: Any) -> Any:
    return (
        select(
            outgoing.c.id,
            outgoing.c.address_id,
            outgoing.c.invitation_id,
            outgoing.c.inbox_id,
            outgoing.c.created_at,
            letters.c.template,
            letters.c.fields,
            occasions.c.kind,
            occasions.c.thing_type,
            occasions.c.thing_id,
        )
        .select_from(outgoing)
        .join(letters, letters.c.id == outgoing.c.letter_id)
        .outerjoin(occasions, occasions.c.id == letters.c.occasion_id)
        .where(outgoing.c.id == copy, outgoing.c.network_id == network)
    )

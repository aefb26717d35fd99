"""What a page behind a tag knows of the person: as little as it needs, and never a full address (V9)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mailer.acts import Actor, Strength
from mailer.outbound.compose import NetworkLook
from mailer.people import formats, written
from mailer.store.tables import addresses, networks, people, standings
from mailer.web.asking import Asked


@dataclass(frozen=True)
class Behind:
    """The network and the person behind a tag. `masked` is their address as a page may show it; empty once erased.

    Of a network that is `closed` nothing begins: its pages say so, and go on with what ends mail or carries out a right."""

    network: NetworkLook
    network_id: int
    address_id: int
    person_id: int | None
    name: str
    masked: str
    language: str
    shared: bool
    closed: bool

    def actor(self, evidence_sha256: str = "", strength: Strength = Strength.TAG) -> Actor:
        """Whoever holds a valid tag acts as the person it was sent to (design ruling 1)."""
        return Actor(
            self.network_id,
            self.address_id,
            self.person_id,
            strength,
            "web",
            name=self.name,
            evidence_sha256=evidence_sha256,
        )


def row_of(asked: Asked, use: str) -> int | None:
    """The row that the tag in the path stands for; None if it is altered, foreign, or of another use."""
    ref = asked.house.keys.read(asked.path["tag"], (use,))
    return None if ref is None else ref.row_id


def of_standing(asked: Asked, session: Connection, standing_id: int) -> tuple[Behind, str] | None:
    """Who is behind a standing, and the purpose it is of; None if that row does not exist."""
    row = session.execute(
        select(standings.c.network_id, standings.c.address_id, standings.c.purpose).where(standings.c.id == standing_id)
    ).first()
    if row is None:
        return None
    found = of_address(asked, session, row.network_id, row.address_id)
    return None if found is None else (found, row.purpose)


def of_address(
    asked: Asked, session: Connection, network_id: int | None, address_id: int, language: str = ""
) -> Behind | None:
    """Who is behind an address of this network. `language` is theirs if they have chosen none."""
    row = session.execute(
        select(
            addresses.c.address,
            addresses.c.person_id,
            addresses.c.shared,
            people.c.name,
            written.LANGUAGE.label("language"),
            networks.c.id,
            networks.c.slug,
            networks.c.name.label("network_name"),
            networks.c.domain,
            networks.c.controller,
            networks.c.language.label("network_language"),
            networks.c.timezone,
            networks.c.closed_at,
        )
        .select_from(
            addresses.join(networks, networks.c.id == network_id).outerjoin(
                people, people.c.id == addresses.c.person_id
            )
        )
        .where(addresses.c.id == address_id)
    ).first()
    if row is None:
        return None
    look = NetworkLook(
        slug=row.slug,
        name=row.network_name,
        domain=row.domain,
        controller=row.controller,
        language=row.network_language,
        timezone=row.timezone,
        public_url=asked.house.settings.public_url,
        mailbox=asked.house.settings.mailbox_of(row.slug),
        closed=row.closed_at is not None,
    )
    return Behind(
        network=look,
        network_id=row.id,
        address_id=address_id,
        person_id=row.person_id,
        name=row.name or "",
        masked=masked(row.address),
        language=formats.known(row.language or language or row.network_language),
        shared=row.shared,
        closed=row.closed_at is not None,
    )


def masked(address: str | None) -> str:
    """`d…@school.example`: enough for its owner to know it, too little to write to it."""
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"

"""Letters to one person: receipts, questions, confirmations, what an organiser is told.

A reply is written down as a template and its frozen fields in the transaction of the act that it answers, so that a
crash keeps both or neither. The worker composes it after the commit; nothing is rendered inside a write.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import gate, purposes, standing
from mailer.outbound import appointments, compose, outbox
from mailer.people import addresses as address_rows
from mailer.people import committee, membership, written
from mailer.store import add, prepared
from mailer.store.tables import addresses, letters, memberships, networks, organisations, outgoing, people

CLASS_LIFE = {
    "answer": timedelta(days=7),
    "confirm": timedelta(days=7),
    "farewell": timedelta(days=7),
    "event": timedelta(days=180),
    "desk": timedelta(days=3650),
    "meetings": timedelta(days=3650),  # as the desk's looked up, never opened: what a school's named contact is asked
}


def reply(
    session: Connection,
    *,
    network_id: int,
    address_id: int,
    template: str,
    fields: Mapping[str, Any],
    now: datetime,
    inbox_id: int | None = None,
    purpose: str = "answer",
    n: int = 1,
    key: str = "",
    scope: str = "",
    reply_use: str = "r",
    reply_row: int | None = None,
    invitation_id: int | None = None,
    thread: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
    deadline: datetime | None = None,
    language: str = "",
) -> int | None:
    """Queue one letter of a service class to one address.

    `key` makes it unique (V5); without one it is reply `n` to `inbox_id`. `fields` are JSON and are given to
    its template as they are (a bare name is one of templates/replies/). `language` is what it is written in if its reader has
    chosen none; empty for the network's. Returns the outgoing id; None if the gate refuses or the same letter
    stands already.
    """
    key = key or f"reply:{inbox_id}:{n}"
    if session.execute(*_copy_with(key)).first() is not None:
        return None
    who = session.execute(*_reader(network_id, address_id)).one()
    if who.address is None:  # erased since
        return None
    language = who.language or language or who.network_language
    standing_id = standing.open_class(
        session,
        network_id=network_id,
        address_id=address_id,
        klass=purpose,
        scope=scope,
        until=now + CLASS_LIFE[purpose],
        now=now,
    )
    if not gate.ask(session, standing_id=standing_id, purpose=purpose, network_id=network_id, now=now).allowed:
        return None
    letter_id = add(
        session,
        letters,
        network_id=network_id,
        template=template if "/" in template else f"replies/{template}",
        fields={**fields, **({"thread": dict(thread)} if thread else {})},
        language=language,
        variant="plain" if who.plain_text else "",
        created_at=now,
    )
    row = outbox.Row(
        key=key,
        network_id=network_id,
        letter_id=letter_id,
        address_id=address_id,
        standing_id=standing_id,
        purpose=purpose,
        to_address=who.address,
        to_name=who.name or "",
        greeting=compose.greet(_greeting(who), language, who.slug),
        inbox_id=inbox_id,
        reply_use=reply_use,
        reply_row=reply_row,
        invitation_id=invitation_id or appointments.first(fields, network_id),
        not_before=not_before,
        deadline=deadline,
    )
    return outbox.add_row(session, row, now=now)


@prepared
def _copy_with(key: Any) -> Any:
    return select(outgoing.c.id).where(outgoing.c.key == key)


@prepared
def _reader(network: Any, address: Any) -> Any:
    return (
        select(
            addresses.c.address,
            addresses.c.shared,
            people.c.name,
            organisations.c.name.label("organisation"),
            written.LANGUAGE.label("language"),
            written.PLAIN_TEXT.label("plain_text"),
            networks.c.language.label("network_language"),
            networks.c.slug,
        )
        .select_from(addresses)
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .join(networks, networks.c.id == network)
        .outerjoin(memberships, (memberships.c.address_id == addresses.c.id) & (memberships.c.network_id == network))
        .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        .where(addresses.c.id == address)
    )


def _greeting(who: Any) -> str:
    return membership.greeting_of(who.name or "", who.address, shared=who.shared, organisation=who.organisation or "")


def to_organisers(
    session: Connection,
    *,
    network_id: int,
    template: str,
    fields: Mapping[str, Any],
    key: str,
    now: datetime,
    inbox_id: int | None = None,
    purpose: str = "desk",
    thread: Mapping[str, str] | None = None,
    besides: int | None = None,
) -> int:
    """Queue a desk letter to every reachable organiser of a network, `besides` (an address) excepted. Returns how many
    were queued."""
    sent = 0
    for organiser in committee.organisers(session, network_id):
        if organiser.address_id == besides:
            continue
        done = reply(
            session,
            network_id=network_id,
            address_id=organiser.address_id,
            template=template,
            fields=fields,
            now=now,
            inbox_id=inbox_id,
            purpose=purpose,
            key=f"{key}:{organiser.address_id}",
            thread=thread,
        )
        sent += done is not None
    return sent


def to_operator(
    session: Connection,
    operator: str,
    *,
    hasher: bytes,
    network_id: int,
    template: str,
    fields: Mapping[str, Any],
    key: str,
    now: datetime,
    inbox_id: int | None = None,
) -> int | None:
    """Queue one letter to the person IT answers with (TERMPOST_OPERATOR), whatever is stopped or held. As `reply`.

    The setting is their word: the address counts as confirmed, so that a busy postmaster is not capped like a stranger.
    """
    to = address_rows.find_or_add(session, operator, hasher=hasher, now=now)
    address_rows.confirm(session, to.id, now)
    return reply(
        session,
        network_id=network_id,
        address_id=to.id,
        template=template,
        fields=fields,
        key=key,
        now=now,
        inbox_id=inbox_id,
        scope=purposes.RIGHT,
    )

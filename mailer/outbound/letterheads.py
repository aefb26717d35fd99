"""What stands in every copy of a network, whoever gets it: its name and addresses, where its links lead, whose key signs.

It is written down once, before the first copy goes under it, and each copy holds its id. So a copy can be made again when the
network has another name or domain, the web door another address, and mail is signed with another key or by the relay.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, func, select

from mailer.house import House
from mailer.outbound import dkim, former_keys
from mailer.settings import Settings
from mailer.store import add_once
from mailer.store.tables import letterheads, networks

RELAY_SIGNS = dkim.Signing("", "", "")
DOMAIN = func.coalesce(letterheads.c.domain, networks.c.domain).label("domain")  # that a copy went under, or would today


@dataclass(frozen=True)
class Letterhead:
    """One letterhead; `id` is that of its row."""

    id: int
    slug: str
    domain: str
    network_name: str
    public_url: str
    mailbox: str  # polled, of its one network; else empty
    signer: dkim.Signer | None

    @cached_property
    def sender(self) -> str:
        """The address in From."""
        return self.mailbox or f"{self.slug}-committee@{self.domain}"

    @cached_property
    def _around(self) -> tuple[str, str]:
        local, _, domain = (self.mailbox or f"{self.slug}@{self.domain}").rpartition("@")
        return f"{local}+", f"@{domain}"

    def tagged(self, tag: str) -> str:
        """`mendip+TAG@lists.example.org`, or the polled mailbox, if there is one, with the tag behind its plus."""
        before, after = self._around
        return f"{before}{tag}{after}"


class Letterheads:
    """Those that one process sends under. Threads may share it. Raises KeyRefused when a key may not be used."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._signers = dkim.Signers(house.settings)
        self._used: dict[tuple[str, str, str], Letterhead] = {}
        self._kept: dict[int, Letterhead] = {}

    def of(self, row: Any) -> Letterhead:
        """What an outgoing row (joined with slug, domain and network_name) goes under. It stands in the database then."""
        if row.goes_under is not None:
            return self._again(row.goes_under)
        key = (row.slug, row.domain, row.network_name)
        used = self._used.get(key)
        if used is None:
            head = of_today(self._house.settings, row, self._signers.of(row.domain))
            used = self._used[key] = self._written(row.network_id, head)
        return used

    def _again(self, letterhead_id: int) -> Letterhead:
        """What a copy that may have gone goes under once more, so that it has the same Message-ID, and the same bytes while the
        key is at hand (OUT-3). Else whoever signs today signs for the domain that it had (AUTH-6)."""
        if letterhead_id not in self._kept:
            with self._house.store.read() as session:
                row = session.execute(select(letterheads).where(letterheads.c.id == letterhead_id)).one()
            signing = signing_of(row)
            try:
                head = of_then(row, None if signing is None else former_keys.signer(self._house.settings, signing))
            except former_keys.KeyMissing:
                head = self._written(row.network_id, of_then(row, self._signers.of(row.domain)))
            self._kept[letterhead_id] = head
        return self._kept[letterhead_id]

    def _written(self, network_id: int, head: Letterhead) -> Letterhead:
        with self._house.store.write() as session:
            return replace(head, id=_keep(session, network_id, head))


def of_today(settings: Settings, row: Any, signer: dkim.Signer | None) -> Letterhead:
    """What a network of this slug, domain and network_name has by the settings, before it is written down."""
    mailbox = settings.mailbox_of(row.slug)
    return Letterhead(0, row.slug, row.domain, row.network_name, settings.public_url, mailbox, signer)


def _keep(session: Connection, network_id: int, head: Letterhead) -> int:
    """The id of its row, which is made if there is none that says the same."""
    signing = RELAY_SIGNS if head.signer is None else head.signer.signing
    values = {
        "network_id": network_id,
        **{name: getattr(head, name) for name in ("slug", "domain", "network_name", "public_url", "mailbox")},
        "signing_domain": signing.domain,
        **{name: getattr(signing, name) for name in ("selector", "key", "second_selector", "second_key")},
    }
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    made = add_once(session, letterheads, ("digest",), digest=digest, **values)
    if made is None:
        made = session.execute(select(letterheads.c.id).where(letterheads.c.digest == digest)).scalar_one()
    return made


def of_then(row: Any, signer: dkim.Signer | None) -> Letterhead:
    """What a row of `letterheads` says, with the signer that `signing_of` asks for."""
    return Letterhead(row.id, row.slug, row.domain, row.network_name, row.public_url, row.mailbox, signer)


def signing_of(row: Any) -> dkim.Signing | None:
    """What a row of `letterheads` says of signatures; None if the relay made them."""
    said = dkim.Signing(row.signing_domain, row.selector, row.key, row.second_selector, row.second_key)
    return None if said == RELAY_SIGNS else said

"""Whom we take mail for: what may be said to RCPT before anything of the message is seen (contract 1, SMTP-15).

Any role of a known network and any well-formed plus-form of it is taken: tags are judged after DATA, so that a
stranger who tries them learns nothing, and policy is never a refusal at the door (SMTP-18). The networks are read at
most once a second, and again before anyone is refused, so that a network added a moment ago is already there.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from sqlalchemy import select

from mailer import clock
from mailer.message import roles
from mailer.message.address import LOCAL_OCTETS, ascii_domain
from mailer.store import Store
from mailer.store.tables import networks

REFRESH = 1.0  # seconds for which the networks are taken as read
LOOK_AGAIN = 0.1  # the same before a refusal

_PLUS_FORM = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~+-]+")  # RFC 5322 3.2.3


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one RCPT. `text` begins with the enhanced status code (RFC 3463)."""

    ok: bool
    code: int
    text: str
    network_id: int | None = None  # none: the operator's own address


TAKEN = Verdict(True, 250, "2.1.5 Recipient ok")
NO_SUCH_ADDRESS = Verdict(False, 550, "5.1.1 No such address here")
FOREIGN_DOMAIN = Verdict(False, 550, "5.7.1 We do not take mail for that domain")


class Knows:
    """The networks of one store, as the doors need them. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._read_at = float("-inf")
        self._domains: frozenset[str] = frozenset()
        self._networks: dict[tuple[str, str], int] = {}

    def is_stale(self, after: float = REFRESH) -> bool:
        """Whether the next verdict will read the database (and may raise what the database raises)."""
        return clock.monotonic() - self._read_at >= after

    def verdict(self, rcpt: str) -> Verdict:
        """What to answer for this recipient: an address without its brackets, in any case."""
        if self.is_stale():
            self._refresh(REFRESH)
        answer = self._judge(rcpt)
        if not answer.ok and self.is_stale(LOOK_AGAIN):
            self._refresh(LOOK_AGAIN)
            answer = self._judge(rcpt)
        return answer

    def glance(self, rcpt: str) -> Verdict | None:
        """The verdict if it can be given without reading the database."""
        answer = self._judge(rcpt)
        return None if self.is_stale(REFRESH if answer.ok else LOOK_AGAIN) else answer

    def _judge(self, rcpt: str) -> Verdict:
        local, at, domain = rcpt.rpartition("@")
        if not at:  # RFC 5321 4.5.1: <postmaster>, without a domain, is always taken
            return TAKEN if domain.lower() == "postmaster" else NO_SUCH_ADDRESS
        domain = (ascii_domain(domain) or "").rstrip(".")
        if domain not in self._domains:
            return FOREIGN_DOMAIN
        if len(local) > LOCAL_OCTETS:
            return NO_SUCH_ADDRESS
        door = roles.parse_local(local)
        if door.role == roles.OPERATOR:
            return TAKEN
        network_id = self._networks.get((door.slug, domain))
        if network_id is None or door.role == roles.UNKNOWN:
            return NO_SUCH_ADDRESS
        if door.role == roles.TAGGED and not _PLUS_FORM.fullmatch(door.tag):
            return NO_SUCH_ADDRESS
        return Verdict(True, TAKEN.code, TAKEN.text, network_id)

    def _refresh(self, after: float) -> None:
        with self._turn:
            if not self.is_stale(after):
                return  # another thread has just done it
            with self._store.read() as session:
                rows = session.execute(
                    select(networks.c.id, networks.c.slug, networks.c.domain).where(networks.c.closed_at.is_(None))
                ).all()
            found = {(row.slug, ascii_domain(row.domain) or row.domain): int(row.id) for row in rows}
            self._networks, self._domains = found, frozenset(domain for _, domain in found)
            self._read_at = clock.monotonic()

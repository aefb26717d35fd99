"""Networks: a group with its own addresses, calendar and look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select, update

from mailer.consent import ledger
from mailer.errors import Conflict, NotFound, Refused
from mailer.message.address import ascii_domain, parse_address
from mailer.message.roles import valid_slug
from mailer.store import add as add_row
from mailer.store import prepared
from mailer.store.tables import networks

FIRST_TERM = timedelta(days=120)  # until then everything that goes to members is proofed (design 4)
CHANGEABLE = frozenset(
    {
        "name", "domain", "timezone", "language", "controller", "notice_version", "holidays", "uncertain", "unanswered",
        "first_term_ends",
    }
)  # fmt: skip
CHOICES = {"uncertain": ("", "hold", "resend"), "unanswered": ("wait", "send"), "language": ("en", "cy")}


@dataclass(frozen=True)
class Network:
    """A row of `networks`."""

    id: int
    slug: str
    domain: str
    name: str
    timezone: str
    language: str
    controller: str
    holidays: str
    notice_version: int
    uncertain: str
    unanswered: str
    first_term_ends: date | None
    created_at: datetime
    closed_at: datetime | None
    held_at: datetime | None
    held_reason: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its calendar."""
        return ZoneInfo(self.timezone)


def add(
    session: Connection,
    *,
    slug: str,
    domain: str,
    name: str,
    now: datetime,
    timezone: str = "Europe/London",
    language: str = "en",
    controller: str = "",
) -> int:
    """Make a network, with version 1 of its notice; return its id. Refused for a bad slug, domain or zone."""
    if not valid_slug(slug):
        raise Refused(
            "bad-slug",
            f"“{slug}” cannot be a network's short name.",
            "Take 2 to 20 small letters and digits, parts joined by single hyphens, beginning with a letter and not ending in a "
            "word such as -agenda or -news.",
        )
    values = _checked({"domain": domain, "name": name, "timezone": timezone, "language": language})
    if session.execute(select(networks.c.id).where(networks.c.slug == slug)).first() is not None:
        raise Conflict(f"There is a network {slug} already.", "Short names are never used twice.")
    network_id = add_row(
        session,
        networks,
        slug=slug,
        **values,
        controller=controller or name,
        first_term_ends=(now + FIRST_TERM).date(),
        created_at=now,
    )
    _note(session, network_id, "network-add", now)
    return network_id


def get(session: Connection, slug: str) -> Network:
    """The network with this slug, in any case. Raises NotFound."""
    row = session.execute(select(networks).where(networks.c.slug == slug.lower())).first()
    if row is None:
        raise NotFound(f"There is no network {slug}.", "`termpost network list` shows those there are.")
    return _network(row)


def by_id(session: Connection, network_id: int) -> Network:
    """The network with this id. Raises NotFound."""
    row = session.execute(*_one(network_id)).first()
    if row is None:
        raise NotFound(f"There is no network with the id {network_id}.")
    return _network(row)


@prepared
def _one(network: Any) -> Any:
    return select(networks).where(networks.c.id == network)


def every(session: Connection, *, closed: bool = True) -> list[Network]:
    """All networks by slug."""
    query = select(networks).order_by(networks.c.slug)
    if not closed:
        query = query.where(networks.c.closed_at.is_(None))
    return [_network(row) for row in session.execute(query)]


def change(session: Connection, network_id: int, changes: dict[str, Any], now: datetime) -> None:
    """Set some of CHANGEABLE. Whoever is responsible stands in the privacy notice: another controller is a new version of it,
    and the version may be raised for any other change; what was agreed to before keeps the one it was under (DP-1, DP-15)."""
    strange = sorted(set(changes) - CHANGEABLE)
    if strange:
        raise Refused("no-such-setting", f"A network has no {strange[0]}.", f"It has {', '.join(sorted(CHANGEABLE))}.")
    if changes:
        before = by_id(session, network_id)
        checked = _checked(changes)
        if "notice_version" in checked:
            checked["notice_version"] = _newer(str(checked["notice_version"]).strip(), before.notice_version)
        elif checked.get("controller", before.controller) != before.controller:
            checked["notice_version"] = before.notice_version + 1
        session.execute(update(networks).where(networks.c.id == network_id).values(**checked))
        _note(session, network_id, "network-set", now)


def close(session: Connection, network_id: int, now: datetime) -> None:
    """End a network: nothing more is sent for it but what carries out a right."""
    session.execute(
        update(networks).where(networks.c.id == network_id, networks.c.closed_at.is_(None)).values(closed_at=now)
    )
    _note(session, network_id, "network-close", now)


def check_open(session: Connection, network_id: int) -> None:
    """Refused for a network that was closed: nothing is begun in it any more, and its brakes say nothing."""
    network = by_id(session, network_id)
    if network.closed_at is not None:
        raise Refused(
            "network-is-closed",
            f"The network {network.slug} is closed, so nothing is sent for it any more.",
            "It stays closed; for a new one: termpost network add",
        )


def hold(session: Connection, network_id: int, reason: str, now: datetime) -> None:
    """Stop sending, keeping everything that is queued; the first reason stays."""
    session.execute(
        update(networks)
        .where(networks.c.id == network_id, networks.c.held_at.is_(None))
        .values(held_at=now, held_reason=reason)
    )
    _note(session, network_id, "network-hold", now)


def release(session: Connection, network_id: int, now: datetime) -> None:
    """Send again."""
    session.execute(update(networks).where(networks.c.id == network_id).values(held_at=None, held_reason=""))
    _note(session, network_id, "network-release", now)


def _note(session: Connection, network_id: int, act: str, now: datetime) -> None:
    ledger.by_operator(session, act, f"network:{network_id}", now, network_id=network_id)


def _newer(said: str, current: int) -> int:
    """A version above the present one. Refused for anything else: no version stands for two notices."""
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
    if version <= current:
        hint = f"It is {current} now, so the next one is {current + 1}."
        raise Refused("bad-version", f"“{said}” cannot be the version of its notice.", hint)
    return version


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values = dict(values)
    if "domain" in values:
        domain = ascii_domain(str(values["domain"]).strip().rstrip("."))
        if not domain or parse_address(f"a@{domain}") is None:
            raise Refused("bad-domain", f"“{values['domain']}” is not a mail domain.")
        values["domain"] = domain
    if "timezone" in values:
        try:
            ZoneInfo(values["timezone"])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refused(
                "bad-timezone", f"“{values['timezone']}” is not a time zone.", "Europe/London is one."
            ) from None
    if "name" in values:
        values["name"] = " ".join(str(values["name"]).split())
        if not values["name"]:
            raise Refused("no-name", "A network needs a name.")
    if "first_term_ends" in values:
        try:
            values["first_term_ends"] = date.fromisoformat(str(values["first_term_ends"]))
        except ValueError:
            raise Refused("bad-date", f"“{values['first_term_ends']}” is no day.", "Write it as 2028-07-31.") from None
    for setting, allowed in CHOICES.items():
        if setting in values and values[setting] not in allowed:
            named = ", ".join(word or "(empty)" for word in allowed)
            raise Refused("bad-value", f"“{values[setting]}” cannot be its {setting}.", f"It is one of {named}.")
    return values


def _network(row: Any) -> Network:
    return Network(**row._mapping)

"""The one gate (V4): may this mail go to this address? Written once, as a table; asked in Python and in SQL.

`RULES` is read top-down and the first row that fits decides. `verdict` walks it over `Facts`; `refusal_sql` and
`waiting_sql` make of the same rows one CASE expression that gives the reason, or NULL. A refused row will never go and
is cancelled with the reason; a waiting row stays queued until the brake is released. No row fits: allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, false, literal, null, select, true
from sqlalchemy import not_ as sql_not

from mailer.consent import ACTIVE, LEFT, PENDING, caps, purposes, suppression
from mailer.store import prepared
from mailer.store.lists import one_of
from mailer.store.tables import addresses, memberships, networks, standings, suppressions

BAD_ADDRESS = "bad-address"

Effect = Literal["refuse", "wait"]


@dataclass(frozen=True)
class Facts:
    """Everything that the gate looks at.

    `right`: an answer that carries out a right (scope of its standing). `stopped`: suppressed in this network or on
    this host for another reason than a dead address. `held`: the network's sending is held; `capped`: the limit of
    letters of this class is reached (asked once, when a letter is written; a claim does not count itself).
    """

    purpose: str
    standing: str = "none"
    expired: bool = False
    right: bool = False
    erased: bool = False
    stopped: bool = False
    bad_address: bool = False
    paused: bool = False
    closed: bool = False
    held: bool = False
    capped: bool = False


@dataclass(frozen=True)
class Verdict:
    """`reason` is a slug, empty when allowed; `sentence` says it to an organiser. `waits`: not refused, but not now."""

    allowed: bool
    reason: str = ""
    sentence: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Rule:
    """A row: for mail of one of `classes`, if `fact` is true (and `unless` is not), it does not go."""

    classes: frozenset[str]
    fact: str
    reason: str
    sentence: str
    unless: str = ""
    effect: Effect = "refuse"


ANY = frozenset(purposes.ALL)
SUBSCRIBED = frozenset(purposes.SUBSCRIPTIONS)
BUT_CONFIRM = ANY - {"confirm"}  # asked for from that very address or form: it may write to whom we may not (ruling 2)
UNASKED_FOR = ANY - {"confirm", "farewell"}  # a farewell carries out the leave itself

RULES: tuple[Rule, ...] = (
    Rule(ANY, "erased", "erased", "This address was erased."),
    Rule(BUT_CONFIRM, "bad_address", "bad-address", "Mail to this address came back for good."),
    Rule(UNASKED_FOR, "stopped", "suppressed", "This person asked not to be written to.", unless="right"),
    Rule(UNASKED_FOR, "closed", "network-closed", "The network is closed.", unless="right"),
    Rule(ANY, "unasked", "no-standing", "Nobody asked this person yet."),
    Rule(ANY, "pending", "not-confirmed", "This person has not confirmed yet."),
    Rule(ANY, "left", "left", "This person left."),
    Rule(ANY, "expired", "expired", "What opened this mail has ended."),
    Rule(SUBSCRIBED, "paused", "paused", "This person paused their mail."),
    Rule(ANY, "capped", "too-many", "This address has had as many of these letters as it may have for now."),
    Rule(SUBSCRIBED | {"event"}, "held", "network-held", "Sending is held for this network.", effect="wait"),
)
NO_BASIS = Rule(frozenset(), "", "no-basis", "No lawful basis is known for mail of this purpose.")  # DP-4

SENTENCES: Mapping[str, str] = {rule.reason: rule.sentence for rule in (*RULES, NO_BASIS)}


def verdict(facts: Facts) -> Verdict:
    """The rule, in Python."""
    if facts.purpose not in ANY:
        return Verdict(False, NO_BASIS.reason, NO_BASIS.sentence)
    truth = _truths(facts)
    for rule in RULES:
        if facts.purpose in rule.classes and truth[rule.fact] and not (rule.unless and truth[rule.unless]):
            return Verdict(False, rule.reason, rule.sentence, waits=rule.effect == "wait")
    return Verdict(True)


def _truths(facts: Facts) -> dict[str, bool]:
    truths = {f.name: bool(getattr(facts, f.name)) for f in fields(facts) if f.name not in ("purpose", "standing")}
    return truths | {
        "pending": facts.standing == PENDING,
        "left": facts.standing == LEFT,
        "unasked": facts.standing not in (ACTIVE, PENDING, LEFT),
    }


def refusal_sql(**given: Any) -> ColumnElement[Any]:
    """A CASE that gives the slug of the refusal, or NULL where mail may go (or only waits).

    Stands in any SELECT that has the tables at hand (aliases are welcome; `over` joins them to outgoing rows):

        purpose       the column or text with the purpose of the mail
        network_id    the column or id of the network that sends
        standings     may be outer-joined: no row is no standing
        addresses
        networks      may be outer-joined
        memberships   outer-joined on (network, address)
        now           calendar time
        today         its `day`; only where both are parameters of a prepared statement
        capped        optional boolean expression; a claim leaves it out
    """
    return _case("refuse", **given)


def waiting_sql(**given: Any) -> ColumnElement[Any]:
    """As `refusal_sql`, for the rows that may go but not now: the slug of the brake, or NULL."""
    return _case("wait", **given)


def held_sql(*, purpose: ColumnElement[Any], network_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The brakes alone, without a join: true wherever `waiting_sql` gives a slug, and where mail is refused as well."""
    held = select(networks.c.id).where(networks.c.held_at.is_not(None))
    classes = frozenset[str]().union(*(rule.classes for rule in RULES if rule.effect == "wait"))
    return and_(one_of(purpose, classes), network_id.in_(held))


def _case(
    effect: Effect,
    *,
    purpose: ColumnElement[Any] | str,
    network_id: ColumnElement[Any] | int,
    standings: FromClause = standings,
    addresses: FromClause = addresses,
    networks: FromClause = networks,
    memberships: FromClause = memberships,
    now: Any,
    today: Any = None,
    capped: ColumnElement[bool] | None = None,
) -> ColumnElement[Any]:
    kind: ColumnElement[Any] = literal(purpose) if isinstance(purpose, str) else purpose
    truths = _expressions(network_id, standings, addresses, networks, memberships, now, day(now) if today is None else today)
    truths["capped"] = false() if capped is None else capped
    rows: list[tuple[ColumnElement[bool], Any]] = [
        (sql_not(one_of(kind, ANY)), literal(NO_BASIS.reason) if effect == "refuse" else null())
    ]
    if effect == "wait":  # seldom: where no brake is on, nothing else need be looked at
        brakes = [truths[rule.fact] for rule in RULES if rule.effect == "wait"]
        rows.insert(0, (and_(*(sql_not(brake) for brake in brakes)), null()))
    for rule in RULES:
        if rule.fact == "capped" and capped is None:
            continue
        fits = truths[rule.fact]
        if rule.classes != ANY:
            fits = and_(one_of(kind, rule.classes), fits)
        if rule.unless:
            fits = and_(fits, sql_not(truths[rule.unless]))
        rows.append((fits, literal(rule.reason) if rule.effect == effect else null()))
    return case(*rows, else_=null())


def _expressions(
    network_id: Any, standings: Any, addresses: Any, networks: Any, memberships: Any, now: Any, today: Any
) -> dict[str, ColumnElement[bool]]:
    """Each fact as an expression that is never NULL."""

    def known(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return case((table.c.id.is_(None), false()), else_=condition)

    standing = standings.c.standing
    return {
        "unasked": case((standings.c.id.is_(None), true()), else_=sql_not(one_of(standing, (ACTIVE, PENDING, LEFT)))),
        "pending": known(standings, standing == PENDING),
        "left": known(standings, standing == LEFT),
        "expired": known(standings, and_(standings.c.until.is_not(None), standings.c.until <= now)),
        "right": known(standings, standings.c.scope == purposes.RIGHT),
        "erased": addresses.c.erased_at.is_not(None),
        "stopped": _suppressed(addresses, network_id, suppressions.c.reason != BAD_ADDRESS),
        "bad_address": _suppressed(addresses, network_id, suppressions.c.reason == BAD_ADDRESS),
        "paused": known(
            memberships, and_(memberships.c.paused_until.is_not(None), memberships.c.paused_until > today)
        ),
        "closed": networks.c.closed_at.is_not(None),
        "held": networks.c.held_at.is_not(None),
    }


def _suppressed(addresses: Any, network_id: Any, reason: ColumnElement[bool]) -> ColumnElement[bool]:
    """Looked up by the hash of the address, which is indexed."""
    mine = suppressions.c.mac == addresses.c.mac
    return exists().select_from(suppressions).where(mine, suppression.counts(network_id), reason)


def day(now: datetime) -> Any:
    """A pause ends at midnight UTC, hours before anything is sent in the zones that we serve."""
    return now.astimezone(UTC).date()


def over(outgoing: Any) -> FromClause:
    """Outgoing rows joined with everything that the CASE looks at."""
    joined: FromClause = (
        outgoing.join(standings, standings.c.id == outgoing.c.standing_id)
        .join(addresses, addresses.c.id == outgoing.c.address_id)
        .outerjoin(networks, networks.c.id == outgoing.c.network_id)
        .outerjoin(
            memberships,
            and_(memberships.c.network_id == outgoing.c.network_id, memberships.c.address_id == outgoing.c.address_id),
        )
    )
    return joined


def facts(
    session: Connection, *, standing_id: int, purpose: str, now: datetime, network_id: int | None = None
) -> Facts:
    """The facts behind one standing, caps included. KeyError if there is no such standing."""
    when = (now, day(now))
    asked = _facts(standing_id, *when) if network_id is None else _facts_for(standing_id, network_id, *when)
    row = session.execute(*asked).first()
    if row is None:
        raise KeyError(f"no standing {standing_id}")
    return Facts(
        purpose=purpose,
        standing=row.standing,
        capped=caps.reached(session, row.address_id, purpose, now, known=row.confirmed_at is not None),
        **{name: bool(getattr(row, name)) for name in _ASKED},
    )


_ASKED = ("expired", "right", "erased", "stopped", "bad_address", "paused", "closed", "held")


@prepared
def _facts(standing: Any, now: Any, today: Any) -> Any:
    return _of_standing(standing, standings.c.network_id, now, today)


@prepared
def _facts_for(standing: Any, network: Any, now: Any, today: Any) -> Any:
    return _of_standing(standing, network, now, today)


def _of_standing(standing: Any, network: Any, now: Any, today: Any) -> Any:
    truths = _expressions(network, standings, addresses, networks, memberships, now, today)
    here = and_(memberships.c.network_id == network, memberships.c.address_id == standings.c.address_id)
    return (
        select(standings.c.standing, standings.c.address_id, addresses.c.confirmed_at, *(truths[name].label(name) for name in _ASKED))
        .select_from(
            standings.join(addresses, addresses.c.id == standings.c.address_id)
            .join(networks, networks.c.id == network)
            .outerjoin(memberships, here)
        )
        .where(standings.c.id == standing)
    )


def ask(
    session: Connection, *, standing_id: int, purpose: str, now: datetime, network_id: int | None = None
) -> Verdict:
    """The rule for one letter that is about to be written. A held network refuses nothing here: the row waits."""
    found = verdict(facts(session, standing_id=standing_id, purpose=purpose, now=now, network_id=network_id))
    return Verdict(True, found.reason, found.sentence, waits=True) if found.waits else found

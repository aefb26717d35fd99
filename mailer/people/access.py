"""Everything that is kept of one person, and nothing of anybody else (UK GDPR Art 15 and 20, DP-9).

`PARTS` is the table of what a copy holds, a row for each place where something hangs on a person. Other people's
addresses are cut out of words, as somebody may have quoted them; names of others and what others wrote are not taken in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, String, cast, literal, or_, select

from mailer.message import read
from mailer.people import spreadsheet
from mailer.store import tables as t

OPENED = "private-opened"
ANOTHER = "[somebody else's address]"
_ADDRESS = re.compile(r"""[^\s<>()\[\]{}",;:=|\\/]{1,64}(?:@|%40)[\w.-]{1,255}""")
_TAG = re.compile(r"\+[a-z2-7]{37}(?=@)", re.IGNORECASE)


@dataclass(frozen=True)
class Whose:
    """One person: every address of theirs, or one address that belongs to nobody else."""

    person_id: int | None
    address_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    macs: tuple[bytes, ...]
    membership_ids: tuple[int, ...]

    @property
    def actors(self) -> list[str]:
        """How the audit trail names them."""
        return [f"address:{address_id}" for address_id in self.address_ids]


Query = Callable[[Whose], Select[Any]]
Mine = Callable[[Whose], ColumnElement[bool]]


def _by_address(table: Any) -> Mine:
    return lambda who: table.c.address_id.in_(who.address_ids)


def _by_membership(table: Any) -> Mine:
    return lambda who: table.c.membership_id.in_(who.membership_ids)


def _of(table: Any, *columns: Any, join: Any = None, mine: Mine | None = None) -> Query:
    """Columns of the rows that hang on the person, on their addresses unless `mine` says otherwise, with the network that
    the row, or else what it is joined to, belongs to."""
    whose_rows = mine or _by_address(table)

    def query(who: Whose) -> Select[Any]:
        source = table if join is None else join
        source = source.outerjoin(t.networks, t.networks.c.id == _network_of(source, table))
        shown = (t.networks.c.slug.label("network"), *columns)
        return select(*shown).select_from(source).where(whose_rows(who)).order_by(table.c.id)

    return query


def _network_of(source: Any, table: Any) -> ColumnElement[Any]:
    return table.c.network_id if "network_id" in table.c else next(c for c in source.c if c.name == "network_id")


def _meeting(table: Any) -> Any:
    return table.join(t.meetings, t.meetings.c.id == table.c.meeting_id)


def _membership(table: Any) -> Any:
    return table.join(t.memberships, t.memberships.c.id == table.c.membership_id)


_STARTS = t.meetings.c.starts_at.label("meeting")

PARTS: Mapping[str, Query] = {
    "person": lambda who: select(
        t.people.c.name, t.people.c.former_names, t.people.c.language, t.people.c.plain_text, t.people.c.created_at
    ).where(t.people.c.id == who.person_id),
    "addresses": lambda who: select(
        *(t.addresses.c[name] for name in ("address", "shared", "language", "plain_text", "confirmed_at", "created_at"))
    ).where(t.addresses.c.id.in_(who.address_ids)),
    "memberships": _of(
        t.memberships,
        t.organisations.c.name.label("organisation"),
        *(
            t.memberships.c[name]
            for name in ("working_days", "digest", "paused_until", "told_by", "joined_at", "welcomed_at", "ended_at")
        ),
        join=t.memberships.outerjoin(t.organisations, t.organisations.c.id == t.memberships.c.organisation_id),
    ),
    "roles": _of(
        t.roles,
        *(t.roles.c[name] for name in ("role", "active", "since", "until")),
        join=_membership(t.roles),
        mine=_by_membership(t.roles),
    ),
    "profile": _of(
        t.profiles,
        *(t.profiles.c[name] for name in ("field", "value", "updated_at")),
        join=_membership(t.profiles),
        mine=_by_membership(t.profiles),
    ),
    "preferences": _of(
        t.standings,
        *(t.standings.c[name] for name in ("purpose", "scope", "standing", "until", "updated_at")),
    ),
    "consents": _of(
        t.ledger,
        *(
            t.ledger.c[name]
            for name in ("at", "purpose", "scope", "standing", "basis", "act", "channel", "notice_version")
        ),
        t.wordings.c.text.label("wording"),
        t.ledger_fields.c.fields.label("said"),
        t.ledger.c.evidence_sha256.label("evidence"),
        join=t.ledger.outerjoin(t.wordings, t.wordings.c.id == t.ledger.c.wording_id).outerjoin(
            t.ledger_fields, t.ledger_fields.c.ledger_id == t.ledger.c.id
        ),
    ),
    "do_not_write": _of(
        t.suppressions,
        *(t.suppressions.c[name] for name in ("reason", "since", "lifted_at")),
        mine=lambda who: t.suppressions.c.mac.in_(who.macs),
    ),
    "confirmations": _of(
        t.confirmations, *(t.confirmations.c[name] for name in ("act", "asked_at", "expires_at", "used_at"))
    ),
    "askings": _of(
        t.askings, *(t.askings.c[name] for name in ("created_at", "asked_at", "reminded_at", "ended_at", "outcome"))
    ),
    "undos": _of(t.undos, *(t.undos.c[name] for name in ("act", "created_at", "used_at"))),
    "erasures": _of(t.erasures, *(t.erasures.c[name] for name in ("asked_at", "due_at", "done_at"))),
    "data_complaints": _of(
        t.privacy_complaints,
        *(t.privacy_complaints.c[name] for name in ("asked_at", "acknowledged_at", "due_at", "answered_at")),
    ),
    "imports": _of(
        t.import_rows,
        *(t.imports.c[name] for name in ("at", "evidence", "undone_at")),
        join=t.import_rows.join(t.imports, t.imports.c.id == t.import_rows.c.import_id),
    ),
    "invitations": _of(t.invitations, _STARTS, t.invitations.c.invited_at, join=_meeting(t.invitations)),
    "answers": _of(
        t.responses,
        _STARTS,
        *(t.responses.c[name] for name in ("answer", "note", "guests", "channel", "current", "at")),
        join=_meeting(t.responses),
    ),
    "attendance": _of(
        t.attendance,
        _STARTS,
        *(t.attendance.c[name] for name in ("first_time", "source", "at")),
        join=_meeting(t.attendance),
    ),
    "feedback": _of(
        t.feedback, _STARTS, *(t.feedback.c[name] for name in ("score", "text", "at")), join=_meeting(t.feedback)
    ),
    "minutes_sent": _of(t.minutes, _STARTS, t.minutes.c.at, join=_meeting(t.minutes)),
    "agenda_items": _of(
        t.agenda_items,
        *(t.agenda_items.c[name] for name in ("title", "text", "person", "minutes", "kind", "state", "created_at")),
    ),
    "actions": _of(
        t.actions,
        *(t.actions.c[name] for name in ("text", "due_on", "state", "outcome", "created_at", "closed_at")),
        mine=_by_membership(t.actions),
    ),
    "pieces": _of(
        t.pieces, *(t.pieces.c[name] for name in ("title", "section", "text", "person", "state", "created_at"))
    ),
    "pictures": _of(
        t.pictures,
        *(t.pictures.c[name] for name in ("name", "caption", "type")),
        join=t.pictures.join(t.pieces, t.pieces.c.id == t.pictures.c.piece_id),
        mine=_by_address(t.pieces),
    ),
    "promises": _of(
        t.promises,
        *(t.promises.c[name] for name in ("title", "state", "at")),
        join=t.promises.join(t.issues, t.issues.c.id == t.promises.c.issue_id),
    ),
    "posts": _of(t.posts, *(t.posts.c[name] for name in ("list", "author", "subject", "text", "at", "solved_at"))),
    "evidence": _of(t.evidence, *(t.evidence.c[name] for name in ("kind", "text", "at"))),
    "proofs": _of(
        t.proofs,
        t.occasions.c.kind,
        *(t.proofs.c[name] for name in ("sent_at", "answer")),
        join=t.proofs.join(t.occasions, t.occasions.c.id == t.proofs.c.occasion_id),
    ),
    "messages": _of(
        t.inbox,
        *(t.inbox.c[name] for name in ("received_at", "rcpt", "from_address", "subject", "kind", "handler", "state")),
        t.raws.c.size,
        t.raws.c.content.label("words"),
        join=t.inbox.join(t.raws, t.raws.c.sha256 == t.inbox.c.raw_sha256),
    ),
    "mail_sent": _of(
        t.outgoing,
        *(t.outgoing.c[name] for name in ("created_at", "purpose", "state", "reason", "attempts", "finished_at")),
        t.letters.c.template.label("letter"),
        t.outgoing.c.to_address.label("to"),
        join=t.outgoing.join(t.letters, t.letters.c.id == t.outgoing.c.letter_id),
    ),
    "acts": _of(
        t.audit,
        *(t.audit.c[name] for name in ("at", "act")),
        t.audit.c.how.label("known_by"),
        t.audit.c.thing,
        mine=lambda who: t.audit.c.actor.in_(who.actors),
    ),
    "private_messages_opened": _of(
        t.audit,
        *(t.audit.c[name] for name in ("at", "thing")),
        t.audit.c.fields["reason"].as_string().label("reason"),
        mine=lambda who: opened(who.address_ids),
    ),
}


def opened(address_ids: Sequence[int]) -> ColumnElement[bool]:
    """The rows of the trail that say that IT opened a private message from one of these addresses, or an answer to one (V2)."""
    wrote = select(literal("inbox:") + cast(t.inbox.c.id, String)).where(t.inbox.c.address_id.in_(address_ids), t.inbox.c.private)
    got = select(literal("outgoing:") + cast(t.outgoing.c.id, String)).where(t.outgoing.c.address_id.in_(address_ids))
    return (t.audit.c.act == OPENED) & or_(t.audit.c.thing.in_(wrote), t.audit.c.thing.in_(got))


def whose(session: Connection, address_id: int) -> Whose:
    """The person behind an address."""
    owner = session.execute(select(t.addresses.c.person_id).where(t.addresses.c.id == address_id)).scalar()
    mine = t.addresses.c.id == address_id if owner is None else t.addresses.c.person_id == owner
    rows = session.execute(select(t.addresses).where(mine).order_by(t.addresses.c.id)).all()
    ids = tuple(row.id for row in rows)
    here = t.memberships.c.address_id.in_(ids)
    return Whose(
        person_id=owner,
        address_ids=ids,
        addresses=tuple(row.address for row in rows if row.address),
        macs=tuple(bytes(row.mac) for row in rows),
        membership_ids=tuple(session.execute(select(t.memberships.c.id).where(here)).scalars()),
    )


def collect(session: Connection, address_id: int) -> dict[str, list[dict[str, Any]]]:
    """All of it, part by part; JSON values only."""
    who = whose(session, address_id)
    ours = {f"{slug}@{domain}" for slug, domain in session.execute(select(t.networks.c.slug, t.networks.c.domain))}
    own = {address.lower() for address in who.addresses}

    def cut(text: str) -> str:
        def one(match: re.Match[str]) -> str:
            said = match[0].rstrip(".").lower()
            slug, _, rest = said.partition("@")
            door = f"{re.split(r'[-+]', slug)[0]}@{rest}"
            return match[0] if said in own or said in ours or door in ours else ANOTHER

        return _ADDRESS.sub(one, _TAG.sub("", text))

    return {
        name: [_plain(row, cut) for row in session.execute(query(who).execution_options(yield_per=50))]
        for name, query in PARTS.items()
    }


def as_json(parts: Mapping[str, Any]) -> bytes:
    """The copy for programs."""
    return (json.dumps(parts, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def as_csv(parts: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """The copy for a spreadsheet: a line a value, with the part and the number of the entry it stands in."""
    return spreadsheet.write(
        ("part", "entry", "field", "value"),
        (
            (part, number, name, json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value)
            for part, entries in parts.items()
            for number, entry in enumerate(entries, 1)
            for name, value in entry.items()
        ),
    )


def _plain(row: Row[Any], cut: Callable[[str], str]) -> dict[str, Any]:
    return {name: _value(value, cut) for name, value in row._mapping.items()}


def _value(value: Any, cut: Callable[[str], str]) -> Any:
    match value:
        case str():
            return cut(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case bytes():  # a mail of theirs: their own new words, not what they quoted
            return cut(read(value).reply) if value else ""
        case dict():
            return {str(key): _value(each, cut) for key, each in value.items()}
        case list():
            return [_value(each, cut) for each in value]
        case _:
            return value

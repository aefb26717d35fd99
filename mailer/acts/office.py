"""Offices: who holds which, for how long, and who takes over (N22, N30).

An organiser says it and says YES to it. Whoever is new in an office is asked by a letter of their own and holds it from their
own YES; with a hand-over what the one before them held goes over at that moment, their open actions too. Somebody's last
word as the only organiser is no step down: a network is handed over first. Each receipt has UNDO.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from mailer.acts import Actor, Receipt, audited, duties, questions, undoable
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.meetings import actions as action_rows
from mailer.outbound import replies
from mailer.people import holding, membership
from mailer.people.membership import Membership
from mailer.people.roles import NAMED_CONTACT, OFFICES, ORGANISING
from mailer.store import upsert
from mailer.store.tables import actions, memberships, roles, standings

ELSEWHERE = "We asked you to speak for a school, and you have gone to another one since. So nobody was named."
ACT, TAKE = "office", "take-office"
ANSWER_WITHIN = timedelta(days=28)


def member(session: Connection, network_id: int, membership_id: int) -> Membership:
    """Refused if that person has left meanwhile."""
    found = next((one for one in membership.every(session, network_id) if one.id == membership_id), None)
    if found is None:
        raise Refused("no-member", "That person is no member any more.")
    return found


def held(one: Membership) -> tuple[str, ...]:
    """The offices among their roles."""
    return tuple(role for role in one.roles if role in OFFICES)


def carry_out(session: Connection, actor: Actor, changes: Iterable[Mapping[str, Any]], *, now: datetime) -> Receipt:
    """What an organiser said YES to. Each change: `kind` give, end or hand-over, `membership_id`, `roles`, `until`, `from`."""
    before: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for change in changes:
        one = member(session, actor.network_id, int(change["membership_id"]))
        wanted = [str(role) for role in change["roles"]]
        until = _moment(change["until"])
        state = "set"
        if change["kind"] == "end":
            before += end(session, one, wanted, _proof(actor), now)
            state = "ended"
        elif change["from"] is None and (set(wanted) <= set(one.roles) or one.address_id == actor.address_id):
            before += _give(session, one, wanted, until, _proof(actor), now)
        else:
            _ask(session, actor, one, wanted, change, now)
            state = "asked"
        said.append({"name": one.name, "roles": wanted, "until": last_day(change["until"]), "state": state})
    if not any(ORGANISING & set(one.roles) for one in membership.every(session, actor.network_id)):
        raise Refused(
            "last-organiser",
            "You are the only organiser, and nobody would run the network.",
            "Hand over first: write “Hand over to” and a name. Your office ends as they say YES.",
        )
    undo_id = undoable.remember(session, actor, ACT, to_undo(session, before), now)
    _audit(session, actor, ACT, ",".join(str(change["membership_id"]) for change in changes), now)
    return Receipt("office-set", "Changed who holds which office.", {"changes": said, "undo": undo_id})


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The YES of who is to hold it: from now on they do."""
    one = member(session, actor.network_id, int(args["membership_id"]))
    wanted = [str(role) for role in args["roles"] if not (role == NAMED_CONTACT and _elsewhere(one, args))]
    if not wanted:
        raise Refused("moved-school", ELSEWHERE, "If you could do the same for the school you are at now, reply and say so.")
    before = _give(session, one, wanted, _moment(args["until"]), _proof(actor), now)
    moved: list[list[int]] = []
    gave, open_still = "", {}
    if args["from"] is not None:
        other = next((m for m in membership.every(session, actor.network_id) if m.id == int(args["from"])), None)
        if other is not None:
            gave, open_still = other.name, duties.of(session, other, now)
            mine = session.execute(
                select(actions.c.id).where(actions.c.membership_id == other.id, actions.c.state == "open")
            )
            moved = [[action_id, other.id, one.id] for action_id in mine.scalars()]
            _move_actions(session, moved, one.name)
            before += end(session, other, wanted, _proof(actor), now)
    undo_id = undoable.remember(session, actor, ACT, to_undo(session, before, moved), now)
    _audit(session, actor, TAKE, str(one.id), now)
    fields = {
        "name": one.name, "roles": wanted, "until": last_day(args["until"]), "gave": gave,
        **{name: open_still.get(name, []) for name in LISTS},
    }  # fmt: skip
    replies.to_organisers(
        session, network_id=actor.network_id, template="office-taken", fields={**fields, "undo": None},
        key=f"office-taken:{one.id}:{now.isoformat()}", now=now, besides=actor.address_id,
    )  # fmt: skip
    return Receipt("office-taken", f"Took on: {', '.join(wanted)}.", {**fields, "undo": undo_id})


def _elsewhere(one: Membership, args: Mapping[str, Any]) -> bool:
    """A contact speaks for the school they were asked for, not for one they went to before their YES."""
    return "at" in args and args["at"] != one.organisation_id


LISTS = ("actions", "hosting", "proofs", "promises", "items")  # of `duties.of`: what a hand-over names


def declined(session: Connection, row: Any, *, now: datetime, **_how: Any) -> Receipt:
    """Their NO: the office stays with who has it, and the organisers hear so."""
    network_id, args = row.network_id, row.args
    wanted = [str(role) for role in args["roles"]]
    one = next((m for m in membership.every(session, network_id) if m.id == int(args["membership_id"])), None)
    fields = {"name": one.name if one is not None else "", "roles": wanted}
    replies.to_organisers(
        session, network_id=network_id, template="office-declined", fields=fields, key=f"office-declined:{row.id}", now=now
    )
    return Receipt("", "Would rather not take the office; the organisers were told.", reason="declined")


def end(session: Connection, one: Membership, wanted: Iterable[str], proof: Proof, now: datetime) -> list[dict[str, Any]]:
    """These offices of theirs end now; returns what stood before."""
    held_rows = session.execute(
        select(roles).where(roles.c.membership_id == one.id, roles.c.role.in_(list(wanted)), roles.c.active.is_(True))
    ).all()
    session.execute(delete(roles).where(roles.c.id.in_([row.id for row in held_rows])))
    holding.settle_desk(session, one.id, proof, now)
    return [_was(row) for row in held_rows]


def to_undo(session: Connection, before: list[dict[str, Any]], moved: Iterable[list[int]] = ()) -> dict[str, Any]:
    """What UNDO needs: what stood before, and how it stands right after the act, for whatever is changed since stays so."""
    after = [_stands(session, was["membership_id"], was["role"]) for was in before]
    return {"roles": before, "after": after, "actions": list(moved)}


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: what nobody has decided on since is held as before, and actions still open and theirs go back.

    A hand-over is taken back whole or not at all: who gave the office has it again only if it is still with who took it.
    Questions that went stay unanswered without harm.
    """
    proof = Proof("service", "undo-office", **args["by"])
    same = {
        (one["membership_id"], one["role"])
        for one in args.get("after", ())
        if _open(session, one["membership_id"]) and _stands(session, one["membership_id"], one["role"]) == one
    }
    moved_on = {(was["membership_id"], was["role"]) for was in args["roles"]} - same
    if moved_on and len({was["role"] for was in args["roles"]}) < len(args["roles"]):
        changed = {role for _, role in moved_on}  # it went from one to another, or may have
        same = {one for one in same if one[1] not in changed}
    for was in reversed(args["roles"]):
        if (was["membership_id"], was["role"]) not in same:
            continue
        key = (roles.c.membership_id == was["membership_id"]) & (roles.c.role == was["role"])
        if was["active"] is None:
            session.execute(delete(roles).where(key))
        else:
            values = {"active": was["active"], "since": _moment(was["since"]), "until": _moment(was["until"])}
            upsert(session, roles, {"membership_id": was["membership_id"], "role": was["role"]}, values)
    for membership_id in dict.fromkeys(membership_id for membership_id, _ in sorted(same)):
        holding.settle_desk(session, membership_id, proof, now)
    for action_id, before, after in args["actions"]:
        if moved_on or not _open(session, before):
            break
        owner = action_rows.name_of(session, before)
        still = (actions.c.id == action_id) & (actions.c.membership_id == after) & (actions.c.state == "open")
        session.execute(update(actions).where(still).values(membership_id=before, owner=owner))
    return {"changed_since": bool(moved_on)}


def _open(session: Connection, membership_id: int) -> bool:
    going_on = select(memberships.c.id).where(memberships.c.id == membership_id, memberships.c.ended_at.is_(None))
    return session.execute(going_on).first() is not None


def _stands(session: Connection, membership_id: int, role: str) -> dict[str, Any]:
    """The row as it is; of a role that is not held also by what the desk was last ended: given and ended again is not the same."""
    row = session.execute(select(roles).filter_by(membership_id=membership_id, role=role)).first()
    if row is not None:
        return _was(row)
    desk = (
        select(standings.c.ledger_id)
        .join(memberships, memberships.c.network_id == standings.c.network_id)
        .where(memberships.c.id == membership_id, memberships.c.address_id == standings.c.address_id)
        .where(standings.c.purpose == "desk", standings.c.scope == "")
    )
    return {**_none(membership_id, role), "desk": session.execute(desk).scalar()}


def _give(
    session: Connection, one: Membership, wanted: Iterable[str], until: datetime | None, proof: Proof, now: datetime
) -> list[dict[str, Any]]:
    before = []
    for role in wanted:
        row = session.execute(select(roles).filter_by(membership_id=one.id, role=role)).first()
        before.append(_was(row) if row is not None else _none(one.id, role))
        since = row.since if row is not None and row.active else now
        values = {"active": True, "since": since, "until": until}
        upsert(session, roles, {"membership_id": one.id, "role": role}, values)
    holding.settle_desk(session, one.id, proof, now)
    return before


def _ask(
    session: Connection, actor: Actor, one: Membership, wanted: list[str], change: Mapping[str, Any], now: datetime
) -> None:
    args = {"membership_id": one.id, "roles": wanted, "until": change["until"], "from": change["from"], "at": one.organisation_id}
    question = questions.write_down(
        session, actor.network_id, one.address_id, TAKE, args, actor.inbox_id, now, expires_at=now + ANSWER_WITHIN
    )
    before = None if change["from"] is None else member(session, actor.network_id, int(change["from"]))
    sent = replies.reply(
        session,
        network_id=actor.network_id,
        address_id=one.address_id,
        template="office-ask",
        fields={
            "asks": actor.name or "One of our organisers",
            "roles": wanted,
            "until": last_day(change["until"]),
            "gave": "" if before is None else before.name,
            "organises": bool(ORGANISING & set(wanted)),
        },
        now=now,
        scope=f"{TAKE}:{question}",
        reply_use="c",
        reply_row=question,
        key=f"confirm:{question}",
    )
    if sent is None:
        questions.forget(session, question)
        raise Refused("not-askable", f"We cannot write to {one.name} now, so they cannot be asked.")


def _move_actions(session: Connection, moved: list[list[int]], name: str) -> None:
    for action_id, _before, after in moved:
        session.execute(update(actions).where(actions.c.id == action_id).values(membership_id=after, owner=name))


def _was(row: Any) -> dict[str, Any]:
    until = None if row.until is None else row.until.isoformat()
    return {"membership_id": row.membership_id, "role": row.role, "active": row.active, "until": until, "since": row.since.isoformat()}


def _none(membership_id: int, role: str) -> dict[str, Any]:
    return {"membership_id": membership_id, "role": role, "active": None, "until": None, "since": None}


def last_day(until: str | None) -> str:
    """The last day of a term that ends at a midnight, for letters; empty without an end."""
    return "" if until is None else (datetime.fromisoformat(until) - timedelta(seconds=1)).date().isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _proof(actor: Actor) -> Proof:
    return Proof("service", ACT, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)


def _audit(session: Connection, actor: Actor, act: str, who: str, now: datetime) -> None:
    audited.note(session, actor, act, f"membership:{who}"[:60], now)

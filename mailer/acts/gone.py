"""Somebody has left their job, or has died: said by an organiser or their school's named contact, done after a YES.

Everything queued and to come for them stops in this network, without farewell, CANCEL or probe: nobody may be there to read
it, or somebody who should not have to. Their name comes out of reminders, of the agenda and of who is coming. What they had taken on goes
to the organisers as one private list. UNDO, for thirty days, puts everything back: it was said of somebody else, or by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.acts import Actor, Receipt, audited, confirm, duties, gone_elsewhere, leave_rows, questions, undo, vacancy
from mailer.consent import LEFT, suppression
from mailer.consent.standing import Proof
from mailer.meetings import actions as action_rows
from mailer.meetings import responses
from mailer.newsletters import promises as promise_rows
from mailer.outbound import outbox, replies
from mailer.people import addresses as address_rows
from mailer.people import committee, in_question, membership
from mailer.people.membership import Membership
from mailer.store.tables import actions, agenda_items, memberships, standings
from mailer.store.tables import ledger as ledger_rows


def meant(session: Connection, actor: Actor, who: str) -> Membership | None:
    """The one member of that name or address of whom the actor may say it; None if there is none."""
    member = named(session, actor.network_id, who)
    return member if member is not None and may_say(session, actor, member) else None


def named(session: Connection, network_id: int, who: str) -> Membership | None:
    """The one member of that name or address."""
    if "@" in who:
        address = address_rows.find(session, who)
        member = membership.of_address(session, network_id, address.id) if address is not None else None
        return member if member is not None and member.ended_at is None else None
    found = action_rows.membership_of(session, network_id, who)
    return next((one for one in membership.every(session, network_id) if one.id == found), None)


def may_say(session: Connection, actor: Actor, member: Membership) -> bool:
    """An organiser of anybody else, a named contact of the people of their own school; nobody else."""
    me = membership.of_address(session, actor.network_id, actor.address_id)
    if me is None or me.ended_at is not None or me.id == member.id:
        return False
    same = me.organisation_id is not None and me.organisation_id == member.organisation_id
    return committee.is_organiser(session, actor.network_id, actor.address_id) or (same and "named-contact" in me.roles)


def ask(
    session: Connection, actor: Actor, member: Membership, how: str, *, now: datetime, operator: int | None = None
) -> Receipt:
    """Nothing is done yet: the one who said so is asked, in words that fit, and until they answer nothing new goes to the member.
    `operator`: the address of who sees all networks."""
    return confirm.ask(
        session,
        actor,
        in_question.ACT,
        {"membership_id": member.id, "how": how, "operator": operator},
        now=now,
        what=member.name,
        template="gone-ask",
        fields={"name": member.name, "organisation": member.organisation, "how": how},
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES."""
    found = (one for one in membership.every(session, actor.network_id) if one.id == int(args["membership_id"]))
    member = next(found, None)
    if member is None:
        return Receipt("", "They are no member any more; nothing was left to stop.", reason="already-done")
    how = str(args["how"])
    mine = duties.addresses_of(session, member)
    left = duties.of(session, member, now)
    kept = _take_out(session, member, mine, now)
    proof = Proof("reported", leave_rows.BY_OTHERS, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    ended = leave_rows.end_standings(session, member.network_id, mine, None, proof, now)
    before = leave_rows.end_memberships(session, member.network_id, mine, now)
    suppressed, copies = [], []
    for address_id in mine:
        questions.void(session, member.network_id, address_id, now)
        mac = address_rows.get(session, address_id).mac
        suppressed.append(
            suppression.add(session, mac=mac, network_id=member.network_id, reason=suppression.GONE, now=now)
        )
    for address_id in mine:
        copies += outbox.cancel_refused(session, address_id, member.network_id, now)
    silent = vacancy.begin(session, member.network_id, now)
    key = f"gone:{member.id}:{now.isoformat()}"
    asked = gone_elsewhere.tell(session, actor, member, how, operator=args.get("operator"), key=key, now=now)
    undo_id = undo.remember(
        session,
        actor,
        "gone",
        {
            "standings": ended,
            "memberships": before,
            "suppressions": [one for one in suppressed if one is not None],
            "copies": copies,
            "at": now.isoformat(),
            "held": [member.network_id] if silent else [],
            "elsewhere": asked,
            **kept,
        },
        now,
    )
    audited.note(session, actor, f"gone-{how}", f"membership:{member.id}", now, network_id=member.network_id)
    fields = {"name": member.name, "organisation": member.organisation, "how": how}
    replies.to_organisers(
        session,
        network_id=member.network_id,
        template="gone",
        fields={**fields, **left, "undo": None, "teller": actor.name},
        key=f"gone:{undo_id}",
        now=now,
        inbox_id=actor.inbox_id,
        besides=actor.address_id,
    )
    organises = committee.is_organiser(session, actor.network_id, actor.address_id)
    own = left if organises else {name: [] for name in left}  # V9: what they had taken on is the committee's to know
    return Receipt(
        "gone",
        "Everything to somebody who has left or died is stopped; what they had taken on is with the organisers.",
        {**fields, **own, "undo": undo_id, "teller": ""},
        held_for="operator" if silent else "",
    )


def declined(session: Connection, question: Row[Any], *, now: datetime, **_known: Any) -> None:
    """Their NO: what waited for them meanwhile goes (`people.in_question`)."""
    outbox.let_go(session, question.network_id, now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: it was a mistake. Nothing is said to them of it, and what they ended by themselves since stays ended."""
    theirs = _without_what_they_left(session, args)
    leave_rows.put_back(session, {**args, **theirs, "basis": "correction", "act": "undo-gone"}, now)
    gone_elsewhere.take_back(session, args.get("elsewhere", ()), now)
    for action_id, membership_id in args["actions"]:
        nobodys = (actions.c.id == action_id) & actions.c.membership_id.is_(None)
        owner = action_rows.name_of(session, membership_id)
        session.execute(update(actions).where(nobodys).values(owner=owner, membership_id=membership_id))
    for item_id, membership_id in args["items"]:
        person = action_rows.name_of(session, membership_id)
        session.execute(update(agenda_items).where(agenda_items.c.id == item_id).values(person=person))
    for promise in [promise_rows.get(session, promise_id) for promise_id in args["promises"]]:
        if promise.state == promise_rows.DROPPED:
            promise_rows.settle(session, promise, promise_rows.OPEN)
    for meeting_id, address_id, response_id in args["answers"]:
        if responses.current(session, meeting_id, address_id) is None:
            responses.make_current(session, meeting_id, address_id, response_id)
    since = {name: theirs[name] for name in ("left_since", "changed_since")}
    return {"remaining": [], "back": [], "missed": [], "meetings": [], **since}


def _without_what_they_left(session: Connection, args: Mapping[str, Any]) -> dict[str, Any]:
    """What may come back. Whoever left the network by themselves, was erased, or was said to have left once more since, comes
    back in nothing; of who left some purposes, those stay left."""
    of = {
        row.id: (row.address_id, row.network_id)
        for row in session.execute(
            select(memberships.c.id, memberships.c.address_id, memberships.c.network_id).where(
                memberships.c.id.in_([was["id"] for was in args["memberships"]])
            )
        )
    }
    once_more = any(set(of) & {was["id"] for was in one.get("memberships", ())} for one in args["later"])
    places = {*of.values(), *((was["address_id"], was["network_id"]) for was in args["standings"])}
    away = {place for place in places if _left_by_themselves(session, *place)}
    stays = bool(away)
    away = places if once_more else away
    back = []
    for was in args["standings"]:
        stands = session.execute(
            select(standings.c.standing, ledger_rows.c.act)
            .outerjoin(ledger_rows, ledger_rows.c.id == standings.c.ledger_id)
            .where(*(standings.c[name] == was[name] for name in ("network_id", "address_id", "purpose", "scope")))
        ).one()
        if (was["address_id"], was["network_id"]) not in away and stands.act == leave_rows.BY_OTHERS:
            back.append(was)
        elif stands.standing == LEFT:
            stays = True
    return {
        "memberships": [was for was in args["memberships"] if of.get(was["id"]) not in away],
        "standings": back,
        "left_since": stays,
        "changed_since": once_more,
    }


def _left_by_themselves(session: Connection, address_id: int, network_id: int) -> bool:
    mac = address_rows.get(session, address_id).mac
    why = suppression.reasons(session, macs=[mac], network_id=network_id).get(mac, set())
    return bool(why - {suppression.GONE, suppression.BAD_ADDRESS})


def _take_out(session: Connection, member: Membership, mine: list[int], now: datetime) -> dict[str, list[Any]]:
    """Out of reminders, of what is promised and of who is coming. Returns what UNDO needs: ids, no names."""
    hers = [one.id for one in action_rows.open(session, member.network_id) if one.membership_id == member.id]
    session.execute(update(actions).where(actions.c.id.in_(hers)).values(owner="", membership_id=None))
    promised = [row.id for row in duties.promised(session, member.network_id, mine)]
    for promise_id in promised:
        promise_rows.settle(session, promise_rows.get(session, promise_id), promise_rows.DROPPED)
    said = []
    for meeting in duties.to_come(session, member.network_id, now):
        for address_id in mine:
            answer = responses.current(session, meeting.id, address_id)
            if answer is not None:
                said.append([meeting.id, address_id, answer.id])
                responses.make_current(session, meeting.id, address_id, None)
    items = [row.id for row in duties.items(session, member.network_id, mine, now)]
    session.execute(update(agenda_items).where(agenda_items.c.id.in_(items)).values(person=""))
    taken = [[one, member.id] for one in hers]
    return {"actions": taken, "promises": promised, "answers": said, "items": [[one, member.id] for one in items]}

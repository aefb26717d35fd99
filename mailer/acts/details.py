"""MY DETAILS, and putting them right: name, school, role, specialisms, exam boards, equipment to share, mentoring (DP-10).

One receipt for all that is said at once, and one UNDO. Who may see what stands in `share`. A mailbox that several people
read has an organisation and nothing else: what is one person's is said from that person's own address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, confirm, office, terms_of_office, undo
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.outbound import outbox
from mailer.people import greeting, membership, organisations, profile
from mailer.people.membership import Membership
from mailer.people.roles import NAMED_CONTACT
from mailer.store import upsert
from mailer.store.tables import actions, addresses, agenda_items, memberships, pieces, posts, roles

ACT, OPEN = "details", "open-details"
SHARED = Refused(
    "shared-mailbox",
    "Several people read this mailbox, so it has no entry of one of them.",
    "Write the same from an address of your own that you have confirmed with us.",
)
BY_NAME = ((posts, "author"), (pieces, "person"), (agenda_items, "person"))  # where a name was written down


def letter(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """MY DETAILS: what we hold, and who sees it, as lines that can be sent back. Goes to the address on record only."""
    member = _member(session, actor)
    if member is None:
        return Receipt("", "Details asked for by somebody who is no member.", reason="no-member")
    if member.person_id is None:
        raise SHARED
    return Receipt(ACT, "Was sent their own details.", fields(session, member), to=member.address_id)


def ask_to_open(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """The page of the details is asked for: a link to the address on record opens it for a short time; YES brings the
    same by mail. Whoever holds an older link, as it was passed on, sees nothing of it (V9)."""
    member = _member(session, actor)
    if member is None:
        raise Refused("no-member", "You are no member here any more, so there are no details to open.")
    if member.person_id is None:
        raise SHARED
    return confirm.ask(session, actor, OPEN, {}, what="MY DETAILS", template=OPEN, now=now)


def opened(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES, or the button of that link."""
    return letter(session, actor, now=now)


def change(session: Connection, actor: Actor, wanted: Mapping[str, str], *, now: datetime) -> Receipt:
    """Say it differently. An empty value takes a field out; what is no field is left alone. Refused without a name."""
    member = _member(session, actor)
    if member is None:
        return Receipt("", "Details of somebody who is no member.", reason="no-member")
    said = {field: profile.tidy(field, value) for field, value in wanted.items() if field in profile.WRITTEN}
    if member.person_id is None and set(said) - {"organisation"}:
        raise SHARED
    if "name" in said and not any(letter.isalpha() for letter in said["name"]):
        raise Refused("no-name", "We need a name to greet you by.", "Reply MY NAME IS and your name.")
    before = profile.values(session, member)
    changed = {field: value for field, value in said.items() if value != before[field]}
    if not changed:
        return Receipt(ACT, "Said what we hold already.", {**fields(session, member), "changes": []})
    if not confirm.enough(actor, ACT):
        return confirm.ask(session, actor, ACT, {"wanted": changed}, what="Change your details", fields={"said": changed}, now=now)
    at = {"network_id": member.network_id, "address_id": member.address_id}
    proof = Proof("service", "moved-school", actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    ended = _speak_no_more(session, member, before, changed, proof, now)
    _put(session, member, before, changed, now)
    now_is = membership.of_address(session, actor.network_id, actor.address_id) or member
    was, stands = {field: before[field] for field in changed}, profile.values(session, now_is)
    after = {field: stands[field] for field in changed}
    args = {**at, "before": was, "after": after, "roles": ended, "command": "MY DETAILS"}
    undo_id = undo.remember(session, actor, ACT, args, now)
    audited.note(session, actor, ACT, f"membership:{member.id}", now)
    said_aloud = {**fields(session, now_is), "changes": list(changed), "undo": undo_id, "contact_no_more": bool(ended)}
    return Receipt(ACT, f"Changed their details: {', '.join(changed)}.", said_aloud)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Details from a bare From, confirmed since."""
    return change(session, actor, args["wanted"], now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: as it was. Whoever was their school's contact is so again, of that school and no other."""
    member = membership.of_address(session, args["network_id"], args["address_id"])
    if member is None:
        return {}
    stands = profile.values(session, member)
    later = (one.get("before", ()) for one in args["later"] if one.get("address_id") == args["address_id"])
    back = undo.untouched(args["before"], args.get("after", {}), stands, later)
    _speak_no_more(session, member, stands, back, Proof("service", "moved-school", **args["by"]), now)
    _put(session, member, stands, back, now)
    for was in args.get("roles", ()) if "organisation" in back else ():
        if was["membership_id"] == member.id and member.ended_at is None:
            until = None if was["until"] is None else datetime.fromisoformat(was["until"])
            values = {"active": True, "since": datetime.fromisoformat(was["since"]), "until": until}
            upsert(session, roles, {"membership_id": member.id, "role": was["role"]}, values)
    return {"changed_since": len(back) < len(args["before"])}


def fields(session: Connection, member: Membership) -> dict[str, Any]:
    """What the letter is given: each field, what it says and who sees it."""
    said = profile.values(session, member)
    sees = profile.audiences(session, member.network_id, member.address_id)
    return {
        "details": [{"field": field, "value": said[field], "shown": sees[field]} for field in profile.FIELDS],
        "changes": None,
        "wording": "",
        "undo": None,
        "contact_no_more": False,
    }


def _member(session: Connection, actor: Actor) -> Membership | None:
    member = membership.of_address(session, actor.network_id, actor.address_id)
    return None if member is None or member.ended_at is not None else member


def _speak_no_more(
    session: Connection, member: Membership, before: Mapping[str, str], wanted: Mapping[str, str], proof: Proof, now: datetime
) -> list[dict[str, Any]]:
    """A contact speaks for the school they were named for: going to another by their own word ends that, and the organisers
    are told. Returns what UNDO needs."""
    moves = organisations.key(wanted.get("organisation", before["organisation"])) != organisations.key(before["organisation"])
    if not moves or NAMED_CONTACT not in member.roles:
        return []
    known = terms_of_office.leaving(session, member.network_id, [member.address_id], now)
    ended = office.end(session, member, [NAMED_CONTACT], proof, now)
    terms_of_office.left(session, [{**one, "roles": [NAMED_CONTACT], "how": "down"} for one in known], now)
    return ended


def _put(
    session: Connection, member: Membership, before: Mapping[str, str], wanted: Mapping[str, str], now: datetime
) -> None:
    for field, value in wanted.items():
        profile.put(session, member, field, value, now)
    if "name" in wanted and member.person_id is not None:
        rename(session, member.person_id, before["name"], wanted["name"])


def rename(session: Connection, person_id: int, before: str, after: str) -> None:
    """A name reaches what waits to go out and what was written under it (DP-10)."""
    mine = select(addresses.c.id).where(addresses.c.person_id == person_id)
    for table, column in BY_NAME:
        theirs = table.c.address_id.in_(mine) & (table.c[column] == before)
        session.execute(update(table).where(theirs).values({column: after}))
    held = select(memberships.c.id).where(memberships.c.address_id.in_(mine))
    session.execute(update(actions).where(actions.c.membership_id.in_(held)).values(owner=after))
    called, now_called = greeting.for_person(before), greeting.for_person(after)
    outbox.rename(session, session.execute(mine).scalars().all(), after, called, now_called)

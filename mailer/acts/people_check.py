"""A named contact has answered the yearly list of their school: asked back as it was understood, done after their YES.

Who has left is stopped as by anybody who may say so (`acts.gone`); who is new is asked to join by the one fixed letter, and by
their own YES alone is a member; who is called otherwise, or has another job, is asked themselves. UNDO takes back who has left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import (
    Actor,
    Receipt,
    Strength,
    add_member,
    audited,
    confirm,
    details,
    gone,
    office,
    terms_of_office,
    undo,
)
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import membership, people, profile
from mailer.people.membership import Membership
from mailer.people.roles import NAMED_CONTACT

ACT = "people-check"


def speaks_for(session: Connection, actor: Actor, organisation: str) -> Membership | None:
    """The actor's membership, if they are a named contact of that school, now."""
    me = membership.of_address(session, actor.network_id, actor.address_id)
    there = me is not None and me.ended_at is None and me.organisation == organisation and NAMED_CONTACT in me.roles
    return me if there else None


def noted(session: Connection, actor: Actor, organisation: str, *, now: datetime) -> Receipt:
    """All is right: that is worth a line in the audit trail."""
    _audit(session, actor, "people-check-right", now)
    return Receipt("people-checked", f"The list of {organisation} is right.", _fields(organisation))


def passed_on(organisation: str, passed: Sequence[str]) -> Receipt:
    """What is not the contact's to change is with the organisers."""
    return Receipt("people-checked", f"Passed changes to the list of {organisation} to the organisers.", {**_fields(organisation), "passed": passed})


def not_me(session: Connection, actor: Actor, organisation: str, *, now: datetime) -> Receipt:
    """They speak for the school no longer: the office ends, and the organisers are asked for another contact."""
    me = speaks_for(session, actor, organisation)
    assert me is not None
    known = terms_of_office.leaving(session, actor.network_id, [me.address_id], now)
    proof = Proof("service", "not-me", actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    before = office.end(session, me, [NAMED_CONTACT], proof, now)
    undo_id = undo.remember(session, actor, office.ACT, office.to_undo(session, before), now)
    terms_of_office.left(session, [{**one, "roles": [NAMED_CONTACT], "how": "down"} for one in known], now)
    _audit(session, actor, "people-check-not-me", now)
    fields = {**_fields(organisation), "ended": True, "undo": undo_id}
    return Receipt("people-checked", f"Is no longer the named contact of {organisation}.", fields)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES; nothing of it counts if they have lost the office meanwhile."""
    organisation = str(args["organisation"])
    me = speaks_for(session, actor, organisation)
    if me is None:
        raise Refused("not-the-contact", f"You are not the named contact of {organisation} any more.")
    there = {one.id: one for one in membership.every(session, actor.network_id) if one.organisation == organisation}
    undos: list[int | None] = []
    left, asked, renamed, jobs = [], [], [], []
    for membership_id in args["left"]:
        one = there.get(int(membership_id))
        if one is not None and one.id != me.id:
            wanted = {"membership_id": one.id, "how": "left", "operator": args["operator"]}
            undos.append(gone.confirmed(session, actor, wanted, now=now).fields.get("undo"))
            left.append(one.name)
    for email, name in args["add"]:
        add_member.add(session, actor, email, now=now, name=name, organisation=organisation)
        asked.append(", ".join(filter(None, (name, email))))
    for membership_id, name in args["rename"]:
        one = there.get(int(membership_id))
        if one is not None:
            _ask_them(session, actor, one, "name", name, now)
            renamed.append(f"{one.name}: {name}")
    for membership_id, job in args.get("jobs", ()):
        one = there.get(int(membership_id))
        if one is not None:
            _ask_them(session, actor, one, "job", job, now)
            jobs.append(f"{one.name}: {job}")
    _audit(session, actor, ACT, now)
    done = {"left": left, "add": asked, "rename": renamed, "jobs": jobs, "undo": undo.together(session, undos)}
    return Receipt("people-checked", f"Brought the list of {organisation} up to date.", {**_fields(organisation), **done})


def named(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Whose name or job it is says YES to it."""
    me = membership.of_address(session, actor.network_id, actor.address_id)
    if me is None or me.person_id is None:
        return Receipt("", "Is no member any more; nothing was changed.", state="refused", reason="no-member")
    if "job" in args:
        profile.put(session, me, "job", profile.tidy("job", str(args["job"])), now)
        _audit(session, actor, "people-job", now)
        return Receipt("", "Says that this is their job; it is changed.")
    name = people.tidy(str(args["name"]))
    profile.put(session, me, "name", name, now)
    details.rename(session, me.person_id, me.name, name)
    _audit(session, actor, "people-name", now)
    return Receipt("", "Says that they are called so; the name is changed.")


def _ask_them(session: Connection, actor: Actor, one: Membership, field: str, value: str, now: datetime) -> None:
    """The question goes to the person; whose word it was is said in it."""
    theirs = replace(
        actor, address_id=one.address_id, person_id=one.person_id, name=one.name, strength=Strength.FROM, inbox_id=None
    )
    details = [["Name" if field == "name" else "Job", value], ["Said by", actor.name or "your school's named contact"]]
    what = "Change your name in our list" if field == "name" else "Change your job in our list"
    confirm.ask(session, theirs, "people-name", {field: value}, now=now, what=what, details=details)


def _fields(organisation: str) -> dict[str, Any]:
    return {"organisation": organisation, "left": [], "add": [], "rename": [], "jobs": [], "passed": [], "ended": False, "undo": None}


def _audit(session: Connection, actor: Actor, act: str, now: datetime) -> None:
    audited.note(session, actor, act, audited.message_of(actor), now)

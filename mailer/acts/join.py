"""Joining: always the person's own confirmation (CMD-6), at most one question a day for an address (CMD-7).

`ask` does the same for members, strangers and people who left, and says the same to whoever asked (CMD-8): the
difference is told only by mail to the address itself. `confirmed` makes the standings active, with the exact wording
that was shown and the message that confirmed it, lifts suppressions and welcomes, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from mailer.acts import Actor, Receipt, Strength, confirm, instead, keep, questions
from mailer.acts import join_limits as limits
from mailer.consent import ACTIVE, NONE, PENDING, standing, suppression, wordings
from mailer.consent.purposes import DEFAULT, SUBSCRIPTIONS, read
from mailer.consent.standing import Proof
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.meetings import meetings
from mailer.outbound import replies
from mailer.people import addresses, greeting, holding, membership, networks, organisations, people, written
from mailer.people.networks import Network
from mailer.people.profile import PURPOSE as LISTING
from mailer.people.roles import MEMBER
from mailer.store import add
from mailer.store.tables import addresses as address_table
from mailer.store.tables import evidence, memberships

ASKED = Receipt("", "Asked to join; the address itself is told what to do next.", state="done")
NOT_ASKED = Receipt("", "Asked to join; no letter went, as one went lately or none may go now.", state="done", reason="not-asked")


def ask(
    session: Connection,
    network: Network,
    address_text: str,
    *,
    channel: str,
    hasher: bytes | None,
    now: datetime,
    purposes: Sequence[str] = DEFAULT,
    name: str = "",
    organisation: str = "",
    told_by: str = "",
    language: str = "",
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    instead_of: int | None = None,
) -> Receipt:
    """Somebody asks for mail at an address: write down what is asked and send the one question to it. `language`: what they wrote
    in, which its YES keeps as theirs if they have chosen none. `instead_of`: the membership that its YES takes over (`instead`).

    Refused (mailer.errors) only for what cannot be an address, whoever asks. The receipt depends only on whether a letter went,
    and is read by organisers, never by whoever asked.
    """
    address = addresses.find_or_add(session, address_text, hasher=hasher, now=now)
    wanted = _subscribed(purposes)
    if network.closed_at is not None or limits.reached(session, network.id, address.id, address.address or "", now):
        return NOT_ASKED
    language = written.language_of(session, address.id) or language or network.language
    wording = wordings.text("join", language, network=network.name, purposes=wanted)
    wording_id = wordings.keep(session, key="join", language=language, text=wording, now=now)
    args = {
        "purposes": list(wanted),
        "wording_id": wording_id,
        "name": people.tidy(name),
        "organisation": " ".join(organisation.split()),
        "told_by": " ".join(told_by.split()),
        "language": language,
        **({"instead_of": instead_of} if instead_of is not None else {}),
    }
    asked = questions.put(
        session,
        network.id,
        address.id,
        "join",
        args,
        template="join-confirm",
        fields={"purposes": list(wanted), "wording": wording},  # nothing from the request (CMD-7)
        now=now,
        inbox_id=inbox_id,
        purpose="confirm",
        language=language,
    )
    if asked is None:
        return NOT_ASKED
    proof = Proof(
        "consent", "join-asked", channel, wording_id=wording_id, inbox_id=inbox_id, evidence_sha256=evidence_sha256
    )
    standing.turn(  # who left stays marked as left until the confirmation
        session, network.id, address.id, wanted, was=(NONE,), to=PENDING, proof=proof, now=now
    )
    return ASKED


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The person said YES, to what was asked or to what they named (`chosen`): their own opt-in.

    What they named and the question did not begins under a wording of its own, which the welcome shows (DP-1). Being listed
    is shown to others, and is asked about by itself (CMD-4); a mailbox of several is listed for none of them.
    """
    assert actor.address_id is not None
    network = networks.by_id(session, actor.network_id)
    address = addresses.get(session, actor.address_id)
    person_id = _person(session, address, args, now)
    if args.get("language", network.language) != network.language:
        written.in_language_unless_chosen(session, address.id, args["language"])
    asked = _subscribed(args["purposes"])
    named = _subscribed(args.get("chosen") or asked)
    listing = LISTING in named and LISTING not in asked
    wanted = [one for one in named if one != LISTING or (person_id is not None and not listing)]
    if not wanted:
        raise Refused("shared-mailbox", keep.NOT_LISTED, keep.HOW_LISTED)
    addresses.confirm(session, address.id, now)
    if keep.left_since(session, actor, wanted, now=now):
        return _once_more(session, network, actor, args, now=now)
    organisation_id = organisations.find_or_add(session, network.id, args.get("organisation", ""))
    membership_id = membership.add(
        session,
        network_id=network.id,
        address_id=address.id,
        person_id=person_id,
        organisation_id=organisation_id,
        told_by=args.get("told_by", ""),
        now=now,
    )
    suppression.lift(session, mac=address.mac, network_id=network.id, now=now)
    proof = Proof(
        "consent",
        "join",
        actor.channel,
        wording_id=args.get("wording_id"),
        inbox_id=actor.inbox_id,
        evidence_sha256=actor.evidence_sha256,
        fields={key: args[key] for key in ("name", "organisation", "told_by") if args.get(key)},
    )
    before = standing.of(session, network.id, address.id)
    beyond = [one for one in wanted if one not in asked and before[one] != ACTIVE]
    own, wording = _own_words(session, network, args, proof, beyond, now)
    for purpose in SUBSCRIPTIONS:
        to = ACTIVE if purpose in wanted else NONE
        if before[purpose] == to or (to == NONE and before[purpose] != PENDING):
            continue  # what was not asked now stays; what was asked and not chosen is asked no longer
        standing.change(
            session,
            network_id=network.id,
            address_id=address.id,
            purpose=purpose,
            to=to,
            proof=own if purpose in beyond else proof,
            now=now,
        )
    if ACTIVE not in before.values():  # an organiser's wish wrote the membership down; it begins with the person's own word
        session.execute(update(memberships).where(memberships.c.id == membership_id).values(joined_at=now))
    holding.give(session, membership_id, (MEMBER,), active=True, proof=proof, now=now)
    holding.activate(session, membership_id, proof, now)
    if args.get("told_by"):
        add(
            session,
            evidence,
            network_id=network.id,
            kind="told-by",
            address_id=address.id,
            text=args["told_by"],
            inbox_id=actor.inbox_id,
            at=now,
        )
    _welcome(session, actor, membership_id, wording, now)
    if listing and person_id is not None:
        keep.keep(session, replace(actor, strength=Strength.TAG, person_id=person_id), [LISTING], now=now)
    plan.joined(session, network.id, membership_id, now)
    if args.get("instead_of") is not None:
        instead.take_over(session, actor, int(args["instead_of"]), now)
    said = ", ".join(membership.remaining(session, network.id, address.id))
    return Receipt("", f"Joined: {said}.", {"purposes": list(wanted)})


def _once_more(session: Connection, network: Network, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """They have left some of it since that question was written, so it is asked again, in the same words (DP-8)."""
    wanted = _subscribed(args["purposes"])
    language = args.get("language") or network.language
    wording = wordings.text("join", language, network=network.name, purposes=wanted)
    same = {name: value for name, value in args.items() if name != "chosen"}
    same["wording_id"] = wordings.keep(session, key="join", language=language, text=wording, now=now)
    fields = {"purposes": list(wanted), "wording": wording}
    return confirm.ask(
        session, actor, "join", same, what="JOIN", template="join-confirm", fields=fields, needs=confirm.AGAIN, now=now
    )


def _own_words(
    session: Connection, network: Network, args: Mapping[str, Any], proof: Proof, beyond: Sequence[str], now: datetime
) -> tuple[Proof, str]:
    """The proof of what was chosen beyond the question, and the wording as it is shown; the same proof if there is nothing."""
    if not beyond:
        return proof, ""
    language = args.get("language") or network.language
    text = wordings.text("keep", language, network=network.name, purposes=tuple(beyond))
    return replace(proof, wording_id=wordings.keep(session, key="keep", language=language, text=text, now=now)), text


def _welcome(session: Connection, actor: Actor, membership_id: int, wording: str, now: datetime) -> None:
    """One welcome; whoever comes back is told what they get again."""
    assert actor.address_id is not None
    first = session.execute(
        update(memberships)
        .where(memberships.c.id == membership_id, memberships.c.welcomed_at.is_(None))
        .values(welcomed_at=now)
    ).rowcount
    coming = meetings.upcoming(session, actor.network_id, now)
    fields = {
        "purposes": membership.remaining(session, actor.network_id, actor.address_id),
        "again": not first,
        "wording": wording,
        "next_meeting": None if coming is None else meetings.facts_for(session, coming),
        "undo": None,
    }
    replies.reply(
        session,
        network_id=actor.network_id,
        address_id=actor.address_id,
        template="joined",
        fields=fields,
        now=now,
        inbox_id=actor.inbox_id,
        key=f"joined:{membership_id}:{now.isoformat()}",
    )


def _person(session: Connection, address: addresses.Address, args: Mapping[str, Any], now: datetime) -> int | None:
    name = args.get("name", "")
    if address.person_id is not None:
        people.name_if_nameless(session, address.person_id, name)
        return address.person_id
    if address.shared:
        return None
    if greeting.looks_shared(address.address or "", name):
        session.execute(update(address_table).where(address_table.c.id == address.id).values(shared=True))
        return None
    person_id = people.add(session, name=name, now=now)
    addresses.give(session, address.id, person_id)
    return person_id


def _subscribed(wanted: Sequence[str]) -> tuple[str, ...]:
    return read(list(wanted)) or DEFAULT

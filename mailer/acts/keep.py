"""KEEP MEETINGS: go on getting these, or get them back after leaving; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, Strength, confirm, undo
from mailer.consent import ACTIVE, LEFT, standing, suppression, wordings
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import addresses, holding, membership, networks, record, written
from mailer.store.tables import memberships

NOT_LISTED = "Several people read this mailbox, so it stands in the directory for none of them."
HOW_LISTED = "Write KEEP DIRECTORY from an address of your own that you have confirmed with us."


def keep(
    session: Connection,
    actor: Actor,
    wanted: Sequence[str],
    *,
    now: datetime,
    act: str = "keep",
    digest: bool | None = None,
) -> Receipt:
    """Make `wanted` active again. Where they were suppressed it takes a fresh word of their own, which lifts that.

    `digest`: how the discussion that begins here is to come; none leaves that as it is.
    """
    if actor.address_id is None:
        return Receipt("", "Asked to keep mail by an address that is not known.", state="held", reason="unknown")
    address_id = membership.main_address(session, actor.network_id, actor.address_id)
    check_listed(session, actor, wanted)
    before = standing.of(session, actor.network_id, address_id)
    back = [purpose for purpose in wanted if before[purpose] != ACTIVE]
    needs = begins_with(session, actor, "share" if "directory" in back else "keep", back, now=now)  # being seen by others (CMD-4)
    if back and not confirm.enough(actor, needs):
        fields = {"begins": back, "digest": in_digests(session, actor)}
        keeping = {"purposes": list(wanted)}
        return confirm.ask(session, actor, "keep", keeping, what=_command(wanted), fields=fields, needs=needs, now=now)
    undo_id, wording = None, ""
    if back:
        wording_id, wording = _wording(session, actor, address_id, back, now)
        proof = Proof(
            "consent",
            act,
            actor.channel,
            wording_id=wording_id,
            inbox_id=actor.inbox_id,
            evidence_sha256=actor.evidence_sha256,
        )
        was = membership.of_address(session, actor.network_id, address_id)
        member, lifted = _activate(session, actor, address_id, back, proof, now)
        args: dict[str, Any] = {
            "joined": was is None or was.ended_at is not None,
            "lifted": lifted,
            "address_id": address_id,
            "network_id": actor.network_id,
            "purposes": back,
            "command": _command(wanted),
        }
        if digest is not None:
            mine = memberships.c.id == member
            args["digest"] = session.execute(select(memberships.c.digest).where(mine)).scalar_one()
            args["digest_set"] = digest
            args["command"] = "DIGEST" if digest else "EVERY POST"
            session.execute(update(memberships).where(mine).values(digest=digest))
        undo_id = undo.remember(session, actor, "keep", args, now)
    fields = {
        "purposes": list(wanted),
        "ended": [],
        "undo": undo_id,
        "new": [purpose for purpose in back if before[purpose] != LEFT],  # never had before: nothing to keep
        "digest": in_digests(session, actor),
        "wording": wording,
    }
    return Receipt("kept", f"Keeps {', '.join(wanted)}.", fields)


def check_listed(session: Connection, actor: Actor, wanted: Sequence[str]) -> None:
    """Refused for the directory at a mailbox that several people read."""
    if "directory" not in wanted or actor.address_id is None:
        return
    if addresses.get(session, membership.main_address(session, actor.network_id, actor.address_id)).shared:
        raise Refused("shared-mailbox", NOT_LISTED, HOW_LISTED)


def begins_with(session: Connection, actor: Actor, act: str, wanted: Collection[str], *, now: datetime) -> str:
    """The row of `confirm.LEAST` by which mail of `wanted` may begin again for the actor: that of `act`, unless all mail was
    stopped, or one of these was left since the letter was written whose tag proves the actor. How old a page is nobody knows."""
    if actor.address_id is None:
        return act
    if record.stops(session, actor.network_id, actor.address_id):
        return confirm.OPT_IN
    return confirm.AGAIN if left_since(session, actor, wanted, now=now) else act


def left_since(session: Connection, actor: Actor, wanted: Collection[str], scopes: Collection[str] = ("",), *, now: datetime) -> bool:
    """Whether the actor has left one of these since what proves them was written; a mail that is proven itself is new."""
    if actor.address_id is None or actor.strength not in (Strength.TAG, Strength.CONFIRM):
        return False
    a_slip = now - undo.AN_HOUR if actor.channel == "web" else None
    return record.left_since(
        session, actor.network_id, actor.address_id, wanted, actor.asked_at, scopes=scopes, but_pressed_since=a_slip
    )


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """KEEP from a bare From, confirmed since."""
    return keep(session, actor, args["purposes"], now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: they stop again."""
    if "digest" in args:
        mine = (memberships.c.network_id == args["network_id"]) & (memberships.c.address_id == args["address_id"])
        as_set = memberships.c.digest == args.get("digest_set", memberships.c.digest)
        session.execute(update(memberships).where(mine, as_set).values(digest=args["digest"]))
    since = standing.since(session, args["network_id"], args["address_id"])
    back = [purpose for purpose in args["purposes"] if datetime.fromisoformat(since[purpose]) <= args["done_at"]]
    changed = {"changed_since": len(back) < len(args["purposes"])}
    for purpose in back:
        standing.change(
            session,
            network_id=args["network_id"],
            address_id=args["address_id"],
            purpose=purpose,
            to=LEFT,
            proof=Proof("withdrawal", "undo-keep", **args["by"]),
            now=now,
        )
    if membership.remaining(session, args["network_id"], args["address_id"]):
        return changed  # they have asked for more since
    for suppression_id in args.get("lifted", ()):
        suppression.put_back(session, suppression_id, now)
    member = membership.of_address(session, args["network_id"], args["address_id"])
    if args.get("joined") and member is not None and member.ended_at is None:
        membership.end(session, member.id, now)
    return changed


def _wording(
    session: Connection, actor: Actor, address_id: int, back: Sequence[str], now: datetime
) -> tuple[int, str]:
    """What their word is taken to agree to, as the receipt shows it; its id and its text (DP-1)."""
    network = networks.by_id(session, actor.network_id)
    language = written.language_of(session, address_id) or network.language
    text = wordings.text("keep", language, network=network.name, purposes=tuple(back))
    return wordings.keep(session, key="keep", language=language, text=text, now=now), text


def _activate(
    session: Connection, actor: Actor, address_id: int, back: Sequence[str], proof: Proof, now: datetime
) -> tuple[int, list[int]]:
    """Returns the membership, and the suppressions that were lifted."""
    lifted = suppression.lift(session, mac=addresses.get(session, address_id).mac, network_id=actor.network_id, now=now)
    known = membership.add(session, network_id=actor.network_id, address_id=address_id, person_id=actor.person_id, now=now)
    holding.give(session, known, ("member",), active=True, proof=proof, now=now)
    addresses.confirm(session, address_id, now)
    for purpose in back:
        standing.change(
            session,
            network_id=actor.network_id,
            address_id=address_id,
            purpose=purpose,
            to=ACTIVE,
            proof=proof,
            now=now,
        )
    return known, lifted


def in_digests(session: Connection, actor: Actor) -> bool:
    """How the discussion comes, or would."""
    member = membership.of_address(session, actor.network_id, actor.address_id)
    wants = None if member is None else select(memberships.c.digest).where(memberships.c.id == member.id)
    return wants is not None and bool(session.execute(wants).scalar())


def _command(wanted: Sequence[str]) -> str:
    return f"KEEP {' '.join(wanted).upper()}"

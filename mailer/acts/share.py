"""SHOW EQUIPMENT TO MEMBERS, HIDE NAME: who sees what of a member, field by field and audience by audience (DP-13).

Showing more is a change of risk: it waits for a YES to a fresh question to the address on record, which has the exact
wording (CMD-4, DP-1). Showing less is done at once, as leaving is. UNDO of either puts back what stood before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, audited, confirm, details, keep, undo
from mailer.consent import wordings
from mailer.consent.standing import Proof
from mailer.people import membership, networks, profile, written
from mailer.people.membership import Membership

ACT, LESS = "share", "hide"


def share(
    session: Connection, actor: Actor, wanted: Mapping[str, str], *, now: datetime, wording_id: int | None = None
) -> Receipt:
    """Show each field to an audience (profile.AUDIENCES). `wording_id`: what was asked, where it was."""
    member = membership.of_address(session, actor.network_id, actor.address_id)
    if member is None or member.ended_at is not None:
        return Receipt("", "Sharing asked for by somebody who is no member.", reason="no-member")
    if member.person_id is None:
        raise details.SHARED
    before = profile.audiences(session, member.network_id, member.address_id)
    changed = {f: whom for f, whom in wanted.items() if f in before and whom in profile.AUDIENCES and whom != before[f]}
    if not changed:
        return Receipt(details.ACT, "Is shown as it was.", {**details.fields(session, member), "changes": []})
    more = {f: whom for f, whom in changed.items() if profile.AUDIENCES.index(whom) > profile.AUDIENCES.index(before[f])}
    wording = _wording(session, member, more, now) if more else None
    scopes = [f"{field}:{audience}" for field in more for audience in profile.AUDIENCES[1:]]
    needs = confirm.AGAIN if keep.left_since(session, actor, (profile.PURPOSE,), scopes, now=now) else ACT if more else LESS
    if not confirm.enough(actor, needs):
        command = ", ".join(_command(field, whom) for field, whom in changed.items())
        args = {"wanted": changed, "wording_id": None if wording is None else wording[0]}
        words = {"wording": "" if wording is None else wording[1]}
        return confirm.ask(session, actor, ACT, args, what=command, fields=words, needs=needs, now=now)
    proof = Proof(
        "consent" if more else "withdrawal",
        ACT if more else LESS,
        actor.channel,
        wording_id=(wording_id or (wording[0] if wording else None)) if more else None,
        inbox_id=actor.inbox_id,
        evidence_sha256=actor.evidence_sha256,
    )
    undoing = {
        "network_id": member.network_id,
        "address_id": member.address_id,
        "before": {field: before[field] for field in changed},
        "command": "SHOW" if more else "HIDE",
        "needs": ACT if set(changed) - set(more) else "",
    }
    undo_id = undo.remember(session, actor, ACT, undoing, now)
    profile.show(session, member.network_id, member.address_id, changed, proof, now)
    audited.note(session, actor, proof.act, f"membership:{member.id}", now)
    said = {**details.fields(session, member), "changes": list(changed), "undo": undo_id}
    if wording is not None:
        said["wording"] = wording[1]
    done = "; ".join(f"{field} to {whom}" for field, whom in changed.items())
    return Receipt(details.ACT, f"Changed what is shown of them: {done}.", said)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES."""
    return share(session, actor, args["wanted"], wording_id=args["wording_id"], now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: shown as before, but for what was decided anew since and what ended with the directory."""
    before, at = args["before"], {"network_id": args["network_id"], "address_id": args["address_id"]}
    since = profile.decided_since(session, **at, since=args["done_at"])
    later = (one.get("before", ()) for one in args["later"] if one.get("address_id") == args["address_id"])
    back = undo.untouched(before, {}, before, (since, *later))
    profile.show(session, **at, wanted=back, proof=Proof("consent", "undo-share", **args["by"]), now=now)
    return {"changed_since": len(back) < len(before)}


def _wording(session: Connection, member: Membership, more: Mapping[str, str], now: datetime) -> tuple[int, str]:
    """Write down what they are asked to agree to, a sentence an audience; its id and its text."""
    network = networks.by_id(session, member.network_id)
    language = written.language_of(session, member.address_id) or network.language
    names = wordings.names("details", language)
    sentences = []
    for audience in profile.AUDIENCES:
        fields = ", ".join(names[field] for field in profile.FIELDS if more.get(field) == audience)
        if fields:
            whom = names[audience]
            sentences.append(wordings.text(ACT, language, network=network.name, audience=whom, fields=fields))
    text = "\n".join(sentences)
    return wordings.keep(session, key=ACT, language=language, text=text, now=now), text


def _command(field: str, audience: str) -> str:
    """The same in words that can be replied."""
    name = field.replace("-", " ").upper()
    return f"HIDE {name}" if audience == profile.NOBODY else f"SHOW {name} TO {audience.upper()}"

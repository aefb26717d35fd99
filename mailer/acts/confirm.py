"""Confirming: what an unproven sender asked for waits for one tagged YES to the address on record (design ruling 1).

`ask` writes down the act and its arguments and sends the question; `redeem` carries it out, once. A repeat says what was
already done, a late one how to ask again. Which act needs what strength stands in LEAST, who carries it out in ACTS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

from sqlalchemy import Connection, update

from mailer.acts import Actor, Receipt, Strength, questions
from mailer.consent import ledger
from mailer.consent.purposes import RIGHT
from mailer.people import addresses, people, record
from mailer.store.tables import confirmations

# act -> the least strength that does it without a question; what is not named needs ALIGNED (CMD-4: token or AUTH-9)
LEAST: Mapping[str, Strength] = {
    "help": Strength.UNKNOWN,
    "item": Strength.FROM,
    "piece": Strength.FROM,
    "post": Strength.FROM,
    "answer": Strength.FROM,
    "close-offer": Strength.FROM,  # what the same From may put to everyone, and a question back would come too late
    "withdraw-post": Strength.FROM,
    "leave": Strength.FROM,
    "status": Strength.FROM,  # changes nothing and goes to the address on record, as HELP does
    "hide": Strength.FROM,  # less is seen of somebody: as leaving
    "share": Strength.CONFIRM,
    "open-details": Strength.CONFIRM,
    "opt-in": Strength.CONFIRM,  # whatever begins mail again that was stopped for them altogether (DP-7, DP-8)
    "again": Strength.OPERATOR,  # what they have left since the letter that this answers: whatever proves them is older
    "organise": Strength.CONFIRM,
    "gone": Strength.CONFIRM,
    "people-check": Strength.CONFIRM,
    "new-address": Strength.CONFIRM,
    "change-address": Strength.CONFIRM,
    "my-data": Strength.CONFIRM,
    "forget-me": Strength.CONFIRM,
}
OTHERWISE = Strength.ALIGNED
OPT_IN = "opt-in"
AGAIN = "again"
LEFT_SINCE = "left-since"
NOT_ASKABLE = "not-askable"
# Asked of who left, too: the question carries out a right (ruling 2). Once a day, as anybody may ask in somebody's name (CMD-7).
RIGHTS = frozenset({"my-data", "forget-me"})

# act -> module:function that does it once it is confirmed; looked up when needed, as acts build on one another
ACTS: Mapping[str, str] = {
    "join": "mailer.acts.join:confirmed",
    "invited": "mailer.acts.invite:confirmed",
    "keep": "mailer.acts.keep:confirmed",
    "pause": "mailer.acts.pause:confirmed_pause",
    "resume": "mailer.acts.pause:confirmed_resume",
    "only": "mailer.acts.preferences:confirmed_only",
    "digest": "mailer.acts.preferences:confirmed_digest",
    "preference": "mailer.acts.preferences:confirmed",
    "details": "mailer.acts.details:confirmed",
    "open-details": "mailer.acts.details:opened",
    "share": "mailer.acts.share:confirmed",
    "everywhere": "mailer.acts.everywhere:confirmed",
    "undo": "mailer.acts.undo:confirmed",
    "organise": "mailer.acts.organise:confirmed",
    "gone": "mailer.acts.gone:confirmed",
    "admit": "mailer.acts.admit:confirmed",
    "withdraw": "mailer.acts.withdraw:confirmed",
    "withdraw-post": "mailer.acts.withdraw_post:confirmed",
    "close-offer": "mailer.acts.close_offer:confirmed",
    "hold": "mailer.acts.hold:confirmed",
    "my-data": "mailer.acts.my_data:confirmed",
    "forget-me": "mailer.acts.forget_me:confirmed",
    "change-address": "mailer.acts.change_address:confirmed",
    "speak-for": "mailer.acts.speak_for:confirmed",
    "same-person": "mailer.acts.same_person:confirmed",
    "link-address": "mailer.acts.link_address:confirmed",
    "one-person": "mailer.acts.one_person:confirmed",
    "take-office": "mailer.acts.office:confirmed",
    "signed-up": "mailer.acts.signed_up:confirmed",
    "people-check": "mailer.acts.people_check:confirmed",
    "people-name": "mailer.acts.people_check:named",
    "new-address": "mailer.acts.new_address:confirmed",
}


JOINS = frozenset({"join", "invited"})  # whose YES may name less than was asked

# act -> module:function that remembers a NO, where that is more than nothing being done; called as `acts.invite.declined`, and
# may give a receipt
DECLINED_ACTS: Mapping[str, str] = {
    "invited": "mailer.acts.invite:declined",
    "admit": "mailer.acts.admit:declined",
    "take-office": "mailer.acts.office:declined",
    "gone": "mailer.acts.gone:declined",
}


class Confirmed(Protocol):
    """What a row of ACTS names: does the act for an actor of strength CONFIRM. `args` are those given to `ask`."""

    def __call__(self, session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt: ...


def enough(actor: Actor, act: str) -> bool:
    """True if the actor may do this act without being asked for a YES."""
    return actor.strength >= LEAST.get(act, OTHERWISE)


def ask(
    session: Connection,
    actor: Actor,
    act: str,
    args: Mapping[str, Any],
    *,
    now: datetime,
    what: str,
    details: Sequence[Sequence[str]] = (),
    template: str = "confirm-act",
    fields: Mapping[str, Any] | None = None,
    needs: str = "",
) -> Receipt:
    """Prepare `act` and ask for its YES. `args` are JSON; `what` is the command in the words of contract 2 (or a line that
    says what will be done), `details` pairs of words shown below it, `fields` what else a `template` of its own needs.
    `needs`: the row of LEAST whose strength it takes here, where that is another one's.

    What takes a fresh confirmation is asked of the address on record, whichever of the person's addresses wrote (CMD-4), and
    once in ten minutes, a right once a day; the writer is told that, and no more. Refused if that one cannot be written to."""
    if act not in ACTS:
        raise KeyError(f"no act {act} can be confirmed: give it a row in ACTS")
    if actor.address_id is None:
        return Receipt(
            "", "Asked for by an address that is not known; nothing was done.", state="held", reason="unknown"
        )
    at = actor.address_id
    if LEAST.get(needs or act, OTHERWISE) >= Strength.CONFIRM:
        at = record.address(session, actor.network_id, at)
        if act in RIGHTS and questions.within_a_day(session, at, act, now):
            return questions.ASKED_LATELY
        if json.loads(json.dumps(args)) in questions.lately(session, actor.network_id, at, act, now):
            return questions.ASKED_LATELY
    stopped = needs == OPT_IN or (needs == AGAIN and bool(record.stops(session, actor.network_id, at)))
    asked = questions.put(
        session,
        actor.network_id,
        at,
        act,
        args,
        template=template,
        fields={"act": act, "what": what, "details": [list(pair) for pair in details], "again": needs == AGAIN, **(fields or {})},
        now=now,
        inbox_id=actor.inbox_id,
        scope=RIGHT if act in RIGHTS else "",
        purpose="confirm" if stopped else "answer",  # which may write to whom we may not (ruling 2)
    )
    if asked is None and stopped:
        raise questions.asked_today()
    elsewhere = at != actor.address_id
    if asked is None and elsewhere:
        raise questions.not_askable()
    if asked is None:
        return Receipt(
            "",
            f"Not done: {act} needs a YES, and this address cannot be asked now.",
            state="held",
            reason=NOT_ASKABLE,
        )
    said = f"Asked for a YES before doing this: {what}."
    template, told = ("asked-on-record", {"what": what}) if elsewhere else ("", {})
    return Receipt(template, said, told, state="asked", reason=LEFT_SINCE if needs == AGAIN else "needs-confirmation")


def redeem(
    session: Connection,
    confirmation_id: int,
    *,
    channel: str,
    now: datetime,
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    purposes: Sequence[str] | None = None,
) -> Receipt:
    """Do what was asked, once. `purposes` are those that somebody chose in answer to a question whether to join: `chosen`,
    beside the `purposes` that the question named."""
    row = questions.find(session, confirmation_id)
    if row is None:
        return Receipt("", "A confirmation that is not known.", state="refused", reason="unknown-confirmation")
    if row.used_at is not None:
        fields = {"what": row.said, "at": row.used_at.isoformat()}
        return Receipt("done-already", f"Already done: {row.said}", fields, state="done", reason="already-done")
    if row.expires_at <= now:
        return too_late("That question was open for a time, and the time is over.", "confirmation-expired")
    if purposes and row.act not in JOINS:  # ONLY MEETINGS says yes to a join, and to nothing else
        return Receipt("", f"Named purposes, but no YES to {row.act}.", state="held", reason="unclear")
    taken = session.execute(
        update(confirmations)
        .where(confirmations.c.id == confirmation_id, confirmations.c.used_at.is_(None))
        .values(used_at=now)
    )
    if not taken.rowcount:
        return Receipt("", "Confirmed twice at the same moment; done once.", state="done", reason="already-done")
    address = addresses.get(session, row.address_id)
    actor = Actor(
        network_id=row.network_id,
        address_id=row.address_id,
        person_id=address.person_id,
        strength=Strength.CONFIRM,
        channel=channel,
        name=people.name_of(session, address.person_id),
        inbox_id=inbox_id,
        evidence_sha256=evidence_sha256,
        asked_at=row.asked_at,
    )
    args = dict(row.args) | ({"chosen": list(purposes)} if purposes else {})
    chosen = {"args": args} if purposes else {}  # any other act may have written there itself
    receipt = cast(Confirmed, named(ACTS[row.act]))(session, actor, args, now=now)
    over = {"used_at": None, "expires_at": now} if receipt.reason == LEFT_SINCE else {}  # nothing was done, and a new one is open
    session.execute(update(confirmations).where(confirmations.c.id == confirmation_id).values(said=receipt.said, **chosen, **over))
    ledger.audit(
        session,
        actor=actor.slug,
        how="confirm-tag",
        act=row.act,
        network_id=row.network_id,
        thing=f"confirmation:{confirmation_id}",
        now=now,
    )
    return receipt


def too_late(sentence: str, reason: str) -> Receipt:
    """What is told to who answers a question, or takes something back, after its time."""
    fields = {"subject": "", "reason": sentence, "hint": "Please ask again, and we send a new question."}
    return Receipt("refused", sentence, fields, state="refused", reason=reason)


def decline(
    session: Connection,
    confirmation_id: int,
    *,
    now: datetime,
    channel: str = "mail",
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    everywhere: bool = False,
) -> Receipt:
    """The person says it was not theirs: nothing is done and the tag is spent. `everywhere`: and no other network either."""
    row = questions.row_of(session, confirmation_id)
    spent = session.execute(
        update(confirmations)
        .where(confirmations.c.id == confirmation_id, confirmations.c.used_at.is_(None))
        .values(used_at=now, said=questions.DECLINED)
    )
    if spent.rowcount and row.act in DECLINED_ACTS:
        known = {"channel": channel, "inbox_id": inbox_id, "evidence_sha256": evidence_sha256}
        told = named(DECLINED_ACTS[row.act])(session, row, **known, everywhere=everywhere, now=now)
        if told is not None:
            return cast(Receipt, told)
    return Receipt("", questions.DECLINED if spent.rowcount else "Declined after it was used.", reason="declined")


def named(row: str) -> Any:
    """The function that a table row names as `module:function`."""
    module, _, function = row.partition(":")
    return getattr(import_module(module), function)

"""The walk of one stored message: take, read, judge, route, handle, one outcome.

Everything slow (parsing, words) happens before the write; then one short transaction holds the act, its rows, the
receipt that is to be mailed, and the outcome. A crash before its commit leaves the message as it was; the lease lapses
and the sweep brings it back. A handler that raises three times leaves the message `failed`, listed to the organisers; trouble
of the database or the disk is waited for, up to a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from mailer import clock, log
from mailer.acts import Receipt, terms_of_office, turn
from mailer.consent import gate, standing
from mailer.consent.purposes import RIGHT
from mailer.errors import Refused
from mailer.house import House
from mailer.inbound import answering, at_rest, bereaved, beside, complaints, prepare, told, trouble, turns
from mailer.inbound.authenticate import Names
from mailer.inbound.handlers import HANDLERS
from mailer.inbound.message import Message
from mailer.inbound.routes import route
from mailer.message import tags
from mailer.outbound import replies
from mailer.people import addresses as people_addresses
from mailer.store import prepared
from mailer.store.tables import inbox, outgoing

TRIES = 3
PATIENT_TRIES = 300  # of a message that met trouble which passes: with `turns.BACK_OFF` about a day, and never without end
TROUBLE = "trouble-here"  # the reason of such a message while it waits
RIGHTS = ("undone", "status", "my-year")  # receipts that carry out a right reach those who left, too (ruling 2)
SENT = "Was sent"  # begins the outcome of acts that are nothing but a letter
NOT_SENT = "No answer was mailed: this address cannot be written to now."

_log = log.get("inbound")


def handle_next(house: House, owner: str, names: Names | None = None, *, likely: bool = False) -> bool:
    """Take the oldest stored message and bring it to its outcome. False if there was none. `names` answers for the DNS.

    `likely`: there was one a moment ago, so that the next is taken without a look before it."""
    taken = turns.take(house, owner, likely=likely)
    if taken is None:
        return False
    row, raw = taken
    if row.attempts > (PATIENT_TRIES if row.reason == TROUBLE else TRIES):
        _give_up(house, row, row.attempts - 1)
        return True
    with log.bind(inbox=row.id):
        try:
            _handle(house, row, raw, names)
        except turns.LeaseLost:
            _log.warning("another worker took the message; left to it")
        except Exception as error:
            _log.exception("handler raised", attempt=row.attempts)
            _put_back(house, row, error)
    return True


def _handle(house: House, row: Any, raw: bytes, names: Names | None) -> None:
    terms_of_office.end_over(house, clock.now())  # whoever writes holds no office that is over
    checked = prepare.authenticated(house, row, raw, names)
    with house.store.read() as session:
        message = prepare.prepare(session, house, row, raw, checked)
    if message is None:
        _finish_alone(
            house, row, Receipt("", "There is no such network any more.", state="refused", reason="no-network")
        )
        return
    if message.private and not row.private:  # at once, so that it is hidden even if handling it fails
        with house.store.write() as session:
            session.execute(update(inbox).where(inbox.c.id == row.id).values(private=True))
    chosen = route(message)
    now = clock.now()
    steps = told.steps(message, chosen)
    try:
        with house.store.write() as session:
            turns.check_held(session, row)
            turn.take(session, message.actor)
            receipt = beside.do(message, session, HANDLERS[chosen.handler](message, session, now), now)
            receipt = bereaved.beside(message, session, chosen.handler, receipt, now)
            receipt = complaints.beside(message, session, receipt, now)
            _finish(session, row, message, chosen.handler, receipt, steps, now)
    except Refused as refusal:
        with house.store.write() as session:
            turns.check_held(session, row)
            turn.take(session, message.actor)
            receipt = beside.do(message, session, beside.refused(message, refusal), now)
            receipt = complaints.beside(message, session, receipt, now)
            _finish(session, row, message, chosen.handler, receipt, steps, now)


def _finish(
    session: Connection, row: Any, message: Message, handler: str, receipt: Receipt, steps: list[str], now: datetime
) -> None:
    said, mailed = receipt.said, False
    for one in (receipt, *receipt.besides):
        why_not = _answer(session, message, one, now) if one.template else None
        mailed |= bool(one.template) and not why_not
        if why_not:
            steps = [*steps, f"no answer mailed: {why_not.cause}"]
        if why_not and why_not.by_gate:
            said = _unanswered(said, one.said)
    if not mailed and message.known:
        said = " ".join(filter(None, [_sentence(said), at_rest.ask(message, session, now)]))
    ended = session.execute(
        _SET,
        {
            "message": message.id,
            "held_by": row.lease_owner,
            "attempt": row.attempts,
            "network_id": message.network_id,
            "address_id": message.actor.address_id,
            "from_address": message.from_address,
            "subject": message.reading.subject[:500],
            "kind": message.reading.kind,
            "handler": handler,
            "strength": message.actor.strength.name.lower(),
            "state": receipt.state,
            "outcome": _sentence(said),
            "reason": receipt.reason,
            "held_for": receipt.held_for,
            "steps": steps,
            "lease_owner": "",
            "lease_until": None,
            "handled_at": now,
        },
    )
    if not ended.rowcount:  # it took longer than the lease, and another has it: theirs counts
        raise turns.LeaseLost


_SET = update(inbox).where(turns.held_as(bindparam("message"), bindparam("held_by"), bindparam("attempt")))


def _sentence(said: str) -> str:
    """What an act says of itself, as organisers read it."""
    said = said.strip()
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '!', '?', ')')) else '.'}"


def _unanswered(said: str, of: str) -> str:
    """The outcome where a letter could not go: what was only to be sent was asked for, and not sent (V2)."""
    told = _sentence(of)
    true = f"Asked for{told.removeprefix(SENT)}" if told.startswith(SENT) else told
    return f"{_sentence(said).replace(told, true, 1)} {NOT_SENT}"


@dataclass(frozen=True)
class _NotMailed:
    """Why a receipt was not mailed, for IT. `by_gate`: its address may not be written to now."""

    cause: str
    by_gate: bool = False


def _answer(session: Connection, message: Message, receipt: Receipt, now: datetime) -> _NotMailed | None:
    """Mail the receipt to the address on record. Returns why it was not mailed."""
    silent = answering.machine(message.reading, message.mail_from)
    if silent:
        return _NotMailed(silent)
    address_id = receipt.to or message.actor.address_id
    if address_id is None:
        if not message.from_address:
            return _NotMailed("no-sender")
        try:
            address_id = people_addresses.find_or_add(
                session, message.from_address, hasher=message.house.hasher, now=now
            ).id
        except Refused as refusal:  # nobody to write to: our own address, or what only looks like one
            return _NotMailed(refusal.slug)
    purpose = "farewell" if receipt.template == "left" else "answer"
    scope = RIGHT if receipt.template in RIGHTS else str(message.id)
    sent = replies.reply(
        session,
        network_id=message.network_id,
        address_id=address_id,
        template=receipt.template,
        fields=receipt.fields,
        now=now,
        inbox_id=message.id,
        n=1 + _answers_to(session, message.id),
        purpose=purpose,
        scope=scope,
        thread=message.thread,
        language=message.language,
        **_asks_again(message, receipt),
    )
    return None if sent is not None else _refusal(session, message.network_id, address_id, purpose, scope, now)


def _refusal(session: Connection, network_id: int, address_id: int, purpose: str, scope: str, now: datetime) -> _NotMailed:
    """Which rule of the gate it was."""
    standing_id = standing.find(session, network_id, address_id, purpose, scope)
    if standing_id is None:  # erased meanwhile: nothing was opened
        return _NotMailed("the gate refused it", by_gate=True)
    verdict = gate.ask(session, standing_id=standing_id, purpose=purpose, network_id=network_id, now=now)
    return _NotMailed(f"the gate refused it: {verdict.reason}. {verdict.sentence}", by_gate=True)


def _asks_again(message: Message, receipt: Receipt) -> dict[str, Any]:
    """Where an answer to a proof was refused, the letter that says so can be answered as the proof itself."""
    if receipt.state == "refused" and message.tag_use in (tags.SEND, tags.HOLD) and not message.for_another:
        return {"reply_use": message.tag_use, "reply_row": message.tag_row}
    return {}


def _answers_to(session: Connection, inbox_id: int) -> int:
    """How many answers this message has had: one that was sorted or replayed gets another."""
    return int(session.execute(*_copies_between(f"reply:{inbox_id}:", f"reply:{inbox_id}:~")).scalar_one())


@prepared
def _copies_between(first: Any, last: Any) -> Any:
    return select(func.count()).select_from(outgoing).where(outgoing.c.key.between(first, last))


def _finish_alone(house: House, row: Any, receipt: Receipt) -> None:
    with house.store.write() as session:
        ended = session.execute(
            update(inbox)
            .where(turns.still_held(row))
            .values(
                state=receipt.state,
                outcome=receipt.said,
                reason=receipt.reason,
                lease_owner="",
                lease_until=None,
                handled_at=clock.now(),
            )
        )
    if not ended.rowcount:
        raise turns.LeaseLost


def _put_back(house: House, row: Any, error: Exception) -> None:
    """Leave it for another try after a moment, or give up after the third; where it is not for the message, much later."""
    passing = trouble.is_passing(error)
    tries = 1 if row.reason == TROUBLE and not passing else row.attempts  # what went by in trouble says nothing of the message
    if tries >= (PATIENT_TRIES if passing else TRIES):
        _give_up(house, row, tries, type(error).__name__)
        return
    turns.put_back(house, row, tries=tries, reason=TROUBLE if passing else "" if row.reason == TROUBLE else row.reason)


def _give_up(house: House, row: Any, tries: int, cause: str = "crash") -> None:
    """`failed` is an outcome too: the bytes are kept, the organisers are told, IT can replay it."""
    now = clock.now()
    said = f"Termpost could not deal with this message after {tries} tries ({cause}). It is kept; IT can replay it."
    hidden = row.private  # V2: without its sender, everywhere
    shown = {
        "id": str(row.id),
        "from": "" if hidden else row.from_address,
        "subject": "" if hidden else row.subject,
        "reason": said,
    }
    with house.store.write() as session:
        failed = session.execute(
            update(inbox)
            .where(turns.still_held(row))
            .values(
                state="failed",
                handler="private" if hidden else "",
                outcome=said,
                reason=cause[:60],
                lease_owner="",
                lease_until=None,
                handled_at=now,
            )
        )
        if failed.rowcount and row.network_id is not None:
            replies.to_organisers(
                session,
                network_id=row.network_id,
                template="failed-list",
                fields={"messages": [shown]},
                key=f"failed:{row.id}:{row.attempts}",
                now=now,
            )
    _log.error("message failed", inbox=row.id, cause=cause)

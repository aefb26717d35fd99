"""/c/TAG: says what waits for a YES, with one button; only pressing it does anything (CMD-3, ruling 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from mailer.acts import Receipt, confirm, questions, turn
from mailer.acts.confirm import JOINS, LEAST, RIGHTS
from mailer.acts.details import OPEN
from mailer.consent import purposes
from mailer.errors import Refused
from mailer.message.tags import CONFIRM
from mailer.store.tables import confirmations
from mailer.web import details, posting, tagged
from mailer.web.asking import Answer, Asked, Page, missing
from mailer.web.tagged import Behind

WAITING, USED, EXPIRED, DECLINED, CLOSED = "waiting", "used", "expired", "declined", "closed"


def show(asked: Asked) -> Answer:
    """What would be confirmed, or that it was, or that it came too late."""
    with asked.house.store.read() as session:
        found = _found(asked, session)
        if found is None:
            return missing()
        row, behind = found
        if row.act == OPEN:
            return details.show(asked, session, behind, row)
    return _page(behind, row, _state(asked, row, behind))


def act(asked: Asked) -> Answer:
    """Redeem it. What is refused leaves nothing behind: the sentence is said, and the question stays open."""
    try:
        return _redeem(asked)
    except Refused as refusal:
        with asked.house.store.read() as session:
            found = _found(asked, session)
        return missing() if found is None else _refused(found[1], found[0], refusal)


def _redeem(asked: Asked) -> Answer:
    with asked.house.store.write() as session:
        found = _found(asked, session)
        if found is None:
            return missing()
        asked_of, behind = found
        turn.take(session, behind.actor())
        row = questions.row_of(session, asked_of.id)  # as whoever had the turn before has left it
        if row.act == OPEN:
            return details.act(asked, session, behind, row)
        state = _state(asked, row, behind)
        if state != WAITING:  # a repeat changes nothing and says what was done (contract 1)
            return _page(behind, row, state)
        if row.act == "invited" and asked.form.one("confirm") == "no":
            confirm.decline(session, row.id, channel="web", now=asked.now, evidence_sha256=posting.evidence(asked))
            return _page(behind, questions.row_of(session, row.id), DECLINED)
        before = posting.latest(session, behind.actor())
        only = [name for name in _asked_purposes(row) if name == asked.form.one("only")]
        receipt = confirm.redeem(
            session, row.id, channel="web", now=asked.now, evidence_sha256=posting.evidence(asked), purposes=only or None
        )
        row = questions.row_of(session, row.id)
        mailed = posting.receipt_by_mail(session, asked, behind.actor(), receipt) or posting.latest(session, behind.actor()) > before
    return _page(behind, row, "done", receipt, mailed)


def _found(asked: Asked, session: Connection) -> tuple[Row[Any], Behind] | None:
    confirmation_id = tagged.row_of(asked, CONFIRM)
    row = session.execute(select(confirmations).where(confirmations.c.id == confirmation_id)).first()
    if row is None:
        return None
    behind = tagged.of_address(asked, session, row.network_id, row.address_id, row.args.get("language", ""))
    return None if behind is None else (row, behind)


def _state(asked: Asked, row: Row[Any], behind: Behind) -> str:
    if row.used_at is not None:
        return DECLINED if row.said == questions.DECLINED else USED
    if behind.closed and row.act not in RIGHTS:
        return CLOSED
    return EXPIRED if row.expires_at <= asked.now else WAITING


def _asked_purposes(row: Row[Any]) -> list[str]:
    """What a yes would begin, or began: what was chosen of it counts."""
    wanted = (row.args.get("chosen") or row.args.get("purposes", ())) if row.act in JOINS else ()
    return [name for name in purposes.SUBSCRIPTIONS if name in wanted]


def _refused(behind: Behind, row: Row[Any], refusal: Refused) -> Page:
    page = _page(behind, row, "done")
    return replace(page, fields={**page.fields, "refused": True, "why": str(refusal)}, status=409)


def _page(behind: Behind, row: Row[Any], state: str, receipt: Receipt | None = None, mailed: bool = False) -> Page:
    fields = {
        "network": behind.network,
        "closed": behind.closed,
        "masked": behind.masked,
        "act": "join" if row.act in JOINS else row.act if row.act in LEAST or row.act in confirm.ACTS else "other",
        "invited": row.act == "invited",
        "purposes": _asked_purposes(row),
        "state": state,
        "used_at": None if row.used_at is None else row.used_at.isoformat(),
        "refused": receipt is not None and receipt.state == "refused",
        "not_sent": receipt is not None and receipt.reason == confirm.NOT_ASKABLE,
        "left_since": receipt is not None and receipt.reason == confirm.LEFT_SINCE,
        "why": "",
        "mailed": mailed,
    }
    return Page("confirm", fields, language=behind.language)

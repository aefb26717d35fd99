"""/c/TAG of "show me my details": what a person told us of themselves, and who may see it, open for a short time.

The link went to the address on record, so whoever presses its button reads that mailbox: a fresh confirmation (CMD-4).
It works once; from then on the same page shows the details for `OPEN_FOR`, keeps what is sent back, and then says that
its time is over. GET changes nothing (V7), no cookie is set, and the address itself is shown cut short (V9).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from mailer.acts import Receipt, Strength, confirm, questions, share, undo
from mailer.acts import details as acts
from mailer.errors import Refused
from mailer.message.tags import PREFERENCES
from mailer.people import membership, profile
from mailer.store.tables import standings
from mailer.web import posting
from mailer.web.asking import Asked, Page
from mailer.web.tagged import Behind

OPEN_FOR = timedelta(hours=1)
WAITING, OPEN, OVER = "waiting", "open", "over"


def show(asked: Asked, session: Connection, behind: Behind, row: Row[Any]) -> Page:
    """The button that opens it, the details, or that the time is over."""
    return _page(asked, session, behind, _state(asked, row))


def act(asked: Asked, session: Connection, behind: Behind, row: Row[Any]) -> Page:
    """Open it, or keep what was filled in."""
    state = _state(asked, row)
    if state == WAITING:
        confirm.redeem(session, row.id, channel="web", now=asked.now, evidence_sha256=posting.evidence(asked))
        return _page(asked, session, behind, OPEN)
    if state == OVER or asked.form.one("do") != "details":
        return _page(asked, session, behind, state)
    try:
        receipt = _keep(asked, session, behind)
    except Refused as refusal:
        return _page(asked, session, behind, OPEN, problem=refusal.slug, status=400)
    if receipt is None:
        return _page(asked, session, behind, OPEN, done="no-change")
    mailed = posting.receipt_by_mail(session, asked, behind.actor(), receipt)
    return _page(asked, session, behind, OPEN, done="details", mailed=mailed)


def _keep(asked: Asked, session: Connection, behind: Behind) -> Receipt | None:
    """One receipt and one UNDO for all that was changed; none if nothing was."""
    actor = behind.actor(posting.evidence(asked), Strength.CONFIRM)
    said = {f: asked.form.one(f, profile.FIELDS[f].longest) for f in profile.WRITTEN if asked.form.many(f)}
    seen = {f: asked.form.one(f"show-{f}") for f in profile.FIELDS if asked.form.many(f"show-{f}")}
    done = [acts.change(session, actor, said, now=asked.now), share.share(session, actor, seen, now=asked.now)]
    changed = [receipt for receipt in done if receipt.fields.get("changes")]
    if not changed:
        return None
    undo_id = undo.together(session, [receipt.fields["undo"] for receipt in changed])
    names = {name for receipt in changed for name in receipt.fields["changes"]}
    last = changed[-1]
    fields = {**last.fields, "changes": [name for name in profile.FIELDS if name in names], "undo": undo_id}
    return replace(last, fields=fields)


def _state(asked: Asked, row: Row[Any]) -> str:
    if row.said == questions.DECLINED:  # their NO opens nothing
        return OVER
    if row.used_at is None:
        return WAITING if row.expires_at > asked.now else OVER
    return OPEN if row.used_at + OPEN_FOR > asked.now else OVER


def _page(
    asked: Asked,
    session: Connection,
    behind: Behind,
    state: str,
    *,
    done: str = "",
    mailed: bool = False,
    problem: str = "",
    status: int = 200,
) -> Page:
    member = membership.of_address(session, behind.network_id, behind.address_id)
    if member is None or member.ended_at is not None:
        state = OVER
    fields: dict[str, Any] = {
        "network": behind.network,
        "masked": behind.masked,
        "state": state,
        "back": _back(asked, session, behind),
        "details": [],
        "audiences": profile.AUDIENCES,
        "done": done,
        "mailed": mailed,
        "problem": problem,
    }
    if state == OPEN and member is not None:
        sees = profile.audiences(session, behind.network_id, member.address_id)
        said = profile.values(session, member)
        typed = {f: asked.form.one(f, profile.FIELDS[f].longest) if problem else said[f] for f in profile.WRITTEN}
        fields["details"] = [
            {
                "name": name,
                "written": name in typed,
                "value": typed.get(name, ""),
                "longest": field.longest,
                "shown": asked.form.one(f"show-{name}") if problem else sees[name],
            }
            for name, field in profile.FIELDS.items()
        ]
    return Page("details", fields, status=status, language=behind.language)


def _back(asked: Asked, session: Connection, behind: Behind) -> str:
    """The page of what they get: whoever came here by a fresh link may go there."""
    mine = (standings.c.network_id == behind.network_id) & (standings.c.address_id == behind.address_id)
    standing_id = session.execute(select(standings.c.id).where(mine).order_by(standings.c.id).limit(1)).scalar()
    return "" if standing_id is None else f"/p/{asked.house.keys.tag(PREFERENCES, standing_id)}"

"""What is written about the newsletter: the issue itself, the editors' tray, a nudge to who promised a piece."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle.matter import Matter, Nothing, note
from mailer.discussion import offers
from mailer.newsletters import assembly, issues, pieces, printing, promises
from mailer.outbound.letter import Picture
from mailer.store.tables import networks

A_DAY = timedelta(days=1)


def issue(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    """The newsletter, with its pictures inside."""
    if not assembly.has_matter(session, occasion.thing_id):
        return Nothing("No piece has come yet.", ask="pieces")
    tree = assembly.assemble(session, occasion.thing_id, now)
    meeting = tree["next_meeting"]
    return Matter(
        {**tree, "note": note(occasion), "exchange": _exchange(session, occasion, now)},
        pictures=tuple(
            Picture(p.cid, p.type, p.name, p.content) for p in printing.printed_pictures(session, occasion.thing_id)
        ),
        said=lambda language: assembly.headed(tree, language),
        tells=(int(meeting["id"]),) if meeting else (),
    )


def _exchange(session: Connection, occasion: Any, now: datetime) -> dict[str, Any]:
    """What is open at the exchange and what has gone since the last newsletter, by subject: who wrote it told the exchange,
    not every reader, and the published page does not show it (V9)."""
    before = issues.previous(session, issues.get(session, occasion.thing_id))
    return {
        "open": offers.open_now(session, occasion.network_id, now),
        "gone": offers.gone_since(session, occasion.network_id, before.publishes_at if before else None, now),
    }


def issue_tray(session: Connection, occasion: Any, now: datetime) -> Matter:
    """For the editors: what is in, promised, missing."""
    one = issues.get(session, occasion.thing_id)
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    return Matter(
        {
            "issue": issues.facts(one, network.timezone),
            "pieces": [piece for piece in pieces.show(session, one) if piece["state"] == "in"],
            "promised": [
                {
                    "number": promise.number,
                    "title": promise.title,
                    "person": promise.person,
                    "by": promise.by_on.isoformat() if promise.by_on else "",
                }
                for promise in promises.open_for(session, one.id)
            ],
            "untranslated": [],
            "warnings": assembly.warnings(session, one),
        }
    )


def promise_nudge(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    promise = promises.get(session, occasion.thing_id)
    if promise.state != "open":
        return Nothing("The promise was kept or dropped.")
    if promise.at > occasion.due_at - A_DAY:
        return Nothing("It was promised just now, and the receipt said by when.")
    one = issues.get(session, promise.issue_id)
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    return Matter(
        {
            "issue": issues.facts(one, network.timezone),
            "promise": {"id": str(promise.id), "title": promise.title, "person": promise.person},
            "note": note(occasion),
        }
    )

"""WHO DID WHAT: an organiser is sent what was done in their network, by whom, and how that was known (N30).

It changes nothing and goes to the address on record, so the word is enough, as for STATUS. Whoever organises nothing is sent
their own STATUS instead: what is theirs of it stands there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, status
from mailer.people import committee, networks, trail

LATELY = timedelta(days=30)
MOST = 100  # lines of a letter


def letter(session: Connection, actor: Actor, since: date | None = None, unread: str = "", *, now: datetime) -> Receipt:
    """The last thirty days, or everything since a day. `unread`: what was said of the day, where it is none that was."""
    if not committee.is_organiser(session, actor.network_id, actor.address_id):
        return status.status(session, actor, now=now)
    zone = ZoneInfo(networks.by_id(session, actor.network_id).timezone)
    day = since or (now - LATELY).astimezone(zone).date()
    entries, in_all = trail.of_network(session, actor.network_id, datetime.combine(day, time(), zone), MOST)
    fields = {"since": day.isoformat(), "entries": [trail.facts(one) for one in entries], "more": in_all - len(entries), "unread": unread}
    return Receipt("who-did-what", "Was sent what was done in the network.", fields)

"""For whoever watches the service: is the process alive, and can it work."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, TimeoutError

from mailer.store import upgrade
from mailer.store.tables import networks
from mailer.web.asking import Answer, Asked, Octets

JSON = "application/json"


def alive(_asked: Asked) -> Answer:
    """The process answers; it looks at nothing, so that a slow database does not get the process killed."""
    return Octets(b'{"alive": true}\n', JSON)


def ready(asked: Asked) -> Answer:
    """200 if the database answers and stands at the newest revision, else 503 and why."""
    try:
        with asked.house.store.read() as session:
            session.execute(select(networks.c.id).limit(1)).first()
        stands = upgrade.revision(asked.house.store)
    except (DBAPIError, TimeoutError):
        return _said(503, ready=False, reason="the database does not answer or has no tables; run: termpost check")
    needed = _newest()
    if upgrade.is_newer(stands):
        return _said(503, ready=False, reason=str(upgrade.Newer(stands)))
    if stands != needed:
        return _said(
            503, ready=False, reason=f"the database is at {stands}, needed is {needed}; run: termpost db upgrade"
        )
    return _said(200, ready=True, revision=stands)


@lru_cache
def _newest() -> str:
    """What this code knows; it does not change while the process lives."""
    return upgrade.head()


def _said(status: int, **words: object) -> Octets:
    return Octets(json.dumps(words).encode() + b"\n", JSON, status)

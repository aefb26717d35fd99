"""Two entries of one person: their ids, who makes them one, and that the ledger agrees before and after they are parted."""

from __future__ import annotations

from mailer.acts import Actor, Receipt, Strength, merge
from mailer.consent import ledger, standing
from mailer.people import addresses
from tests.stage import Stage


def operator(stage: Stage) -> Actor:
    return Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")


def id_of(stage: Stage, address: str) -> int:
    with stage.house.store.read() as session:
        found = addresses.find(session, address)
        assert found is not None
        return found.id


def part(stage: Stage, done: Receipt) -> None:
    """Take the merge back."""
    with stage.house.store.write() as session:
        assert standing.rebuild(session) == []
        merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
        assert standing.rebuild(session) == []
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []

"""FORGET ME while the invitation to them is in a connection, at a relay that takes its time. On SQLite too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from mailer.acts import forget_me
from mailer.cycle import due
from mailer.store.tables import outgoing
from tests.live.people import approve, meeting
from tests.stage import Stage


def test_dp_11_who_is_forgotten_while_their_invitation_is_in_a_connection(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.network()
    rose = stage.member("rose@hill.school.example", "Rose Reader")
    meeting(stage.house, stage.network_id, stage.now + timedelta(days=40), stage.now)
    approve(stage.house, "invitation", stage.now)
    assert due.steps(stage.house, stage.now)
    (copy,) = stage.copies(address_id=rose)
    assert copy.invitation_id is not None
    with stage.house.store.write() as session:
        begun = {"state": "sending", "lease_owner": "w", "lease_until": stage.now}
        session.execute(update(outgoing).where(outgoing.c.id == copy.id).values(**begun))
        erasure = forget_me.by_operator(session, stage.network_id, rose, now=stage.now)
    assert not forget_me.carry_out(stage.house, erasure, stage.now), "asked again later"
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == copy.id).values(state="accepted", finished_at=stage.now))
    assert forget_me.carry_out(stage.house, erasure, stage.now)
    stage.close()

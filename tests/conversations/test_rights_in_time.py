"""MY DATA and FORGET ME are written down with the day they were asked for and the day they are due; `check` says what is owed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from mailer.acts import forget_me, rights
from mailer.cli.checking import Finding, Place, rows
from mailer.consent import ledger
from mailer.store.tables import erasures, outgoing
from tests.conversations.scenes import DAWN, JANE
from tests.stage import DOMAIN, Stage

HELP = f"mendip-help@{DOMAIN}"
MONTH = timedelta(days=30)


def owed(stage: Stage) -> list[Finding]:
    return list(rows.requests(Place(stage.settings, stage.house.store)))


def listed(stage: Stage) -> list[rights.Request]:
    with stage.house.store.read() as session:
        assert ledger.verify(session) == []
        return rights.listing(session)


def test_a_copy_is_due_a_month_after_it_was_asked_for_and_done_as_it_leaves(stage: Stage) -> None:
    """DP-9."""
    asked_at = stage.now
    stage.mail(JANE, HELP, "", "MY DATA")
    assert listed(stage) == []  # not theirs until they say so
    stage.later(hours=30)
    stage.reply(stage.last(JANE), "YES")
    (one,) = listed(stage)
    assert (one.what, one.asked_at, one.due_at) == ("MY DATA", asked_at, asked_at + MONTH)
    assert one.done_at == stage.now
    assert owed(stage) == []


def test_one_that_did_not_leave_is_owed_until_it_does(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "MY DATA")
    stage.reply(stage.last(JANE), "YES")
    (one,) = listed(stage)
    letter = outgoing.c.id == int(one.thing.removeprefix("outgoing:"))
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(letter).values(state="failed", reason="no-such-address"))
    (waits,) = owed(stage)
    assert waits.ok
    assert f"MY DATA of Mon 23 Nov 2026 ({one.thing}) is to be done by Wed 23 Dec 2026" in waits.what
    stage.at(stage.now + timedelta(days=31))
    (late,) = owed(stage)
    assert not late.ok
    stage.mail(JANE, HELP, "", "MY DATA")
    stage.reply(stage.last(JANE), "YES")
    assert owed(stage) == []


def test_to_be_forgotten_stands_beside_it(stage: Stage) -> None:
    """DP-11."""
    stage.mail(DAWN, HELP, "", "FORGET ME")
    stage.reply(stage.last(DAWN), "YES")
    (waits,) = owed(stage)
    assert waits.ok
    assert "FORGET ME of Mon 23 Nov 2026 (erasure:1) is to be done by Wed 23 Dec 2026" in waits.what
    stage.at(stage.now + timedelta(days=31))
    assert not owed(stage)[0].ok
    with stage.house.store.write() as session:
        session.execute(update(erasures).values(done_at=stage.now))
    assert owed(stage) == []


def test_to_be_forgotten_is_due_a_month_after_it_was_asked_for_too(stage: Stage) -> None:
    """DP-11. The farewell and mail that is on its way have their time from the YES on."""
    asked_at = stage.now
    stage.mail(DAWN, HELP, "", "FORGET ME")
    stage.later(hours=30)
    stage.reply(stage.last(DAWN), "YES")
    (one,) = listed(stage)
    assert (one.what, one.asked_at, one.due_at) == ("FORGET ME", asked_at, asked_at + MONTH)
    with stage.house.store.write() as session:
        farewell = session.execute(select(erasures.c.farewell_id)).scalar_one()
        session.execute(update(outgoing).where(outgoing.c.id == farewell).values(state="deferred"))
        assert forget_me.due(session, stage.now + timedelta(minutes=59)) == []
        assert len(forget_me.due(session, stage.now + timedelta(minutes=61))) == 1

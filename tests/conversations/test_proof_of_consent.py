"""DP-1: whoever gets mail, the ledger shows by which words, under which notice and with what evidence, whichever way they came."""

from __future__ import annotations

from sqlalchemy import select

from mailer.consent import ledger, purposes, standing, wordings
from mailer.store.tables import inbox, standings
from mailer.store.tables import ledger as rows
from mailer.store.tables import wordings as wording_table
from tests.conversations.scenes import DAWN, JANE, OLIVE
from tests.stage import DOMAIN, Stage

NEW, INVITED = "new@far.school.example", "karen@new.school.example"


def test_every_word_that_opens_mail_is_proven(stage: Stage) -> None:
    with stage.house.store.read() as session:
        before = max(session.execute(select(rows.c.id)).scalars())
    stage.mail(NEW, f"mendip-join@{DOMAIN}", "join", "")
    stage.reply(stage.last(NEW), "YES")
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", f"Karen Price, {INVITED}, New School")
    stage.reply(stage.last(OLIVE), "YES")
    stage.reply(stage.last(INVITED), "ONLY MEETINGS")
    for who in (JANE, DAWN):
        stage.mail(who, f"mendip-help@{DOMAIN}", "", "STATUS")
        stage.reply(stage.last(who), "KEEP EXCHANGE")
    assert "may write to me at this address about: equipment offered and wanted" in stage.last(DAWN).words
    with stage.house.store.read() as session:
        since = rows.c.id > before, rows.c.standing == "active", rows.c.purpose.in_(purposes.SUBSCRIPTIONS)
        opened = session.execute(select(rows).where(*since)).all()
        assert {row.act for row in opened} == {"join", "keep"}
        assert len(opened) == 5
        for row in opened:
            said = session.execute(select(wording_table).where(wording_table.c.id == row.wording_id)).one()
            assert "Mendip Technicians" in said.text
            assert wordings.version(session, said.id) >= 1
            assert row.notice_version == 1
            mail = session.execute(select(inbox).where(inbox.c.id == row.inbox_id)).one()
            assert row.evidence_sha256 == mail.raw_sha256
            kept = session.execute(select(standings).where(standings.c.ledger_id == row.id)).one()
            assert (kept.address_id, kept.purpose, kept.standing) == (row.address_id, row.purpose, "active")
    with stage.house.store.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []

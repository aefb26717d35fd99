"""FORGET ME takes a name out of other people's proof of consent, and leaves them the rest of it (DP-1, DP-11, V10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import forget_me, import_members
from mailer.acts.import_lines import Wish
from mailer.consent import ledger, standing
from mailer.people import sheet
from mailer.store.tables import ledger as ledger_rows
from mailer.store.tables import ledger_fields
from tests.conversations.scenes import DAWN
from tests.stage import DOMAIN, Stage

COLLECTED = "paper slips collected by Dawn Day, 3 May"


def imported(stage: Stage, people: int) -> None:
    rows = sheet.read(("email,name\n" + "".join(f"p{i}@q.example,Pat {i}\n" for i in range(people))).encode()).rows
    wish = Wish(stage.network_id, stage.house.hasher, evidence=COLLECTED, sha256="ab" * 32)
    with stage.house.store.write() as session:
        import_id = import_members.begin(session, wish, file="slips.csv", lines=people, now=stage.now)
        import_members.carry_out(session, wish, import_id, rows, stage.now)


def proofs(session: Connection) -> list[Any]:
    """Every row of the import with its personal part, none where it is gone."""
    with_fields = ledger_rows.outerjoin(ledger_fields, ledger_fields.c.ledger_id == ledger_rows.c.id)
    query = select(ledger_fields.c.fields).select_from(with_fields).where(ledger_rows.c.channel == "import")
    return list(session.execute(query.order_by(ledger_rows.c.id)).scalars())


def test_the_proof_of_others_outlives_who_collected_it(stage: Stage) -> None:
    imported(stage, 5)
    with stage.house.store.write() as session:
        before = proofs(session)
        ledger.seal(session, stage.now)
    assert len(before) >= 5
    assert {fields["evidence"] for fields in before} == {COLLECTED}
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    stage.reply(stage.last(DAWN), "YES")
    with stage.house.store.read() as session:
        (erasure_id,) = forget_me.due(session, stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    with stage.house.store.write() as session:
        assert proofs(session) == [{**fields, "evidence": "paper slips collected by [erased], 3 May"} for fields in before]
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []

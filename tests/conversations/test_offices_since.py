"""What has changed between an office and a word about it: a leave taken back, a school left before the YES (N22, N30)."""

from __future__ import annotations

import pytest

from mailer.people import addresses, membership
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"


def roles_of(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        found = membership.of_address(session, stage.network_id, known.id if known else None)
        return set() if found is None else set(found.roles)


def test_the_committee_hears_that_an_organiser_took_their_leave_back(stage: Stage) -> None:
    """They were asked who takes over: nobody goes on looking."""
    stage.mail(PETER, f"mendip-leave@{DOMAIN}", "", "")
    assert "Who takes over?" in stage.last(OLIVE).subject
    stage.reply(stage.last(PETER), "UNDO")
    assert roles_of(stage, PETER) == {"member", "organiser"}
    told = stage.last(OLIVE)
    assert told.subject == "Peter Mill is organiser again"
    assert "Nobody has to take over." in told.words
    assert "again" not in stage.last(PETER).subject
    before = len(stage.mails(OLIVE))
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    stage.reply(stage.last(JANE), "UNDO")
    assert len(stage.mails(OLIVE)) == before  # who holds no office is nobody's business


@pytest.mark.parametrize("moves", [True, False], ids=["to another school", "stays"])
def test_a_contact_is_named_for_the_school_they_were_asked_for(stage: Stage, moves: bool) -> None:
    stage.mail(OLIVE, ORGANISE, "Offices", "Dawn Day: named contact")
    stage.reply(stage.last(OLIVE), "YES")
    asked = stage.last(DAWN)
    assert "named contact" in asked.words
    if moves:
        stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STATUS")
        stage.reply(stage.last(DAWN), "My school is Lake College")
    row = stage.outcome(stage.reply(asked, "YES"))
    assert ("named-contact" in roles_of(stage, DAWN)) == (not moves)
    assert row.state == ("refused" if moves else "done")
    if moves:
        assert "you have gone to another one since" in stage.last(DAWN).words

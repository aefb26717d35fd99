"""What people need at a meeting is kept for the meeting and goes seven days after it, wherever it went (DP-14, ruling 11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mailer.acts import retained
from mailer.consent import leavings
from mailer.web import application
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, answers, invited
from tests.databases import columns_with
from tests.hosted import staged_on_postgres
from tests.servers import NewDatabase
from tests.stage import DOMAIN, Got, Stage, staged
from workers import scheduler

ENDS = STARTS + timedelta(hours=2)
NEEDS = ("coeliac", "wheelchair", "vegan", "step-free")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def invitation(stage: Stage, who: str) -> Got:
    """The newest."""
    return next(mail for mail in reversed(stage.mails(who)) if mail.subject.startswith("Meeting") and "are you coming" in mail.subject)


def retain(stage: Stage, moment: datetime) -> dict[str, int]:
    stage.at(moment)
    stage.settle()
    with stage.house.store.write() as session:
        return retained.run(session, stage.settings.retention, stage.now)


def told(stage: Stage) -> int:
    """Needs by mail, on the page, and in a mail that is no answer; and one of them had MY DATA sent."""
    meeting_id = invited(stage)
    stage.reply(invitation(stage, JANE), "Yes, coeliac so gluten free please. We will need wheelchair access, is there a lift?")
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
        client.post(f"/r/{invitation(stage, DAWN).link('r')}", data={"answer": "yes", "note": "vegan"})
    stage.settle()
    stage.reply(invitation(stage, PETER), "Is the hall step-free? I could not say otherwise.")
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "MY DATA")
    stage.reply(stage.last(JANE), "YES")
    stage.at(STARTS - timedelta(days=1, hours=5))
    stage.settle()
    return meeting_id


def test_every_trace_of_a_need_goes_seven_days_after_the_meeting(stage: Stage) -> None:
    meeting_id = told(stage)
    assert any("coeliac" in mail.text and "vegan" in mail.text for mail in stage.mails(OLIVE))  # the sheet of the day
    retain(stage, ENDS + timedelta(days=6, hours=20))
    assert {"responses.note", "raws.content", "tray.content", "letters.fields"} <= columns_with(stage.house.store, *NEEDS)
    assert retain(stage, ENDS + timedelta(days=7, hours=1))["needs"] > 0
    assert columns_with(stage.house.store, *NEEDS) == set()
    assert answers(stage, meeting_id) == answers(stage, meeting_id) | {JANE: "yes", DAWN: "yes"}
    assert "needs" not in retain(stage, ENDS + timedelta(days=7, hours=2))


def test_what_came_for_a_meeting_still_to_come_stays(stage: Stage) -> None:
    invited(stage)
    stage.reply(invitation(stage, JANE), "Yes, coeliac.")
    later = stage.meeting(STARTS + timedelta(days=40), venue="Mill Academy")
    for day in range(8, 15):
        stage.at(STARTS + timedelta(days=day))
        stage.settle()
        for proof in [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof") and "1 March" in mail.subject]:
            stage.reply(proof, "SEND")
    stage.reply(invitation(stage, DAWN), "Yes, vegan.")
    retain(stage, STARTS + timedelta(days=30))
    assert columns_with(stage.house.store, "coeliac") == set()
    assert answers(stage, later)[DAWN] == "yes"
    assert {"responses.note", "raws.content", "letters.fields"} <= columns_with(stage.house.store, "vegan")


def test_a_receipt_is_still_answered_when_its_words_are_gone(stage: Stage) -> None:
    told(stage)
    receipt = next(mail for mail in stage.mails(JANE) if "coeliac" in mail.text)
    retain(stage, ENDS + timedelta(days=8))
    inbox_id = stage.reply(receipt, "Thanks, it was lovely.")
    assert stage.outcome(inbox_id).state not in ("failed", "handling")


@pytest.mark.postgres
def test_on_postgresql_too_and_so_are_leavings_written_down(postgres: NewDatabase, tmp_path: Path) -> None:
    """The fields of letters are looked through as text."""
    for stage in staged_on_postgres(postgres, tmp_path):
        test_every_trace_of_a_need_goes_seven_days_after_the_meeting(stage)
        stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STOP")
        scheduler.seal(stage.house, stage.now)
        ended, suppressed = leavings.read(stage.settings.data_dir / leavings.NAME)
        assert ended
        assert suppressed

"""What retention took is written down, shown by `check`, and told to the operator once a month (DP-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.acts import retained
from mailer.cli.checking import Place, rows
from mailer.store.tables import audit
from tests.stage import DOMAIN, Stage, staged
from workers import scheduler

OPERATOR = "it@uni.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path, operator=OPERATOR)


def day(stage: Stage, moment: datetime) -> None:
    """The scheduler's round on a day, and what it writes."""
    stage.at(moment)
    scheduler.retain(stage.house, moment)
    stage.settle()


def reports(stage: Stage) -> list[str]:
    return [mail.words for mail in stage.mails(OPERATOR) if mail.subject.startswith("Deleted in")]


def test_a_round_is_in_the_audit_trail_and_in_check_and_a_month_of_them_in_one_mail(stage: Stage) -> None:
    stage.mail("jane@hill.school.example", f"mendip-help@{DOMAIN}", "help", "help")
    day(stage, stage.now + timedelta(days=33))  # 26 December: the tray's thirty days are over
    with stage.house.store.read() as session:
        (fields,) = session.execute(select(audit.c.fields).where(audit.c.act == retained.ACT)).scalars()
    assert fields["tray"] > 0
    assert all(isinstance(count, int) for count in fields.values())
    assert reports(stage) == []
    place = Place(stage.settings, stage.house.store)
    (found,) = rows.retention(place)
    assert found.ok
    assert f"{fields['tray']} tray" in found.what

    day(stage, datetime(2027, 1, 1, 9, 0, tzinfo=UTC))
    day(stage, datetime(2027, 1, 2, 9, 0, tzinfo=UTC))
    (report,) = reports(stage)
    assert "deleted in December 2026" in report
    assert "copies that the tray keeps instead of sending" in report
    assert "30 days" in report

    stage.at(datetime(2027, 1, 9, 9, 0, tzinfo=UTC))
    (late,) = rows.retention(place)
    assert not late.ok


def test_a_month_without_anything_is_not_worth_a_mail(stage: Stage) -> None:
    for month in (12, 1, 2):
        day(stage, datetime(2026 + (month < 12), month, 1, 9, 0, tzinfo=UTC))
    assert reports(stage) == []


def test_check_names_a_complaint_and_its_day(stage: Stage) -> None:
    stage.mail("jane@hill.school.example", f"mendip-committee@{DOMAIN}", "GDPR complaint", "My address went to a firm.")
    place = Place(stage.settings, stage.house.store)
    (open_one,) = rows.complaints(place)
    assert open_one.ok
    assert "mendip: complaint 1 about personal data is to be answered by Wed 23 Dec 2026" in open_one.what
    stage.at(stage.now + timedelta(days=31))
    (overdue,) = rows.complaints(place)
    assert not overdue.ok

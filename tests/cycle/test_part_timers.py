"""WORKING DAYS THU: letters wait for a day on which their reader works, where that is in time (design 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.cycle import outlook
from mailer.cycle.forecast import Forecast, Later
from mailer.outbound.compose import compose
from mailer.store.tables import memberships
from tests.conversations.scenes import DAWN, OLIVE
from tests.stage import DOMAIN, Stage, staged
from tests.templates import MENDIP, sample

MEETING = datetime(2027, 3, 18, 14, 0, tzinfo=UTC)  # a Thursday
INVITED = datetime(2027, 2, 18, 9, 0, tzinfo=UTC)  # a month before, a Thursday as well


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def keeps(stage: Stage, address: str, days: str) -> None:
    """By mail, as anybody would."""
    got = stage.outcome(stage.mail(address, f"mendip-help@{DOMAIN}", "", f"WORKING DAYS {days}"))
    if got.state == "asked":
        stage.reply(stage.last(address), "YES")


def to_the_invitation(stage: Stage) -> None:
    stage.meeting(MEETING, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=11)
    stage.at(INVITED.replace(day=16))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")


def asked(stage: Stage, address: str) -> bool:
    return any(mail.subject.endswith("are you coming?") for mail in stage.mails(address))


def planned(stage: Stage) -> list[tuple[str, int, str]]:
    """What the plan says of who gets the invitation later."""
    with stage.house.store.read() as session:
        rows = outlook.to_come(session, stage.network_id, stage.now)
    (later,) = [row["later"] for row in rows if row["kind"] == "invitation"]
    return [(one["at"][:10], one["count"], one["why"]) for one in later]


def goes(stage: Stage, kind: str) -> dict[str, tuple[str, str]]:
    """Who gets it on which day, and why it waits."""
    found = stage.copies(occasion_id=stage.occasion(kind).id)
    return {copy.to_address: (f"{copy.not_before:%a %d %b}", copy.reason if copy.state == "queued" else "") for copy in found}


def test_who_works_on_other_days_gets_it_then_and_the_rest_at_its_time(stage: Stage) -> None:
    keeps(stage, DAWN, "TUE MON")
    to_the_invitation(stage)
    receipt = stage.last(OLIVE).words  # it says so before it happens
    assert "It goes to 3 people on Thursday 18 February at 09:00, and to 1 person who does not work that day on Monday 22 February at 09:00." in receipt
    assert planned(stage) == [("2027-02-22", 1, "does not work that day")]
    stage.at(INVITED)
    stage.settle()
    fell = goes(stage, "invitation")
    assert fell.pop(DAWN) == ("Mon 22 Feb", "not a day they work; goes Mon 22 Feb")
    assert {day for day, _ in fell.values()} == {"Thu 18 Feb"}
    assert planned(stage) == [("2027-02-22", 1, "does not work that day")]
    assert not asked(stage, DAWN)
    stage.at(datetime(2027, 2, 22, 9, 1, tzinfo=UTC))
    stage.settle()
    assert asked(stage, DAWN)
    assert stage.occasion("invitation").state == "sent"


@pytest.mark.parametrize("days", ["", "thu fri"], ids=["every day", "a day they work"])
def test_whose_day_it_is_waits_for_nothing(stage: Stage, days: str) -> None:
    with stage.house.store.write() as session:
        session.execute(update(memberships).values(working_days=days))
    to_the_invitation(stage)
    stage.at(INVITED)
    stage.settle()
    assert {day for day, _ in goes(stage, "invitation").values()} == {"Thu 18 Feb"}


def test_what_would_come_too_late_comes_on_its_own_day(stage: Stage) -> None:
    """Where their next day is after *until*, it is not waited for."""
    keeps(stage, DAWN, "FRI")
    stage.meeting(datetime(2026, 11, 26, 14, 0, tzinfo=UTC), venue="Hill School", host="Hill School")  # this Thursday
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND NOW")
    stage.later(minutes=11)
    assert goes(stage, "final-agenda")[DAWN] == ("Mon 23 Nov", "")


@pytest.mark.parametrize(
    ("off", "english", "welsh"),
    [
        (0, "get another mail that day", "sy'n cael neges arall y diwrnod hwnnw"),
        (2, "do not work that day", "nad ydynt yn gweithio y diwrnod hwnnw"),
        (1, "get another mail or do not work that day", "sy'n cael neges arall neu heb fod yn gweithio y diwrnod hwnnw"),
    ],
)
def test_a_receipt_says_why_some_get_it_later(off: int, english: str, welsh: str) -> None:
    later = Forecast(INVITED, 3, (Later(INVITED + timedelta(days=4), 2, off),)).fields("Europe/London")["later"]
    fields = {**sample("replies/approved"), "later": later}
    for language, words in (("en", f"to 2 people who {english} on"), ("cy", f"at 2 o bobl {welsh} ddydd Llun")):
        draft, _ = compose("replies/approved", fields, network=MENDIP, language=language, klass="desk")
        assert words in " ".join(draft.text.split())

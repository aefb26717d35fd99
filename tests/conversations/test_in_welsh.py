"""Who reads Welsh gets Welsh: every kind of mail, and whatever is answered, refused or sent in a term (ACC-9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.acts import Actor, Strength, issue
from mailer.store.tables import networks, people
from tests.conversations.every_kind import every_kind
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Got, Stage, staged
from tests.templates import TEMPLATES
from tests.templates.test_welsh import AS_IT_IS, ENGLISH


def test_every_kind_goes_out_in_welsh(tmp_path: Path) -> None:
    mails = next(every_kind(stage, language="cy") for stage in staged(tmp_path))
    assert set(mails) == set(TEMPLATES)
    assert {kind for kind, got in mails.items() if got.message["Content-Language"] != "cy"} == set()
    feet = {kind: got.text.rpartition("\n-- \n")[2] for kind, got in mails.items()}
    assert {
        kind: foot for kind, foot in feet.items() if "Rydych yn cael hwn" not in foot or ENGLISH.findall(foot)
    } == {}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A network whose people all read and write Welsh, so that what is English in their mail is ours."""
    for stage in staged(tmp_path):
        with stage.house.store.write() as session:
            session.execute(update(networks).values(language="cy", name="Technegwyr Mendip"))
            session.execute(update(people).values(language="cy"))
        yield stage


def english(stage: Stage) -> dict[str, list[str]]:
    """What is left in English, by the subject of its mail."""
    left = {}
    for got in stage.mails():
        ours = "\n".join(line for line in got.text.splitlines() if not line.startswith(">") and "://" not in line)
        found = ENGLISH.findall(re.sub("|".join(AS_IT_IS), "", f"{got.subject}\n{ours}"))
        if found:
            left[got.subject] = [line for line in f"{got.subject}\n{ours}".splitlines() if ENGLISH.search(line)]
    return left


WORDS = (
    "STATUS", "HELP", "PAUSE UNTIL 1 SEPTEMBER", "RESUME", "PAUSE UNTIL 1 JANUARY 2099", "DIGEST", "EVERY POST", "PLAIN TEXT", "WITH LAYOUT",
    "WORKING DAYS TUE THU", "KEEP DIRECTORY", "STOP NEWSLETTER", "KEEP NEWSLETTER", "ONLY MEETINGS", "UNDO", "MY YEAR", "FOR MY IT", "MY DETAILS",
    "MY DATA", "FORGET ME", "CHANGE ADDRESS TO jane@hill.school.example", "CHANGE ADDRESS TO jane@newydd.example", "MY NAME IS Jane Ddu",
    "Ydw, gyda Karen, llysieuol", "EFALLAI", "NA", "WHO DID WHAT", "STOP",
)  # fmt: skip


def test_whatever_a_member_says_is_answered_in_welsh(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Ysgol y Bryn", host="Ysgol y Bryn")
    stage.settle()
    stage.reply(proof(stage), "SEND NOW")
    stage.later(minutes=11)
    for door, subject, text in (
        ("agenda", "Tapiau nwy", "Mae ein rhai ni yn gollwng. Deng munud."),
        ("news", "Yr awtoclaf", "Daeth yr awtoclaf ym mis Medi ac nid yw wedi bod yn dawel ers hynny. " * 4),
        ("news", "Cylchlythyr", "Byddaf yn ysgrifennu darn am y cloriannau erbyn 12 Ionawr"),
        ("agenda", "", ""),
        ("private", "Cyflog", "Sut mae eraill yn gofyn?"),
        ("help", "Help", "Rwyf ar goll."),
    ):
        stage.mail(JANE, f"mendip-{door}@{DOMAIN}", subject, text)
    stage.reply(stage.last(JANE), "WITHDRAW")
    stage.mail(JANE, f"mendip@{DOMAIN}", "Platiau agar", "Sut ydych chi'n eu storio?")
    stage.mail(JANE, f"mendip-exchange@{DOMAIN}", "Dwy glorian", "Mae'r ddwy yn gweithio ac ar gael.")
    first = next(mail for mail in stage.mails(JANE) if "Cadwch y dyddiad" in mail.subject)
    for word in WORDS:
        stage.reply(first, word)
    assert english(stage) == {}
    assert len(stage.mails(JANE)) > len(WORDS)


def test_a_term_is_run_in_welsh(stage: Stage) -> None:
    """What organisers and members get from the day a meeting is made until its notes are out, newsletter included."""
    write(
        stage,
        "Meeting",
        "Dyddiad: 20 Ionawr 2027\nAmser: 14:00 - 16:00\nLleoliad: Ysgol y Bryn\nGwesteiwr: Ysgol y Bryn",
    )
    write(stage, "Meeting", "Dyddiad: 13 Chwefror 2027\nAmser: 14:00 - 16:00\nLleoliad: Ysgol y Felin")
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Meeting", "Lleoliad: Ysgol y Felin")
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Move the meeting", "Dyddiad: 3 Mawrth 2020")
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Newsletter", "3 Mawrth 2020")
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Beth?", "Rhywbeth heb ystyr")
    write(stage, "People", "Sam Hill, sam@newydd.example\nBo Heb Gyfeiriad, Ysgol y Felin")
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2027, 2, 1, 9, 0, tzinfo=UTC), now=stage.now)
    stage.mail(
        JANE,
        f"mendip-news@{DOMAIN}",
        "Yr awtoclaf",
        "Daeth yr awtoclaf ym mis Medi ac nid yw wedi bod yn dawel ers hynny. " * 4,
    )
    seen: set[int] = set()
    for day in range(0, 80, 3):
        stage.at(stage.now + timedelta(days=3))
        stage.settle()
        new = [got for got in stage.mails(PETER) if got.subject.startswith("Proflen") and got.id not in seen]
        for got in new:
            stage.reply(got, "SEND NOW")
        seen |= {got.id for got in new}
        stage.later(minutes=11)
        if day == 39:
            stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Tapiau nwy", "Deng munud.")
        if day == 60:
            write(stage, "Minutes", "Cyfarfu pawb.\n\nACTION Jane: gofyn am y cloriannau erbyn 1 Chwefror")
    subjects = {got.subject.partition(":")[0].partition(",")[0] for got in stage.mails()}
    assert len(subjects) > 15, subjects
    assert english(stage) == {}
    assert {got.to for got in stage.mails()} >= {JANE, DAWN, OLIVE, PETER}


def write(stage: Stage, subject: str, text: str) -> None:
    """An organiser asks for it, and says yes."""
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", subject, text)
    stage.reply(stage.last(OLIVE), "IE")


def proof(stage: Stage) -> Got:
    return next(got for got in reversed(stage.mails(OLIVE)) if got.subject.startswith("Proflen"))

"""What stopped all mail to somebody is lifted by a fresh YES at their own address and by nothing older, forged or passed on (DP-7, DP-8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from mailer.consent import ACTIVE, standing, suppression
from mailer.people import addresses
from mailer.web import application
from tests.conversations.scenes import JANE, OLIVE, invited
from tests.stage import DOMAIN, Got, Stage

HELP = f"mendip-help@{DOMAIN}"
ELSEWHERE = "evil@bad.example"  # who forged it


def gone(stage: Stage) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Jane Doe has died", "")
    stage.reply(stage.last(OLIVE), "YES")


def says(words: str) -> Callable[[Stage], object]:
    return lambda stage: stage.mail(JANE, HELP, "", words)


REASONS: dict[str, Callable[[Stage], object]] = {
    "left": says("STOP"),
    "left-host": says("STOP ALL NETWORKS"),
    "objection": says("I object to direct marketing"),
    "gone": gone,
}


def page(**form: object) -> Callable[[Stage, Got], None]:
    def press(stage: Stage, old: Got) -> None:
        with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
            got = client.post(f"/p/{old.link('p')}", data={"do": "purposes", "purpose": ["meetings"], **form})
            assert "All our mail to you was stopped" in got.text
            assert "Saved" not in got.text
        stage.settle()

    return press


def tagged(words: str) -> Callable[[Stage, Got], object]:
    return lambda stage, old: stage.mail(JANE, old.reply_to, "Re: x", words, mail_from=ELSEWHERE)


WAYS: dict[str, Callable[[Stage, Got], object]] = {
    "an old page": page(),
    "an old page, all networks": page(networks="all"),
    "KEEP by an old tag": tagged("KEEP MEETINGS"),
    "KEEP for all networks by an old tag": tagged("KEEP MEETINGS ALL NETWORKS"),
    "ONLY by an old tag": tagged("ONLY MEETINGS"),
    "DIGEST by an old tag": tagged("DIGEST"),
    "KEEP from a forged From": lambda stage, _: stage.mail(JANE, HELP, "", "KEEP MEETINGS", mail_from=ELSEWHERE),
}


def stands(stage: Stage) -> tuple[list[str], list[str]]:
    """What comes to Jane, and why nothing may."""
    with stage.house.store.read() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
        coming = [name for name, now in standing.of(session, stage.network_id, jane.id).items() if now == ACTIVE]
        return coming, sorted(suppression.reasons(session, macs=[jane.mac], network_id=stage.network_id).get(jane.mac, ()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reason", REASONS)
def test_it_takes_a_fresh_yes(stage: Stage, reason: str, way: str) -> None:
    invited(stage)
    old = stage.last(JANE)
    REASONS[reason](stage)
    coming, why = stands(stage)
    assert coming == []
    assert why
    had = len(stage.mails(JANE))
    WAYS[way](stage, old)
    assert stands(stage) == ([], why)
    (question,) = stage.mails(JANE)[had:]
    assert question.subject.startswith("Please confirm")
    WAYS[way](stage, old) if "page" not in way else None
    assert len(stage.mails(JANE)) == had + 1  # once a day (CMD-7)

    stage.reply(question, "YES")
    coming, _ = stands(stage)
    assert len(coming) == 1
    assert stands(stage)[1] == []
    stage.reply(stage.last(JANE), "UNDO")
    assert stands(stage) == ([], why)


def test_an_older_farewell_takes_back_no_later_stop(stage: Stage) -> None:
    """UNDO is good for the stop that its letter tells of."""
    invited(stage)
    says("STOP NEWSLETTER")(stage)
    first = stage.last(JANE)
    says("STOP")(stage)
    second = stage.last(JANE)
    stage.mail(JANE, first.reply_to, "Re: x", "UNDO", mail_from=ELSEWHERE)
    assert stands(stage)[0] == []
    stage.reply(second, "UNDO")
    assert "meetings" in stands(stage)[0]
    assert stands(stage)[1] == []


def test_an_alias_begins_nothing_either(stage: Stage) -> None:
    invited(stage)
    home = "jane@home.example"
    stage.reply(stage.last(JANE), "Yes, I'll be there", sender=home)
    stage.reply(stage.last(home), "ALSO ME")
    stage.reply(stage.last(JANE), "YES")
    gone(stage)
    had, there = len(stage.mails(home)), len(stage.mails(JANE))
    stage.mail(home, HELP, "", "KEEP MEETINGS")
    assert len(stage.mails(home)) == had
    assert [mail.subject for mail in stage.mails(JANE)[there:]] == ["Please confirm: KEEP MEETINGS"]
    with stage.house.store.read() as session:
        alias = addresses.find(session, home)
        assert alias is not None
        assert ACTIVE not in standing.of(session, stage.network_id, alias.id).values()

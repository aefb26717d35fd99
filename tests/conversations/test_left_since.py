"""What somebody has left of one purpose begins again by no YES, mail or page that is older than the leaving (CMD-4, DP-8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from mailer.consent import ACTIVE, standing
from mailer.people import addresses
from mailer.web import application
from tests.conversations.scenes import JANE, invited
from tests.stage import DOMAIN, Got, Stage

HELP, JOIN = f"mendip-help@{DOMAIN}", f"mendip-join@{DOMAIN}"
ELSEWHERE = "evil@bad.example"  # who wrote the mail in Jane's name, or sends hers again


def coming(stage: Stage) -> set[str]:
    with stage.house.store.read() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
        return {name for name, now in standing.of(session, stage.network_id, jane.id).items() if now == ACTIVE}


def says(words: str) -> Callable[[Stage, Got], Got]:
    def write(stage: Stage, _letter: Got) -> Got:
        stage.mail(JANE, HELP, "", words, mail_from=ELSEWHERE)
        return stage.last(JANE)

    return write


def joins(stage: Stage, _letter: Got) -> Got:
    stage.mail(JANE, JOIN, "", "")
    return stage.last(JANE)


def invitation(_stage: Stage, letter: Got) -> Got:
    return letter


def farewell(stage: Stage, _letter: Got) -> Got:
    return stage.last(JANE)


def post(stage: Stage, path: str, **form: object) -> str:
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
        got = client.post(path, data=form)
    stage.settle()
    return got.text


def clicks(stage: Stage, old: Got) -> None:
    post(stage, f"/u/{old.link('u')}")


def yes(stage: Stage, old: Got) -> None:
    stage.mail(JANE, old.reply_to, "Re: x", "YES", mail_from=ELSEWHERE)


def presses(stage: Stage, old: Got) -> None:
    assert "so we have sent a new one to" in post(stage, f"/c/{old.link('c')}", confirm="yes")


def tagged(words: str) -> Callable[[Stage, Got], object]:
    return lambda stage, old: stage.mail(JANE, old.reply_to, "Re: x", words, mail_from=ELSEWHERE)


def ticks(**form: object) -> Callable[[Stage, Got], None]:
    def press(stage: Stage, old: Got) -> None:
        said = post(stage, f"/p/{old.link('p')}", do="purposes", purpose=["meetings", "newsletter", "discussion"], **form)
        assert "You have stopped some of it before" in said

    return press


# What was there before the leaving, and what is done with it afterwards.
WAYS: dict[str, tuple[Callable[[Stage, Got], Got], Callable[[Stage, Got], object]]] = {
    "YES to KEEP": (says("KEEP MEETINGS"), yes),
    "the button of KEEP": (says("KEEP MEETINGS"), presses),
    "YES to KEEP in all networks": (says("KEEP MEETINGS ALL NETWORKS"), yes),
    "YES to ONLY": (says("ONLY MEETINGS"), yes),
    "YES to joining": (joins, yes),
    "the button of joining": (joins, presses),
    "UNDO of an earlier leaving": (farewell, tagged("UNDO")),
    "KEEP by an old tag": (invitation, tagged("KEEP MEETINGS")),
    "KEEP for all networks by an old tag": (invitation, tagged("KEEP MEETINGS ALL NETWORKS")),
    "ONLY by an old tag": (invitation, tagged("ONLY MEETINGS")),
    "an old page": (invitation, ticks()),
    "an old page, all networks": (invitation, ticks(networks="all")),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("back", [True, False], ids=["left again", "left, and left once more"])
def test_it_takes_a_fresh_yes(stage: Stage, back: bool, way: str) -> None:
    invited(stage)
    letter = stage.last(JANE)
    before, after = WAYS[way]
    clicks(stage, letter)
    stage.later(hours=2)
    old = before(stage, letter)
    if back:
        stage.reply(stage.last(JANE), "KEEP MEETINGS")
        assert "meetings" in coming(stage)
    stage.later(days=1)
    clicks(stage, letter)
    stage.later(minutes=5)
    had = len(stage.mails(JANE))
    after(stage, old)
    assert "meetings" not in coming(stage)
    (question,) = stage.mails(JANE)[had:]
    assert "since" in question.words
    if after is yes:  # the old one is over
        after(stage, old)
        assert "time is over" in stage.last(JANE).words
        assert "meetings" not in coming(stage)
    stage.reply(question, "YES")
    assert "meetings" in coming(stage)


@pytest.mark.parametrize("word", ["KEEP EXCHANGE", "KEEP EXCHANGE ALL NETWORKS", "ONLY MEETINGS EXCHANGE"])
def test_stopping_what_never_came_ends_the_question_about_it(stage: Stage, word: str) -> None:
    invited(stage)
    old = says(word)(stage, stage.last(JANE))
    stage.later(hours=2)
    stage.mail(JANE, HELP, "", "STOP EXCHANGE")
    stage.later(hours=2)
    yes(stage, old)
    assert "exchange" not in coming(stage)
    assert "since" in stage.last(JANE).words
    stage.reply(stage.last(JANE), "YES")
    assert "exchange" in coming(stage)


def test_a_newer_mail_begins_it_at_once(stage: Stage) -> None:
    invited(stage)
    clicks(stage, stage.last(JANE))
    stage.reply(stage.last(JANE), "KEEP MEETINGS")
    assert "meetings" in coming(stage)


def test_what_was_unticked_within_the_hour_is_ticked_again(stage: Stage) -> None:
    """A finger that slipped; whoever holds the link takes back no more than that."""
    invited(stage)
    page = f"/p/{stage.last(JANE).link('p')}"
    post(stage, page, do="purposes", purpose=["newsletter"])
    stage.later(minutes=5)
    post(stage, page, do="purposes", purpose=["newsletter", "meetings"])
    assert coming(stage) == {"newsletter", "meetings"}
    post(stage, page, do="purposes", purpose=["newsletter"])
    stage.later(hours=2)
    post(stage, page, do="purposes", purpose=["newsletter", "meetings"])
    assert coming(stage) == {"newsletter"}


def test_a_click_that_comes_twice_is_one_leaving(stage: Stage) -> None:
    """A provider that posts again (UNS-6) takes nothing from the way back."""
    invited(stage)
    letter = stage.last(JANE)
    clicks(stage, letter)
    farewell = stage.last(JANE)
    stage.later(seconds=10)
    clicks(stage, letter)
    stage.reply(farewell, "UNDO")
    assert "meetings" in coming(stage)

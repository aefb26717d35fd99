"""A link from before FORGET ME still stops the mail of who has joined again since (UNS-5, DP-8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from mailer.acts import forget_me, leave_by_tag
from mailer.consent import ACTIVE, standing
from mailer.message import tags
from mailer.people import addresses
from mailer.web import application
from tests.conversations.scenes import JANE, invited
from tests.stage import DOMAIN, Got, Stage


def coming(stage: Stage) -> set[str]:
    with stage.house.store.read() as session:
        jane = addresses.find(session, JANE)
        return set() if jane is None else {name for name, now in standing.of(session, stage.network_id, jane.id).items() if now == ACTIVE}


def forgotten(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    stage.reply(stage.last(JANE), "YES")
    stage.later(hours=2)
    with stage.house.store.read() as session:
        [due] = forget_me.due(session, stage.now)
    forget_me.carry_out(stage.house, due, stage.now)
    stage.later(days=2)


def joins_again(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(JANE), "YES")
    stage.later(days=1)


def clicks(stage: Stage, letter: Got) -> None:
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
        assert client.post(f"/u/{letter.link('u')}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    stage.settle()


def writes(stage: Stage, letter: Got) -> None:
    stage.mail(JANE, f"mendip+{letter.link('u')}@{DOMAIN}", "leave", "")


def complains(stage: Stage, letter: Got) -> None:
    tag = stage.house.keys.read(letter.link("u"), (tags.LEAVE,))
    assert tag is not None
    with stage.house.store.write() as session:
        leave_by_tag.complaint(session, tag.row_id, now=stage.now)


@pytest.mark.parametrize("way", [clicks, writes, complains])
def test_an_old_link_stops_it_for_who_is_there_now(stage: Stage, way: Callable[[Stage, Got], None]) -> None:
    invited(stage)
    letter = stage.last(JANE)
    forgotten(stage)
    had = len(stage.mails(JANE))
    way(stage, letter)
    assert len(stage.mails(JANE)) == had  # nobody is there
    joins_again(stage)
    assert coming(stage) == {"meetings", "newsletter"}
    had = len(stage.mails(JANE))
    for _ in range(2):
        way(stage, letter)
        assert "meetings" not in coming(stage)
    if way is not complains:
        assert coming(stage) == {"newsletter"}
        assert "Stopped: meeting mail" in stage.mails(JANE)[had].subject

"""Handling makes way for those who are handing mail in, and never stands still for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.clock import monotonic
from mailer.inbound import commits
from mailer.inbound.receive import Envelope
from mailer.store.tables import inbox
from tests.stage import DOMAIN, Stage, staged
from workers import broker
from workers.actors import WAY, Actors


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def test_each_waits_a_moment_while_a_crowd_is_at_the_door_and_all_are_handled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "CROWD", 1)
    monkeypatch.setattr(commits, "CROWDED_FOR", 600.0)
    actors = Actors(broker.make(stage.settings), stage.house, stage.intake)
    mails = [b"From: jane@hill.school.example\r\nSubject: help\r\n\r\nhelp %d\r\n" % number for number in range(3)]
    to = (f"mendip-help@{DOMAIN}",)
    ids = [stage.intake.store(Envelope("jane@hill.school.example", to, mail, "smtp", "127.0.0.1", stage.now))[0] for mail in mails]
    began = monotonic()
    actors._handle_inbox()
    assert monotonic() - began > len(ids) * WAY
    with stage.house.store.read() as session:
        assert set(session.execute(select(inbox.c.state).where(inbox.c.id.in_(ids))).scalars()).isdisjoint({"stored", "handling"})
    actors.close()

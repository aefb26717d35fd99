"""UNDO of STOP: what was waiting goes after all, by its own row (V5); what went round in between is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailer.acts import Actor, Strength, hold, leave, pause, undo
from mailer.cycle import due, letters
from mailer.people import addresses, membership
from tests.conversations.scenes import DAWN, OLIVE, STARTS
from tests.stage import DOMAIN, Got, Stage

DUE = datetime(2026, 12, 18, 9, 0, tzinfo=UTC)


def approved(stage: Stage) -> None:
    """The invitation is approved and goes on Friday at nine."""
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=11)
    stage.at(DUE - timedelta(days=2))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")


def waiting_behind_a_brake(stage: Stage) -> None:
    """Its copies are written down, and the network is held before the first one leaves."""
    approved(stage)
    with stage.house.store.write() as session:
        hold.hold_network(session, stage.network_id, "a look first", now=stage.now)
    stage.at(DUE)
    stage.settle()


def stops(stage: Stage) -> Got:
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STOP")
    return stage.last(DAWN)


def hers(stage: Stage) -> list[tuple[int, str]]:
    """Dawn's copies of the invitation."""
    invitation = stage.occasion("invitation").id
    return [(row.id, row.state) for row in stage.copies(occasion_id=invitation) if row.to_address == DAWN]


def test_what_stop_took_back_goes_after_undo(stage: Stage) -> None:
    waiting_behind_a_brake(stage)
    farewell = stops(stage)
    [(copy, state)] = hers(stage)
    assert state == "cancelled"
    stage.reply(farewell, "UNDO")
    assert "was waiting for you and goes out after all: Invitation" in stage.last(DAWN).words
    with stage.house.store.write() as session:
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.later(minutes=1)
    assert hers(stage) == [(copy, "accepted")]  # V5


@pytest.mark.parametrize("word", ["UNDO", "RESUME"])
def test_what_a_pause_took_back_goes_once_they_want_it(stage: Stage, word: str) -> None:
    waiting_behind_a_brake(stage)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "PAUSE UNTIL 1 SEPTEMBER")
    stage.reply(stage.last(DAWN), "YES")
    [(copy, state)] = hers(stage)
    assert state == "cancelled"
    stage.reply(stage.last(DAWN), word)
    assert "was waiting for you and goes out after all: Invitation" in stage.last(DAWN).words
    with stage.house.store.write() as session:
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.later(minutes=1)
    assert hers(stage) == [(copy, "accepted")]  # V5


TAKEN_BACK_IN_TURN = {
    "the pause, and then the stop": ("PAUSE UNTIL 1 SEPTEMBER", "STOP", "first", "second"),
    "the stop, and then the pause": ("PAUSE UNTIL 1 SEPTEMBER", "STOP", "second", "first"),
    "the stop, and then RESUME": ("PAUSE UNTIL 1 SEPTEMBER", "STOP", "second", "RESUME"),
    "a stop before the pause, and then RESUME": ("STOP", "PAUSE UNTIL 1 SEPTEMBER", "second", "RESUME"),
}


@pytest.mark.parametrize("said", TAKEN_BACK_IN_TURN.values(), ids=TAKEN_BACK_IN_TURN)
def test_what_two_words_took_back_goes_once_neither_stands(stage: Stage, said: tuple[str, ...]) -> None:
    """Whichever of the two is taken back first: the other keeps it, and gives it back (V5)."""
    waiting_behind_a_brake(stage)
    with stage.house.store.read() as session:
        dawn = addresses.find(session, DAWN)
    assert dawn is not None
    who = Actor(stage.network_id, dawn.id, dawn.person_id, Strength.CONFIRM, "mail")
    done: dict[str, Any] = {}
    for at, word in enumerate(said):
        with stage.house.store.write() as session:
            if word.startswith("PAUSE"):
                done["first"] = pause.pause(session, who, STARTS.date(), now=stage.now)
            elif word == "STOP":
                done["second"] = leave.everything(session, who, now=stage.now)
            elif word == "RESUME":
                answer = pause.resume(session, who, now=stage.now)
            else:
                answer = undo.redeem(session, who, done[word].fields["undo"], now=stage.now)
        if at == 2:
            assert answer.fields["back"] == []
    assert answer.fields["back"] == ["invitation"]
    with stage.house.store.write() as session:
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.later(minutes=1)
    assert [state for _, state in hers(stage)] == ["accepted"]


def test_v11_resume_brings_nothing_back_that_is_over(stage: Stage) -> None:
    waiting_behind_a_brake(stage)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "PAUSE UNTIL 1 SEPTEMBER")
    stage.reply(stage.last(DAWN), "YES")
    paused = stage.last(DAWN)
    stage.at(STARTS - timedelta(days=1))  # past the day until which an invitation goes
    stage.reply(paused, "RESUME")
    assert "goes out after all" not in stage.last(DAWN).words
    assert [state for _, state in hers(stage)] == ["cancelled"]


def test_a_mailing_that_ended_without_them_is_open_until_they_have_it(stage: Stage) -> None:
    waiting_behind_a_brake(stage)
    farewell = stops(stage)
    with stage.house.store.write() as session:
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.later(minutes=1)
    stage.settle()
    assert stage.occasion("invitation").state == "sent"
    stage.reply(farewell, "UNDO")
    stage.settle()
    [(_, state)] = hers(stage)
    mailing = stage.occasion("invitation")
    assert (state, mailing.state, mailing.finished_at) == ("accepted", "sent", stage.now)  # V6
    assert mailing.audience_count == len(stage.copies(occasion_id=mailing.id))


def test_what_went_round_meanwhile_is_named(stage: Stage) -> None:
    approved(stage)
    farewell = stops(stage)
    stage.at(DUE)
    stage.settle()
    assert stage.occasion("invitation").state == "sent"
    stage.later(days=1)
    stage.reply(farewell, "UNDO")
    assert "you have not had it: Invitation" in stage.last(DAWN).words
    assert hers(stage) == []


def test_what_went_round_during_a_pause_is_named(stage: Stage) -> None:
    approved(stage)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "PAUSE UNTIL 1 SEPTEMBER")
    stage.reply(stage.last(DAWN), "YES")
    paused = stage.last(DAWN)
    stage.at(DUE)
    stage.settle()
    stage.later(days=1)
    stage.reply(paused, "UNDO")
    assert "you have not had it: Invitation" in stage.last(DAWN).words
    assert hers(stage) == []


def test_what_was_begun_before_and_had_not_come_to_them_is_named(stage: Stage) -> None:
    """Its hour is over when she stops it, and her page is written down afterwards."""
    approved(stage)
    stage.at(DUE + timedelta(seconds=1))
    farewell = stops(stage)
    stage.later(days=1)
    stage.reply(farewell, "UNDO")
    assert "you have not had it: Invitation" in stage.last(DAWN).words
    assert hers(stage) == []


def test_who_was_alone_on_the_last_page_is_told_what_they_missed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was begun before she stopped it, and nobody's copy was written down after that."""
    monkeypatch.setattr(letters, "PAGE", 1)
    approved(stage)
    stage.at(DUE)
    with stage.house.store.read() as session:
        dawn = addresses.find(session, DAWN)
    assert dawn is not None
    while (stage.occasion("invitation").cursor or 0) < dawn.id - 1:
        assert due.step(stage.house, stage.occasion("invitation").id, stage.now)
    stage.at(DUE + timedelta(seconds=1))
    with stage.house.store.write() as session:
        who = Actor(stage.network_id, dawn.id, dawn.person_id, Strength.CONFIRM, "mail")
        left = leave.everything(session, who, now=stage.now)
    stage.later(days=1)
    with stage.house.store.write() as session:
        taken_back = undo.redeem(session, who, left.fields["undo"], now=stage.now)
    assert taken_back.fields["missed"] == ["invitation"]
    assert hers(stage) == []


@pytest.mark.parametrize("whole", [False, True], ids=["half written down", "written down"])
def test_what_is_held_and_had_passed_them_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    """Once it is released it goes on behind them (V11)."""
    monkeypatch.setattr(letters, "PAGE", 1)
    approved(stage)
    farewell = stops(stage)
    with stage.house.store.read() as session:
        dawn = addresses.find(session, DAWN)
    assert dawn is not None
    stage.member("rose@hill.school.example", "Rose Reader")  # and somebody behind her
    stage.at(DUE)
    while (begun := stage.occasion("invitation")).audience_count is None and (whole or (begun.cursor or 0) < dawn.id):
        assert due.step(stage.house, begun.id, stage.now)
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        hold.hold(session, operator, begun.id, now=stage.now)
    stage.reply(farewell, "UNDO")
    assert "you have not had it: Invitation" in stage.last(DAWN).words
    with stage.house.store.write() as session:
        hold.release(session, operator, begun.id, now=stage.now)
    stage.later(minutes=1)
    assert hers(stage) == []


def test_what_is_still_to_come_to_them_is_not_said_to_be_missed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is being written down, and their page comes last."""
    monkeypatch.setattr(letters, "PAGE", 1)
    approved(stage)
    farewell = stops(stage)
    stage.at(DUE)
    assert due.step(stage.house, stage.occasion("invitation").id, stage.now)
    begun = stage.occasion("invitation")
    with stage.house.store.read() as session:
        dawn = addresses.find(session, DAWN)
    assert dawn is not None
    assert (begun.state, begun.cursor < dawn.id) == ("queued", True)
    stage.reply(farewell, "UNDO")
    assert not [mail for mail in stage.mails(DAWN) if "you have not had it" in mail.words]
    assert [state for _, state in hers(stage)] == ["accepted"]


def test_what_is_over_stays_as_it_is(stage: Stage) -> None:
    waiting_behind_a_brake(stage)
    farewell = stops(stage)
    stage.at(STARTS - timedelta(days=1))  # past the day until which an invitation goes
    stage.reply(farewell, "UNDO")
    assert "goes out after all" not in stage.last(DAWN).words
    assert [state for _, state in hers(stage)] == ["cancelled"]


def gets(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        dawn = addresses.find(session, DAWN)
        assert dawn is not None
        return membership.remaining(session, stage.network_id, dawn.id)


@pytest.mark.parametrize("second", ["STOP", "STOP NEWSLETTER"])
def test_who_stops_twice_is_asked_before_undo_of_the_first(stage: Stage, second: str) -> None:
    """DP-8: the farewell is older than their last word, and may be in other hands; the question reaches who left."""
    before = gets(stage)
    farewell = stops(stage)
    stage.later(days=2)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", second)
    stage.later(days=1)
    stage.reply(farewell, "UNDO")
    assert gets(stage) == []
    assert stage.last(DAWN).subject == "Please confirm: UNDO (STOP)"
    stage.reply(stage.last(DAWN), "YES")
    assert gets(stage) == before


def test_a_stop_that_came_twice_in_a_minute_is_one(stage: Stage) -> None:
    before = gets(stage)
    farewell = stops(stage)
    stage.later(seconds=20)
    stops(stage)
    stage.reply(farewell, "UNDO")
    assert gets(stage) == before


def test_what_comes_again_comes_to_a_member(stage: Stage) -> None:
    """Who took back STOP NEWSLETTER by a fresh YES, and had left altogether in between, is one of the network again."""
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STOP NEWSLETTER")
    stopped = stage.last(DAWN)
    stage.later(hours=1)
    stops(stage)
    stage.later(hours=1)
    stage.reply(stopped, "UNDO")
    stage.reply(stage.last(DAWN), "YES")
    assert gets(stage) == ["newsletter"]
    with stage.house.store.read() as session:
        [dawn] = [one for one in membership.every(session, stage.network_id) if one.address == DAWN]
    assert "member" in dawn.roles

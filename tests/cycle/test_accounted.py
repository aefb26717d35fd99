"""V6: what a mailing is called is true of its copies: one that was called off before anybody had it, one of which a copy is
tried again after its end, and what may not be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.acts import Actor, Strength, hold
from mailer.acts import issue as issue_acts
from mailer.cycle import enqueue
from mailer.errors import Refused
from mailer.meetings import agenda
from mailer.newsletters import issues
from mailer.outbound import outbox
from mailer.outbound.transport import Reply
from mailer.store.tables import outgoing
from tests.live.sink import Sink
from tests.outbound.test_deliver import actor, mailing
from tests.stage import DOMAIN, MONDAY, Stage

JANE = "jane@hill.school.example"
LATER, NEVER = {"DOT": "451 4.3.0 Later"}, {"DOT": "554 5.7.1 Spam"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def stage(tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    stage = Stage(tmp_path, relay_url=sink.url)
    stage.network()
    stage.member(JANE, "Jane Doe")
    yield stage
    stage.close()


def sent_but_for_one(stage: Stage, sink: Sink) -> tuple[int, int]:
    """An invitation that is finished, and the copy of it that failed."""
    occasion = mailing(stage, 4)
    failed = stage.copies(occasion_id=occasion)[2]
    sink.says = {f"RCPT {failed.to_address}": "554 5.7.1 Spam"}
    settled(stage)
    assert stage.copies(id=failed.id)[0].state == "failed"
    assert stage.occasion("invitation").state == "sent"
    sink.says = {}
    return occasion, failed.id


def settled(stage: Stage) -> None:
    """What is sent in one round is accounted for in the next."""
    stage.settle()
    stage.settle()


def again(stage: Stage, copy: int) -> bool:
    with stage.house.store.write() as session:
        return outbox.retry_now(session, copy, stage.now)


def test_what_is_called_off_before_anybody_has_it_is_cancelled(stage: Stage) -> None:
    occasion = mailing(stage, 4)
    with stage.house.store.write() as session:
        said = hold.call_off(session, actor(stage), occasion, now=stage.now).said
    assert "0 copies had left, 5 were stopped" in said
    stage.settle()
    one = stage.occasion("invitation")
    assert (one.state, one.reason, one.audience_count, one.finished_at) == ("cancelled", hold.CALLED_OFF, 5, MONDAY)
    assert {(copy.state, copy.reason) for copy in stage.copies(occasion_id=occasion)} == {("cancelled", hold.CALLED_OFF)}
    assert one.state not in agenda.GONE  # nobody has been told of the meeting


def test_what_is_called_off_half_way_is_sent_when_the_rest_is_accounted_for(stage: Stage) -> None:
    occasion = mailing(stage, 4)
    first, second = (copy.id for copy in stage.copies(occasion_id=occasion)[:2])
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == first).values(state="accepted"))
        session.execute(update(outgoing).where(outgoing.c.id == second).values(state="failed"))
        said = hold.call_off(session, actor(stage), occasion, now=stage.now).said
    assert "1 copies had left, 3 were stopped" in said
    stage.settle()
    assert stage.occasion("invitation").state == "sent"
    with pytest.raises(Refused, match="its mailing was stopped"):
        again(stage, second)


def test_a_finished_mailing_goes_on_while_a_copy_is_tried_again(stage: Stage, sink: Sink) -> None:
    occasion, failed = sent_but_for_one(stage, sink)
    sink.says = LATER
    assert again(stage, failed)
    stage.settle()
    assert stage.copies(id=failed)[0].state == "deferred"
    assert stage.occasion("invitation").state == "queued"
    with stage.house.store.write() as session:
        assert "to anyone else; 4 copies had left" in hold.hold(session, actor(stage), occasion, now=stage.now).said
        hold.release(session, actor(stage), occasion, now=stage.now)
    sink.says = {}
    stage.later(minutes=30)
    stage.settle()
    assert stage.copies(id=failed)[0].state == "accepted"
    one = stage.occasion("invitation")
    assert (one.state, one.finished_at) == ("sent", stage.now)


def test_v11_what_is_too_late_is_not_tried_again_and_says_so(stage: Stage, sink: Sink) -> None:
    occasion, failed = sent_but_for_one(stage, sink)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == failed).values(state="uncertain"))
    stage.at(stage.occasion("invitation").until_at + timedelta(minutes=1))
    with stage.house.store.write() as session, pytest.raises(Refused) as refused:
        outbox.resolve(session, failed, "resend", stage.now)
    assert refused.value.slug == "too-late"
    assert "its time was over at" in refused.value.message
    with stage.house.store.write() as session:
        assert outbox.resolve(session, failed, "arrived", stage.now)
    assert stage.occasion("invitation").state == "sent"
    assert {copy.state for copy in stage.copies(occasion_id=occasion)} == {"accepted"}


def test_an_answer_that_comes_after_the_end_opens_the_mailing_again(stage: Stage, sink: Sink) -> None:
    """Its sender was taken for dead, so the mailing ended with an uncertain copy; what the relay said is known all the same."""
    _, copy = sent_but_for_one(stage, sink)
    with stage.house.store.write() as session:
        lost = {"state": "uncertain", "reason": "interrupted", "lease_owner": "one"}
        session.execute(update(outgoing).where(outgoing.c.id == copy).values(**lost))
        reply = Reply(copy, "deferred", 451, None, "later", "try-later")
        outbox.write_results(session, [reply], owner="one", relay="smtp://sink", now=stage.now, resend=False)
    assert stage.occasion("invitation").state == "queued"
    stage.later(minutes=30)
    stage.settle()
    assert stage.occasion("invitation").state == "sent"


def test_a_newsletter_is_out_though_a_copy_of_it_is_tried_again(stage: Stage, sink: Sink) -> None:
    """Nobody is asked for pieces for it, and its page stays."""
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        made = issue_acts.make(session, operator, publishes_at=MONDAY + timedelta(days=30), now=stage.now)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    sink.says = NEVER
    number = int(made.fields["issue"]["id"])
    with stage.house.store.write() as session:
        issue_acts.send_as_it_stands(session, operator, number, at_once=True, now=stage.now)
    settled(stage)
    (copy,) = stage.copies(occasion_id=stage.occasion("issue").id)
    sink.says = LATER
    assert (stage.occasion("issue").state, again(stage, copy.id)) == ("sent", True)
    assert stage.occasion("issue").state == "queued"
    with stage.house.store.read() as session:
        assert issues.state(session, issues.get(session, number)) == "sent"


def test_a_mailing_that_does_not_hold_any_more_is_not_tried_again(stage: Stage, sink: Sink) -> None:
    """Its writer took it back after it had gone."""
    occasion, failed = sent_but_for_one(stage, sink)
    with stage.house.store.write() as session:
        assert enqueue.stop(session, occasion, "Taken back by its writer.", stage.now) == 0
    with pytest.raises(Refused, match="its mailing was stopped"):
        again(stage, failed)
    assert stage.copies(id=failed)[0].state == "failed"


def test_only_what_went_counts_as_reached(stage: Stage) -> None:
    occasion = mailing(stage, 4)
    with stage.house.store.write() as session:
        assert enqueue.reached(session, occasion) == 5
        outbox.cancel_occasion(session, occasion, "by-hand", stage.now)
        assert enqueue.reached(session, occasion) == 0

"""A complaint by the address that each mail names for it (RFC 9477): through the SMTP door, known by the feedback id alone (BNC-12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.message import tags
from mailer.people import addresses, membership
from tests.conversations.scenes import DAWN, JANE, invited
from tests.stage import DOMAIN, Got, Stage, staged
from tests.workers.conftest import House


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def remaining(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        assert known is not None
        return set(membership.remaining(session, stage.network_id, known.id))


def report(door: House, stage: Stage, feedback: str, to: str = f"abuse@{DOMAIN}") -> str:
    """A loop's report in which whatever else names the person, or the copy, is left out. Returns what became of it."""
    content = (
        f"From: fbl@provider.example\r\nTo: {to}\r\nSubject: FBL {feedback}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nspam\r\n"
        "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nCFBL-Address: {to}; report=arf\r\nCFBL-Feedback-ID: {feedback}\r\nSubject: x\r\n\r\n--x--\r\n"
    )
    line = door.dial()
    line.hello()
    line.envelope(to, sender="fbl@provider.example")
    line.send(content.encode() + b".\r\n")
    assert line.reply().startswith("250")
    stage.settle()
    row = stage.outcome(door.rows()[-1].id)
    assert row.handler == "complaint"
    return str(row.state)


def feedback_id(mail: Got) -> str:
    assert str(mail.message["CFBL-Address"]) == f"abuse@{DOMAIN}; report=arf"
    return str(mail.message["CFBL-Feedback-ID"])


def test_a_report_ends_the_standing_behind_its_feedback_id(stage: Stage, house: Callable[..., House]) -> None:
    invited(stage)
    mail = stage.last(DAWN)
    before = remaining(stage, DAWN)
    door = house(store=stage.house.store)
    given = feedback_id(mail)
    assert DAWN.partition("@")[0] not in given  # no address in it
    assert given != feedback_id(stage.last(JANE))
    forged = [
        given[:-1] + ("a" if given[-1] != "a" else "b"),
        "b" + "a" * 36,
        stage.house.keys.tag(tags.PREFERENCES, 1),
        stage.house.keys.tag(tags.BOUNCE, 10_000),
        DAWN,
    ]
    for one in forged:
        assert report(door, stage, one) == "noted"
        assert remaining(stage, DAWN) == before
    count = len(stage.mails(DAWN))
    assert report(door, stage, f"{given[:20]}\r\n {given[20:]}") == "done"  # folded on its way
    assert remaining(stage, DAWN) == before - {"meetings"}
    assert remaining(stage, JANE) == before
    assert len(stage.mails(DAWN)) == count


def test_of_a_post_too_which_keeps_its_authors_message_id(stage: Stage, house: Callable[..., House]) -> None:
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out in a week.")
    mail = stage.last(DAWN)
    assert report(house(store=stage.house.store), stage, feedback_id(mail)) == "done"
    assert "discussion" not in remaining(stage, DAWN)


def test_where_a_provider_signs_nothing_is_promised(tmp_path: Path) -> None:
    """RFC 9477 3.1.4: the fields count only under a signature that covers them."""
    stage = Stage(tmp_path, imap_url="imaps://technet%40uni.example@mail.uni.example", mailbox_network="mendip")
    stage.network()
    stage.member(JANE, "Jane Doe")
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STATUS")
    assert stage.last(JANE).message["CFBL-Address"] is None
    stage.close()

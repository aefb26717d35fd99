"""What a forged From may cause: one question to the person, and none to others whom it names (CMD-4, CMD-7)."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mailer.web import application
from tests.conversations.scenes import JANE
from tests.stage import DOMAIN, Stage

HELP = f"mendip-help@{DOMAIN}"
ELSEWHERE = "evil@bad.example"
NEW = "jane@new.example"


def subjects(stage: Stage, who: str = NEW) -> list[str]:
    return [mail.subject for mail in stage.mails(who)]


def test_forged_mails_that_name_addresses_reach_none_of_them(stage: Stage) -> None:
    strangers = [f"x{n}@other.example" for n in range(6)]
    for one in strangers:
        stage.mail(JANE, HELP, "", f"CHANGE ADDRESS TO {one}", mail_from=ELSEWHERE)
    assert [subjects(stage, one) for one in strangers] == [[]] * 6
    assert len(stage.mails(JANE)) == 1


def test_the_new_address_is_asked_after_the_yes_of_the_old(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", f"CHANGE ADDRESS TO {NEW}")
    stage.later(days=6)
    stage.reply(stage.last(JANE), "YES")
    assert subjects(stage) == ["Is this your new address?"]
    assert stage.last(JANE).subject == "Thank you. One more yes is needed"
    stage.later(days=6)  # as long as any question
    stage.reply(stage.last(NEW), "YES")
    stage.mail(NEW, HELP, "", "STATUS")
    assert NEW in stage.last(NEW).words


def test_who_is_proven_asks_both_at_once(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    status = stage.last(JANE)
    stage.reply(status, f"CHANGE ADDRESS TO {NEW}")
    assert subjects(stage) == ["Is this your new address?"]
    stage.reply(status, "CHANGE ADDRESS TO jane@newer.example")  # the next one waits for the YES
    assert subjects(stage, "jane@newer.example") == []
    assert stage.last(JANE).subject == "Please confirm: mail to jane@newer.example"


def test_the_same_question_is_asked_once_in_ten_minutes(stage: Stage) -> None:
    words = "SHOW MY NAME TO MEMBERS"
    for _ in range(5):
        stage.mail(JANE, HELP, "", words, mail_from=ELSEWHERE)
    assert len(stage.mails(JANE)) == 1
    stage.later(minutes=11)
    stage.mail(JANE, HELP, "", words)
    assert len(stage.mails(JANE)) == 2
    stage.reply(stage.last(JANE), "NO")
    stage.mail(JANE, HELP, "", words)  # answered: asked anew
    assert len(stage.mails(JANE)) == 3


OF_RISK = ["FORGET ME", "MY DATA", "CHANGE ADDRESS TO {one}"]


@pytest.mark.parametrize("words", OF_RISK)
def test_what_is_of_risk_is_asked_once_a_day(stage: Stage, words: str) -> None:
    """In whichever network, by mail or by a page, and after a NO as well; the first question stays good (CMD-7)."""
    stage.mail(JANE, HELP, "", "STATUS")
    page = stage.last(JANE).link("p")
    mendip = stage.network_id
    stage.network("wessex")
    stage.network_id, stage.slug = mendip, "mendip"
    had = len(stage.mails(JANE))
    for n in range(5):
        stage.mail(JANE, HELP, "", words.format(one=f"x{n}@other.example"), mail_from=ELSEWHERE)
        stage.mail(JANE, f"wessex-help@{DOMAIN}", "", words.format(one=f"y{n}@other.example"), mail_from=ELSEWHERE)
        press(stage, page, words, f"z{n}@other.example")
        stage.later(hours=4)
    (question,) = stage.mails(JANE)[had:]
    stage.reply(question, "NO")
    stage.mail(JANE, HELP, "", words.format(one="x9@other.example"))
    assert len(stage.mails(JANE)) == had + 1
    stage.later(hours=5)
    stage.mail(JANE, HELP, "", words.format(one="x@other.example"))
    assert len(stage.mails(JANE)) == had + 2
    stage.mail(JANE, HELP, "", words.format(one="x@other.example"))
    assert stage.outcome(stage.reply(stage.last(JANE), "YES")).state in ("done", "asked")
    assert len(stage.mails(JANE)) == had + 3


def press(stage: Stage, page: str, words: str, to: str) -> None:
    button = words.partition(" TO")[0].lower().replace(" ", "-")
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
        assert client.post(f"/p/{page}", data={"do": button, "to": to}).status_code == 200
    stage.settle()


def test_who_is_proven_puts_a_slip_of_the_pen_right(stage: Stage) -> None:
    """In reply to the question itself, on the same day."""
    stage.mail(JANE, HELP, "", "CHANGE ADDRESS TO jnae@new.example")
    stage.reply(stage.last(JANE), f"CHANGE ADDRESS TO {NEW}")
    assert stage.last(JANE).subject == f"Please confirm: mail to {NEW}"

"""What a forged From may cause: one question to the person, and none to others whom it names (CMD-4, CMD-7)."""

from __future__ import annotations

import pytest

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
    assert len(stage.mails(JANE)) == 3


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


@pytest.mark.parametrize("words", ["FORGET ME", "MY DATA", "SHOW MY NAME TO MEMBERS", "CHANGE ADDRESS TO x@other.example"])
def test_the_same_question_is_asked_once_in_ten_minutes(stage: Stage, words: str) -> None:
    for _ in range(5):
        stage.mail(JANE, HELP, "", words, mail_from=ELSEWHERE)
    assert len(stage.mails(JANE)) == 1
    stage.later(minutes=11)
    stage.mail(JANE, HELP, "", words)
    assert len(stage.mails(JANE)) == 2
    stage.reply(stage.last(JANE), "NO")
    stage.mail(JANE, HELP, "", words)  # answered: asked anew
    assert len(stage.mails(JANE)) >= 3

"""What is of risk is asked of the address on record, whichever of a person's addresses wrote; there too goes what is theirs (CMD-4)."""

from __future__ import annotations

import pytest

from mailer.consent import ACTIVE, standing
from mailer.people import addresses
from tests.conversations.scenes import DAWN, invited
from tests.stage import DOMAIN, Stage

HOME, NEW = "dawn@home.example", "dawn.day@new.school.example"
HELP = f"mendip-help@{DOMAIN}"

# words -> what the question at the address on record is about; both files of MY DATA, the erasure, what others see, a move
OF_RISK = {
    "MY DATA": "MY DATA",
    "FORGET ME": "forget me",
    "SHOW MY NAME TO MEMBERS": "SHOW NAME",
    "KEEP DIRECTORY": "KEEP DIRECTORY",
    "KEEP DIRECTORY ALL NETWORKS": "KEEP DIRECTORY",
    "CHANGE ADDRESS TO x@other.example": "mail to x@other.example",
}
PRIVATE = ("STATUS", "MY DETAILS", "MY YEAR")


def linked(stage: Stage) -> str:
    """Dawn writes from home as well. Returns the address on record."""
    invited(stage)
    stage.reply(stage.last(DAWN), "Yes, I'll be there", sender=HOME)
    stage.reply(stage.last(HOME), "ALSO ME")
    stage.reply(stage.last(DAWN), "YES")
    return DAWN


def moved(stage: Stage) -> str:
    """Dawn left HOME behind: mail goes to NEW, and who reads HOME now nobody knows. Returns the address on record."""
    stage.member(HOME, "Dawn Again", purposes=("meetings",))
    stage.mail(HOME, HELP, "", f"CHANGE ADDRESS TO {NEW}")
    stage.reply(stage.last(HOME), "YES")
    stage.reply(stage.last(NEW), "YES")
    return NEW


@pytest.mark.parametrize("words", OF_RISK)
@pytest.mark.parametrize("scene", [linked, moved], ids=["an alias", "an address left behind"])
def test_the_question_goes_to_the_address_on_record(stage: Stage, scene: object, words: str) -> None:
    on_record = scene(stage)  # type: ignore[operator]
    had, there = len(stage.mails(HOME)), len(stage.mails(on_record))
    row = stage.mail(HOME, HELP, "", words)
    assert stage.outcome(row).state == "asked"
    (question,) = stage.mails(on_record)[there:]
    assert OF_RISK[words] in question.subject
    told = stage.mails(HOME)[had:]
    assert not any("Reply YES" in mail.words for mail in told)
    assert not any(on_record in mail.text for mail in told)  # whom we know by what is not told (V9)
    if not words.startswith("CHANGE ADDRESS"):
        assert [mail.subject for mail in told] == ["We have asked at the address that our mail goes to"]


@pytest.mark.parametrize("words", PRIVATE)
@pytest.mark.parametrize("scene", [linked, moved], ids=["an alias", "an address left behind"])
def test_what_is_kept_of_them_goes_to_the_address_on_record(stage: Stage, scene: object, words: str) -> None:
    on_record = scene(stage)  # type: ignore[operator]
    had, there = len(stage.mails(HOME)), len(stage.mails(on_record))
    stage.mail(HOME, HELP, "", words)
    assert len(stage.mails(HOME)) == had
    assert len(stage.mails(on_record)) == there + 1


def test_after_leaving_the_last_address_on_record_is_asked(stage: Stage) -> None:
    moved(stage)
    stage.mail(NEW, f"mendip-leave@{DOMAIN}", "", "")
    had, there = len(stage.mails(HOME)), len(stage.mails(NEW))
    stage.mail(HOME, HELP, "", "MY DATA")
    assert [mail.subject for mail in stage.mails(NEW)[there:]] == ["Please confirm: MY DATA"]
    stage.reply(stage.last(NEW), "YES")
    assert [part.get_filename() for part in stage.last(NEW).message.iter_attachments()] == ["my-data.json", "my-data.csv"]
    assert not any(list(mail.message.iter_attachments()) for mail in stage.mails(HOME)[had:])


def test_a_yes_at_the_address_on_record_does_it(stage: Stage) -> None:
    linked(stage)
    stage.mail(HOME, HELP, "", "FORGET ME")
    stage.reply(stage.last(DAWN), "YES")
    with stage.house.store.read() as session:
        known = addresses.find(session, DAWN)
        assert known is not None
        assert ACTIVE not in standing.of(session, stage.network_id, known.id).values()

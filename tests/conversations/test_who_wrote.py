"""An organiser knows who an unknown writer is: their tagged word asks the new address, then the one we know; the YES of both
links them (CMD-4)."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Got, Stage

HOME = "dawn@home.example"
COMMITTEE = f"mendip-committee@{DOMAIN}"


def letter(stage: Stage) -> Got:
    """Dawn writes to the committee from home; what Olive got of it."""
    stage.mail(HOME, COMMITTEE, "Parking", "Is there parking at Hill School on the day?")
    passed = stage.last(OLIVE)
    assert "We do not know this address" in passed.words
    return passed


@pytest.mark.parametrize("words", ["This is Dawn Day", "SAME AS dawn@mill.school.example", "It's dawn day.", "same person as Dawn Day"])
def test_an_organisers_word_and_a_yes_at_both_addresses_link_the_two(stage: Stage, words: str) -> None:
    row = stage.reply(letter(stage), words)
    assert stage.outcome(row).handler == "same-person"
    assert stage.last(OLIVE).subject == "Asked: is this Dawn Day?"
    question = stage.last(HOME)
    assert question.subject == "Do we know you by another address?"
    assert DAWN not in question.text  # V9: whom we know is not told to who only claims
    assert "Dawn Day" not in question.text
    posted = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance for the spring term?")
    assert stage.outcome(posted).state == "held"  # nothing before the yes

    stage.reply(question, "YES")
    posted = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare flask", "Has anyone a spare flask for the spring term?")
    assert stage.outcome(posted).state == "held"  # nor before the yes of the address we know
    second = stage.last(DAWN)
    assert second.subject == f"Is {HOME} your address as well?"
    assert "Olive" in second.words
    assert "Parking" in second.words
    stage.reply(second, "YES")
    told = next(mail for mail in reversed(stage.mails(DAWN)) if mail.subject == f"We know you by {HOME} as well")
    again = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare burette", "Has anyone a spare burette for the spring term?")
    assert stage.outcome(again).state == "done"

    stage.reply(told, "UNDO")
    after = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare pipette", "Has anyone a spare pipette for the spring term?")
    assert stage.outcome(after).state == "held"


def test_what_was_held_is_theirs_after_the_yes(stage: Stage) -> None:
    held = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance for the spring term?")
    asked = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("A guest"))
    assert "reply SAME AS" in asked.words
    had = len(stage.mails(HOME))
    stage.reply(asked, "SAME AS Dawn Day")
    assert "had a mail from us today, so we ask tomorrow" in stage.last(OLIVE).words  # one letter a day to who is unknown (ruling 3)
    assert len(stage.mails(HOME)) == had
    stage.later(days=1, minutes=1)
    question = stage.last(HOME)
    assert question.subject == "Do we know you by another address?"
    stage.reply(question, "YES")
    assert stage.outcome(held).state == "held"
    stage.reply(stage.last(DAWN), "YES")
    assert stage.outcome(held).state == "done"
    assert "Spare balance" in stage.last(JANE).subject


def test_without_the_yes_of_the_known_address_a_stranger_stays_one(stage: Stage) -> None:
    """CMD-4: a letter signed with a member's name, an organiser who believes it, and a YES from who reads its address."""
    stage.reply(letter(stage), "SAME AS Dawn Day")
    stage.reply(stage.last(HOME), "YES")
    stage.reply(stage.last(DAWN), "NO")
    for words in ("MY DATA", "FORGET ME", "CHANGE ADDRESS TO me@evil.example", "STATUS"):
        had = len(stage.mails(DAWN))
        stage.mail(HOME, f"mendip-help@{DOMAIN}", "", words)
        assert len(stage.mails(DAWN)) == had
        assert DAWN not in stage.last(HOME).text


@pytest.mark.parametrize(
    ("sender", "words", "reason"),
    [
        (OLIVE, "SAME AS Nobody Known", "nobody-meant"),
        (OLIVE, "This is a matter for the host, I think", "letter"),
        ("olive@home.example", "SAME AS Dawn Day", "other-address"),
    ],
    ids=["nobody of that name", "only words", "from an address that is not the organiser's"],
)
def test_nothing_is_asked(stage: Stage, sender: str, words: str, reason: str) -> None:
    row = stage.reply(letter(stage), words, sender=sender)
    assert stage.outcome(row).reason == reason
    assert stage.mails(HOME) == []


def test_a_member_who_is_no_organiser_says_nothing_by_it(stage: Stage) -> None:
    """V8: the words count in answer to the letter that an organiser got, and for nobody else."""
    row = stage.mail(JANE, COMMITTEE, "Re: For the committee: Parking", "SAME AS Dawn Day")
    assert stage.outcome(row).handler == "committee"
    assert stage.mails(HOME) == []
    assert stage.mails(PETER)

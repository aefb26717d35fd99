"""One person, two addresses: a tagged mail answered from an unknown one leads to a question, and a YES links them."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import DAWN, JANE, answers, invited
from tests.stage import DOMAIN, Stage

HOME = "dawn@home.example"


def ask_from_home(stage: Stage, word: str, sender: str = HOME) -> int:
    """Dawn answers the invitation from home, and the question that comes back with `word`. Returns the meeting id."""
    meeting_id = invited(stage)
    first = stage.reply(stage.last(DAWN), "Yes, I'll be there", sender=sender)
    assert stage.outcome(first).state == "asked"
    assert answers(stage, meeting_id)[DAWN] == "none"
    question = stage.last(HOME)
    assert "answering for" in question.subject
    assert "ALSO ME" in question.text
    stage.reply(question, word, sender=sender)
    return meeting_id


@pytest.mark.parametrize(
    ("word", "sender"),
    [("ALSO ME", HOME), ("also me, thanks", HOME), ("Both are mine", HOME), ("MYSELF", f"Dawn Day <{HOME}>")],
    ids=["word", "in words", "both", "myself, under her own name"],
)
def test_yes_at_the_known_address_links_both(stage: Stage, word: str, sender: str) -> None:
    meeting_id = ask_from_home(stage, word, sender)
    question = stage.last(DAWN)
    assert HOME in question.subject
    assert answers(stage, meeting_id)[DAWN] == "none"  # nothing without the yes

    stage.reply(question, "YES")
    assert answers(stage, meeting_id)[DAWN] == "yes"  # the first answer counts now
    linked = next(mail for mail in stage.mails(DAWN) if "as well" in mail.subject and "We know" in mail.subject)

    stage.reply(stage.last(DAWN), "Sorry, I can't come after all", sender=HOME)
    assert answers(stage, meeting_id)[DAWN] == "no"
    posted = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance for the spring term?")
    assert stage.outcome(posted).state == "done"
    assert "Spare balance" in stage.last(JANE).subject

    stage.reply(linked, "UNDO")
    after = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare burette", "Has anyone a spare burette for the spring term?")
    assert stage.outcome(after).state != "done"


def test_without_a_yes_nothing_is_linked(stage: Stage) -> None:
    meeting_id = ask_from_home(stage, "ALSO ME")
    stage.reply(stage.last(DAWN), "No, I don't know who that is")
    assert answers(stage, meeting_id)[DAWN] == "none"
    again = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance?")
    assert stage.outcome(again).state != "done"


def test_a_colleague_who_says_myself_is_a_guest(stage: Stage) -> None:
    ask_from_home(stage, "MYSELF", f"Karen Price <{HOME}>")
    assert not [mail for mail in stage.mails(DAWN) if HOME in mail.subject]


def test_a_members_address_is_never_taken_over(stage: Stage) -> None:
    invited(stage)
    first = stage.reply(stage.last(DAWN), "Yes, I'll be there", sender=JANE)
    assert stage.outcome(first).state == "asked"
    question = stage.last(JANE)
    assert "ALSO ME" not in question.text
    stage.reply(question, "ALSO ME")
    assert not [mail for mail in stage.mails(DAWN) if JANE in mail.subject]


def twice(stage: Stage) -> int:
    """Dawn stands in the list a second time, as she joined from home; there she stopped the newsletter. The meeting's id."""
    meeting_id = invited(stage)
    stage.member(HOME, "Dawn Day", purposes=("meetings", "newsletter"))
    stage.mail(HOME, f"mendip-help@{DOMAIN}", "", "STOP NEWSLETTER")
    return meeting_id


def test_who_stands_in_the_list_twice_becomes_one_with_a_preview_and_undo(stage: Stage) -> None:
    meeting_id = twice(stage)
    letter = next(mail for mail in stage.mails(DAWN) if "invitation" in mail.subject.lower() or "20 January" in mail.text)
    stage.reply(letter, "Yes, I'll be there", sender=HOME)
    question = stage.last(HOME)
    assert "ALSO ME" in question.text
    stage.reply(question, "ALSO ME")
    preview = stage.last(DAWN)
    assert preview.subject == f"Do you stand in our list twice, also as {HOME}?"
    assert "You would get: meeting mail" in preview.words
    assert "newsletter" not in preview.words  # stopped at one of them
    assert answers(stage, meeting_id)[DAWN] == "none"

    stage.reply(preview, "YES")
    assert answers(stage, meeting_id)[DAWN] == "yes"
    linked = next(mail for mail in reversed(stage.mails(DAWN)) if "We know" in mail.subject)
    posted = stage.mail(HOME, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance for the spring term?")
    assert stage.outcome(posted).state == "done"
    stage.reply(letter, "Sorry, I can't come after all", sender=HOME)
    assert answers(stage, meeting_id)[DAWN] == "no"

    stage.reply(linked, "UNDO")
    again = stage.reply(letter, "Yes, I can", sender=HOME)
    assert stage.outcome(again).state == "asked"  # two people again


def test_another_name_is_another_person(stage: Stage) -> None:
    invited(stage)
    stage.member(HOME, "Karen Price")
    stage.reply(stage.last(DAWN), "Yes, I'll be there", sender=HOME)
    question = stage.last(HOME)
    assert "ALSO ME" not in question.text
    stage.reply(question, "ALSO ME")
    assert not [mail for mail in stage.mails(DAWN) if HOME in mail.subject]

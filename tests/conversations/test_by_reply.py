"""Every word of contract 2 in reply to the mails we send: what it does, and the one receipt that says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.people import membership
from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS, answers, invited
from tests.stage import DOMAIN, Got, Stage, staged

# what is written -> the subject of the receipt, what it must say, the outcome in the inbox
WORDS = [
    ("STATUS", "What you get", "how things stand", "Was sent what we keep"),
    ("help", "How to use", "Everything works by reply", "Was sent the words"),
    ("PAUSE UNTIL 1 SEPTEMBER", "Paused until", "Reply RESUME", "Paused until 2027-09-01"),
    ("Resume, please", "on again", "Your mail from us is on again", "The pause is ended"),
    ("DIGEST", "Changed", "Discussion once a day: yes", "DIGEST"),
    ("every post", "Changed", "Discussion once a day: no", "EVERY POST"),
    ("Plain text please", "Changed", "Plain text: yes", "PLAIN TEXT"),
    ("WORKING DAYS TUE THU", "Changed", "Working days", "WORKING DAYS TUE THU"),
    ("STOP NEWSLETTER", "Stopped: the newsletter", "You still get", "Stopped newsletter"),
    ("KEEP NEWSLETTER", "Kept: the newsletter", "UNDO", "Keeps newsletter"),
    ("ONLY MEETINGS", "Kept: meeting mail", "You no longer get", "Gets only meetings"),
    ("MY YEAR", "Your year in", "Jane Doe in Mendip Technicians", "Was sent their year"),
    ("FOR MY IT", "For your IT", "Please pass this mail on", "Was sent a letter"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Got, str, int]]]:
    """Each word in reply to the same invitation, one after the other: the receipt, the outcome, how many mails came."""
    for stage in staged(Path(tmp_path_factory.mktemp("words"))):
        invited(stage)
        invitation = stage.last(JANE)
        found = {}
        for word, *_ in WORDS:
            before = len(stage.mails(JANE))
            done = stage.reply(invitation, f"{word}\n\nJane Doe\nHill School")
            found[word] = (stage.last(JANE), stage.outcome(done).outcome, len(stage.mails(JANE)) - before)
        yield found


@pytest.mark.parametrize(("word", "subject", "words", "outcome"), WORDS, ids=[row[0] for row in WORDS])
def test_a_word_gets_one_receipt(
    said: dict[str, tuple[Got, str, int]], word: str, subject: str, words: str, outcome: str
) -> None:
    """CMD-11."""
    receipt, what, count = said[word]
    assert count == 1
    assert subject in receipt.subject
    assert words in receipt.words
    assert outcome in what
    assert what.endswith((".", ")"))


STOPS = [
    "STOP",
    "stop.",
    "Unsubscribe",
    "please remove me from this list",
    "take me off the list thanks",
    "STOP ALL NETWORKS",
    "Stopiwch",
]


def test_stop_in_its_forms_ends_it_at_once_and_undo_brings_it_back(stage: Stage) -> None:
    """UNS-8, whatever mail of ours is answered; the next form is tried after UNDO."""
    invited(stage)
    letters = stage.mails(JANE)
    for n, word in enumerate(STOPS):
        stage.reply(letters[n % len(letters)], f"{word}\n\n-- \nJane Doe")
        farewell = stage.last(JANE)
        assert "left" in farewell.subject, word
        with stage.house.store.read() as session:
            assert not membership.remaining(session, stage.network_id, 3), word
        stage.reply(farewell, "UNDO")
        assert "Undone" in stage.last(JANE).subject
        stage.later(days=1)  # five farewells a day are enough for anybody (consent/caps)
        with stage.house.store.read() as session:
            assert "meetings" in membership.remaining(session, stage.network_id, 3), word


@pytest.mark.parametrize(
    "door",
    ["mendip", "mendip-agenda", "mendip-news", "mendip-committee", "mendip-help", "mendip-leave", "mendip-exchange"],
)
def test_stop_works_at_every_door(stage: Stage, door: str) -> None:
    """The word alone leaves, also sent to the list address; it never goes round."""
    done = stage.mail(JANE, f"{door}@{DOMAIN}", "", "STOP\n\nJane Doe")
    assert stage.outcome(done).outcome.startswith("Left this network")
    assert "left" in stage.last(JANE).subject
    assert not stage.mails(DAWN)


def test_who_left_may_still_ask_and_come_back(stage: Stage) -> None:
    """Ruling 2: what carries out a right reaches who left; everything else does not."""
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STATUS")
    status = stage.last(JANE)
    stage.reply(status, "STOP")
    stage.reply(status, "STATUS")
    assert "What you get" in stage.last(JANE).subject
    assert "stopped" in stage.last(JANE).words
    count = len(stage.mails(JANE))
    stage.reply(status, "MY DATA")
    assert len(stage.mails(JANE)) == count + 1
    stage.reply(status, "KEEP MEETINGS")
    stage.reply(stage.last(JANE), "YES")  # all of it was stopped: by no older letter (DP-8)
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 3) == ["meetings"]


def test_a_reply_that_says_two_things_has_both_done(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "Yes, coming. Could we discuss balances that drift?")
    receipt = stage.last(JANE)
    assert answers(stage, meeting_id)[JANE] == "yes"
    assert "number 1: Balances that drift" in receipt.words
    stage.reply(stage.last(DAWN), "Sorry, cannot come.\n\nPlease stop the newsletter.")
    assert answers(stage, meeting_id)[DAWN] == "no"
    with stage.house.store.read() as session:
        assert "newsletter" not in membership.remaining(session, stage.network_id, 4)
    stage.reply(
        next(m for m in stage.mails(DAWN) if "are you coming" in m.subject),
        "STOP DISCUSSION\nYes, I will be there after all",
    )
    assert answers(stage, meeting_id)[DAWN] == "yes"
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 4) == ["meetings"]


def test_the_words_of_a_quoted_mail_do_nothing(stage: Stage) -> None:
    """CMD-10: the footer says STOP, the invitation says YES; neither was newly written."""
    meeting_id = invited(stage)
    asked = stage.reply(stage.last(JANE), "What is the parking like?")
    assert stage.outcome(asked).handler == "answer"
    assert answers(stage, meeting_id)[JANE] == "none"
    with stage.house.store.read() as session:
        assert "newsletter" in membership.remaining(session, stage.network_id, 3)
    assert "What is the parking like?" in stage.last(OLIVE).words


def test_an_item_is_changed_in_words(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    stage.reply(stage.last(JANE), "title: Balances\nminutes: 20")
    changed = stage.last(JANE)
    assert "corrected: Balances" in changed.subject
    assert "Minutes: 20" in changed.words
    stage.reply(changed, "UNDO")
    stage.reply(changed, "15 minutes")
    assert "Balances that drift" in stage.last(JANE).subject
    assert "Minutes: 15" in stage.last(JANE).words
    done = stage.reply(changed, "thanks")
    assert "Minutes: 15" in stage.last(JANE).words or stage.outcome(done).state == "done"


@pytest.mark.parametrize("word", ["YES", "Ydw", "yes please, vegetarian", "👍"])
def test_yes_is_understood(stage: Stage, word: str) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), word)
    assert answers(stage, meeting_id)[JANE] == "yes"


def test_a_welsh_member_gets_welsh_and_answers_in_welsh(stage: Stage) -> None:
    gwen = "gwen@bryn.school.example"
    stage.member(gwen, "Gwen Rees", language="cy")
    meeting_id = invited(stage)
    invitation = stage.last(gwen)
    assert "Annwyl Gwen" in invitation.words
    stage.reply(invitation, "Ydw, diolch")
    assert answers(stage, meeting_id)[gwen] == "yes"
    assert "Diolch" in stage.last(gwen).words
    stage.reply(invitation, "STOPIO")
    with stage.house.store.read() as session:
        assert not membership.remaining(session, stage.network_id, 5)

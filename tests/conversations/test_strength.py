"""Ruling 1 as a table: how well the writer is known, what they ask for, and what becomes of it.

done: at once · asked: a tagged question went to the address on record · held: waits for a person · nothing: noted or refused
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS, answers, invited
from tests.stage import DOMAIN, Stage, staged

ALIGNED = {"Authentication_Results": "mx.example.org; dmarc=pass header.from=hill.school.example"}
FAILED = {"Authentication_Results": "mx.example.org; dmarc=fail header.from=hill.school.example"}
STRANGER = "sam@far.school.example"

# what is asked -> door, subject, text
ACTS = {
    "item": ("mendip-agenda", "Balances", "Ours drift in the cold. Ten minutes, please."),
    "piece": ("mendip-news", "A visit", "I went to see their prep room. They have shelves for everything there."),
    "post": ("mendip", "Agar", "How does everyone store agar plates? Ours dry out in a week."),
    "answer": ("mendip-agenda", "Re: the meeting", "Yes, I'll be there."),
    "leave": ("mendip-leave", "", ""),
    "help": ("mendip-help", "", "HELP"),
    "status": ("mendip-help", "", "STATUS"),
    "fewer": ("mendip-help", "", "STOP NEWSLETTER"),
    "only": ("mendip-help", "", "ONLY MEETINGS"),
    "pause": ("mendip-help", "", "PAUSE UNTIL 1 SEPTEMBER"),
    "more": ("mendip-help", "", "KEEP EXCHANGE"),
    "digest": ("mendip-help", "", "DIGEST"),
    "organise": ("mendip-organise", "Meeting", "Date: 10 June 2027\nTime: 4pm to 6pm\nPlace: Mill Academy"),
}

TABLE = [
    # strength, act, state, reason (or none), whether a question goes to the address on record
    ("from", "item", "done", ""),
    ("from", "piece", "done", ""),
    ("from", "post", "done", ""),
    ("from", "answer", "done", ""),
    ("from", "help", "done", ""),
    ("from", "status", "done", ""),
    ("from", "fewer", "done", ""),
    ("from", "only", "done", ""),  # it only ends something
    ("from", "pause", "asked", "needs-confirmation"),
    ("from", "more", "asked", "needs-confirmation"),
    ("from", "digest", "asked", "needs-confirmation"),
    ("from", "organise", "asked", "needs-confirmation"),
    ("aligned", "more", "done", ""),
    ("aligned", "digest", "done", ""),
    ("aligned", "pause", "done", ""),
    ("aligned", "organise", "asked", "needs-confirmation"),  # all of it is prepared, whoever asks
    ("failed", "item", "held", "failed"),
    ("failed", "leave", "held", "failed"),
    ("failed", "organise", "held", "failed"),
    ("unknown", "item", "held", "guest"),
    ("unknown", "piece", "held", "guest"),
    ("unknown", "post", "held", "guest"),
    ("unknown", "leave", "noted", "unknown-sender"),
    ("unknown", "help", "done", ""),
    ("unknown", "organise", "done", "not-organiser"),  # a letter to the committee
    ("from", "leave", "done", ""),  # last, as it ends everything
]


@pytest.fixture(scope="module")
def became(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple[str, str], tuple[str, str, str, list[str]]]]:
    """Every row of the table on one stage: state, reason, strength, and the subjects that the writer got."""
    for stage in staged(Path(tmp_path_factory.mktemp("strength")), authserv_id="mx.example.org"):
        invited(stage)
        found = {}
        for n, (strength, act, *_) in enumerate(TABLE):
            stage.later(minutes=61)
            door, subject, text = ACTS[act]
            sender = (
                f"stranger{n}@far.school.example" if strength == "unknown" else OLIVE if act == "organise" else JANE
            )
            headers = ALIGNED if strength == "aligned" else FAILED if strength == "failed" else {}
            before = len(stage.mails(sender))
            row = stage.outcome(stage.mail(sender, f"{door}@{DOMAIN}", subject, text, **headers))
            found[strength, act] = (
                row.state,
                row.reason,
                row.strength,
                [m.subject for m in stage.mails(sender)[before:]],
            )
        yield found


@pytest.mark.parametrize(
    ("strength", "act", "state", "reason"), TABLE, ids=[f"{row[0]} asks for {row[1]}" for row in TABLE]
)
def test_what_becomes_of_it(
    became: dict[tuple[str, str], tuple[str, str, str, list[str]]], strength: str, act: str, state: str, reason: str
) -> None:
    was = became[strength, act]
    assert was[:2] == (state, reason)
    assert was[2] == ("from" if strength == "failed" else strength)
    asked = [subject for subject in was[3] if subject.startswith("Please confirm")]
    assert len(asked) == (1 if reason == "needs-confirmation" else 0)
    if state == "held" and reason == "failed":
        assert not was[3]  # who is not to be believed is not answered


def test_a_tag_is_stronger_than_from(stage: Stage) -> None:
    """The same words in reply to a letter of ours need no question."""
    invited(stage)
    for word, subject in (("KEEP EXCHANGE", "From now on"), ("DIGEST", "Changed"), ("PAUSE UNTIL 1 SEPTEMBER", "Paused")):
        done = stage.reply(next(m for m in stage.mails(JANE) if "are you coming" in m.subject), word)
        assert stage.outcome(done).state == "done"
        assert stage.outcome(done).strength == "tag"
        assert subject in stage.last(JANE).subject


def test_what_was_asked_is_done_by_a_tagged_yes_and_once(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "KEEP EXCHANGE")
    question = stage.last(JANE)
    assert "KEEP EXCHANGE" in question.words
    stage.reply(question, "Yes please")
    assert "From now on" in stage.last(JANE).subject
    again = stage.outcome(stage.reply(question, "YES"))
    assert again.reason == "already-done"
    assert "Nothing more to do" in stage.last(JANE).subject


def test_a_tag_used_by_somebody_else_is_asked_about(stage: Stage) -> None:
    """Known or not, the writer proves nothing with another's tag; leaving alone is done, and told to the owner."""
    meeting_id = invited(stage)
    invitation = next(m for m in stage.mails(JANE) if "are you coming" in m.subject)
    for sender in (DAWN, STRANGER):
        asked = stage.outcome(stage.reply(invitation, "Yes, we are coming", sender=sender))
        assert (asked.state, asked.reason) == ("asked", "other-address")
        assert stage.last(sender).subject == "Are you answering for Jane Doe, or for yourself?"
    assert set(answers(stage, meeting_id).values()) == {"none"}
    stage.reply(stage.last(DAWN), "MYSELF")
    assert answers(stage, meeting_id)[DAWN] == "yes"
    assert answers(stage, meeting_id)[JANE] == "none"


def test_who_answers_for_another_is_believed_once_that_other_says_so(stage: Stage) -> None:
    meeting_id = invited(stage)
    invitation = next(m for m in stage.mails(JANE) if "are you coming" in m.subject)
    stage.reply(invitation, "Sorry, cannot come", sender=DAWN)
    stage.reply(stage.last(DAWN), "for Jane")
    question = stage.last(JANE)
    assert "Dawn Day answered a mail that we had sent to you" in question.words
    assert answers(stage, meeting_id)[JANE] == "none"
    stage.reply(question, "YES")
    assert answers(stage, meeting_id)[JANE] == "no"
    assert answers(stage, meeting_id)[DAWN] == "none"


def test_a_forwarded_mail_that_says_stop_leaves_and_tells_the_owner(stage: Stage) -> None:
    invited(stage)
    invitation = next(m for m in stage.mails(JANE) if "are you coming" in m.subject)
    stage.reply(invitation, "STOP", sender=STRANGER)
    farewell = stage.last(JANE)
    assert "left" in farewell.subject
    assert not stage.mails(STRANGER)
    stage.reply(farewell, "UNDO")
    assert "Undone" in stage.last(JANE).subject


def test_an_item_from_a_bare_from_says_so_in_the_proof(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ours drift in the cold. Ten minutes, please.")
    assert "number 1" in stage.last(JANE).words  # the receipt goes to the address on record

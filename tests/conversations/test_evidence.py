"""Evidence of what the network is good for is gathered from the first day (design ruling 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailer.meetings import evidence
from tests.stage import DOMAIN, Stage

JANE, DAWN = "jane@hill.school.example", "dawn@mill.school.example"


def counts(stage: Stage) -> dict[str, int]:
    with stage.house.store.read() as session:
        return evidence.counts(
            session, stage.network_id, stage.now - timedelta(days=400), stage.now + timedelta(days=1)
        )


def thread(stage: Stage, list_: str, subject: str, *lines: tuple[str, str]) -> None:
    first = ""
    for who, text in lines:
        headers = {"In_Reply_To": first, "References": first} if first else {}
        inbox_id = stage.mail(
            who, f"mendip{list_}@{DOMAIN}", subject if not first else f"Re: {subject}", text, **headers
        )
        row = stage.outcome(inbox_id)
        assert row.state == "done", row.outcome
        first = first or f"<{row.message_id.strip('<>')}>"


def test_a_question_is_solved_when_its_asker_says_so(stage: Stage) -> None:
    thread(
        stage,
        "",
        "Agar plates",
        (JANE, "How do you store agar plates? Ours dry out in a week."),
        (DAWN, "We seal them with film and keep them upside down in the fridge."),
        (JANE, "Thanks Dawn, that worked a treat for this batch."),
    )
    assert counts(stage)["solved"] == 1


def test_somebody_elses_thanks_solve_nothing(stage: Stage) -> None:
    thread(
        stage,
        "",
        "Agar plates",
        (JANE, "How do you store agar plates? Ours dry out in a week."),
        (DAWN, "We had that too, and it is sorted since we seal them with film."),
    )
    assert counts(stage)["solved"] == 0


def test_what_changed_is_kept_from_feedback(stage: Stage) -> None:
    stage.meeting(datetime(2026, 12, 1, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.settle()
    from mailer.acts import Actor, Strength, feedback

    stage.later(days=9)
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, 3, 3, Strength.TAG, "mail")
        feedback.feedback(
            session, actor, 1, score=5, text="Great.\nChanged: we share a balance with Mill now.", now=stage.now
        )
    assert counts(stage)["changed"] == 1

"""`inbox show` tells which row of which table decided: the steps that are kept with each message."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import DAWN, JANE, invited
from tests.stage import DOMAIN, Stage


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("Yes, see you there", ["kind: a person", "a tag of ours came back", "it answers: occasions/invitation", "words: answer yes, by answers: ", "handler answer: "]),
        ("Sorry, teaching", ["words: answer no, by answers: sorry, and why", "certainty 0.95"]),
        ("Would love to, but the buses stop at four", ["so it is not acted on by itself"]),
        ("STOP", ["words: stop, by commands: ", "handler answer: "]),
    ],
    ids=["yes", "no", "unsure", "command"],
)  # fmt: skip
def test_an_answer(stage: Stage, words: str, steps: list[str]) -> None:
    invited(stage)
    told = stage.outcome(stage.reply(stage.last(DAWN), words)).steps
    assert [part for part in steps if not any(part in step for step in told)] == [], told


def test_a_stranger_and_a_machine(stage: Stage) -> None:
    stranger = stage.outcome(
        stage.mail("sam@far.example", f"mendip-agenda@{DOMAIN}", "Balances", "Could we talk about balances?")
    )
    assert "who wrote it: an address that is not known here" in stranger.steps
    machine = stage.outcome(
        stage.mail(JANE, f"mendip@{DOMAIN}", "Automatic reply: Meeting", "I am away.", Auto_Submitted="auto-replied")
    )
    assert any("auto-submitted: auto-replied (RFC 3834 5)" in step for step in machine.steps)
    assert not any(step.startswith("words:") for step in machine.steps)

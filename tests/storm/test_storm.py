"""A short storm (V5, V6, OUT-3): ten kills in each form. `make storm` makes two hundred, `make storm-full` a thousand."""

from __future__ import annotations

import pytest

from tests.storm.__main__ import line, play

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    "form",
    [
        "embedded",
        pytest.param("hosted", marks=[pytest.mark.postgres, pytest.mark.redis, pytest.mark.xdist_group("storm")]),
    ],
)
def test_nobody_is_lost_and_nobody_doubled_v5_v6(form: str) -> None:
    verdicts = play(form, kills=10, people=1000, seed=5)
    assert sum(len(verdict.kills) for verdict in verdicts) == 10
    assert not [line(verdict) for verdict in verdicts if verdict.troubles]

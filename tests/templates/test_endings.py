"""Until when something can be done: a midnight is the end of the day before, for people."""

from __future__ import annotations

import pytest

from mailer.outbound.compose import compose
from tests.templates import MENDIP, sample


@pytest.mark.parametrize(
    ("until_at", "says"),
    [
        ("2026-03-27T15:00:00+00:00", "until Friday 27 March at 15:00"),
        ("2026-03-28T00:00:00+00:00", "until the end of Friday 27 March"),
    ],
)
def test_a_proof_says_until_when(until_at: str, says: str) -> None:
    fields = {**sample("occasions/proof"), "until_at": until_at, "if_silent": "waits", "last_day": False}
    draft, _ = compose("occasions/proof", fields, network=MENDIP, language="en", klass="desk")
    text = " ".join(draft.text.split())
    assert says in text
    assert "each working day" in text
    assert "00:00" not in text

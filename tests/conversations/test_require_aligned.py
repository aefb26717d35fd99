"""TERMPOST_REQUIRE_ALIGNED: what a bare From may not do without an organiser's YES (contract 4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, staged

DOORS = {"items": "mendip-agenda", "pieces": "mendip-news", "posts": "mendip"}


@pytest.mark.parametrize("kind", DOORS)
def test_an_unproven_sender_waits_for_an_organiser(tmp_path: Path, kind: str) -> None:
    for stage in staged(tmp_path, require_aligned=kind):
        text = "We sealed our agar plates with film, and they keep for a month in the fridge."
        done = stage.outcome(stage.mail(JANE, f"{DOORS[kind]}@{DOMAIN}", "Agar plates", text))
        assert done.state == "held"
        assert any("agar plates" in mail.text for mail in stage.mails(OLIVE))

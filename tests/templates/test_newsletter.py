"""What a newsletter says of itself."""

from __future__ import annotations

import pytest

from mailer.outbound.compose import compose
from tests.templates import MENDIP, sample

SINCE = {"en": "since the last newsletter", "cy": "ers y cylchlythyr diwethaf"}


@pytest.mark.parametrize("language", SINCE)
@pytest.mark.parametrize("number", [1, 2])
def test_the_first_one_speaks_of_none_before_it(number: int, language: str) -> None:
    fields = sample("occasions/issue")
    fields = {**fields, "issue": {**fields["issue"], "number": number}, "exchange": {**fields["exchange"], "gone": []}}
    assert fields["new_members"]["count"]
    draft, _ = compose("occasions/issue", fields, network=MENDIP, language=language, klass="newsletter")
    assert (SINCE[language] in " ".join(draft.text.split())) is (number > 1)

"""What says that somebody has left or has died, and what only sounds like it."""

from __future__ import annotations

import pytest

from mailer.inbound import gone

SAID = [
    ("Karen left", "", "Karen", "left"),
    ("Re: Karen Price has left", "", "Karen Price", "left"),
    ("", "Hi Olive,\nKaren Price has left the school, so no need to write to her any more.", "Karen Price", "left"),
    ("", "Just to say that Karen has now retired.", "Karen", "left"),
    ("", "Karen Price no longer works here.", "Karen Price", "left"),
    ("", "Karen's left us for a job in Exeter", "Karen", "left"),
    ("Karen", "Karen Price left in July.", "Karen Price", "left"),
    ("Karen has died", "", "Karen", "died"),
    ("Sad news", "I am very sorry to tell you that Karen Price died on Saturday after a long illness.", "Karen Price", "died"),
    ("", "Karen Price passed away last week", "Karen Price", "died"),
    ("", "It is with great sadness that I write of the death of our colleague, Karen Price.", "Karen Price", "died"),
    ("", "Karen Price has sadly passed away.", "Karen Price", "died"),
    ("", "Karen Price is no longer with us.", "Karen Price", "unsaid"),
    ("", "Karen's no longer with us", "Karen", "unsaid"),
    ("", "Mae Karen Price wedi gadael yr ysgol.", "Karen Price", "left"),
    ("", "Mae Karen Price wedi ymddeol", "Karen Price", "left"),
    ("", "Mae Karen Price wedi marw.", "Karen Price", "died"),
    ("Newyddion trist", "Bu farw Karen Price ddydd Sul.", "Karen Price", "died"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "who", "how"), SAID, ids=[row[0] or row[1][:40] for row in SAID])
def test_said(subject: str, text: str, who: str, how: str) -> None:
    found = gone.said(subject, text)
    assert found is not None
    assert (found.who, found.how) == (who, how)


NOT_SAID = [
    ("a coat", "Karen left her coat in the prep room."),
    ("us", "Karen's left us the key to the prep room."),
    ("a message", "Karen left me a message about the balances."),
    ("a day off", "Karen has left early today, so I will answer for her."),
    ("to come", "Karen is leaving at Easter."),
    ("asked", "Has Karen left the school?"),
    ("the writer", "I have left the school."),
    ("a thing", "The old autoclave has died."),
    ("what is left", "There are three places left."),
    ("two people", "Karen and Joe have left the school."),
    ("no name", "She has left the school."),
]


@pytest.mark.parametrize("text", [row[1] for row in NOT_SAID], ids=[row[0] for row in NOT_SAID])
def test_not_said(text: str) -> None:
    assert gone.said("", text) is None

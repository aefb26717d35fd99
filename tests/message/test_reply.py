"""What the person newly wrote (MIME-7): tables of what came and what is left of it, and texts made to take time."""

from __future__ import annotations

import pytest

from mailer.message import read
from mailer.message.reply import cut
from tests.message.new_words import clients, institutions, own, torn

CASES = {
    f"{table.__name__.rpartition('.')[2]}: {name}": case for table in (clients, torn, own, institutions) for name, case in table.CASES.items()
}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_new_words(name: str) -> None:
    came, new = CASES[name]
    seen = read(("From: a@school.example\nContent-Type: text/plain; charset=utf-8\n\n" + came).encode())
    assert flat(seen.reply) == flat(new)


@pytest.mark.parametrize("name", CASES)
def test_nothing_vanishes_what_is_cut_is_kept(name: str) -> None:
    came, _ = CASES[name]
    found = cut(came)
    assert sorted(flat(came).split()) == sorted(flat(found.reply + " " + found.quoted).split()) or (name.startswith("torn") and "---" in came)


LONG = {
    "quote marks": ">" * 1_000_000,
    "quote lines": "> \n" * 300_000,
    "spaces": " " * 1_000_000,
    "attributions": "On Mon, 4 Jan 2021 at 10:00 a <a@b.example> wrote:\n" * 20_000,
    "half attributions": "On \n" * 200_000,
    "header words": "From: x\n" * 100_000,
    "header blocks": "From: x\nTo: y\n\n" * 50_000,
    "dashes": "-" * 1_000_000,
    "delimiters": "--\n" * 300_000,
    "rules": ("_" * 30 + "\n") * 30_000,
    "one line": "a" * 10_000_000,
    "notices": "this e-mail message\n" * 50_000,
    "devices": "Sent from my iPhone\n" * 50_000,
    "closings": "Kind regards\nBob\n" * 50_000,
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.timeout(10)
def test_mime_7_time_is_bounded(name: str) -> None:
    cut(LONG[name])

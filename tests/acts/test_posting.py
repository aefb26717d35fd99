"""Posting: what goes round gets no receipt, what is held is held for somebody (V2)."""

from __future__ import annotations

import pytest

from mailer.acts import Actor, Strength
from mailer.acts.post import post
from mailer.discussion.posting import Draft
from tests.acts.conftest import NOW, Place
from tests.acts.rendering import read

DRAFT = Draft("1@school.example", "Re: agar", "Ours dry out.", in_reply_to="unknown@x")


def test_a_members_post_goes_round(place: Place) -> None:
    dawn = place.actor(place.member("dawn@school.example", "Dawn Price", purposes=("discussion",)))
    receipt = post(place.session, dawn, DRAFT, now=NOW)
    assert (receipt.template, receipt.state) == ("", "done")
    assert receipt.fields["post"]["author"] == "Dawn Price"
    assert receipt.fields["post"]["subject"] == "agar"


def test_what_nobody_is_helped_by_is_held_without_a_word(place: Place) -> None:
    """LOOP-1, LOOP-4."""
    dawn = place.actor(place.member("dawn@school.example", "Dawn Price", purposes=("discussion",)))
    post(place.session, dawn, DRAFT, now=NOW)
    for draft in (DRAFT, Draft("2@x", "agar", "x", list_ids=("mendip.lists.example.org",))):
        receipt = post(place.session, dawn, draft, vouched=True, now=NOW)
        assert (receipt.template, receipt.state) == ("", "held")


@pytest.mark.parametrize("known", [True, False], ids=["member of another purpose", "stranger"])
def test_what_an_organiser_may_let_pass(place: Place, known: bool) -> None:
    place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    address = place.member("huw@school.example", "Huw Rees") if known else None
    huw = Actor(place.network.id, address, None, Strength.FROM, "mail")
    receipt = post(place.session, huw, DRAFT, now=NOW)
    assert (receipt.template, receipt.state, receipt.held_for) == ("post-held", "held", "Ann Lee")
    assert ("yourself" if known else "Only members") in read(receipt, place.network)
    assert post(place.session, huw, DRAFT, vouched=True, now=NOW).state == "done"

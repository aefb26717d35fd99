"""An act, a later one of the same kind, UNDO of the first: the later one stands. UNDO of both, the last first, ends at the beginning.

What shows more of somebody, or begins what they stopped since, is asked of them afresh (CMD-4, DP-7).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailer.acts import (
    Actor,
    Receipt,
    Strength,
    leave,
    share,
    undo,
)
from mailer.people import profile
from tests.acts.conftest import NOW, Place
from tests.acts.first_and_later import HOUR, PARTS, TABLE, Row, Scene


def test_every_act_that_can_be_taken_back_is_here() -> None:
    assert {name.partition(":")[0] for name in TABLE} == undo.UNDOS.keys()


def _played(place: Place, name: str) -> tuple[Scene, Row, Actor, Receipt, Receipt]:
    scene = Scene(place)
    row = TABLE[name](scene)
    actor = place.actor(scene.ann, Strength.CONFIRM) if row.by_ann else place.actor(scene.jane)
    first = row.first(actor, NOW)
    if row.between is not None:
        row.between(NOW + HOUR)
    return scene, row, actor, first, row.later(actor, NOW + 2 * HOUR)


@pytest.mark.parametrize("name", TABLE)
def test_the_later_one_stands(place: Place, name: str) -> None:
    _scene, row, actor, first, _later = _played(place, name)
    stood = row.stands()
    told = undo.redeem(place.session, actor, first.fields["undo"], now=NOW + 3 * HOUR)
    assert row.stands() == stood
    if told.state != "asked" and name not in PARTS:
        assert told.fields["changed_since"] or told.fields["left_since"]


ONE_WAY = ("leave", "keep", "share", "gone", "merge", "link-address", "data-complaint")  # what came between has no UNDO
REVERSIBLE = [name for name in TABLE if name.partition(":")[0] not in ONE_WAY]


@pytest.mark.parametrize("name", REVERSIBLE)
def test_both_are_taken_back_the_last_one_first(place: Place, name: str) -> None:
    scene = Scene(place)
    row = TABLE[name](scene)
    actor = place.actor(scene.ann, Strength.CONFIRM) if row.by_ann else place.actor(scene.jane)
    stood = row.stands()
    first = row.first(actor, NOW)
    after_it = row.stands()
    later = row.later(actor, NOW + 2 * HOUR)
    undo.redeem(place.session, actor, later.fields["undo"], now=NOW + 3 * HOUR)
    assert row.stands() == after_it
    undo.redeem(place.session, actor, first.fields["undo"], now=NOW + 4 * HOUR)
    assert row.stands() == stood


@pytest.mark.parametrize("name", ["share", "leave"])
def test_what_shows_more_of_somebody_takes_a_fresh_yes(place: Place, name: str) -> None:
    """CMD-4: whoever holds a receipt that was passed on shows them to nobody."""
    scene = Scene(place)
    share.share(place.session, place.actor(scene.jane, Strength.CONFIRM), {"name": "members"}, now=NOW)
    jane, later = place.actor(scene.jane), NOW + HOUR
    if name == "share":
        done = share.share(place.session, jane, {"name": "nobody"}, now=later)
    else:
        done = leave.some(place.session, jane, ["directory"], now=later)
    asked = undo.redeem(place.session, jane, done.fields["undo"], now=later + HOUR)
    assert asked.state == "asked"
    assert profile.audiences(place.session, place.network.id, scene.jane)["name"] == "nobody"
    yes = replace(jane, strength=Strength.CONFIRM, asked_at=later + HOUR)
    undo.redeem(place.session, yes, done.fields["undo"], now=later + 2 * HOUR)
    assert profile.audiences(place.session, place.network.id, scene.jane)["name"] == "members"


def test_hidden_and_out_of_the_directory_since(place: Place) -> None:
    """HIDE of what was shown by the directory as such leaves no row of its own; leaving the directory is later."""
    jane = place.member("jane@hill.school.example", "Jane Doe", purposes=("meetings", "directory"))
    hidden = share.share(place.session, place.actor(jane), {"name": "nobody"}, now=NOW)
    leave.some(place.session, place.actor(jane), ["directory"], now=NOW + HOUR)
    yes = replace(place.actor(jane, Strength.CONFIRM), asked_at=NOW + 2 * HOUR)
    told = undo.redeem(place.session, yes, hidden.fields["undo"], now=NOW + 3 * HOUR)
    assert told.fields["changed_since"]
    assert set(profile.audiences(place.session, place.network.id, jane).values()) == {"nobody"}

"""PAUSE, DIGEST, PLAIN TEXT, WORKING DAYS, ONLY, STATUS: one receipt each, UNDO, and a YES where From is the only proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mailer.acts import (
    Actor,
    Receipt,
    Strength,
    add_member,
    confirm,
    join,
    keep,
    leave,
    pause,
    preferences,
    status,
    undo,
)
from mailer.acts.help import help
from mailer.consent import gate, standing
from mailer.errors import Refused
from mailer.outbound.compose import compose
from mailer.people import addresses
from mailer.store.tables import confirmations
from tests.acts.conftest import HASHER, NOW, Place
from tests.templates import MENDIP, klass_of

SEPTEMBER = date(2027, 9, 1)

Act = Callable[[Any, Actor], Receipt]
WAYS: list[tuple[str, Act, str, Any]] = [
    ("DIGEST", lambda s, a: preferences.digest(s, a, True, now=NOW), "digest", True),
    ("PLAIN TEXT", lambda s, a: preferences.plain_text(s, a, now=NOW), "plain_text", True),
    (
        "WORKING DAYS",
        lambda s, a: preferences.working_days(s, a, ["thu", "Tuesday"], now=NOW),
        "working_days",
        "tue thu",
    ),
    ("CYMRAEG", lambda s, a: preferences.language(s, a, "cy", now=NOW), "language", "cy"),
    ("PAUSE", lambda s, a: pause.pause(s, a, SEPTEMBER, now=NOW), "paused_until", "2027-09-01"),
]


@pytest.mark.parametrize(("act", "name", "value"), [w[1:] for w in WAYS], ids=[w[0] for w in WAYS])
def test_set_undone_and_asked_back(place: Place, act: Act, name: str, value: Any) -> None:
    jane = place.member("jane@hill.example", "Jane Doe")

    def seen() -> Any:
        return preferences.current(place.session, place.network.id, jane)[name]

    before = seen()
    receipt = act(place.session, place.actor(jane))
    assert seen() == value
    _fits(receipt)
    undo.redeem(place.session, place.actor(jane), receipt.fields["undo"], now=NOW)
    assert seen() == before
    asked = act(place.session, place.actor(jane, Strength.FROM))  # V8
    assert (asked.state, seen()) == ("asked", before)
    template, purpose, fields = place.letters(jane)[-1]
    assert (template, purpose) == ("confirm-act", "answer")
    _composes(template, fields)
    newest = place.session.execute(select(func.max(confirmations.c.id))).scalar_one()
    confirm.redeem(place.session, newest, channel="mail", now=NOW)
    assert seen() == value


def test_an_undo_of_before_mailboxes_had_wishes_still_holds(place: Place) -> None:
    """Remembered without the table: of a person, or of the membership."""
    jane = place.member("jane@hill.example", "Jane Doe")
    actor = place.actor(jane)
    before = [{"name": "language", "owner": actor.person_id, "value": "cy"}, {"name": "digest", "owner": 1, "value": True}]
    undo_id = undo.remember(place.session, actor, "preference", {"before": before, "command": "ENGLISH"}, NOW)
    undo.redeem(place.session, actor, undo_id, now=NOW)
    now_is = preferences.current(place.session, place.network.id, jane)
    assert (now_is["language"], now_is["digest"]) == ("cy", True)


def test_a_pause_rests_subscriptions_and_ends_by_itself(place: Place) -> None:
    jane = place.member("jane@hill.example")
    pause.pause(place.session, place.actor(jane), date(2026, 12, 1), now=NOW)
    standing_id = standing.find(place.session, place.network.id, jane, "newsletter")
    assert standing_id is not None
    asked = [
        gate.ask(place.session, standing_id=standing_id, purpose="newsletter", now=NOW + timedelta(days=days)).reason
        for days in (0, 10, 11)
    ]
    assert asked == ["paused", "paused", ""]
    pause.resume(place.session, place.actor(jane), now=NOW)
    assert gate.ask(place.session, standing_id=standing_id, purpose="newsletter", now=NOW).allowed


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2026, 1, 1), date(2029, 1, 1)])
def test_a_pause_needs_a_day_within_a_year(place: Place, until: date) -> None:
    jane = place.member("jane@hill.example")
    with pytest.raises(Refused):
        pause.pause(place.session, place.actor(jane), until, now=NOW)


def test_only_newsletter_ends_the_rest(place: Place) -> None:
    jane = place.member("jane@hill.example", purposes=("meetings", "newsletter", "discussion"))
    receipt = preferences.only(place.session, place.actor(jane, Strength.FROM), ["newsletter"], now=NOW)
    assert place.standings(jane) == {"meetings": "left", "newsletter": "active", "discussion": "left"}
    assert receipt.fields["ended"] == ["meetings", "discussion"]
    _fits(receipt)
    undo.redeem(place.session, place.actor(jane), receipt.fields["undo"], now=NOW)
    assert set(place.standings(jane).values()) == {"active"}


def test_only_what_was_not_coming_needs_more_than_a_from(place: Place) -> None:
    jane = place.member("jane@hill.example", purposes=("meetings",))
    asked = preferences.only(place.session, place.actor(jane, Strength.FROM), ["newsletter"], now=NOW)
    assert (asked.state, place.standings(jane)) == ("asked", {"meetings": "active"})
    preferences.only(place.session, place.actor(jane), ["newsletter"], now=NOW)
    assert place.standings(jane) == {"meetings": "left", "newsletter": "active"}


@pytest.mark.parametrize("wanted", [["directory"], ["newsletter", "directory"]], ids=" ".join)
def test_only_with_the_directory_ends_the_rest_at_once_and_asks_about_that(place: Place, wanted: list[str]) -> None:
    jane = place.member("jane@hill.example", purposes=("meetings", "discussion"))
    actor = place.actor(jane, Strength.ALIGNED, inbox_id=place.message())
    receipt = preferences.only(place.session, actor, wanted, now=NOW)
    begun = {name: "active" for name in wanted if name != "directory"}
    assert place.standings(jane) == {"meetings": "left", "discussion": "left", **begun}
    assert (receipt.state, receipt.fields["ended"], receipt.fields["purposes"]) == (
        "done",
        ["meetings", "discussion"],
        list(begun),
    )
    _fits(receipt)
    template, _, fields = place.letters(jane)[-1]
    assert (template, fields["begins"]) == ("confirm-act", ["directory"])
    newest = place.session.execute(select(func.max(confirmations.c.id))).scalar_one()
    confirm.redeem(place.session, newest, channel="mail", now=NOW)
    assert place.standings(jane)["directory"] == "active"


def test_status_says_how_things_stand(place: Place) -> None:
    jane = place.member("jane@hill.example", "Jane Doe")
    pause.pause(place.session, place.actor(jane), date(2026, 12, 1), now=NOW)
    leave.some(place.session, place.actor(jane), ("newsletter",), now=NOW)
    receipt = status.status(place.session, place.actor(jane, Strength.FROM), now=NOW)
    stands = {row["purpose"]: row["standing"] for row in receipt.fields["standings"]}
    assert (stands["meetings"], stands["newsletter"], stands["exchange"]) == ("paused", "left", "none")
    assert receipt.fields["name"] == "Jane Doe"
    _fits(receipt)


def test_every_receipt_gives_its_template_what_it_asks(place: Place) -> None:
    jane = place.member("jane@hill.example", "Jane Doe")
    by = place.actor(jane)
    _fits(help(place.session, by, now=NOW))
    _fits(keep.keep(place.session, by, ["exchange"], now=NOW))
    _fits(pause.resume(place.session, by, now=NOW))
    leave.everything(place.session, by, now=NOW)
    template, _, fields = place.letters(jane)[-1]
    _composes(template, fields)
    _fits(undo.redeem(place.session, by, fields["undo"], now=NOW))
    _fits(undo.redeem(place.session, by, fields["undo"], now=NOW))


def test_every_letter_of_joining_is_made(place: Place) -> None:
    ann = place.member("ann@hill.example", "Ann Lee", roles=("organiser",))
    _fits(add_member.add(place.session, place.actor(ann), "nia@hill.example", name="Nia", hasher=HASHER, now=NOW))
    join.ask(place.session, place.network, "jane@hill.example", channel="web", hasher=HASHER, language="cy", now=NOW)
    newest = place.session.execute(select(func.max(confirmations.c.id))).scalar_one()
    confirm.redeem(place.session, newest, channel="web", now=NOW)
    _fits(confirm.redeem(place.session, newest, channel="web", now=NOW))
    _fits(confirm.redeem(place.session, newest - 1, channel="web", now=NOW + timedelta(days=29)))
    jane = addresses.find(place.session, "jane@hill.example")
    assert jane is not None
    letters = place.letters(jane.id)
    assert [template for template, _, _ in letters] == ["join-confirm", "joined"]
    for template, _, fields in letters:
        _composes(template, fields)
    assert "Mendip Technicians ysgrifennu ataf" in letters[0][2]["wording"]


def _fits(receipt: Receipt) -> None:
    _composes(receipt.template, dict(receipt.fields))


def _composes(template: str, fields: dict[str, Any]) -> str:
    """The letter is made with these fields, in both languages (templates are strict about what they are given). Returns
    its English text in one line."""
    kept = json.loads(json.dumps(fields))
    for language in ("cy", "en"):
        draft, _ = compose(
            f"replies/{template}", kept, network=MENDIP, language=language, klass=klass_of(f"replies/{template}")
        )
        assert draft.text
    return " ".join(draft.text.split())


@pytest.mark.parametrize(("on", "said"), [(True, "all posts of a day in one mail"), (False, "each post as it comes")])
def test_saying_how_the_discussion_comes_asks_for_it(place: Place, on: bool, said: str) -> None:
    """DIGEST and EVERY POST from somebody who does not get the list: their own word begins it, a bare From is asked."""
    jane = place.member("jane@hill.example", "Jane Doe")
    asked = preferences.digest(place.session, place.actor(jane, Strength.FROM), on, now=NOW)
    assert (asked.state, "discussion" in place.standings(jane)) == ("asked", False)  # V8
    confirmation = place.session.execute(confirmations.select()).one()
    assert confirmation.act == "digest"
    receipt = confirm.redeem(place.session, confirmation.id, channel="mail", now=NOW)
    assert place.standings(jane)["discussion"] == "active"
    assert preferences.current(place.session, place.network.id, jane)["digest"] is on
    assert said in _composes(receipt.template, dict(receipt.fields))
    undo.redeem(place.session, place.actor(jane), receipt.fields["undo"], now=NOW)
    assert place.standings(jane)["discussion"] == "left"
    assert preferences.current(place.session, place.network.id, jane)["digest"] is False

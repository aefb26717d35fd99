"""Joining: the person's own confirmation, one question a day, and nothing told to whoever asks (CMD-6 to CMD-8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mailer.acts import Receipt, add_member, confirm, join, leave
from mailer.errors import Refused
from mailer.people import addresses, committee, membership, networks
from mailer.store.tables import confirmations, ledger, memberships, wordings
from mailer.store.tables import evidence as evidence_table
from tests.acts.conftest import HASHER, NOW, Place


def ask(place: Place, address: str, *, later: timedelta = timedelta(), **more: Any) -> Receipt:
    return join.ask(place.session, place.network, address, channel="mail", hasher=HASHER, now=NOW + later, **more)


def question(place: Place) -> int:
    return int(place.session.execute(select(func.max(confirmations.c.id))).scalar_one())


def test_a_stranger_joins(place: Place) -> None:
    answer = place.message()
    ask(place, "jane@hill.example", name="Doe, Jane", told_by="Karen", inbox_id=place.message())
    known = addresses.find(place.session, "jane@hill.example")
    assert known is not None
    assert place.standings(known.id) == {"meetings": "pending", "newsletter": "pending"}
    [(template, purpose, fields)] = place.letters(known.id)
    assert (template, purpose) == ("join-confirm", "confirm")
    assert "Jane" not in str(fields)  # CMD-7: nothing from the request
    receipt = confirm.redeem(
        place.session, question(place), channel="mail", inbox_id=answer, evidence_sha256="ab" * 32, now=NOW
    )
    assert receipt.said == "Joined: meetings, newsletter."
    assert place.standings(known.id) == {"meetings": "active", "newsletter": "active"}
    proof = place.session.execute(select(ledger).where(ledger.c.standing == "active").limit(1)).one()
    assert (proof.basis, proof.channel, proof.inbox_id, proof.evidence_sha256) == ("consent", "mail", answer, "ab" * 32)
    shown = place.session.execute(select(wordings.c.text).where(wordings.c.id == proof.wording_id)).scalar_one()
    assert shown == fields["wording"]  # DP-1: the exact words
    assert [letter[0] for letter in place.letters(known.id)] == ["join-confirm", "joined"]
    member = membership.of_address(place.session, place.network.id, known.id)
    assert member is not None
    assert (member.name, member.roles) == ("Jane Doe", ("member",))
    assert place.session.execute(select(memberships.c.welcomed_at)).scalar_one() == NOW
    assert place.session.execute(select(evidence_table.c.kind, evidence_table.c.text)).one() == ("told-by", "Karen")


def test_a_repeat_says_what_was_done_and_changes_nothing(place: Place) -> None:
    ask(place, "jane@hill.example")
    first = question(place)
    confirm.redeem(place.session, first, channel="web", now=NOW)
    rows = place.session.execute(select(func.count()).select_from(ledger)).scalar_one()
    again = confirm.redeem(place.session, first, channel="web", now=NOW)
    assert (again.template, again.fields["what"]) == ("done-already", "Joined: meetings, newsletter.")
    assert place.session.execute(select(func.count()).select_from(ledger)).scalar_one() == rows


def test_a_late_yes_says_how_to_ask_again(place: Place) -> None:
    ask(place, "jane@hill.example")
    late = confirm.redeem(place.session, question(place), channel="mail", now=NOW + timedelta(days=7))
    assert (late.template, late.reason) == ("refused", "confirmation-expired")
    assert "active" not in place.standings(1).values()


def test_only_meetings_in_answer_to_the_question(place: Place) -> None:
    ask(place, "jane@hill.example")
    confirm.redeem(place.session, question(place), channel="mail", purposes=["meetings"], now=NOW)
    assert place.standings(1) == {"meetings": "active"}


def test_declining_spends_the_tag(place: Place) -> None:
    ask(place, "jane@hill.example")
    confirm.decline(place.session, question(place), now=NOW)
    confirm.redeem(place.session, question(place), channel="mail", now=NOW)
    assert "active" not in place.standings(1).values()


def test_cmd7_500_requests_make_one_mail(place: Place) -> None:
    other = networks.add(place.session, slug="quantock", domain="lists.example.org", name="Q", now=NOW)
    for n in range(500):
        network = place.network if n % 2 else networks.by_id(place.session, other)
        join.ask(
            place.session, network, "jane@hill.example", channel="web", hasher=HASHER, now=NOW + timedelta(minutes=n)
        )
    assert len(place.letters(1)) == 1
    ask(place, "jane@hill.example", later=timedelta(days=2))
    assert len(place.letters(1)) == 2


@pytest.mark.parametrize("first", ["boss@corp.example", "boss+0@corp.example"])
def test_cmd7_plus_forms_are_one_mailbox(place: Place, first: str) -> None:
    def asked() -> int:
        return int(place.session.execute(select(func.count()).select_from(confirmations)).scalar_one())

    ask(place, first)
    for n in range(70):
        ask(place, f"Boss+{n}@Corp.example")
    ask(place, "boss@corp.example")
    assert asked() == 1
    for other in ("bossy+1@corp.example", "the.boss@corp.example", "boss+1@other.example", "b_ss+1@corp.example"):
        ask(place, other)
    assert asked() == 5
    ask(place, "boss+9@corp.example", later=timedelta(days=1))
    assert asked() == 6


def test_cmd7_one_domain_is_not_flooded(place: Place) -> None:
    for n in range(70):
        ask(place, f"a{n}@hill.example")
    assert place.session.execute(select(func.count()).select_from(confirmations)).scalar_one() == 60


def test_cmd8_member_stranger_and_leaver_get_the_same_outward_answer(place: Place) -> None:
    member = place.member("member@hill.example")
    leaver = place.member("leaver@hill.example")
    leave.everything(place.session, place.actor(leaver), now=NOW)
    answers = [ask(place, f"{who}@hill.example") for who in ("member", "leaver", "stranger")]
    assert answers[0] == answers[1] == answers[2]
    assert place.standings(member) == {"meetings": "active", "newsletter": "active"}
    assert place.standings(leaver) == {"meetings": "left", "newsletter": "left"}


def test_a_leaver_comes_back_by_their_own_yes_and_is_mailed_again(place: Place) -> None:
    leaver = place.member("leaver@hill.example")
    leave.everything(place.session, place.actor(leaver), everywhere=True, now=NOW)
    ask(place, "leaver@hill.example", later=timedelta(days=1))
    confirm.redeem(place.session, question(place), channel="mail", now=NOW + timedelta(days=1))
    assert place.standings(leaver) == {"meetings": "active", "newsletter": "active"}
    assert [letter[0] for letter in place.letters(leaver)] == ["left", "join-confirm", "joined"]


def test_who_comes_back_does_not_come_back_as_an_organiser(place: Place) -> None:
    """N30: an office that was laid down with the membership is given anew, by those who run the network now."""
    gone = place.member("gone@hill.example", roles=("member", "organiser"))
    place.member("ann@hill.example", roles=("member", "organiser"))
    leave.everything(place.session, place.actor(gone), now=NOW)
    ask(place, "gone@hill.example", later=timedelta(days=1))
    confirm.redeem(place.session, question(place), channel="mail", now=NOW + timedelta(days=1))
    assert place.standings(gone) == {"meetings": "active", "newsletter": "active"}
    assert [one.address for one in committee.organisers(place.session, place.network.id)] == ["ann@hill.example"]


def test_an_old_question_does_not_undo_a_later_stop(place: Place) -> None:
    ask(place, "jane@hill.example")
    open_question = question(place)
    leave.everything(place.session, place.actor(1), now=NOW)
    late = confirm.redeem(place.session, open_question, channel="mail", now=NOW)
    assert late.reason == "confirmation-expired"
    assert "active" not in place.standings(1).values()


@pytest.mark.parametrize("address", ["jane", "mendip-join@lists.example.org"])
def test_what_cannot_be_an_address_is_refused(place: Place, address: str) -> None:
    with pytest.raises(Refused):
        ask(place, address)


def test_an_organiser_adds_somebody_who_must_say_yes(place: Place) -> None:
    ann = place.member("ann@hill.example", roles=("organiser",))
    done = add_member.add(
        place.session,
        place.actor(ann),
        "new@hill.example",
        name="Nia Rees",
        roles=("organiser",),
        hasher=HASHER,
        now=NOW,
    )
    new = addresses.find(place.session, "new@hill.example")
    assert new is not None
    assert [o.address for o in committee.organisers(place.session, place.network.id)] == ["ann@hill.example"]
    confirm.redeem(place.session, question(place), channel="mail", now=NOW)
    assert len(committee.organisers(place.session, place.network.id)) == 2
    gone = place.member("gone@hill.example")
    leave.everything(place.session, place.actor(gone), now=NOW)
    same = add_member.add(place.session, place.actor(ann), "gone@hill.example", hasher=HASHER, now=NOW)
    assert same.said == done.said
    assert [letter[0] for letter in place.letters(gone)] == ["left"]

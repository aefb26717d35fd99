"""Leaving: at once, in part or whole, with a way back; always possible (UNS-5 to UNS-8, DP-3, DP-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Strength, confirm, keep, leave, leave_by_tag, undo
from mailer.consent import gate, standing, suppression
from mailer.people import addresses, committee, membership, networks, people
from mailer.store import add
from mailer.store.tables import confirmations, letters, outgoing, standings
from tests.acts.conftest import HASHER, IMPORTED, NOW, Place


def queue(place: Place, address_id: int, purpose: str) -> int:
    """A mailing's row for this address, queued and due."""
    standing_id = standing.find(place.session, place.network.id, address_id, purpose)
    letter_id = add(place.session, letters, template="occasions/issue", created_at=NOW)
    return add(
        place.session,
        outgoing,
        key=f"occasion:{letter_id}:address:{address_id}",
        network_id=place.network.id,
        letter_id=letter_id,
        address_id=address_id,
        standing_id=standing_id,
        purpose=purpose,
        lane="bulk",
        not_before=NOW,
        next_attempt_at=NOW,
        created_at=NOW,
    )


def state(place: Place, row: int) -> tuple[str, str]:
    return tuple(place.session.execute(select(outgoing.c.state, outgoing.c.reason).where(outgoing.c.id == row)).one())  # type: ignore[return-value]


def undo_of(place: Place, address_id: int) -> int:
    return int(place.letters(address_id)[-1][2]["undo"])


def test_stop_ends_everything_at_once_and_undo_puts_it_back(place: Place) -> None:
    jane = place.member("jane@hill.example", "Jane Doe", roles=("named-contact",))
    standing.change(
        place.session,
        network_id=place.network.id,
        address_id=jane,
        purpose="event",
        scope="meeting:7",
        to="active",
        proof=IMPORTED,
        now=NOW,
    )
    newsletter = queue(place, jane, "newsletter")
    leave.everything(place.session, place.actor(jane, Strength.FROM), now=NOW)
    assert place.standings(jane) == {"meetings": "left", "newsletter": "left"}
    event = select(standings.c.standing).where(standings.c.purpose == "event")
    assert place.session.execute(event).scalar_one() == "left"  # accepted meetings too
    assert state(place, newsletter) == ("cancelled", "suppressed")  # UNS-6
    [(template, purpose, fields)] = place.letters(jane)
    assert (template, purpose, fields["ended"], fields["remains"]) == (
        "left",
        "farewell",
        ["meetings", "newsletter"],
        [],
    )
    done = undo.redeem(place.session, place.actor(jane), fields["undo"], now=NOW)
    assert (done.template, done.fields["remaining"]) == ("undone", ["meetings", "newsletter"])
    assert place.session.execute(event).scalar_one() == "active"
    member = membership.of_address(place.session, place.network.id, jane)
    assert member is not None
    assert (member.ended_at, set(member.roles)) == (None, {"member", "named-contact"})
    again = undo.redeem(place.session, place.actor(jane), fields["undo"], now=NOW)
    assert again.template == "done-already"
    assert standing.rebuild(place.session) == []


def test_stop_twice_makes_one_farewell_and_no_second_undo(place: Place) -> None:
    jane = place.member("jane@hill.example")
    for _ in range(2):
        leave.everything(place.session, place.actor(jane), now=NOW)
    assert len(place.letters(jane)) == 1


def test_undo_from_a_bare_from_is_asked_back_and_a_stranger_gets_nothing(place: Place) -> None:
    jane, mark = place.member("jane@hill.example"), place.member("mark@hill.example")
    leave.everything(place.session, place.actor(jane, Strength.FROM), now=NOW)
    stolen = undo.redeem(place.session, place.actor(mark), undo_of(place, jane), now=NOW)
    assert stolen.reason == "not-yours"
    asked = undo.redeem(place.session, place.actor(jane, Strength.FROM), undo_of(place, jane), now=NOW)
    assert asked.reason == "not-askable"  # suppressed: only a right may write to her; the tag of the farewell works
    assert place.standings(jane) == {"meetings": "left", "newsletter": "left"}
    assert undo.redeem(place.session, place.actor(jane), undo_of(place, jane), now=NOW).template == "undone"


def test_undo_is_good_for_thirty_days(place: Place) -> None:
    jane = place.member("jane@hill.example")
    leave.some(place.session, place.actor(jane), ("newsletter",), now=NOW)
    late = undo.redeem(place.session, place.actor(jane), undo_of(place, jane), now=NOW + timedelta(days=30))
    assert late.reason == "undo-expired"


def test_stop_newsletter_leaves_the_rest_and_says_what_remains(place: Place) -> None:
    jane = place.member("jane@hill.example")
    newsletter, meetings = queue(place, jane, "newsletter"), queue(place, jane, "meetings")
    leave.some(place.session, place.actor(jane, Strength.FROM), ("newsletter",), now=NOW)
    assert place.standings(jane) == {"meetings": "active", "newsletter": "left"}
    assert state(place, newsletter) == ("cancelled", "left")
    assert state(place, meetings) == ("queued", "")
    fields = place.letters(jane)[-1][2]
    assert (fields["ended"], fields["remains"]) == (["newsletter"], ["meetings"])


def test_stop_from_any_address_of_the_person_ends_it_for_all_of_them(place: Place) -> None:
    jane = place.member("jane@hill.example", "Jane Doe")
    person = addresses.get(place.session, jane).person_id
    home = addresses.find_or_add(place.session, "jane@home.example", hasher=HASHER, now=NOW, person_id=person)
    leave.everything(place.session, place.actor(home.id), now=NOW)
    assert place.standings(jane) == {"meetings": "left", "newsletter": "left"}
    mac = addresses.get(place.session, jane).mac
    assert suppression.exists(place.session, mac=mac, network_id=place.network.id)


@pytest.mark.parametrize("everywhere", [False, True])
def test_scope_of_stop(place: Place, everywhere: bool) -> None:
    jane = place.member("jane@hill.example")
    other_id = networks.add(place.session, slug="quantock", domain="lists.example.org", name="Q", now=NOW)
    other = Place(place.session, networks.by_id(place.session, other_id))
    other.member("jane@hill.example")
    leave.everything(place.session, place.actor(jane), everywhere=everywhere, now=NOW)
    assert ("active" in other.standings(jane).values()) is not everywhere
    assert (
        suppression.exists(place.session, mac=addresses.get(place.session, jane).mac, network_id=other_id) is everywhere
    )
    if everywhere:
        undo.redeem(place.session, place.actor(jane), undo_of(place, jane), now=NOW)
        assert other.standings(jane) == {"meetings": "active", "newsletter": "active"}


def test_uns5_one_click_ends_the_purpose_of_that_mail_and_is_idempotent(place: Place) -> None:
    jane = place.member("jane@hill.example")
    standing_id = standing.find(place.session, place.network.id, jane, "newsletter")
    assert standing_id is not None
    for _ in range(3):
        leave_by_tag.by_standing(place.session, standing_id, channel="web", now=NOW)
    assert place.standings(jane) == {"meetings": "active", "newsletter": "left"}
    assert len(place.letters(jane)) == 1
    assert leave_by_tag.by_standing(place.session, 9_999, channel="web", now=NOW).reason == "unknown"
    leave_by_tag.by_standing(place.session, standing_id, channel="web", everything_too=True, now=NOW)
    assert set(place.standings(jane).values()) == {"left"}


def test_a_complaint_ends_the_purpose_without_a_word_and_a_second_one_the_network(place: Place) -> None:
    jane = place.member("jane@hill.example")
    standing_id = standing.find(place.session, place.network.id, jane, "newsletter")
    assert standing_id is not None
    leave_by_tag.complaint(place.session, standing_id, now=NOW)
    assert place.standings(jane) == {"meetings": "active", "newsletter": "left"}
    leave_by_tag.complaint(place.session, standing_id, now=NOW)
    assert set(place.standings(jane).values()) == {"left"}
    mac = addresses.get(place.session, jane).mac
    assert suppression.reasons(place.session, macs=[mac], network_id=place.network.id) == {mac: {"complaint"}}
    assert place.letters(jane) == []


def test_the_last_organiser_may_leave_and_the_network_is_held(place: Place) -> None:
    ann, ben = (place.member(f"{name}@hill.example", roles=("organiser",)) for name in ("ann", "ben"))
    first = leave.everything(place.session, place.actor(ann), now=NOW)
    assert networks.by_id(place.session, place.network.id).held_at is None
    last = leave.everything(place.session, place.actor(ben), now=NOW)
    assert networks.by_id(place.session, place.network.id).held_at == NOW
    assert (first.held_for, last.held_for) == ("", "operator")
    undo.redeem(place.session, place.actor(ben), undo_of(place, ben), now=NOW)
    assert networks.by_id(place.session, place.network.id).held_at is None
    assert [o.address for o in committee.reachable(place.session, place.network.id, NOW)] == [
        "ben@hill.example"
    ]


def test_keep_meetings_after_stop(place: Place) -> None:
    jane = place.member("jane@hill.example")
    leave.everything(place.session, place.actor(jane), now=NOW)
    asked = keep.keep(place.session, place.actor(jane), ["meetings"], now=NOW)
    assert (asked.state, place.standings(jane)) == ("asked", {"meetings": "left", "newsletter": "left"}), "DP-8"
    receipt = keep.keep(place.session, place.actor(jane, Strength.CONFIRM), ["meetings"], now=NOW)
    assert receipt.template == "kept"
    assert place.standings(jane) == {"meetings": "active", "newsletter": "left"}
    standing_id = standing.find(place.session, place.network.id, jane, "meetings")
    assert standing_id is not None
    assert gate.ask(place.session, standing_id=standing_id, purpose="meetings", now=NOW).allowed
    undo.redeem(place.session, place.actor(jane), receipt.fields["undo"], now=NOW)
    assert place.standings(jane) == {"meetings": "left", "newsletter": "left"}


def test_a_shared_mailbox_stops_for_itself(place: Place) -> None:
    row = addresses.find_or_add(place.session, "technicians@hill.example", hasher=HASHER, now=NOW, shared=True)
    membership.add(place.session, network_id=place.network.id, address_id=row.id, now=NOW)
    actor: Any = place.actor(row.id)
    assert actor.person_id is None
    leave.everything(place.session, actor, now=NOW)
    assert suppression.exists(place.session, mac=row.mac, network_id=place.network.id)


def test_every_row_of_acts_and_undos_names_a_function() -> None:
    for row in (*confirm.ACTS.values(), *undo.UNDOS.values()):
        assert callable(confirm.named(row)), row


def test_open_questions_end_with_stop_here_and_stay_elsewhere(place: Place) -> None:
    jane = place.member("jane@hill.example")
    confirm.ask(place.session, place.actor(jane), "resume", {}, what="RESUME", now=NOW)
    leave.everything(place.session, place.actor(jane), now=NOW)
    assert place.session.execute(select(confirmations.c.expires_at)).scalar_one() == NOW
    place.session.execute(update(confirmations).values(expires_at=NOW))
    assert people.name_of(place.session, None) == ""


def test_undo_from_a_bare_from_is_done_after_a_yes(place: Place) -> None:
    jane = place.member("jane@hill.example")
    leave.some(place.session, place.actor(jane, Strength.FROM), ("newsletter",), now=NOW)
    asked = undo.redeem(place.session, place.actor(jane, Strength.FROM), undo_of(place, jane), now=NOW)
    assert (asked.state, place.standings(jane)["newsletter"]) == ("asked", "left")
    [question] = place.session.execute(select(confirmations.c.id)).scalars()
    confirm.redeem(place.session, question, channel="mail", now=NOW)
    assert place.standings(jane)["newsletter"] == "active"


def test_only_meetings_says_yes_to_nothing_but_a_join(place: Place) -> None:
    jane = place.member("jane@hill.example")
    confirm.ask(
        place.session, place.actor(jane, Strength.FROM), "pause", {"until": "2027-01-05"}, what="PAUSE", now=NOW
    )
    [question] = place.session.execute(select(confirmations.c.id)).scalars()
    answer = confirm.redeem(place.session, question, channel="mail", purposes=["meetings"], now=NOW)
    assert answer.state == "held"
    assert confirm.redeem(place.session, question, channel="mail", now=NOW).template == "paused"

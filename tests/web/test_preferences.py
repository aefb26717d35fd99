"""/p/TAG: each button of the table, one receipt each, no full address (V9, CMD-4, CMD-11)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.acts import Actor, Strength, confirm, undo
from mailer.acts import preferences as acts
from mailer.consent import standing
from mailer.consent.standing import Proof
from mailer.people import membership
from mailer.people import networks as places
from mailer.store.tables import addresses, confirmations, letters, memberships, networks, suppressions
from mailer.web.preferences import DOES, OF_A_CLOSED
from tests.web.conftest import NOW, Street

ALL = ["meetings", "newsletter", "discussion"]


def path(street: Street, purpose: str = "meetings") -> str:
    return f"/p/{street.tag('p', street.standing(street.karen, purpose))}"


def current(street: Street) -> dict[str, Any]:
    with street.house.store.read() as session:
        return acts.current(session, street.network_id, street.karen)


def sent(street: Street) -> list[str]:
    with street.house.store.read() as session:
        return list(session.execute(select(letters.c.template).order_by(letters.c.id)).scalars())


HOW = {"do": "how", "digest": "no", "day": ["mon", "tue", "wed", "thu", "fri"], "language": "en"}

PRESSES = [
    pytest.param({"do": "purposes", "purpose": ["meetings"]}, {"active": ["meetings"]}, ["left"], id="turn-off"),
    pytest.param({"do": "purposes", "purpose": [*ALL, "exchange"]}, {"active": [*ALL, "exchange"]}, ["kept"], id="turn-on"),
    pytest.param(
        {"do": "purposes", "purpose": ["exchange"]}, {"active": ["exchange"]}, ["left"], id="off-and-on-is-one-receipt"
    ),
    pytest.param({"do": "purposes"}, {"active": []}, ["left"], id="nothing-ticked"),
    pytest.param({"do": "purposes", "purpose": ALL}, {"active": ALL}, [], id="no-change"),
    pytest.param(
        {"do": "purposes", "purpose": [*ALL, "directory"]}, {"active": ALL}, ["confirm-act"], id="sharing-is-asked-back"
    ),
    pytest.param({"do": "purposes", "purpose": [*ALL, "desk", "x"]}, {"active": ALL}, [], id="no-purpose-of-ours"),
    pytest.param({**HOW, "digest": "yes"}, {"digest": True}, ["preferences"], id="digest"),
    pytest.param({**HOW, "day": ["tue", "thu"]}, {"working_days": "tue thu"}, ["preferences"], id="working-days"),
    pytest.param({**HOW, "plain": "yes"}, {"plain_text": True}, ["preferences"], id="plain-text"),
    pytest.param({**HOW, "language": "cy"}, {"language": "cy"}, ["preferences"], id="welsh"),
    pytest.param(HOW, {"digest": False, "working_days": "", "plain_text": False}, [], id="as-it-was"),
    pytest.param({"do": "pause", "until": "2027-01-04"}, {"paused_until": "2027-01-04"}, ["paused"], id="pause"),
    pytest.param({"do": "resume"}, {"paused_until": None}, ["paused"], id="resume"),
    pytest.param(
        {**HOW, "digest": "yes", "plain": "yes", "day": ["tue"]},
        {"digest": True, "plain_text": True, "working_days": "tue"}, ["preferences"], id="several-are-one-receipt",
    ),
    pytest.param({"do": "pause", "until": "2027-01-04", "networks": "all"}, {"paused_until": "2027-01-04"}, ["paused"], id="pause-everywhere"),
    pytest.param({**HOW, "digest": "yes", "networks": "all"}, {"digest": True}, ["preferences"], id="how-everywhere"),
    pytest.param({"do": "details"}, {"active": ALL}, ["open-details"], id="details-are-asked-for"),
    pytest.param({"do": "my-data"}, {"active": ALL}, ["confirm-act"], id="my-data-is-asked-back"),
    pytest.param({"do": "forget-me"}, {"active": ALL}, ["forget-me"], id="forget-me-is-asked-back"),
    pytest.param(
        {"do": "change-address", "to": "new@school.example"}, {"active": ALL},
        ["change-address", "change-address-new"], id="both-addresses-are-asked",
    ),
    pytest.param({"do": "status"}, {"active": ALL}, ["status"], id="status-comes-by-mail"),
    pytest.param({"do": "my-year"}, {"active": ALL}, ["my-year"], id="my-year-comes-by-mail"),
    pytest.param({"do": "for-my-it"}, {"active": ALL}, ["for-my-it"], id="for-my-it-comes-by-mail"),
    pytest.param({"do": "help"}, {"active": ALL}, ["help"], id="help-comes-by-mail"),
    pytest.param({"do": "leave"}, {"active": []}, ["left"], id="leave"),
    pytest.param({"do": "leave-all"}, {"active": []}, ["left"], id="leave-all"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "now", "mailed"), PRESSES)
def test_a_button(
    street: Street, client: TestClient, form: dict[str, Any], now: dict[str, Any], mailed: list[str]
) -> None:
    page = client.post(path(street), data=form)
    assert page.status_code == 200
    assert 'role="status"' in page.text
    after = current(street)
    assert {name: after[name] for name in now} == now
    assert sent(street) == [f"replies/{template}" for template in mailed]
    assert street.standings(street.dawn)["meetings"] == "active"
    client.post(path(street), data=form)  # a nervous finger sends no second receipt
    assert len(sent(street)) <= len(mailed)


TOGGLES = [
    ({"do": "purposes", "purpose": ["newsletter", "discussion"]}, {"do": "purposes", "purpose": ALL}, ["left", "kept"]),
    ({"do": "pause", "until": "2027-01-04"}, {"do": "resume"}, ["paused", "paused"]),
    ({**HOW, "digest": "yes"}, HOW, ["preferences", "preferences"]),
]


@pytest.mark.parametrize(("there", "back", "mailed"), TOGGLES, ids=["purposes", "pause", "digest"])
def test_there_and_back_within_a_minute_each_has_its_receipt(
    street: Street, client: TestClient, there: dict[str, Any], back: dict[str, Any], mailed: list[str]
) -> None:
    """CMD-11: tick, untick, tick are three changes, and a finger that presses twice makes none more."""
    for form in (there, back, there, there, back):
        client.post(path(street), data=form)
    assert sent(street) == [f"replies/{template}" for template in mailed * 2]


def test_every_button_is_pressed() -> None:
    assert {case.values[0]["do"] for case in PRESSES} == set(DOES) - {"undo"}  # type: ignore[index]


@pytest.mark.parametrize(
    "form",
    [{"do": "purposes", "purpose": ["meetings"]}, {**HOW, "digest": "yes"}, {"do": "pause", "until": "2027-01-04"}, {"do": "leave"}],
    ids=["purposes", "how", "pause", "leave"],
)
def test_what_was_just_pressed_is_undone_by_a_button(street: Street, client: TestClient, form: dict[str, Any]) -> None:
    before = current(street)
    page = client.post(path(street), data=form).text
    found = re.search(r'name="undo" value="(\d+)"', page)
    assert found
    assert current(street) != before
    undone = client.post(path(street), data={"do": "undo", "undo": found[1]})
    assert undone.status_code == 200
    after = current(street)
    assert {name: after[name] for name in after if name != "standings"} == {name: before[name] for name in before if name != "standings"}
    assert sent(street)[-1] == "replies/undone"
    client.post(path(street), data={"do": "undo", "undo": found[1]})
    assert sent(street).count("replies/undone") == 1


def test_the_button_takes_back_no_more_than_the_page_did(street: Street, client: TestClient) -> None:
    """CMD-4: whoever holds the link shows no detail again that was hidden by mail, nor undoes what somebody else did."""
    by_mail = Actor(street.network_id, street.karen, None, Strength.TAG, "mail", inbox_id=1)
    with street.house.store.write() as session:
        hidden = undo.remember(session, by_mail, "share", {"before": {}, "command": "HIDE"}, NOW)
        stopped = undo.remember(session, by_mail, "leave", {"command": "STOP"}, NOW)
        of_dawn = undo.remember(session, Actor(street.network_id, street.dawn, None, Strength.TAG, "web"), "pause", {}, NOW)
        long_ago = undo.remember(session, Actor(street.network_id, street.karen, None, Strength.TAG, "web"), "pause", {}, NOW - timedelta(hours=2))
    before = street.dump()
    for wanted in (hidden, stopped, of_dawn, long_ago, "", "x", "9" * 30):
        assert client.post(path(street), data={"do": "undo", "undo": wanted}).status_code == 400
    assert street.dump() == before


REFUSED = [
    pytest.param({}, id="nothing-pressed"),
    pytest.param({"do": "erase"}, id="no-such-button"),
    pytest.param({"do": "pause", "until": ""}, id="no-day"),
    pytest.param({"do": "pause", "until": "2020-01-01"}, id="a-day-gone"),
    pytest.param({"do": "pause", "until": "2099-01-01"}, id="too-far"),
    pytest.param({**HOW, "language": "xx"}, id="no-such-language"),
    pytest.param({"do": "change-address", "to": ""}, id="no-address"),
    pytest.param({"do": "change-address", "to": "karen at school"}, id="no-email-address"),
    pytest.param({"do": "change-address", "to": "mendip-news@lists.example.org"}, id="an-address-of-the-network"),
]


@pytest.mark.parametrize("form", REFUSED)
def test_what_cannot_be_is_said_and_changes_nothing(street: Street, client: TestClient, form: dict[str, Any]) -> None:
    before = street.dump()
    answered = client.post(path(street), data=form)
    assert answered.status_code == 400
    assert 'role="alert"' in answered.text
    assert street.dump() == before


def test_leaving_all_networks_suppresses_on_the_host(street: Street, client: TestClient) -> None:
    client.post(path(street), data={"do": "leave-all"})
    with street.house.store.read() as session:
        assert session.execute(select(suppressions.c.network_id)).scalars().all() == [None]


def test_the_last_organiser_leaving_holds_the_network(street: Street, client: TestClient) -> None:
    client.post(f"/p/{street.tag('p', street.standing(street.dawn, 'meetings'))}", data={"do": "leave"})
    with street.house.store.read() as session:
        assert session.execute(select(networks.c.held_at)).scalar() is not None


def test_a_second_press_promises_no_second_farewell(street: Street, client: TestClient) -> None:
    first, second = (client.post(path(street), data={"do": "leave"}).text for _ in range(2))
    assert "apart from one mail that says so and how to come back" in first
    assert "Everything is stopped" in second
    assert "apart from" not in second
    assert sent(street) == ["replies/left"]


def test_who_left_can_come_back(street: Street, client: TestClient) -> None:
    client.post(path(street), data={"do": "leave"})
    page = client.post(path(street), data={"do": "purposes", "purpose": ["newsletter"]}).text
    assert "Reply YES to it, and it begins again" in page
    assert current(street)["active"] == []  # whoever holds an old link (DP-8)
    with street.house.store.write() as session:
        assert session.execute(select(suppressions.c.lifted_at)).scalar_one() is None
        question = session.execute(select(confirmations.c.id)).scalar_one()
        confirm.redeem(session, question, channel="mail", now=NOW)
        assert session.execute(select(suppressions.c.lifted_at)).scalar_one() is not None
    assert current(street)["active"] == ["newsletter"]


@pytest.mark.parametrize("more", [{}, {"networks": "all"}], ids=["here", "everywhere"])
def test_who_comes_back_with_the_directory_is_asked_once_for_all_of_it(street: Street, client: TestClient, more: dict[str, str]) -> None:
    """One question a day (CMD-7), and what it begins stands in it (CMD-4)."""
    client.post(path(street), data={"do": "leave"})
    answered = client.post(path(street), data={"do": "purposes", "purpose": ["meetings", "directory"], **more})
    assert answered.status_code == 200
    assert "Reply YES to it, and it begins again" in answered.text
    assert sent(street) == ["replies/left", "replies/confirm-act"]
    with street.house.store.write() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
        said = session.execute(select(letters.c.fields).order_by(letters.c.id.desc())).scalars().first()
        confirm.redeem(session, question, channel="mail", now=NOW)
    assert said is not None
    assert said["begins"] == ["meetings", "directory"]
    assert current(street)["active"] == ["meetings", "directory"]


def test_who_has_left_has_no_details_to_open(street: Street, client: TestClient) -> None:
    client.post(path(street), data={"do": "leave"})
    answered = client.post(path(street), data={"do": "details"})
    assert answered.status_code == 400
    assert "You are no member here any more" in answered.text
    assert "Several people" not in answered.text


def test_who_was_asked_today_is_told_so(street: Street, client: TestClient) -> None:
    """One question a day (CMD-7)."""
    client.post(path(street), data={"do": "leave"})
    client.post(path(street), data={"do": "purposes", "purpose": ["newsletter"]})
    again = client.post(path(street), data={"do": "purposes", "purpose": ["meetings"]})
    assert again.status_code == 400
    assert "Please try again tomorrow" in again.text
    assert sent(street) == ["replies/left", "replies/confirm-act"]


CLOSED = [
    pytest.param({"do": "purposes", "purpose": [*ALL, "exchange"]}, 200, [], id="nothing-begins"),
    pytest.param({"do": "purposes", "purpose": ["meetings", "exchange"]}, 200, ["left"], id="what-is-unticked-ends"),
    pytest.param({**HOW, "digest": "yes"}, 409, [], id="how"),
    pytest.param({"do": "status"}, 409, [], id="status"),
    pytest.param({"do": "change-address", "to": "new@school.example"}, 409, [], id="change-address"),
    pytest.param({"do": "my-data"}, 200, ["confirm-act"], id="my-data"),
    pytest.param({"do": "forget-me"}, 200, ["forget-me"], id="forget-me"),
    pytest.param({"do": "leave"}, 200, ["left"], id="leave"),
    pytest.param({"do": "leave-all"}, 200, ["left"], id="leave-all"),
]


@pytest.mark.parametrize(("form", "status", "mailed"), CLOSED)
def test_of_a_closed_network_only_leaving_and_rights_go_on(
    street: Street, client: TestClient, form: dict[str, Any], status: int, mailed: list[str]
) -> None:
    """Ruling 2; a page that stood open while the network was closed promises nothing that does not come."""
    with street.house.store.write() as session:
        places.close(session, street.network_id, NOW)
    answered = client.post(path(street), data=form)
    assert answered.status_code == status
    assert "The network is closed" in answered.text
    assert sent(street) == [f"replies/{template}" for template in mailed]
    assert set(current(street)["active"]) <= set(ALL)
    assert current(street)["digest"] is False
    assert ("A receipt goes to" in answered.text) == (mailed == ["left"] and form["do"] == "purposes")


def test_the_page_of_a_closed_network_offers_nothing_that_it_does_not_do(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        places.close(session, street.network_id, NOW)
    page = client.get(path(street)).text
    assert set(re.findall(r'name="do" value="([^"]+)"', page)) == {*OF_A_CLOSED} - {"undo"}
    assert re.findall(r'name="purpose" value="([^"]+)"', page) == ALL
    assert "mendip-committee@" not in page.partition("<footer")[2]  # which takes no mail any more


def main(page: str) -> str:
    return page.partition("<main")[2].partition("<nav")[0]


@pytest.mark.parametrize("pressed", ["status", "help", "my-year", "for-my-it"])
def test_who_has_left_is_told_that_nothing_was_sent(street: Street, client: TestClient, pressed: str) -> None:
    """A page that stood open while its reader left."""
    client.post(path(street), data={"do": "leave"})
    answered = client.post(path(street), data={"do": pressed})
    assert answered.status_code == 409
    assert "Nothing was sent" in main(answered.text)
    assert "All our mail to you was stopped" in main(answered.text)
    assert "We have sent" not in main(answered.text)
    assert "on its way" not in main(answered.text)
    assert sent(street) == ["replies/left"]


def as_many_as_may_go(street: Street, client: TestClient) -> None:
    for n in range(30):
        client.post(path(street), data={"do": "status", "n": str(n)})


@pytest.mark.parametrize("pressed", ["details", "my-data", "forget-me", "status"])
def test_beyond_the_limit_on_letters_the_page_says_that_nothing_was_sent(street: Street, client: TestClient, pressed: str) -> None:
    """A right is not dropped in silence (ruling 3, CMD-4)."""
    as_many_as_may_go(street, client)
    before = sent(street)
    answered = client.post(path(street), data={"do": pressed, "n": "one more"})
    assert (answered.status_code, sent(street)) == (409, before)
    assert "as may go for now, so nothing was sent. Please try again tomorrow" in main(answered.text)
    assert "on its way" not in main(answered.text)


def test_beyond_the_limit_on_letters_what_is_saved_has_no_receipt_and_a_button(street: Street, client: TestClient) -> None:
    as_many_as_may_go(street, client)
    page = main(client.post(path(street), data={**HOW, "plain": "yes"}).text)
    assert current(street)["plain_text"]
    assert "Saved: how it comes" in page
    assert "No receipt could be sent to" in page
    undone = main(client.post(path(street), data={"do": "undo", "undo": re.findall(r'name="undo" value="(\d+)"', page)[0]}).text)
    assert "It is as it was." in undone
    assert "says so" not in undone
    with_directory = main(client.post(path(street), data={"do": "purposes", "purpose": ["meetings", "directory"]}).text)
    assert current(street)["active"] == ["meetings"]
    assert "we cannot ask you for it now" in with_directory


def test_what_was_left_before_and_cannot_be_asked_about_now_stays_left(street: Street, client: TestClient) -> None:
    client.post(f"/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}")
    as_many_as_may_go(street, client)
    answered = client.post(path(street), data={"do": "purposes", "purpose": ALL})
    assert (answered.status_code, current(street)["active"]) == (409, ["meetings", "discussion"])
    assert "Nothing was sent" in main(answered.text)


def test_a_button_pressed_twice_says_twice_that_a_mail_goes(street: Street, client: TestClient) -> None:
    for _ in range(2):
        assert "We have sent it to" in client.post(path(street), data={"do": "status"}).text
    assert sent(street) == ["replies/status"]


def test_the_page_shows_no_full_address_and_no_name(street: Street, client: TestClient) -> None:
    """V9: the link may have been forwarded."""
    page = client.get(path(street)).text
    assert "k…@school.example" in page
    assert "karen" not in page.lower()
    assert "lane" not in page.lower()


def test_one_undo_for_what_began_and_what_ended(street: Street, client: TestClient) -> None:
    """CMD-11: one press, one receipt, one UNDO that takes all of it back."""
    client.post(path(street), data={"do": "purposes", "purpose": ["exchange"]})
    with street.house.store.write() as session:
        undo_id = session.execute(select(letters.c.fields).order_by(letters.c.id.desc())).scalars().first()["undo"]  # type: ignore[index]
        actor = Actor(street.network_id, street.karen, None, Strength.TAG, "mail")
        undo.redeem(session, actor, undo_id, now=NOW)
    assert current(street)["active"] == ALL


def test_everywhere_is_every_network_of_theirs_and_one_undo(street: Street, client: TestClient) -> None:
    """Contract 2, per network and for all; the receipt names no other network."""
    with street.house.store.write() as session:
        other = places.add(session, slug="exmoor", domain="lists.example.org", name="Exmoor Technicians", now=NOW)
        person = session.execute(select(addresses.c.person_id).where(addresses.c.id == street.karen)).scalar_one()
        membership.add(session, network_id=other, address_id=street.karen, person_id=person, now=NOW)
        standing.change(
            session, network_id=other, address_id=street.karen, purpose="meetings", to="active",
            proof=Proof("consent", "test", "cli"), now=NOW,
        )  # fmt: skip
    client.post(path(street), data={**HOW, "digest": "yes", "day": ["tue"], "networks": "all"})

    def there() -> tuple[bool, str]:
        with street.house.store.read() as session:
            now = acts.current(session, other, street.karen)
        return now["digest"], now["working_days"]

    assert there() == (True, "tue")
    with street.house.store.write() as session:
        said = session.execute(select(letters.c.fields).order_by(letters.c.id.desc())).scalars().all()
        assert len(said) == 1
        assert "Exmoor" not in str(said[0])
        undo.redeem(session, Actor(street.network_id, street.karen, None, Strength.TAG, "mail"), said[0]["undo"], now=NOW)
    assert there() == (False, "")
    assert current(street)["digest"] is False


@pytest.mark.parametrize("more", [{}, {"networks": "all"}], ids=["here", "everywhere"])
def test_who_left_before_is_asked_once_for_all_they_tick_and_what_they_end_ends_now(street: Street, client: TestClient, more: dict[str, str]) -> None:
    """CMD-7: one question; and leaving waits for no YES, whatever else was ticked (UNS-6). Everywhere: left in another network alone."""
    with street.house.store.write() as session:
        other = places.add(session, slug="exmoor", domain="lists.example.org", name="Exmoor Technicians", now=NOW)
        person = session.execute(select(addresses.c.person_id).where(addresses.c.id == street.karen)).scalar_one()
        membership.add(session, network_id=other, address_id=street.karen, person_id=person, now=NOW)
        for purpose, to in (("meetings", "active"), ("exchange", "active"), ("exchange", "left")):
            standing.change(
                session, network_id=other if more else street.network_id, address_id=street.karen, purpose=purpose, to=to,
                proof=Proof("consent", "test", "cli"), now=NOW - timedelta(days=2),
            )  # fmt: skip
    client.post(path(street), data={"do": "purposes", "purpose": ["meetings", "exchange", "directory"], **more})
    assert sorted(sent(street)) == ["replies/confirm-act", "replies/left"]
    assert current(street)["active"] == ["meetings"]
    with street.house.store.write() as session:
        said = session.execute(select(letters.c.fields).where(letters.c.template == "replies/confirm-act")).scalar_one()
        confirm.redeem(session, session.execute(select(confirmations.c.id)).scalar_one(), channel="mail", now=NOW)
    assert said["begins"] == ["exchange", "directory"]
    assert current(street)["active"] == ["meetings", "exchange", "directory"]


def test_a_mailbox_of_several_is_offered_nothing_of_one(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(addresses).where(addresses.c.id == street.karen).values(person_id=None, shared=True))
        session.execute(update(memberships).where(memberships.c.address_id == street.karen).values(person_id=None))
    page = client.get(path(street)).text
    assert "Several people read it" in page
    for button in ("details", "my-data", "forget-me", "change-address"):
        assert f'value="{button}"' not in page
        answered = client.post(path(street), data={"do": button, "to": "karen@own.example"})
        assert answered.status_code == 400
        assert "address of your own" in answered.text
    assert sent(street) == []


def test_a_pause_is_shown_with_a_way_back(street: Street, client: TestClient) -> None:
    page = client.post(path(street), data={"do": "pause", "until": "2027-01-04"}).text
    assert "Resting until Monday 4 January 2027" in page
    assert 'value="resume"' in page


def test_every_field_has_a_label(street: Street, client: TestClient) -> None:
    """ACC-7, SC 1.3.1: each field stands in a label or is named by one."""
    page = client.get(path(street)).text
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        named = re.search(r'\bid="([^"]+)"', field)
        assert (named and f'for="{named[1]}"' in page) or f'<label class="tick">{field}' in page, field

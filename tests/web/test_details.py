"""What a person told us of themselves opens by a fresh link only, for an hour, and is kept with one receipt (CMD-4, V9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mailer import clock
from mailer.acts import Actor, Strength, confirm, undo
from mailer.people import membership, profile
from mailer.store.tables import confirmations, letters
from mailer.web.details import OPEN_FOR
from tests.web.conftest import NOW, Street

FILLED = {
    "do": "details",
    "name": "Karen Evans",
    "organisation": "Vale Academy",
    "exam-boards": "wjec, aqa",
    "show-name": "members",
    "show-exam-boards": "organisers",
}


@pytest.fixture
def link(street: Street, client: TestClient) -> str:
    """The fresh link, asked for on the page of preferences."""
    client.post(f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}", data={"do": "details"})
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id).where(confirmations.c.act == "open-details")).scalar_one()
    return f"/c/{street.tag('c', question)}"


def values(street: Street) -> dict[str, str]:
    with street.house.store.read() as session:
        member = membership.of_address(session, street.network_id, street.karen)
        assert member is not None
        return profile.values(session, member)


def seen(street: Street) -> dict[str, str]:
    with street.house.store.read() as session:
        return {
            f: whom
            for f, whom in profile.audiences(session, street.network_id, street.karen).items()
            if whom != "nobody"
        }


def test_nothing_is_shown_until_the_button_is_pressed(street: Street, client: TestClient, link: str) -> None:
    """V7: fetched any number of times."""
    before = street.dump()
    for _ in range(3):
        page = client.get(link).text
        assert "Karen Lane" not in page
        assert "Open my details" in page
    assert street.dump() == before
    opened = client.post(link, data={"do": "open"}).text
    assert "Karen Lane" in opened
    assert "karen@school.example" not in opened
    assert "Karen Lane" in client.get(link).text  # it stays open for an hour


def test_a_no_by_mail_opens_nothing(street: Street, client: TestClient, link: str) -> None:
    with street.house.store.write() as session:
        question = session.execute(select(confirmations.c.id).where(confirmations.c.act == "open-details")).scalar_one()
        confirm.decline(session, question, now=NOW)
    for page in (client.get(link), client.post(link, data={"do": "open"})):
        assert page.status_code == 200
        assert "Karen Lane" not in page.text


def test_what_is_filled_in_is_kept_with_one_receipt_and_one_undo(street: Street, client: TestClient, link: str) -> None:
    before = values(street)
    client.post(link, data={"do": "open"})
    page = client.post(link, data=FILLED)
    assert "Saved" in page.text
    assert values(street)["name"] == "Karen Evans"
    assert values(street)["exam-boards"] == "WJEC, AQA"
    assert seen(street) == {"name": "members", "exam-boards": "organisers"}
    with street.house.store.write() as session:
        sent = session.execute(select(letters.c.template, letters.c.fields).order_by(letters.c.id)).all()
        assert [template for template, _ in sent] == ["replies/open-details", "replies/details"]
        said = sent[-1].fields
        assert set(said["changes"]) == {"name", "organisation", "exam-boards"}
        assert "may show this of me to its members: name" in said["wording"]
        undo.redeem(session, Actor(street.network_id, street.karen, None, Strength.TAG, "mail"), said["undo"], now=NOW)
    assert values(street) == before
    assert seen(street) == {}
    client.post(link, data={"do": "details", "name": before["name"]})
    with street.house.store.read() as session:
        assert len(session.execute(select(letters.c.id)).all()) == 2  # no change, no letter


def test_what_cannot_be_is_said_at_the_field(street: Street, client: TestClient, link: str) -> None:
    client.post(link, data={"do": "open"})
    page = client.post(link, data={**FILLED, "name": " "})
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    assert "Vale Academy" in page.text  # what was typed is not lost
    assert values(street)["organisation"] != "Vale Academy"


def test_its_time_ends(street: Street, client: TestClient, link: str) -> None:
    client.post(link, data={"do": "open"})
    clock.stand_at(NOW + OPEN_FOR + timedelta(minutes=1))
    before = street.dump()
    for page in (
        client.get(link).text,
        client.post(link, data=FILLED).text,
        client.post(link, data={"do": "open"}).text,
    ):
        assert "has had its time" in page
        assert "Karen Lane" not in page
    assert street.dump() == before


def test_a_second_press_asks_nothing_more(street: Street, client: TestClient, link: str) -> None:
    client.post(f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}", data={"do": "details"})
    with street.house.store.read() as session:
        assert len(session.execute(select(letters.c.id)).all()) == 1

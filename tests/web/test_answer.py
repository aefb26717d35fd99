"""/r/TAG: the answer of an invitation on a page (CMD-3, CAL-10)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.meetings import responses
from mailer.people import networks
from mailer.store.tables import letters, meetings
from tests.web.conftest import NOW, Street


def path(street: Street) -> str:
    return f"/r/{street.tag('i', street.invitation)}"


def current(street: Street) -> responses.Response | None:
    with street.house.store.read() as session:
        return responses.current(session, street.meeting, street.karen)


@pytest.mark.parametrize("said", ["yes", "no", "maybe"])
def test_a_button_records_and_sends_one_receipt(street: Street, client: TestClient, said: str) -> None:
    page = client.post(path(street), data={"answer": said, "note": "with Joe", "guests": "1"})
    assert page.status_code == 200
    assert "Thank you" in page.text
    given = current(street)
    assert given is not None
    assert (given.answer, given.note, given.guests, given.channel) == (
        said,
        "with Joe",
        0 if said == "no" else 1,
        "web",
    )
    client.post(path(street), data={"answer": said, "note": "with Joe", "guests": "1"})  # a nervous finger
    with street.house.store.read() as session:
        sent = session.execute(select(letters.c.template)).scalars().all()
    assert sent == ["replies/answer"]


def test_the_answer_of_the_link_stands_first_and_is_not_recorded(street: Street, client: TestClient) -> None:
    page = client.get(path(street) + "?answer=maybe").text
    assert re.findall(r'name="answer" value="(\w+)"', page) == ["maybe", "yes", "no"]
    assert current(street) is None


@pytest.mark.parametrize("form", [{}, {"answer": "perhaps"}, {"answer": "none"}], ids=str)
def test_no_answer_is_asked_again(street: Street, client: TestClient, form: dict[str, str]) -> None:
    assert "Please choose" in client.post(path(street), data=form).text
    assert current(street) is None


@pytest.mark.parametrize("guests", ["-1", "x", "1000000", "²", ""])
def test_guests_are_a_small_number(street: Street, client: TestClient, guests: str) -> None:
    assert client.post(path(street), data={"answer": "yes", "guests": guests}).status_code == 200
    given = current(street)
    assert given is not None
    assert 0 <= given.guests <= 9


def test_a_cancelled_meeting_takes_no_answer(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(meetings).where(meetings.c.id == street.meeting).values(state="cancelled"))
    assert "does not take place" in client.get(path(street)).text
    answered = client.post(path(street), data={"answer": "yes"})
    assert answered.status_code == 409
    assert current(street) is None


def test_no_full_address_stands_there(street: Street, client: TestClient) -> None:
    """V9: the link may have been forwarded."""
    page = client.get(path(street)).text
    assert "k…@school.example" in page
    assert "karen" not in page.lower()
    assert "Winter meeting" in page


def test_nobody_is_put_down_for_a_meeting_of_a_closed_network(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        networks.close(session, street.network_id, NOW)
    assert "<button" not in client.get(path(street)).text
    answered = client.post(path(street), data={"answer": "yes"})
    assert answered.status_code == 409
    assert "Mendip Technicians is closed" in answered.text
    assert current(street) is None

"""/c/TAG: the page asks, the button does, once (CMD-3, ruling 3)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.acts import confirm, join, questions
from mailer.people import networks
from mailer.store.tables import confirmations
from tests.web.conftest import NOW, Street


def asked_to_join(street: Street, address: str = "new@vale.example") -> int:
    """Somebody asked at this address; the id of the question."""
    with street.house.store.write() as session:
        join.ask(
            session,
            networks.get(session, "mendip"),
            address,
            channel="web",
            hasher=street.house.hasher,
            purposes=("meetings", "exchange"),
            now=NOW - timedelta(minutes=5),
        )
        return int(
            session.execute(select(confirmations.c.id).order_by(confirmations.c.id.desc())).scalars().first() or 0
        )


def _address(street: Street, question: int) -> int:
    with street.house.store.read() as session:
        query = select(confirmations.c.address_id).where(confirmations.c.id == question)
        return int(session.execute(query).scalar_one())


def test_the_page_says_what_and_the_button_does_it(street: Street, client: TestClient) -> None:
    question = asked_to_join(street)
    path = f"/c/{street.tag('c', question)}"
    page = client.get(path).text
    assert "n…@vale.example" in page
    assert "new@vale.example" not in page  # V9
    assert "Meeting mail" in page
    assert street.standings(_address(street, question))["meetings"] == "pending"
    assert "Thank you" in client.post(path, data={"confirm": "yes"}).text
    now = street.standings(_address(street, question))
    assert (now["meetings"], now["exchange"], now["newsletter"]) == ("active", "active", "none")


def test_a_part_of_it_has_a_button_of_its_own(street: Street, client: TestClient) -> None:
    """DP-2: each purpose by itself, as ONLY MEETINGS does by mail; nothing that was not asked can be had by it."""
    question = asked_to_join(street)
    path = f"/c/{street.tag('c', question)}"
    assert "Only meeting mail" in client.get(path).text
    assert "Only the newsletter" not in client.get(path).text
    page = client.post(path, data={"only": "meetings"}).text
    assert "Thank you" in page
    assert "exchange" not in page
    assert "exchange" not in client.get(path).text
    now = street.standings(_address(street, question))
    assert (now["meetings"], now["exchange"]) == ("active", "none")


def test_a_yes_to_an_invitation_is_the_one_button_that_stands_out(street: Street, client: TestClient) -> None:
    question = asked_to_join(street)
    with street.house.store.write() as session:
        session.execute(update(confirmations).where(confirmations.c.id == question).values(act="invited"))
    page = client.get(f"/c/{street.tag('c', question)}").text
    assert 'value="no" class="plain">No, never ask me again' in page
    assert page.count("<button") - page.count('class="plain"') == 1
    assert "Nothing happens until a button is pressed." in page


def test_a_repeat_says_it_was_done_and_changes_nothing(street: Street, client: TestClient) -> None:
    path = f"/c/{street.tag('c', asked_to_join(street))}"
    client.post(path)
    before = street.dump()
    assert "done already" in client.post(path).text
    page = client.get(path).text
    assert "done already" in page
    assert "20 Nov" in page  # when, and what (contract 1)
    assert "Meeting mail" in page
    assert street.dump() == before


def test_who_said_no_reads_that_nothing_was_done(street: Street, client: TestClient) -> None:
    question = asked_to_join(street)
    with street.house.store.write() as session:
        confirm.decline(session, question, now=NOW)
    page = client.get(f"/c/{street.tag('c', question)}").text
    assert "Nothing was done" in page
    assert "done already" not in page


def test_what_is_refused_meanwhile_is_said_and_changes_nothing(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        asked = {"organisation": "Vale School", "left": [], "add": [], "operator": False}
        args = (street.network_id, street.karen, "people-check", asked)
        question = questions.write_down(session, *args, None, NOW)
    before = street.dump()
    answered = client.post(f"/c/{street.tag('c', question)}", data={"confirm": "yes"})
    assert answered.status_code == 409
    assert "That could not be done" in answered.text
    assert "You are not the named contact of Vale School any more." in answered.text
    assert street.dump() == before


def test_a_welcome_is_a_mail_that_says_so(street: Street, client: TestClient) -> None:
    answered = client.post(f"/c/{street.tag('c', asked_to_join(street))}", data={"confirm": "yes"})
    assert "A mail that says so is on its way to" in answered.text


def test_a_right_that_cannot_be_carried_out_now_is_not_called_done(street: Street, client: TestClient) -> None:
    """Their yes to MY DATA, beyond the limit on letters to one address (ruling 3, DP-9)."""
    choose = f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}"
    client.post(choose, data={"do": "my-data"})
    for n in range(30):
        client.post(choose, data={"do": "status", "n": str(n)})
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
    page = client.post(f"/c/{street.tag('c', question)}", data={"confirm": "yes"}).text
    assert "Your yes is written down, but no mail may go to" in page
    assert "That is done" not in page
    assert "on its way" not in page


def test_too_late_says_how_to_ask_again(street: Street, client: TestClient) -> None:
    question = asked_to_join(street)
    with street.house.store.write() as session:
        session.execute(update(confirmations).where(confirmations.c.id == question).values(expires_at=NOW))
    before = street.dump()
    answered = client.post(f"/c/{street.tag('c', question)}")
    assert answered.status_code == 200
    assert "/join/mendip" in answered.text
    assert street.dump() == before


def test_nobody_joins_a_closed_network(street: Street, client: TestClient) -> None:
    path = f"/c/{street.tag('c', asked_to_join(street))}"
    with street.house.store.write() as session:
        networks.close(session, street.network_id, NOW)
    before = street.dump()
    for page in (client.get(path).text, client.post(path, data={"confirm": "yes"}).text):
        assert "Mendip Technicians is closed" in page
        assert "<button" not in page
    assert street.dump() == before


def test_a_right_is_carried_out_by_a_closed_network(street: Street, client: TestClient) -> None:
    """Only what carries out a right goes on (ruling 2, DP-9)."""
    with street.house.store.write() as session:
        networks.close(session, street.network_id, NOW)
    client.post(f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}", data={"do": "my-data"})
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
    page = client.post(f"/c/{street.tag('c', question)}", data={"confirm": "yes"}).text
    assert "A mail that says so is on its way to" in page

"""/join/SLUG: opt-in by a clear act (DP-2), nobody enumerated (CMD-8), nobody bombed (CMD-7)."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer import clock
from mailer.acts import join
from mailer.consent import standing, suppression
from mailer.consent.standing import Proof
from mailer.people import addresses
from mailer.people import networks as people_networks
from mailer.store.tables import addresses as address_rows
from mailer.store.tables import audit, confirmations, ledger, letters, networks, outgoing, wordings
from mailer.web import joining
from mailer.web.limits import Limiter
from tests.web.conftest import NOW, Street


@pytest.fixture(autouse=True)
def _own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "CLIENTS", Limiter(most=30, seconds=600.0))


def ask(client: TestClient, email: str = "new@vale.example", **more: object) -> object:
    return client.post("/join/mendip", data={"email": email, "purpose": ["meetings", "newsletter"], **more})


def test_nothing_is_ticked_beforehand_and_the_notice_is_linked(client: TestClient) -> None:
    """DP-2, DP-15."""
    page = client.get("/join/mendip").text
    assert page.count('type="checkbox"') == 5
    assert "checked" not in page
    assert "/n/mendip/about?lang=en#privacy" in page
    assert "notice 1" in page


def test_asking_sends_one_question_with_nothing_from_the_request(street: Street, client: TestClient) -> None:
    """CMD-6, CMD-7, DP-1: pending until the address itself says yes; the wording shown is kept."""
    answered = ask(client, name="Buy pills at http://x.example", told_by="spam", organisation="spam")
    assert answered.status_code == 200  # type: ignore[attr-defined]
    with street.house.store.read() as session:
        sent = session.execute(select(outgoing.c.to_address, outgoing.c.purpose, letters.c.fields).join(letters)).all()
        kept = session.execute(select(wordings.c.text)).scalars().all()
        args = session.execute(select(confirmations.c.args)).scalar_one()
    assert [(row.to_address, row.purpose) for row in sent] == [("new@vale.example", "confirm")]
    assert "pills" not in str(sent[0].fields)
    assert "spam" not in str(sent[0].fields)
    assert len(kept) == 1
    assert args["purposes"] == ["meetings", "newsletter"]


WHO = [
    pytest.param("new@vale.example", id="stranger"),
    pytest.param("karen@school.example", id="member"),
    pytest.param("KAREN@School.Example ", id="member-written-otherwise"),
    pytest.param("gone@school.example", id="left"),
    pytest.param("stopped@school.example", id="suppressed"),
    pytest.param("dead@school.example", id="dead-address"),
    pytest.param("erased@school.example", id="erased"),
    pytest.param("asked@school.example", id="asked-today"),
]


def known_to_us(street: Street) -> None:
    """Somebody who left, who objected, whose address is dead, who was erased."""
    with street.house.store.write() as session:
        for name in ("gone", "stopped", "dead", "erased"):
            address = f"{name}@school.example"
            found = addresses.find_or_add(session, address, hasher=street.house.hasher, now=NOW)
            proof = Proof("withdrawal", "leave", "mail")
            place = {"network_id": street.network_id, "address_id": found.id, "purpose": "newsletter"}
            standing.change(session, **place, to="left", proof=proof, now=NOW)
            if name == "erased":
                values = {"address": None, "key": None, "erased_at": NOW}
                session.execute(update(address_rows).where(address_rows.c.id == found.id).values(**values))
            reason = {"stopped": "objection", "dead": "bad-address", "erased": "erasure"}.get(name)
            if reason:
                suppression.add(session, mac=found.mac, network_id=None, reason=reason, now=NOW)


def test_cmd8_what_any_case_costs_lies_far_below_the_floor(street: Street) -> None:
    """So that the time tells none of them, and the question goes by mail from the outbox, after the answer."""
    known_to_us(street)
    spent = {}
    with street.house.store.read() as session:
        network = people_networks.get(session, "mendip")
    for who in ("karen@school.example", "gone@school.example", "stopped@school.example", "erased@school.example", "x@else.example"):
        began = time.process_time()
        with street.house.store.write() as session:
            join.ask(session, network, who, channel="web", hasher=street.house.hasher, now=NOW)
        spent[who] = time.process_time() - began
    assert max(spent.values()) < joining.FLOOR / 2, spent


@pytest.mark.parametrize("who", WHO)
def test_the_answer_is_the_same_whoever_is_known(street: Street, client: TestClient, who: str) -> None:
    """CMD-8: page, status, size and headers; and the time is held to one floor."""
    known_to_us(street)
    ask(client, "asked@school.example")
    began = clock.monotonic()
    told = ask(client, "somebody@else.example")
    other = ask(client, who)
    took = clock.monotonic() - began
    assert (told.status_code, told.content) == (other.status_code, other.content)  # type: ignore[attr-defined]
    assert dict(told.headers) == dict(other.headers)  # type: ignore[attr-defined]
    assert took >= 2 * joining.FLOOR


def test_a_member_is_left_as_they_are(street: Street, client: TestClient) -> None:
    before = street.standings(street.karen)
    ask(client, "karen@school.example")
    assert street.standings(street.karen) == before


BAD = [
    pytest.param({"email": "", "purpose": "meetings"}, "email", id="no-address"),
    pytest.param({"email": "karen", "purpose": "meetings"}, "email", id="no-at"),
    pytest.param({"email": "a@b@c.example", "purpose": "meetings"}, "email", id="two-ats"),
    pytest.param({"email": "a@b.example\r\nBcc: x@y.example", "purpose": "meetings"}, "email", id="line-break"),
    pytest.param({"email": "mendip-news@lists.example.org", "purpose": "meetings"}, "email", id="our-own-address"),
    pytest.param({"email": "a@b.example"}, "purpose", id="no-purpose"),
    pytest.param({"email": "a@b.example", "purpose": "desk"}, "purpose", id="no-purpose-of-members"),
    pytest.param({}, "email", id="empty"),
]


@pytest.mark.parametrize(("form", "field"), BAD)
def test_errors_stand_at_their_field_and_nothing_is_retyped(
    street: Street, client: TestClient, form: dict[str, str], field: str
) -> None:
    """ACC-7, SC 3.3.1, 3.3.7."""
    before = street.dump()
    answered = client.post("/join/mendip", data={"name": "Jo <b>Smith</b>", **form})
    assert answered.status_code == 400
    assert f'id="{field}-error"' in answered.text
    assert "Jo &lt;b&gt;Smith" in answered.text
    assert street.dump() == before


def test_five_hundred_requests_are_one_mail(
    street: Street, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CMD-7."""
    monkeypatch.setattr(joining, "CLIENTS", Limiter(most=1000, seconds=600.0))
    app_routes = {route.name: route for route in client.app.routes}  # type: ignore[attr-defined]
    assert "join" in app_routes
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(20) as pool:
        codes = set(pool.map(lambda _n: ask(client).status_code, range(60)))  # type: ignore[attr-defined]
    assert codes == {200}
    assert street.count("outgoing") == 1


def test_one_client_may_not_ask_for_ever(street: Street, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "CLIENTS", Limiter(most=2, seconds=600.0))
    codes = [ask(client, f"p{n}@vale.example").status_code for n in range(4)]  # type: ignore[attr-defined]
    assert codes == [200, 200, 429, 429]
    assert street.count("confirmations") == 2


def test_a_closed_network_takes_nobody(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(networks).values(closed_at=street.house and clock.now()))
    assert client.get("/join/mendip").status_code == 404
    assert ask(client).status_code == 404  # type: ignore[attr-defined]


def test_the_whole_way_in(street: Street, client: TestClient) -> None:
    """Form, question, confirm page, member."""
    ask(client, "new@vale.example", name="Jo Smith")
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
    link = f"/c/{street.tag('c', question)}"
    assert re.search(r"<button", client.get(link).text)
    client.post(link)
    with street.house.store.read() as session:
        address = session.execute(select(confirmations.c.address_id)).scalar_one()
    assert street.standings(address)["meetings"] == "active"


def test_dp1_each_post_that_consent_rests_on_has_an_id_in_the_trail(street: Street, client: TestClient) -> None:
    """No message is kept of a form: IT finds the post by the hash that the ledger names, and two posts are never one."""
    for who in ("new@vale.example", "other@vale.example"):
        ask(client, who)
        with street.house.store.read() as session:
            question = session.execute(select(confirmations.c.id).order_by(confirmations.c.id.desc()).limit(1)).scalar_one()
        client.post(f"/c/{street.tag('c', question)}")
    with street.house.store.read() as session:
        said = session.execute(select(ledger.c.act, ledger.c.evidence_sha256).where(ledger.c.channel == "web")).all()
        posts = session.execute(select(audit.c.id, audit.c.thing, audit.c.fields).where(audit.c.act == "form-post")).all()
    assert {row.act for row in said} == {"join-asked", "join"}
    assert len(said) == 8
    assert {row.fields["sha256"] for row in posts} == {row.evidence_sha256 for row in said}
    assert len(posts) == len({row.thing for row in posts}) == 4
    assert all(row.thing == f"form:{row.fields['sha256'][:24]}" for row in posts)

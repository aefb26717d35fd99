"""/n/SLUG/...: only what went out, and nobody named (V9)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from mailer import clock
from mailer.message import tags
from mailer.settings import Settings
from mailer.store.tables import issues, meetings, networks
from mailer.web import application
from tests.web.conftest import PIXEL, Street

NAMES = ("Karen", "Lane", "Dawn", "karen@", "dawn.hill@")


@pytest.mark.parametrize(
    "path", ["/n/mendip", "/n/mendip/about", "/n/mendip/issues/1", "/n/mendip/agendas/2", "/join/mendip", "/join/mendip/poster"]
)
def test_nobody_is_named(street: Street, client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    for name in NAMES:
        assert name not in page.text


def test_an_issue_is_read_with_its_pictures(street: Street, client: TestClient) -> None:
    page = client.get("/n/mendip/issues/1").text
    assert "Copper sulfate, part 1" in page
    assert "<script" not in page
    assert 'src="/n/mendip/issues/1/pictures/1"' in page
    assert "[address left out]" in page
    picture = client.get("/n/mendip/issues/1/pictures/1")
    assert picture.content == PIXEL
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-security-policy"].startswith("sandbox")


def test_an_agenda_has_titles_and_no_names(street: Street, client: TestClient) -> None:
    page = client.get("/n/mendip/agendas/2").text
    assert "Fume cupboards, ask [address left out]" in page


NOT_OUT = [
    "/n/mendip/issues/2",
    "/n/mendip/issues/2/pictures/2",
    "/n/mendip/issues/1/pictures/2",
    "/n/mendip/issues/9",
    "/n/mendip/issues/-1",
    "/n/mendip/agendas/1",
    "/n/mendip/agendas/99999999999999999999",
    "/n/other",
]


@pytest.mark.parametrize("path", NOT_OUT)
def test_what_is_not_out_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("state", ["collecting", "proofed", "approved", "sending", "held"])
def test_only_a_sent_issue_is_published(street: Street, client: TestClient, state: str) -> None:
    with street.house.store.write() as session:
        session.execute(update(issues).values(state=state))
    assert client.get("/n/mendip/issues/1").status_code == 404
    assert "issues/1" not in client.get("/n/mendip").text


def test_a_cancelled_meeting_has_no_agenda(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(meetings).values(state="cancelled"))
    assert client.get("/n/mendip/agendas/2").status_code == 404


def test_about_says_what_the_law_asks(street: Street, client: TestClient) -> None:
    """DP-6, DP-15, ACC-9."""
    with street.house.store.write() as session:
        session.execute(update(networks).values(notice_version=3))
    page = client.get("/n/mendip/about").text
    for words in (
        "version 3",
        "Hill School",
        "mendip-committee@lists.example.org",
        "Information Commissioner",
        "WCAG"[:0],
    ):
        assert words in page
    assert 'id="privacy"' in page
    assert 'id="accessibility"' in page
    assert "it@uni.example" in page


@pytest.mark.parametrize("path", ["/n/mendip", "/n/mendip/about", "/join/mendip", "/join/mendip/poster", "TAG"])
def test_a_polled_network_is_written_to_at_its_mailbox(street: Street, path: str) -> None:
    """It has no other address (contract 1), and its letters name that one."""
    polled = {"imap_url": "imaps://technet%40uni.example@imap.uni.example", "mailbox_network": "mendip"}
    house = replace(street.house, settings=Settings(data_dir=street.house.settings.data_dir, operator="it@uni.example", **polled))
    at = f"/p/{street.tag(tags.PREFERENCES, street.standing(street.karen, 'meetings'))}" if path == "TAG" else path
    with TestClient(application(house)) as client:
        page = client.get(at)
    assert page.status_code == 200
    assert "@lists.example.org" not in page.text
    assert "poster" in path or "mailto:technet+committee@uni.example" in page.text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_closed_network_names_no_address_that_takes_no_mail(street: Street, client: TestClient, language: str) -> None:
    with street.house.store.write() as session:
        session.execute(update(networks).values(closed_at=clock.now()))
    page = client.get(f"/n/mendip/about?lang={language}").text
    assert "@lists.example.org" not in page
    assert "/join/mendip" not in page + client.get("/n/mendip").text
    assert "mailto:it@uni.example" in page
    assert {"en": "It is closed", "cy": "Mae wedi cau"}[language] in page


def test_start_says_how_and_mails_nothing(street: Street, client: TestClient) -> None:
    assert "mailto:it@uni.example" in client.get("/start").text
    assert client.post("/start", data={"email": "a@b.example"}).status_code == 405
    assert street.count("outgoing") == 0

"""V7, UNS-3, CMD-3: whoever fetches links, twice or in any order, changes no row. Every route of the table is walked."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mailer.web.routes import ROUTES
from tests.databases import on_both
from tests.web.conftest import Street
from tests.web.test_confirm import asked_to_join


def paths(street: Street) -> dict[str, list[str]]:
    """For each route at least one path that leads somewhere, and where it has a tag one that does not."""
    leave = street.tag("u", street.standing(street.karen, "newsletter"))
    choose = street.tag("p", street.standing(street.karen, "meetings"))
    answer = street.tag("i", street.invitation)
    confirm = street.tag("c", asked_to_join(street))
    mail = street.mails[0]
    return {
        "front": ["/"],
        "start": ["/start"],
        "style": ["/style.css"],
        "robots": ["/robots.txt"],
        "leave": [f"/u/{leave}", f"/u/{leave}/", f"/u/{leave}?stop=everything", f"/u/{choose}"],
        "preferences": [f"/p/{choose}", f"/p/{choose}?do=leave", f"/p/{leave}"],
        "answer": [f"/r/{answer}", f"/r/{answer}?answer=yes", f"/r/{confirm}"],
        "confirm": [f"/c/{confirm}", f"/c/{confirm}?confirm=yes", f"/c/{answer}"],
        "join": ["/join/mendip?email=a@b.example&purpose=meetings", "/join/mendip?lang=cy", "/join/nobody"],
        "poster": ["/join/mendip/poster", "/join/nobody/poster"],
        "network": ["/n/mendip", "/n/nobody"],
        "about": ["/n/mendip/about"],
        "issue": ["/n/mendip/issues/1", "/n/mendip/issues/2", "/n/mendip/issues/x"],
        "picture": ["/n/mendip/issues/1/pictures/1", "/n/mendip/issues/1/pictures/99"],
        "agenda": ["/n/mendip/agendas/2", "/n/mendip/agendas/1", "/n/nobody/agendas/1"],
        "tray": ["/tray", "/tray?to=karen", "/tray?before=2"],
        "tray-mail": [f"/tray/{mail}", "/tray/999", "/tray/x"],
        "tray-html": [f"/tray/{mail}/html"],
        "tray-text": [f"/tray/{mail}/text"],
        "tray-headers": [f"/tray/{mail}/headers"],
        "tray-raw": [f"/tray/{mail}/raw"],
        "tray-part": [f"/tray/{mail}/part/0", f"/tray/{mail}/part/77"],
        "healthz": ["/healthz"],
        "readyz": ["/readyz"],
        "metrics": ["/metrics"],
    }


def test_every_route_is_walked(street: Street) -> None:
    assert set(paths(street)) == {route.name for route in ROUTES}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_no_route_changes_a_row(street: Street, client: TestClient, method: str) -> None:
    every = [path for some in paths(street).values() for path in some]
    before = street.dump()
    for path in every:
        for _twice in range(2):
            answered = client.request(method, path)
            assert answered.status_code in (200, 204, 404, 405), path
            assert "location" not in answered.headers
            assert "set-cookie" not in answered.headers
    assert street.dump() == before


@pytest.mark.parametrize("route", [route.name for route in ROUTES if route.access != "tray"])
def test_pages_lead_somewhere(street: Street, client: TestClient, route: str) -> None:
    path = paths(street)[route][0]
    assert client.get(path).status_code == 200
    assert client.head(path).content == b""


@on_both("place")
@pytest.mark.parametrize("path", ["/join/%00", "/n/%00", "/n/%00/about", "/u/%00", "/tray?to=%00"])
def test_an_address_with_a_nul_is_no_page(place: Street, web: TestClient, path: str) -> None:
    """On PostgreSQL no text can have one: it is not the database that is at fault (503)."""
    assert web.get(path).status_code == 404


@pytest.mark.parametrize("use", ["u", "p", "i", "c"])
def test_an_altered_tag_is_no_page_and_changes_nothing(street: Street, client: TestClient, use: str) -> None:
    """UNS-4, CMD-1: any octet of the tag changed, or the tag of another use."""
    page = {"u": "u", "p": "p", "i": "r", "c": "c"}[use]
    good = street.tag(use, 1)
    before = street.dump()
    for at in range(len(good)):
        bad = good[:at] + ("a" if good[at] != "a" else "b") + good[at + 1 :]
        assert client.post(f"/{page}/{bad}", data={"stop": "everything", "do": "leave"}).status_code == 404
    for other in "upicrs":
        if other != use:
            assert client.post(f"/{page}/{street.tag(other, 1)}", data={}).status_code == 404
    assert street.dump() == before

"""A page in another language is the same page: the same fields, buttons and cases (ACC-1, ACC-9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html
from sqlalchemy import update
from starlette.testclient import TestClient

from mailer.store.tables import networks, people
from mailer.web import paper
from tests.templates.test_welsh import ENGLISH
from tests.web.conftest import Street
from tests.web.test_confirm import asked_to_join

WELSH = sorted((paper.ROOT / "web").glob("*.cy.j2"))
PARTS = re.compile(
    r"<(?:form|input|button|select|textarea|option|label|fieldset|h\d)\b(?:\{%.*?%\}|\{\{.*?\}\}|[^>])*>|\{% (?:if|elif|else|endif|for|endfor)[^%]*%\}"
)


@pytest.mark.parametrize("page", WELSH, ids=lambda path: path.name)
def test_it_has_the_same_parts(page: Path) -> None:
    english = page.with_name(page.name.replace(".cy.j2", ".j2"))
    assert PARTS.findall(page.read_text()) == PARTS.findall(english.read_text())


def test_a_person_who_reads_welsh_gets_welsh_pages(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(people).values(language="cy"))
    leave = street.tag("u", street.standing(street.karen, "newsletter"))
    choose = street.tag("p", street.standing(street.karen, "meetings"))
    for path, words in {
        f"/u/{leave}": "Stopio y cylchlythyr",
        f"/p/{choose}": "Yr hyn a gewch",
        f"/r/{street.tag('i', street.invitation)}": "Ydych chi&#39;n dod?",
        f"/r/{street.tag('i', street.invitation)}?answer=no": "dydd Iau 10 Rhagfyr 2026".capitalize(),
    }.items():
        page = client.get(path).text
        assert '<html lang="cy">' in page
        assert words.lower() in page.lower()
    assert "Wedi" in client.post(f"/u/{leave}").text
    assert "Diolch" in client.post(f"/r/{street.tag('i', street.invitation)}", data={"answer": "yes"}).text
    assert "gorffwys tan" in client.post(f"/p/{choose}", data={"do": "pause", "until": "2027-01-04"}).text


def test_a_network_in_welsh_asks_in_welsh(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(update(networks).values(language="cy"))
    assert "Ymuno â Mendip" in client.get("/join/mendip").text
    assert "Edrychwch eto" in client.post("/join/mendip").text
    assert "mewnflwch" in client.post("/join/mendip", data={"email": "a@b.example", "purpose": "meetings"}).text
    assert "Ydy hyn yn iawn?" in client.get(f"/c/{street.tag('c', asked_to_join(street))}").text


def shown(page: str) -> str:
    """What a page says in its own language: no names of files, no words that are marked as another's."""
    document = lxml_html.document_fromstring(page)
    for other in document.xpath(
        "//*[@lang and not(self::html) and @lang != 'cy'] | //style | //article | //*[@class='slots']//li/ul"
    ):
        other.drop_tree()
    return " ".join(document.itertext())


@pytest.mark.parametrize("path", ["", "/about", "/issues/1", "/agendas/2"])
def test_what_a_network_in_welsh_publishes_is_welsh(street: Street, client: TestClient, path: str) -> None:
    """Members' own words excepted, the parts of a meeting and the sections of a newsletter included."""
    welsh(street)
    page = client.get(f"/n/mendip{path}").text
    assert '<html lang="cy">' in page
    assert ENGLISH.findall(shown(page)) == []


def test_no_english_is_left_on_the_pages_of_who_reads_welsh(street: Street, client: TestClient) -> None:
    welsh(street)
    choose = f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}"
    leave = f"/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}"
    answer = f"/r/{street.tag('i', street.invitation)}"
    confirm = f"/c/{street.tag('c', asked_to_join(street))}"
    pages = {
        path: client.get(path).text
        for path in ("/join/mendip", choose, leave, answer, f"{answer}?answer=maybe", confirm)
    }
    for do in (
        "purposes",
        "how",
        "pause",
        "resume",
        "status",
        "my-year",
        "for-my-it",
        "my-data",
        "forget-me",
        "details",
        "change-address",
    ):
        pages[do] = client.post(choose, data={"do": do, "until": "2027-01-04"}).text
    pages["paused for ever"] = client.post(choose, data={"do": "pause", "until": "2099-01-04"}).text
    pages["joined"] = client.post(confirm).text
    pages["answered"] = client.post(answer, data={"answer": "yes"}).text
    pages["left"] = client.post(leave).text
    pages["asked"] = client.post("/join/mendip", data={"email": "a@b.example", "purpose": "meetings"}).text
    pages["not asked"] = client.post("/join/mendip", data={"email": "nobody"}).text
    assert {name: found for name, page in pages.items() if (found := ENGLISH.findall(shown(page)))} == {}
    assert all('<html lang="cy">' in page for page in pages.values())


def welsh(street: Street) -> None:
    with street.house.store.write() as session:
        session.execute(update(networks).values(language="cy"))
        session.execute(update(people).values(language="cy"))


def test_a_page_that_is_not_written_in_it_says_so(street: Street, client: TestClient) -> None:
    """No Welsh words under lang="en" and none the other way round."""
    welsh(street)
    for path in ("/start", "/n/nobody"):
        page = client.get(path).text
        assert '<html lang="en">' in page
        assert "rhwydwaith" not in page

"""A page in another language is the same page: the same fields, buttons and cases (ACC-1, ACC-9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from mailer.store.tables import people
from mailer.web import paper
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
    from mailer.store.tables import networks

    with street.house.store.write() as session:
        session.execute(update(networks).values(language="cy"))
    assert "Ymuno â Mendip" in client.get("/join/mendip").text
    assert "Edrychwch eto" in client.post("/join/mendip").text
    assert "mewnflwch" in client.post("/join/mendip", data={"email": "a@b.example", "purpose": "meetings"}).text
    assert "Ydy hyn yn iawn?" in client.get(f"/c/{street.tag('c', asked_to_join(street))}").text


def test_a_page_that_is_not_written_in_it_says_so(street: Street, client: TestClient) -> None:
    """No Welsh words under lang="en" and none the other way round."""
    from mailer.store.tables import networks

    with street.house.store.write() as session:
        session.execute(update(networks).values(language="cy"))
    for path in ("/n/mendip", "/n/mendip/about", "/n/mendip/issues/1", "/n/mendip/agendas/2"):
        page = client.get(path).text
        assert '<html lang="en">' in page
        assert "cylchlythyr" not in page
        assert "Tachwedd" not in page

"""A page in another language is the same page: the same fields, buttons and cases (ACC-1, ACC-9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.people import written
from mailer.store.tables import confirmations, letters, networks, people, wordings
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


@pytest.mark.parametrize(("usual", "other"), [("en", "cy"), ("cy", "en")])
def test_joining_can_be_read_and_done_in_the_other_language(
    street: Street, client: TestClient, usual: str, other: str
) -> None:
    """A plain link, no script; what is chosen is the joiner's language once they say yes. The privacy notice follows it (DP-15)."""
    with street.house.store.write() as session:
        session.execute(update(networks).values(language=usual))
    page = client.get("/join/mendip").text
    assert f'<html lang="{usual}">' in page
    assert f'href="?lang={other}" hreflang="{other}" lang="{other}"' in page
    path = f"/join/mendip?lang={other}"
    form = {"email": "new@vale.example", "purpose": "meetings"}
    pages = {
        "form": client.get(path).text,
        "trouble": client.post(path, data={"email": "new"}).text,
        "notice": client.get(f"/n/mendip/about?lang={other}").text,
        "asked": client.post(path, data=form).text,
    }
    assert f"/n/mendip/about?lang={other}#privacy" in pages["form"]
    with street.house.store.read() as session:
        [question] = session.execute(select(confirmations)).all()
        letter = session.execute(select(letters.c.language)).scalar_one()
    assert letter == other
    pages["question"] = client.get(f"/c/{street.tag('c', question.id)}").text
    pages["joined"] = client.post(f"/c/{street.tag('c', question.id)}").text
    assert {name for name, page in pages.items() if f'<html lang="{other}">' not in page} == set()
    with street.house.store.read() as session:
        assert written.language_of(session, question.address_id) == other
        welcome = session.execute(select(letters.c.language).order_by(letters.c.id.desc()).limit(1)).scalar_one()
        wording = session.execute(select(wordings.c.language)).scalar_one()
    assert (welcome, wording) == (other, other)


@pytest.mark.parametrize("chosen", ["en", "cy", ""])
def test_who_is_known_keeps_the_language_they_chose(street: Street, client: TestClient, chosen: str) -> None:
    """Whoever fills the form in for them; who has chosen none is asked in the page's, and keeps it by their own YES."""
    with street.house.store.write() as session:
        session.execute(update(people).values(language=chosen))
    client.post("/join/mendip?lang=cy", data={"email": "karen@school.example", "purpose": "meetings"})
    with street.house.store.read() as session:
        letter = session.execute(select(letters.c.language)).scalar_one()
        assert written.language_of(session, street.karen) == chosen
        question = session.execute(select(confirmations.c.id)).scalar_one()
    assert letter == (chosen or "cy")
    client.post(f"/c/{street.tag('c', question)}")
    with street.house.store.read() as session:
        assert written.language_of(session, street.karen) == (chosen or "cy")


def test_a_language_that_we_do_not_write_is_the_networks(street: Street, client: TestClient) -> None:
    assert '<html lang="en">' in client.get("/join/mendip?lang=fr").text


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

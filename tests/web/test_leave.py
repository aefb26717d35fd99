"""/u/TAG: RFC 8058 to the letter (UNS-2 to UNS-6), and the page's own buttons."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.store import engine
from mailer.store.tables import addresses, outgoing
from mailer.web import application
from tests.web.conftest import NOW, Street

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BOUNDARY = "xyz"
MULTIPART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--{BOUNDARY}--\r\n'
).encode()


def path(street: Street, purpose: str = "newsletter") -> str:
    return f"/u/{street.tag('u', street.standing(street.karen, purpose))}"


BODIES = [
    pytest.param(b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", id="urlencoded"),
    pytest.param(MULTIPART, f"multipart/form-data; boundary={BOUNDARY}", id="multipart"),
    pytest.param(b"stop=this", "application/x-www-form-urlencoded", id="the-button"),
    pytest.param(b"", "", id="no-body"),
    pytest.param(b"List-Unsubscribe=One-Click", "", id="no-content-type"),
    pytest.param(b"{]", "application/json", id="not-a-form"),
    pytest.param(b"--nothing", "multipart/form-data; boundary=other", id="broken-multipart"),
    pytest.param(b"x=" + b"y" * 200_000, "application/x-www-form-urlencoded", id="too-large"),
]


@pytest.mark.parametrize(("body", "kind"), BODIES)
def test_a_post_stops_that_purpose_at_once(street: Street, client: TestClient, body: bytes, kind: str) -> None:
    """UNS-2: no cookie, no sign-in, no redirect; whatever the body, the tag is the authority."""
    answered = client.post(path(street), content=body, headers={"content-type": kind} if kind else {})
    assert answered.status_code == 200
    assert "set-cookie" not in answered.headers
    assert street.standings(street.karen) == {
        "meetings": "active", "newsletter": "left", "discussion": "active", "exchange": "none", "directory": "none",
    }  # fmt: skip


@pytest.mark.parametrize("spelling", [str.upper, lambda p: p + "/", lambda p: p + "?utm_source=x"])
def test_other_spellings_of_the_link_are_no_redirect(street: Street, client: TestClient, spelling: object) -> None:
    tag = path(street).removeprefix("/u/")
    answered = client.post("/u/" + spelling(tag), data=ONE_CLICK)  # type: ignore[operator]
    assert answered.status_code == 200
    assert street.standings(street.karen)["newsletter"] == "left"


def test_twice_is_the_same_page_and_one_farewell(street: Street, client: TestClient) -> None:
    """UNS-5, UNS-10."""
    assert client.post(path(street), data=ONE_CLICK).status_code == 200
    assert client.post(path(street), data=ONE_CLICK).status_code == 200
    with street.house.store.read() as session:
        letters = session.execute(select(outgoing.c.purpose)).scalars().all()
    assert letters == ["farewell"]


def test_the_erased_and_the_unknown_get_the_same_200(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(
            update(addresses)
            .where(addresses.c.id == street.karen)
            .values(erased_at=NOW, address=None, key=None, person_id=None)
        )
    erased = client.post(path(street), data=ONE_CLICK)
    unknown = client.post(f"/u/{street.tag('u', 999_999)}", data=ONE_CLICK)
    assert (erased.status_code, unknown.status_code) == (200, 200)
    assert "school.example" not in erased.text
    assert client.get(f"/u/{street.tag('u', 999_999)}").status_code == 200


def test_everything_ends_all_of_the_network(street: Street, client: TestClient) -> None:
    page = client.post(path(street), data={"stop": "everything"})
    assert "Everything is stopped" in page.text
    assert "apart from one mail that says so and how to come back" in page.text  # the farewell
    assert "active" not in street.standings(street.karen).values()
    assert street.standings(street.dawn)["meetings"] == "active"
    again = client.post(path(street), data={"stop": "everything"}).text
    assert "Everything is stopped" in again
    assert "one mail" not in again  # it went with the first press


def test_the_page_has_the_buttons_and_no_full_address(street: Street, client: TestClient) -> None:
    """UNS-3, V9."""
    page = client.get(path(street)).text
    assert page.count('<form method="post">') == 2
    assert "k…@school.example" in page
    assert "karen" not in page.lower()


def test_a_failed_write_is_503_so_that_the_provider_tries_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UNS-6: the database locked by somebody else for longer than we wait."""
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    impatient = engine.Store(street.house.settings.database_url)
    object.__setattr__(street.house, "store", impatient)
    client = TestClient(application(street.house), base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    with closing(sqlite3.connect(street.house.settings.data_dir / "termpost.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answered = client.post(path(street), data=ONE_CLICK)
        other.execute("ROLLBACK")
    assert answered.status_code == 503
    assert answered.headers["retry-after"]
    assert street.standings(street.karen)["newsletter"] == "active"
    assert client.post(path(street), data=ONE_CLICK).status_code == 200
    impatient.close()


def test_it_works_years_later(street: Street, client: TestClient, tmp_path: object) -> None:
    """UNS-4."""
    link = path(street)
    (street.house.settings.data_dir.parent / "clock").write_text((NOW + timedelta(days=1200)).isoformat())
    from mailer import clock

    clock.use(f"file:{street.house.settings.data_dir.parent / 'clock'}")
    assert client.post(link, data=ONE_CLICK).status_code == 200
    assert street.standings(street.karen)["newsletter"] == "left"

"""/tray: seen as the person sees it, by whoever sits at this machine, and nothing in a mail does anything (SAFE-6)."""

from __future__ import annotations

import base64
import html
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mailer.store.tables import tray
from mailer.web import access, application
from mailer.web import tray as tray_page
from mailer.web.limits import Limiter
from tests.web.conftest import PIXEL, Street


def test_newest_first_and_searched_by_recipient(street: Street, client: TestClient) -> None:
    page = client.get("/tray").text
    assert page.index("mail 2") < page.index("mail 1") < page.index("mail 0")
    found = client.get("/tray?to=KAREN@").text
    assert "mail 1" in found
    assert "mail 0" not in found
    assert "Nothing here" in client.get("/tray?to=%25").text


SEARCHES = [
    pytest.param("words=MAIL+1", {1}, id="subject-in-any-case"),
    pytest.param("words=angles+0", {0}, id="words-of-subject-and-text-together"),
    pytest.param("words=plain+words+2", {2}, id="text"),
    pytest.param("words=nowhere", set(), id="no-such-word"),
    pytest.param("words=%25", set(), id="a-percent-sign-is-a-word"),
    pytest.param("to=KAREN@&words=mail", {1}, id="recipient-and-words"),
    pytest.param("day=2001-01-01", set(), id="a-day-without-mail"),
    pytest.param("day=yesterday", {0, 1, 2}, id="no-day-at-all"),
    pytest.param("day=9999-12-31", {0, 1, 2}, id="the-last-of-all-days"),
]


@pytest.mark.parametrize(("query", "found"), SEARCHES)
def test_searched_by_recipient_words_and_day(street: Street, client: TestClient, query: str, found: set[int]) -> None:
    page = client.get(f"/tray?{query}").text
    assert {n for n, mail in enumerate(street.mails) if f'href="/tray/{mail}"' in page} == found


def test_a_day_is_the_day_that_the_list_shows(street: Street, client: TestClient) -> None:
    with street.house.store.read() as session:
        days = [at.astimezone(tray_page.ZONE).date() for at in session.execute(select(tray.c.at)).scalars()]
    for day in {*days}:
        assert client.get(f"/tray?day={day}").text.count('<tr><td>') == days.count(day)


def test_a_search_goes_on_where_it_stopped(street: Street, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are opened in bounded numbers; nothing is left out."""
    monkeypatch.setattr(tray_page, "A_PAGE", 1)
    monkeypatch.setattr(tray_page, "OPENED", 1)
    path, seen = "/tray?words=plain", []
    for _ in range(6):
        page = client.get(path).text
        seen += [mail for mail in street.mails if f'href="/tray/{mail}"' in page]
        older = re.search(r'href="([^"]*)">Older', page)
        if older is None:
            break
        path = html.unescape(older[1])
    assert sorted(seen) == sorted(mail for mail in street.mails if _says(street, mail, b"plain"))


def _says(street: Street, mail: int, word: bytes) -> bool:
    with street.house.store.read() as session:
        return word in bytes(session.execute(select(tray.c.content).where(tray.c.id == mail)).scalar_one())


def test_pages_by_id(street: Street, client: TestClient) -> None:
    page = client.get(f"/tray?before={street.mails[2]}").text
    assert "mail 2" not in page
    assert "mail 1" in page


def test_a_mail_is_shown_in_every_form(street: Street, client: TestClient) -> None:
    mail = street.mails[0]
    page = client.get(f"/tray/{mail}").text
    assert f'src="/tray/{mail}/html"' in page
    assert "SUMMARY:Winter meeting" in page  # unfolded
    assert "plain words 0, with &lt;angles&gt; &amp; more." in client.get(f"/tray/{mail}/text").text
    assert "multipart/mixed" in client.get(f"/tray/{mail}/headers").text
    raw = client.get(f"/tray/{mail}/raw")
    assert raw.headers["content-type"] == "text/plain; charset=utf-8"
    assert raw.content.startswith(b"From: Mendip Technicians")


def test_a_text_mail_needs_no_frame(street: Street, client: TestClient) -> None:
    page = client.get(f"/tray/{street.mails[2]}").text
    assert "<iframe" not in page
    assert "plain words 2" in page
    assert client.get(f"/tray/{street.mails[2]}/html").status_code == 404


def test_html_runs_nothing_and_fetches_nothing(street: Street, client: TestClient) -> None:
    """SAFE-3, SAFE-6: sandboxed also when opened alone; its own picture is inside."""
    found = client.get(f"/tray/{street.mails[0]}/html")
    policy = found.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}" in found.text
    assert '<base target="_blank">' in found.text
    assert found.headers["x-frame-options"] == "SAMEORIGIN"


def test_files_come_down_as_files(street: Street, client: TestClient) -> None:
    names = []
    for number in range(2):
        part = client.get(f"/tray/{street.mails[0]}/part/{number}")
        assert part.headers["content-type"] == "application/octet-stream"
        assert part.headers["content-security-policy"].startswith("sandbox;")
        assert part.headers["x-content-type-options"] == "nosniff"
        names.append(part.headers["content-disposition"])
    assert names == ['attachment; filename="part.png"', 'attachment; filename="in vite.ics"']


TRAY = ["/tray", "/tray/1", "/tray/1/html", "/tray/1/text", "/tray/1/headers", "/tray/1/raw", "/tray/1/part/0"]
AWAY = [
    pytest.param(("192.0.2.7", 1), "127.0.0.1:8080", {}, id="from-elsewhere"),
    pytest.param(("127.0.0.1", 1), "evil.example", {}, id="a-name-that-resolves-to-loopback"),
    pytest.param(("127.0.0.1", 1), "127.0.0.1.evil.example:8080", {}, id="a-name-that-begins-with-it"),
    pytest.param(("127.0.0.1", 1), "localhost@evil.example", {}, id="a-user-in-the-host"),
    pytest.param(("127.0.0.1", 1), "[::1", {}, id="no-host-at-all"),
    pytest.param(("127.0.0.1", 1), "127.0.0.1:8080", {"x-forwarded-for": "192.0.2.7"}, id="through-a-proxy"),
    pytest.param(("127.0.0.1", 1), "127.0.0.1:8080", {"forwarded": "for=192.0.2.7"}, id="through-a-proxy-rfc7239"),
    pytest.param(("0.0.0.0", 1), "localhost", {}, id="no-loopback-peer"),
]
HERE = [
    pytest.param(("127.0.0.1", 1), "127.0.0.1:8080", id="ipv4"),
    pytest.param(("127.0.0.5", 1), "localhost:8080", id="another-of-the-net"),
    pytest.param(("::1", 1), "[::1]:8080", id="ipv6"),
    pytest.param(("127.0.0.1", 1), "LOCALHOST", id="capitals"),
]


@pytest.mark.parametrize(("peer", "host", "more"), AWAY)
def test_it_is_closed_to_others(street: Street, peer: tuple[str, int], host: str, more: dict[str, str]) -> None:
    """Contract 5, and DNS rebinding."""
    client = TestClient(application(street.house), client=peer)
    for path in [*TRAY, "/metrics"]:
        answered = client.get(path, headers={"host": host, **more})
        assert answered.status_code == 403, path
        assert "Winter" not in answered.text


@pytest.mark.parametrize(("peer", "host"), HERE)
def test_it_is_open_at_this_machine(street: Street, peer: tuple[str, int], host: str) -> None:
    client = TestClient(application(street.house), client=peer)
    assert client.get("/tray", headers={"host": host}).status_code == 200


@pytest.fixture
def beyond(street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(access, "TRIES", Limiter(most=3, seconds=60.0))
    file = tmp_path / "password"
    file.write_text("pôst\n")
    os.chmod(file, 0o600)
    settings = street.house.settings.model_copy(update={"tray_password_file": file})
    return TestClient(application(replace(street.house, settings=settings)), client=("192.0.2.7", 1))


def basic(words: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(words.encode()).decode()}


def test_beyond_loopback_it_opens_with_the_password(beyond: TestClient) -> None:
    asked = beyond.get("/tray")
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic")
    assert beyond.get("/tray", headers=basic("anyone:pôst")).status_code == 200
    for wrong in ("anyone:post", "pôst", "", "anyone:"):
        assert beyond.get("/tray", headers=basic(wrong)).status_code in (401, 429)


def test_guessing_is_slowed(beyond: TestClient) -> None:
    codes = [beyond.get("/tray", headers=basic(f"x:{n}")).status_code for n in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    assert beyond.get("/tray", headers={"authorization": "Bearer x"}).status_code == 401


def test_a_broken_mail_is_shown_all_the_same(street: Street, client: TestClient) -> None:
    from mailer.store import add
    from tests.web.conftest import NOW

    broken = (
        b"\xff\xfe not a header\r\nContent-Type: text/plain; charset=x-nothing\r\nSubject: =?utf-8?q?=ff?=\r\n\r\n\xff\x00body",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>cut",
        b"",
    )
    with street.house.store.write() as session:
        ids = [
            add(session, tray, outgoing_id=n, at=NOW, mail_from="", rcpt="a@b.example", subject="", content=content)
            for n, content in enumerate(broken)
        ]
    for mail in ids:
        for path in ("", "/text", "/headers", "/raw"):
            assert client.get(f"/tray/{mail}{path}").status_code == 200

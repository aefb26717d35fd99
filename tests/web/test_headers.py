"""CMD-12: the headers of every answer, nothing from elsewhere, no tag in any log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

import pytest
import structlog
from starlette.testclient import TestClient

from mailer import log
from mailer.web import preferences
from tests.web.conftest import Street
from tests.web.test_nothing_changes import paths

STATIC = ("/style.css", "/robots.txt")


def test_every_answer_has_the_strict_headers(street: Street, client: TestClient) -> None:
    for path in [*(path for some in paths(street).values() for path in some), "/nowhere", "/u/x"]:
        for method in ("GET", "POST"):
            answered = client.request(method, path)
            said = answered.headers
            assert said["referrer-policy"] == "no-referrer"
            assert "noindex" in said["x-robots-tag"]
            assert said["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in said["content-security-policy"]
            assert "script-src" not in said["content-security-policy"]
            assert "set-cookie" not in said
            if path not in STATIC:
                assert said["cache-control"] == "no-store", path


def test_pages_bring_nothing_from_elsewhere_and_no_script(street: Street, client: TestClient) -> None:
    """CMD-12, DP-20: every src and href of a resource is ours; links may lead out."""
    for name, some in paths(street).items():
        if name in ("tray-html", "tray-raw", "tray-part", "picture", "metrics"):
            continue
        page = client.get(some[0]).text
        assert not re.search(r"<script\b|\bon\w+=\"|javascript:|\bstyle=", page, re.IGNORECASE), name
        for resource in re.findall(r'<(?:link|img|iframe)[^>]+(?:src|href)="([^"]*)"', page):
            assert resource.startswith("/"), (name, resource)


def test_https_asks_to_stay_https(street: Street) -> None:
    from dataclasses import replace

    from mailer.web import application

    settings = street.house.settings.model_copy(update={"public_url": "https://post.example"})
    client = TestClient(application(replace(street.house, settings=settings)))
    assert "max-age" in client.get("/").headers["strict-transport-security"]


def test_a_fault_is_logged_under_the_routes_name(
    street: Street, client: TestClient, monkeypatch: pytest.MonkeyPatch, logged: StringIO
) -> None:
    """DP-23: the path has the tag, so the path is in no log."""
    tag = street.tag("p", street.standing(street.karen, "meetings"))

    def broken(*_: object) -> list[object]:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(preferences.DOES, "leave", broken)  # type: ignore[arg-type]
    answered = client.post(f"/p/{tag}", data={"do": "leave"})
    assert answered.status_code == 500
    assert "a fault of ours" not in answered.text
    assert "a fault of ours" in logged.getvalue()
    assert '"route": "preferences"' in logged.getvalue()
    assert tag not in logged.getvalue()
    assert street.standings(street.karen)["meetings"] == "active"


@pytest.fixture
def logged() -> Iterator[StringIO]:
    stream, root = StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    log.setup("debug", stream, json=True)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("path", ["/", "/start", "/join/mendip", "/n/mendip/about", "/tray"])
def test_each_page_has_a_title_a_language_and_one_heading(client: TestClient, path: str) -> None:
    """ACC-1, ACC-3."""
    page = client.get(path).text
    assert '<html lang="en">' in page
    assert re.search(r"<title>[^<]{4,}</title>", page)
    assert len(re.findall(r"<h1\b", page)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels

"""/join/SLUG/poster: one sheet of A4, whose code leads to the join page and nowhere else."""

from __future__ import annotations

import re

import segno
from starlette.testclient import TestClient

from tests.web.conftest import Street


def test_it_shows_the_way_in(street: Street, client: TestClient) -> None:
    page = client.get("/join/mendip/poster")
    assert page.status_code == 200
    url = f"{street.house.settings.public_url}/join/mendip"
    assert f"QR code of {url}" in page.text
    assert "mendip-join@" in page.text
    assert len(re.findall("<svg", page.text)) == 7
    drawn = re.search(r'<path[^>]* d="([^"]+)"', segno.make(url, error="m", micro=False).svg_inline(border=4))
    assert drawn is not None
    assert drawn[1] in page.text


def test_nothing_of_it_comes_from_elsewhere_or_runs(client: TestClient) -> None:
    """SAFE-6, DP-20: the policy of every page holds for the drawing too."""
    text = client.get("/join/mendip/poster").text
    assert " style=" not in text
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!/|#|mailto:)[^"]+"', text)


def test_there_is_none_of_a_network_that_is_not_there(client: TestClient) -> None:
    assert client.get("/join/nobody/poster").status_code == 404

"""Who asks, where a server stands in front of the web door: each visitor is counted by themselves (CMD-7)."""

from __future__ import annotations

import dataclasses
import http.client
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mailer.house import House
from mailer.web import joining
from mailer.web.limits import Limiter
from tests.deploy.test_deploy import DEPLOY
from tests.web.conftest import Street
from workers.httpd import WebDoor


@pytest.fixture
def behind_proxy(street: Street, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, str], int]]:
    """The real door at a Unix socket, or at a port and asked from an address that is not 127.0.0.1, as in deploy/compose.yml,
    where nginx comes from the bridge of the containers. Gives a function that posts as nginx does."""
    if request.param == "compose":
        told = re.search(r'FORWARDED_ALLOW_IPS: "(.+)"', (DEPLOY / "compose.yml").read_text(encoding="utf-8"))
        assert told is not None
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", told[1])
    if request.param == "socket":
        listen = dataclasses.replace(street.house.settings.web_listen, path=str(tmp_path / "web.sock"))  # type: ignore[type-var]
    else:
        with socket.create_server(("127.0.0.1", 0)) as free:
            listen = dataclasses.replace(street.house.settings.web_listen, port=free.getsockname()[1])  # type: ignore[type-var]
    settings = street.house.settings.model_copy(update={"web_listen": listen})
    door = WebDoor(House(settings, street.house.store, settings.secret()))
    door.start()

    def post(n: int, visitor: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", listen.port)
        if listen.path:
            line.sock = socket.socket(socket.AF_UNIX)
            line.sock.connect(listen.path)
        else:
            line.sock = socket.create_connection(("127.0.0.1", listen.port), source_address=("127.0.0.2", 0))
        form = urlencode({"email": f"p{n}@vale{n}.example", "purpose": "meetings"})
        kind = "application/x-www-form-urlencoded"
        line.request("POST", "/join/mendip", form, {"Host": "lists.example.org", "X-Forwarded-For": visitor, "Content-Type": kind})
        status = line.getresponse().status
        line.close()
        return status

    yield post
    door.stop()


@pytest.mark.parametrize("behind_proxy", ["socket", "compose"], indirect=True)
def test_one_visitor_too_many_is_no_other(behind_proxy: Callable[[int, str], int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is nobody counted at a Unix socket, nor is everybody in the world one visitor to a container."""
    monkeypatch.setattr(joining, "CLIENTS", Limiter(most=2, seconds=600.0))
    stranger = [behind_proxy(n, "198.51.100.7") for n in range(4)]
    other = behind_proxy(9, "203.0.113.9")
    assert (stranger, other) == ([200, 200, 429, 429], 200)

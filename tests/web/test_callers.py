"""The web door at a real socket: who opens it and says no more is not kept, and who has asked is answered."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator

import pytest

from mailer.house import House
from mailer.web import joining
from tests.servers import free_port
from tests.web.conftest import Street
from workers.httpd import Caller, WebDoor

LENGTH = 99
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST /join/mendip HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % LENGTH


@pytest.fixture
def port(street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[int]:
    """Of the door, which has nothing to complain of when it is closed."""
    monkeypatch.setattr(Caller, "patience", 0.3)
    listen = dataclasses.replace(street.house.settings.web_listen, port=free_port())  # type: ignore[type-var]
    settings = street.house.settings.model_copy(update={"web_listen": listen})
    door = WebDoor(House(settings, street.house.store, settings.secret()))
    door.start()
    yield listen.port
    door.stop()
    said = caplog.get_records("call") + caplog.get_records("teardown")
    assert [one.getMessage() for one in said if one.levelname == "ERROR"] == []


HALVES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"POST /u/x HTTP/1.1\r\nHost: a\r\nContent-Le", id="half-a-head"),
    pytest.param(HEAD + b"email=", id="half-a-body"),
    pytest.param(WHOLE + b"GET /heal", id="half-of-the-next"),
    pytest.param(WHOLE + HEAD + b"email=", id="half-the-body-of-the-next"),
]


@pytest.mark.parametrize("said", HALVES)
def test_half_a_request_is_not_kept(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(20)
        line.sendall(said)
        heard = b""
        while some := line.recv(1000):  # TimeoutError if it is kept
            heard += some
    assert heard.count(b"200 OK") == said.count(WHOLE)


def test_who_has_asked_is_answered_however_long_it_takes(port: int) -> None:
    """The page of joining takes longer than we listen here (CMD-8)."""
    assert Caller.patience < joining.FLOOR
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(20)
        line.sendall(HEAD + b"email=new%40vale.example&purpose=meetings&told_by=".ljust(LENGTH, b"x"))
        assert b"200 OK" in line.recv(1000)

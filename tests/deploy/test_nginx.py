"""nginx with deploy/nginx.conf: HTTPS to the web door, POST at the unsubscribe path, no tag in its log (DEPLOY-5)."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.test_deploy import DEPLOY
from tests.outbound.transport.certificates import Authority
from tests.servers import folder, free_port, program, running, until, wait_for_port

pytestmark = pytest.mark.nginx
HOST = "lists.example.org"
TAG = "u" + "a" * 36


class Door(BaseHTTPRequestHandler):
    """Stands where the web door is, and says what it was asked."""

    asked: list[tuple[str, str, dict[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def door() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Fresh", (Door,), {"asked": []}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(door: ThreadingHTTPServer) -> Iterator[tuple[int, int, ssl.SSLContext, Path, list[tuple[str, str, dict[str, str]]]]]:
    """HTTPS port, HTTP port, what trusts its certificate, its log, and what the door behind it was asked."""
    path = program("nginx", needed_for="nginx")
    with folder("nginx-") as home:
        authority = Authority(home)
        authority.server(HOST)
        https, http = free_port(), free_port()
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        for name in ("fullchain", "privkey"):
            text = text.replace(f"/etc/letsencrypt/live/{HOST}/{name}.pem", str(home / f"{HOST}-False.pem"))
        text = re.sub(r"listen \[::\]:\d+( ssl)?;", "", text)  # this machine may have no IPv6
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{https} ssl;")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{http};")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{door.server_port}")
        text = text.replace("/var/log/nginx/termpost.log", str(home / "access")).replace("/var/log/nginx/", f"{home}/")
        temp = " ".join(f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;\n"
            f"events {{}}\nhttp {{ access_log {home}/every; {temp}\n{text}\n}}\n"
        )
        command = [path, "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "warn" not in checked.stderr, checked.stderr
        with running(command, home / "out") as process:
            wait_for_port(https, process, home / "error.log")
            yield https, http, authority.trusted(), home / "access", door.RequestHandlerClass.asked  # type: ignore[attr-defined]


def ask(port: int, path: str, trusts: ssl.SSLContext, body: bytes | None = None) -> int:
    """The status of one request, by the name that the certificate has."""

    client = http.client.HTTPSConnection(HOST, port, context=trusts, timeout=20)
    client.sock = trusts.wrap_socket(socket.create_connection(("127.0.0.1", port), 20), server_hostname=HOST)
    client.request("POST" if body is not None else "GET", path, body, {"X-Forwarded-For": "203.0.113.9"})
    answered = client.getresponse()
    answered.read()
    client.close()
    return answered.status


def test_one_click_is_handed_on_and_no_tag_is_logged(
    site: tuple[int, int, ssl.SSLContext, Path, list[tuple[str, str, dict[str, str]]]],
) -> None:
    """RFC 8058; the forwarded address is the peer's own, not what the peer claims."""
    https, _, trusts, log, asked = site
    assert ask(https, f"/u/{TAG}?x={TAG}", trusts, b"List-Unsubscribe=One-Click") == 200
    for kind in ("r", "p", "c"):
        assert ask(https, f"/{kind}/{TAG}", trusts) == 200
    assert ask(https, "/n/mendip", trusts) == 200
    assert ask(https, "/metrics", trusts) == 200  # from this machine
    method, path, fields = asked[0]
    assert (method, path) == ("POST", f"/u/{TAG}?x={TAG}")
    assert fields["x-forwarded-for"] == "127.0.0.1"
    assert fields["x-forwarded-proto"] == "https"
    assert fields["host"] == HOST
    said = log.read_text()
    assert TAG not in said
    assert '"POST /u/..." 200' in said
    assert '"GET /n/mendip" 200' in said


def test_no_tag_is_logged_while_the_door_is_shut(
    site: tuple[int, int, ssl.SSLContext, Path, list[tuple[str, str, dict[str, str]]]], door: ThreadingHTTPServer
) -> None:
    """Termpost is restarted: nginx knows the whole path of what it could not hand on."""
    https, _, trusts, log, _ = site
    door.shutdown()
    door.server_close()
    assert ask(https, f"/u/{TAG}", trusts, b"List-Unsubscribe=One-Click") == 502
    until(lambda: '"POST /u/..." 502' in log.read_text())  # written once the answer has gone
    assert TAG not in (log.parent / "error.log").read_text()


def test_http_only_points_to_https(
    site: tuple[int, int, ssl.SSLContext, Path, list[tuple[str, str, dict[str, str]]]],
) -> None:

    client = http.client.HTTPConnection("127.0.0.1", site[1], timeout=20)
    client.request("GET", f"/p/{TAG}", headers={"Host": HOST})
    answered = client.getresponse()
    assert (answered.status, answered.getheader("Location")) == (301, f"https://{HOST}/p/{TAG}")
    client.close()
    assert TAG not in (site[3].parent / "every").read_text()  # the log that a distribution keeps of every server

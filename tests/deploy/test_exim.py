"""An Exim with the parts of deploy/exim.conf hands mail over by LMTP, tag and all, and refuses what Termpost refuses (DEPLOY-2)."""

from __future__ import annotations

import os
import pwd
import re
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.test_deploy import DEPLOY
from tests.servers import folder, free_port, program, running, until, wait_for_port
from tests.workers.conftest import House, house, loop

__all__ = ["house", "loop"]  # fixtures
pytestmark = pytest.mark.exim

WHOLE = """
exim_path = {exim}
primary_hostname = mx.example.org
spool_directory = {home}/spool
log_file_path = {home}/%slog
pid_file_path = {home}/pid
keep_environment =
daemon_smtp_ports = {smtp}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = acl_check_data
{main}
begin acl
acl_check_rcpt:
{acl_check_rcpt}
  require domains = +termpost_domains
          verify = recipient
  accept
acl_check_data:
  accept
begin routers
{routers}
begin transports
{transports}
begin retry
* * F,1h,1s
"""


def sections() -> dict[str, str]:
    """The parts of deploy/exim.conf by the first word of the comment above each."""
    text = (DEPLOY / "exim.conf").read_text(encoding="utf-8")
    parts = re.split(r"^# (main|acl_check_rcpt|routers|transports)\b.*\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture
def exim(house: Callable[..., House]) -> Iterator[tuple[House, int, Path]]:
    """A house with its LMTP door, the SMTP port of an Exim in front of it, and that Exim's folder."""
    path = program("exim4", needed_for="Exim")
    try:
        pwd.getpwnam("Debian-exim")
    except KeyError:
        pytest.skip("Exim is not installed: it has no user Debian-exim")
    if os.geteuid():
        pytest.skip("Exim takes a configuration from root alone")
    opened, port = house(), free_port()
    with folder("exim-", owner="Debian-exim") as home:
        parts = {name: part.replace("8024", str(opened.doors.lmtp.port)) for name, part in sections().items()}
        config = home / "exim.conf"
        config.write_text(WHOLE.format(exim=path, home=home, smtp=port, **parts))
        checked = subprocess.run([path, "-C", str(config), "-bV"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        with running([path, "-C", str(config), "-bdf", "-q1s"], home / "out") as process:
            wait_for_port(port, process, home / "out")
            yield opened, port, home


TAGGED = "mendip+r" + "a" * 36 + "@lists.example.org"


def test_mail_comes_through_and_keeps_its_tag(exim: tuple[House, int, Path]) -> None:
    opened, port, home = exim
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("jane@school.example", [TAGGED, "mendip-news@lists.example.org"], b"Subject: Hello\r\n\r\nHello\r\n")
    until(lambda: len(opened.rows()) == 2, said=lambda: (home / "mainlog").read_text())
    assert {row.rcpt for row in opened.rows()} == {TAGGED, "mendip-news@lists.example.org"}
    assert {row.mail_from for row in opened.rows()} == {"jane@school.example"}
    assert b"Subject: Hello" in opened.contents()[0]


@pytest.mark.parametrize(
    "rcpt", ["nobody@lists.example.org", "mendip-nonsense@lists.example.org", "jane@elsewhere.example"]
)
def test_what_termpost_does_not_know_is_refused_at_once(exim: tuple[House, int, Path], rcpt: str) -> None:
    _, port, _ = exim
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.mail("jane@school.example")
        code, said = client.rcpt(rcpt)
    assert code == 550, said

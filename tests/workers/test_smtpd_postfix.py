"""A Postfix of our own hands mail over by LMTP, as deploy/ tells IT to set it up (SMTP-1 to SMTP-6, SMTP-15)."""

from __future__ import annotations

import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import free_port, until
from tests.workers.conftest import MENDIP, House

pytestmark = pytest.mark.postfix

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"
POSTFIX = shutil.which("postfix", path=SBIN)

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/lib
maillog_file = {folder}/log/maillog
maillog_file_prefixes = {folder}
mail_owner = postfix
myhostname = mx.example.org
mydestination =
local_transport = error:no local mail
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_domains = lists.example.org
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_recipient_maps =
default_transport = discard:
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtputf8_enable = yes
"""

MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@pytest.fixture
def postfix() -> Iterator[Callable[[int], tuple[int, Path]]]:
    """`postfix(lmtp_port)` starts it and gives its SMTP port and log."""
    if POSTFIX is None or os.geteuid() != 0:
        pytest.skip("needs Postfix, and root to start it")
    folder = Path(tempfile.mkdtemp(prefix="mta-"))  # not under tmp_path, whose parents are closed to other users
    folder.chmod(0o755)
    owner = pwd.getpwnam("postfix")
    for name in ("spool", "lib", "log", "etc"):
        (folder / name).mkdir()
    os.chown(folder / "lib", owner.pw_uid, owner.pw_gid)
    started = []

    def start(lmtp: int) -> tuple[int, Path]:
        smtp = free_port()
        (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder, lmtp=lmtp))
        (folder / "etc" / "master.cf").write_text(MASTER.format(smtp=smtp))
        subprocess.run([POSTFIX, "-c", str(folder / "etc"), "start"], check=True, capture_output=True, timeout=60)
        started.append(smtp)
        return smtp, folder / "log" / "maillog"

    yield start
    if started:
        subprocess.run([POSTFIX, "-c", str(folder / "etc"), "stop"], capture_output=True, timeout=60)
    shutil.rmtree(folder, ignore_errors=True)


def mail(number: int) -> bytes:
    return (
        b"From: jane@school.example\r\nMessage-ID: <%d@school.example>\r\nSubject: x\r\n\r\n..dots\r\n\xff8-bit\r\n"
        % number
    )


def test_postfix_delivers_over_lmtp(house: Callable[..., House], postfix: Callable[[int], tuple[int, Path]]) -> None:
    """Every accepted recipient once with the envelope sender; a full store is tried again, an unknown address is not."""
    opened = house()
    assert opened.doors.lmtp is not None
    port, log = postfix(opened.doors.lmtp.port)
    to = [MENDIP, "mendip-agenda@lists.example.org", "mendip+RTAG@lists.example.org"]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.sendmail("jane@school.example", [*to, "nonsense@lists.example.org"], mail(1), ["BODY=8BITMIME"])
        client.sendmail("", [MENDIP], mail(2), ["BODY=8BITMIME"])
        until(lambda: len(opened.rows()) == 4)
        first = [row for row in opened.rows() if row.message_id == "<1@school.example>"]
        assert sorted(row.rcpt for row in first) == sorted(each.lower() for each in to)
        assert {(row.mail_from, row.channel) for row in first} == {("jane@school.example", "lmtp")}
        assert [row.mail_from for row in opened.rows() if row.message_id == "<2@school.example>"] == [""]
        assert all(content.endswith(b"\r\n\r\n..dots\r\n\xff8-bit\r\n") for content in opened.contents())

        with opened.store.writer.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        client.sendmail("jane@school.example", [MENDIP], mail(3) + b"x" * 60_000, ["BODY=8BITMIME"])
        until(lambda: "452 4.3.1" in log.read_text())
        with opened.store.writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        until(lambda: len(opened.rows()) == 5)

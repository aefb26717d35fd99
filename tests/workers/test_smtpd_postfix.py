"""A Postfix of our own hands mail over by LMTP, as deploy/ tells IT to set it up (SMTP-1 to SMTP-6, SMTP-15)."""

from __future__ import annotations

import os
import shutil
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.postfix import Postfix, running
from tests.servers import until
from tests.workers.conftest import MENDIP, House

pytestmark = pytest.mark.postfix

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"
POSTFIX = shutil.which("postfix", path=SBIN)

SETTINGS = """mydestination =
local_transport = error:no local mail
relay_domains = lists.example.org
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_recipient_maps =
default_transport = discard:
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtputf8_enable = yes
"""


@pytest.fixture
def postfix() -> Iterator[Callable[[int], Postfix]]:
    """`postfix(lmtp_port)` starts it."""
    if POSTFIX is None or os.geteuid() != 0:
        pytest.skip("needs Postfix, and root to start it")
    with ExitStack() as started:
        yield lambda lmtp: started.enter_context(running(POSTFIX, SETTINGS.format(lmtp=lmtp)))


def mail(number: int) -> bytes:
    return (
        b"From: jane@school.example\r\nMessage-ID: <%d@school.example>\r\nSubject: x\r\n\r\n..dots\r\n\xff8-bit\r\n"
        % number
    )


def test_postfix_delivers_over_lmtp(house: Callable[..., House], postfix: Callable[[int], Postfix]) -> None:
    """Every accepted recipient once with the envelope sender; a full store is tried again, an unknown address is not."""
    opened = house()
    assert opened.doors.lmtp is not None
    mta = postfix(opened.doors.lmtp.port)
    to = [MENDIP, "mendip-agenda@lists.example.org", "mendip+RTAG@lists.example.org"]
    with smtplib.SMTP("127.0.0.1", mta.port, timeout=30) as client:
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
        until(lambda: "452 4.3.1" in mta.log)
        with opened.store.writer.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        until(lambda: len(opened.rows()) == 5)

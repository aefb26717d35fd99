"""Starting, stopping, holding and slowing the running service, and how soon it notices (contract 3 and 4)."""

from __future__ import annotations

import resource
import signal
import smtplib
import socket
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from mailer.store.tables import inbox, occasions
from tests.live.people import DOMAIN, JANE, approve, many, meeting, mendip
from tests.live.running import MONDAY, TERMPOST, Running
from tests.live.senders import post
from tests.live.sink import Sink
from tests.servers import until

pytestmark = pytest.mark.long

HELP = f"mendip-help@{DOMAIN}"


def test_a_second_one_on_the_same_folder_is_refused_and_a_misspelt_setting_stops_the_start(tmp_path: Path) -> None:
    with Running(tmp_path) as live:
        assert "runs on" in live.command("run", status=1)
        wrong = subprocess.run(
            [TERMPOST, "run"],
            env=live.environment | {"TERMPOST_RELAY_ULR": "tray:"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert wrong.returncode == 2
        assert "TERMPOST_RELAY_ULR" in wrong.stderr
        assert "TERMPOST_RELAY_URL" in wrong.stderr
        assert live.stop(signal.SIGINT) < 8


def test_contract_3_and_4_what_another_process_writes_and_what_the_clock_makes_due_move_in_time(tmp_path: Path) -> None:
    with Sink() as sink:
        live = Running(tmp_path, relay_url=sink.url)
        network_id = mendip(live.house, MONDAY)
        meeting(live.house, network_id, MONDAY + timedelta(days=40), MONDAY)
        occasion_id = approve(live.house, "invitation", MONDAY)
        goes_at = MONDAY + timedelta(days=2)
        with live.house.store.write() as session:
            session.execute(
                update(occasions)
                .where(occasions.c.id == occasion_id)
                .values(state="proofed", goes_at=goes_at, due_at=goes_at)
            )
        with live:
            given = post(1, HELP, "help", JANE)
            subprocess.run(
                [TERMPOST, "receive", "--from", JANE, "--to", HELP],
                env=live.environment,
                cwd=tmp_path,
                input=given.content,
                check=True,
            )
            began = time.monotonic()
            until(lambda: live.rows()[0].state == "done", 10)
            assert time.monotonic() - began < 2
            assert not [copy for copy in sink.got if "coming" in copy.subject]
            live.at(goes_at)
            began = time.monotonic()
            until(lambda: [copy for copy in sink.got if "coming" in copy.subject], 10)
            assert time.monotonic() - began < 3
            live.command("inbox", "replay", "1", status=1)


def test_v5_v6_held_slowed_and_stopped_while_sending(tmp_path: Path) -> None:
    with Sink(delay=0.1) as sink:  # so slow that the mailing outlasts the start of a command on a busy machine
        live = Running(tmp_path, relay_url=sink.url)
        network_id = mendip(live.house, MONDAY)
        people = many(live.house, network_id, 400, MONDAY)
        meeting(live.house, network_id, MONDAY + timedelta(days=40), MONDAY)
        occasion_id = approve(live.house, "invitation", MONDAY)
        with live:
            until(lambda: len(sink.got) > 20, every=0.005)
            live.command("hold", str(occasion_id))
            until(lambda: not _under_way(live, occasion_id))
            left, gone = len(sink.got), _of(sink, people)
            assert gone == {c.to_address for c in live.copies(occasion_id=occasion_id, state="accepted")} & set(people)
            assert gone < set(people)
            began, before = time.monotonic(), len(sink.got)  # the bucket fills from when the rate is set
            live.command("rate", "60")
            assert _of(sink, people) == gone  # a command later still nothing leaves
            live.command("release", str(occasion_id))
            until(lambda: len(sink.got) > before + 2)
            assert len(sink.got) - before <= 3 + (time.monotonic() - began) * 1.0
            live.command("rate", "off")
            until(lambda: len(sink.got) > left + 30, every=0.005)
            assert live.stop() < 8  # in the middle of it
            states = {copy.state for copy in live.copies(occasion_id=occasion_id)}
            assert states == {"accepted", "queued"}  # what was under way was answered
            sink.delay = 0.0
            live.start()
            until(lambda: live.rows(occasions, id=occasion_id)[0].state == "sent", 60)
            assert {copy.state for copy in live.copies(occasion_id=occasion_id)} == {"accepted"}
        got = sink.counts()
        assert {got[address] for address in people} == {1}


def _of(sink: Sink, people: list[str]) -> set[str]:
    """Who of them got something."""
    return {copy.rcpt for copy in list(sink.got)} & set(people)


def _under_way(live: Running, occasion_id: int) -> int:
    """Copies that a worker has in hand."""
    return sum(bool(copy.lease_owner) or copy.state == "sending" for copy in live.copies(occasion_id=occasion_id))


def test_v1_a_full_disk_is_4xx_and_the_service_lives_on(tmp_path: Path) -> None:
    """SMTP-4: the folder's files may not grow beyond a limit, as on a full disk; what had no 250 is not there."""
    live = Running(tmp_path)
    mendip(live.house, MONDAY)
    with live:
        assert live.process is not None
        resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, (4_000_000, resource.RLIM_INFINITY))
        big = post(1, HELP, "help " + "x" * 60 + "\r\n" + ("y" * 70 + "\r\n") * 90_000)
        with pytest.raises(smtplib.SMTPDataError) as told:
            live.post(big.content, HELP)
        assert told.value.smtp_code in (451, 452)
        resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        live.post(post(2, HELP, "help").content, HELP)
        live.settled()
        with live.house.store.read() as session:
            assert session.execute(select(func.count()).select_from(inbox)).scalar() == 1


def test_as_many_connections_as_there_may_be_open_files_fill_no_disk(tmp_path: Path) -> None:
    live = Running(tmp_path)
    mendip(live.house, MONDAY)
    with live:
        assert live.process is not None
        resource.prlimit(live.process.pid, resource.RLIMIT_NOFILE, (64, 64))
        lines = [socket.create_connection(("127.0.0.1", live.smtp), 20) for _ in range(100)]
        until(lambda: "no connection can be taken" in live.log())
        lines[-1].settimeout(5)
        with pytest.raises(TimeoutError):
            lines[-1].recv(1)
        assert len(live.log()) < 100_000, "a traceback for each try"
        assert live.log().count("no connection can be taken") == 1
        for line in lines:
            line.close()
        live.post(post(1, HELP, "help").content, HELP)
        live.settled()


def test_a_relay_that_hangs_keeps_neither_the_inbox_nor_the_stop(tmp_path: Path) -> None:
    with Sink() as sink:
        live = Running(tmp_path, relay_url=sink.url)
        network_id = mendip(live.house, MONDAY)
        many(live.house, network_id, 100, MONDAY)
        meeting(live.house, network_id, MONDAY + timedelta(days=40), MONDAY)
        approve(live.house, "invitation", MONDAY)
        sink.hangs = True
        with live:
            until(lambda: sink.connections >= 2, 20)
            for number in range(6):
                live.post(post(number, HELP, "help").content, HELP)
            until(lambda: [row.state for row in live.rows()] == ["done"] * 6, 15)
            assert live.stop() < 12
            assert not sink.got
            sink.hangs = False
            live.start()
            until(lambda: len(sink.got) > 100, 30)
        once = Counter((copy.rcpt, copy.message_id) for copy in sink.got)
        assert set(once.values()) == {1}

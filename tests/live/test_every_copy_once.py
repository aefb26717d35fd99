"""V5, V6: a mailing that is killed in the middle loses nobody, doubles nobody, and its states add up."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.outbound.deliver import WINDOW
from mailer.store.tables import occasions
from tests.live.people import approve, many, meeting, mendip
from tests.live.running import MONDAY, Running
from tests.live.sink import Sink
from tests.servers import until

pytestmark = pytest.mark.long

PEOPLE = 500


@pytest.mark.parametrize(
    ("read", "how"),
    [(True, signal.SIGTERM), (False, signal.SIGTERM), (False, signal.SIGHUP)],
    ids=["its words are read", "nobody reads its words any more", "its terminal is closed"],
)
def test_v6_a_mailing_that_is_stopped_leaves_nobody_uncertain(tmp_path: Path, read: bool, how: signal.Signals) -> None:
    """Its relay takes half a second for each letter, eight for a window: as long as a stop waits for everything. Of `termpost run | tee`
    Ctrl-C ends both, and mostly `tee` first."""
    with Sink(delay=0.5) as sink:
        running = Running(tmp_path, relay_url=sink.url)
        network_id = mendip(running.house, MONDAY)
        many(running.house, network_id, 2 * WINDOW, MONDAY)
        meeting(running.house, network_id, MONDAY + timedelta(days=40), MONDAY, venue="Hill School")
        occasion_id = approve(running.house, "invitation", MONDAY)
        with running:
            until(lambda: len(sink.got) >= WINDOW // 2)
            assert running.process is not None
            assert running.process.stdout is not None
            if not read:
                running.process.stdout.close()
            assert running.stop(how) < 5
            assert running.process.returncode == 0
            stopped = Counter(copy.state for copy in running.copies(occasion_id=occasion_id))
            assert stopped.keys() == {"accepted", "queued"}
            sink.delay = 0
            running.start()
            until(lambda: running.rows(occasions, id=occasion_id)[0].state == "sent", 60)
            copies = running.copies(occasion_id=occasion_id)
        assert {copy.state for copy in copies} == {"accepted"}
        got = Counter((copy.rcpt, copy.message_id) for copy in sink.got)
        assert set(got.values()) == {1}
        assert "could not be stopped cleanly" not in running.log()


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_v5_v6_a_mailing_that_is_killed_twice(tmp_path: Path, policy: str) -> None:
    with Sink(delay=0.01) as sink:
        running = Running(tmp_path, relay_url=sink.url, uncertain=policy)
        network_id = mendip(running.house, MONDAY)
        many(running.house, network_id, PEOPLE - 4, MONDAY)
        meeting(running.house, network_id, MONDAY + timedelta(days=40), MONDAY, venue="Hill School")
        occasion_id = approve(running.house, "invitation", MONDAY)
        with running:
            connections = 0
            for share in (0.3, 0.6) if policy == "hold" else (0.4,):
                until(lambda share=share: len(sink.got) >= PEOPLE * share, every=0.002)  # type: ignore[misc]
                running.kill()
                connections = sink.connections
                running.start()
            until(lambda: running.rows(occasions, id=occasion_id)[0].state == "sent", 60)
            (occasion,) = running.rows(occasions, id=occasion_id)
            copies = running.copies(occasion_id=occasion_id)
        states = Counter(copy.state for copy in copies)
        assert occasion.audience_count == len(copies) == PEOPLE == sum(states.values())  # V6
        subject = Counter(copy.subject for copy in sink.got).most_common(1)[0][0]  # proofs go out meanwhile, too
        sent = [copy for copy in sink.got if copy.subject == subject]
        got = Counter(copy.rcpt for copy in sent)
        unsure = {copy.to_address for copy in copies if copy.state == "uncertain"}
        accepted = {copy.to_address for copy in copies if copy.state == "accepted"}
        assert not accepted - got.keys(), "said to be accepted and never arrived"
        again = [address for address, count in got.items() if count > 1]
        if policy == "hold":
            assert set(states) <= {"accepted", "uncertain"}
            assert not again
            assert set(got) | unsure == {copy.to_address for copy in copies}
            assert len(unsure) <= 2 * WINDOW * connections
            assert unsure, "it was not killed in the middle"
        else:
            assert states == {"accepted": PEOPLE}
            assert len(got) == PEOPLE
            assert again, "it was not killed in the middle"
            digests = {copy.to_address: copy.sha256 for copy in copies}
            for address in again:  # the same Message-ID and the same bytes
                several = [copy for copy in sent if copy.rcpt == address]
                assert len({copy.message_id for copy in several}) == 1
                assert {copy.sha256 for copy in several} == {digests[address]}

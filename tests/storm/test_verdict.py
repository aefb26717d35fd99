"""The storm's verdict sees everything that may not be, to the person (V5, V6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.storm.verdict import Arrived, Said, Verdict, arrivals, cut, dead, unknown

JANE, DAWN, GONE = "jane@school.example", "dawn@school.example", "p99@school.example"


def honest() -> Verdict:
    said = (Said(JANE, "accepted", "<j>", "1"), Said(DAWN, "accepted", "<d>", "2"), Said(GONE, "failed", "<g>", "3"))
    arrived = (Arrived("<j>", JANE, "1"), Arrived("<d>", DAWN, "2"))
    return Verdict(frozenset({JANE, DAWN, GONE}), 3, said, arrived, cut=0, kills=(), resend=False, seconds=1.0)


def saying(address: str, **changes: str) -> Callable[[Verdict], Verdict]:
    def change(verdict: Verdict) -> Verdict:
        return replace(verdict, said=tuple(replace(one, **changes) if one.address == address else one for one in verdict.said))

    return change


def arriving(*more: Arrived, without: str = "") -> Callable[[Verdict], Verdict]:
    return lambda verdict: replace(verdict, arrived=(*[one for one in verdict.arrived if one.rcpt != without], *more))


def unsure(cut: int = 0, resend: bool = False) -> Callable[[Verdict], Verdict]:
    return lambda verdict: replace(saying(DAWN, state="uncertain")(verdict), cut=cut, resend=resend)


WRONG: dict[str, tuple[Callable[[Verdict], Verdict], str]] = {
    "failed, with no word of the relay": (saying(DAWN, state="failed"), "failed, and the relay would have taken it: dawn"),
    "cancelled": (saying(DAWN, state="cancelled"), "neither accepted, failed nor uncertain: dawn"),
    "still waiting": (saying(DAWN, state="deferred"), "neither accepted, failed nor uncertain: dawn"),
    "accepted, though refused": (saying(GONE, state="accepted"), "accepted, and the relay refused it: p99"),
    "accepted and never arrived": (arriving(without=DAWN), "lost: dawn"),
    "arrived twice": (arriving(Arrived("<d>", DAWN, "2")), "doubled: dawn"),
    "failed and arrived": (arriving(Arrived("<g>", GONE, "3")), "failed and yet arrived: p99"),
    "arrived at another's": (arriving(Arrived("<d>", JANE, "2"), without=DAWN), "arrived elsewhere: jane"),
    "under another Message-ID": (lambda verdict: replace(verdict, unknown=(DAWN,)), "arrived, and the outbox knows nothing of it: dawn"),
    "other bytes": (saying(DAWN, sha256="4"), "arrived with other bytes: dawn"),
    "never written down": (lambda verdict: replace(verdict, said=verdict.said[:2]), "never written down: p99"),
    "and not even counted": (lambda verdict: replace(verdict, said=verdict.said[:2], counted=2), "an audience of 2 is said to be one, and it is 3"),
    "written to, and not meant": (lambda verdict: replace(verdict, wanted=frozenset({JANE, GONE})), "written to, and not meant: dawn"),
    "two copies": (lambda verdict: replace(verdict, said=(*verdict.said, Said(DAWN, "accepted", "<x>", "5"))), "two copies: dawn"),
    "uncertain, and no connection was cut": (unsure(), "1 uncertain; ruling 5 allows 0"),
    "uncertain, though it goes again": (unsure(cut=1, resend=True), "1 uncertain; ruling 5 allows 0"),
    "nobody": (lambda verdict: replace(verdict, wanted=frozenset()), "there was nobody to write to"),
}  # fmt: skip


def test_what_was_honest_has_no_troubles() -> None:
    assert honest().troubles == []
    assert unsure(cut=1)(honest()).troubles == []
    assert replace(arriving(Arrived("<d>", DAWN, "2"))(honest()), resend=True).troubles == []


@pytest.mark.parametrize(("change", "trouble"), WRONG.values(), ids=WRONG)
def test_every_trouble_is_seen(change: Callable[[Verdict], Verdict], trouble: str) -> None:
    assert [found for found in change(honest()).troubles if found.startswith(trouble)]


def test_whose_mail_two_mailings_found_nobody_for_is_written_to_no_more() -> None:
    first = honest()
    assert dead([first]) == set()
    assert dead([first, first]) == {GONE}


RECORDED = [
    line.split()
    for line in (
        "began", "line 1", "line 2", "copy <j> jane@school.example 1", "over 1", "line 3", "cut 2",
        "began", "line 1", "cut 1", "cut 4", "line 2", "line 5",
    )
]  # fmt: skip


@pytest.mark.parametrize(("seen", "broken"), [(0, 3), (7, 2), (8, 1), (10, 0)])
def test_a_connection_counts_as_cut_when_it_breaks_and_none_that_is_kept(seen: int, broken: int) -> None:
    """2 broke, 3 was open when the recorder was killed, 1 of the new recorder broke; on 4 nothing was sent."""
    assert cut(RECORDED, seen) == broken


def test_a_copy_under_an_id_of_nothing_that_was_sent_is_seen() -> None:
    assert unknown(RECORDED, {"<j>"}) == ()
    assert unknown(RECORDED, {"<d>"}) == (JANE,)


def test_what_arrived_of_other_mailings_is_not_looked_at() -> None:
    assert arrivals(RECORDED, honest().said) == (Arrived("<j>", JANE, "1"),)

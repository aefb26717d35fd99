"""What became of one mailing, to the person: who was to get it, what the outbox says of each, and what the recorder saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mailer.outbound.deliver import WINDOW
from tests.storm.recorder import UNKNOWN


@dataclass(frozen=True)
class Said:
    """What the outbox says of one copy."""

    address: str
    state: str
    message_id: str
    sha256: str


@dataclass(frozen=True)
class Arrived:
    """What the recorder wrote down of one."""

    message_id: str
    rcpt: str
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """`wanted`: whom the mailing was for; `counted`: its audience as the service says; `cut`: connections that broke while it
    went out, on which anything was sent; `kills`: what was killed during it, in order; `unknown`: to whom something came meanwhile
    under a Message-ID that no row of the outbox has, as a second copy would that nothing tells from a first."""

    wanted: frozenset[str]
    counted: int
    said: tuple[Said, ...]
    arrived: tuple[Arrived, ...]
    cut: int
    kills: tuple[str, ...]
    resend: bool
    seconds: float
    unknown: tuple[str, ...] = ()

    @cached_property
    def states(self) -> Counter[str]:
        return Counter(copy.state for copy in self.said)

    @property
    def failed(self) -> frozenset[str]:
        return self._in("failed")

    @property
    def most_uncertain(self) -> int:
        """By ruling 5; what goes again by itself is uncertain to nobody in the end."""
        return 0 if self.resend else 2 * WINDOW * self.cut

    @cached_property
    def lost(self) -> list[str]:
        came = {copy.message_id for copy in self.arrived}
        return [copy.address for copy in self.said if copy.state == "accepted" and copy.message_id not in came]

    @cached_property
    def doubled(self) -> list[str]:
        times = Counter(copy.message_id for copy in self.arrived)
        return [] if self.resend else [copy.address for copy in self.said if times[copy.message_id] > 1]

    @property
    def troubles(self) -> list[str]:
        """Everything that is not as it must be, to the person; empty if nothing is."""
        if not self.wanted:
            return ["there was nobody to write to, so the kills show nothing"]
        found = [f"{what}: {', '.join(sorted(who)[:5])} ({len(who)})" for what, who in self._wrong() if who]
        if self.counted != len(self.wanted):
            found.append(f"an audience of {self.counted} is said to be one, and it is {len(self.wanted)}")
        if self.states["uncertain"] > self.most_uncertain:
            found.append(f"{self.states['uncertain']} uncertain; ruling 5 allows {self.most_uncertain}")
        return found

    def _wrong(self) -> Iterable[tuple[str, Collection[str]]]:
        written = Counter(copy.address for copy in self.said)
        refused = {address for address in self.wanted if UNKNOWN.search(address)}
        ended = self._in("accepted") | self.failed | self._in("uncertain")
        mine = {copy.message_id: copy for copy in self.said}
        came = {copy.message_id for copy in self.arrived}
        yield "lost", self.lost
        yield "doubled", self.doubled
        yield "never written down", self.wanted - written.keys()
        yield "written to, and not meant", written.keys() - self.wanted
        yield "two copies", [address for address, copies in written.items() if copies > 1]
        yield "failed, and the relay would have taken it", self.failed - refused
        yield "accepted, and the relay refused it", self._in("accepted") & refused
        yield "neither accepted, failed nor uncertain", written.keys() - ended
        yield "failed and yet arrived", [c.address for c in self.said if c.state == "failed" and c.message_id in came]
        yield "arrived elsewhere", [c.rcpt for c in self.arrived if c.rcpt != mine[c.message_id].address]
        yield "arrived, and the outbox knows nothing of it", self.unknown
        yield "arrived with other bytes", [c.rcpt for c in self.arrived if c.sha256 != mine[c.message_id].sha256]

    def _in(self, state: str) -> frozenset[str]:
        return frozenset(copy.address for copy in self.said if copy.state == state)


def arrivals(lines: Sequence[Sequence[str]], said: Iterable[Said]) -> tuple[Arrived, ...]:
    """Those of these copies that the recorder's lines tell of."""
    mine = {copy.message_id for copy in said}
    return tuple(Arrived(*words[1:4]) for words in lines if words[0] == "copy" and words[1] in mine)


def unknown(lines: Sequence[Sequence[str]], known: Collection[str]) -> tuple[str, ...]:
    """To whom the recorder's lines tell of something under none of the `known` Message-IDs."""
    return tuple(words[2] for words in lines if words[0] == "copy" and words[1] not in known)


def cut(lines: Sequence[Sequence[str]], seen: int) -> int:
    """How many connections broke from the recorder's line `seen` on. One that was open when the recorder was killed is told of
    by its next beginning."""
    opened: set[str] = set()
    broken = 0
    for place, (what, *words) in enumerate(lines):
        if what == "line":
            opened.add(words[0])
        elif what == "over":
            opened.discard(words[0])
        elif what in ("cut", "began"):
            gone = opened.copy() if what == "began" else opened & {words[0]}
            opened -= gone
            broken += len(gone) if place >= seen else 0
    return broken


def dead(verdicts: Iterable[Verdict]) -> set[str]:
    """Who is written to no more: two mailings failed as nobody is there (design ruling 11 on BNC-7)."""
    times = Counter(address for verdict in verdicts for address in verdict.failed)
    return {address for address, failed in times.items() if failed > 1}

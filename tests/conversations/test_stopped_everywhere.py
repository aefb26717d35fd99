"""Who stopped every network comes back to each by their own YES there: none opens another, known to them or not (ruling 2, DP-8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mailer.acts import forget_me, import_members
from mailer.acts.import_lines import Wish
from mailer.consent import ACTIVE, standing, suppression
from mailer.consent.standing import Proof
from mailer.people import addresses, holding, membership, sheet
from tests.conversations.scenes import JANE
from tests.stage import DOMAIN, Stage

EVIL = "evil@bad.example"
ALL = "STOP ALL NETWORKS"


@dataclass
class Places:
    """Jane is in mendip and in quantock; of cotswold she has never heard."""

    stage: Stage
    mendip: int
    quantock: int
    cotswold: int

    def opened(self, network_id: int) -> tuple[list[str], list[str]]:
        """What comes to Jane there, and why nothing may."""
        with self.stage.house.store.read() as session:
            jane = addresses.find(session, JANE)
            assert jane is not None
            why = suppression.reasons(session, macs=[jane.mac], network_id=network_id).get(jane.mac, ())
            coming = [name for name, now in standing.of(session, network_id, jane.id).items() if now == ACTIVE]
            return coming, sorted(why)

    def join(self, slug: str) -> None:
        self.stage.later(days=1)
        self.stage.mail(JANE, f"{slug}-join@{DOMAIN}")
        self.stage.reply(self.stage.last(JANE), "YES")


@pytest.fixture
def places(stage: Stage) -> Places:
    mendip = stage.network_id
    others = []
    for slug in ("quantock", "cotswold"):
        others.append(stage.network(slug))
        stage.organiser(f"{slug}@hill.school.example", f"Quentin {slug}")
    stage.network_id, stage.slug = mendip, "mendip"
    proof = Proof("imported-evidence", "import", "cli", fields={"evidence": "paper form"})
    with stage.house.store.write() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
        at: dict[str, Any] = {"network_id": others[0], "address_id": jane.id, "now": stage.now}
        member = membership.add(session, person_id=jane.person_id, **at)
        holding.give(session, member, ["member"], active=True, proof=proof, now=stage.now)
        standing.change(session, purpose="meetings", to="active", proof=proof, **at)
    return Places(stage, mendip, *others)


def test_joining_one_afresh_opens_no_other(places: Places) -> None:
    stage = places.stage
    stage.mail(JANE, f"quantock-help@{DOMAIN}", "", "STATUS")
    old = stage.last(JANE)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", ALL)
    before = places.opened(places.quantock)
    assert before[0] == []
    assert before[1]
    places.join("mendip")
    assert places.opened(places.mendip)[0]
    assert places.opened(places.mendip)[1] == []
    assert places.opened(places.quantock) == before
    assert places.opened(places.cotswold) == before

    stage.later(days=1)
    had = len(stage.mails(JANE))
    stage.mail(JANE, old.reply_to, "Re: x", "KEEP MEETINGS", mail_from=EVIL)
    assert places.opened(places.quantock) == before
    (question,) = stage.mails(JANE)[had:]
    with stage.house.store.write() as session:
        wish = Wish(places.cotswold, stage.house.hasher)
        rows = sheet.read(f"email,name,evidence\n{JANE},Jane Doe,paper\n".encode()).rows
        done = import_members.begin(session, wish, file="f", lines=1, now=stage.now)
        assert [one.result for one in import_members.carry_out(session, wish, done, rows, stage.now)] != ["added"]
    assert places.opened(places.cotswold) == before
    stage.reply(question, "YES")
    assert places.opened(places.quantock) == (["meetings"], [])
    assert places.opened(places.cotswold) == before


def test_a_network_joined_since_is_stopped_with_the_others(places: Places) -> None:
    stage = places.stage
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", ALL)
    before = places.opened(places.mendip)
    places.join("mendip")
    stage.later(days=1)
    joined = places.opened(places.mendip)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", ALL)
    assert places.opened(places.mendip) == before
    stage.reply(stage.last(JANE), "UNDO")
    assert places.opened(places.mendip) == joined
    assert places.opened(places.cotswold) == before


def test_who_joins_one_afresh_before_they_are_forgotten_is_stopped_there_too(places: Places) -> None:
    """DP-11: the erasure takes the word along that came before it."""
    stage = places.stage
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    stage.reply(stage.last(JANE), "YES")
    mac = suppression.mac(JANE, stage.house.hasher)
    with stage.house.store.write() as session:
        suppression.lift(session, mac=mac, network_id=places.mendip, now=stage.now)
        assert not suppression.exists(session, mac=mac, network_id=places.mendip)
        assert suppression.exists(session, mac=mac, network_id=places.cotswold)
    stage.later(hours=2)
    with stage.house.store.read() as session:
        due = forget_me.due(session, stage.now)
    assert all(forget_me.carry_out(stage.house, one, stage.now) for one in due)
    assert due
    with stage.house.store.read() as session:
        assert suppression.exists(session, mac=mac, network_id=places.mendip)


def test_nothing_is_told_of_it_in_a_network_that_does_not_know_them(places: Places) -> None:
    """V9: only a count of who is not written to."""
    stage = places.stage
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", ALL)
    places.join("mendip")
    stage.network_id, stage.slug = places.cotswold, "cotswold"
    had = len(stage.mails(JANE))
    stage.mail("cotswold@hill.school.example", f"cotswold-organise@{DOMAIN}", "Invite people", f"{JANE}\nsue@far.school.example")
    assert "1 will not be written to" in stage.last("cotswold@hill.school.example").words
    assert len(stage.mails(JANE)) == had

"""Whatever people, organisers and imports do in whatever order: who said STOP is not mailed before their own yes (V4, V10)."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mailer.acts import Strength, add_member, confirm, import_members, join, keep, leave, leave_by_tag, undo
from mailer.acts.import_lines import Wish
from mailer.consent import gate, ledger, purposes, standing
from mailer.people import addresses, networks, sheet
from mailer.store import Store
from mailer.store.tables import confirmations, standings, undos
from tests.acts.conftest import HASHER, NOW, Place
from tests.databases import lay_empty

WHO = "jane@hill.example"
STEPS = (
    "stop", "stop everywhere", "stop newsletter", "complaint", "undo", "keep", "asked to join by somebody",
    "join", "import", "import with evidence", "added by an organiser", "old yes",
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=8))
def test_stop_holds_until_their_own_word(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lay_empty(Path(folder) / "t.db")
        store = Store(f"sqlite:///{folder}/t.db")
        with store.write() as session:
            network_id = networks.add(session, slug="mendip", domain="lists.example.org", name="M", now=NOW)
            place = Place(session, networks.by_id(session, network_id))
            ann = place.member("ann@hill.example", roles=("organiser",))
            jane = place.member(WHO)
            stopped = False
            for day, step in enumerate(steps, 1):
                stopped = _do(place, step, ann, jane, stopped, day)
                assert not (stopped and _mailable(place, jane)), (steps, step)
                assert standing.rebuild(session) == []
                ledger.seal(session, NOW + timedelta(days=day))
            assert ledger.verify(session) == []
        store.close()


def _do(place: Place, step: str, ann: int, jane: int, stopped: bool, day: int) -> bool:
    """Take one step; returns whether Jane's last word is STOP."""
    session, now = place.session, NOW + timedelta(days=2 * day)
    match step:
        case "stop" | "stop everywhere":
            leave.everything(session, place.actor(jane, Strength.FROM), everywhere="every" in step, now=now)
            return True
        case "stop newsletter":
            leave.some(session, place.actor(jane, Strength.FROM), ("newsletter",), now=now)
        case "complaint":
            standing_id = standing.find(session, place.network.id, jane, "meetings")
            assert standing_id is not None
            before = standing.of(session, place.network.id, jane)["meetings"]
            leave_by_tag.complaint(session, standing_id, now=now)
            return stopped or before != "active"
        case "undo":
            last = session.execute(
                select(func.max(undos.c.id)).where(undos.c.address_id == jane, undos.c.used_at.is_(None))
            ).scalar()
            if last is not None:
                done = undo.redeem(session, place.actor(jane), last, now=now)
                return stopped and done.template != "undone"
        case "keep":
            keep.keep(session, place.actor(jane), ["meetings"], now=now)
            return False
        case "asked to join by somebody":
            join.ask(session, place.network, WHO, channel="web", hasher=HASHER, now=now)
        case "join":
            join.ask(session, place.network, WHO, channel="mail", hasher=HASHER, now=now)
            newest = session.execute(
                select(func.max(confirmations.c.id)).where(confirmations.c.address_id == jane)
            ).scalar()
            if newest is not None:
                done = confirm.redeem(session, newest, channel="mail", now=now)
                return stopped and not done.said.startswith("Joined")
        case "import" | "import with evidence":
            wish = Wish(place.network.id, HASHER, evidence="a list" if "evidence" in step else "")
            rows = sheet.read(f"email,roles\n{WHO},organiser\n".encode()).rows
            started = import_members.begin(session, wish, file="", lines=1, now=now)
            import_members.carry_out(session, wish, started, rows, now)
        case "added by an organiser":
            add_member.add(session, place.actor(ann), WHO, hasher=HASHER, now=now)
        case "old yes":
            for question in session.execute(select(confirmations.c.id).where(confirmations.c.used_at.is_not(None))):
                confirm.redeem(session, question.id, channel="mail", now=now)
    return stopped


def _mailable(place: Place, jane: int) -> list[str]:
    """What the gate would let go to her, unasked."""
    rows = place.session.execute(
        select(standings.c.id, standings.c.purpose).where(
            standings.c.address_id == jane, standings.c.purpose.in_((*purposes.SUBSCRIPTIONS, "desk", "event"))
        )
    ).all()
    assert addresses.get(place.session, jane).address == WHO
    return [
        row.purpose for row in rows if gate.ask(place.session, standing_id=row.id, purpose=row.purpose, now=NOW).allowed
    ]

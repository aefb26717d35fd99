"""V13 told beforehand: the receipt of SEND, the plan and the outbox say who gets a letter when, and why some wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update

from mailer.acts import Actor, Strength, issue, send
from mailer.cycle import letters as cycle_letters
from mailer.cycle import outlook
from mailer.cycle.budget import MOST_A_TERM, Place
from mailer.cycle.budgeting import Budget
from mailer.cycle.forecast import Forecast, Later
from mailer.cycle.networks import cycle_of
from mailer.outbound import outbox
from mailer.outbound.audience import Recipient
from mailer.store import add
from mailer.store.tables import addresses, letters, memberships, networks, occasions, outgoing, proofs, roles, standings
from tests.stage import DOMAIN, Stage

STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)
OLIVE, JANE, DAWN, NEIL = (f"{name}@hill.school.example" for name in ("olive", "jane", "dawn", "neil"))
SAME_DAY = datetime(2027, 1, 13, 10, 0, tzinfo=UTC)  # the day of the final agenda, which goes at nine
NEXT_DAY = SAME_DAY + timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A newsletter that comes out on the day of the final agenda. Neil gets the newsletter only."""
    stage = Stage(tmp_path)
    stage.network()
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    stage.organiser(OLIVE, "Olive Organiser")
    for member, name in ((JANE, "Jane Doe"), (DAWN, "Dawn Day")):
        stage.member(member, name)
    stage.member(NEIL, "Neil News", purposes=("newsletter",))
    stage.meeting(STARTS, venue="Hill School")
    with stage.house.store.write() as session:
        operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, operator, publishes_at=SAME_DAY, now=stage.now)
    stage.settle()
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    yield stage
    stage.close()


def approve_the_issue(stage: Stage) -> Any:
    """SEND to the newsletter's proof, eight days before. Returns the fields of the receipt."""
    stage.at(SAME_DAY - timedelta(days=8))
    stage.settle()
    (proof,) = [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof") and "ewsletter" in mail.subject]
    stage.reply(proof, "SEND")
    with stage.house.store.read() as session:
        rows = select(letters.c.fields).where(letters.c.template == "replies/approved").order_by(letters.c.id.desc())
        return session.execute(rows.limit(1)).scalar_one()


def went(stage: Stage, kind: str) -> dict[str, str]:
    """Who got it on which day."""
    with stage.house.store.read() as session:
        rows = session.execute(
            select(outgoing.c.to_address, outgoing.c.dated_at)
            .join(occasions, occasions.c.id == outgoing.c.occasion_id)
            .where(occasions.c.kind == kind, outgoing.c.state == "accepted")
        )
        return {row.to_address: row.dated_at.date().isoformat() for row in rows}


def play(stage: Stage) -> None:
    for at in (SAME_DAY - timedelta(hours=1), SAME_DAY, NEXT_DAY - timedelta(minutes=1), NEXT_DAY):
        stage.at(at)
        stage.settle()


def test_v13_the_receipt_says_who_gets_it_when_and_so_it_goes(stage: Stage) -> None:
    fields = approve_the_issue(stage)
    assert (fields["readers"], [one["count"] for one in fields["later"]]) == (1, [3])
    words = stage.last(OLIVE).words
    assert "It goes to 1 person on Wednesday 13 January at 10:00, and to 3 people who get another mail that day on Thursday 14 January at 10:00." in words
    play(stage)
    assert went(stage, "issue") == {NEIL: "2027-01-13"} | dict.fromkeys((OLIVE, JANE, DAWN), "2027-01-14")
    assert went(stage, "final-agenda") == dict.fromkeys((OLIVE, JANE, DAWN), "2027-01-13")


def test_v13_who_is_put_off_gets_it_on_a_day_they_work(stage: Stage) -> None:
    """Thursday is no day of hers, so another mail on the Wednesday puts this one off to the Friday (design 4)."""
    with stage.house.store.write() as session:
        dawn = select(addresses.c.id).where(addresses.c.address == DAWN).scalar_subquery()
        session.execute(update(memberships).where(memberships.c.address_id == dawn).values(working_days="wed fri"))
    fields = approve_the_issue(stage)
    assert [(one["at"][:10], one["count"], one["why"]) for one in fields["later"]] == [
        ("2027-01-14", 2, "get another mail that day"),
        ("2027-01-15", 1, "gets another mail that day"),
    ]
    play(stage)
    stage.at(NEXT_DAY + timedelta(days=1))
    stage.settle()
    assert went(stage, "issue") == {NEIL: "2027-01-13", OLIVE: "2027-01-14", JANE: "2027-01-14", DAWN: "2027-01-15"}


def test_v13_a_copy_that_waits_says_why(stage: Stage) -> None:
    approve_the_issue(stage)
    stage.at(SAME_DAY)
    stage.settle()
    waiting = stage.copies(occasion_id=stage.occasion("issue").id, state="queued")
    assert {copy.reason for copy in waiting} == {"another mail that day; goes Thu 14 Jan"}
    assert {copy.not_before for copy in waiting} == {NEXT_DAY}
    play(stage)
    copies = stage.copies(occasion_id=stage.occasion("issue").id)
    assert {(copy.state, "another mail" in copy.reason) for copy in copies} == {("accepted", False)}


def test_v13_the_plan_knows_before_and_while_it_goes(stage: Stage) -> None:
    def planned() -> Any:
        with stage.house.store.read() as session:
            rows = outlook.to_come(session, stage.network_id, stage.now)
        return next(row for row in rows if row["kind"] == "issue")

    before = planned()
    assert (before["count"], [(one["at"][:10], one["count"]) for one in before["later"]]) == (4, [("2027-01-14", 3)])
    approve_the_issue(stage)
    stage.at(SAME_DAY)
    stage.settle()
    while_it_goes = planned()
    assert (while_it_goes["count"], while_it_goes["later"][0]["count"]) == (4, 3)


def test_v13_who_joins_or_leaves_after_send_is_placed_by_the_same_rule(stage: Stage) -> None:
    """The audience changes between the receipt and the day."""
    approve_the_issue(stage)
    stage.mail(DAWN, f"mendip-leave@{DOMAIN}", "leave")
    stage.member("lou@hill.school.example", "Lou Late")
    stage.member("nora@hill.school.example", "Nora News", purposes=("newsletter",))
    play(stage)
    got = went(stage, "issue")
    assert got == {NEIL: "2027-01-13", "nora@hill.school.example": "2027-01-13"} | dict.fromkeys(
        (OLIVE, JANE, "lou@hill.school.example"), "2027-01-14"
    )


def test_v13_whoever_is_read_beside_them_each_reader_is_placed_alike(stage: Stage) -> None:
    """Who has had, and is to get, the same as another gets it then as well; nobody else's place is theirs."""
    days = ("", "wed fri", "thu", "wed fri", "mon")
    for number in range(10):
        member = stage.member(f"member{number}@hill.school.example", f"Member {number}")
        with stage.house.store.write() as session:
            mine = memberships.c.address_id == member
            session.execute(update(memberships).where(mine).values(working_days=days[number % 5]))
        had_this_term(stage, f"member{number}@hill.school.example", (0, 3, 6, 7)[number % 4])
    stage.member("new@hill.school.example", "New Reader", purposes=("newsletter",))
    with stage.house.store.read() as session:
        cycle, occasion = cycle_of(session, stage.network_id, stage.now), stage.occasion("issue")
        row = cycle.row_of(occasion)

        def places(readers: list[Recipient]) -> list[Place]:
            budget = Budget(session, cycle, row, occasion, readers, SAME_DAY, stage.now)
            return [budget.place_for(reader) for reader in readers]

        readers = cycle_letters.page(session, occasion, row, stage.now, 0)
        together = places(readers)
        assert together == [place for reader in readers for place in places([reader])]
    assert len(set(together)) >= 5, "or there is nothing to be told apart"


def test_send_reads_its_audience_before_it_writes(stage: Stage) -> None:
    """Of a long one that takes a second, in which nobody else could write to the database (design ruling 8)."""
    said: list[str] = []
    event.listen(stage.house.store.writer, "before_cursor_execute", lambda *given: said.append(given[2]))
    fields = approve_the_issue(stage)
    assert (fields["readers"], [one["count"] for one in fields["later"]]) == (1, [3])
    assert any("UPDATE occasions SET" in one and "approved_by" in one for one in said)
    assert not [one for one in said if "ORDER BY standings.address_id" in one or "count(DISTINCT" in one.replace("distinct", "DISTINCT")]


def test_nothing_is_foreseen_where_nothing_would_go(stage: Stage) -> None:
    """Nor read for whoever may not say SEND."""
    stage.at(SAME_DAY - timedelta(days=8))
    stage.settle()
    o, p = occasions.c, proofs.c

    def foreseen(*changes: Any) -> Forecast | None:
        """What is foreseen after changes, which are taken back."""
        with stage.house.store.writer.connect() as session:
            for change in changes:
                session.execute(change)
            proof = session.execute(select(proofs).join(occasions, o.id == p.occasion_id).where(o.kind == "issue").order_by(p.id)).first()
            assert proof is not None
            olive = Actor(stage.network_id, proof.address_id, None, Strength.TAG, "mail")
            found = send.foresee(session, olive, proof.id, at_once=False, undo=timedelta(), now=stage.now)
            session.rollback()
        return found

    of_it = update(occasions).where(o.kind == "issue")
    assert foreseen() == Forecast(SAME_DAY, 1, (Later(NEXT_DAY, 3),))
    assert foreseen(update(roles).values(active=False)) is None, "an organiser no more"
    assert foreseen(of_it.values(state="planned")) is None, "another proof is to come"
    assert foreseen(of_it.values(version=2)) is None
    assert foreseen(of_it.values(state="cancelled")) is None
    approve_the_issue(stage)
    assert foreseen() is None, "it was said"


@pytest.mark.parametrize(("foreseen_for", "told"), [(SAME_DAY - timedelta(hours=3), 999), (NEXT_DAY, 1)], ids=["the day", "another day"])
def test_what_was_foreseen_of_another_day_is_not_told(stage: Stage, foreseen_for: datetime, told: int) -> None:
    """A SEND that is read before midnight may be done after it."""
    stage.at(SAME_DAY - timedelta(days=8))
    stage.settle()
    with stage.house.store.write() as session:
        proof = select(proofs).join(occasions, occasions.c.id == proofs.c.occasion_id).where(occasions.c.kind == "issue")
        row = session.execute(proof.order_by(proofs.c.id.desc()).limit(1)).one()
        olive = Actor(stage.network_id, row.address_id, None, Strength.TAG, "mail")
        foreseen = Forecast(foreseen_for, 999)
        receipt = send.approve(session, olive, row.id, at_once=False, undo=timedelta(), now=stage.now, foreseen=foreseen)
    assert (receipt.fields["readers"], receipt.fields["goes"][:16]) == (told, "2027-01-13T10:00")


def test_v13_nobody_who_gets_no_other_mail_is_told_to_wait(stage: Stage) -> None:
    """What waits for a SEND that nobody gave holds no day."""
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="wait"))
    approve_the_issue(stage)
    play(stage)
    assert went(stage, "issue") == dict.fromkeys((OLIVE, JANE, DAWN, NEIL), "2027-01-13")


def test_v13_who_has_had_seven_is_named_to_the_organisers(stage: Stage) -> None:
    had_this_term(stage, DAWN, MOST_A_TERM)
    fields = approve_the_issue(stage)
    assert (fields["readers"], fields["later"][0]["count"], fields["over"], fields["over_count"]) == (1, 2, ["Dawn Day"], 1)
    assert "It does not go to 1 person for whom it would be one too many" in stage.last(OLIVE).words
    assert "Left out: Dawn Day." in stage.last(OLIVE).words
    play(stage)
    assert DAWN not in went(stage, "issue")


def test_v13_an_organisers_word_lets_the_eighth_go_on_a_day_of_its_own(stage: Stage) -> None:
    had_this_term(stage, DAWN, MOST_A_TERM)
    stage.at(SAME_DAY - timedelta(days=8))
    stage.settle()
    proof = next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Proof") and "ewsletter" in mail.subject)
    assert 'all the same, reply with the line "To: everyone".' in proof.words
    stage.reply(proof, "To: everyone")
    fresh = next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Proof 2"))
    assert "To: everyone" not in fresh.words
    stage.reply(fresh, "SEND")
    play(stage)
    # The final agenda would be Dawn's eighth, too, and nobody gave a word for that.
    assert went(stage, "issue") == dict.fromkeys((NEIL, DAWN), "2027-01-13") | dict.fromkeys((OLIVE, JANE), "2027-01-14")


def test_v13_who_is_left_out_is_counted_beside_what_is_noted_while_the_page_is_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    had_this_term(stage, DAWN, MOST_A_TERM)
    approve_the_issue(stage)
    read = cycle_letters.page

    def page(session: Connection, occasion: Any, *given: Any) -> list[Recipient]:
        readers = read(session, occasion, *given)
        if occasion.kind == "issue" and occasion.state == "queued":
            with stage.house.store.write() as other:
                noted = {**occasion.extra, "noted": "meanwhile"}
                other.execute(update(occasions).where(occasions.c.id == occasion.id).values(extra=noted))
        return readers

    monkeypatch.setattr(cycle_letters, "page", page)
    play(stage)
    assert {name: stage.occasion("issue").extra[name] for name in ("noted", "over_budget")} == {"noted": "meanwhile", "over_budget": 1}


def had_this_term(stage: Stage, address: str, count: int) -> None:
    """So many counted letters went to somebody since the year began, about meetings of long ago."""
    standing = select(standings.c.id, standings.c.address_id).join(addresses, addresses.c.id == standings.c.address_id)
    with stage.house.store.write() as session:
        who = session.execute(standing.where(addresses.c.address == address, standings.c.purpose == "meetings")).one()
        letter_id = session.execute(select(letters.c.id).limit(1)).scalar_one()
        for n in range(count):
            at = datetime(2027, 1, 2 + n // 4, 9, n, tzinfo=UTC)
            times = {"due_at": at, "until_at": at, "created_at": stage.now, "finished_at": at}
            about = {"kind": "minutes-and-actions", "thing_type": "meeting", "thing_id": 100 * who.address_id + n, "step": 0, "revision": 0}
            occasion_id = add(session, occasions, network_id=stage.network_id, mode="proof", state="sent", **about, **times)
            row = outbox.Row(
                key=f"had:{address}:{n}",
                network_id=stage.network_id,
                occasion_id=occasion_id,
                letter_id=letter_id,
                address_id=who.address_id,
                standing_id=who.id,
                purpose="meetings",
                to_address=address,
                not_before=at,
                deadline=at,
            )
            outbox.add_rows(session, [row], now=stage.now)
            # They went: nothing of them is left in the queue.
            session.execute(update(outgoing).where(outgoing.c.key == row.key).values(state="accepted", finished_at=at))


@pytest.mark.parametrize("page", [1, 2000], ids=["each on a page of their own", "all on one page"])
@pytest.mark.parametrize("both", [False, True], ids=["at home", "at both"])
def test_v13_counts_by_person_not_by_address(stage: Stage, monkeypatch: pytest.MonkeyPatch, page: int, both: bool) -> None:
    """Jane gets the newsletter at home and the agenda at school: she is one person, and gets one mail a day. Where the newsletter
    goes to both she is told of once, too."""
    monkeypatch.setattr(cycle_letters, "PAGE", page)
    home = stage.member("jane@home.example", purposes=("newsletter",), shared=True)
    with stage.house.store.write() as session:
        jane = session.execute(select(addresses).where(addresses.c.address == JANE)).one()
        session.execute(update(addresses).where(addresses.c.id == home).values(person_id=jane.person_id, shared=False))
        here = (standings.c.address_id == jane.id) & (standings.c.purpose == "newsletter")
        session.execute(update(standings).where(here).values(standing="active" if both else "left"))
    fields = approve_the_issue(stage)
    assert (fields["readers"], [one["count"] for one in fields["later"]]) == (1, [3])
    play(stage)
    assert went(stage, "final-agenda")[JANE] == "2027-01-13"
    janes = JANE if both else "jane@home.example"
    assert went(stage, "issue") == {NEIL: "2027-01-13"} | dict.fromkeys((OLIVE, janes, DAWN), "2027-01-14")

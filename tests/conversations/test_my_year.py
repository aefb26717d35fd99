"""MY YEAR: what somebody gave and gained, on one page; nobody else's, and nothing that is older (N34)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from mailer.meetings import attendance, meetings
from mailer.store import add
from mailer.store import tables as t
from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS, invited
from tests.stage import DOMAIN, Got, Stage


def year(stage: Stage, who: str = JANE) -> Got:
    assert stage.outcome(stage.mail(who, f"mendip-help@{DOMAIN}", "", "MY YEAR please")).outcome == "Was sent their year."
    return stage.last(who)


def address_id(stage: Stage, who: str) -> int:
    with stage.house.store.read() as session:
        return int(session.execute(select(t.addresses.c.id).where(t.addresses.c.key == who)).scalar_one())


def test_a_year_of_meetings_items_pieces_and_answers(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ours drift in the cold. Ten minutes, please.")
    stage.mail(DAWN, f"mendip-agenda@{DOMAIN}", "Gas taps", "Whose leak?")
    stage.at(STARTS + timedelta(days=2))
    jane, dawn = address_id(stage, JANE), address_id(stage, DAWN)
    with stage.house.store.write() as session:
        attendance.record(session, meetings.get(session, meeting_id), [jane, dawn], source="minutes", now=stage.now)
        membership = session.execute(select(t.memberships).where(t.memberships.c.address_id == jane)).one()
        session.execute(update(t.meetings).values(organisation_id=membership.organisation_id))
        common = {"network_id": stage.network_id, "text": "", "at": stage.now}
        for number, (who, thread) in enumerate([(dawn, "a"), (jane, "a"), (jane, "a"), (jane, "d"), (dawn, "d")], 1):
            message = thread if number in (1, 4) else f"{thread}{number}"
            add(session, t.posts, **common, address_id=who, message_id=message, thread_id=thread, subject="Agar")
        session.execute(update(t.posts).where(t.posts.c.message_id == "a").values(solved_at=stage.now))
        issue = {"network_id": stage.network_id, "copy_at": stage.now, "created_at": stage.now}
        out = add(session, t.issues, **issue, number=1, publishes_at=stage.now - timedelta(days=1))
        ahead = add(session, t.issues, **issue, number=2, publishes_at=stage.now + timedelta(days=1))
        piece = {"network_id": stage.network_id, "text": "", "created_at": stage.now, "address_id": jane}
        for number, (issue_id, title) in enumerate([(out, "A visit"), (ahead, "Still to come")], 1):
            add(session, t.pieces, **piece, issue_id=issue_id, number=number, title=title)
        action = {"network_id": stage.network_id, "owner": "Jane", "state": "done", "closed_at": stage.now, "created_at": stage.now}
        add(session, t.actions, **action, number=1, text="Ask for the balances", membership_id=membership.id)
    stage.at(STARTS + timedelta(days=3))
    words = year(stage).words
    for said in ("Jane Doe in Mendip Technicians", "Meetings: 1", "Hours: 2", "Hosted by your school: 1", "Agenda items: 1",
                 "Newsletter pieces: 1", "Actions done: 1", "Questions asked: 1", "Answers to others: 2",
                 "Questions you helped to solve: 1", "Balances", "A visit", "Ask for the balances"):  # fmt: skip
        assert said in words, (said, words)
    for other in ("Gas taps", "Still to come", "Dawn"):
        assert other not in words
    stage.at(STARTS + timedelta(days=400))
    words = year(stage).words
    assert "Meetings: 0" in words
    assert "Balances" not in words


def test_somebody_who_only_joined_gets_a_page_and_a_stranger_the_help(stage: Stage) -> None:
    assert "Meetings: 0" in year(stage, OLIVE).words
    row = stage.outcome(stage.mail("new@far.school.example", f"mendip-help@{DOMAIN}", "", "MY YEAR"))
    assert row.outcome == "Was sent the words that work."

"""What members say of themselves, and who may see it: by reply, one receipt, UNDO; sharing waits for a fresh YES (CMD-4, DP-13)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from mailer.acts import forget_me, preferences
from mailer.consent import standing
from mailer.consent.standing import Proof
from mailer.meetings import actions
from mailer.newsletters import assembly
from mailer.people import addresses, membership, profile
from mailer.store.tables import audit, ledger, networks, outgoing, profiles, standings, wordings
from tests.conversations.scenes import JANE, OLIVE, invited
from tests.stage import DOMAIN, MONDAY, Stage

HELP = f"mendip-help@{DOMAIN}"


def said(stage: Stage, address: str = JANE) -> dict[str, str]:
    with stage.house.store.read() as session:
        member = next(m for m in membership.every(session, stage.network_id) if m.address == address)
        return {field: value for field, value in profile.values(session, member).items() if value}


def shown(stage: Stage, to: str = profile.MEMBERS) -> dict[str, str]:
    with stage.house.store.read() as session:
        return {k: v for entry in profile.shown(session, stage.network_id, to) for k, v in entry.values.items()}


# what is written -> the field and what it says now
WAYS = [
    ("My name is now Jane Evans", "name", "Jane Evans"),
    ("Please change my name to Jane Evans.", "name", "Jane Evans"),
    ("Fy enw nawr yw Jane Evans", "name", "Jane Evans"),
    ("My school is Vale Academy", "organisation", "Vale Academy"),
    ("My role is senior technician", "job", "senior technician"),
    ("My job title: Lead Technician", "job", "Lead Technician"),
    ("Specialisms: electronics; glassblowing, electronics", "specialisms", "electronics, glassblowing"),
    ("exam boards - aqa, wjec and edexcel", "exam-boards", "AQA, WJEC, Edexcel"),
    ("Byrddau arholi: cbac", "exam-boards", "CBAC"),
    ("Equipment to share: two data loggers, a fume cupboard tester", "equipment", "two data loggers, a fume cupboard tester"),
    ("MENTOR: yes", "mentor", "yes"),
    ("I'd be happy to mentor new technicians", "mentor", "new technicians"),
]


@pytest.mark.parametrize(("words", "field", "value"), WAYS, ids=[row[0] for row in WAYS])
def test_said_in_reply_one_receipt_and_undo(stage: Stage, words: str, field: str, value: str) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    before, count = said(stage), len(stage.mails(JANE))
    done = stage.reply(stage.last(JANE), f"{words}\n\nJane Doe\nHill School")
    assert "Changed their details" in stage.outcome(done).outcome
    assert len(stage.mails(JANE)) == count + 1
    assert said(stage)[field] == value
    assert value in stage.last(JANE).words
    with stage.house.store.read() as session:
        noted = session.execute(select(audit.c.how, audit.c.fields).where(audit.c.act == "details")).all()
    assert noted == [("tag", {})]  # who and how, never the words
    stage.reply(stage.last(JANE), "UNDO")
    assert said(stage) == before


LINES = [
    ("Role: senior technician", "job"),
    ("EQUIPMENT: a water bath", "equipment"),
    ("School: Vale Academy", "organisation"),
    ("Name: Jane Evans", "name"),
]


@pytest.mark.parametrize(("words", "field"), LINES, ids=[row[1] for row in LINES])
def test_one_line_of_the_letter_of_their_details_sent_back(stage: Stage, words: str, field: str) -> None:
    """The letter shows the labels, and says: reply with a line for each."""
    stage.mail(JANE, HELP, "", "MY DETAILS")
    stage.reply(stage.last(JANE), words)
    assert said(stage)[field] == words.partition(": ")[2]


def test_a_form_filled_in_is_one_receipt_and_one_undo(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "MY DETAILS")
    form = stage.last(JANE)
    assert "Exam boards" in form.text
    before, count = said(stage), len(stage.mails(JANE))
    stage.reply(form, "Name: Jane Evans\nSchool: Vale Academy\nRole: Technician\nExam boards: OCR\n\nThanks, Jane")
    assert {**said(stage)}.items() >= {"name": "Jane Evans", "organisation": "Vale Academy", "job": "Technician"}.items()
    assert len(stage.mails(JANE)) == count + 1
    stage.reply(stage.last(JANE), "UNDO")
    assert said(stage) == before


# where the same words are no details
NOT_DETAILS = [
    (f"mendip@{DOMAIN}", "Equipment: two data loggers, free to a good home\nSchool: Hill School"),
    (f"mendip-exchange@{DOMAIN}", "Equipment to share: two data loggers"),
    (f"mendip-agenda@{DOMAIN}", "Specialisms: who knows what? Ten minutes"),
    (HELP, "My school is closed on Friday"),
    (HELP, "My role is changing so I cannot come"),
    (HELP, "My name is Dawn and I am new"),
    (HELP, "School: we are closed on Friday"),
    (HELP, "My name is on the list twice, can you look?"),
]


@pytest.mark.parametrize(("door", "words"), NOT_DETAILS)
def test_what_only_looks_like_it_changes_nothing_of_them(stage: Stage, door: str, words: str) -> None:
    before = said(stage)
    stage.mail(JANE, door, "Hello", words)
    assert said(stage) == before


# in answer to an invitation: what is no word about the writer, and whether it is an answer
ANSWERS = [
    ("My school is closed that day, so no.", True),
    ("Our department is short staffed, so sorry no", True),
    ("My role is changing so I cannot come", True),
    ("My name is Dawn and I am coming", True),
    ("My school: closed that day, so no.", True),
    ("Call me Thursday", False),
    ("Call me June", False),
    ("Call me please", False),
    ("My school is Vale Academy and they want me in", False),
]


@pytest.mark.parametrize(("words", "answered"), ANSWERS, ids=[row[0][:30] for row in ANSWERS])
def test_an_answer_to_an_invitation_is_no_detail(stage: Stage, words: str, answered: bool) -> None:
    invited(stage)
    before = said(stage)
    row = stage.outcome(stage.reply(stage.last(JANE), words))
    assert said(stage) == before
    assert row.handler == "answer" or not answered


DETAILS = [
    ("Call me Jenny.", "name", "Jenny"),
    ("Exam boards: AQA", "exam-boards", "AQA"),
    ("School: Vale Academy\nRole: will be head technician", "organisation", "Vale Academy"),
    ("My school is now Vale Academy", "organisation", "Vale Academy"),
]


@pytest.mark.parametrize(("words", "field", "value"), DETAILS, ids=[row[0][:20] for row in DETAILS])
def test_details_in_answer_to_an_invitation_still_count(stage: Stage, words: str, field: str, value: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), words)
    assert said(stage)[field] == value


def test_from_a_bare_from_it_is_asked_back(stage: Stage) -> None:
    """Ruling 1: From is not proof."""
    stage.mail(JANE, HELP, "", "My name is now Jane Evans")
    assert said(stage)["name"] == "Jane Doe"
    assert stage.last(JANE).subject == "Please confirm: Change your details"
    assert "Jane Evans" in stage.last(JANE).words
    stage.reply(stage.last(JANE), "YES")
    assert said(stage)["name"] == "Jane Evans"


def test_a_new_name_reaches_what_waits(stage: Stage) -> None:
    """DP-10."""
    invited(stage)
    mine = outgoing.c.to_address == JANE
    with stage.house.store.write() as session:
        session.execute(outgoing.update().where(mine).values(state="queued"))
    stage.reply(stage.last(JANE), "My name is now Jan Evans")
    with stage.house.store.read() as session:
        rows = session.execute(select(outgoing.c.to_name, outgoing.c.greeting).where(mine, outgoing.c.occasion_id > 0)).all()
    assert rows
    assert all(row == ("Jan Evans", "Dear Jan") for row in rows)


def test_a_new_name_reaches_what_was_taken_on_under_the_old_one(stage: Stage) -> None:
    """DP-10: an action is renamed by whose it is, closed ones too; somebody else's of the same words is not."""
    with stage.house.store.write() as session:
        hers = [actions.add(session, stage.network_id, owner=said, text=said, now=stage.now) for said in ("Jane Doe", "Jane")]
        actions.close(session, hers[1], "", now=stage.now)
        nobodys = actions.add(session, stage.network_id, owner="Jane Doering", text="Order balances", now=stage.now)
    stage.mail(JANE, HELP, "", "STATUS")
    stage.reply(stage.last(JANE), "MY NAME IS Jane Evans")
    owners = ["Jane Evans", "Jane Evans", "Jane Doering"]
    for now_called in (owners, ["Jane Doe", "Jane Doe", "Jane Doering"]):
        with stage.house.store.read() as session:
            assert [actions.get(session, one.id).owner for one in (*hers, nobodys)] == now_called
        if now_called is owners:
            stage.reply(stage.last(JANE), "UNDO")


def test_showing_waits_for_a_yes_and_is_proven(stage: Stage) -> None:
    """CMD-4, DP-1: even with the tag; the ledger has the exact wording. Hiding is done at once (DP-3)."""
    stage.mail(JANE, HELP, "", "STATUS")
    stage.reply(stage.last(JANE), "Equipment to share: data loggers")
    receipt = stage.last(JANE)
    assert shown(stage) == {}
    stage.reply(receipt, "Show my equipment and name to members, please")
    question = stage.last(JANE)
    assert shown(stage) == {}
    wording = "may show this of me to its members: name, equipment to share"
    assert wording in question.words
    stage.reply(question, "YES")
    assert shown(stage) == {"name": "Jane Doe", "equipment": "data loggers"}
    with stage.house.store.read() as session:
        proofs = session.execute(
            select(ledger.c.scope, wordings.c.text).join(wordings, wordings.c.id == ledger.c.wording_id)
        ).all()
    assert {scope for scope, _ in proofs} >= {"", "name:members", "equipment:members", "equipment:organisers"}
    assert all(wording in text for scope, text in proofs if scope)
    done = stage.last(JANE)
    stage.reply(done, "HIDE NAME")
    assert shown(stage) == {"equipment": "data loggers"}
    stage.reply(stage.last(JANE), "UNDO")
    assert shown(stage) == {"equipment": "data loggers"}  # what shows more is asked about afresh
    stage.reply(stage.last(JANE), "YES")
    assert shown(stage) == {"name": "Jane Doe", "equipment": "data loggers"}
    stage.reply(done, "show equipment to the organisers only")
    assert shown(stage) == {"name": "Jane Doe"}
    assert shown(stage, profile.ORGANISERS)["equipment"] == "data loggers"
    stage.reply(done, "HIDE EVERYTHING")
    assert shown(stage, profile.ORGANISERS) == {}
    with stage.house.store.read() as session:
        assert standing.rebuild(session) == []
        assert session.execute(select(standings.c.standing).filter_by(purpose="directory", scope="")).scalar() == "left"


def test_who_shows_to_organisers_agrees_to_the_schools_contact_too(stage: Stage) -> None:
    """The yearly list of a school's people goes to its named contact: the words that are agreed to say so (N1, DP-1)."""
    stage.mail(JANE, HELP, "", "STATUS")
    stage.reply(stage.last(JANE), "Show my name to the organisers")
    assert "to its organisers and my school’s named contact: name." in stage.last(JANE).words
    stage.reply(stage.last(JANE), "YES")
    assert "(shown to organisers and your school’s named contact)" in stage.last(JANE).words


def test_the_directory_as_such_is_name_and_school_after_a_yes(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    status = stage.last(JANE)
    stage.reply(status, "KEEP DIRECTORY")
    assert shown(stage) == {}
    stage.reply(stage.last(JANE), "YES")
    assert shown(stage) == {"name": "Jane Doe", "organisation": said(stage)["organisation"]}
    stage.reply(status, "STOP")
    assert shown(stage) == {}


def test_a_name_that_is_shown_to_organisers_is_not_printed(stage: Stage) -> None:
    """V9: whatever else of them others may see."""
    stage.mail(JANE, HELP, "", "STATUS")
    status = stage.last(JANE)
    for words in ("SHOW NAME TO ORGANISERS", "SHOW SCHOOL TO MEMBERS"):
        stage.reply(status, words)
        stage.reply(stage.last(JANE), "YES")
    with stage.house.store.read() as session:
        network = session.execute(select(networks)).first()
        assert network is not None
        new = assembly.new_members(session, network, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
    assert new["count"] > 0
    assert new["names"] == []


def test_a_question_besides_is_passed_on(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    stage.reply(stage.last(JANE), "Exam boards: AQA\n\nWho runs the balance workshop this year?")
    assert said(stage)["exam-boards"] == "AQA"
    assert "balance workshop" in stage.last(OLIVE).words


# in reply to a mail of the first network -> what holds in both, and afterwards in neither
EVERYWHERE = [
    ("PAUSE ALL NETWORKS UNTIL 1 SEPTEMBER", "paused_until", "2027-09-01"),
    ("Pause until 1 September in all networks please", "paused_until", "2027-09-01"),
    ("DIGEST, ALL NETWORKS", "digest", True),
    ("working days tue thu for all my networks", "working_days", "tue thu"),
    ("ONLY MEETINGS, all networks", "active", ["meetings"]),
    ("STOP NEWSLETTER AND DISCUSSION IN ALL NETWORKS", "active", ["meetings"]),
    ("Keep discussion, all networks", "active", ["meetings", "newsletter", "discussion"]),
]


@pytest.mark.parametrize(("words", "name", "value"), EVERYWHERE, ids=[row[0] for row in EVERYWHERE])
def test_a_word_for_all_networks_one_receipt_one_undo(stage: Stage, words: str, name: str, value: object) -> None:
    """Contract 2: per network and for all. The receipt comes from one network and names no other."""
    stage.mail(JANE, HELP, "", "STATUS")
    status, first = stage.last(JANE), stage.network_id
    other = stage.network("exmoor")
    with stage.house.store.write() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
        membership.add(session, network_id=other, address_id=jane.id, person_id=jane.person_id, now=stage.now)
        for purpose in ("meetings", "newsletter"):
            standing.change(
                session, network_id=other, address_id=jane.id, purpose=purpose, to="active",
                proof=Proof("consent", "test", "cli"), now=stage.now,
            )  # fmt: skip

    def now_is() -> list[object]:
        with stage.house.store.read() as session:
            return [preferences.current(session, network_id, jane.id)[name] for network_id in (first, other)]

    before, count = now_is(), len(stage.mails(JANE))
    stage.reply(status, words)
    assert now_is() == [value, value]
    assert len(stage.mails(JANE)) == count + 1
    assert "Exmoor" not in stage.last(JANE).text
    assert "other network" in stage.last(JANE).words or "every network" in stage.last(JANE).words
    stage.reply(stage.last(JANE), "UNDO")
    assert now_is() == before


def test_a_mailbox_of_several_has_no_entry_of_one(stage: Stage) -> None:
    box = "technicians@moor.school.example"
    stage.member(box, shared=True, organisation="Moor School")
    stage.mail(box, HELP, "", "STATUS")
    status = stage.last(box)
    for words in ("MY DETAILS", "My name is Karen Lane", "SHOW NAME TO MEMBERS", "Specialisms: glass"):
        row = stage.outcome(stage.reply(status, words))
        assert (row.state, row.reason) == ("refused", "shared-mailbox"), words
        assert "address of your own" in stage.last(box).words
    stage.reply(status, "Our school is Moor Academy")
    assert said(stage, box)["organisation"] == "Moor Academy"


def test_my_data_has_it_and_forget_me_takes_it(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    status = stage.last(JANE)
    stage.reply(status, "Specialisms: glassblowing for telescopes")
    stage.reply(status, "MY DATA")
    stage.reply(stage.last(JANE), "YES")
    parts = {part.get_filename(): part for part in stage.last(JANE).message.iter_attachments()}
    copy = json.loads(parts["my-data.json"].get_content())
    assert [row["value"] for row in copy["profile"]] == ["glassblowing for telescopes"]
    stage.reply(status, "FORGET ME")
    stage.reply(stage.last(JANE), "YES")
    with stage.house.store.read() as session:
        (erasure_id,) = forget_me.due(session, stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    with stage.house.store.read() as session:
        assert session.execute(select(profiles.c.id)).all() == []


LANGUAGES = [("CYMRAEG", "cy"), ("Welsh please", "cy"), ("yn Gymraeg os gwelwch yn dda", "cy"), ("English, please", "en")]


@pytest.mark.parametrize(("words", "code"), LANGUAGES)
def test_a_language_by_reply(stage: Stage, words: str, code: str) -> None:
    stage.mail(JANE, HELP, "", "STATUS")
    stage.reply(stage.last(JANE), words)
    receipt = stage.last(JANE)
    assert receipt.message["Content-Language"] in (None, code)
    assert ("Wedi'i wneud" in receipt.words) is (code == "cy")
    assert ("Done" in receipt.words) is (code == "en")

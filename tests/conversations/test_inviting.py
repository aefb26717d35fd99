"""Inviting the first sixty: the dry run, one fixed letter, one reminder, the end; nobody is asked twice, nobody is revived."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import select

from mailer.acts import Actor, Strength, add_member
from mailer.consent import retention, standing
from mailer.cycle import own
from mailer.cycle.calendar import Term
from mailer.outbound import outbox
from mailer.people import addresses, askings, listing
from mailer.store.tables import askings as table
from mailer.store.tables import ledger, people
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.people.books import xlsx
from tests.stage import DOMAIN, Got, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"
KAREN, BOB = "karen@new.school.example", "bob@new.school.example"
CSV = "Surname;First name;E-mail;School\r\nPrice;Karen;karen@new.school.example;New School\r\nLong;Bob;bob@new.school.example ;New School\r\n"
WORKBOOK = xlsx({"Mendip": [["Mendip technicians"], [], ["Surname", "First name", "E-mail", "School"], ["Price", "Karen", KAREN, "New School"], ["Long", "Bob", BOB, "New School"]]})  # fmt: skip
CARDS = f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Price;Karen;;;\r\nEMAIL:{KAREN}\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bob Long\r\nEMAIL:{BOB}\r\nEND:VCARD\r\n".encode()


def question(stage: Stage, who: str = OLIVE) -> Got:
    return next(mail for mail in reversed(stage.mails(who)) if mail.subject.startswith("Please confirm"))


def invite(stage: Stage, *people: str, by: str = OLIVE) -> None:
    """An organiser mails a list and says YES to the dry run."""
    stage.mail(by, ORGANISE, "Invite people", "\n".join(people))
    stage.reply(question(stage, by), "YES")


def attached(stage: Stage, name: str, content: bytes, subject: str = "", kind: str = "application/octet-stream") -> int:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OLIVE, ORGANISE, subject
    message["Message-ID"] = f"<{name}.{stage.now:%d%H%M}@school.example>"
    message.set_content("Here they are.\n")
    message.add_attachment(content, *kind.split("/"), filename=name)
    return stage.raw(message.as_bytes(policy=SMTP), ORGANISE, OLIVE)


def outcome(stage: Stage, who: str) -> tuple[str, dict[str, str]]:
    with stage.house.store.read() as session:
        found = addresses.find(session, who)
        assert found is not None
        how = session.execute(select(table.c.outcome).where(table.c.address_id == found.id)).scalar_one()
        now = standing.of(session, stage.network_id, found.id)
    return how, {purpose: now_is for purpose, now_is in now.items() if now_is != "none"}


def unheard(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        return [one.address for one in askings.unheard(session, stage.network_id, stage.now)]


def listed(stage: Stage) -> set[str]:
    with stage.house.store.read() as session:
        return {one["addresses"][0] for one in listing.listing(session, stage.network_id, stage.now)}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", CSV.encode("cp1252")),
        ("list.CSV", b"\xef\xbb\xbf" + CSV.encode()),
        ("names.csv", b"karen@new.school.example,Karen Price\nbob@new.school.example,Bob Long\n"),
        ("Technicians.xlsx", WORKBOOK),
        ("contacts.vcf", CARDS),
        ("subscribers.json", b'[{"email": "karen@new.school.example", "name": "Karen Price"}, {"email": "bob@new.school.example", "name": "Bob Long"}]'),
    ],
    ids=["semicolons", "byte order mark", "no headings", "workbook", "cards", "export"],
)
def test_a_spreadsheet_is_read_shown_and_each_gets_one_letter(stage: Stage, name: str, content: bytes) -> None:
    """The subject need not say what it is. Nobody is written to before the organiser's YES, or twice."""
    attached(stage, name, content)
    assert "2 new. We have written to nobody yet." in question(stage).words
    assert "Karen Price <karen@new.school.example>" in question(stage).words
    assert not stage.mails(KAREN)
    stage.reply(question(stage), "YES")
    for who in (KAREN, BOB):
        assert len(stage.mails(who)) == 1
    letter = stage.last(KAREN)
    assert letter.subject == "An invitation to Mendip Technicians"
    assert "Olive Organiser thought that you might like to join" in letter.words
    for said in ("YES: you join", "ONLY MEETINGS: you join", "NO: we never ask you again", "4 mails, 6 if you come"):
        assert said in letter.words
    assert "Responsible: Mendip Technicians" in letter.words


TABLES = [
    ("tabs, surname first", "Surname\tFirst name\tEmail\tSchool\nPrice\tKaren\t{k}\tNew School\nLong\tBob\t{b}\tNew School\n"),
    ("tabs, first name first", "Email\tFirst name\tSurname\n{k}\tKaren\tPrice\n{b}\tBob\tLong\n"),
    ("cells one below another", "Hi all,\n\nFirst name\n\nSurname\n\nEmail\n\nSchool\n\nKaren\n\nPrice\n\n{k}\n\nNew School\n\nBob\n\nLong\n\n{b}\n\nNew School\n\nThanks\nOlive\n"),
    ("bars", "| Name | Email |\n|---|---|\n| Karen Price | {k} |\n| Bob Long | {b} |\n"),
    ("no table", "Karen Price (New School) {k}\nName: Bob Long Email: {b} School: New School\n"),
]


@pytest.mark.parametrize("text", [table[1] for table in TABLES], ids=[table[0] for table in TABLES])
def test_what_is_pasted_is_read_by_its_headings(stage: Stage, text: str) -> None:
    stage.mail(OLIVE, ORGANISE, "", text.format(k=KAREN, b=BOB))
    words = question(stage).words
    assert "2 new. We have written to nobody yet." in words
    assert f"Karen Price <{KAREN}>" in words
    assert f"Bob Long <{BOB}>" in words
    assert "Line " not in words


def test_who_a_remark_or_a_second_address_calls_a_leaver_is_not_asked(stage: Stage) -> None:
    """DP-8: by whatever address of theirs, pasted or attached."""
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    stage.mail(OLIVE, ORGANISE, "Invite people", f"Karen Price {KAREN} (has left, do not email)\nBob Long {BOB}\n")
    words = question(stage).words
    assert f"Line 1, “Karen Price {KAREN} (has left, do not" in words
    assert "the line itself says that they get no mail, and so they stay out" in words
    assert "1 new. We have written to nobody yet." in words
    stage.mail(OLIVE, ORGANISE, "Invite people", f"Name\tEmail\tHome email\nJane\tjane@home.example\t{JANE}\nKit\tkit@new.school.example\t\n")
    assert "1 new, 1 left before or said no and stays out." in question(stage).words


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("people.xlsx", b"PK\x03\x04", "This workbook could not be opened"),
        ("people.numbers", b"PK\x03\x04", "We cannot read a list of people from people.numbers"),
    ],
)
def test_a_workbook_that_does_not_open_is_asked_for_as_csv(stage: Stage, name: str, content: bytes, words: str) -> None:
    row = stage.outcome(attached(stage, name, content, "People to invite"))
    assert (row.state, row.reason) == ("asked", "people-unread")
    assert "Save As, CSV" in stage.last(OLIVE).words
    assert words in stage.last(OLIVE).words


def test_fifty_eight_new_and_two_who_left(stage: Stage) -> None:
    """The dry run of the issue, from a workbook: the leavers are counted, not named as to be asked, and get nothing."""
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    before = len(stage.mails(JANE))
    rows: list[list[object]] = [["Name", "Email", "Status"], ["Jane", JANE, ""], ["Gone", "gone@new.school.example", "unsubscribed"]]
    rows += [[f"Person {n}", f"p{n}@new.school.example", "subscribed"] for n in range(58)]
    attached(stage, "list.xlsx", xlsx({"All": rows}), "People")
    words = question(stage).words
    assert "58 new, 2 left before or said no and stay out. We have written to nobody yet." in words
    assert JANE not in words.partition("Whom we would ask")[2]
    assert "gone@new.school.example" not in words
    stage.reply(question(stage), "YES")
    assert [len(stage.mails(f"p{n}@new.school.example")) for n in range(58)] == [1] * 58
    assert len(stage.mails(JANE)) == before


def test_a_list_with_nobody_new_asks_nothing(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Invite people", f"{JANE}\n{DAWN}"))
    assert (row.state, row.reason) == ("asked", "people-unread")
    assert "Nobody in this list is new, so we ask nobody (1 known already; 1 left before or said no, and stay out)." in stage.last(OLIVE).words


def test_the_dry_run_counts_who_left_before(stage: Stage) -> None:
    """"58 new, 2 left before and stay out": the leaver gets no letter, whatever the list says (DP-8)."""
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    before = len(stage.mails(JANE))
    stage.mail(OLIVE, ORGANISE, "Invite people", f"{KAREN}\n{JANE}\n{DAWN}\n{BOB}")
    assert "2 new, 1 known already, 1 left before or said no and stays out." in question(stage).words
    stage.reply(question(stage), "YES")
    assert len(stage.mails(JANE)) == before
    assert len(stage.mails(KAREN)) == len(stage.mails(BOB)) == 1


@pytest.mark.parametrize(
    ("reply", "how", "stands"),
    [
        ("YES", "joined", {"meetings": "active", "newsletter": "active"}),
        ("Yes please!\n\nKaren Price\nNew School", "joined", {"meetings": "active", "newsletter": "active"}),
        ("ONLY MEETINGS", "joined", {"meetings": "active"}),
        ("Ie", "joined", {"meetings": "active", "newsletter": "active"}),
        ("NO", "declined", {"meetings": "left", "newsletter": "left"}),
        ("No thanks", "declined", {"meetings": "left", "newsletter": "left"}),
        ("STOP", "declined", {"meetings": "left", "newsletter": "left"}),
        ("Who are you?", "", {"meetings": "pending", "newsletter": "pending"}),
    ],
)
def test_an_answer_is_theirs_alone(stage: Stage, reply: str, how: str, stands: dict[str, str]) -> None:
    invite(stage, KAREN)
    row = stage.reply(stage.last(KAREN), reply)
    assert outcome(stage, KAREN) == (how, stands)
    assert stage.outcome(row).state == ("done" if how else "held")
    if how == "joined":
        with stage.house.store.read() as session:
            proof = session.execute(select(ledger).where(ledger.c.standing == "active", ledger.c.inbox_id == row)).first()
        assert proof is not None  # DP-1: the wording, and the very message
        assert proof.wording_id
        assert proof.evidence_sha256
    if how == "declined":
        assert stage.last(KAREN).subject == "Noted: we do not ask you again"


def test_no_is_remembered_whoever_asks_again(stage: Stage) -> None:
    """A second list, another organiser, the next year: NO stays NO, and only their own request changes it."""
    invite(stage, KAREN, BOB)
    stage.reply(stage.last(KAREN), "NO")
    for months, by in ((0, PETER), (13, OLIVE)):
        stage.at(datetime(2026 + (11 + months) // 12, 1 + (10 + months) % 12, 25, 10, 0, tzinfo=UTC))
        before = len(stage.mails(KAREN))
        stage.mail(by, ORGANISE, "Invite people", f"{KAREN}\nsue{months}@new.school.example")
        assert "1 new, 1 left before or said no and stays out." in question(stage, by).words
        stage.reply(question(stage, by), "YES")
        assert len(stage.mails(KAREN)) == before
    stage.mail(KAREN, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(KAREN), "YES")
    assert stage.last(KAREN).subject == "Welcome to Mendip Technicians"


def test_asked_by_two_organisers_is_asked_once(stage: Stage) -> None:
    invite(stage, KAREN, BOB)
    invite(stage, KAREN, BOB, "sue@new.school.example", by=PETER)
    stage.later(days=2)
    assert [len(stage.mails(who)) for who in (KAREN, BOB, "sue@new.school.example")] == [1, 1, 1]


def test_silence_is_shown_reminded_of_once_and_let_be(stage: Stage) -> None:
    """The cycle of days: 5 working days shown, 7 one reminder, 28 days the end; asked again only after a year."""
    invite(stage, KAREN)  # Monday 23 November, 10:00
    seen: list[tuple[int, int, bool]] = []
    for _ in range(40):
        stage.later(days=1)
        seen.append((len(seen) + 1, len(stage.mails(KAREN)), KAREN in unheard(stage)))
    assert next(day for day, _, silent in seen if silent) == 7  # Monday 30 November
    assert next(day for day, mails, _ in seen if mails == 2) == 9  # Wednesday 2 December
    assert stage.mails(KAREN)[1].subject.startswith("Still interested?")
    assert max(mails for _, mails, _ in seen) == 2
    assert [day for day, _, silent in seen if silent][-1] == 28
    assert outcome(stage, KAREN) == ("silent", {})
    assert KAREN not in listed(stage)
    late = stage.reply(stage.mails(KAREN)[0], "YES")
    assert stage.outcome(late).reason == "confirmation-expired"
    stage.mail(OLIVE, ORGANISE, "Invite people", f"{KAREN}\n{BOB}")
    assert "1 new" in question(stage).words
    assert "Asked before, and not asked again: 1" in question(stage).words
    stage.reply(question(stage), "YES")
    assert len([mail for mail in stage.mails(KAREN) if "nvitation" in mail.subject]) == 2


@pytest.mark.parametrize("which", [0, 1], ids=["the first letter", "the reminder"])
def test_either_letter_may_be_answered_and_one_answer_counts(stage: Stage, which: int) -> None:
    invite(stage, KAREN)
    stage.later(days=9)
    stage.reply(stage.mails(KAREN)[which], "YES")
    assert outcome(stage, KAREN)[0] == "joined"
    again = stage.reply(stage.mails(KAREN)[1 - which], "NO")
    assert outcome(stage, KAREN)[1] == {"meetings": "active", "newsletter": "active"}
    assert stage.outcome(again).state == "done"
    stage.later(days=30)
    assert not [mail for mail in stage.mails(KAREN)[2:] if "nvitation" in mail.subject]


def test_holidays_do_not_count(stage: Stage) -> None:
    """Terms were entered: over Christmas nobody is reminded, and the invitation does not end."""
    stage.at(datetime(2026, 12, 16, 10, 0, tzinfo=UTC))
    with stage.house.store.write() as session:
        terms = [Term(date(2026, 9, 1), date(2026, 12, 18)), Term(date(2027, 1, 4), date(2027, 3, 25))]
        own.set_terms(session, stage.network_id, terms, stage.now)
    invite(stage, KAREN)
    stage.at(datetime(2027, 1, 7, 10, 0, tzinfo=UTC))  # 17 and 18 December, 4 to 7 January: six
    stage.settle()
    assert len(stage.mails(KAREN)) == 1
    stage.later(days=1)
    assert len(stage.mails(KAREN)) == 2
    stage.at(datetime(2027, 1, 29, 10, 0, tzinfo=UTC))  # 2 + 26 days of term are over at its end
    stage.settle()
    assert outcome(stage, KAREN)[0] == ""
    stage.later(days=1)
    assert outcome(stage, KAREN)[0] == "silent"


def test_a_letter_that_may_not_go_today_goes_tomorrow(stage: Stage) -> None:
    """CMD-7: one question a day for an address, over everything; and nobody is lost by it."""
    stage.mail(KAREN, f"mendip-join@{DOMAIN}", "", "")
    assert len(stage.mails(KAREN)) == 1
    stage.network("exmoor")
    invited_by(stage, "olive@hill.school.example")
    assert len(stage.mails(KAREN)) == 1
    for _ in range(5):
        stage.later(hours=6)
    assert [mail.subject for mail in stage.mails(KAREN)][1:] == ["An invitation to Exmoor Technicians"]


def invited_by(stage: Stage, organiser: str) -> None:
    with stage.house.store.write() as session:
        by = addresses.find(session, organiser)
        assert by is not None
        actor = Actor(stage.network_id, by.id, by.person_id, Strength.CONFIRM, "mail")
        add_member.add(session, actor, KAREN, hasher=stage.house.hasher, now=stage.now)
    stage.settle()


def test_who_joined_another_way_is_not_reminded(stage: Stage) -> None:
    invite(stage, KAREN)
    stage.later(days=2)
    stage.mail(KAREN, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(KAREN), "YES")
    before = len(stage.mails(KAREN))
    stage.later(days=40)
    assert not [mail for mail in stage.mails(KAREN)[before:] if "nvitation" in mail.subject]
    assert outcome(stage, KAREN)[0] == "joined"


def test_a_machine_that_answers_decides_nothing(stage: Stage) -> None:
    """V3: an out-of-office to the letter is no yes and no no."""
    invite(stage, KAREN)
    stage.reply(stage.last(KAREN), "Yes, I am away until Monday.", Auto_Submitted="auto-replied")
    assert outcome(stage, KAREN) == ("", {"meetings": "pending", "newsletter": "pending"})



def test_the_monday_brief_names_who_is_silent_and_counts_as_new_who_said_yes(stage: Stage) -> None:
    """The school's filter may have kept the letter; a name on a list is no new member."""
    invite(stage, f"Karen Price, {KAREN}, New School", f"Bob Long, {BOB}, New School")
    stage.later(days=2)
    stage.reply(stage.last(BOB), "YES")
    stage.at(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))
    stage.settle()
    brief = next(mail for mail in reversed(stage.mails(OLIVE)) if "week" in mail.subject.lower())
    new, _, rest = brief.words.partition("New people")[2].partition("Not heard from, may be blocked")
    assert "Bob Long" in new
    assert "Karen Price" not in new
    if rest:
        assert "Karen Price" in rest
    stage.at(datetime(2026, 12, 7, 10, 0, tzinfo=UTC))
    stage.settle()
    brief = next(mail for mail in reversed(stage.mails(OLIVE)) if "week" in mail.subject.lower())
    assert "Karen Price" in brief.words.partition("Not heard from, may be blocked")[2]
    assert "Bob Long" not in brief.words.partition("Not heard from, may be blocked")[2]


def test_who_did_not_answer_is_forgotten_but_for_the_hash(stage: Stage) -> None:
    """DP-12, DP-14: seven days after the end no name or address is left, and still nobody asks again."""
    invite(stage, f"Karen Price, {KAREN}, New School")
    stage.later(days=9)
    stage.later(days=31)
    for days in (6, 2):
        stage.later(days=days)
        with stage.house.store.write() as session:
            retention.run(session, stage.now, copies=outbox)
            assert (addresses.find(session, KAREN) is None) == (days == 2)
    with stage.house.store.read() as session:
        assert not session.execute(select(people.c.id).where(people.c.name == "Karen Price")).first()
    stage.mail(OLIVE, ORGANISE, "Invite people", f"{KAREN}\n{BOB}")
    assert "1 new" in question(stage).words
    stage.reply(question(stage), "YES")
    assert not [mail for mail in stage.mails(KAREN) if mail.id > stage.last(BOB).id]


def test_who_has_no_name_hears_so_before_the_letters_go(stage: Stage) -> None:
    """Art 14: who is written to out of the blue is told by whom they are asked, where we know it."""
    stage.organiser("sam@mill.school.example", "")
    stage.mail("sam@mill.school.example", ORGANISE, "Invite people", f"Karen Price {KAREN}\n")
    asked = stage.last("sam@mill.school.example")
    assert "speaks of the organisers, as we do not know your name, and asks if they would like to join" in asked.words
    assert "To be named in it, reply MY NAME IS NOW and your name before you say YES." in asked.words
    stage.reply(asked, "MY NAME IS NOW Sam Hill")
    stage.reply(asked, "YES")
    assert "Sam Hill thought that you might like to join" in stage.last(KAREN).words


def test_the_last_day_named_is_one_on_which_a_yes_still_counts(stage: Stage) -> None:
    attached(stage, "list.csv", CSV.encode())
    stage.reply(question(stage), "YES")
    letter = stage.last(KAREN)
    assert "This invitation ends on Monday 21 December." in letter.words
    stage.at(datetime(2026, 12, 21, 23, 30, tzinfo=UTC))
    stage.reply(letter, "YES")
    assert stage.last(KAREN).subject == "Welcome to Mendip Technicians"


def test_an_invitation_promises_no_silence_before_its_reminder(stage: Stage) -> None:
    attached(stage, "list.csv", CSV.encode())
    assert "that names you and asks if they would like to join" in question(stage).words
    stage.reply(question(stage), "YES")
    first = " ".join(stage.last(KAREN).text.split())
    assert "You get this because an organiser of Mendip Technicians gave us your address." in first
    assert "Without a yes from you one reminder comes, and nothing more; NO ends it at once." in first
    assert "Was it not you" not in first
    stage.later(days=11)
    again = stage.last(KAREN)
    assert again.subject == "Still interested? An invitation to Mendip Technicians"
    assert "Without a yes from you nothing more comes; NO ends it at once." in " ".join(again.text.split())

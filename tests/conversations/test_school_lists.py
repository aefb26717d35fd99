"""Once a year a school's named contact is asked whether the list of its people is still right, and answers by reply (N1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import process_time
from typing import Any

import pytest
from sqlalchemy import update

from mailer.consent import purposes, standing
from mailer.consent.standing import Proof
from mailer.inbound.lines.school import read_school
from mailer.inbound.lines.school_letter import closes, taken_out
from mailer.meetings import actions as action_rows
from mailer.people import addresses, contacts, holding, membership, profile
from mailer.store.tables import networks
from tests.conversations.scenes import DAWN, JANE, OLIVE
from tests.stage import DOMAIN, Got, Stage

CAROL, KAREN, QUIET = "carol@hill.school.example", "karen@hill.school.example", "quiet@hill.school.example"
OCTOBER = datetime(2027, 10, 1, 9, 30, tzinfo=UTC)
PEOPLE = [
    {"id": "4", "number": 1, "name": "Jane Doe", "words": "Jane Doe, senior technician"},
    {"id": "7", "number": 2, "name": "Karen Price", "words": "Karen Price, karen@hill.school.example"},
]
QUOTED = "> - 1. Jane Doe, senior technician\n> - 2. Karen Price, karen@hill.school.example\n> That is the whole list."
# reply, the quoted list, who left, who is renamed, who is new
ANSWERS: list[tuple[str, str, str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]] = [
    ("all right", "All still right, thanks", QUOTED, (), (), ()),
    ("one has left", "Jane Doe has left", QUOTED, ("4",), (), ()),
    ("by first name", "Karen's fine. \nJane left", QUOTED, ("4",), (), ()),
    ("x and a number", "x 2", QUOTED, ("7",), (), ()),
    ("two of them", "Jane and Karen have left", QUOTED, ("4", "7"), (), ()),
    ("is now", "Jane Doe is now Jane Smith", QUOTED, (), (("4", "Jane Smith"),), ()),
    ("somebody new", "Sam Hill, sam@hill.school.example", QUOTED, (), (), ("sam@hill.school.example",)),
    ("a line taken out", "", QUOTED.replace("> - 1. Jane Doe, senior technician\n", ""), ("4",), (), ()),
    ("crossed out", "", QUOTED.replace("- 2. Karen", "- x 2. Karen"), ("7",), (), ()),
    ("left behind the line", "", QUOTED.replace("school.example\n", "school.example left\n"), ("7",), (), ()),
    ("corrected", "", QUOTED.replace("Jane Doe", "Jane Smith"), (), (("4", "Jane Smith"),), ()),
    ("a quote cut short", "Thanks", "> - 1. Jane Doe, senior technician", (), (), ()),
    ("no quote", "Right", "", (), (), ()),
    ("all right, and a line lost", "All fine", QUOTED.replace("> - 1. Jane Doe, senior technician\n", ""), (), (), ()),
    ("a quote joined", "Thanks", QUOTED.replace("technician\n>", "technician"), (), (), ()),
    ("a point of one's own", "1. We now have a new lab.", QUOTED, (), (), ()),
    ("somebody in a point of one's own", "1. Karen has left", QUOTED, ("7",), (), ()),
    ("somebody new in the quote", "", QUOTED.replace("> That", "> - 3. Sam Hill, sam@hill.school.example\n> That"), (), (), ("sam@hill.school.example",)),
    ("... without a number", "Jane Doe has left", QUOTED.replace("> That", "> Sam Hill, sam@hill.school.example\n> That"), ("4",), (), ("sam@hill.school.example",)),
    ("... and the others numbered anew", "", QUOTED.replace("> - 2.", "> - 2. Sam Hill, sam@hill.school.example\n> - 3."), (), (), ("sam@hill.school.example",)),
    ("... in a point above it", "3. Sam Hill, sam@hill.school.example", QUOTED, (), (), ("sam@hill.school.example",)),
    ("a line that was broken", "", QUOTED.replace("Price, ", "Price,\n>   "), (), (), ()),
    ("an address as Outlook quotes it", "Right", QUOTED.replace("> ", "").replace("school.example", "school.example<mailto:karen@hill.school.example>"), (), (), ()),
    ("a word under a line", "has left", QUOTED.replace("> That", "has left\n> That"), ("7",), (), ()),
    ("crossed out as in a chat", "", QUOTED.replace("Jane Doe, senior technician", "~~Jane Doe, senior technician~~"), ("4",), (), ()),
    ("two sentences", "Please remove Jane Doe. Karen has left.", QUOTED, ("4", "7"), (), ()),
    ("right now", "All fine now, thanks", QUOTED, (), (), ()),
    ("no longer at work", "Karen doesn't work here any more", QUOTED, ("7",), (), ()),
    ("a new person with a first name of theirs", "Karen Hill, k.hill@hill.school.example", QUOTED, (), (), ("k.hill@hill.school.example",)),
    ("please add", "Please add Sam Hill, sam@hill.school.example", QUOTED, (), (), ("sam@hill.school.example",)),
    ("on leave", "Karen Price is now on maternity leave", QUOTED, (), (), ()),
    ("a long line", "", QUOTED.replace("Jane Doe", "We have a new lab since May"), (), (), ()),
]


@pytest.mark.parametrize(("reply", "quoted", "left", "renamed", "added"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_is_read(reply: str, quoted: str, left: Any, renamed: Any, added: Any) -> None:
    read = read_school(reply, f"{reply}\n\n{quoted}", PEOPLE)
    assert (read.left, read.renamed, tuple(one.email for one in read.added)) == (left, renamed, added)


# reply, the quoted list, another job, who has died, what is for the organisers
KAREN_WAS, JANE_WAS = PEOPLE[1]["words"], PEOPLE[0]["words"]
BESIDES: list[tuple[str, str, str, tuple[Any, ...], tuple[str, ...], tuple[str, ...]]] = [
    ("nothing", "Right", QUOTED, (), (), ()),
    ("another job in the quote", "Right", QUOTED.replace("senior", "head"), (("4", "head technician"),), (), ()),
    ("... without a word", "", QUOTED.replace("senior", "head"), (("4", "head technician"),), (), ()),
    ("... in words", "Jane Doe is now the head technician", QUOTED, (("4", "head technician"),), (), ()),
    ("... above the quote", "1. Jane Doe, head technician", QUOTED, (("4", "head technician"),), (), ()),
    ("... beside a name", "", QUOTED.replace("Doe, senior", "Smith, head"), (("4", "head technician"),), (), ()),
    ("another address in the quote", "Right", QUOTED.replace("karen@", "kp@"), (), (), (f"{KAREN_WAS} → Karen Price, kp@hill.school.example",)),
    ("... in words", "Karen Price's email is now kp@hill.school.example", QUOTED, (), (), (f"{KAREN_WAS} → Karen Price's email is now kp@hill.school.example",)),
    ("... by first name", "Karen's email is now kp@hill.school.example", QUOTED, (), (), (f"{KAREN_WAS} → Karen's email is now kp@hill.school.example",)),
    ("... as a line", "Karen Price, kp@hill.school.example", QUOTED, (), (), (f"{KAREN_WAS} → Karen Price, kp@hill.school.example",)),
    ("a job taken out", "", QUOTED.replace(", senior technician", ""), (), (), (f"{JANE_WAS} → Jane Doe",)),
    ("a remark in the quote", "", QUOTED.replace("technician", "technician (on leave)"), (), (), (f"{JANE_WAS} → {JANE_WAS} (on leave)",)),
    ("another name and address", "", QUOTED.replace("Karen Price, karen@", "Tom Hardy, tom@"), (), (), (f"{KAREN_WAS} → Tom Hardy, tom@hill.school.example",)),
    ("an address of the list, in a signature", "Right\n\nKaren Price\nSenior teacher\nkaren@hill.school.example", QUOTED, (), (), ()),
    ("... and words about it", "Please stop writing to karen@hill.school.example", QUOTED, (), (), (f"{KAREN_WAS} → Please stop writing to karen@hill.school.example",)),
    ("somebody without an address", "", QUOTED.replace("> That", "> - 3. Sam Hill\n> That"), (), (), ("Sam Hill",)),
    ("died", "Karen Price has died", QUOTED, (), ("Karen Price",), ()),
    ("sadly, by first name", "I am sorry to say that Karen has sadly died.", QUOTED, (), ("Karen Price",), ()),
    ("died, in the quote", "", QUOTED.replace("school.example\n", "school.example - died in May\n"), (), ("Karen Price",), ()),
    ("who is not listed", "Quiet Quinn has left", QUOTED, (), ("Quiet Quinn",), ()),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "quoted", "jobs", "gone", "passed"), [row[1:] for row in BESIDES], ids=[row[0] for row in BESIDES])
def test_no_correction_is_swallowed(reply: str, quoted: str, jobs: Any, gone: Any, passed: Any) -> None:
    """N1: one line a person, cross out, add, correct."""
    read = read_school(reply, f"{reply}\n\n{quoted}", PEOPLE)
    assert (read.jobs, tuple(one.who for one in read.gone), read.passed) == (jobs, gone, passed)
    assert (read.left, read.added) == ((), ())


def test_a_line_that_we_broke_ourselves_is_put_together_again() -> None:
    long = {"id": "4", "number": 1, "name": "Jane Doe", "words": "Jane Doe, senior science technician and laboratory safety coordinator, jane@x.example"}
    broken = "> - 1. Jane Doe, senior science technician and laboratory safety\n>   coordinator, jane@x.example\n> That is the whole list."
    assert read_school("Right", broken, [long]) == read_school("Right", "", [long])
    read = read_school("Right", broken.replace("jane@", "j.smith@"), [long])
    assert read.passed == (f"{long['words']} → {str(long['words']).replace('jane@', 'j.smith@')}",)
    assert not read.changes


def test_a_point_of_ones_own_is_for_the_organisers() -> None:
    assert read_school("1. We now have a new lab.", f"1. We now have a new lab.\n{QUOTED}", PEOPLE).rest == ("1. We now have a new lab.",)


LETTER = "You are the named contact of A. Once a year we ask: are these still its people in A? If all is right, reply RIGHT. If not, reply with a line each, or cross out and change the list itself:"
HOSTILE = ["a" + " " * 100_000 + "b", "a " * 50_000, "yes, " * 20_000 + "b", "a,-" * 33_000, "> " * 50_000, "- 1. " + "left " * 20_000, "1 more a of your school " * 5_000, "-" * 100_000 + "b"]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_line_costs_little(line: str) -> None:
    begun = process_time()
    read_school(taken_out(f"{line}{LETTER}{line}"), line, PEOPLE)
    assert process_time() - begun < 2


@pytest.fixture
def asked(stage: Stage) -> Got:
    return ask(stage)


def ask(stage: Stage, language: str = "") -> Got:
    """Jane and Karen show themselves to organisers, one with address; one more does not. It is October."""
    roles = ("member", "named-contact")
    stage.member(CAROL, "Carol Contact", roles=roles, organisation="Hill School", language=language)
    stage.member(KAREN, "Karen Price", organisation="Hill School")
    stage.member(QUIET, "Quiet Quinn", organisation="Hill School")
    show(stage, JANE, "name")
    show(stage, KAREN, "name", "address")
    stage.at(datetime(2027, 9, 27, 10, 0, tzinfo=UTC))
    stage.settle()
    stage.at(OCTOBER)
    stage.settle()
    return next(mail for mail in stage.mails(CAROL) if "still right" in mail.subject or "dal yn gywir" in mail.subject)


def show(stage: Stage, address: str, *fields: str, to: str = profile.ORGANISERS) -> None:
    with stage.house.store.write() as session:
        known = addresses.find(session, address)
        assert known is not None
        proof = Proof("consent", "share", "mail")
        profile.show(session, stage.network_id, known.id, dict.fromkeys(fields, to), proof, stage.now)


def members(stage: Stage) -> dict[str, bool]:
    """Name -> still a member."""
    with stage.house.store.read() as session:
        return {one.name: one.ended_at is None for one in membership.every(session, stage.network_id, ended=True)}


def gets(stage: Stage, address: str) -> set[str]:
    """What comes to them."""
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        found = standing.of(session, stage.network_id, known.id) if known else {}
    return {purpose for purpose, one in found.items() if one == "active" and purpose not in purposes.FLEETING}


def test_only_what_was_agreed_to_stands_in_it_and_only_the_contact_gets_it_once(stage: Stage, asked: Got) -> None:
    assert asked.subject == "Hill School: is this still right?"
    assert "1. Jane Doe" in asked.words
    assert JANE not in asked.text
    assert f"2. Karen Price, {KAREN}" in asked.words
    assert "Quiet" not in asked.text
    assert "Dawn" not in asked.words
    assert "1 more person of your school has not agreed to be listed, and is not meant here." in asked.words  # not Carol herself
    for other in (JANE, DAWN, OLIVE):
        assert not [mail for mail in stage.mails(other) if "still right" in mail.subject]
    stage.at(datetime(2027, 10, 20, 9, 30, tzinfo=UTC))
    stage.settle()
    assert len([mail for mail in stage.mails(CAROL) if "still right" in mail.subject]) == 1
    assert stage.occasion("people-check").state == "sent"


def test_changes_are_shown_and_done_after_a_yes(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "Karen Price has left\nJane Doe is now Jane Smith\nSam Hill, sam@hill.school.example")
    question = stage.last(CAROL)
    assert "Karen Price" in question.words
    assert members(stage)["Karen Price"]
    assert stage.mails("sam@hill.school.example") == []
    stage.reply(question, "YES")
    assert not members(stage)["Karen Price"]
    assert "like" in stage.last("sam@hill.school.example").words  # asked, and nothing else
    assert len(stage.mails("sam@hill.school.example")) == 1
    assert not stage.copies(to_address="sam@hill.school.example", purpose="meetings")
    assert not gets(stage, "sam@hill.school.example")
    about_name = stage.last(JANE)
    assert "Jane Smith" in about_name.words
    assert "Carol Contact" in about_name.words
    with stage.house.store.write() as session:
        jane = action_rows.add(session, stage.network_id, owner="Jane", text="Order balances", now=stage.now)
    stage.reply(about_name, "YES")
    assert "Jane Smith" in members(stage)
    with stage.house.store.read() as session:
        assert action_rows.get(session, jane.id).owner == "Jane Smith"  # DP-10
    stage.reply(next(mail for mail in reversed(stage.mails(CAROL)) if mail.subject == "Hill School: thank you"), "UNDO")
    assert members(stage)["Karen Price"]


def test_right_is_noted_and_not_me_ends_the_office(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "RIGHT")
    assert "the list of Hill School is right" in stage.last(CAROL).words
    stage.reply(asked, "Not me")
    assert "do not get this mail again" in stage.last(CAROL).words
    assert "named contact" in stage.last(OLIVE).subject
    stage.reply(stage.last(CAROL), "UNDO")
    stage.reply(asked, "RIGHT")
    assert "the list of Hill School is right" in stage.last(CAROL).words


def quoting(stage: Stage, asked: Got, was: str, now: str, above: str = "") -> int:
    """Carol answers with the list quoted, in which something reads otherwise."""
    quoted = "\n".join(f"> {line}" for line in asked.text.replace(was, now).splitlines())
    text = f"{above}\n\nOn Fri, 1 Oct 2027 at 09:30, Mendip wrote:\n\n{quoted}"
    return stage.mail(CAROL, asked.reply_to, f"Re: {asked.subject}", text, In_Reply_To=str(asked.message["Message-ID"]))


def outlook(stage: Stage, asked: Got, was: str, now: str, above: str = "") -> int:
    """... in a mail program that quotes without a mark."""
    quoted = f"From: {asked.message['From']}\nSent: 01 October 2027 09:30\nTo: Carol\nSubject: {asked.subject}\n\n{asked.text.replace(was, now)}"
    text = f"{above}\n\n________________________________\n{quoted}"
    return stage.mail(CAROL, asked.reply_to, f"RE: {asked.subject}", text, In_Reply_To=str(asked.message["Message-ID"]))


@pytest.mark.parametrize("above", ["", "Thanks"])
@pytest.mark.parametrize(
    ("was", "now", "understood"),
    [
        ("1. Jane Doe", "1. Jane Smith", "Another name, which we ask themselves about: - Jane Doe: Jane Smith Yes"),
        ("- 2. Karen", "- x 2. Karen", "Have left, and get no more mail from us: - Karen Price Yes"),
        ("- 1. Jane Doe\n", "", "Have left, and get no more mail from us: - Jane Doe Yes"),
        ("That is", "- 3. Tom Hardy, tom@hill.school.example\nThat is", "want to join: - Tom Hardy, tom@hill.school.example Yes"),
    ],
)
def test_our_own_words_unmarked_are_no_answer(stage: Stage, asked: Got, was: str, now: str, understood: str, above: str) -> None:
    """Issue: a quote without marks under which nothing is written; our examples name a leaver and somebody new."""
    organisers_had = len(stage.mails(OLIVE))
    outlook(stage, asked, was, now, above)
    question = stage.last(CAROL)
    assert understood in question.words
    assert question.words.count(" - ") == 1
    assert len(stage.mails(OLIVE)) == organisers_had


@pytest.mark.parametrize("signed", ["\nE: {}", "\n{}", "\nCarol Contact <{}>", "\nCarol Contact, Head technician, {}"])
def test_the_contacts_own_signature_is_nobody_new(stage: Stage, asked: Got, signed: str) -> None:
    stage.reply(asked, f"All right\n\nCarol Contact\nHead technician\nHill School{signed.format(CAROL)}")
    assert "the list of Hill School is right" in stage.last(CAROL).words


@pytest.mark.parametrize("whose", [CAROL, KAREN, "tom@hill.school.example"])
def test_whom_not_to_write_to_is_nobody_new_and_for_the_organisers(stage: Stage, asked: Got, whose: str) -> None:
    stage.reply(asked, f"All right\nPlease do not write to {whose} any more")
    assert "do not write to" in stage.last(OLIVE).words
    assert stage.mails(CAROL)[-1].subject != "Hill School: is this what you mean?"


@pytest.mark.parametrize("place", ["- Jane Doe is now Jane Smith", "- 1. Jane Doe\n"])
def test_what_is_written_between_our_words_is_heard(stage: Stage, asked: Got, place: str) -> None:
    outlook(stage, asked, place, f"Karen Price has left\nWe have two new posts to fill\n\n{place}")
    assert "no more mail from us: - Karen Price Yes" in stage.last(CAROL).words
    letter = stage.last(OLIVE).words
    assert "We have two new posts to fill" in letter
    assert "Once a year we ask" not in letter


def test_who_is_put_into_the_list_unmarked_without_an_address_is_for_the_organisers(stage: Stage, asked: Got) -> None:
    outlook(stage, asked, "That is", "- 3. Tom Hardy, technician\nThat is")
    assert "Tom Hardy, technician" in stage.last(OLIVE).words
    assert "Once a year we ask" not in stage.last(OLIVE).words
    assert "shall we" not in stage.last(CAROL).subject


@pytest.mark.parametrize("language", ["en", "cy"])
def test_our_letter_is_known_in_the_words_it_is_sent_in(stage: Stage, language: str) -> None:
    sent = ask(stage, language).text.partition("\n-- ")[0]
    assert taken_out(sent) == ""
    assert closes(sent)
    between = taken_out(f"Karen Price has left\n\n{sent}\n\nJane Doe is now Jane Smith")
    assert between == "Karen Price has left\n\nJane Doe is now Jane Smith"
    assert taken_out("Jane Doe is now Jane Smith") == "Jane Doe is now Jane Smith"


def test_another_address_in_the_list_is_for_the_organisers_and_all_is_not_right(stage: Stage, asked: Got) -> None:
    """CMD-4: an address is changed by nobody's word but its owner's."""
    new = "karen.price@hill.school.example"
    done = quoting(stage, asked, KAREN, new, "Right")
    assert "is right" not in stage.outcome(done).outcome
    assert f"Karen Price, {KAREN} → Karen Price, {new}" in stage.last(OLIVE).words
    assert new in stage.last(CAROL).words
    assert "is right" not in stage.last(CAROL).words
    assert stage.mails(new) == []


def test_another_job_in_the_list_is_asked_of_who_has_it(stage: Stage, asked: Got) -> None:
    quoting(stage, asked, "1. Jane Doe", "1. Jane Doe, head technician", "All fine now")
    question = stage.last(CAROL)
    assert "Jane Doe: head technician" in question.words
    stage.reply(question, "YES")
    about_job = stage.last(JANE)
    assert "head technician" in about_job.words
    assert "Carol Contact" in about_job.words
    assert job_of(stage, JANE) == ""
    stage.reply(about_job, "YES")
    assert job_of(stage, JANE) == "head technician"


def test_who_is_written_into_the_list_is_asked_beside_another_change(stage: Stage, asked: Got) -> None:
    quoting(stage, asked, "That is the whole list", "- 3. Sam Hill, sam@hill.school.example\nThat is the whole list", "Jane Doe has left")
    question = stage.last(CAROL)
    assert "Jane Doe" in question.words
    assert "Sam Hill, sam@hill.school.example" in question.words


@pytest.mark.parametrize("said", ["Karen Price has died", "Sadly, Karen died in August.", "Jane Doe has left\nKaren Price has died"])
def test_a_death_stops_everything_after_a_yes(stage: Stage, asked: Got, said: str) -> None:
    """Issue: "Karen has died" from a named contact stops everything."""
    stage.reply(asked, said)
    question = next(mail for mail in stage.mails(CAROL) if "sorry to hear" in mail.words)
    assert gets(stage, KAREN)
    stage.reply(question, "YES")
    assert not gets(stage, KAREN)
    assert not members(stage)["Karen Price"]
    assert members(stage)["Jane Doe"]
    assert ("is this what you mean" in " ".join(mail.subject for mail in stage.mails(CAROL))) == ("Jane" in said)


def job_of(stage: Stage, address: str) -> str:
    with stage.house.store.read() as session:
        known = addresses.find(session, address)
        me = membership.of_address(session, stage.network_id, known.id if known else None)
        assert me is not None
        return profile.values(session, me).get("job", "")


def test_another_ones_answer_changes_nothing(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "Karen Price has left", sender=DAWN)
    assert members(stage)["Karen Price"]
    assert "is this what you mean" not in stage.last(DAWN).subject


def test_words_that_are_no_change_go_to_the_organisers(stage: Stage, asked: Got) -> None:
    stage.reply(asked, "We have two new posts to fill, could you pass that on?")
    assert "two new posts to fill" in stage.last(OLIVE).words
    assert DOMAIN in stage.last(OLIVE).reply_to


def mails_about(stage: Stage, address: str) -> list[Got]:
    return [mail for mail in stage.mails(address) if "is this still right" in mail.subject and not mail.subject.startswith("Proof")]


def test_after_its_proof_no_school_gets_anothers_list_and_who_hides_is_not_in_it(stage: Stage) -> None:
    """In its first term a network proofs it; a school that comes before the others, and a HIDE, come after the proof."""
    with stage.house.store.write() as session:
        session.execute(update(networks).where(networks.c.id == stage.network_id).values(first_term_ends=date(2028, 1, 1)))
    stage.member(CAROL, "Carol Contact", roles=("member", "named-contact"), organisation="Hill School")
    stage.member(KAREN, "Karen Price", organisation="Hill School")
    show(stage, JANE, "name")
    show(stage, KAREN, "name")
    stage.at(datetime(2027, 9, 29, 10, 0, tzinfo=UTC))
    stage.settle()
    assert "Karen Price" in stage.proof(OLIVE).words
    stage.member("ann@abbey.school.example", "Ann Abbey", roles=("member", "named-contact"), organisation="Abbey School")
    show(stage, "ann@abbey.school.example", "name")
    show(stage, KAREN, "name", to=profile.NOBODY)
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2027, 10, 1, 9, 30, tzinfo=UTC))
    stage.settle()
    (anns,), (carols,) = mails_about(stage, "ann@abbey.school.example"), mails_about(stage, CAROL)
    assert anns.subject.startswith("Abbey School")
    assert "1. Jane" not in anns.words
    assert "1. Ann Abbey" in anns.words
    assert carols.subject.startswith("Hill School")
    assert "Jane Doe" in carols.words
    assert "Karen" not in carols.text


def test_who_is_of_no_listed_school_gets_nobodys_list(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.member(CAROL, "Carol Contact", roles=("member", "named-contact"), organisation="Hill School")
    stage.member("ann@abbey.school.example", "Ann Abbey", roles=("member", "named-contact"), organisation="Abbey School")
    known = contacts.of_each_school
    hill = {"Hill School"}
    monkeypatch.setattr(
        contacts, "of_each_school", lambda *of: {place: school for place, school in known(*of).items() if place in hill}
    )
    stage.at(OCTOBER)
    stage.settle()
    assert mails_about(stage, CAROL)
    assert mails_about(stage, "ann@abbey.school.example") == []
    assert stage.occasion("people-check").state == "sent"


def test_who_goes_to_another_school_by_their_own_word_does_not_speak_for_it(stage: Stage) -> None:
    stage.member(CAROL, "Carol Contact", roles=("member", "named-contact"), organisation="Hill School")
    stage.mail(CAROL, f"mendip-help@{DOMAIN}", "", "STATUS")
    status = stage.last(CAROL)
    stage.reply(status, "My school is hill school")  # the same one
    assert roles_of(stage, CAROL) == {"member", "named-contact"}
    stage.reply(status, "My school is Mill Academy")
    assert roles_of(stage, CAROL) == {"member"}
    assert "You were the named contact" in stage.last(CAROL).words
    assert "Carol Contact is no longer named contact" in stage.last(OLIVE).subject
    done = stage.reply(stage.last(CAROL), "UNDO")
    assert stage.outcome(done).outcome == "Took back: details."
    assert roles_of(stage, CAROL) == {"member", "named-contact"}
    with stage.house.store.read() as session:
        assert set(contacts.of_each_school(session, stage.network_id)) == {"Hill School"}


def test_an_undo_does_not_carry_a_new_office_to_the_old_school(stage: Stage) -> None:
    stage.member(CAROL, "Carol Contact", organisation="Hill School")
    stage.mail(CAROL, f"mendip-help@{DOMAIN}", "", "STATUS")
    stage.reply(stage.last(CAROL), "My school is Mill Academy")
    receipt = stage.last(CAROL)
    with stage.house.store.write() as session:
        known = addresses.find(session, CAROL)
        me = membership.of_address(session, stage.network_id, known.id if known else None)
        assert me is not None
        proof = Proof("service", "office", "cli")
        holding.give(session, me.id, ["named-contact"], active=True, proof=proof, now=stage.now)
    stage.reply(receipt, "UNDO")
    assert roles_of(stage, CAROL) == {"member"}


def roles_of(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        return {role for one in membership.every(session, stage.network_id) if one.address == address for role in one.roles}

"""The list as people use it: everybody in Cc, two lists at once, machines that answer, quotes, nothing but a picture."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from mailer.inbound.receive import Envelope
from mailer.people import addresses
from mailer.store.tables import people
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.conversations.test_taking_back import wants_digest
from tests.newsletters import images
from tests.stage import DOMAIN, Got, Stage

LIST, COMMITTEE, AGENDA = f"mendip@{DOMAIN}", f"mendip-committee@{DOMAIN}", f"mendip-agenda@{DOMAIN}"
QUESTION = "How does everyone store agar plates? Ours dry out in a week."
GUEST = "sam@far.school.example"


def written(
    sender: str, to: str, subject: str, text: str, *, cc: str = "", message_id: str = "<one@school.example>", **headers: str
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, to, subject, message_id
    if cc:
        message["Cc"] = cc
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes(policy=email.policy.SMTP)


def several(stage: Stage, content: bytes, *to: str, sender: str = JANE) -> list[int]:
    """One mail to several of our addresses, as a server hands it over."""
    ids = stage.intake.store(Envelope(sender, to, content, "smtp", "127.0.0.1", stage.now))
    stage.settle()
    return ids


def posts(stage: Stage, who: str, words: str = "Agar") -> list[Got]:
    return [mail for mail in stage.mails(who) if words in mail.subject and " via " in str(mail.message["From"])]


def test_everybody_in_cc_is_one_post_and_one_letter_to_the_committee(stage: Stage) -> None:
    content = written(JANE, LIST, "Agar", QUESTION, cc=f"{COMMITTEE}, {DAWN}")
    ids = several(stage, content, LIST, COMMITTEE)
    assert [stage.outcome(one).state for one in ids] == ["done", "done"]
    assert [len(posts(stage, who)) for who in (JANE, DAWN, OLIVE, PETER)] == [1, 1, 1, 1]
    for organiser in (OLIVE, PETER):
        assert len([mail for mail in stage.mails(organiser) if "agar" in mail.words]) == 2
    several(stage, content, LIST, COMMITTEE)  # handed over once more (SMTP-6)
    assert len(posts(stage, DAWN)) == 1
    got = posts(stage, OLIVE)[0]
    came = stage.reply(got, "Ours lie upside down in a box, and that does it.", sender=OLIVE, Cc=COMMITTEE)
    assert stage.outcome(came).state == "done"
    assert len(posts(stage, DAWN)) == 2


def test_cc_to_the_agenda_is_an_item_and_a_post(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Hill School")
    ids = several(stage, written(JANE, LIST, "Agar", QUESTION, cc=AGENDA), LIST, AGENDA)
    assert [stage.outcome(one).handler for one in ids] == ["post", "agenda"]
    assert len(posts(stage, DAWN)) == 1
    assert any("item" in mail.subject.lower() for mail in stage.mails(JANE))


def test_two_networks_at_once_are_two_posts_and_no_loop(stage: Stage) -> None:
    """FMT-3: the author's Message-ID stays in both, so that a reader of both sees one."""
    first, slug = stage.network_id, stage.slug
    stage.network("quantock")
    for address, name in ((JANE, "Jane Doe"), ("vera@moor.school.example", "Vera Moor")):
        stage.member(address, name)
    stage.organiser("una@moor.school.example", "Una Moor")
    other = f"quantock@{DOMAIN}"
    several(stage, written(JANE, LIST, "Agar", QUESTION, cc=other), LIST, other)
    assert len(posts(stage, DAWN)) == 1
    assert len(posts(stage, "vera@moor.school.example")) == 1
    assert {str(mail.message["Message-ID"]) for mail in posts(stage, JANE)} == {"<one@school.example>"}
    assert sorted(str(mail.message["List-Id"]) for mail in posts(stage, JANE)) == [
        '"Mendip Technicians" <mendip.lists.example.org>',
        '"Quantock Technicians" <quantock.lists.example.org>',
    ]
    came = stage.raw(posts(stage, DAWN)[0].raw, other, LIST)  # one list's copy reaches the other by a forward
    assert stage.outcome(came).state in ("held", "refused", "noted")
    assert len(posts(stage, "vera@moor.school.example")) == 1
    stage.network_id, stage.slug = first, slug


@pytest.mark.parametrize("own", ["<7@Käthes-PC>".encode(), "<7@Käthes-PC>".encode("latin-1"), b"<no-at-sign>"], ids=["UTF-8", "Latin-1", "no @"])
def test_a_message_id_that_no_letter_can_carry_keeps_nobody_from_mail(stage: Stage, own: bytes) -> None:
    """FMT-3, FMT-5, V2: the post goes round, its answer stands in its thread, and whoever wrote it is answered."""

    def from_there(*args: str, **headers: str) -> bytes:
        return written(*args, **headers).replace(b"<one@school.example>", own)

    several(stage, from_there(JANE, LIST, "Agar", QUESTION), LIST)
    got = {who: posts(stage, who) for who in (JANE, DAWN, OLIVE, PETER)}
    assert [len(mails) for mails in got.values()] == [1, 1, 1, 1]
    (first,) = {str(mails[0].message["Message-ID"]) for mails in got.values()}
    stage.reply(got[DAWN][0], "Ours lie upside down in a box, and that does it.")
    assert str(posts(stage, JANE)[-1].message["In-Reply-To"]) == first

    several(stage, from_there(JANE, AGENDA, "Fume cupboards", "Ten minutes, please."), AGENDA)
    assert "Fume cupboards" in stage.last(JANE).subject
    several(stage, from_there(JANE, AGENDA, "Trays", "Five minutes.", References="<8@Käthes-PC> <nine@school.example>"), AGENDA)
    assert "Trays" in stage.last(JANE).subject
    assert all(copy.state == "accepted" for copy in stage.copies())


LOOPS = {
    "with our List-Id": {"List-Id": "<mendip.lists.example.org>"},
    "as X-Loop says": {"X-Loop": LIST},
    "through another list, which has put its own List-Id": {"List-Id": "<chemistry.other.example>"},
    "through a forwarder that has taken all marks off": {},
}


@pytest.mark.parametrize("marks", LOOPS.values(), ids=LOOPS)
def test_what_comes_back_is_not_sent_round_again(stage: Stage, marks: dict[str, str]) -> None:
    """LOOP-4: by List-Id, X-Loop, or by the Message-ID, which stays whatever is written around it."""
    stage.mail(f"Jane Doe <{JANE}>", LIST, "Agar", QUESTION)
    original = posts(stage, DAWN)[0]
    count = len(stage.mails())
    back = written(
        JANE, LIST, "[chem] Agar", f"{QUESTION}\n\n_____\nchem list", message_id=str(original.message["Message-ID"])
    )
    fields = "".join(f"{name}: {value}\r\n" for name, value in marks.items()).encode()
    came = stage.raw(fields + back, LIST, "chem-bounces@other.example")
    assert stage.outcome(came).state in ("held", "noted")
    assert len(stage.mails()) == count


def test_a_forwarder_that_writes_as_our_list_reaches_nobody(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", LIST, "Agar", QUESTION)
    count = len(stage.mails())
    stage.raw(written(f"Jane via Mendip <{LIST}>", LIST, "Agar", QUESTION, message_id="<new@other.example>"), LIST, "x@other.example")
    assert len(stage.mails()) == count


VACATIONS = {
    "RFC 3834": {"Auto-Submitted": "auto-replied"},
    "Exchange": {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"},
    "by its subject": {},
}


@pytest.mark.parametrize("marks", VACATIONS.values(), ids=VACATIONS)
def test_a_vacation_reply_to_a_post_reaches_nobody(stage: Stage, marks: dict[str, str]) -> None:
    """LOOP-5."""
    stage.mail(JANE, LIST, "Agar", QUESTION)
    got = posts(stage, DAWN)[0]
    count = len(stage.mails())
    came = stage.mail(
        DAWN, LIST, "Automatic reply: [mendip] Agar", "I am out of the office until Monday 30 November. Dawn",
        In_Reply_To=str(got.message["Message-ID"]), **{name.replace("-", "_"): value for name, value in marks.items()},
    )  # fmt: skip
    assert stage.outcome(came).state == "noted"
    assert len(stage.mails()) == count


def test_a_quote_is_left_out_and_what_stands_between_is_kept(stage: Stage) -> None:
    long = "\n".join(f"Line {n} of a long question about agar and how it dries." for n in range(60))
    stage.mail(JANE, LIST, "Agar", long)
    got = posts(stage, DAWN)[0]
    stage.reply(got, "Upside down, in a box with a lid.")
    answer = posts(stage, JANE)[-1]
    assert "Upside down" in answer.words
    assert "Line 7" not in answer.text
    quoted = "\n".join(f"> {line}" for line in long.splitlines())
    stage.mail(
        PETER, LIST, f"Re: {got.subject}", f"On Monday, Jane Doe via Mendip wrote:\n{quoted}\n> Which box?\n\nThe blue one, from the kitchen.",
        In_Reply_To=str(got.message["Message-ID"]),
    )  # fmt: skip
    below = posts(stage, JANE)[-1]
    assert "The blue one" in below.words
    assert below.text.count("Line ") <= 3


HEADS = {
    "Gmail": "---------- Forwarded message ---------\nFrom: Bob <bob@bath.example>\nDate: Mon, 23 Nov 2026 at 09:00\nSubject: Agar\nTo: Jane <{jane}>\n\n{words}\n",
    "Outlook": "Jane Doe\nTel 01234 567890\n________________________________\nFrom: Bob <bob@bath.example>\nSent: 23 November 2026 09:00\nTo: Jane Doe <{jane}>\nSubject: Agar\n\n{words}\n",
    "a telephone": "Sent from my iPhone\n\nBegin forwarded message:\n\n> From: Bob <bob@bath.example>\n> Date: 23 November 2026 at 09:00:00 GMT\n> To: Jane <{jane}>\n> Subject: Agar\n> \n> {words}\n",
    "a signature above": "-- \nJane Doe\nHill School\n\n\n---------- Forwarded message ---------\nFrom: Bob <bob@bath.example>\nSubject: Agar\nTo: Jane <{jane}>\n\n{words}\n",
}  # fmt: skip


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("answers", [{}, {"In_Reply_To": "<agar@bath.example>"}], ids=["", "in a thread of their own mailbox"])
def test_v9_a_mail_passed_on_goes_round_below_what_is_said_of_it_without_its_head(stage: Stage, head: str, answers: dict[str, str]) -> None:
    """Who wrote a line above it had only that line sent: a question about a course of which nothing was said."""
    words = "Bath has a course on agar plates on 4 May."
    stage.mail(f"Jane Doe <{JANE}>", LIST, "Fwd: Agar", f"{QUESTION} Has anybody been to this?\n\n{head.format(words=words, jane=JANE)}", **answers)
    post = posts(stage, DAWN)[0]
    assert post.words.index("Has anybody been to this?") < post.words.index(words)
    assert "bob@bath.example" not in post.text
    assert JANE not in post.words


def test_a_reply_without_a_word_of_its_own_is_not_sent_round(stage: Stage) -> None:
    """An empty answer from a telephone would send the whole quote to everyone."""
    stage.mail(JANE, LIST, "Agar", QUESTION)
    count = len(posts(stage, OLIVE))
    came = stage.reply(posts(stage, DAWN)[0], "")
    assert stage.outcome(came).state in ("refused", "asked")
    assert len(posts(stage, OLIVE)) == count


@pytest.mark.parametrize("picture", [True, False], ids=["only a picture", "nothing at all"])
def test_a_post_without_words_is_refused_with_what_to_do(stage: Stage, picture: bool) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = JANE, LIST, "Our new fume cupboard"
    message["Message-ID"] = "<picture@hill.school.example>"
    message.set_content("\n")
    if picture:
        message.add_attachment(images.jpeg(1600, 1200), maintype="image", subtype="jpeg", filename="cupboard.jpg")
    came = stage.raw(message.as_bytes(policy=email.policy.SMTP), LIST, JANE)
    assert stage.outcome(came).state == "refused"
    assert not posts(stage, DAWN, "fume")
    assert "words" in stage.last(JANE).words
    assert ("cupboard.jpg" in stage.last(JANE).words) == picture


def test_a_post_in_html_only_is_read(stage: Stage) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = JANE, LIST, "Agar"
    message["Message-ID"] = "<html@hill.school.example>"
    message.set_content(
        "<html><head><style>p {color: red}</style></head><body><p>How does <b>everyone</b> store agar plates?</p>"
        "<p>Ours dry out in a week.</p><script>x()</script></body></html>", subtype="html",
    )  # fmt: skip
    stage.raw(message.as_bytes(policy=email.policy.SMTP), LIST, JANE)
    assert QUESTION in posts(stage, DAWN)[0].words
    assert "color" not in posts(stage, DAWN)[0].text
    assert "x()" not in posts(stage, DAWN)[0].text


def test_the_same_words_from_two_addresses_of_one_person_go_once(stage: Stage) -> None:
    stage.mail(JANE, LIST, "Agar", QUESTION)
    with stage.house.store.write() as session:
        jane = session.execute(select(people.c.id).where(people.c.name == "Jane Doe")).scalar_one()
        addresses.find_or_add(session, "jane.doe@home.example", hasher=stage.house.hasher, now=stage.now, person_id=jane)
    again = stage.mail("jane.doe@home.example", LIST, "Agar", QUESTION)
    assert stage.outcome(again).reason == "posted-already"
    assert len(posts(stage, DAWN)) == 1
    stage.later(days=3)
    stage.mail(JANE, LIST, "Agar", QUESTION)
    assert len(posts(stage, DAWN)) == 2


def test_a_guests_post_is_held_asked_about_and_told_once(stage: Stage) -> None:
    for n in (1, 2):
        row = stage.outcome(stage.mail(GUEST, LIST, f"Gas taps {n}", "Ours leak. Does anyone know a good fitter near Wells?"))
        assert (row.state, row.held_for) == ("held", "Olive Organiser")
    assert len(stage.mails(GUEST)) == 1
    assert "member" not in stage.last(GUEST).words
    asked = next(mail for mail in stage.mails(OLIVE) if "fitter" in mail.words)
    assert not posts(stage, DAWN, "Gas")
    stage.reply(asked, "Yes please")
    assert len(posts(stage, DAWN, "Gas taps 1")) == 1
    assert len(posts(stage, DAWN, "Gas taps 2")) == 0


def test_a_digest_tells_threads_together(stage: Stage) -> None:
    wants_digest(stage, 4)
    stage.mail(JANE, LIST, "Agar", QUESTION)
    stage.mail(PETER, LIST, "Balances", "Which balances do you all use for A level work? Ours are worn out.")
    got = posts(stage, OLIVE)[0]
    stage.reply(got, "Upside down, in a box with a lid.", sender=OLIVE)
    stage.reply(got, "We wrap ours in film, and they keep for a month.", sender=PETER)
    stage.at(datetime(2026, 11, 23, 17, 1, tzinfo=UTC))
    stage.settle()
    digest = next(mail for mail in stage.mails(DAWN) if QUESTION in mail.words)
    assert digest.subject == "Mendip Technicians: 4 posts of Monday 23 November"
    assert "Agar (3 posts)" in digest.words
    assert digest.words.index("for a month") < digest.words.index("worn out")
    assert digest.text.count("wrote:") == 0


def test_who_reads_the_digest_is_told_that_their_post_went(stage: Stage) -> None:
    """Everyone else has their own copy from the list to see it by."""
    wants_digest(stage, 4)
    stage.mail(DAWN, LIST, "Agar", QUESTION)
    told = stage.last(DAWN)
    assert told.subject == "Sent round: Agar"
    stage.reply(told, "WITHDRAW")
    assert stage.last(DAWN).subject == "Taken back: Agar"
    stage.mail(JANE, LIST, "Balances", "Which balances do you all use for A level work? Ours are worn out.")
    assert len(stage.mails(JANE)) == 2

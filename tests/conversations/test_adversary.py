"""What a stranger, a scanner, a machine or a careless forward may try. State changes: none (CMD-1 to CMD-10)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope
from mailer.store.tables import (
    agenda_items,
    inbox,
    memberships,
    occasions,
    outgoing,
    pieces,
    posts,
    proofs,
    responses,
    standings,
    suppressions,
)
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, answers, invited
from tests.stage import DOMAIN, Got, Stage

FLEETING = ("answer", "confirm", "farewell")


def state(stage: Stage) -> dict[str, Any]:
    """Everything that a mail could change, receipts and the inbox itself apart."""
    with stage.house.store.read() as session:
        return {
            "standings": session.execute(
                select(standings.c.address_id, standings.c.purpose, standings.c.standing)
                .where(standings.c.purpose.not_in(FLEETING))
                .order_by(standings.c.id)
            ).all(),
            "suppressions": session.execute(select(suppressions.c.id, suppressions.c.lifted_at)).all(),
            "memberships": session.execute(
                select(memberships.c.id, memberships.c.ended_at, memberships.c.paused_until, memberships.c.digest)
            ).all(),
            "items": session.execute(select(agenda_items.c.id, agenda_items.c.state, agenda_items.c.title)).all(),
            "pieces": session.execute(select(pieces.c.id, pieces.c.state, pieces.c.title)).all(),
            "posts": session.execute(select(posts.c.id)).all(),
            "responses": session.execute(select(responses.c.id, responses.c.answer)).all(),
            "occasions": session.execute(
                select(occasions.c.id, occasions.c.state, occasions.c.version, occasions.c.approved_version).where(
                    occasions.c.kind != "desk-brief"  # planned by the clock
                )
            ).all(),
            "proofs": session.execute(select(proofs.c.id, proofs.c.answer)).all(),
        }


def furnished(stage: Stage) -> list[Got]:
    """One mail of every kind that the house sends in the first weeks of a term; the newest of each subject."""
    invited(stage)
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ours drift in the cold. Ten minutes, please.")
    stage.mail(
        JANE, f"mendip-news@{DOMAIN}", "A visit", "I went to see their prep room. They have shelves for everything."
    )
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out in a week.")
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "KEEP EXCHANGE")
    stage.mail(JANE, f"mendip-private@{DOMAIN}", "Pay", "How do others ask for a regrade?")
    stage.mail(DAWN, f"mendip@{DOMAIN}", "Re: coming", "Sorry, I don't think I can")
    stage.mail(
        OLIVE, f"mendip-organise@{DOMAIN}", "Meeting", "Date: 10 June 2027\nTime: 4pm to 6pm\nPlace: Mill Academy"
    )
    stage.mail(PETER, f"mendip-organise@{DOMAIN}", "Dawn Day has left", "")
    stage.mail("sam@far.school.example", f"mendip-agenda@{DOMAIN}", "Gas taps", "Ours leak. Who has a fitter?")
    stage.mail("new@far.school.example", f"mendip-join@{DOMAIN}", "join", "please")
    kinds = {(mail.to, mail.subject): mail for mail in stage.mails()}
    assert len(kinds) > 20
    return list(kinds.values())


AWAY: list[tuple[str, dict[str, str]]] = [
    ("I am out of the office until 3 January. Yes, I will read your mail then.", {"Auto_Submitted": "auto-replied"}),
    ("Nid wyf yn y swyddfa tan 3 Ionawr. Diolch am eich neges.", {"Auto_Submitted": "auto-replied"}),
    ("YES\n\nI am away. Contact reception.", {"X_Auto_Response_Suppress": "All", "Auto_Submitted": "auto-generated"}),
    ("SEND", {"Auto_Submitted": "auto-replied (vacation)"}),
]


def test_auto_replies_to_every_kind_of_mail_change_nothing_and_are_never_answered(stage: Stage) -> None:
    """LOOP-1, LOOP-5, V3: English, Welsh, Exchange's way, and the null sender."""
    letters = furnished(stage)
    before, mails = state(stage), len(stage.mails())
    for n, letter in enumerate(letters):
        text, headers = AWAY[n % len(AWAY)]
        for row in (
            stage.outcome(stage.reply(letter, text, **headers)),
            stage.outcome(stage.reply(letter, "YES", mail_from="")),
        ):
            assert row.state == "noted", (letter.subject, row.outcome)
    assert len(stage.mails()) == mails
    assert state(stage) == before


def test_every_link_fetched_is_no_business_of_the_mail_door(stage: Stage) -> None:
    """A bounce-looking, a forged and a foreign tag at the door: held or noted, nothing changed (CMD-1)."""
    invited(stage)
    mail = stage.last(JANE)
    tag = mail.reply_to.partition("+")[2].partition("@")[0]
    leave = mail.link("u")
    before = state(stage)
    forged = [
        tag[:-1] + ("a" if tag[-1] != "a" else "b"),  # one letter of the MAC
        tag[0] + tag[1] + tag[2:10] + ("c" if tag[10] != "c" else "d") + tag[11:],  # another row
        "u" + tag[1:],  # a reply tag as a leave tag
        "c" + tag[1:],  # ... as a confirmation
        "s" + tag[1:],  # ... as a SEND
        "h" + tag[1:],
        "r" + leave[1:],  # a leave tag as a reply tag
        "x" * 37,
    ]
    for wrong in forged:
        row = stage.outcome(stage.mail(JANE, f"mendip+{wrong}@{DOMAIN}", "Re:", "STOP"))
        assert (row.state, row.reason) == ("held", "forged-tag"), wrong
    assert state(stage) == before


def test_a_tag_of_another_network_does_nothing_there(stage: Stage) -> None:
    invited(stage)
    mail = stage.last(JANE)
    home = stage.network_id
    stage.network("exmoor")
    stage.network_id, stage.slug = home, "mendip"
    before = state(stage)
    row = stage.outcome(stage.mail(JANE, mail.reply_to.replace("mendip+", "exmoor+"), "Re:", "YES"))
    assert row.state in ("held", "done")
    assert state(stage) == before


@pytest.mark.parametrize("sender", [JANE, PETER, "sam@far.school.example"], ids=["member", "organiser", "stranger"])
def test_a_forwarded_proof_sends_nothing(stage: Stage, sender: str) -> None:
    """CMD-5: made for that organiser and that version."""
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    before = state(stage)
    for word in ("SEND", "SEND NOW", "HOLD", "Venue: Elsewhere"):
        row = stage.outcome(stage.reply(stage.proof(OLIVE), word, sender=sender))
        assert row.state == "refused", word
    assert state(stage) == before


def test_a_forged_organiser_makes_no_meeting(stage: Stage) -> None:
    """From is not proof (V8): what the forger wrote waits for a YES from the true address."""
    before = state(stage)
    row = stage.outcome(
        stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Cancel", "All off.", mail_from="evil@bad.example")
    )
    assert row.state in ("asked", "held")
    stage.mail(
        OLIVE, f"mendip-organise@{DOMAIN}", "Meeting", "Date: 10 June 2027\nTime: 4pm to 6pm\nPlace: Mill Academy"
    )
    assert state(stage) == before
    assert "Please confirm" in stage.last(OLIVE).subject


def test_an_old_confirmation_and_an_old_send_are_good_once(stage: Stage) -> None:
    """Replay, a day and a week later."""
    new = "new@far.school.example"
    stage.mail(new, f"mendip-join@{DOMAIN}", "join", "")
    question = stage.last(new)
    stage.reply(question, "YES")
    stage.reply(stage.last(new), "STOP")
    before = state(stage)
    stage.reply(question, "YES")
    stage.later(days=8)
    stage.reply(question, "YES")
    after = state(stage)
    assert after["standings"] == before["standings"]
    assert after["memberships"] == before["memberships"]


def test_a_question_not_answered_in_a_week_is_over(stage: Stage) -> None:
    new = "new@far.school.example"
    stage.mail(new, f"mendip-join@{DOMAIN}", "join", "")
    question = stage.last(new)
    stage.later(days=8)
    row = stage.outcome(stage.reply(question, "YES"))
    assert row.reason == "confirmation-expired"
    with stage.house.store.read() as session:
        assert not session.execute(
            select(standings.c.id).where(
                standings.c.standing == "active", standings.c.address_id == 5, standings.c.purpose == "meetings"
            )
        ).first()


def test_five_hundred_requests_make_one_mail(stage: Stage) -> None:
    """CMD-7; a fifth of them in another network of the same host."""
    victim = "victim@far.school.example"
    stage.network("exmoor")
    for n in range(500):
        slug = "exmoor" if n % 5 == 0 else "mendip"
        content = f"From: {victim}\r\nTo: {slug}-join@{DOMAIN}\r\nSubject: join {n}\r\nMessage-ID: <j{n}@x.example>\r\n\r\nyes\r\n"
        stage.intake.store(
            Envelope(victim, (f"{slug}-join@{DOMAIN}",), content.encode(), "smtp", "127.0.0.1", stage.now)
        )
    while pipeline.handle_next(stage.house, "stage"):
        pass
    stage.settle()
    assert len(stage.mails(victim)) == 1
    assert "join 0" not in stage.mails(victim)[0].text  # no text taken from the request


def test_joining_looks_the_same_from_outside_whoever_asks(stage: Stage) -> None:
    """CMD-8: member, stranger, and who left: the outcome says the same, and each address gets one letter of its own."""
    stage.reply(_status(stage, DAWN), "STOP")
    stage.later(days=1)
    rows = [
        stage.outcome(stage.mail(who, f"mendip-join@{DOMAIN}", "join", "please"))
        for who in (JANE, DAWN, "new@far.school.example")
    ]
    assert len({(row.state, row.outcome, row.reason) for row in rows}) == 1
    assert {stage.last(who).subject for who in (JANE, DAWN, "new@far.school.example")} == {
        "Please confirm: mail from Mendip Technicians"
    }


def _status(stage: Stage, who: str) -> Got:
    stage.mail(who, f"mendip-help@{DOMAIN}", "", "STATUS")
    return stage.last(who)


def test_a_hidden_command_is_none(stage: Stage) -> None:
    """CMD-10: text that nobody sees, in the HTML of a reply."""
    invited(stage)
    mail = stage.last(JANE)
    before = state(stage)["standings"]
    html = (
        f"From: {JANE}\r\nTo: {mail.reply_to}\r\nSubject: Re: x\r\nMessage-ID: <hid@x.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/html; charset=utf-8\r\n\r\n<div style="display:none">STOP</div><p>What time is lunch?</p>\r\n'
    )
    stage.raw(html.encode(), mail.reply_to, JANE)
    assert state(stage)["standings"] == before


def test_unreadable_senders_are_held(stage: Stage) -> None:
    """AUTH-11, V2: no From, two Froms."""
    for n, head in enumerate(("", f"From: {JANE}, {DAWN}\r\n", f"From: {JANE}\r\nFrom: {OLIVE}\r\n")):
        content = f"{head}To: mendip-agenda@{DOMAIN}\r\nSubject: Balances\r\nMessage-ID: <u{n}@x.example>\r\n\r\nOurs drift.\r\n"
        row = stage.outcome(stage.raw(content.encode(), f"mendip-agenda@{DOMAIN}", JANE))
        assert row.state == "held"
        assert row.outcome
    with stage.house.store.read() as session:
        assert not session.execute(select(agenda_items.c.id)).first()
        assert not session.execute(select(inbox.c.id).where(inbox.c.state.in_(("stored", "failed")))).first()
        assert not session.execute(select(outgoing.c.id).where(outgoing.c.purpose == "answer")).first()


def test_nobody_answers_for_a_stranger_by_guessing(stage: Stage) -> None:
    meeting_id = invited(stage)
    row = stage.outcome(
        stage.mail("sam@far.school.example", f"mendip-agenda@{DOMAIN}", "Re: meeting", "Yes, I'll be there")
    )
    assert row.state == "held"
    assert set(answers(stage, meeting_id).values()) == {"none"}


@pytest.mark.parametrize("use", ["m", "p", "i", "w", "d"])
def test_a_tag_of_another_use_is_held(stage: Stage, use: str) -> None:
    """A tag of a page or a Message-ID is ours and valid, and still no address to write to."""
    invited(stage)
    tag = stage.house.keys.tag(use, 1)
    before = len(stage.mails())
    done = stage.outcome(stage.mail(JANE, f"mendip+{tag}@{DOMAIN}", "Re:", "YES"))
    assert (done.state, done.reason) == ("held", "forged-tag")
    assert len(stage.mails()) == before

"""A contact, met or written to and not agreed, is kept apart and never mailed (design 1, DP-5)."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.acts import import_members
from mailer.acts.import_lines import Wish
from mailer.people import sheet
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, invited
from tests.stage import DOMAIN, Stage

CONTACT = "cara@vale.school.example"


def met(stage: Stage) -> None:
    """Names from a conference, without a word that any of them agreed."""
    wish = Wish(stage.network_id, stage.house.hasher, purposes=("meetings", "newsletter", "discussion", "exchange"))
    rows = sheet.read(f"email,name,roles\n{CONTACT},Cara Vale,organiser;editor\n".encode()).rows
    with stage.house.store.write() as session:
        started = import_members.begin(session, wish, file="", lines=1, now=stage.now)
        import_members.carry_out(session, wish, started, rows, stage.now)


def test_no_path_mails_a_contact(stage: Stage) -> None:
    """A term of everything: the meeting's mails, posts, offers, private questions, proofs, briefs, what changes."""
    met(stage)
    invited(stage)
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out in a week.")
    stage.mail(JANE, f"mendip-exchange@{DOMAIN}", "Offered: a centrifuge", "We have a centrifuge to give away.")
    stage.mail(DAWN, f"mendip-private@{DOMAIN}", "A question", "May I ask about gradings in private?")
    stage.mail(JANE, f"mendip-committee@{DOMAIN}", "Hello", "Is there parking at the school?")
    stage.mail(DAWN, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    stage.mail(f"Cara Vale <{JANE}>", f"mendip@{DOMAIN}", f"For {CONTACT}", f"Hello Cara <{CONTACT}>, are you there?")
    while stage.now < datetime(2027, 2, 20, tzinfo=UTC):
        stage.later(days=3)
        for organiser in (OLIVE, PETER):
            for mail in stage.mails(organiser)[-3:]:
                if mail.subject.startswith("Proof") and stage.now < STARTS:
                    stage.reply(mail, "SEND")
    assert len(stage.mails(JANE)) > 5
    assert not stage.mails(CONTACT)


def test_an_organiser_may_ask_a_contact_who_then_decides(stage: Stage) -> None:
    """In the dry run they are new: nobody has asked them."""
    met(stage)
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", CONTACT)
    question = stage.last(OLIVE)
    assert "1 new. We have written to nobody yet." in question.words
    stage.reply(question, "YES")
    assert stage.last(CONTACT).subject == "An invitation to Mendip Technicians"
    stage.mail(PETER, f"mendip-organise@{DOMAIN}", "Invite people", f"{CONTACT}\nsue@vale.school.example")
    assert "1 new, 1 known already." in stage.last(PETER).words
    stage.later(days=9)
    stage.later(days=60)
    assert len(stage.mails(CONTACT)) == 2  # the letter and the one reminder

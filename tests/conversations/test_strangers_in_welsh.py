"""Who is no member and writes in Welsh is answered in Welsh, whatever the network's language; who is, in the language they chose (ACC-9)."""

from __future__ import annotations

import pytest

from mailer.inbound.words.tongue import in_welsh
from mailer.people import addresses, written
from tests.conversations.scenes import JANE
from tests.stage import DOMAIN, Stage

NIA = "nia@dyffryn.school.example"

# subject, text, plainly Welsh
MAILS = [
    ("Ymuno", "", True),
    ("", "YMUNO", True),
    ("", "Cymorth", True),
    ("Join", "Hoffwn ymuno â'r rhwydwaith os gwelwch yn dda.\n\nDiolch\nNia", True),
    ("", "Annwyl bawb,\n\nDw i'n gweithio mewn ysgol yng Nghaerdydd a hoffwn ymuno.", True),
    ("", "Peidiwch ag anfon mwy o negeseuon ataf", True),
    ("", "YN GYMRAEG", True),
    ("Join", "", False),
    ("", "HELP", False),
    ("STATUS", "", False),
    ("", "Annwyl bawb,\n\nCould I join please?\n\nDiolch,\nNia", False),
    ("", "Sut mae, could you put me on the list?", False),
    ("", "Bore da\n\nPlease add me. Cofion cynnes, Nia", False),
    ("", "HELP\n\nNia Rees\nYsgol Dyffryn\n\nMae'r e-bost hwn yn gyfrinachol ac wedi ei fwriadu ar eich cyfer chi yn unig.", False),
    ("", "I am at Ysgol Dyffryn and would like to join the rhwydwaith", False),
    ("", "Saesneg os gwelwch yn dda", False),
    ("Ymuno / Join", "", False),
    ("", "Mae Pryce here, may I join?", False),
]


@pytest.mark.parametrize(("subject", "text", "welsh"), MAILS, ids=[f"{m[0]}|{m[1][:30]!r}" for m in MAILS])
def test_what_is_plainly_welsh(subject: str, text: str, welsh: bool) -> None:
    assert in_welsh(text, subject) is welsh


def test_who_asks_in_welsh_to_join_is_asked_welcomed_and_written_to_in_welsh(stage: Stage) -> None:
    stage.mail(f"Nia Rees <{NIA}>", f"mendip-join@{DOMAIN}", "Ymuno", "Hoffwn ymuno, os gwelwch yn dda.")
    question = stage.last(NIA)
    stage.reply(question, "IE")
    welcome = stage.last(NIA)
    assert [mail.message["Content-Language"] for mail in (question, welcome)] == ["cy", "cy"]
    assert "Ie" in question.text or "IE" in question.text
    with stage.house.store.read() as session:
        found = addresses.find(session, NIA)
        assert found is not None
        assert written.language_of(session, found.id) == "cy"


def test_a_mailbox_of_several_that_joins_in_welsh_is_written_to_in_welsh(stage: Stage) -> None:
    box = "technegwyr@dyffryn.school.example"
    stage.member(box, shared=True, purposes=())
    stage.mail(box, f"mendip-join@{DOMAIN}", "", "Hoffem ymuno")
    stage.reply(stage.last(box), "IE")
    stage.reply(stage.last(box), "STATUS")
    assert {mail.message["Content-Language"] for mail in stage.mails(box)} == {"cy"}


@pytest.mark.parametrize("door", ["help", "agenda", "news", "exchange", ""])
@pytest.mark.parametrize("welsh", [True, False], ids=["in Welsh", "in English"])
def test_a_stranger_is_answered_in_their_language_at_each_door_that_answers(stage: Stage, door: str, welsh: bool) -> None:
    to = f"mendip-{door}@{DOMAIN}" if door else f"mendip@{DOMAIN}"
    text = "Hoffwn gael eich cymorth: mae gennym gwestiwn am y tapiau nwy." if welsh else "We have a question about the gas taps."
    stage.mail(NIA, to, "Tapiau nwy" if welsh else "Gas taps", text)
    assert [mail.message["Content-Language"] for mail in stage.mails(NIA)] == ["cy" if welsh else "en"]


def test_a_member_is_answered_in_the_language_they_chose(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "Cymorth")
    assert stage.last(JANE).message["Content-Language"] == "en"

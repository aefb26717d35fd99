"""FOR MY IT: at once, to anyone known, a letter that can be passed on to a school's IT as it is (contract 2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.acts import Actor, Strength, for_my_it
from mailer.cycle import own
from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, Stage, staged

TITLE = "For your IT: mail from Mendip Technicians"


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Stage]:
    """As IT runs it: an operator is named, and a relay that is not on this machine."""
    yield from staged(tmp_path, operator="it@trust.example.org", relay_url="smtp+starttls://relay.example.net")


@pytest.mark.parametrize("words", ["FOR MY IT", "Something for our IT please", "for my IT department\n\nJane"])
def test_a_member_gets_the_letter_at_once(stage: Stage, words: str) -> None:
    row = stage.outcome(stage.mail(JANE, f"mendip-help@{DOMAIN}", "", words))
    letter = stage.last(JANE)
    assert (row.state, letter.subject) == ("done", TITLE)
    for said in (
        f"Domain of the sender and of the envelope: {DOMAIN}",
        f"mendip-committee@{DOMAIN}, and mendip@{DOMAIN} for members' discussion",
        "DKIM: signed by our relay",
        "4 mails about each, 6 to who comes",
        "Microsoft 365 and Exchange Online",
        "Google Workspace",
        "Responsible for the data: Mendip Technicians",
    ):
        assert said in letter.words
    assert JANE not in letter.text  # it is passed on
    assert not stage.mails(OLIVE)


def test_it_says_what_the_cycle_says(stage: Stage) -> None:
    """A network that sends less promises less."""
    with stage.house.store.write() as session:
        own.set_row(session, stage.network_id, "draft-agenda=off", stage.now)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FOR MY IT")
    assert "3 mails about each, 5 to who comes" in stage.last(JANE).words


def test_relay_operator_and_key_are_named(signed: Stage) -> None:
    settings = signed.settings.model_copy(update={"dkim_key_file": Path("key.pem")})
    with signed.house.store.read() as session:
        actor = Actor(signed.network_id, None, None, Strength.FROM, "mail")
        fields = for_my_it.letter(session, actor, settings, now=signed.now).fields
    assert fields["relays"] == ["relay.example.net"]
    assert (fields["operator"], fields["dkim_selector"], fields["dkim_domain"]) == (
        "it@trust.example.org",
        "termpost",
        DOMAIN,
    )


def test_in_welsh(stage: Stage) -> None:
    stage.member("nia@coleg.school.example", "Nia Rees", language="cy")
    stage.mail("nia@coleg.school.example", f"mendip-help@{DOMAIN}", "", "FOR MY IT")
    assert stage.last("nia@coleg.school.example").subject == "I'ch adran TG: negeseuon gan Mendip Technicians"


def test_who_was_invited_may_ask_before_they_answer(stage: Stage) -> None:
    """The tag shows that the mailbox is theirs; the invitation still waits for its answer."""
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", "karen@new.school.example")
    stage.reply(next(m for m in reversed(stage.mails(OLIVE)) if m.subject.startswith("Please confirm")), "YES")
    invited = stage.last("karen@new.school.example")
    stage.reply(invited, "FOR MY IT")
    assert stage.last("karen@new.school.example").subject == TITLE
    stage.reply(invited, "YES")
    assert stage.last("karen@new.school.example").subject == "Welcome to Mendip Technicians"


def test_a_stranger_is_answered_within_the_caps(stage: Stage) -> None:
    """LOOP-3: once a day, whatever they write; and nothing in it says who is a member."""
    for _ in range(3):
        stage.mail("it@far.school.example", f"mendip-help@{DOMAIN}", "FOR MY IT", "FOR MY IT")
    assert len(stage.mails("it@far.school.example")) == 1

"""In and out of the network in people's own words, at whatever door they find."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailer.inbound.words.joining import asks_in
from mailer.people import membership
from mailer.store.tables import ledger, suppressions
from tests.conversations.scenes import JANE, OLIVE, invited
from tests.stage import DOMAIN, Stage

NEW = "nia@far.school.example"


@pytest.mark.parametrize("door", ["mendip", "mendip-committee", "mendip-help", "mendip-news", "mendip-agenda"])
def test_a_stranger_who_asks_to_join_is_asked_whether_it_was_them(stage: Stage, door: str) -> None:
    """At the wrong door it goes through the right one (contract 1); as at the join door, the YES decides (CMD-6)."""
    words = "Hi,\n\nCould you please add me to the mailing list?\n\nMany thanks\nNia New"
    row = stage.outcome(stage.mail(f"Nia New <{NEW}>", f"{door}@{DOMAIN}", "Joining", words))
    assert (row.handler, row.state) == ("join", "done")
    assert [mail.subject for mail in stage.mails(NEW)] == ["Please confirm: mail from Mendip Technicians"]
    assert not stage.mails(OLIVE)
    stage.reply(stage.last(NEW), "YES")
    assert stage.last(NEW).subject == "Welcome to Mendip Technicians"


@pytest.mark.parametrize(
    "words", ["Join us for a coffee", "Could you add my colleague Karen?", "I would like to join the talk on balances", "Thanks"]
)
def test_other_words_ask_for_nothing(words: str) -> None:
    assert not asks_in(words)


@pytest.mark.parametrize("door", ["mendip", "mendip-committee", "mendip-agenda", "a reply"])
@pytest.mark.parametrize(
    ("words", "network"),
    [
        ("I object to you using my data for marketing.", True),
        ("Hello,\n\nI formally object to the processing of my personal data under Article 21 of the UK GDPR.\n\nJane", True),
        ("Rwy'n gwrthwynebu i chi ddefnyddio fy nata", True),
        ("I object to your use of my email address in all networks", False),
    ],
    ids=["marketing", "article 21", "welsh", "all networks"],
)
def test_an_objection_stops_everything_at_once(stage: Stage, door: str, words: str, network: bool) -> None:
    """DP-7: absolute, whatever the basis and the door; kept as what it is."""
    invited(stage)
    if door == "a reply":
        stage.reply(stage.last(JANE), words)
    else:
        stage.mail(JANE, f"{door}@{DOMAIN}", "My data", words)
    assert stage.last(JANE).subject == ("You have left Mendip Technicians" if network else "You have left every network here")
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 3) == []
        stopped = session.execute(select(suppressions.c.reason, suppressions.c.network_id)).one()
        bases = set(session.execute(select(ledger.c.basis).where(ledger.c.standing == "left")).scalars())
    assert tuple(stopped) == ("objection", stage.network_id if network else None)
    assert bases == {"objection"}
    if door in ("mendip-committee", "mendip-agenda"):  # what else it says is read by a person
        assert "everything to them is stopped" in stage.last(OLIVE).words


@pytest.mark.parametrize("words", ["I object to Jane's proposal", "No objection to the new date", "I object to using my lab for this"])
def test_another_objection_is_a_letter(stage: Stage, words: str) -> None:
    stage.mail(JANE, f"mendip-committee@{DOMAIN}", "The meeting", words)
    with stage.house.store.read() as session:
        assert "meetings" in membership.remaining(session, stage.network_id, 3)

"""A mail of ours that is passed on, quoted, scanned or answered by somebody else: no state changes (V7, V8, CMD-1, CMD-3)."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from mailer.web import application
from tests.conversations.scenes import DAWN, JANE, OLIVE, answers, invited
from tests.conversations.test_adversary import furnished, state
from tests.stage import DOMAIN, Got, Stage

LINK = re.compile(r"http://127\.0\.0\.1:8080[^\s\"'<>)\]]*")


def links(mail: Got) -> set[str]:
    """Every address of ours in any part of a mail or in its head, as a scanner finds them."""
    found = set(LINK.findall(str(mail.message.get("List-Unsubscribe", ""))))
    for part in mail.message.walk():
        if part.get_content_maintype() == "text":
            found |= set(LINK.findall(str(part.get_content()).replace("&amp;", "&")))
    return {link.rstrip(".,;") for link in found}


def test_a_scanner_fetches_every_link_of_every_mail_twice(stage: Stage) -> None:
    """V7, UNS-3, CMD-3."""
    letters = furnished(stage)
    every = set().union(*map(links, letters))
    assert {link.split("/")[3] for link in every} >= {"u", "p", "r", "c", "join", "n"}
    before, count = state(stage), len(stage.mails())
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", follow_redirects=True) as scanner:
        for link in sorted(every):
            for method in ("GET", "HEAD", "GET", "OPTIONS"):
                assert scanner.request(method, link).status_code < 500, link
    stage.settle()
    assert state(stage) == before
    assert len(stage.mails()) == count


def test_every_mail_worth_passing_on_says_how_to_join(stage: Stage) -> None:
    invited(stage)
    letter = stage.last(JANE)
    assert "Was this passed to you? Join us" in letter.text
    assert "/join/mendip" in letter.text




@pytest.mark.parametrize("way", ["marked", "bare, as Outlook does"])
@pytest.mark.parametrize("door", ["reply", "committee", "agenda"])
def test_a_quoted_footer_is_no_word(stage: Stage, way: str, door: str) -> None:
    """Our own "reply STOP", "UNDO" and "YES" stand in the quote of nearly every answer."""
    invited(stage)
    letter = stage.last(JANE)
    before = state(stage)
    if way == "marked":
        quoted = f"On Fri, 18 Dec 2026 at 09:00, {letter.message['From']} wrote:\n\n" + "\n".join(
            f"> {line}" for line in letter.text.splitlines()
        )
    else:
        quoted = (
            f"From: {letter.message['From']}\nSent: 18 December 2026 09:00\nTo: {JANE}\nSubject: {letter.subject}\n\n"
            + letter.text
        )
    text = f"What a lovely prep room in that picture.\n\nJane\n\n{quoted}"
    to = letter.reply_to if door == "reply" else f"mendip-{door}@{DOMAIN}"
    stage.mail(JANE, to, f"Re: {letter.subject}", text)
    after = state(stage)
    for kept in ("standings", "suppressions", "memberships", "responses", "occasions", "proofs"):
        assert after[kept] == before[kept], kept


@pytest.mark.parametrize("sender", [DAWN, "sam@far.school.example"], ids=["a member", "a stranger"])
def test_a_forwarded_copy_handed_back_leaves_nobody(stage: Stage, sender: str) -> None:
    """Somebody got Jane's copy from her and sends it on to us, footer and all, with a line of thanks."""
    invited(stage)
    letter = stage.last(JANE)
    before = state(stage)
    text = (
        "Jane sent me this, thanks.\n\n---------- Forwarded message ---------\n"
        f"From: {letter.message['From']}\nDate: Fri, 18 Dec 2026 at 09:00\nSubject: {letter.subject}\nTo: {JANE}\n\n{letter.text}"
    )
    for to in (letter.reply_to, f"mendip-committee@{DOMAIN}"):
        stage.mail(sender, to, f"Fwd: {letter.subject}", text)
    assert state(stage) == before


@pytest.mark.parametrize("sender", [DAWN, "sam@far.school.example"], ids=["a member", "a stranger"])
def test_somebody_elses_tag_answers_for_nobody_until_it_is_said_for_whom(stage: Stage, sender: str) -> None:
    """Ruling 1: whoever answers a copy that was passed to them is asked whether they mean themselves."""
    meeting_id = invited(stage)
    letter = stage.last(JANE)
    before = state(stage)
    for words in ("YES", "ONLY NEWSLETTER", "PAUSE UNTIL 1 SEPTEMBER 2027", "MY DATA", "FORGET ME"):
        row = stage.outcome(stage.reply(letter, words, sender=sender))
        assert row.state in ("asked", "held", "refused"), (words, row.outcome)
    assert state(stage) == before
    assert answers(stage, meeting_id)[JANE] == "none"
    assert not [mail for mail in stage.mails(sender) if "json" in str(mail.message)]


def test_a_leave_by_somebody_else_is_told_to_whom_it_concerns_with_the_way_back(stage: Stage) -> None:
    """Leaving is excepted: done at once, told to the address on record, and UNDO undoes it."""
    invited(stage)
    before = state(stage)
    stage.reply(stage.last(JANE), "STOP", sender="sam@far.school.example")
    assert state(stage)["standings"] != before["standings"]
    assert "somebody else? Reply UNDO" in stage.last(JANE).words
    assert not stage.mails("sam@far.school.example")
    stage.reply(stage.last(JANE), "UNDO")
    assert state(stage)["standings"] == before["standings"]


def test_an_organisers_forged_word_about_people_waits(stage: Stage) -> None:
    """Each is prepared, asked of the true address, and answered by nobody else."""
    before = state(stage)
    asked = [("Jane Doe has died", ""), ("People", f"{DAWN}, Dawn\nnew@far.school.example, New Person"), ("Cancel", "All off.")]
    for subject, text in asked:
        stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", subject, text, mail_from="evil@bad.example")
        stage.reply(stage.last(OLIVE), "YES", sender="evil@bad.example")
    assert state(stage) == before
    assert not stage.mails("new@far.school.example")

"""Every preference word of contract 2, one row each: by reply and by page the same state and the same receipt, in one network and in all
of a person's; and UNDO in answer to that receipt puts back what stood before (CMD-11). So it is for a mailbox that several people read,
apart from what is one person's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from mailer.acts import preferences
from mailer.consent import suppression
from mailer.people import addresses, membership
from mailer.store.tables import addresses as address_rows
from mailer.store.tables import confirmations, memberships
from mailer.web import application
from mailer.web.preferences import DOES
from tests.conversations.scenes import JANE
from tests.stage import DOMAIN, Got, Stage, staged

BOX = "technicians@moor.school.example"
IDS = {JANE: 3, BOX: 5}
HERE, THERE = ("meetings", "newsletter", "discussion"), ("meetings", "newsletter", "exchange")
DAYS = ("mon", "tue", "wed", "thu", "fri")
HOW: Mapping[str, Any] = {"do": "how", "digest": "no", "day": DAYS, "language": "en"}
ALL = {"networks": "all"}


@dataclass(frozen=True)
class Word:
    """What is replied, and the same pressed; `wide` and `wide_pressed` are both for every network. `before` was said earlier."""

    reply: str
    pressed: Mapping[str, Any]
    wide: str = ""
    wide_pressed: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    waits: bool = False  # nothing changes: it is a letter, or a YES does it
    otherwise: bool = False  # the page has another letter for it
    letters: int = 1  # for all networks


def ticked(*purposes: str) -> dict[str, Any]:
    return {"do": "purposes", "purpose": purposes}


def both(reply: str, pressed: Mapping[str, Any], wide: str = "", **more: Any) -> Word:
    return Word(reply, pressed, wide or f"{reply} ALL NETWORKS", {**pressed, **ALL}, **more)


WORDS = {
    "stop": Word("STOP", {"do": "leave"}, "STOP ALL NETWORKS", {"do": "leave-all"}),
    "stop-newsletter": both("STOP NEWSLETTER", ticked("meetings", "discussion", "exchange"), "STOP NEWSLETTER IN ALL NETWORKS", before=("KEEP EXCHANGE",)),
    "stop-meetings": Word("STOP MEETINGS", ticked("newsletter", "discussion", "exchange"), before=("KEEP EXCHANGE",)),
    "stop-discussion": Word("STOP DISCUSSION", ticked("meetings", "newsletter", "exchange"), before=("KEEP EXCHANGE",)),
    "stop-exchange": Word("STOP EXCHANGE", ticked(*HERE), before=("KEEP EXCHANGE",)),
    "only-newsletter": both("ONLY NEWSLETTER", ticked("newsletter"), otherwise=True),
    "only-what-did-not-come": Word("ONLY EXCHANGE", ticked("exchange"), otherwise=True),
    "keep-meetings": both(
        "KEEP MEETINGS",
        ticked(*HERE, "exchange"),
        before=("KEEP EXCHANGE ALL NETWORKS", "STOP MEETINGS ALL NETWORKS"),
        waits=True,  # as the letter and the page are older than the leaving
        otherwise=True,
    ),
    "keep-what-never-came": both("KEEP EXCHANGE", ticked(*HERE, "exchange")),
    "keep-after-stop": Word("KEEP MEETINGS", ticked("meetings"), before=("STOP",), waits=True),
    "pause": both("PAUSE UNTIL 1 SEPTEMBER", {"do": "pause", "until": "2027-09-01"}, "PAUSE ALL NETWORKS UNTIL 1 SEPTEMBER"),
    "resume": both("RESUME", {"do": "resume"}, before=("PAUSE ALL NETWORKS UNTIL 1 SEPTEMBER",)),
    "digest": both("DIGEST", {**HOW, "digest": "yes"}),
    "every-post": both("EVERY POST", HOW, before=("DIGEST ALL NETWORKS",)),
    "plain-text": both("PLAIN TEXT", {**HOW, "plain": "yes"}),
    "with-layout": Word("WITH LAYOUT", HOW, before=("PLAIN TEXT",)),
    "welsh": both("CYMRAEG", {**HOW, "language": "cy"}),
    "every-working-day": Word("WORKING DAYS ALL", HOW, before=("WORKING DAYS TUE THU",)),
    "working-days": both("WORKING DAYS TUE THU", {**HOW, "day": ("tue", "thu")}),
    "status": both("STATUS", {"do": "status"}, waits=True, letters=2),
    "help": Word("HELP", {"do": "help"}, waits=True),
    "my-year": both("MY YEAR", {"do": "my-year"}, waits=True, letters=2),
    "for-my-it": Word("FOR MY IT", {"do": "for-my-it"}, waits=True),
    "my-data": both("MY DATA", {"do": "my-data"}, waits=True),
    "forget-me": both("FORGET ME", {"do": "forget-me"}, waits=True),
    "change-address": Word("CHANGE ADDRESS TO jane@new.example", {"do": "change-address", "to": "jane@new.example"}, waits=True),
    "my-details": Word("MY DETAILS", {"do": "details"}, waits=True, otherwise=True),
    "keep-directory": both("KEEP DIRECTORY", ticked(*HERE, "exchange", "directory"), before=("KEEP EXCHANGE",), waits=True),
}  # fmt: skip
ONE_PERSONS = ("my-data", "forget-me", "change-address", "my-details", "keep-directory")  # said or pressed at a mailbox of several: refused
WIDE = {name: word for name, word in WORDS.items() if word.wide}
ROWS = [(name, False) for name in WORDS] + [(name, True) for name in WIDE]
CHANGE = {name: word for name, word in WORDS.items() if not word.waits}


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[tuple[Stage, Stage]]:
    """Twice the same: Jane, and a mailbox of several, are in two networks of one host, and not for the same. In one they reply, in
    the other they press."""
    with contextmanager(staged)(tmp_path / "reply") as one, contextmanager(staged)(tmp_path / "page") as other:
        for stage in (one, other):
            stage.network_id, stage.slug = stage.kept("two networks", partial(elsewhere, stage)), "mendip"
        yield one, other


def elsewhere(stage: Stage) -> int:
    mendip = stage.network_id
    stage.member(BOX, shared=True, organisation="Moor School")
    stage.network("wessex")
    stage.organiser("wes@wessex.example", "Wes Wood")
    stage.member(JANE, "Jane Doe", purposes=THERE)
    stage.member(BOX, shared=True, purposes=THERE)
    with stage.house.store.write() as session:
        jane = session.execute(select(address_rows.c.person_id).where(address_rows.c.id == 3)).scalar_one()
        session.execute(update(memberships).where(memberships.c.address_id == 3).values(person_id=jane))
    stage.network_id, stage.slug = mendip, "mendip"
    for who in IDS:
        stage.mail(who, f"mendip-help@{DOMAIN}", "", "STATUS")
    return mendip


def stands(stage: Stage, who: str) -> dict[str, Any]:
    """What they get and how, in both networks, and what keeps them out."""
    with stage.house.store.read() as session:
        mac = addresses.get(session, IDS[who]).mac
        found: dict[str, Any] = {}
        for network_id in (stage.network_id, stage.network_id + 1):
            current = preferences.current(session, network_id, IDS[who])
            member = membership.of_address(session, network_id, IDS[who])
            found[str(network_id)] = {name: value for name, value in current.items() if name != "standings"}
            found[str(network_id)] |= {"ended": member is None or member.ended_at is not None, "roles": member and member.roles}
            found[str(network_id)]["out"] = suppression.exists(session, mac=mac, network_id=network_id)
    return found


def waiting(stage: Stage) -> list[tuple[str, Any]]:
    """What waits for a YES."""
    with stage.house.store.read() as session:
        rows = session.execute(select(confirmations).where(confirmations.c.used_at.is_(None)).order_by(confirmations.c.id)).all()
    return [(row.act, {name: value for name, value in row.args.items() if name not in ("this", "twin")}) for row in rows]


def said(stage: Stage, who: str, words: str) -> list[Got]:
    """In reply to a mail of ours; what came of it."""
    count = len(stage.mails(who))
    status = next(mail for mail in stage.mails(who) if mail.subject.startswith("What you get"))
    stage.reply(status, words)
    return stage.mails(who)[count:]


def pressed(stage: Stage, who: str, form: Mapping[str, Any], code: int = 200) -> list[Got]:
    count = len(stage.mails(who))
    status = next(mail for mail in stage.mails(who) if mail.subject.startswith("What you get"))
    with TestClient(application(stage.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000)) as client:
        answered = client.post(f"/p/{status.link('p')}", data={k: list(v) if isinstance(v, tuple) else v for k, v in form.items()})
        assert answered.status_code == code
        assert ('role="status"' if code == 200 else "Several people read this mailbox") in answered.text
    stage.settle()
    return stage.mails(who)[count:]


def begun(stage: Stage, who: str, words: tuple[str, ...]) -> dict[str, Any]:
    """What was said a day earlier; how things stand then."""

    def play() -> int:
        stage.later(minutes=1)
        for one in words:
            said(stage, who, one)
        stage.later(days=1)
        return stage.network_id

    stage.kept(f"{who} said {', '.join(words)}", play)
    return stands(stage, who)


def test_each_button_has_a_word() -> None:
    rows = [*WORDS.values(), *WIDE.values()]
    assert {str(form["do"]) for word in rows for form in (word.pressed, word.wide_pressed) if form} == set(DOES) - {"undo"}


@pytest.mark.parametrize("who", IDS, ids=["a person", "a mailbox of several"])
@pytest.mark.parametrize(("name", "wide"), ROWS)
def test_a_word_is_the_same_by_reply_and_by_page(stages: tuple[Stage, Stage], name: str, wide: bool, who: str) -> None:
    if who == BOX and name in ONE_PERSONS:
        refused_both_ways(stages, WORDS[name], wide)
        return
    word, after, told, asked = WORDS[name], [], [], []
    for stage in stages:
        before = begun(stage, who, word.before)
        if stage is stages[0]:
            came = said(stage, who, word.wide if wide else word.reply)
        else:
            came = pressed(stage, who, word.wide_pressed if wide else word.pressed)
        after.append(stands(stage, who))
        told.append([mail.subject for mail in came])
        asked.append(waiting(stage))
        assert len(came) == (word.letters if wide else 1)
        assert (after[-1] != before) is (name in CHANGE)
        if name in CHANGE:
            stage.reply(came[0], "UNDO")
            assert stage.last(who).subject.startswith("Undone")
            assert stands(stage, who) == before
    assert after[0] == after[1]
    if not word.otherwise:
        assert told[0] == told[1]
        assert asked[0] == asked[1]


def refused_both_ways(stages: tuple[Stage, Stage], word: Word, wide: bool) -> None:
    """What is one person's stays as it is; nobody is asked about it either."""
    for stage in stages:
        before = begun(stage, BOX, word.before)
        if stage is stages[0]:
            [told] = said(stage, BOX, word.wide if wide else word.reply)
            assert "Several people read this mailbox" in told.words
        else:
            assert pressed(stage, BOX, word.wide_pressed if wide else word.pressed, 400) == []
        assert (stands(stage, BOX), waiting(stage)) == (before, [])

"""Two entries become one: nobody sees more of the person than both agreed to (DP-13), and parting shows each as before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from mailer.acts import Actor, Strength, change_address, merge
from mailer.consent import ACTIVE, standing
from mailer.consent.standing import Proof
from mailer.people import addresses, profile
from tests.conversations.scenes import JANE, invited
from tests.people.entries import operator, part
from tests.stage import DOMAIN, Stage, staged

HOME = "jane@home.example"
HELP = f"mendip-help@{DOMAIN}"
NOTHING: dict[str, str] = {}

# How an entry is shown: never asked, as such, by fields, not at all
ENTRIES: dict[str, Mapping[str, str] | None] = {
    "unasked": None,
    "as such": {"name": "members", "organisation": "members"},
    "name to organisers": {"name": "organisers"},
    "equipment to organisers": {"equipment": "organisers"},
    "much": {"name": "members", "equipment": "members", "mentor": "organisers"},
    "nothing": NOTHING,
}
RANK = profile.AUDIENCES.index


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def choose(stage: Stage, address_id: int, entry: str) -> None:
    wanted = ENTRIES[entry]
    proof = Proof("consent", "test", "cli")
    with stage.house.store.write() as session:
        at = (session, stage.network_id, address_id)
        if entry == "as such":
            standing.change(
                session, network_id=stage.network_id, address_id=address_id, purpose="directory", to=ACTIVE, proof=proof, now=stage.now
            )
        elif wanted is not None:
            profile.show(*at, wanted or {"name": "members"}, proof, stage.now)
        if wanted == NOTHING:
            profile.show(*at, {"name": "nobody"}, proof, stage.now)


def seen(stage: Stage, *ids: int) -> list[dict[str, str]]:
    with stage.house.store.read() as session:
        every = [profile.audiences(session, stage.network_id, one) for one in ids]
    return [{field: whom for field, whom in one.items() if whom != "nobody"} for one in every]


def both(stage: Stage, mine: str, theirs: str) -> tuple[int, int]:
    with stage.house.store.read() as session:
        jane = addresses.find(session, JANE)
        assert jane is not None
    home = stage.member(HOME, "Jane Doe", purposes=("newsletter",))
    choose(stage, jane.id, mine)
    choose(stage, home, theirs)
    return jane.id, home


def agreed(mine: str, theirs: str) -> dict[str, str]:
    """What both show; what the other shows, of an entry that was never asked."""
    one, other = ENTRIES[mine], ENTRIES[theirs]
    if one is None or other is None:
        return dict(one or other or {})
    return {field: min(one[field], other[field], key=RANK) for field in one.keys() & other.keys()}


@pytest.mark.parametrize(("mine", "theirs"), list(product(ENTRIES, ENTRIES)))
def test_nobody_sees_more_than_both_agreed_to(stage: Stage, mine: str, theirs: str) -> None:
    ids = both(stage, mine, theirs)
    before = seen(stage, *ids)
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), *ids, now=stage.now)
    assert seen(stage, *ids) == [agreed(mine, theirs), NOTHING]
    part(stage, done)
    assert seen(stage, *ids) == before


@pytest.mark.parametrize("mine", ["unasked", "as such"])
def test_moving_onto_the_other_entry_shows_no_more(stage: Stage, mine: str) -> None:
    jane, home = both(stage, mine, "equipment to organisers")
    with stage.house.store.write() as session:
        person = addresses.get(session, jane).person_id
        change_address._move(session, Actor(stage.network_id, jane, person, Strength.CONFIRM, "mail"), jane, home, stage.now)
        assert standing.rebuild(session) == []
    assert seen(stage, home, jane)[0] == agreed(mine, "equipment to organisers")


@pytest.mark.parametrize("mine", ["unasked", "as such"])
def test_what_was_hidden_after_a_merge_is_hidden_at_both_when_they_are_parted(stage: Stage, mine: str) -> None:
    ids = both(stage, mine, "as such")
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), *ids, now=stage.now)
    stage.later(minutes=1)
    stage.mail(JANE, HELP, "", "HIDE NAME")
    assert seen(stage, *ids) == [{"organisation": "members"}, NOTHING]
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
    there = {} if mine == "unasked" else {"organisation": "members"}
    assert seen(stage, *ids) == [there, {"organisation": "members"}]


def test_what_was_shown_after_a_merge_stays_shown_of_who_is_kept(stage: Stage) -> None:
    ids = both(stage, "as such", "as such")
    with stage.house.store.write() as session:
        done = merge.merge(session, operator(stage), *ids, now=stage.now)
    stage.later(minutes=1)
    stage.mail(JANE, HELP, "", "SHOW EQUIPMENT TO MEMBERS")
    stage.reply(stage.last(JANE), "YES")
    with stage.house.store.write() as session:
        merge.split(session, operator(stage), done.fields["undo"], now=stage.now)
    as_such = dict(ENTRIES["as such"] or {})
    assert seen(stage, *ids) == [{**as_such, "equipment": "members"}, as_such]


def test_the_question_says_what_others_would_see(stage: Stage) -> None:
    """ALSO ME plus YES: what was agreed to at the other entry, and no more."""
    invited(stage)
    ids = both(stage, "unasked", "equipment to organisers")
    invitation = next(mail for mail in stage.mails(JANE) if "are you coming" in mail.subject)
    stage.reply(invitation, "Yes, I'll be there", sender=HOME)
    stage.reply(stage.last(HOME), "ALSO ME")
    question = stage.last(JANE)
    assert "Others would see" in question.words
    assert "Equipment to share: organisers" in question.words
    stage.reply(question, "YES")
    assert seen(stage, *ids) == [{"equipment": "organisers"}, NOTHING]

"""A letter that cannot be composed: late is not silent, and what is ended says the truth (V6, V11)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.acts import Actor, Strength, issue
from mailer.cycle import letters
from mailer.outbound.compose.shelf import ROOT, shelf
from tests.stage import DOMAIN, MONDAY, Stage

OLIVE = "olive@hill.school.example"
READERS = [f"reader{n}@hill.school.example" for n in range(6)]
WELSH = READERS[-1]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the network's own templates, beside everyone's."""
    root = tmp_path / "templates"
    root.mkdir()
    for each in ROOT.iterdir():
        (root / each.name).symlink_to(each)
    monkeypatch.setattr(shelf, "__defaults__", (root,))
    monkeypatch.setattr(letters, "PAGE", 2)
    monkeypatch.setattr(letters, "FIRST_PAGE", 2)
    return root / "networks" / "mendip"


@pytest.fixture
def stage(own: Path, tmp_path: Path) -> Iterator[Stage]:
    """A newsletter that goes as it stands; its last reader has it in Welsh."""
    stage = Stage(tmp_path)
    stage.network()
    stage.organiser(OLIVE, "Olive Organiser")
    for number, address in enumerate(READERS):
        stage.member(address, f"Reader {number}", purposes=("newsletter",), language="cy" if address == WELSH else "")
    yield stage
    stage.close()


def broken(own: Path, name: str) -> None:
    """As a hand that meant well leaves it: a field that nothing gives."""
    file = own / "occasions" / "issue" / name
    file.parent.mkdir(parents=True)
    file.write_text("{% call lead() %}{{ weather }}{% endcall %}\n")


def published(stage: Stage) -> None:
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        made = issue.make(session, operator, publishes_at=MONDAY + timedelta(days=30), now=stage.now)
    stage.mail(OLIVE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    with stage.house.store.write() as session:
        issue.send_as_it_stands(session, operator, int(made.fields["issue"]["id"]), at_once=True, now=stage.now)
    for _ in range(3):  # tried again at every tick, told once
        stage.settle()


def got(stage: Stage) -> set[str]:
    return {copy.to_address for copy in stage.copies(occasion_id=stage.occasion("issue").id) if copy.state == "accepted"}


def told(stage: Stage) -> list[str]:
    """What Olive was told of it."""
    return [mail.words for mail in stage.mails(OLIVE) if "be put together" in mail.words]


def test_who_can_have_it_has_it_and_the_organisers_hear_of_the_rest(stage: Stage, own: Path) -> None:
    """Somebody on a later page needs a letter that cannot be composed."""
    broken(own, "body.cy.j2")
    published(stage)
    assert got(stage) == {OLIVE, *READERS} - {WELSH}
    (said,) = told(stage)
    assert "cannot be put together for everybody: it goes to 6 people, and the others wait" in said
    stage.at(stage.occasion("issue").until_at + timedelta(minutes=1))
    for _ in range(3):
        stage.settle()
    one = stage.occasion("issue")
    assert (one.state, one.audience_count, one.reason) == ("sent", 6, "It could not be put together.")
    assert len(told(stage)) == 2
    assert "This went to 6 people. For the others it could not be put together" in told(stage)[1]


def test_once_it_is_mended_the_rest_get_it(stage: Stage, own: Path) -> None:
    broken(own, "body.cy.j2")
    published(stage)
    shutil.rmtree(own)
    stage.later(days=1)
    assert got(stage) == {OLIVE, *READERS}
    one = stage.occasion("issue")
    assert (one.state, one.audience_count, len(told(stage))) == ("sent", 7, 1)


def test_what_nobody_can_have_is_missed_and_says_why(stage: Stage, own: Path) -> None:
    broken(own, "body.j2")
    published(stage)
    (said,) = told(stage)
    assert "This cannot be put together. It is no fault of yours" in said
    stage.at(stage.occasion("issue").until_at + timedelta(minutes=1))
    stage.settle()
    one = stage.occasion("issue")
    assert (one.state, one.reason) == ("missed", "It could not be put together.")
    assert "Nobody got them. What: Newsletter" in told(stage)[1]  # together with what else was missed by then
    assert "Why: It could not be put together." in told(stage)[1]

"""Two of one person's taps, or a tap and a letter, at one moment: one after the other, on either database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mailer.acts import preferences as acts
from mailer.meetings import responses as answers
from mailer.people import networks as people_networks
from mailer.store.tables import letters, memberships, responses
from mailer.web import joining
from mailer.web.limits import Limiter
from tests.databases import on_both
from tests.web.conftest import NOW, Street


@pytest.fixture(autouse=True)
def _own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "CLIENTS", Limiter(most=30, seconds=600.0))


def at_once(web: TestClient, posts: list[tuple[str, dict[str, object]]]) -> list[int]:
    """All of them at one moment; their statuses."""
    line = threading.Barrier(len(posts))

    def post(one: tuple[str, dict[str, object]]) -> int:
        line.wait()
        return web.post(one[0], data=one[1]).status_code

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(post, posts))


def sent(place: Street) -> list[str]:
    with place.house.store.read() as session:
        return list(session.execute(select(letters.c.template).order_by(letters.c.id)).scalars())


def page(place: Street, kind: str, use: str, row: int) -> str:
    return f"/{kind}/{place.tag(use, row)}"


@on_both("place")
def test_two_answers_at_one_moment_leave_one_that_counts(place: Street, web: TestClient) -> None:
    """CAL-10: on PostgreSQL several answers of one person are current at once, and a head count counts each of them."""
    link = page(place, "r", "i", place.invitation)
    said = [(link, {"answer": answer}) for answer in ("yes", "no", "yes", "maybe", "yes", "no")]
    assert set(at_once(web, said)) == {200}
    with place.house.store.read() as session:
        counts = session.execute(select(responses.c.answer).where(responses.c.current)).scalars().all()
        summary = answers.summary(session, place.meeting)
    assert summary["yes"] + summary["no"] + summary["maybe"] == 1, summary
    assert len(counts) == 1


@on_both("place")
def test_cmd7_plus_forms_asked_at_one_moment_are_one_mail(place: Street, web: TestClient) -> None:
    """CMD-7: one question a mailbox and day. On PostgreSQL a stranger gets as many into one mailbox as he posts at once."""
    posts = [("/join/mendip", {"email": f"boss+{n}@vale.example", "purpose": "meetings"}) for n in range(12)]
    at_once(web, posts)
    assert sent(place) == ["replies/join-confirm"]


@on_both("place")
def test_cmd7_several_networks_asked_at_one_moment_are_one_mail(place: Street, web: TestClient) -> None:
    with place.house.store.write() as session:
        for letter in "abcdef":
            people_networks.add(session, slug=f"net{letter}", domain="lists.example.org", name=letter, now=NOW)
    at_once(web, [(f"/join/net{n}", {"email": "karen@school.example", "purpose": "meetings"}) for n in "abcdef"])
    assert sent(place) == ["replies/join-confirm"]


ONCE = [
    pytest.param({"do": "my-data"}, id="a-right-once-a-day"),
    pytest.param({"do": "change-address", "to": "other@vale.example"}, id="change-address-once-a-day"),
    pytest.param({"do": "details"}, id="once-in-ten-minutes"),
    pytest.param({"do": "status"}, id="one-press"),
]


@on_both("place")
@pytest.mark.parametrize("pressed", ONCE)
def test_one_button_pressed_six_times_at_one_moment_is_one_letter(place: Street, web: TestClient, pressed: dict[str, object]) -> None:
    """`posting`: the same form twice within a minute is one press. `confirm.ask`: once in ten minutes, a right once a day."""
    link = page(place, "p", "p", place.standing(place.karen, "meetings"))
    at_once(web, [(link, pressed)] * 6)
    went = [one for one in sent(place) if one != "replies/change-address-new"]
    assert len(went) == 1, went


@on_both("place")
def test_leaving_and_saving_at_one_moment_is_one_or_the_other(place: Street, web: TestClient) -> None:
    """On PostgreSQL: left and suppressed, and yet down for the exchange; the page shows it ticked, and nothing ever comes."""
    leave = page(place, "u", "u", place.standing(place.karen, "newsletter"))
    link = page(place, "p", "p", place.standing(place.karen, "meetings"))
    at_once(web, [(leave, {"stop": "everything"}), (link, {"do": "purposes", "purpose": ["meetings", "newsletter", "exchange"]})])
    with place.house.store.read() as session:
        ended = session.execute(select(memberships.c.ended_at).where(memberships.c.address_id == place.karen)).scalar_one()
        active = acts.current(session, place.network_id, place.karen)["active"]
    assert (ended is None) == bool(active), (ended, active)

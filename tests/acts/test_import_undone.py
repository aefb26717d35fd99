"""Taking an import back when others came after it, or somebody answered, got an office, or left: what they said goes on (contract 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from mailer.acts import leave
from mailer.consent import ledger, standing
from mailer.consent.standing import Proof
from mailer.people import addresses, holding
from mailer.store import add
from mailer.store.tables import meetings, memberships, responses
from tests.acts.conftest import NOW, Place, on_both
from tests.acts.test_importing import active, people, run, undone

ANN = "ann@hill.example"


def ann(place: Place) -> tuple[dict[str, str], list[str]] | None:
    """What she gets, and her roles; none if she is in no list."""
    one = people(place).get(ANN)
    return None if one is None else (active(one), one["roles"])


@on_both
@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize(
    ("evidence", "of_the_first", "of_both"),
    [
        ("form", ({"meetings": "active"}, ["member"]), ({"meetings": "active", "newsletter": "active"}, ["member", "named-contact"])),
        ("", ({"meetings": "pending"}, []), ({"meetings": "active", "newsletter": "active"}, ["member", "named-contact"])),
    ],
    ids=["both with evidence", "the first without"],
)
def test_two_imports_of_one_person_are_taken_back_in_any_order(
    place: Place, first: int, evidence: str, of_the_first: object, of_both: object
) -> None:
    run(place, f"{ANN},Ann,,,meetings,\n", evidence=evidence)
    assert ann(place) == of_the_first
    run(place, f"{ANN},Ann,,named-contact,{'newsletter' if evidence else 'meetings;newsletter'},\n", evidence="another form")
    assert ann(place) == of_both
    assert undone(place, first) == 1
    if first == 2:
        assert ann(place) == of_the_first
    else:
        left = {"newsletter": "active"} if evidence else {"meetings": "active", "newsletter": "active"}
        assert ann(place) == (left, ["member", "named-contact"])
    assert undone(place, 3 - first) == 1
    assert ann(place) is None
    assert standing.rebuild(place.session) == []
    assert ledger.verify(place.session) == []


def _answers(answer: str) -> Callable[[Place, int], None]:
    def do(place: Place, address_id: int) -> None:
        times = dict.fromkeys(("starts_at", "ends_at", "items_close_at", "announced_at", "created_at"), NOW)
        meeting_id = add(place.session, meetings, network_id=place.network.id, number=1, **times)
        add(place.session, responses, meeting_id=meeting_id, address_id=address_id, answer=answer, channel="mail", at=NOW)

    return do


def _office(place: Place, address_id: int) -> None:
    mine = select(memberships.c.id).where(memberships.c.address_id == address_id)
    office = Proof("service", "office", "mail")
    holding.give(place.session, place.session.execute(mine).scalar_one(), ("editor",), active=True, proof=office, now=NOW)


def _stop(place: Place, address_id: int) -> None:
    leave.everything(place.session, place.actor(address_id), now=NOW)


BOTH = {"meetings": "active", "newsletter": "active"}
SINCE = [
    ("YES to a meeting", _answers("yes"), (BOTH, ["member"])),
    ("MAYBE to a meeting", _answers("maybe"), (BOTH, ["member"])),
    ("NO to a meeting", _answers("no"), None),
    ("an office of the organisers'", _office, (BOTH, ["member", "editor"])),
    ("STOP", _stop, (dict.fromkeys(BOTH, "left"), [])),
]


@on_both
@pytest.mark.parametrize(("since", "stands"), [one[1:] for one in SINCE], ids=[one[0] for one in SINCE])
def test_what_was_said_since_stands(place: Place, since: Callable[[Place, int], None], stands: object) -> None:
    run(place, f"{ANN},Ann,,,,\n", evidence="form")
    known = addresses.find(place.session, ANN)
    assert known is not None
    since(place, known.id)
    assert undone(place, 1) == (1 if stands is None else 0)
    assert ann(place) == stands
    assert standing.rebuild(place.session) == []

"""Two people answer at the same moment, each in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.acts import Receipt, confirm
from mailer.consent import standing
from mailer.outbound import outbox
from mailer.people import addresses
from mailer.store.tables import confirmations, letters, standings
from tests.conversations.scenes import JANE
from tests.hosted import staged_on_postgres, waits_for_a_lock
from tests.servers import NewDatabase
from tests.stage import DOMAIN, Stage

NEW = "jane.doe@new.school.example"


@pytest.fixture
def hosted(postgres: NewDatabase, tmp_path: Path) -> Iterator[Stage]:
    yield from staged_on_postgres(postgres, tmp_path)


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["old", "new"])
def test_an_address_changes_when_both_say_yes_at_once(hosted: Stage, first: str) -> None:
    """CMD-4: the second waits for the first one's word, so that it is not two who wait for each other for ever."""
    hosted.mail(JANE, f"mendip-help@{DOMAIN}", "", f"CHANGE ADDRESS TO {NEW}")
    with hosted.house.store.read() as session:
        asked = list(session.execute(select(confirmations.c.id).order_by(confirmations.c.id)).scalars())
    one, two = asked if first == "old" else reversed(asked)
    said: list[Receipt] = []

    def yes() -> None:
        with hosted.house.store.write() as session:
            said.append(confirm.redeem(session, two, channel="mail", now=hosted.now))

    second = threading.Thread(target=yes)
    with hosted.house.store.write() as session:
        said.append(confirm.redeem(session, one, channel="mail", now=hosted.now))
        second.start()
        waits_for_a_lock(hosted.house.store, second)
    second.join(30)
    assert [receipt.state for receipt in said] == ["asked", "done"]
    with hosted.house.store.read() as session:
        at = {mail: addresses.find(session, mail) for mail in (JANE, NEW)}
        gets = {mail: standing.of(session, hosted.network_id, found.id)["meetings"] for mail, found in at.items() if found}
    assert gets == {JANE: "none", NEW: "active"}


@pytest.mark.postgres
def test_what_is_being_written_down_to_the_old_address_goes_to_the_new_one(hosted: Stage) -> None:
    """A page of copies and the second YES at the same moment: the YES waits for the page and finds its copy."""
    hosted.mail(JANE, f"mendip-help@{DOMAIN}", "", f"CHANGE ADDRESS TO {NEW}")
    with hosted.house.store.read() as session:
        one, two = session.execute(select(confirmations.c.id).order_by(confirmations.c.id)).scalars()
        jane = addresses.find(session, JANE)
        assert jane is not None
        mine = (standings.c.address_id == jane.id, standings.c.purpose == "meetings")
        standing_id = session.execute(select(standings.c.id).where(*mine)).scalar_one()
        letter_id = session.execute(select(letters.c.id).limit(1)).scalar_one()
    with hosted.house.store.write() as session:
        confirm.redeem(session, one, channel="mail", now=hosted.now)

    def yes() -> None:
        with hosted.house.store.write() as session:
            confirm.redeem(session, two, channel="mail", now=hosted.now)

    second = threading.Thread(target=yes)
    where = {"network_id": hosted.network_id, "letter_id": letter_id, "address_id": jane.id, "standing_id": standing_id}
    with hosted.house.store.write() as session:
        outbox.add_rows(session, [outbox.Row(key="a page", **where, purpose="meetings", to_address=JANE)], now=hosted.now)
        second.start()
        waits_for_a_lock(hosted.house.store, second)
    second.join(30)
    assert [copy.to_address for copy in hosted.copies(key="a page")] == [NEW]

"""A house with one network in the middle of a term: members, a meeting, an issue that went out, mail in the tray."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from starlette.testclient import TestClient

from mailer import clock
from mailer.consent import ACTIVE, standing
from mailer.consent.standing import Proof
from mailer.house import House, open_house
from mailer.meetings import agenda, invitations, meetings
from mailer.people import addresses, holding, membership, networks, people
from mailer.settings import Settings
from mailer.store import Store, add
from mailer.store.statements import insert
from mailer.store.tables import issues, pictures, pieces, tray
from mailer.store.types import metadata
from mailer.web import application
from tests.databases import asked_of_postgres
from tests.web.browsing import browser, site  # noqa: F401  (fixtures)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd4"
    "0000000049454e44ae426082"
)
STREETS = ("dawn.hill@hill.example", "karen@school.example", "prep@lab.example")


@dataclass(frozen=True)
class Street:
    """What tests ask for by name."""

    house: House
    network_id: int
    dawn: int  # address ids
    karen: int
    meeting: int
    old_meeting: int
    invitation: int
    mails: tuple[int, ...]

    def tag(self, use: str, row: int) -> str:
        return self.house.keys.tag(use, row)

    def standing(self, address_id: int, purpose: str) -> int:
        with self.house.store.read() as session:
            found = standing.find(session, self.network_id, address_id, purpose)
        assert found is not None
        return found

    def standings(self, address_id: int) -> dict[str, str]:
        with self.house.store.read() as session:
            return standing.of(session, self.network_id, address_id)

    def count(self, table: str) -> int:
        with self.house.store.read() as session:
            return len(session.execute(select(metadata.tables[table])).all())

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table that the database has."""
        with closing(sqlite3.connect(self.house.settings.data_dir / "termpost.db")) as other:
            names = [row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: other.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


@pytest.fixture(autouse=True)
def _standing_clock(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "clock").write_text(NOW.isoformat())
    clock.use(f"file:{tmp_path / 'clock'}")
    yield
    clock.use("system")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Street]:
    """Built once; every test gets a copy."""
    folder = tmp_path_factory.mktemp("street") / "var"
    house = open_house(Settings(data_dir=folder))
    with house.store.write() as session:
        made = furnish(session, house)
    house.close()
    return folder, made


@pytest.fixture
def street(tmp_path: Path, furnished: tuple[Path, Street]) -> Iterator[Street]:
    folder, made = furnished
    shutil.copytree(folder, tmp_path / "var")
    settings = Settings(data_dir=tmp_path / "var", operator="it@uni.example")
    house = House(settings, Store(settings.database_url), settings.secret())
    yield replace(made, house=house)
    house.close()


@pytest.fixture
def client(street: Street) -> Iterator[TestClient]:
    app = application(street.house)
    with TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000), follow_redirects=False) as one:
        yield one


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Street]:
    """The street, on either database."""
    url = asked_of_postgres(request)
    house = open_house(Settings(data_dir=tmp_path / "two", **({"database_url": url} if url else {})))
    with house.store.write() as session:
        made = furnish(session, house)
    yield made
    house.close()


@pytest.fixture
def web(place: Street) -> Iterator[TestClient]:
    with TestClient(application(place.house), base_url="http://127.0.0.1:8080", client=("127.0.0.1", 5000), follow_redirects=False) as one:
        yield one


def furnish(session: Connection, house: House) -> Street:
    joined = NOW - timedelta(days=90)
    network_id = networks.add(
        session,
        slug="mendip",
        domain="lists.example.org",
        name="Mendip Technicians",
        now=joined,
        controller="Hill School",
    )
    dawn = member(session, house, network_id, STREETS[0], "Dawn Hill", joined, roles=("organiser",))
    karen = member(session, house, network_id, STREETS[1], "Karen Lane", joined)
    ahead = meetings.add(
        session,
        network_id,
        starts_at=NOW + timedelta(days=20),
        ends_at=NOW + timedelta(days=20, hours=2),
        venue="Hill School, prep room 2",
        host="Hill School",
        title="Winter meeting",
        now=joined,
    )
    past = meetings.add(
        session,
        network_id,
        starts_at=NOW - timedelta(days=60),
        ends_at=NOW - timedelta(days=60) + timedelta(hours=2),
        venue="Vale School",
        now=joined,
    )
    agenda.submit(
        session, network_id, past.id, title="Fume cupboards, ask karen@school.example", text="x", address_id=karen,
        person="Karen Lane", now=joined,
    )  # fmt: skip
    invitation = invitations.one(session, ahead.id, karen, joined)
    _issue(session, network_id, karen)
    return Street(
        house, network_id, dawn, karen, ahead.id, past.id, invitation.id, tuple(_tray(session, n) for n in range(3))
    )


def member(
    session: Connection,
    house: House,
    network_id: int,
    address: str,
    name: str,
    now: datetime,
    roles: tuple[str, ...] = (),
) -> int:
    person = people.add(session, name=name, now=now)
    found = addresses.find_or_add(session, address, hasher=house.hasher, now=now, person_id=person)
    addresses.confirm(session, found.id, now)
    membership_id = membership.add(session, network_id=network_id, address_id=found.id, person_id=person, now=now)
    proof = Proof("imported-evidence", "import", "import")
    holding.give(session, membership_id, ("member", *roles), active=True, proof=proof, now=now)
    for purpose in ("meetings", "newsletter", "discussion"):
        standing.change(
            session, network_id=network_id, address_id=found.id, purpose=purpose, to=ACTIVE, proof=proof, now=now
        )
    return found.id


def _issue(session: Connection, network_id: int, author: int) -> None:
    for number, state in ((1, "sent"), (2, "collecting")):
        issue_id = add(
            session,
            issues,
            network_id=network_id,
            number=number,
            publishes_at=NOW + timedelta(days=30 * (number - 1) - 10),
            copy_at=NOW + timedelta(days=30 * (number - 1) - 24),
            state=state,
            created_at=NOW - timedelta(days=60),
        )
        piece_id = add(
            session,
            pieces,
            network_id=network_id,
            issue_id=issue_id,
            number=1,
            title=f"Copper sulfate, part {number}",
            section="articles",
            text="It grows. Ask karen@school.example or mendip-news@lists.example.org.",
            html='<p>It grows. <img src="cid:one@mail"><a href="mailto:karen@school.example">karen@school.example</a>'
            "<script>alert(1)</script></p>"
            if number == 1
            else "",
            words=2,
            address_id=author,
            person="Karen Lane",
            created_at=NOW - timedelta(days=30),
        )
        session.execute(
            insert(session, pictures).values(
                piece_id=piece_id, cid="one@mail", type="image/png", name="one.png", caption="Crystals", content=PIXEL
            )
        )


def _tray(session: Connection, n: int) -> int:
    mail = EmailMessage()
    mail["From"] = "Mendip Technicians <mendip-committee@lists.example.org>"
    mail["To"] = f"Karen Lane <{STREETS[n % 3]}>"
    mail["Reply-To"] = "mendip+abc@lists.example.org"
    mail["Subject"] = f"Winter meeting, mail {n} – are you coming?"
    mail.set_content(f"Dear Karen,\n\nplain words {n}, with <angles> & more.\n")
    if n == 2:
        return _keep(session, mail, n)
    mail.add_alternative(
        "<!DOCTYPE html><html><head><title>x</title></head><body><h1>Winter meeting</h1>"
        '<p style="color:#0b5394">HTML words</p><script>document.title="run"</script>'
        '<img src="cid:pic@mail" alt="pixel"><img src="https://tracker.example/p.gif" alt="">'
        '<a href="http://127.0.0.1:8080/start">Answer</a></body></html>',
        subtype="html",
    )
    html = mail.get_payload()[1]
    html.add_related(PIXEL, "image", "png", cid="<pic@mail>")  # type: ignore[union-attr]
    mail.make_mixed()
    mail.add_attachment(
        b"BEGIN:VCALENDAR\r\nSUMMARY:Winter mee\r\n ting\r\nEND:VCALENDAR\r\n",
        "text",
        "calendar",
        filename="in vite.ics",
    )
    return _keep(session, mail, n)


def _keep(session: Connection, mail: EmailMessage, n: int) -> int:
    return add(
        session,
        tray,
        outgoing_id=100 + n,
        at=NOW - timedelta(minutes=3 - n),
        mail_from="mendip+b@lists.example.org",
        rcpt=STREETS[n % 3],
        subject=str(mail["Subject"]),
        content=mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    )

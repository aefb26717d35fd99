"""A stage for conversations: one house on a real database, its handlers and its delivery, and people who write to it.

    stage = Stage(tmp_path)
    stage.network("mendip"); stage.member("jane@hill.school.example", "Jane Doe")
    stage.mail("jane@hill.school.example", "mendip-agenda@lists.example.org", "Balances", "Ten minutes, please.")
    receipt = stage.last("jane@hill.school.example")
    stage.reply(receipt, "WITHDRAW")

Nothing is mocked: what is sent lies in the tray of the same database. The calendar stands where the test puts it.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mailer import clock, wake
from mailer.acts import Actor, Strength, invite, meet, terms_of_office, vacancy
from mailer.consent import standing
from mailer.consent.standing import Proof
from mailer.cycle import due, plan
from mailer.house import House, open_house
from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope, Intake
from mailer.outbound.deliver import Courier
from mailer.people import addresses, holding, membership, networks, organisations, people
from mailer.settings import Settings
from mailer.store import snapshot
from mailer.store.tables import addresses as addresses_table
from mailer.store.tables import inbox, occasions, outgoing, tray
from mailer.store.tables import memberships as memberships_table
from mailer.store.tables import networks as networks_table
from mailer.store.tables import people as people_table
from mailer.store.tables import roles as roles_table
from mailer.store.tables import standings as standings_table
from tests.databases import lay_empty

DOMAIN = "lists.example.org"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Got:
    """A mail that somebody got."""

    id: int
    outgoing_id: int
    mail_from: str
    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """To be read, not changed: who gets this mail again gets the same one."""
        return _parsed(self.raw)

    @property
    def subject(self) -> str:
        return _subject(self.raw)

    @property
    def text(self) -> str:
        return _text(self.raw)

    @property
    def words(self) -> str:
        """The text without footer and line breaks, for `in`."""
        return " ".join(self.text.partition("\n-- \n")[0].split())

    @property
    def reply_to(self) -> str:
        return str(self.message["Reply-To"] or self.message["From"]).rpartition("<")[2].rstrip(">")

    def link(self, letter: str) -> str:
        """The tag behind the link /letter/TAG."""
        return next(word.rpartition("/")[2].partition("?")[0] for word in self.text.split() if f"/{letter}/" in word)


# A test looks through all that somebody got again and again, and taking a mail apart is slow.
@lru_cache(maxsize=2_000)
def _parsed(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


@lru_cache(maxsize=2_000)
def _subject(raw: bytes) -> str:
    return str(_parsed(raw)["Subject"])


@lru_cache(maxsize=2_000)
def _text(raw: bytes) -> str:
    part = _parsed(raw).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class Kept:
    """A database as it stood after what many tests begin with."""

    database: bytes
    now: datetime
    number: int
    result: int


_KEPT: dict[str, Kept] = {}
SECRET = b"a stage has one secret, so that its tags can be laid down again".hex().encode()[:64]


def _lay(folder: Path, database: bytes) -> None:
    """The secret that every stage has, and a database: an empty one if none is given."""
    lay_empty(folder / "termpost.db")
    if database:
        (folder / "termpost.db").write_bytes(database)
    secret = folder / "secret"
    secret.write_bytes(SECRET)
    secret.chmod(0o600)


class Stage:
    """One service in one process, driven by hand; with `begin`, where a stage stood that played it in `begun`."""

    def __init__(self, folder: Path, now: datetime = MONDAY, *, begin: str = "", **settings: Any) -> None:
        self.settings = Settings(data_dir=folder, **settings)
        self._begin, laid = "", None
        if self.settings.is_sqlite and "database_url" not in settings:
            self._begin = f"{begin} {now} {sorted(self.settings.model_fields_set)}"
            laid = _KEPT.get(self._begin)
            _lay(folder, laid.database if laid else b"")
        self._open()
        wake.provide(wake.Silent())
        self.at(now)
        self._number = laid.number if laid else 0
        self._crowd = False
        self.network_id = 0
        self.slug = ""

    def _open(self) -> None:
        self.house: House = open_house(self.settings)
        self.intake = Intake(self.house.store)
        self.courier = Courier(self.house, "stage")

    # -- acts that many tests begin with ---------------------------------------------------------------------------

    def kept(self, key: str, play: Callable[[], int]) -> int:
        """Play what many tests begin with once a process, and lay its database down for every later test that stands where
        the first one stood. Returns what `play` returned."""
        if not self.house.store.is_sqlite:
            return play()
        key = f"{key} {self._standing()}"
        if key not in _KEPT:
            result = play()
            _KEPT[key] = Kept(self._octets(), self.now, self._number, result)
            return result
        found = _KEPT[key]
        self._shut()
        (self.settings.data_dir / "termpost.db").write_bytes(found.database)
        self._open()
        self._number = found.number
        self.at(found.now)
        return found.result

    def begun(self, play: Callable[[], int]) -> int:
        """As `kept`, for what a stage begins with when nothing was done on it yet: it is laid down before it opens."""
        if not self._begin:
            return play()
        if self._begin not in _KEPT:
            result = play()
            _KEPT[self._begin] = Kept(self._octets(), self.now, self._number, result)
        return _KEPT[self._begin].result

    def _standing(self) -> str:
        """Everything that was set up so far, times and random parts left out."""
        with self.house.store.read() as session:
            tables = (networks_table, people_table, addresses_table, memberships_table, roles_table, standings_table)
            rows = [
                [v for k, v in row._mapping.items() if not k.endswith("_at") and k not in ("mac", "since", "until")]
                for table in tables
                for row in session.execute(select(table).order_by(table.c.id))
            ]
            came = session.execute(select(func.count()).select_from(inbox)).scalar()
            went = session.execute(select(func.count()).select_from(outgoing)).scalar()
        return hashlib.sha256(repr((rows, came, went, self.now, self.settings.model_fields_set)).encode()).hexdigest()

    def _octets(self) -> bytes:
        file = self.settings.data_dir / "kept.db"
        snapshot.copy(self.house.store, file)
        octets = file.read_bytes()
        file.unlink()
        return octets

    # -- time and work -------------------------------------------------------------------------------------------

    def at(self, moment: datetime) -> None:
        """Put the calendar somewhere."""
        self.now = moment
        clock.stand_at(moment)

    def later(self, **parts: float) -> None:
        """Move the calendar on and let everything settle."""
        self.at(self.now + timedelta(**parts))
        self.settle()

    def settle(self) -> None:
        """Handle, tick and deliver until nothing moves."""
        for _ in range(50):
            moved = 0
            while pipeline.handle_next(self.house, "stage"):
                moved += 1
            moved += terms_of_office.watch(self.house, self.now)
            moved += vacancy.watch(self.house, self.now) + due.tick(self.house, self.now)
            moved += invite.see_to(self.house, self.now)
            for lane in (wake.URGENT, wake.BULK):
                while self.courier.deliver(lane):
                    moved += 1
            moved += self._anything_left()
            if not moved:
                return
        raise AssertionError("it does not settle")

    def _anything_left(self) -> int:
        from mailer.outbound import outbox

        with self.house.store.read() as session:
            return int(bool(outbox.waiting_lanes(session, self.now, clock.lease_now())) and not self._held(session))

    def _held(self, session: Any) -> bool:
        return bool(session.execute(select(occasions.c.id).where(occasions.c.held_at.is_not(None))).first())

    def close(self) -> None:
        self._shut()
        clock.use("system")

    def _shut(self) -> None:
        self.courier.close()
        self.intake.close()
        self.house.close()
        for left in ("termpost.db-wal", "termpost.db-shm"):
            (self.settings.data_dir / left).unlink(missing_ok=True)

    # -- people --------------------------------------------------------------------------------------------------

    def network(self, slug: str = "mendip", **values: Any) -> int:
        """Make a network; it is the one that the rest of the stage means."""
        with self.house.store.write() as session:
            made = networks.add(
                session,
                slug=slug,
                domain=DOMAIN,
                name=values.pop("name", f"{slug.capitalize()} Technicians"),
                now=self.now,
                **values,
            )
        self.network_id, self.slug = getattr(made, "id", made), slug
        return self.network_id

    def member(
        self,
        address: str,
        name: str = "",
        *,
        roles: Sequence[str] = ("member",),
        purposes: Sequence[str] = ("meetings", "newsletter", "discussion"),
        organisation: str = "",
        shared: bool = False,
        language: str = "",
    ) -> int:
        """Somebody whose consent came with evidence. Returns the address id."""
        proof = Proof("imported-evidence", "import", "cli", fields={"evidence": "paper form"})
        with self.house.store.write() as session:
            person_id = None if shared else people.add(session, name=name, now=self.now, language=language)
            one = addresses.find_or_add(
                session, address, hasher=self.house.hasher, now=self.now, person_id=person_id, shared=shared
            )
            addresses.confirm(session, one.id, self.now)
            member_id = membership.add(
                session,
                network_id=self.network_id,
                address_id=one.id,
                person_id=person_id,
                organisation_id=organisations.find_or_add(session, self.network_id, organisation),
                now=self.now,
            )
            holding.give(session, member_id, roles, active=True, proof=proof, now=self.now)
            for purpose in purposes:
                standing.change(
                    session,
                    network_id=self.network_id,
                    address_id=one.id,
                    purpose=purpose,
                    to="active",
                    proof=proof,
                    now=self.now,
                )
        return one.id

    def organiser(self, address: str, name: str) -> int:
        return self.member(address, name, roles=("member", "organiser"))

    def meeting(self, starts: datetime, hours: float = 2, **values: Any) -> int:
        """A meeting made from the command line; its mails are planned. Returns its id."""
        actor = Actor(self.network_id, None, None, Strength.OPERATOR, "cli")
        with self.house.store.write() as session:
            receipt = meet.make(
                session, actor, starts_at=starts, ends_at=starts + timedelta(hours=hours), now=self.now, **values
            )
            plan.refresh(session, self.network_id, self.now)
        return int(receipt.fields["meeting"]["id"])

    # -- mail in -------------------------------------------------------------------------------------------------

    def mail(
        self, sender: str, to: str, subject: str = "", text: str = "", *, mail_from: str | None = None, **headers: str
    ) -> int:
        """Somebody writes. `headers` have _ for -. Returns the inbox id, with everything settled."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = self.now.strftime("%a, %d %b %Y %H:%M:%S +0000")
        message["Message-ID"] = f"<{self._next()}@school.example>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        bare = sender.rpartition("<")[2].rstrip(">")
        return self.raw(message.as_bytes(policy=email.policy.SMTP), to, bare if mail_from is None else mail_from)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def raw(self, content: bytes, to: str, mail_from: str = "") -> int:
        """Bytes come in at the door for one of our addresses."""
        address = to if "@" in to else f"{to}@{DOMAIN}"
        mailbox = self.settings.mailbox_of(self.slug)
        if mailbox and address.endswith(
            mailbox.rpartition("@")[2]
        ):  # the poller hands it over under the network's own name
            address = f"{self.slug}+{address.partition('@')[0].partition('+')[2]}@{DOMAIN}"
        ids = self.intake.store(Envelope(mail_from, (address,), content, "smtp", "127.0.0.1", self.now))
        if not self._crowd:
            self.settle()
        return ids[0]

    @contextmanager
    def crowd(self) -> Iterator[None]:
        """What is written inside comes in together, and is settled once at the end."""
        self._crowd = True
        yield
        self._crowd = False
        self.settle()

    def reply(self, got: Got, text: str, *, sender: str = "", quote: bool = True, **headers: str) -> int:
        """The one who got a mail answers it, from `sender` if not from their own address."""
        original = got.text
        wrote = f"On Mon, 23 Nov 2026 at 10:00, {got.message['From']} wrote:"
        quoted = f"\n\n{wrote}\n\n" + "\n".join(f"> {line}" for line in original.splitlines())
        message_id = str(got.message["Message-ID"])
        return self.mail(
            sender or got.to,
            got.reply_to,
            f"Re: {got.subject}",
            text + (quoted if quote else ""),
            In_Reply_To=message_id,
            References=message_id,
            **headers,
        )

    # -- what came of it -----------------------------------------------------------------------------------------

    def outcome(self, inbox_id: int) -> Any:
        """The inbox row."""
        with self.house.store.read() as session:
            return session.execute(select(inbox).where(inbox.c.id == inbox_id)).one()

    def mails(self, to: str | None = None) -> list[Got]:
        """What was sent, oldest first; of one person if `to` is given."""
        with self.house.store.read() as session:
            query = select(tray).order_by(tray.c.id)
            if to is not None:
                query = query.where(tray.c.rcpt == to)
            return [Got(r.id, r.outgoing_id, r.mail_from, r.rcpt, r.content) for r in session.execute(query)]

    def last(self, to: str) -> Got:
        """The newest mail that somebody got."""
        found = self.mails(to)
        assert found, f"{to} got nothing"
        return found[-1]

    def proof(self, to: str) -> Got:
        """The newest proof that an organiser got."""
        return next(mail for mail in reversed(self.mails(to)) if mail.subject.startswith("Proof"))

    def copies(self, **where: Any) -> list[Any]:
        """Outgoing rows."""
        with self.house.store.read() as session:
            query = select(outgoing).order_by(outgoing.c.id)
            for name, value in where.items():
                query = query.where(outgoing.c[name] == value)
            return list(session.execute(query))

    def occasion(self, kind: str) -> Any:
        """The newest occasion of a kind."""
        with self.house.store.read() as session:
            return session.execute(
                select(occasions).where(occasions.c.kind == kind).order_by(occasions.c.id.desc())
            ).first()


def staged(folder: Path, **settings: Any) -> Iterator[Stage]:
    """For fixtures: a stage with a network of two organisers and two members."""
    stage = Stage(folder, begin="people", **settings)

    def people() -> int:
        network_id = stage.network()
        stage.organiser("olive@hill.school.example", "Olive Organiser")
        stage.organiser("peter@mill.school.example", "Peter Mill")
        stage.member("jane@hill.school.example", "Jane Doe", organisation="Hill School")
        stage.member("dawn@mill.school.example", "Dawn Day", organisation="Mill Academy")
        return network_id

    stage.network_id, stage.slug = stage.begun(people), "mendip"
    yield stage
    stage.close()

"""What a mailbox's provider keeps of a letter (contract 1, one polled mailbox), against Dovecot where it is installed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import select
from typer.testing import CliRunner

from mailer import clock
from mailer.cli.app import assemble
from mailer.cli.checking import polled
from mailer.errors import Unavailable
from mailer.house import open_house
from mailer.inbound.receive import Intake
from mailer.message.tags import USES, looks_like_tag
from mailer.settings import Settings
from mailer.store import Store, add
from mailer.store.tables import mailbox_probes, networks
from tests.databases import lay_empty
from tests.servers import free_port
from tests.workers.conftest import NOW
from tests.workers.test_imap import (
    USER,
    Once,
    client_of,
    dovecot,
    folder,
    ids,
    look_once,
    mail,
    mailbox,
    names,
    settings_of,
)
from workers.imap import Poller
from workers.probe import Outcome, judge, make, run

__all__ = ["dovecot", "folder", "look_once", "mailbox"]

@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Of a house as `termpost run` leaves it: the secret beside the database, and a network."""
    lay_empty(tmp_path / "termpost.db")
    house = open_house(Settings(data_dir=tmp_path))
    with house.store.write() as session:
        add(session, networks, slug="mendip", domain="lists.example.org", name="Mendip", created_at=NOW)
    yield house.store
    house.close()


Change = Callable[[bytes, str], bytes | None]


def as_sent(content: bytes, rcpt: str) -> bytes:
    return content


def delivered_to(content: bytes, rcpt: str) -> bytes:
    """Postfix, Gmail: a field on top; and To is somebody's rewriting."""
    return b"Delivered-To: " + rcpt.encode() + b"\r\n" + content.replace(b"To: technet+x", b"To: technet@uni.example, y+x", 1)


def bare_to(content: bytes, rcpt: str) -> bytes:
    return content.replace(f"\r\nTo: {rcpt}".encode(), b"\r\nTo: technet@uni.example")


def own_reply_to(content: bytes, rcpt: str) -> bytes:
    return content.replace(b"Reply-To: technet+z", b"Reply-To: technet@uni.example, y+z")


def another_id(content: bytes, rcpt: str) -> bytes:
    return content.replace(b"Message-ID: <termpost", b"Message-ID: <1@relay.example>\r\nX-Original-ID: <termpost")


def returned(content: bytes, rcpt: str) -> bytes:
    return b"From: MAILER-DAEMON@uni.example\r\nTo: technet@uni.example\r\nSubject: Undeliverable\r\n\r\n" + content


def swallowed(content: bytes, rcpt: str) -> bytes | None:
    return None


# provider: what it does, TERMPOST_DELIVERY_HEADER, what comes of it, what `check` finds wrong
PROVIDERS: dict[str, tuple[Change, str | None, Outcome, list[str]]] = {
    "keeps everything": (as_sent, None, Outcome(True, False, "To", True, True), []),
    "Delivered-To, named": (delivered_to, "Delivered-To", Outcome(True, False, "Delivered-To", True, True), []),
    "Delivered-To, not named": (delivered_to, None, Outcome(True, False, "Delivered-To", True, True), ["Termpost reads To"]),
    "cuts the plus-form": (bare_to, None, Outcome(True, False, "", True, True), ["no field of what arrives shows them"]),
    "its own Reply-To": (own_reply_to, None, Outcome(True, False, "To", False, True), ["Reply-To arrives changed"]),
    "its own Message-ID": (another_id, None, Outcome(True, False, "To", True, False), ["Message-ID arrives changed"]),
    "sends it back": (returned, None, Outcome(False, True), ["the test letter was sent back", "did not come"]),
    "swallows it": (swallowed, None, Outcome(False), ["did not come"]),
}  # fmt: skip


class Provider:
    """A relay that delivers into the mailbox, as its provider would."""

    def __init__(self, imap: int, change: Change) -> None:
        self.imap, self.change, self.port = imap, change, free_port()
        self.sent: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        [rcpt] = envelope.rcpt_tos
        self.sent.append((envelope.mail_from, rcpt))
        content = self.change(envelope.content, rcpt)
        if content is not None:
            with client_of(self.imap) as client:
                client.append("INBOX", content)
        return "250 2.0.0 Ok"


@pytest.fixture
def provider(dovecot: int, mailbox: IMAPClient) -> Iterator[Callable[[Change], Provider]]:
    from aiosmtpd.controller import Controller

    running = []

    def start(change: Change) -> Provider:
        made = Provider(dovecot, change)
        running.append(Controller(made, hostname="127.0.0.1", port=made.port))
        running[-1].start()
        return made

    yield start
    for each in running:
        each.stop()


def probes(store: Store) -> list[Any]:
    with store.read() as session:
        return list(session.execute(select(mailbox_probes).order_by(mailbox_probes.c.id)))


@pytest.mark.dovecot
@pytest.mark.parametrize("name", PROVIDERS)
def test_what_a_provider_keeps(
    name: str, provider: Callable[[Change], Provider], mailbox: IMAPClient, dovecot: int, store: Store, tmp_path: Path,
    look_once: Once, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Each is told by `check --probe`, and by a plain `check` afterwards; the mailbox is as it was, and nothing became mail."""
    change, header, outcome, wrong = PROVIDERS[name]
    mailbox.append("INBOX", mail(1))
    look_once()
    at = provider(change)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(polled, "PATIENCE", 20.0 if outcome.came or outcome.returned else 2.0)
    (tmp_path / "password").write_text("secret")
    (tmp_path / "password").chmod(0o600)
    for key, value in {
        "DATA_DIR": str(tmp_path), "OPERATOR": "it@uni.example", "SMTP_LISTEN": "off",
        "MAILBOX_NETWORK": "mendip", "IMAP_URL": f"imap://technet%40uni.example@127.0.0.1:{dovecot}",
        "IMAP_PASSWORD_FILE": str(tmp_path / "password"), "RELAY_URL": f"smtp://127.0.0.1:{at.port}",
        "DELIVERY_HEADER": header or "",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"TERMPOST_{key}", value)
    def found(*words: str) -> list[str]:
        said = CliRunner().invoke(assemble(("check", "settings")), ["check", *words, "--json"])
        return [each["what"] for each in json.loads(said.stdout) if not each["ok"] and "organisers" not in each["what"]]

    [never] = found()
    assert "was never tested" in never
    told = found("--probe")
    assert len(told) == len(wrong), told
    assert all(part in what for part, what in zip(wrong, told, strict=True)), told
    assert found() == [what for what in told if "sent back" not in what]
    [(mail_from, rcpt)] = at.sent
    assert (mail_from, rcpt.partition("+")[0], len(rcpt.partition("@")[0])) == (USER, "technet", len("technet+") + 37)
    [row] = probes(store)
    assert (row.came_at is not None, row.plus_in, row.reply_to, row.own_id) == (
        outcome.came, outcome.plus_in, outcome.reply_to, outcome.own_id,
    )  # fmt: skip
    look_once(delivery_header=header)
    assert ids(store) == names(1)
    mailbox.noop()
    assert len(mailbox.search()) == (2 if outcome.returned else 1)  # what was sent back is the owner's


@pytest.mark.dovecot
def test_the_poller_never_takes_it_for_mail(
    provider: Callable[[Change], Provider], mailbox: IMAPClient, dovecot: int, store: Store, tmp_path: Path
) -> None:
    """It runs meanwhile and sees the letter first; what it took of other mail is taken all the same."""
    at = provider(as_sent)
    settings = settings_of(tmp_path, dovecot, relay_url=f"smtp://127.0.0.1:{at.port}")
    intake = Intake(store)
    poller = Poller(settings, store, intake)
    poller.start()
    told: list[float] = []
    for _ in range(2):
        assert run(settings, store, now=clock.lease_now(), patience=20, tell=told.append).came
    mailbox.append("INBOX", mail(2))
    patience = clock.monotonic() + 20
    while ids(store) != names(2):
        assert clock.monotonic() < patience
    poller.stop()
    poller.join(10)
    intake.close()
    assert told
    mailbox.noop()
    assert len(mailbox.search()) == 1


@pytest.mark.dovecot
def test_one_that_comes_late_is_taken_away_by_the_next(
    provider: Callable[[Change], Provider], mailbox: IMAPClient, dovecot: int, store: Store, tmp_path: Path, look_once: Once
) -> None:
    late: list[bytes] = []
    at = provider(lambda content, rcpt: late.append(content))  # type: ignore[func-returns-value]
    settings = settings_of(tmp_path, dovecot, relay_url=f"smtp://127.0.0.1:{at.port}")
    assert not run(settings, store, now=clock.lease_now(), patience=1, tell=lambda seconds: None).came
    mailbox.append("INBOX", late[0])
    look_once()
    assert ids(store) == []
    at.change = as_sent
    assert run(settings, store, now=clock.lease_now(), patience=20, tell=lambda seconds: None).came
    mailbox.noop()
    assert mailbox.search() == []


@pytest.mark.dovecot
def test_a_letter_that_only_looks_like_one_is_mail(mailbox: IMAPClient, store: Store, look_once: Once) -> None:
    """V1: only what we sent ourselves is passed over."""
    look_once()
    mailbox.append("INBOX", mail(1, make(USER).message_id.encode().join((b"References: ", b"\r\n"))))
    look_once()
    assert ids(store) == names(1)


@pytest.mark.dovecot
def test_a_relay_that_is_away_is_said(mailbox: IMAPClient, dovecot: int, store: Store, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, dovecot, relay_url="smtp://127.0.0.1:1")
    with pytest.raises(Unavailable, match="could not be sent"):
        run(settings, store, now=clock.lease_now(), patience=1, tell=lambda seconds: None)


def test_its_plus_forms_are_no_tags_of_ours() -> None:
    """They are as long as one, and nothing can take them for one."""
    probe = make(USER)
    for address in (probe.to, probe.reply_to):
        plus = address.partition("+")[2].partition("@")[0]
        assert len(plus) == 37
        assert plus[0] not in USES
        assert not looks_like_tag(plus)
    assert judge(probe, probe.letter(clock.lease_now()), None) == Outcome(True, False, "To", True, True)

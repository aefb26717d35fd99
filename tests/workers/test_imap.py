"""The polled mailbox (SMTP-21, contract 1), against Dovecot where it is installed."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError
from sqlalchemy import select

from mailer.errors import SettingsError
from mailer.inbound.receive import Envelope, Intake, StoreFault
from mailer.settings import Settings
from mailer.store import Store
from mailer.store import engine as store_engine
from mailer.store.tables import inbox, mailbox_cursors
from tests.servers import free_port, until, wait_for_port
from tests.workers.conftest import make_store
from workers import imap
from workers.imap import Poller
from workers.mailbox import Mailbox, connect, mailbox_of

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
USER = "technet@uni.example"
COMMITTEE = "mendip-committee@lists.example.org"
D = "@lists.example.org"


def settings_of(folder: Path, port: int = 143, **more: Any) -> Settings:
    chosen = {"imap_url": f"imap://{USER.replace('@', '%40')}:secret@127.0.0.1:{port}", "mailbox_network": "mendip"}
    return Settings(data_dir=folder, **(chosen | more))


URLS = [
    ("imaps://jane%40uni.example@imap.uni.example/Technicians", ("imaps", "imap.uni.example", 993, "jane@uni.example", "Technicians")),
    ("imap+starttls://jane@imap.uni.example:1143", ("imap+starttls", "imap.uni.example", 1143, "jane", "INBOX")),
    ("imap://jane@127.0.0.1", ("imap", "127.0.0.1", 143, "jane", "INBOX")),
]  # fmt: skip


@pytest.mark.parametrize(("url", "read"), URLS)
def test_mailbox_url(tmp_path: Path, url: str, read: tuple[object, ...]) -> None:
    box = mailbox_of(Settings(data_dir=tmp_path, imap_url=url, mailbox_network="mendip"))
    assert (box.security, box.host, box.port, box.user, box.folder) == read


@pytest.mark.parametrize("url", ["imap://jane@imap.uni.example", "imaps://imap.uni.example"])
def test_a_mailbox_that_will_not_do(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError):
        mailbox_of(Settings(data_dir=tmp_path, imap_url=url, mailbox_network="mendip"))


RECIPIENTS = [
    ("plain", b"To: technet@uni.example", "", [COMMITTEE]),
    ("a tag", b"To: technet+rabc@uni.example", "", ["mendip+rabc" + D]),
    ("a role", b"To: <TechNet+Agenda@Uni.example>, x@y.example", "", ["mendip+agenda" + D]),
    ("two doors", b"To: technet+agenda@uni.example\r\nCc: technet+news@uni.example", "", ["mendip+agenda" + D, "mendip+news" + D]),
    ("an alias of the network's own", b"To: mendip-news@lists.example.org", "", ["mendip-news" + D]),
    ("another plus-mailbox", b"To: other+agenda@uni.example", "", [COMMITTEE]),
    ("Bcc", b"To: friends@y.example", "", [COMMITTEE]),
    ("no To", b"Subject: x", "", [COMMITTEE]),
    ("the trusted field alone", b"Delivered-To: technet+news@uni.example\r\nTo: technet+agenda@uni.example", "Delivered-To", ["mendip+news" + D]),
    ("a forged one below", b"Delivered-To: technet@uni.example\r\nDelivered-To: technet+news@uni.example", "Delivered-To", [COMMITTEE]),
    ("the trusted field is missing", b"To: technet+agenda@uni.example", "Delivered-To", [COMMITTEE]),
]  # fmt: skip


@pytest.mark.parametrize(("header", "trusted", "doors"), [c[1:] for c in RECIPIENTS], ids=[c[0] for c in RECIPIENTS])
def test_recipients(tmp_path: Path, header: bytes, trusted: str, doors: list[str]) -> None:
    """SMTP-21: the one trusted field, else To, else the committee."""
    store = make_store(tmp_path / "t.db")
    poller = Poller(settings_of(tmp_path, delivery_header=trusted or None), store, Intake(store))
    assert list(poller.recipients(header + b"\r\n")) == doors
    store.close()


CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
default_internal_user = {user}
default_login_user = {user}
first_valid_uid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Dovecot's; not under tmp_path, whose parents are closed to other users."""
    made = Path(tempfile.mkdtemp(prefix="imap-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def dovecot(folder: Path) -> Iterator[int]:
    """A Dovecot of our own on a free port; any user, password `secret`."""
    if DOVECOT is None:
        pytest.skip("Dovecot is not installed")
    user = pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    (folder / "mail").mkdir()
    os.chown(folder / "mail", user.pw_uid, user.pw_gid)
    port = free_port()
    config = CONFIG.format(folder=folder, port=port, user=user.pw_name, group=user.pw_gid)
    (folder / "dovecot.conf").write_text(config)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        wait_for_port(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def client_of(port: int) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=SocketTimeout(5, 20)) as client:
        client.login(USER, "secret")
        yield client


@pytest.fixture
def mailbox(dovecot: int) -> Iterator[IMAPClient]:
    """An empty INBOX, as its owner sees it."""
    with client_of(dovecot) as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search())
        client.expunge()
        yield client


def mail(number: int, extra: bytes = b"") -> bytes:
    return b"From: jane@school.example\r\nMessage-ID: <%d@school.example>\r\n%s\r\nHello\r\n" % (number, extra)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = make_store(tmp_path / "t.db")
    yield store
    store.close()


Once = Callable[..., None]


@pytest.fixture
def look_once(tmp_path: Path, dovecot: int, store: Store) -> Iterator[Once]:
    """One look into the mailbox, as after a start."""
    intakes = []

    def look(**more: Any) -> None:
        intakes.append(Intake(more.pop("store", store)))
        poller = Poller(settings_of(tmp_path, dovecot, **more), intakes[-1]._committer._store, intakes[-1])
        with connect(poller._mailbox) as client:
            poller.take_new(client)

    yield look
    for intake in intakes:
        intake.close()


def ids(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.execute(select(inbox.c.message_id).order_by(inbox.c.id)).scalars())


def names(*numbers: int) -> list[str]:
    return [f"<{number}@school.example>" for number in numbers]


@pytest.mark.dovecot
def test_what_is_new_is_taken_once_and_marked_as_seen(mailbox: IMAPClient, store: Store, look_once: Once) -> None:
    mailbox.append("INBOX", mail(1), [b"\\Seen"])  # read by its owner before we came
    mailbox.append("INBOX", mail(2))
    mailbox.append("INBOX", mail(3, b"To: technet+agenda@uni.example\r\n"))
    look_once()
    assert ids(store) == names(2, 3)
    look_once()
    mailbox.append("INBOX", mail(4), [b"\\Seen"])  # read at the same moment in another program
    look_once()
    look_once()
    assert ids(store) == names(2, 3, 4)
    mailbox.noop()
    assert mailbox.search("UNSEEN") == []
    assert len(mailbox.search()) == 4
    with store.read() as session:
        row = session.execute(select(inbox).where(inbox.c.message_id == "<3@school.example>")).one()
    assert (row.rcpt, row.channel, row.mail_from) == ("mendip+agenda" + D, "imap", "jane@school.example")


@pytest.mark.dovecot
def test_the_cursor_waits_for_the_commit(
    mailbox: IMAPClient, store: Store, look_once: Once, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMTP-21, V1: a store that fails leaves the message where it is; a crash after the store takes it twice, stored once."""
    look_once()
    mailbox.append("INBOX", mail(1))
    monkeypatch.setattr(store_engine, "BUSY_MS", 100)
    impatient = Store(store.url)
    with store.write(), pytest.raises(StoreFault):
        look_once(store=impatient)
    impatient.close()
    assert ids(store) == []
    mailbox.noop()
    assert len(mailbox.search("UNSEEN")) == 1
    look_once()
    assert ids(store) == names(1)
    with store.write() as session:
        session.execute(mailbox_cursors.update().values(last_uid=mailbox_cursors.c.last_uid - 1))
    look_once()
    assert ids(store) == names(1)


@pytest.mark.dovecot
def test_a_folder_made_anew_starts_over(mailbox: IMAPClient, store: Store, look_once: Once) -> None:
    """Another UIDVALIDITY: the old cursor says nothing (RFC 3501 2.3.1.1)."""
    mailbox.append("INBOX", mail(1))
    look_once()
    with store.write() as session:
        session.execute(mailbox_cursors.update().values(uidvalidity=1, last_uid=4_000_000))
    mailbox.append("INBOX", mail(2))
    look_once()
    assert ids(store) == names(1, 2)


@pytest.mark.dovecot
def test_a_message_too_large_is_left_flagged_and_does_not_stop_the_rest(
    mailbox: IMAPClient, store: Store, look_once: Once
) -> None:
    mailbox.append("INBOX", mail(1) + b"x" * 70_000)
    mailbox.append("INBOX", mail(2) + b"x" * 66_000)  # one line of any length below the limit
    look_once(smtp_max_size="70000")
    assert ids(store) == names(2)
    mailbox.noop()
    assert len(mailbox.search("FLAGGED")) == 1


@pytest.mark.dovecot
def test_the_poller_hears_of_new_mail_and_outlives_a_lost_connection(
    mailbox: IMAPClient, store: Store, dovecot: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = Intake(store)
    poller = Poller(settings_of(tmp_path, dovecot), store, intake)
    lost: list[IMAPClient] = []

    def remember(box: Mailbox) -> IMAPClient:
        lost.append(connect(box))
        return lost[-1]

    monkeypatch.setattr(imap, "connect", remember)
    poller.start()
    mailbox.append("INBOX", mail(1))
    until(lambda: ids(store) == names(1))
    lost[0].socket().shutdown(socket.SHUT_RDWR)
    mailbox.append("INBOX", mail(2))
    until(lambda: ids(store) == names(1, 2))
    assert len(lost) == 2
    poller.stop()
    poller.join(10)
    assert not poller.is_alive()
    intake.close()


@pytest.fixture
def polled(store: Store, dovecot: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Poller]:
    """Not started; it does not wait long after a failure."""
    monkeypatch.setattr(imap, "RETRY", (0.05,))
    intake = Intake(store)
    poller = Poller(settings_of(tmp_path, dovecot), store, intake)
    yield poller
    poller.stop()
    if poller.is_alive():
        poller.join(10)
    intake.close()


def meanwhile(monkeypatch: pytest.MonkeyPatch, number: int, happens: Callable[[], object]) -> None:
    """Something that happens when the message of this number has just been stored."""
    real = Intake.store

    def stores(self: Intake, envelope: Envelope) -> Any:
        made = real(self, envelope)
        if f"<{number}@".encode() in envelope.content:
            happens()
        return made

    monkeypatch.setattr(Intake, "store", stores)


@pytest.mark.dovecot
def test_a_first_look_that_was_broken_off_loses_nothing_that_came_since(
    mailbox: IMAPClient, store: Store, look_once: Once, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SMTP-21, V1: what came after we did is new, though its owner has read it before we looked again."""
    mailbox.append("INBOX", mail(1), [b"\\Seen"])
    mailbox.append("INBOX", mail(2))
    mailbox.append("INBOX", mail(3), [b"\\Flagged"])  # its owner put a star on it, and has not read it

    def breaks() -> None:
        raise ConnectionError("the server was ended")

    with monkeypatch.context() as broken:
        meanwhile(broken, 2, breaks)
        with pytest.raises(ConnectionError):
            look_once()
    mailbox.append("INBOX", mail(4), [b"\\Seen"])
    look_once()
    assert ids(store) == names(2, 3, 4)
    mailbox.append("INBOX", mail(5))
    look_once()
    assert ids(store) == names(2, 3, 4, 5)


@pytest.mark.dovecot
def test_one_that_is_taken_away_meanwhile_does_not_stop_the_rest(
    mailbox: IMAPClient, store: Store, look_once: Once, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        mailbox.append("INBOX", mail(number))

    def takes_away() -> None:
        mailbox.select_folder("INBOX")
        mailbox.delete_messages([mailbox.search()[1]])
        mailbox.expunge()

    meanwhile(monkeypatch, 1, takes_away)
    look_once()
    assert ids(store) == names(1, 3)


@pytest.mark.dovecot
def test_what_comes_while_other_mail_is_taken_is_taken_with_it(
    mailbox: IMAPClient, store: Store, polled: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says so beside another answer, and does not say it again to IDLE: HOLD must not lie there."""
    for number in (1, 2):
        mailbox.append("INBOX", mail(number))
    meanwhile(monkeypatch, 1, lambda: mailbox.append("INBOX", mail(3)))
    monkeypatch.setattr(imap, "POLL", 600.0)
    polled.start()
    until(lambda: ids(store) == names(1, 2, 3))


@pytest.mark.dovecot
def test_what_comes_just_before_idle_waits_for_the_next_look_at_most(
    mailbox: IMAPClient, store: Store, polled: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, came = IMAPClient.idle, []

    def idles(self: IMAPClient) -> Any:
        if not came:
            came.append(mailbox.append("INBOX", mail(1)))
        return real(self)

    monkeypatch.setattr(IMAPClient, "idle", idles)
    monkeypatch.setattr(imap, "POLL", 1.0)
    polled.start()
    until(lambda: ids(store) == names(1))


@pytest.mark.dovecot
def test_one_that_the_server_cannot_give_stops_nothing_behind_it(
    mailbox: IMAPClient, folder: Path, store: Store, polled: Poller, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Its file may not be read: the server says NO to this one, and hangs up."""
    for number in (1, 2, 3):
        mailbox.append("INBOX", mail(number))
    [lost] = [path for path in folder.glob("mail/**/*") if path.is_file() and b"<1@" in path.read_bytes()]
    os.chown(lost, os.geteuid(), os.getegid())
    lost.chmod(0)
    polled.start()
    until(lambda: ids(store) == names(2, 3))
    mailbox.noop()
    [uid] = mailbox.search("FLAGGED")
    log = (capsys.readouterr().out + caplog.text).splitlines()  # the one before the first house was opened, the other after it
    told = [line for line in log if "cannot give a message" in line]
    assert told
    assert all(re.search(rf"\buid\W+{uid}\b", line) for line in told)


@pytest.mark.dovecot
def test_nothing_is_left_behind_where_the_server_gives_none_for_a_while(
    mailbox: IMAPClient, store: Store, polled: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As providers do where too much was asked for in a day."""
    for number in (1, 2, 3):
        mailbox.append("INBOX", mail(number))
    refused: list[object] = []

    def refuses(_self: IMAPClient, *asked: object) -> None:
        refused.append(asked)
        raise IMAPClientError("fetch failed: [OVERQUOTA] Account exceeded bandwidth limits")

    with monkeypatch.context() as ill:
        ill.setattr(IMAPClient, "fetch", refuses)
        polled.start()
        until(lambda: len(refused) > 4 * imap.MOST_TRIES)
    until(lambda: ids(store) == names(1, 2, 3))
    assert mailbox.search("FLAGGED") == []

"""Messages through the doors: octets, limits, faults, and what ends data (SMTP-3 to SMTP-8, SMTP-10, SMTP-11, SMTP-13; V1)."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import log
from mailer.settings import Listen
from mailer.store import Store
from mailer.store import engine as store_engine
from tests.servers import until
from tests.workers.conftest import MAIL, MENDIP, House, Raw, make_store
from workers.smtpd.wire import LineTooLong, NoRoom, Room, TooBig, Wire

Build = Callable[..., House]
NEWS = "mendip-news@lists.example.org"
HEAD = b"Subject: x\r\n\r\n"


def deliver(client: Raw, content: bytes, *rcpts: str) -> str:
    """Through an open session; the first reply after the dot."""
    client.envelope(*rcpts)
    client.send(content + b".\r\n")
    return client.reply()


OCTETS = [
    ("plain", MAIL, MAIL),
    ("empty", b"", b""),
    ("dots", HEAD + b"..\r\n...\r\n..x\r\n.. \r\n", HEAD + b".\r\n..\r\n.x\r\n. \r\n"),
    ("a dot that nobody stuffed", HEAD + b".x\r\n", HEAD + b"x\r\n"),
    ("a dot first of all", b"..\r\n" + HEAD, b".\r\n" + HEAD),
    ("8-bit", HEAD + bytes(range(0x80, 0x100)) + b"\r\n", HEAD + bytes(range(0x80, 0x100)) + b"\r\n"),
    ("NUL and controls", HEAD + bytes(range(10)) + b"\r\n", HEAD + bytes(range(10)) + b"\r\n"),
    ("bare LF and CR", HEAD + b"a\nb\rc\r\r\nd\n\r\n", HEAD + b"a\nb\rc\r\r\nd\n\r\n"),
    ("a line of 64 KiB", HEAD + b"x" * 65536 + b"\r\n", HEAD + b"x" * 65536 + b"\r\n"),
    ("a line of 998", HEAD + b"x" * 998 + b"\r\n", HEAD + b"x" * 998 + b"\r\n"),
]


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
@pytest.mark.parametrize(("sent", "stored"), [c[1:] for c in OCTETS], ids=[c[0] for c in OCTETS])
def test_octets_arrive_as_they_are(house: Build, protocol: str, sent: bytes, stored: bytes) -> None:
    """SMTP-8, SMTP-11, ruling 10."""
    opened = house()
    client = opened.dial(protocol)
    client.hello("EHLO" if protocol == "smtp" else "LHLO")
    assert deliver(client, sent).startswith("250 2.0.0")
    assert opened.contents() == [stored]
    row = opened.rows()[0]
    assert (row.channel, row.helo) == (protocol, "client.example")


SMUGGLED = f"MAIL FROM:<evil@x.example>\r\nRCPT TO:<{NEWS}>\r\nDATA\r\nSubject: smuggled\r\n\r\n\r\n.\r\n".encode()
FORMS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r\r\n.\r\r\n",
    b"\r\n.\0\r\n",
    b"\r\n\0.\r\n",
    b"\n\n.\n\n",
    b"\r\n.\n\n",
]


@pytest.mark.parametrize("form", FORMS, ids=[repr(form)[2:-1] for form in FORMS])
@pytest.mark.parametrize("bare", ["keep", "reject"])
def test_smuggling(house: Build, form: bytes, bare: str) -> None:
    """SMTP-7: one message or one 5xx, never two; only CRLF.CRLF ends data."""
    opened = house(smtp_bare_newline=bare)
    client = opened.dial()
    client.hello()
    client.envelope()
    client.send(HEAD + b"first" + form + SMUGGLED + b"QUIT\r\n")
    replies = [reply[:9] for reply in client.rest()]
    assert len(replies) == 2, replies
    assert replies[1] == "221 2.0.0"
    keeps = bare == "keep" or b"\0" in form
    assert replies[0] == ("250 2.0.0" if keeps else "550 5.6.0")
    assert len(opened.rows()) == (1 if keeps else 0)
    assert all(b"smuggled" in content for content in opened.contents())


def test_end_of_data_in_single_octets(house: Build) -> None:
    opened = house()
    client = opened.dial()
    client.hello()
    client.envelope()
    for octet in MAIL + b".\r\n":
        client.send(bytes([octet]))
    assert client.reply().startswith("250")
    assert opened.contents() == [MAIL]


SIZES = [
    ("at the limit", 0, "", "250 2.0.0"),
    ("over by one", 1, "", "552 5.3.4"),
    ("far over, with a lying SIZE=", 900_000, " SIZE=100", "552 5.3.4"),
]


@pytest.mark.parametrize(("over", "claim", "reply"), [c[1:] for c in SIZES], ids=[c[0] for c in SIZES])
def test_size_limit(house: Build, over: int, claim: str, reply: str) -> None:
    """SMTP-10: real octets count, and the session lives."""
    opened = house(smtp_max_size=70_000)
    client = opened.dial()
    client.hello()
    line = b"..23456789abcdef\r\n"  # 17 octets when the dot is unstuffed
    body, rest = divmod(70_000 + over - len(HEAD), 17)
    content = HEAD + b"x" * rest + line[1:] + line * (body - 1) if rest else HEAD + line * body
    assert client.say("MAIL FROM:<>" + claim).startswith("250")
    client.say(f"RCPT TO:<{MENDIP}>")
    client.say("DATA")
    client.send(content + b".\r\n")
    assert client.reply().startswith(reply)
    assert deliver(client, MAIL).startswith("250")


def test_a_line_too_long(house: Build) -> None:
    """Ruling 10, SMTP-13: 552, the session lives."""
    opened = house()
    client = opened.dial("lmtp")
    client.hello("LHLO")
    client.envelope(MENDIP, NEWS)
    client.send(HEAD + b"x" * 65538 + b"\r\nMAIL FROM:<>\r\n.\r\n")
    assert [client.reply()[:9] for _ in range(2)] == ["552 5.6.0"] * 2
    assert opened.rows() == []
    assert deliver(client, MAIL).startswith("250")


def test_lmtp_answers_each_accepted_recipient(house: Build) -> None:
    """SMTP-3: in RCPT order, also for repeated ones; DATA without one is 503."""
    opened = house()
    client = opened.dial("lmtp")
    client.hello("LHLO")
    client.say("MAIL FROM:<>")
    assert client.say("RCPT TO:<quantock@lists.example.org>").startswith("550")
    assert client.say("DATA").startswith("503")
    client.say("RSET")
    assert deliver(client, MAIL, MENDIP, NEWS, MENDIP).startswith("250")
    assert [client.reply()[:3] for _ in range(2)] == ["250", "250"]
    assert client.say("NOOP").startswith("250 2.0.0")
    assert [row.rcpt for row in opened.rows()] == [MENDIP, NEWS]


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_the_same_delivery_again_is_250_and_no_row(house: Build, protocol: str) -> None:
    """SMTP-6."""
    opened = house()
    for _ in range(2):
        client = opened.dial(protocol)
        client.hello("EHLO" if protocol == "smtp" else "LHLO")
        assert deliver(client, MAIL).startswith("250")
    assert len(opened.rows()) == 1


def test_a_connection_lost_before_the_dot_leaves_nothing(house: Build) -> None:
    opened = house()
    client = opened.dial()
    client.hello()
    client.envelope()
    client.send(MAIL)
    client.close()
    other = opened.dial()
    other.hello()
    assert deliver(other, HEAD).startswith("250")
    assert opened.contents() == [HEAD]


def test_a_client_that_shuts_its_side_still_hears_the_answer(house: Build) -> None:
    opened = house()
    client = opened.dial()
    commands = f"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{MENDIP}>\r\nDATA\r\n".encode()
    client.send(commands + MAIL + b".\r\n")
    client.socket.shutdown(1)
    assert [reply[:3] for reply in client.rest()] == ["220", "250", "250", "250", "354", "250"]
    assert len(opened.rows()) == 1


def test_full_disk(house: Build) -> None:
    """SMTP-4: 452 4.3.1, nothing half-written, and mail is taken again when there is room."""
    opened = house()
    with opened.store.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
    client = opened.dial("lmtp")
    client.hello("LHLO")
    large = HEAD + (b"x" * 70 + b"\r\n") * 10_000
    client.envelope(MENDIP, NEWS)
    client.send(large + b".\r\n")
    assert [client.reply()[:9] for _ in range(2)] == ["452 4.3.1"] * 2
    assert opened.rows() == []
    with opened.store.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert deliver(client, large).startswith("250")


def test_locked_database(house: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTP-4: 451 4.3.0, never a 5xx."""
    monkeypatch.setattr(store_engine, "BUSY_MS", 100)
    make_store(tmp_path / "t.db").close()
    opened = house(store=Store(f"sqlite:///{tmp_path}/t.db"))
    other = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    client = opened.dial()
    client.hello()
    assert deliver(client, MAIL).startswith("451 4.3.0")
    other.execute("ROLLBACK")
    other.close()
    assert deliver(client, MAIL).startswith("250")
    assert len(opened.rows()) == 1


def test_a_fault_of_ours_is_451_and_says_nothing_of_it(house: Build, tmp_path: Path) -> None:
    """SMTP-4: no tables at all, at RCPT and after the dot."""
    opened = house()
    client = opened.dial()
    client.hello()
    client.envelope()
    other = sqlite3.connect(tmp_path / "t.db")
    other.executescript("PRAGMA foreign_keys=OFF; DROP TABLE inbox; DROP TABLE networks;")
    other.close()
    client.send(MAIL + b".\r\n")
    assert client.reply() == "451 4.3.0 The message could not be stored now, try again later"
    opened.intake.knows._read_at -= 2
    client.say("MAIL FROM:<>")
    assert client.say(f"RCPT TO:<{MENDIP}>").startswith("451 4.3.0")
    assert client.say("NOOP").startswith("250")


@pytest.mark.parametrize("first", [True, False], ids=["the first was taken", "it is away for all"])
def test_no_recipient_bounces_while_the_database_is_away(house: Build, tmp_path: Path, first: bool, caplog: pytest.LogCaptureFixture) -> None:
    """SMTP-4: a fault at one RCPT is 451 for each of the group; nothing that was said before is forgotten, which would be a 503. A
    mail server with a long queue comes back again and again: the log has one traceback for all of it."""
    log.setup("error")  # as IT sees it
    opened = house()
    client = opened.dial()
    client.hello()
    assert client.say("MAIL FROM:<jane@school.example>").startswith("250")
    if first:
        assert client.say(f"RCPT TO:<{MENDIP}>").startswith("250")
    with sqlite3.connect(tmp_path / "t.db") as other:
        other.execute("ALTER TABLE networks RENAME TO away")
    opened.intake.knows._read_at -= 2
    client.send(f"RCPT TO:<{NEWS}>\r\nRCPT TO:<mendip-help@lists.example.org>\r\n".encode())
    assert [client.reply()[:9] for _ in range(2)] == ["451 4.3.0"] * 2
    assert len([record for record in caplog.records if "a mail command failed" in record.getMessage()]) == 1
    with sqlite3.connect(tmp_path / "t.db") as other:
        other.execute("ALTER TABLE away RENAME TO networks")
    if not first:
        assert client.say(f"RCPT TO:<{MENDIP}>").startswith("250")
    assert client.say("DATA").startswith("354")
    assert client.say(MAIL + b".").startswith("250")
    assert [row.rcpt for row in opened.rows()] == [MENDIP]


CHILD = """
import asyncio, sys
from pathlib import Path
from mailer.inbound.receive import Intake
from mailer.settings import Settings
from mailer.store import Store
from workers.smtpd import serve

async def main():
    folder = Path(sys.argv[1])
    intake = Intake(Store(f"sqlite:///{folder}/t.db"))
    doors = await serve(Settings(data_dir=folder, smtp_listen="127.0.0.1:0", lmtp_listen="127.0.0.1:0"), intake)
    (folder / "port.new").write_text(str(doors.smtp.port))
    (folder / "port.new").rename(folder / "port")
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("answers_heard", [0, 1, 40])
def test_kill_9(house: Build, tmp_path: Path, answers_heard: int) -> None:
    """V1, SMTP-4: what was answered 250 is there once after a kill -9; what was not is sent again and is there once."""
    make_store(tmp_path / "t.db").close()
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)])

    def listens() -> bool:
        assert child.poll() is None
        return (tmp_path / "port").exists()

    until(listens)
    client = Raw(Listen("127.0.0.1", int((tmp_path / "port").read_text())))
    client.hello()
    mails = [b"Message-ID: <%d@school.example>\r\n" % n + HEAD for n in range(60)]
    for n, mail in enumerate(mails):
        client.envelope()
        client.send(mail + b".\r\n")
        if n >= answers_heard:
            os.kill(child.pid, signal.SIGKILL)  # it may have stored this one, and we shall never know
            break
        assert client.reply().startswith("250")
    child.wait()
    client.close()
    opened = house(store=Store(f"sqlite:///{tmp_path}/t.db"))
    stored = opened.contents()
    assert stored[:answers_heard] == mails[:answers_heard]
    assert len(stored) <= answers_heard + 1
    again = opened.dial()
    again.hello()
    for mail in mails:
        assert deliver(again, mail).startswith("250")
    assert opened.contents() == mails


def test_closing_lets_a_message_behind_the_dot_finish(house: Build, loop: asyncio.AbstractEventLoop) -> None:
    opened = house()
    idle, busy = opened.dial(), opened.dial()
    idle.hello()
    busy.hello()
    busy.envelope()
    with opened.store.write():
        busy.send(MAIL + b".\r\nNOOP\r\n")
        closing = asyncio.run_coroutine_threadsafe(opened.doors.close(), loop)
        assert idle.reply().startswith("421 4.3.2")
    assert busy.reply().startswith("250 2.0.0")
    closing.result(20)
    assert len(opened.rows()) == 1


async def _read(pieces: list[bytes], most: int, room: Room) -> tuple[bytes, bytes]:
    reader = asyncio.StreamReader()
    waiting = iter(pieces)

    async def feed() -> None:
        piece = next(waiting, None)
        reader.feed_data(piece) if piece is not None else reader.feed_eof()

    wire = Wire(reader, feed, room)
    async with wire.message(most) as content:
        assert room.left <= 1_000_000 - len(content)
    assert await wire.line() == b"QUIT"
    return content, b""


text_lines = st.lists(st.text("ab.\r\n\0", max_size=12).map(str.encode), max_size=12)


@settings(max_examples=300)
@given(text_lines, st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_every_message_comes_out_as_it_went_in(lines: list[bytes], cuts: list[int]) -> None:
    """However the network cuts it: stuff, send, read, compare."""
    content = b"".join(line + b"\r\n" for line in lines)
    stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
    wire = stuffed + b".\r\nQUIT\r\n"
    pieces = []
    for cut in cuts:
        pieces.append(wire[:cut])
        wire = wire[cut:]
    room = Room(1_000_000)
    read, _ = asyncio.run(_read([piece for piece in [*pieces, wire] if piece], len(content), room))
    assert read == content
    assert room.left == 1_000_000


@pytest.mark.parametrize(
    ("most", "room", "trouble"), [(65536, 10**6, TooBig), (10**6, 1000, NoRoom), (10**6, 10**6, LineTooLong)]
)
def test_what_is_too_much_is_read_to_its_end_and_given_back(most: int, room: int, trouble: type[Exception]) -> None:
    left = Room(room)
    end = b"" if trouble is LineTooLong else b"\r\n"
    pieces = [b"x" * 50_000 + end, b"x" * 40_000 + b"\r\n.", b"\r\nQUIT\r\n"]
    with pytest.raises(trouble):
        asyncio.run(_read(pieces, most, left))
    assert left.left == room

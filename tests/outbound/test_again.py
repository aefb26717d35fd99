"""`termpost outbox show`: a recipient's whole history, and the very bytes that went."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import event, func, select, update
from typer.testing import CliRunner, Result

from mailer.cli.app import assemble
from mailer.errors import NotFound, Refused
from mailer.house import open_house
from mailer.outbound import outbox
from mailer.outbound.again import made_again
from mailer.outbound.deliver import Courier
from mailer.people import networks as the_networks
from mailer.store.tables import letterheads, letters, networks, outgoing
from tests.databases import new_on_postgres
from tests.live.running import TERMPOST
from tests.live.sink import Sink
from tests.stage import Stage

JANE = "jane@hill.school.example"


SIGNED = ["signed", pytest.param("signed, on PostgreSQL", marks=pytest.mark.postgres)]


@pytest.fixture(params=["unsigned", *SIGNED])
def stage(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    key, second = new_key(tmp_path / "dkim.pem"), new_key(tmp_path / "ed.pem", Ed25519PrivateKey.generate())
    signing = {"dkim_key_file": key, "dkim_ed25519_key_file": second} if request.param != "unsigned" else {}
    hosted = {"database_url": new_on_postgres(request.getfixturevalue("postgres"))} if "PostgreSQL" in request.param else {}
    (tmp_path / "var").mkdir()
    stage = Stage(tmp_path / "var", relay_url=sink.url, **signing, **hosted)
    stage.network()
    stage.member(JANE, "Jane Doe")
    yield stage
    stage.close()


def new_key(file: Path, key: RSAPrivateKey | Ed25519PrivateKey | None = None) -> Path:
    made = key or generate_private_key(65537, 2048)
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


def environment(stage: Stage, sink: Sink) -> dict[str, str]:
    settings = stage.settings
    env = {"TERMPOST_DATA_DIR": str(settings.data_dir), "TERMPOST_RELAY_URL": sink.url, "TERMPOST_LOG_LEVEL": "warning"}
    for name in ("dkim_key_file", "dkim_ed25519_key_file"):
        if getattr(settings, name) is not None:
            env[f"TERMPOST_{name.upper()}"] = str(getattr(settings, name))
    if not settings.is_sqlite:
        env["TERMPOST_DATABASE_URL"] = settings.database_url
    return env


def show(stage: Stage, sink: Sink, copy: int, *options: str) -> Result:
    return CliRunner(env=environment(stage, sink)).invoke(assemble(["outbox"]), ["outbox", "show", str(copy), *options])


def octets(stage: Stage, sink: Sink, copy: int) -> bytes:
    """What the program itself writes, past every Python that might end lines in its own way."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")}
    words = [TERMPOST, "outbox", "show", str(copy), "--eml"]
    return subprocess.run(words, env=env | environment(stage, sink), capture_output=True, timeout=60).stdout


def test_every_try_is_told_and_the_bytes_are_those_that_the_relay_got(stage: Stage, sink: Sink) -> None:
    sink.says = {"DOT": "451 4.3.0 Later"}
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    sink.says = {}
    stage.later(minutes=15)
    (copy,), (got,) = stage.copies(), sink.got
    assert made_again(stage.house, copy.id) == got.content
    assert octets(stage, sink, copy.id) == got.content
    said = json.loads(show(stage, sink, copy.id, "--json").stdout)
    assert [(one["state"], one["code"], one["reason"]) for one in said["history"]] == [
        ("deferred", 451, "relay-trouble"),
        ("accepted", 250, "accepted"),
    ]
    assert (said["sha256"], said["relay"]) == (got.sha256, sink.url)


def test_what_cannot_be_made_again_is_said_and_nothing_else_is_shown_for_it(stage: Stage, sink: Sink) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    (copy,) = stage.copies()
    with pytest.raises(NotFound):
        made_again(stage.house, copy.id + 1)

    def told(table: object, **values: object) -> str:
        with stage.house.store.write() as session:
            session.execute(update(table).values(**values))  # type: ignore[arg-type]
        with pytest.raises(Refused) as refused:
            made_again(stage.house, copy.id)
        return refused.value.slug

    assert told(outgoing, sha256="0" * 64) == "changed-since"
    done = show(stage, sink, copy.id, "--eml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "cannot be made again" in done.stderr
    assert told(outgoing, to_address=None) == "not-kept"
    assert told(outgoing, sha256="") == "not-begun"


def renamed(stage: Stage) -> dict[str, Any]:
    with stage.house.store.write() as session:
        changes = {"name": "Mendip and Quantock Technicians", "domain": "mail.example.net"}
        the_networks.change(session, stage.network_id, changes, stage.now)
    return {}


def another_slug(stage: Stage) -> dict[str, Any]:
    with stage.house.store.write() as session:
        session.execute(update(networks).values(slug="quantock"))
    return {}


def another_web_door(stage: Stage) -> dict[str, Any]:
    return {"public_url": "https://net.example.org"}


def a_polled_mailbox(stage: Stage) -> dict[str, Any]:
    return {"imap_url": "imaps://technicians@imap.example.org", "mailbox_network": "mendip"}


def another_key_beside(stage: Stage) -> dict[str, Any]:
    return {"dkim_key_file": new_key(stage.settings.data_dir.parent / "dkim-2027.pem"), "dkim_selector": "s2027"}


def another_key_in_its_place(stage: Stage) -> dict[str, Any]:
    folder = stage.settings.data_dir.parent
    (folder / "dkim.pem").rename(folder / "before-2027.pem")
    return {"dkim_key_file": new_key(folder / "dkim.pem")}


def no_second_key(stage: Stage) -> dict[str, Any]:
    return {"dkim_key_file": stage.settings.data_dir.parent / "dkim.pem", "dkim_ed25519_key_file": None}


def everything(stage: Stage) -> dict[str, Any]:
    said = (renamed, another_slug, another_web_door, a_polled_mailbox, another_key_beside)
    return {name: value for change in said for name, value in change(stage).items()}


def restarted(stage: Stage, **settings: Any) -> None:
    stage.house.close()
    stage.courier.close()
    stage.settings = stage.settings.model_copy(update=settings)
    stage._open()


@pytest.mark.parametrize(
    "change",
    [
        renamed, another_slug, another_web_door, a_polled_mailbox, another_key_beside, another_key_in_its_place, no_second_key,
        everything,
    ],
)  # fmt: skip
def test_what_went_is_made_again_whatever_has_changed_since(stage: Stage, sink: Sink, change: Callable[[Stage], dict[str, Any]]) -> None:
    """Design 3: and what goes after the change goes under it, and can be made again too."""
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    restarted(stage, **change(stage))
    with stage.house.store.read() as session:
        network = session.execute(select(networks)).one()
    stage.mail(JANE, f"{network.slug}-help@{network.domain}", "help", "What may I write, please?")
    copies = stage.copies(state="accepted")
    assert len(copies) == len(sink.got) == 2
    assert [made_again(stage.house, copy.id) for copy in copies] == [got.content for got in sink.got]
    assert copies[0].letterhead_id != copies[1].letterhead_id
    listed = json.loads(CliRunner(env=environment(stage, sink)).invoke(assemble(["outbox"]), ["outbox", "list", "--json"]).stdout)
    assert [f"<{one['message_id']}>" for one in listed] == [got.message_id for got in sink.got]


def test_a_copy_that_is_tried_again_is_made_again_as_it_went_at_last(stage: Stage, sink: Sink) -> None:
    """It keeps its Date and time of signing, but the network has another name meanwhile."""
    sink.says = {"DOT": "451 4.3.0 Later"}
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    sink.says = {}
    renamed(stage)
    stage.later(minutes=15)
    assert made_again(stage.house, stage.copies()[0].id) == sink.got[0].content
    assert "mail.example.net" in sink.got[0].message_id


def may_have_gone(stage: Stage, sink: Sink) -> int:
    """A copy that the relay has kept and not answered for."""
    sink.drops = True
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    sink.drops = False
    (copy,) = stage.copies(state="uncertain")
    return int(copy.id)


def resent(stage: Stage, copy: int) -> None:
    """Once more, by hand."""
    with stage.house.store.write() as session:
        assert outbox.resolve(session, copy, "resend", stage.now)
    stage.settle()


@pytest.mark.parametrize("change", [renamed, another_slug, another_web_door, another_key_beside, another_key_in_its_place, everything])
def test_out_3_what_may_have_gone_goes_again_with_the_same_bytes(stage: Stage, sink: Sink, change: Callable[[Stage], dict[str, Any]]) -> None:
    """V6, FMT-3: so whoever has both copies can tell that they are one. Refused before its content, it is made again all the same."""
    copy = may_have_gone(stage, sink)
    restarted(stage, **change(stage))
    sink.says = {"RCPT": "451 4.3.0 Later"}
    resent(stage, copy)
    (kept,) = sink.got
    assert made_again(stage.house, copy) == kept.content
    sink.says = {}
    stage.later(hours=1)
    assert [got.content for got in sink.got] == [kept.content] * 2
    assert made_again(stage.house, copy) == kept.content
    listed = json.loads(show(stage, sink, copy, "--json").stdout)
    assert (listed["state"], f"<{listed['message_id']}>") == ("accepted", kept.message_id)


@pytest.mark.parametrize("stage", SIGNED, indirect=True)
def test_out_3_without_the_key_of_then_its_message_id_is_the_same(stage: Stage, sink: Sink) -> None:
    """AUTH-6: whoever signs today signs for the domain that stands in From."""
    copy = may_have_gone(stage, sink)
    restarted(stage, **everything(stage))
    (stage.settings.data_dir.parent / "dkim.pem").unlink()
    resent(stage, copy)
    before, after = sink.got
    assert after.message_id == before.message_id
    assert (after.mail_from, after.head["From"], after.head["Reply-To"]) == (before.mail_from, before.head["From"], before.head["Reply-To"])
    assert after.content.partition(b"\r\nFrom:")[2] == before.content.partition(b"\r\nFrom:")[2]
    assert "d=lists.example.org; s=s2027;" in after.head["DKIM-Signature"]
    assert made_again(stage.house, copy) == after.content


def test_dp_10_what_may_have_gone_goes_again_under_the_name_that_it_had(stage: Stage, sink: Sink) -> None:
    """OUT-3; and what was put off, and cannot have gone, under the name of now."""
    sink.says = {"DOT": "451 4.3.0 Later"}
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    sink.says = {}
    copy = may_have_gone(stage, sink)
    with stage.house.store.write() as session:
        assert outbox.resolve(session, copy, "resend", stage.now)
        outbox.rename(session, [row.address_id for row in stage.copies()], "Janet Smith", "Jane", "Janet")
    put_off = next(row.id for row in stage.copies() if row.id != copy)
    with pytest.raises(Refused) as refused:
        made_again(stage.house, put_off)
    assert "the name or address of its reader has changed" in refused.value.hint
    assert made_again(stage.house, copy) == sink.got[0].content
    stage.later(hours=1)
    before, *after = sink.got
    assert sorted(got.head["To"] for got in after) == [f"Jane Doe <{JANE}>", f"Janet Smith <{JANE}>"]
    assert before.content in [got.content for got in after]
    assert {made_again(stage.house, row.id) for row in stage.copies()} == {got.content for got in after}


def test_a_letterhead_is_written_down_once_for_all_that_goes_under_it(stage: Stage, sink: Sink) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    said: list[str] = []

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    @event.listens_for(stage.house.store.reader, "before_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        said.append(statement)

    stage.mail(JANE, "mendip-help@lists.example.org", "help", "What may I write, please?")
    assert not [statement for statement in said if "letterheads" in statement]
    other = Courier(stage.house, "another process")
    stage.courier, mine = other, stage.courier
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "And who reads it?")
    mine.close()
    with stage.house.store.read() as session:
        assert session.execute(select(func.count()).select_from(letterheads)).scalar() == 1
    assert len({copy.letterhead_id for copy in stage.copies()}) == 1
    assert len(sink.got) == 3


def test_a_copy_older_than_letterheads_is_made_again_while_nothing_has_changed(stage: Stage, sink: Sink) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    (copy,) = stage.copies()
    old = {"letterhead_id": None, "selector": "termpost" if stage.settings.dkim_key_file else ""}
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(**old))
    assert made_again(stage.house, copy.id) == sink.got[0].content
    renamed(stage)
    with pytest.raises(Refused, match="cannot be made again byte for byte") as refused:
        made_again(stage.house, copy.id)
    assert "before letterheads were kept" in refused.value.hint


@pytest.mark.parametrize("stage", SIGNED, indirect=True)
def test_a_key_that_is_not_at_hand_is_named(stage: Stage, sink: Sink) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    (copy,), (got,) = stage.copies(), sink.got
    folder = stage.settings.data_dir.parent
    (folder / "elsewhere").mkdir()
    old = (folder / "dkim.pem").rename(folder / "elsewhere" / "dkim.pem")
    new_key(folder / "dkim.pem")

    def told(**settings: Any) -> tuple[str, str]:
        house = open_house(stage.settings.model_copy(update=settings))
        try:
            with pytest.raises(Refused) as refused:
                made_again(house, copy.id)
        finally:
            house.close()
        assert refused.value.slug == "changed-since"
        return refused.value.message, refused.value.hint

    first = "as the key of termpost._domainkey.lists.example.org that signed it is not at hand"
    lay = "Lay its file beside that of TERMPOST_DKIM_KEY_FILE, with a name that ends in .pem."
    assert told() == (f"Copy {copy.id} cannot be made again byte for byte, {first}.", lay)
    assert first in told(dkim_key_file=None, dkim_ed25519_key_file=None)[0]
    beside = old.rename(folder / "dkim-2026.pem")
    beside.chmod(0o644)
    assert told()[1] == f"{lay} Passed over: the signing key {beside} is open to others (mode 0644); run chmod 600 {beside}."
    beside.chmod(0o600)
    second = (folder / "ed.pem").rename(folder / "elsewhere" / "ed.pem")
    assert "termpost-ed25519._domainkey.lists.example.org" in told(dkim_ed25519_key_file=None)[0]
    second.rename(folder / "ed-2026.pem")
    house = open_house(stage.settings.model_copy(update={"dkim_ed25519_key_file": None, "dkim_selector": "s2027"}))
    assert made_again(house, copy.id) == got.content
    house.close()


@pytest.mark.parametrize("damage", [(b"termpost-letter 1", b"termpost-letter 9"), (b"termpost-letter", b"termpost-lettes")], ids=["of another release", "damaged"])
def test_a_stored_letter_that_cannot_be_read_is_said_to_be_so(stage: Stage, sink: Sink, damage: tuple[bytes, bytes]) -> None:
    stage.mail(JANE, "mendip-help@lists.example.org", "help", "help")
    (copy,) = stage.copies()
    letter = letters.c.id == copy.letter_id
    with stage.house.store.write() as session:
        skeleton = session.execute(select(letters.c.skeleton).where(letter)).scalar_one()
        assert damage[0] in skeleton
        session.execute(update(letters).where(letter).values(skeleton=skeleton.replace(*damage, 1)))
    with pytest.raises(Refused, match="Its stored letter cannot be read"):
        made_again(stage.house, copy.id)

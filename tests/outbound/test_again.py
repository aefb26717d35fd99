"""`termpost outbox show`: a recipient's whole history, and the very bytes that went."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import update
from typer.testing import CliRunner, Result

from mailer.cli.app import assemble
from mailer.errors import NotFound, Refused
from mailer.outbound.again import made_again
from mailer.store.tables import networks, outgoing
from tests.live.running import TERMPOST
from tests.live.sink import Sink
from tests.stage import Stage

JANE = "jane@hill.school.example"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(params=["signed", "unsigned"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    key = tmp_path / "dkim.pem"
    key.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    stage = Stage(tmp_path / "var", relay_url=sink.url, dkim_key_file=key if request.param == "signed" else None)
    stage.network()
    stage.member(JANE, "Jane Doe")
    yield stage
    stage.close()


def environment(stage: Stage, sink: Sink) -> dict[str, str]:
    settings = stage.settings
    env = {"TERMPOST_DATA_DIR": str(settings.data_dir), "TERMPOST_RELAY_URL": sink.url, "TERMPOST_LOG_LEVEL": "warning"}
    if settings.dkim_key_file is not None:
        env["TERMPOST_DKIM_KEY_FILE"] = str(settings.dkim_key_file)
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

    assert told(networks, name="Mendip and Quantock Technicians") == "changed-since"
    done = show(stage, sink, copy.id, "--eml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "cannot be made again" in done.stderr
    assert told(outgoing, to_address=None) == "not-kept"
    assert told(outgoing, sha256="") == "not-begun"

"""TERMPOST_AUTHENTICATE=self: a message brought by a stranger's server is judged by what the DNS says (AUTH-9, ruling 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope
from tests.inbound.authenticate.table import MAIL, Table, key_at, signed
from tests.stage import DOMAIN, Stage

POLICY = {
    ("_dmarc.hill.example", "TXT"): ["v=DMARC1; p=reject"],
    ("hill.example", "TXT"): ["v=spf1 ip4:192.0.2.3 -all"],
}
ORGANISE = MAIL.replace(b"mendip@", b"mendip-help@").replace(
    b"Has anyone a spare balance?", b"PAUSE UNTIL 1 MARCH 2027"
)


def come(tmp_path: Path, raw: bytes, names: Table, client: str, **settings: Any) -> Any:
    stage = Stage(tmp_path, **settings)
    try:
        stage.network("mendip")
        stage.member("jane@hill.example", "Jane Doe")
        envelope = Envelope(
            "jane@hill.example", (f"mendip-help@{DOMAIN}",), raw, "smtp", client, stage.now, "out.hill.example"
        )
        (row,) = stage.intake.store(envelope)
        while pipeline.handle_next(stage.house, "test", names):
            pass
        return stage.outcome(row)
    finally:
        stage.close()


@pytest.mark.parametrize(
    ("raw", "client", "strength", "state", "said"),
    [
        pytest.param(
            signed(mail=ORGANISE),
            "198.51.100.7",
            "aligned",
            "done",
            "DMARC: pass by an aligned DKIM signature",
            id="signed",
        ),
        pytest.param(
            ORGANISE, "192.0.2.3", "aligned", "done", "DMARC: pass by an aligned SPF pass", id="from its own server"
        ),
        pytest.param(ORGANISE, "198.51.100.7", "from", "held", "DMARC: fail", id="forged"),
        pytest.param(ORGANISE, "127.0.0.1", "from", "asked", "SPF: not asked", id="from this machine"),
    ],
)
def test_direct_mx(tmp_path: Path, raw: bytes, client: str, strength: str, state: str, said: str) -> None:
    row = come(tmp_path, raw, Table(key_at() | POLICY), client, authenticate="self")
    assert (row.strength, row.state, row.helo) == (strength, state, "out.hill.example"), row.steps
    assert any(said in step for step in row.steps)


def test_nothing_is_asked_unless_the_setting_says_so(tmp_path: Path) -> None:
    names = Table(key_at() | POLICY)
    row = come(tmp_path, ORGANISE, names, "198.51.100.7")
    assert (row.strength, names.asked) == ("from", 0)


def test_what_our_front_server_said_is_not_asked_again(tmp_path: Path) -> None:
    names = Table(POLICY)
    raw = b"Authentication-Results: mx.school.example; dmarc=pass header.from=hill.example\r\n" + ORGANISE
    row = come(tmp_path, raw, names, "198.51.100.7", authenticate="self", authserv_id="mx.school.example")
    assert (row.strength, names.asked) == ("aligned", 0)


def test_a_name_server_that_is_away_holds_nothing(tmp_path: Path) -> None:
    names = Table(POLICY, frozenset({"_dmarc.hill.example"}))
    assert come(tmp_path, ORGANISE, names, "198.51.100.7", authenticate="self").state == "asked"

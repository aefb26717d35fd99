"""What machines, strangers and careless forwards do with every kind of mail that we send: state changes 0."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from sqlalchemy import select
from starlette.testclient import TestClient

from mailer.message import tags
from mailer.outbound.again import made_again
from mailer.store.tables import attempts, erasures
from mailer.web import application
from tests.conversations.every_kind import every_kind
from tests.conversations.scenes import DAWN, JANE
from tests.conversations.test_adversary import furnished
from tests.stage import Got, Stage, staged
from tests.templates import TEMPLATES

PASSING = {"inbox", "raws", "outgoing", "letters", "attempts", "tray", "seals", "leases", "fingerprints"}  # mail itself, and what was sent
AWAY = "I am out of the office until 3 January. Yes, I will read your mail then. Please stop by at reception."
CONSENT = (
    "suppressions", "memberships", "roles", "addresses", "people", "profiles", "confirmations", "undos", "erasures", "askings",
)

# who writes what, with which headers and envelope sender: to the Reply-To of every kind, the mail quoted below with its footer
ATTACKS: dict[str, dict[str, Any]] = {
    "out of office (RFC 3834)": {"text": AWAY, "headers": {"Auto_Submitted": "auto-replied"}, "silent": True},
    "out of office (Exchange)": {"text": f"YES\n\n{AWAY}", "headers": {"X_Auto_Response_Suppress": "All", "Auto_Submitted": "auto-generated"}, "silent": True},
    "the null sender says YES": {"text": "YES", "mail_from": "", "silent": True},
    "a stranger to whom it was forwarded says YES": {"text": "YES", "sender": "eve@far.example"},
    "a stranger to whom it was forwarded says SEND NOW": {"text": "SEND NOW", "sender": "eve@far.example"},
    "another member answers for her": {"text": "FORGET ME", "sender": DAWN},
    "forwarded on, the footer quoted": {"text": "FYI, worth a look.", "sender": "eve@far.example"},
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, dict[str, Got]]]:
    for stage in staged(Path(tmp_path_factory.mktemp("kinds"))):
        yield stage, every_kind(stage)


def test_out_15_every_kind_has_an_envelope_sender_of_its_own_that_takes_the_bounce(town: tuple[Stage, dict[str, Got]]) -> None:
    stage, kinds = town
    senders = {kind: stage.house.keys.read(got.mail_from.rpartition("@")[0].partition("+")[2], {tags.BOUNCE}) for kind, got in kinds.items()}
    assert {kind: tag and tag.row_id for kind, tag in senders.items()} == {kind: got.outgoing_id for kind, got in kinds.items()}


def dump(stage: Stage, only: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row that a mail could change; of standings those that are not of passing letters."""
    with closing(sqlite3.connect(stage.house.settings.data_dir / "termpost.db")) as other:
        names = [row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            name: other.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in names
            if name not in PASSING | {"standings", "sqlite_sequence"} and (not only or name in only)
        }
        fleeting = "('answer', 'confirm', 'farewell')"
        found["standings"] = other.execute(f"SELECT * FROM standings WHERE purpose NOT IN {fleeting}").fetchall()
    if "addresses" in found:  # a stranger who writes becomes known as a stranger
        found["addresses"] = [row for row in found["addresses"] if "far.example" not in str(row)]
    return found


def test_there_is_a_mail_of_every_kind(town: tuple[Stage, dict[str, Got]]) -> None:
    assert set(town[1]) == set(TEMPLATES)


def test_the_bytes_of_every_kind_can_be_made_again_and_equal_what_went(town: tuple[Stage, dict[str, Got]]) -> None:
    stage, _ = town
    went = [got for got in stage.mails() if stage.copies(id=got.outgoing_id)[0].to_address is not None]
    assert [got.subject for got in went if made_again(stage.house, got.outgoing_id) != got.raw] == []
    for copy in stage.copies(state="accepted"):
        with stage.house.store.read() as session:
            tried = session.execute(select(attempts).where(attempts.c.outgoing_id == copy.id).order_by(attempts.c.id)).all()
        assert tried[-1].state == "accepted"
        assert len(tried) == copy.attempts


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_kind_of_mail_lets_it_change_anything(town: tuple[Stage, dict[str, Got]], attack: str) -> None:
    stage, mails = town
    row = ATTACKS[attack]
    headers = dict(row.get("headers", {})) | ({"mail_from": row["mail_from"]} if "mail_from" in row else {})
    before, count = dump(stage), len(stage.mails())
    with stage.crowd():
        ids = {template: stage.reply(got, row["text"], sender=row.get("sender", ""), **headers) for template, got in mails.items()}
    outcomes = {template: stage.outcome(inbox_id) for template, inbox_id in ids.items()}
    after = dump(stage)
    assert {name: [one for one in after[name] if one not in before[name]] for name in after if after[name] != before[name]} == {}
    assert {template: one.state for template, one in outcomes.items() if one.state in ("stored", "handling", "failed")} == {}
    if row.get("silent"):
        assert {template: one.outcome for template, one in outcomes.items() if one.state != "noted"} == {}
        assert len(stage.mails()) == count


def test_what_stands_in_a_quoted_footer_is_not_said(stage: Stage) -> None:
    """Every mail of a term's first weeks, thanked for with all of its footer below: nobody leaves, rests or changes anything."""
    mails = [mail for mail in furnished(stage) if mail.to in (JANE, DAWN)]
    before = dump(stage, CONSENT)
    with stage.crowd():
        for mail in mails:
            stage.reply(mail, "Thanks for this, much appreciated.")
    assert dump(stage, CONSENT) == before


URL = re.compile(r"https?://[^\s<>\"')]+")


def test_v7_a_scanner_fetches_every_link_of_every_kind_twice(town: tuple[Stage, dict[str, Got]]) -> None:
    """In text and HTML, by GET and HEAD, and a look at what a form would do is no press of it."""
    stage, mails = town
    base = stage.house.settings.public_url
    links = set()
    for got in mails.values():
        links |= {url.rstrip(".,;:") for url in URL.findall(got.text)}
        page = got.message.get_body(("html",))
        if page is not None:
            links |= {str(one) for one in lxml_html.document_fromstring(page.get_content()).xpath("//@href")}
        links |= {url.strip("<> ") for url in str(got.message["List-Unsubscribe"] or "").split(",")}
    ours = sorted(url.removeprefix(base) for url in links if url.startswith(base + "/"))
    kinds = {path.split("/")[1] for path in ours}
    assert {"u", "p", "r", "c"} <= kinds, kinds
    with closing(sqlite3.connect(stage.house.settings.data_dir / "termpost.db")) as other:
        before = list(other.iterdump())
    with TestClient(application(stage.house), base_url=base, client=("127.0.0.1", 5000), follow_redirects=False) as client:
        for path in ours:
            for method in ("GET", "HEAD", "GET"):
                assert client.request(method, path).status_code in (200, 404), path
    with closing(sqlite3.connect(stage.house.settings.data_dir / "termpost.db")) as other:
        assert list(other.iterdump()) == before


def test_and_her_own_yes_would_have_done_it(town: tuple[Stage, dict[str, Got]]) -> None:
    """The questions above were real: last, as it erases her."""
    stage, mails = town
    assert stage.outcome(stage.reply(mails["replies/confirm-act"], "YES")).state == "done"
    with stage.house.store.read() as session:
        assert len(session.execute(select(erasures)).all()) == 1

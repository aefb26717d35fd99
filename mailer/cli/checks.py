"""`termpost check` and `termpost settings`: what IT needs to know, and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import typer
from sqlalchemy import func, select

from mailer import clock
from mailer.cli import table
from mailer.cli.workbench import Json, plainly, read_settings, show_json, workbench
from mailer.consent import ledger
from mailer.house import House
from mailer.outbound import dkim, transport
from mailer.people import membership
from mailer.store.tables import inbox, networks, outgoing
from mailer.store.upgrade import head, revision

LEAST_FREE = 500_000_000  # octets
OLD = timedelta(minutes=15)


@dataclass(frozen=True)
class Finding:
    """What is wrong (or well), and how to mend it."""

    ok: bool
    what: str
    mend: str = ""


Check = Callable[[House], Iterator[Finding]]


def _operator(house: House) -> Iterator[Finding]:
    """SMTP-19: postmaster and abuse must reach a person."""
    if house.settings.operator:
        yield Finding(True, f"postmaster and abuse mail goes to {house.settings.operator}")
    else:
        yield Finding(
            False, "nobody gets postmaster and abuse mail", "set TERMPOST_OPERATOR to the address of a person"
        )


def _database(house: House) -> Iterator[Finding]:
    at, newest = revision(house.store), head()
    if at == newest:
        yield Finding(True, f"the database stands at {at}")
    else:
        yield Finding(
            False, f"the database stands at {at or 'nothing'}, the program wants {newest}", "run: termpost db upgrade"
        )
    with house.store.read() as session:
        wrong = ledger.verify(session)
    yield Finding(
        not wrong,
        "the ledger's chain holds" if not wrong else wrong[0],
        "restore a backup, and tell who answers for the data",
    )


def _disk(house: House) -> Iterator[Finding]:
    free = shutil.disk_usage(house.settings.data_dir).free
    yield Finding(
        free >= LEAST_FREE,
        f"{free // 1_000_000} MB are free in {house.settings.data_dir}",
        "make room: a full disk stops mail at the door",
    )


def _relay(house: House) -> Iterator[Finding]:
    for place in house.settings.relays:
        if place.is_tray:
            yield Finding(True, "outgoing mail is kept in the tray; nothing leaves this machine")
    for relay in transport.relays(house.settings.relays, tray=lambda wires: None):
        if relay.name == "tray:":
            continue
        try:
            relay.connect().close()
            yield Finding(True, f"the relay {relay.name} answers")
        except transport.RelayDown as down:
            yield Finding(
                False, f"the relay {relay.name}: {down}", "check TERMPOST_RELAY_URL and ask who runs the relay"
            )


def _signing(house: House) -> Iterator[Finding]:
    settings = house.settings
    if settings.dkim_key_file is None:
        yield Finding(True, "the relay is expected to sign (DKIM); check a received mail for it")
        return
    try:
        dkim.load_key(settings.dkim_key_file)
        yield Finding(True, f"mail is signed with the selector {settings.dkim_selector}")
    except dkim.KeyRefused as error:
        yield Finding(False, str(error), "make a key with: openssl genrsa -out dkim.pem 2048; chmod 600 dkim.pem")


def _networks(house: House) -> Iterator[Finding]:
    with house.store.read() as session:
        rows = session.execute(select(networks).where(networks.c.closed_at.is_(None)).order_by(networks.c.slug)).all()
        if not rows:
            yield Finding(True, "there is no network yet; make one with: termpost network add")
        for row in rows:
            reached = membership.reachable_organisers(session, row.id, clock.now())
            yield Finding(
                bool(reached),
                f"{row.slug}: {len(reached)} organisers can be reached by mail",
                f"termpost member add {row.slug} EMAIL --roles organiser --evidence TEXT",
            )
            if row.held_at is not None:
                yield Finding(
                    False, f"{row.slug} is held: {row.held_reason or 'no reason given'}", f"termpost release {row.slug}"
                )


def _queues(house: House) -> Iterator[Finding]:
    now = clock.lease_now()
    with house.store.read() as session:
        failed = session.execute(select(func.count()).select_from(inbox).where(inbox.c.state == "failed")).scalar_one()
        oldest = session.execute(select(func.min(inbox.c.received_at)).where(inbox.c.state == "stored")).scalar()
        uncertain = session.execute(
            select(func.count()).select_from(outgoing).where(outgoing.c.state == "uncertain")
        ).scalar_one()
        late = session.execute(
            select(func.count())
            .select_from(outgoing)
            .where(outgoing.c.state.in_(("queued", "deferred")), outgoing.c.next_attempt_at < clock.now() - OLD)
        ).scalar_one()
    yield Finding(
        not failed, f"{failed} messages failed", "termpost inbox list --state failed; termpost inbox replay ID"
    )
    waits = oldest is not None and now - oldest > OLD
    yield Finding(
        not waits,
        "no message waits to be handled" if not waits else f"a message waits since {oldest}",
        "is termpost run (or work) running?",
    )
    yield Finding(
        not uncertain,
        f"{uncertain} copies are uncertain",
        "termpost outbox list --state uncertain; termpost outbox resolve ID --arrived or --resend",
    )
    yield Finding(
        not late,
        f"{late} copies wait longer than they should",
        "is a worker running, the relay well, the network held?",
    )


def _doors(house: House) -> Iterator[Finding]:
    """Whether what listens there is Termpost, and takes mail."""
    for name, listen in (("SMTP", house.settings.smtp_listen), ("LMTP", house.settings.lmtp_listen)):
        if listen is None:
            continue
        answers = transport.greets(listen.host, listen.port, listen.path)
        yield Finding(
            answers,
            f"the {name} door at {listen} answers" if answers else f"nothing answers at the {name} door {listen}",
            "start it with: termpost run",
        )


CHECKS: tuple[Check, ...] = (_operator, _database, _disk, _relay, _signing, _networks, _queues, _doors)


def check(context: typer.Context, as_json: Json = False) -> None:
    """Tell what is wrong and how to mend it. Exit status 1 if anything is."""
    with workbench(context) as bench:
        found = [finding for one in CHECKS for finding in one(bench.house)]
    if as_json:
        show_json([{"ok": f.ok, "what": f.what, "mend": "" if f.ok else f.mend} for f in found])
    else:
        for finding in found:
            print(
                f"{'ok   ' if finding.ok else 'WRONG'} {finding.what}"
                + ("" if finding.ok else f"\n      -> {finding.mend}")
            )
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


def settings(context: typer.Context, as_json: Json = False) -> None:
    """Every setting with its value, where it comes from and what it means; secrets are masked."""
    with plainly():
        rows = read_settings(context).table()
    if as_json:
        show_json([row._asdict() for row in rows])
    else:
        table.show(("setting", "value", "from", "meaning"), rows, "")

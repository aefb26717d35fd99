"""What the database says: whether it answers, whose secret it knows, the ledger, the networks, the queues."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from mailer import clock
from mailer.acts import breach, retained, rights
from mailer.cli.checking import Finding, Place, said
from mailer.consent import ledger
from mailer.house import SecretLost, is_used, known_fingerprint, secret_for
from mailer.outbound import outbox, rates, results
from mailer.outbound.compose.spoken import count
from mailer.people import committee
from mailer.people.formats import brief
from mailer.settings import Settings
from mailer.store import Store
from mailer.store.tables import inbox, leases, networks, occasions, outgoing, privacy_complaints
from mailer.store.upgrade import Newer, head, is_newer, revision, upgrade

OLD = timedelta(minutes=15)
LATELY = timedelta(days=30)
PATIENCE = "5"  # seconds for a PostgreSQL that may be away
_SQLITE_AWAY = (
    "look at the data folder's rights and disk; if the file is damaged, keep it, and restore the last backup into an "
    "empty folder (docs/it.md, 2 a.m.)"
)
_POSTGRES_AWAY = (
    "is PostgreSQL running (systemctl status postgresql), and is TERMPOST_DATABASE_URL right? Mail stays with the mail "
    "server until it answers; nothing accepted is lost"
)


def opened(settings: Settings) -> tuple[Store | None, Finding]:
    """The database, and whether it answers. SQLite's is made and upgraded, as by every command."""
    store = None
    try:
        store = Store(_impatient(settings.database_url))
        if store.is_sqlite:
            upgrade(store)
        with store.read() as session:
            session.execute(select(1))
    except Newer as error:
        assert store is not None
        store.close()
        return None, Finding(False, error.message, error.hint)
    except (SQLAlchemyError, OSError, RuntimeError) as error:
        if store is not None:
            store.close()
        mend = _SQLITE_AWAY if settings.is_sqlite else _POSTGRES_AWAY
        return None, Finding(False, f"the database cannot be used: {said(error)}", mend)
    return store, Finding(True, "the database answers")


def _impatient(url: str) -> str:
    """The same database, given up after some seconds: a host that is away may say nothing at all."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" or "connect_timeout" in parsed.query:
        return url
    return parsed.update_query_dict({"connect_timeout": PATIENCE}).render_as_string(hide_password=False)


def standing(place: Place) -> Iterator[Finding]:
    """The revision of the database."""
    at, newest = revision(place.database), head()
    if is_newer(at):
        raise Newer(at)
    if at == newest:
        yield Finding(True, f"the database stands at {at}")
    else:
        yield Finding(
            False, f"the database stands at {at or 'nothing'}, the program wants {newest}", "run: termpost db upgrade"
        )


def files(place: Place) -> Iterator[Finding]:
    """Whether SQLite's files may be written. A database that may only be read answers all the same."""
    if not place.settings.is_sqlite:
        return
    file = make_url(place.settings.database_url).database or ""
    closed = [each for each in (file, f"{file}-wal", f"{file}-shm") if os.path.exists(each) and not os.access(each, os.W_OK)]
    yield Finding(
        not closed,
        f"nothing can be written to the database: {', '.join(closed)} may only be read" if closed else "the database takes rows",
        f"give them to the user of the service: chown termpost: {file}*; chmod 600 {file}*",
    )


def secret(place: Place) -> Iterator[Finding]:
    """The secret file, and whether it is the one that this database was used with."""
    with place.database.read() as session:
        used = is_used(session)
        known = known_fingerprint(session) if used else ""
    try:
        secret_for(place.settings, used=used, known=known)
    except SecretLost as error:
        yield Finding(False, f"{error.message} The service does not start.", error.hint)
    else:
        yield Finding(True, f"the secret {place.settings.secret_file} belongs to the database; keep a copy elsewhere")


def chain(place: Place) -> Iterator[Finding]:
    """The ledger's chain (V10)."""
    with place.database.read() as session:
        wrong = ledger.verify(session)
    yield Finding(
        not wrong,
        "the ledger's chain holds" if not wrong else wrong[0],
        "restore a backup, and tell who answers for the data",
    )


def each_network(place: Place) -> Iterator[Finding]:
    """The networks: whether somebody can be reached, and what is held."""
    with place.database.read() as session:
        rows = session.execute(select(networks).where(networks.c.closed_at.is_(None)).order_by(networks.c.slug)).all()
        if not rows:
            yield Finding(True, "there is no network yet; make one with: termpost network add")
        for row in rows:
            reached = committee.reachable(session, row.id, clock.now())
            yield Finding(
                bool(reached),
                f"{row.slug}: {count(len(reached), 'organiser')} can be reached by mail",
                f"termpost member add {row.slug} EMAIL --roles organiser --evidence TEXT",
            )
            if row.held_at is not None:
                yield Finding(
                    False, f"{row.slug} is held: {row.held_reason or 'no reason given'}", f"termpost release {row.slug}"
                )


def brakes(place: Place) -> Iterator[Finding]:
    """What somebody has stopped on its way, so that copies wait."""
    o = occasions.c
    waits = select(o.id, o.kind, networks.c.slug, func.count().label("copies")).join(networks, networks.c.id == o.network_id)
    of_it = (outgoing.c.occasion_id == o.id, outgoing.c.state.in_(outbox.OPEN))
    held = waits.join(outgoing, and_(*of_it)).where(o.state == "held").group_by(o.id, o.kind, networks.c.slug).order_by(o.id)
    with place.database.read() as session:
        found = session.execute(held).all()
        stopped = [row.name for row in rates.every(session) if row.per_minute == 0]
    for row in found:
        yield Finding(
            False,
            f"mailing {row.id} ({row.slug}, {row.kind}) is held, and {count(row.copies, 'copy waits', 'copies wait')} for it",
            f"termpost release {row.id}, or termpost outbox cancel --mailing {row.id}",
        )
    for name in stopped:
        yield Finding(False, f"a rate of 0 lets nothing leave ({name})", "termpost rate off, with the SLUG, --relay or --to that it is for")


def queues(place: Place) -> Iterator[Finding]:
    """What waits, failed, or is uncertain."""
    now = clock.lease_now()
    with place.database.read() as session:
        failed = session.execute(select(func.count()).select_from(inbox).where(inbox.c.state == "failed")).scalar_one()
        oldest = session.execute(select(func.min(inbox.c.received_at)).where(inbox.c.state.in_(("stored", "handling")))).scalar()
        uncertain = session.execute(
            select(func.count()).select_from(outgoing).where(outgoing.c.state == "uncertain")
        ).scalar_one()
        late = session.execute(
            select(func.count())
            .select_from(outgoing)
            .where(outgoing.c.state.in_(("queued", "deferred")), outgoing.c.next_attempt_at < clock.now() - OLD)
        ).scalar_one()
    yield Finding(
        not failed, f"{count(failed, 'message')} failed", "termpost inbox list --state failed; termpost inbox replay ID"
    )
    waits = oldest is not None and now - oldest > OLD
    yield Finding(
        not waits,
        "no message waits to be handled" if not waits else f"a message waits since {oldest}",
        "is termpost run (or work) running?",
    )
    yield Finding(
        not uncertain,
        f"{count(uncertain, 'copy is', 'copies are')} uncertain",
        "termpost outbox list --state uncertain; termpost outbox resolve ID --arrived, --resend or --lost",
    )
    yield Finding(
        not late,
        f"{count(late, 'copy waits', 'copies wait')} longer than {'it' if late == 1 else 'they'} should",
        "is a worker running, the relay well, the network held?",
    )


def refused(place: Place) -> Iterator[Finding]:
    """What a relay does not take from us. It is tried again, until its time is over."""
    why = (outgoing.c.relay, outgoing.c.reason)
    waits = select(*why, func.count().label("copies")).where(
        outgoing.c.state == "deferred", outgoing.c.reason.in_(results.REFUSES_US)
    )
    with place.database.read() as session:
        found = session.execute(waits.group_by(*why).order_by(*why)).all()
    for row in found:
        yield Finding(
            False,
            f"{count(row.copies, 'copy waits', 'copies wait')}, as the relay {row.relay} did not take {'it' if row.copies == 1 else 'them'}: "
            f"{results.SENTENCES[row.reason]}",
            "ask who runs the relay whether it takes mail of your domains from here, and look at the user and password you have for it; "
            "its own words: termpost outbox list --state deferred, then termpost outbox show ID",
        )


def unwritable(place: Place) -> Iterator[Finding]:
    """Addresses with a name beyond ASCII, which no relay of ours could carry (OUT-13, RFC 6531)."""
    since = clock.now() - LATELY
    found = select(func.count(outgoing.c.address_id.distinct())).where(
        outgoing.c.state == "failed", outgoing.c.reason == "needs-smtputf8", outgoing.c.finished_at > since
    )
    with place.database.read() as session:
        addresses = session.execute(found).scalar_one()
    if addresses:
        yield Finding(
            False,
            f"{count(addresses, 'address', 'addresses')} with letters beyond A to Z before the @ could not be written to in the last "
            "30 days, as the relay offers no SMTPUTF8 (5.6.7)",
            "ask who runs the relay for SMTPUTF8, or the people for another address; who they are: termpost outbox list --state failed",
        )


def complaints(place: Place) -> Iterator[Finding]:
    """Complaints about personal data that nobody has answered (DP-16)."""
    now = clock.now()
    row = privacy_complaints.c
    query = (
        select(networks.c.slug, row.id, row.due_at)
        .join(networks, networks.c.id == row.network_id)
        .where(row.answered_at.is_(None))
        .order_by(row.due_at, row.id)
    )
    with place.database.read() as session:
        waiting = session.execute(query).all()
    for one in waiting:
        yield Finding(
            one.due_at > now,
            f"{one.slug}: complaint {one.id} about personal data is to be answered by {brief(one.due_at.date())}",
            "an organiser's reply to the mail about it goes to its writer; the operator's does, too",
        )


def breaches(place: Place) -> Iterator[Finding]:
    """Personal data breaches that are not closed, and how long is left to tell the regulator (DP-17)."""
    now = clock.now()
    with place.database.read() as session:
        waiting = breach.listing(session, breach.OPEN)
    for one in waiting:
        left = one.due_at - now
        hours = f"{left // timedelta(hours=1)} hours left" if left > timedelta() else "that is over"
        yield Finding(
            left > timedelta(),
            f"breach {one.id}: the regulator is to be told by {brief(one.due_at)} UTC, {hours}",
            f"tell the regulator now and say why it is late, then: termpost breach close {one.id} --done TEXT --told TIME",
        )


def requests(place: Place) -> Iterator[Finding]:
    """MY DATA and FORGET ME that are not done yet, and by when they must be (DP-9, DP-11)."""
    now = clock.now()
    with place.database.read() as session:
        waiting = [one for one in rights.listing(session) if one.done_at is None]
    for one in waiting:
        yield Finding(
            one.due_at > now,
            f"{one.what} of {brief(one.asked_at.date())} ({one.thing}) is to be done by {brief(one.due_at.date())}",
            "is `termpost run` (or `work` and `schedule`) running? Then look at: termpost outbox list --state failed, or do it by hand "
            "with termpost member export or member erase",
        )


def retention(place: Place) -> Iterator[Finding]:
    """What was deleted as its time was over (DP-12), and whether that runs."""
    now = clock.now()
    with place.database.read() as session:
        again = session.execute(select(leases.c.until).where(leases.c.name == "retention")).scalar()
        taken = retained.between(session, now - timedelta(days=30), now + timedelta(minutes=1))
    if again is None:
        return
    counts = ", ".join(f"{rows} {name}" for name, rows in taken.items()) or "nothing"
    yield Finding(
        again > now - timedelta(days=2),
        f"retention is due again on {brief(again.date())}; in the last 30 days it deleted {counts}",
        "is termpost run (or schedule) running?",
    )

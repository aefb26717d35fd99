"""What watches the service is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import text, update
from starlette.testclient import TestClient

from mailer.store import add
from mailer.store.statements import insert
from mailer.store.tables import inbox, outgoing, raws
from mailer.web.limits import Limiter, network_of
from tests.servers import until
from tests.web.conftest import NOW, Street


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    said = client.get("/readyz")
    assert (said.status_code, said.json()["ready"]) == (200, True)


def test_alive_though_every_page_waits_for_the_database(street: Street, client: TestClient) -> None:
    """A slow database does not get the process killed: more posts than there are threads wait for the writer."""
    leave = f"/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}"
    with ThreadPoolExecutor(50) as pool:
        with street.house.store.write():
            posts = [pool.submit(client.post, leave) for _ in range(45)]
            until(lambda: len(street.house.store._turn._line) >= 40)
            answered = pool.submit(client.get, "/healthz")
            alive = answered.result(timeout=10).json()
        assert {post.result().status_code for post in posts} == {200}
    assert alive == {"alive": True}


def test_not_ready_at_another_revision(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000_before'"))
    said = client.get("/readyz")
    assert said.status_code == 503
    assert "db upgrade" in said.json()["reason"]


def test_not_ready_on_what_a_newer_release_upgraded(street: Street, client: TestClient) -> None:
    """To run the upgrade again would change nothing: this release knows no such revision."""
    with street.house.store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999_after'"))
    said = client.get("/readyz")
    assert said.status_code == 503
    assert said.json()["reason"].startswith("A newer release of Termpost has upgraded the database to 9999_after")
    assert client.get("/healthz").status_code == 200


def test_not_ready_without_tables(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(text("ALTER TABLE networks RENAME TO elsewhere"))
    assert client.get("/readyz").status_code == 503
    assert client.get("/join/mendip").status_code == 503


def test_metrics_count_and_name_nobody(street: Street, client: TestClient) -> None:
    with street.house.store.write() as session:
        session.execute(insert(session, raws).values(sha256="0" * 64, size=1, content=b"x", stored_at=NOW))
        for n in range(3):
            add(
                session, inbox, received_at=NOW - timedelta(seconds=90), channel="smtp", mail_from="a@b.example",
                rcpt="mendip@lists.example.org", raw_sha256="0" * 64, repeat_key=str(n),
            )  # fmt: skip
    said = client.get("/metrics").text
    assert 'termpost_inbox_messages{state="stored"} 3.0' in said
    assert 'termpost_oldest_waiting_seconds{where="inbox"} 90.0' in said
    assert "@" not in said


def test_the_oldest_that_waits_is_not_forgotten_between_its_tries(street: Street, client: TestClient) -> None:
    client.post(f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}", data={"do": "help"})
    tried = {"state": "deferred", "attempts": 5, "not_before": NOW - timedelta(hours=3), "next_attempt_at": NOW + timedelta(minutes=30)}
    with street.house.store.write() as session:
        session.execute(update(outgoing).values(**tried))
    assert 'termpost_oldest_waiting_seconds{where="outbox"} 10800.0' in client.get("/metrics").text


def test_a_limit_forgets_and_holds_little() -> None:
    limit = Limiter(most=2, seconds=10.0, clients=3)
    assert [limit.take("a", at) for at in (0, 1, 2, 9, 10.5, 11.5)] == [True, True, False, False, True, True]
    for n in range(100):
        limit.take(f"192.0.2.{n}", 20.0)
    assert len(limit._taken) <= 3


def test_a_household_counts_as_one() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("") == ""

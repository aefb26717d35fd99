"""Who left after the backup was made has left when it is restored: STOP, a button, a complaint, word by word (DP-3, DP-8, V4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from mailer import clock
from mailer.acts import Actor, Strength, leave
from mailer.cli.app import assemble
from mailer.consent import leavings, ledger, standing, suppression
from mailer.house import House
from mailer.people import addresses
from mailer.settings import Settings
from mailer.store import Store, snapshot
from mailer.store.tables import memberships, seals
from tests.conversations.scenes import DAWN, JANE, PETER
from tests.stage import DOMAIN, Stage, staged
from workers import scheduler

HELP = f"mendip-help@{DOMAIN}"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path / "old")


def restore(stage: Stage, backup: Path, *, journal: bool = True) -> tuple[House, str]:
    """What docs/it.md says: a new folder, the secret, the old journals, `termpost db restore`."""
    scheduler.sweep(stage.house)
    new = backup.parent / "new"
    new.mkdir()
    for name in ("secret", leavings.NAME) if journal else ("secret",):
        (new / name).write_bytes((stage.settings.data_dir / name).read_bytes())
        (new / name).chmod(0o600)
    file = backup.parent / "clock"
    file.write_text(stage.now.isoformat())
    env = {"TERMPOST_DATA_DIR": str(new), "TERMPOST_CLOCK": f"file:{file}"}
    done = CliRunner(env=env).invoke(assemble(), ["db", "restore", str(backup)])
    assert done.exit_code == 0, done.output
    clock.stand_at(stage.now)
    settings = Settings(data_dir=new)
    return House(settings, Store(settings.database_url), stage.house.root), done.output


def stands(house: House, who: str) -> dict[str, str]:
    with house.store.read() as session:
        known = addresses.find(session, who)
        assert known is not None
        return {purpose: now for purpose, now in standing.of(session, 1, known.id).items() if now != "none"}


def suppressed(house: House, who: str) -> set[str]:
    with house.store.read() as session:
        known = addresses.find(session, who)
        assert known is not None
        return suppression.reasons(session, macs=[known.mac], network_id=1).get(known.mac, set())


def active(house: House, who: str) -> set[str]:
    return {purpose for purpose, now in stands(house, who).items() if now == "active"}


def still_in(house: House, who: str) -> bool:
    with house.store.read() as session:
        known = addresses.find(session, who)
        assert known is not None
        ended = select(memberships.c.ended_at).where(memberships.c.address_id == known.id)
        return session.execute(ended).scalar_one() is None


@pytest.fixture
def backup(stage: Stage, tmp_path: Path) -> Path:
    scheduler.sweep(stage.house)
    snapshot.copy(stage.house.store, tmp_path / "backup.db")
    stage.later(hours=3)
    return tmp_path / "backup.db"


@pytest.mark.parametrize("word", ["STOP", "STOP ALL NETWORKS"])
def test_who_said_stop_is_not_back(stage: Stage, backup: Path, word: str) -> None:
    stage.mail(JANE, HELP, "", word)
    house, said = restore(stage, backup)
    assert "Left again, as they left since: 1." in said
    assert active(house, JANE) == set()
    assert suppressed(house, JANE) == suppressed(stage.house, JANE) == {"left"}
    assert not still_in(house, JANE)
    assert active(house, DAWN)
    assert still_in(house, DAWN)
    with house.store.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []
    house.store.close()


def test_one_purpose_is_ended_and_an_objection_and_a_complaint_count_as_well(stage: Stage, backup: Path) -> None:
    stage.mail(JANE, HELP, "", "STOP NEWSLETTER")
    with stage.house.store.write() as session:
        for who, reason in ((DAWN, suppression.OBJECTION), (PETER, suppression.COMPLAINT)):
            known = addresses.find(session, who)
            assert known is not None
            actor = Actor(stage.network_id, known.id, known.person_id, Strength.TAG, "mail")
            leave.everything(session, actor, now=stage.now, reason=reason)
    house, said = restore(stage, backup)
    assert "left since: 3." in said
    assert stands(house, JANE) == stands(stage.house, JANE)
    assert stands(house, JANE)["newsletter"] == "left"
    assert still_in(house, JANE)
    assert (active(house, DAWN), suppressed(house, DAWN)) == (set(), {"objection"})
    assert (active(house, PETER), suppressed(house, PETER)) == (set(), {"complaint"})
    house.store.close()


def test_who_came_back_since_is_in(stage: Stage, backup: Path) -> None:
    """Their own word counts, whichever side of the backup it stands on."""
    before = active(stage.house, JANE)
    stage.mail(JANE, HELP, "", "STOP")
    scheduler.sweep(stage.house)
    stage.later(hours=1)
    stage.reply(stage.last(JANE), "UNDO")
    assert active(stage.house, JANE) == before
    house, said = restore(stage, backup)
    assert "left since: 0." in said
    assert (active(house, JANE), suppressed(house, JANE)) == (before, set())
    house.store.close()


def test_who_left_every_network_and_joined_this_one_again_is_in_here_alone(stage: Stage, backup: Path) -> None:
    """Ruling 2: what stands for the whole host stands for every other network."""
    stage.mail(JANE, HELP, "", "STOP ALL NETWORKS")
    scheduler.sweep(stage.house)
    stage.later(hours=1)
    stage.mail(JANE, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(JANE), "YES")
    house, _ = restore(stage, backup)
    assert "meetings" in active(house, JANE)
    assert suppressed(house, JANE) == set()
    assert still_in(house, JANE)
    with house.store.read() as session:
        known = addresses.find(session, JANE)
        assert known is not None
        assert suppression.exists(session, mac=known.mac, network_id=None)
    house.store.close()


def test_a_leaving_that_the_backup_has_seen_taken_back_counts_no_more(stage: Stage, backup: Path) -> None:
    stage.mail(JANE, HELP, "", "STOP")
    scheduler.sweep(stage.house)
    stage.later(hours=1)
    stage.mail(JANE, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(JANE), "YES")
    snapshot.copy(stage.house.store, backup.with_name("later.db"))
    house, said = restore(stage, backup.with_name("later.db"))
    assert "left since: 0." in said
    assert "meetings" in active(house, JANE)
    assert suppressed(house, JANE) == set()
    house.store.close()


def test_without_the_journal_it_says_that_they_are_back(stage: Stage, backup: Path) -> None:
    stage.mail(JANE, HELP, "", "STOP")
    house, said = restore(stage, backup, journal=False)
    assert "No journal of leavings was found" in said
    house.store.close()


def test_the_journal_names_nobody_and_says_everything_once(stage: Stage) -> None:
    """A line holds a keyed hash; what is written down before a crash is not written again, and a lost file is begun anew."""
    file = stage.settings.data_dir / leavings.NAME
    scheduler.sweep(stage.house)
    stage.mail(JANE, HELP, "", "STOP")
    scheduler.sweep(stage.house)
    written = file.read_text()
    assert "jane" not in written.lower()
    assert "@" not in written
    assert file.stat().st_mode & 0o777 == 0o600
    before = leavings.read(file)
    with stage.house.store.write() as session:  # as if the seal had been lost
        session.execute(seals.delete().where(seals.c.id == select(seals.c.id).order_by(seals.c.id.desc()).limit(1).scalar_subquery()))
    scheduler.sweep(stage.house)
    assert file.read_text() == written
    file.unlink()
    stage.at(stage.now + timedelta(days=2))
    stage.mail(DAWN, HELP, "", "STOP NEWSLETTER")
    scheduler.sweep(stage.house)
    ended, entirely = leavings.read(file)
    assert entirely == before[1] != []
    assert set(before[0]) < set(ended)

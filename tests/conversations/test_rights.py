"""MY DATA, FORGET ME, CHANGE ADDRESS TO: what people may ask of us, from the word to the last trace (DP-8 to DP-11)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import forget_me
from mailer.consent import journal, ledger, standing, suppression
from mailer.consent.mentions import MARK
from mailer.house import House
from mailer.meetings import actions
from mailer.people import addresses, listing
from mailer.settings import Settings
from mailer.store import Store, snapshot
from mailer.store.tables import erasures, inbox, outgoing, posts, tray
from mailer.store.types import metadata
from tests.stage import DOMAIN, Got, Stage

JANE, DAWN = "jane@hill.school.example", "dawn@mill.school.example"
OLIVE, PETER = "olive@hill.school.example", "peter@mill.school.example"
NEW = "jane.doe@new.school.example"
STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)


def asked(stage: Stage, who: str, words: str) -> Got:
    """Somebody writes words to the help door; the question that comes back."""
    stage.mail(who, f"mendip-help@{DOMAIN}", "", words)
    return stage.last(who)


def files(got: Got) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_payload(decode=True) for part in got.message.iter_attachments()}  # type: ignore[misc]


def lived(stage: Stage) -> None:
    """A few weeks in which Jane leaves traces wherever a person can."""
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.mail(
        f"Jane Doe <{JANE}>",
        f"mendip-agenda@{DOMAIN}",
        "Balances",
        f"Ten minutes on balances, please.\n\nJane Doe\n{JANE}",
    )
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-news@{DOMAIN}", "Our new lab", "The lab is open. " * 20 + "\n\nJane Doe")
    post = stage.mail(
        f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "Water baths?", f"Who has a spare water bath?\n\nJane Doe, {JANE}"
    )
    assert stage.outcome(post).state in ("done", "held", "asked")
    stage.mail(
        f"Dawn Day <{DAWN}>",
        f"mendip@{DOMAIN}",
        "Re: Water baths?",
        f"Jane Doe ({JANE}) may have ours. Doe, Jane knows the way. Ask JANE@hill.school.example.",
    )
    stage.mail(
        f"Dawn Day <{DAWN}>",
        f"mendip-committee@{DOMAIN}",
        "A word",
        f"Jane Doe was very kind: {JANE}",
        Cc=f"Jane Doe <{JANE}>",
    )
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "A question", "May I bring a pupil?")
    stage.later(days=1)


def seen(stage: Stage) -> list[str]:
    """Every place in tables and files where Jane still stands."""
    found = []
    with stage.house.store.read() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    text = (
                        value.decode("latin-1")
                        if isinstance(value, bytes)
                        else json.dumps(value, ensure_ascii=False, default=str)
                    )
                    if "jane@hill" in text.lower() or "jane doe" in text.lower() or "doe, jane" in text.lower():
                        found.append(f"{table.name}.{name}: {text[:80]}")
    for file in sorted(stage.house.settings.data_dir.rglob("*")):
        if file.is_file():
            octets = file.read_bytes().lower()
            found += [f"{file.name}: {word!r}" for word in (b"jane@hill", b"jane doe", b"doe, jane") if word in octets]
    return found


def forgotten(stage: Stage) -> int:
    """FORGET ME to the end; the id of the erasure."""
    done = stage.reply(asked(stage, JANE, "FORGET ME"), "YES")
    assert stage.outcome(done).state == "done", stage.outcome(done)
    with stage.house.store.read() as session:
        ids = forget_me.due(session, stage.now)
    assert len(ids) == 1
    assert forget_me.carry_out(stage.house, ids[0], stage.now)
    return ids[0]


def test_my_data_takes_a_yes_and_gives_everything_of_nobody_else(stage: Stage) -> None:
    """DP-9, CMD-4."""
    lived(stage)
    question = asked(stage, JANE, "MY DATA")
    assert "Reply YES" in question.words
    assert not files(question)
    stage.reply(question, "YES")
    letter = stage.last(JANE)
    enclosed = files(letter)
    assert set(enclosed) == {"my-data.json", "my-data.csv"}
    parts = json.loads(enclosed["my-data.json"])
    assert parts["person"][0]["name"] == "Jane Doe"
    for part in (
        "addresses",
        "memberships",
        "roles",
        "preferences",
        "consents",
        "agenda_items",
        "pieces",
        "messages",
        "mail_sent",
    ):
        assert parts[part], part
    assert any("spare water bath" in one["words"] for one in parts["messages"])
    text = enclosed["my-data.json"].decode() + enclosed["my-data.csv"].decode()
    for other in (DAWN, OLIVE, PETER, "Dawn Day"):
        assert other not in text
    rows = list(csv.DictReader(io.StringIO(enclosed["my-data.csv"].decode("utf-8-sig"))))
    assert {row["part"] for row in rows} == {name for name, entries in parts.items() if entries}


@pytest.mark.parametrize("words", ["MY DATA", "FORGET ME", f"CHANGE ADDRESS TO {NEW}"])
def test_nothing_of_risk_without_the_address_on_record(stage: Stage, words: str) -> None:
    """CMD-4 and V8: a tag from somewhere else, a forwarded question or a bare From change nothing."""
    before = stage.last(JANE) if stage.mails(JANE) else None
    question = asked(stage, JANE, words)
    assert question is not before
    stage.reply(question, "YES", sender=DAWN)
    stage.reply(question, "YES", sender="jane@elsewhere.example")
    with stage.house.store.read() as session:
        assert session.execute(select(erasures.c.id)).first() is None
        known = addresses.find(session, JANE)
        assert known is not None
        assert standing.of(session, stage.network_id, known.id)["meetings"] == "active"
    assert not any(files(mail) for mail in stage.mails())


def test_who_left_may_still_have_their_data(stage: Stage) -> None:
    """Ruling 2: an answer that carries out a right passes a suppression."""
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "")
    stage.reply(asked(stage, JANE, "MY DATA"), "YES")
    assert set(files(stage.last(JANE))) == {"my-data.json", "my-data.csv"}


def test_a_shared_mailbox_has_no_data_of_its_own(stage: Stage) -> None:
    stage.member("science@hill.school.example", shared=True)
    for words in ("MY DATA", "FORGET ME", f"CHANGE ADDRESS TO {NEW}"):
        inbox_id = stage.mail("science@hill.school.example", f"mendip-help@{DOMAIN}", "", words)
        assert stage.outcome(inbox_id).reason == "shared-mailbox"


def test_forgotten_in_every_table_and_file(stage: Stage) -> None:
    """DP-11: search all tables and files for address and name afterwards; the chain holds, the standings follow from it."""
    lived(stage)
    stage.reply(asked(stage, JANE, "MY DATA"), "YES")
    with stage.house.store.write() as session:
        ledger.seal(session, stage.now)
    assert len({place.partition(":")[0] for place in seen(stage)}) > 10
    stage.reply(asked(stage, JANE, "FORGET ME"), "YES")
    farewell = stage.last(JANE)
    assert "last mail" in farewell.words
    with stage.house.store.read() as session:
        (erasure_id,) = forget_me.due(session, stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    assert seen(stage) == []
    with stage.house.store.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []
        shown = listing.listing(session, stage.network_id, stage.now)
        assert len(shown) == 3
        assert all(one["addresses"][0] for one in shown)
        kept = session.execute(select(posts).order_by(posts.c.id)).first()
        if kept is not None:
            assert kept.author == ""
            assert "water bath" in kept.text
        done = session.execute(select(erasures)).one()
        assert done.due_at - done.asked_at == timedelta(days=30)
    # whatever comes to the old tags finds nobody
    again = stage.reply(farewell, "UNDO", sender="someone@else.example")
    assert stage.outcome(again).state != "done"
    stage.later(days=1)
    assert not stage.mails(JANE)


def test_what_names_them_by_whose_it_is_goes_too(stage: Stage) -> None:
    """DP-11: a first name that the minutes gave to an action of theirs, and what their machine calls itself."""
    inbox_id = stage.mail(f"Jane Doe <{JANE}>", f"mendip-help@{DOMAIN}", "", "HELP")
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == inbox_id).values(helo="Janes-Laptop.local"))
        action = actions.add(session, stage.network_id, owner="Jane", text="Order balances", now=stage.now)
    forgotten(stage)
    with stage.house.store.read() as session:
        assert session.execute(select(inbox.c.helo).where(inbox.c.id == inbox_id)).scalar_one() == ""
        kept = actions.get(session, action.id)
    assert (kept.owner, kept.text, kept.membership_id) == (MARK, "Order balances", None)


def test_what_waits_for_the_erased_does_not_go(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    erased = forgotten(stage)
    assert forget_me.carry_out(stage.house, erased, stage.now)  # twice is once
    stage.at(datetime(2026, 12, 18, 9, 0, tzinfo=UTC))
    stage.settle()
    with stage.house.store.read() as session:
        rows = session.execute(select(outgoing).where(outgoing.c.to_address == JANE)).all()
        assert rows == []
        assert session.execute(select(tray).where(tray.c.rcpt == JANE)).first() is None


def test_the_erased_stay_out_until_they_join_afresh(stage: Stage) -> None:
    """DP-8: a re-import stays blocked; their own fresh confirmed opt-in lifts it."""
    forgotten(stage)
    mac = suppression.mac(JANE, stage.house.hasher)
    with stage.house.store.read() as session:
        assert suppression.reasons(session, macs=[mac], network_id=stage.network_id)[mac] == {"erasure"}
    from mailer.acts import import_members
    from mailer.acts.import_lines import Wish
    from mailer.people import sheet

    with stage.house.store.write() as session:
        wish = Wish(stage.network_id, stage.house.hasher)
        row = sheet.Row(1, JANE, "Jane Doe", "", "", "", "a list from last year")
        import_id = import_members.begin(session, wish, file="old.csv", lines=1, now=stage.now)
        assert import_members.carry_out(session, wish, import_id, [row], stage.now)[0].result == "stays-out"
    stage.mail(JANE, f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(JANE), "YES")
    with stage.house.store.read() as session:
        known = addresses.find(session, JANE)
        assert known is not None
        assert standing.of(session, stage.network_id, known.id)["meetings"] == "active"
        assert suppression.reasons(session, macs=[mac], network_id=stage.network_id) == {}


def test_a_restored_backup_forgets_again(stage: Stage, tmp_path: Path) -> None:
    """DP-11, ruling 9: the journal lies outside the backup and names nobody."""
    lived(stage)
    backup = tmp_path / "backup.db"
    snapshot.copy(stage.house.store, backup)
    forgotten(stage)
    file = stage.house.settings.data_dir / journal.NAME
    assert b"jane" not in file.read_bytes()
    settings = Settings(data_dir=tmp_path / "new")
    restored = Store(settings.database_url)
    with snapshot.load(backup, restored, settings.data_dir):
        pass
    house = House(settings, restored, stage.house.root)
    with restored.read() as session:
        assert addresses.find(session, JANE) is not None
    assert forget_me.replay(house, journal.read(file), stage.now) == 1
    there = Stage.__new__(Stage)
    there.house = house
    assert seen(there) == []
    with restored.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []
    assert forget_me.replay(house, journal.read(file), stage.now) == 0
    restored.close()


def test_dp11_who_is_forgotten_after_a_line_was_cut_off_is_in_the_journal(tmp_path: Path) -> None:
    file = tmp_path / journal.NAME
    first, second = (bytes([n]) * 32 for n in (1, 2))
    journal.append(file, [first], datetime(2026, 11, 23, tzinfo=UTC))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])  # the power went
    journal.append(file, [second], datetime(2026, 11, 24, tzinfo=UTC))
    assert [entry.mac for entry in journal.read(file)] == [first, second]
    assert journal.damaged(file) == 1


def test_dp11_an_erasure_for_which_the_disk_has_no_room_is_not_taken_for_written(tmp_path: Path) -> None:
    """The rows go only after it, so half a line must not pass for one."""
    file = tmp_path / journal.NAME
    write = (
        "import resource, sys; from datetime import UTC, datetime; from pathlib import Path; from mailer.consent import journal\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
        "journal.append(Path(sys.argv[1]), [bytes(32)], datetime(2026, 11, 23, tzinfo=UTC))"
    )
    done = subprocess.run([sys.executable, "-c", write, str(file)], check=False, capture_output=True, text=True)
    assert "File too large" in done.stderr
    assert journal.read(file) == []


def moves(stage: Stage) -> Got:
    """Jane says by a reply of hers, which proves it, where mail should go; the question that comes to her old address."""
    stage.reply(asked(stage, JANE, "STATUS"), f"CHANGE ADDRESS TO {NEW}")
    return stage.last(JANE)


def test_address_changes_when_both_have_said_yes(stage: Stage) -> None:
    """CMD-4, DP-10."""
    question = moves(stage)
    assert NEW in question.words
    there = stage.last(NEW)
    assert JANE not in there.text
    assert "Jane" not in there.text  # CMD-7: nothing from the request
    stage.reply(there, "YES")
    assert "one more yes" in stage.last(NEW).subject.lower()
    assert at(stage, JANE) == {"meetings", "newsletter", "discussion"}
    stage.reply(question, "YES")
    assert at(stage, JANE) == set()
    assert at(stage, NEW) == {"meetings", "newsletter", "discussion"}
    assert NEW in stage.last(NEW).subject
    assert NEW in stage.last(JANE).subject
    with stage.house.store.write() as session:
        (jane,) = [one for one in listing.listing(session, stage.network_id, stage.now) if one["name"] == "Jane Doe"]
        assert jane["addresses"] == [NEW, JANE]  # the old one stays an alias
        assert jane["organisation"] == "Hill School"
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []
    status = stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STATUS")
    assert stage.outcome(status).state == "done"


def at(stage: Stage, address: str) -> set[str]:
    with stage.house.store.read() as session:
        found: Any = addresses.find(session, address)
        return {name for name, now in standing.of(session, stage.network_id, found.id).items() if now == "active"}


@pytest.mark.parametrize("refuser", [JANE, NEW])
def test_one_no_is_enough(stage: Stage, refuser: str) -> None:
    question = moves(stage)
    questions = {JANE: question, NEW: stage.last(NEW)}
    stage.reply(questions[refuser], "NO")
    stage.reply(questions[JANE if refuser == NEW else NEW], "YES")
    assert at(stage, JANE) == {"meetings", "newsletter", "discussion"}
    assert at(stage, NEW) == set()


def test_who_asked_not_to_be_written_to_is_not_asked(stage: Stage) -> None:
    """Ruling 2: a confirmation only to who asked for it; here somebody else did."""
    stage.mail(DAWN, f"mendip-leave@{DOMAIN}", "", "")
    had = len(stage.mails(DAWN))
    asked(stage, JANE, f"CHANGE ADDRESS TO {DAWN}")
    assert len(stage.mails(DAWN)) == had


def test_the_question_says_what_a_yes_does(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "MY DATA")
    question = stage.last(JANE)
    assert question.subject == "Please confirm: MY DATA"
    assert "we send you everything we hold about you" in question.words


def test_being_listed_is_no_mail_that_one_gets(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "KEEP DIRECTORY")
    question = stage.last(JANE).words
    assert "On your yes you are listed in the directory: other members see your name and school" in question
    assert "you get the directory" not in question


def test_who_never_had_the_list_gets_it_from_now_on(stage: Stage) -> None:
    tom = "tom@hill.school.example"
    stage.member(tom, "Tom Tiny", purposes=("meetings",))
    stage.mail(tom, f"mendip-help@{DOMAIN}", "", "KEEP DISCUSSION")
    question = stage.last(tom)
    assert "On your yes you get the discussion list, each post as it comes." in question.words
    stage.reply(question, "YES")
    receipt = stage.last(tom)
    assert receipt.subject == "From now on: the discussion list"
    assert "From now on you get the discussion list, each post as it comes." in receipt.words
    assert "keep" not in receipt.words


@pytest.mark.parametrize("yes", [False, True], ids=["only named", "and confirmed there"])
def test_the_address_of_an_open_change_is_forgotten_too(stage: Stage, yes: bool) -> None:
    """DP-11: it stood in addresses, letters and the tray until retention; who never wrote from it may still join by it."""
    moves(stage)
    if yes:
        stage.reply(stage.last(NEW), "YES")
    forgotten(stage)
    with stage.house.store.read() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                assert NEW not in str({name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}).lower(), table.name
    stage.mail(NEW, f"mendip-join@{DOMAIN}", "join", "yes")
    assert stage.last(NEW).subject == "Please confirm: mail from Mendip Technicians"


def test_a_member_named_as_new_address_is_not_forgotten(stage: Stage) -> None:
    stage.reply(asked(stage, JANE, "STATUS"), f"CHANGE ADDRESS TO {DAWN}")
    forgotten(stage)
    assert at(stage, DAWN) == {"meetings", "newsletter", "discussion"}

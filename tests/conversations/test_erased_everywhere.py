"""FORGET ME after the address has gone to every place it can get to: searched in tables, files and a restored backup, found 0 (DP-11)."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import select

from mailer.acts import forget_me, import_members
from mailer.acts.import_lines import Wish
from mailer.consent import journal, ledger, standing
from mailer.house import House
from mailer.people import sheet
from mailer.settings import Settings
from mailer.store import Store, snapshot
from mailer.store.tables import inbox, raws
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS
from tests.databases import cells, columns_with
from tests.message.pdfs import pdf
from tests.message.test_unpacked import stream as winmail
from tests.people.books import xlsx
from tests.stage import DOMAIN, Stage

HOME, NEVER = "jd77@home.example", "jane77@never.example"
NAMED = ("jane@hill", "jane=hill", "jane%40hill", "jane doe", "doe, jane", "jd77@home", "jd77=home")
HELP = f"mendip-help@{DOMAIN}"
FROM_JANE = f"Jane Doe <{JANE}>"


def with_lists(stage: Stage) -> None:
    """An organiser's lists, as Excel makes them: one packed, one in UTF-16."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OLIVE, f"mendip-organise@{DOMAIN}", "People"
    message["Message-ID"], message["Date"] = "<lists@school.example>", stage.now
    message.set_content("Please ask these people.")
    rows = [["Name", "Email"], ["Jane Doe", JANE], ["Kim New", "kim@new.example"]]
    kind = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    message.add_attachment(xlsx({"People": rows}), maintype=kind[0], subtype=kind[1], filename="jane doe.xlsx")
    text = "\r\n".join("\t".join(row) for row in rows).encode("utf-16")
    message.add_attachment(text, maintype="text", subtype="csv", filename="people.csv")
    stage.raw(message.as_bytes(policy=SMTP), f"mendip-organise@{DOMAIN}", OLIVE)


def with_files(stage: Stage) -> None:
    """Files that say it on a page, packed in one another; and, in a mail that names her, one that nobody can look into."""
    docx = io.BytesIO()
    with zipfile.ZipFile(docx, "w") as packed:
        packed.writestr("word/document.xml", f"<w:p><w:t>Jane Doe, {JANE}</w:t></w:p>")
    secret = pdf("Who comes", f"Doe, Jane ({JANE})")
    files = {
        "page": ("Minutes.", "minutes.pdf", secret),
        "link": ("Minutes.", "minutes.pdf", pdf("Minutes", link=f"mailto:{JANE}", author="Jane Doe")),
        "winmail": ("See what is attached.", "winmail.dat", winmail("IPM.Note", files=(("people.docx", docx.getvalue()),))),
        "in-winmail": ("See what is attached.", "winmail.dat", winmail("IPM.Note", files=(("minutes.pdf", secret),))),
        "scan": ("As Jane Doe signed it.", "scan.pdf", pdf(scanned=True)),
        "broken": ("Jane Doe sent this.", "broken.pdf", secret[:300]),
        "nobody": ("A plan of the lab.", "plan.pdf", pdf(scanned=True)),
    }
    for name, (words, file, content) in files.items():
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = OLIVE, f"mendip-committee@{DOMAIN}", f"A file: {name}"
        message["Message-ID"], message["Date"] = f"<{name}@school.example>", stage.now
        message.set_content(words)
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
        stage.raw(message.as_bytes(policy=SMTP), f"mendip-committee@{DOMAIN}", OLIVE)


def files_kept(house: House) -> set[str]:
    """Which of these mails still have their octets."""
    with house.store.read() as session:
        rows = session.execute(select(inbox.c.message_id, raws.c.content).join(raws, raws.c.sha256 == inbox.c.raw_sha256))
        return {row.message_id.strip("<>").partition("@")[0] for row in rows if b"Subject: A file" in row.content}


def bounced(stage: Stage, token: str) -> None:
    """A report that names her, and encloses what it was about."""
    text = (
        f"From: Mail Delivery System <MAILER-DAEMON@hill.school.example>\r\nTo: <{token}>\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        f"<{JANE}>: mailbox full\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; hill.school.example\r\n\r\n"
        f"Final-Recipient: rfc822; {JANE}\r\nAction: delayed\r\nStatus: 4.2.2\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"To: Jane Doe <{JANE}>\r\n--b--\r\n"
    )
    stage.raw(text.encode(), token)


def lived(stage: Stage) -> None:
    """Everything that can name her, by herself, by others and by machines."""
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    assert meeting_id
    stage.mail(FROM_JANE, f"mendip-agenda@{DOMAIN}", "Balances", f"Ten minutes on balances, please.\n\nJane Doe\n{JANE}")
    stage.mail(FROM_JANE, f"mendip-news@{DOMAIN}", "Our new lab", f"The lab is open, says Jane Doe ({JANE}). " * 8)
    stage.mail(FROM_JANE, f"mendip-news@{DOMAIN}", "A promise", "I will write something about our balances for the next newsletter.")
    stage.mail(FROM_JANE, f"mendip@{DOMAIN}", "Water baths?", f"Who has a spare water bath?\n\nJane Doe, {JANE}")
    stage.reply(stage.last(JANE), "Everyone")
    stage.mail(FROM_JANE, f"mendip-exchange@{DOMAIN}", "Offered: a centrifuge", f"Offered: a centrifuge. Write to {JANE}.")
    stage.mail(FROM_JANE, f"mendip-private@{DOMAIN}", "A question", "May I bring a pupil?")
    stage.mail(FROM_JANE, f"mendip-committee@{DOMAIN}", "Data complaint", f"I want to complain about how my data was shared: {JANE}.")
    stage.mail(FROM_JANE, HELP, "", "MY DETAILS")
    stage.reply(stage.last(JANE), "EQUIPMENT: a kiln, ask Jane Doe")
    stage.reply(stage.last(JANE), "SHOW NAME TO MEMBERS")
    stage.reply(stage.last(JANE), "YES")
    stage.mail(FROM_JANE, HELP, "", "MY DATA")
    stage.reply(next(m for m in reversed(stage.mails(JANE)) if "MY DATA" in m.subject), "YES")
    stage.mail(f"Jane Doe <{HOME}>", f"mendip-join@{DOMAIN}", "", "")
    stage.reply(stage.last(HOME), "YES")
    stage.later(days=1)  # one question a day for an address (CMD-7)
    stage.mail(FROM_JANE, HELP, "", f"CHANGE ADDRESS TO {HOME}")
    stage.reply(next(m for m in reversed(stage.mails(JANE)) if "/c/" in m.text), "YES")  # and only then the new one is asked
    stage.reply(next(m for m in reversed(stage.mails(HOME)) if "/c/" in m.text), "YES")
    stage.mail(f"Jane Doe <{HOME}>", HELP, "", f"CHANGE ADDRESS TO {NEVER}")
    stage.mail(f"Dawn Day <{DAWN}>", f"mendip@{DOMAIN}", "Re: Water baths?", f"Jane Doe ({JANE}) may have ours. Doe, Jane knows. {HOME.upper()}")
    stage.mail(f"Dawn Day <{DAWN}>", f"mendip-committee@{DOMAIN}", "A word", f"Jane Doe was kind: {JANE}", Cc=f"Jane Doe <{JANE}>")
    stage.mail(f"Olive Organiser <{OLIVE}>", f"mendip-organise@{DOMAIN}", "Minutes", "We met.\nAction: Jane Doe to order balances by 1 March")
    stage.mail(f"Olive Organiser <{OLIVE}>", f"mendip-organise@{DOMAIN}", "", "Jane Doe is our secretary")
    with_lists(stage)
    with_files(stage)
    with stage.house.store.write() as session:
        rows = sheet.read(f"email,name,evidence\n{JANE},Jane Doe,said by Jane Doe\nkit@x.example,Kit Cat,told by Jane Doe\n".encode()).rows
        wish = Wish(stage.network_id, stage.house.hasher)
        import_id = import_members.begin(session, wish, file="jane doe.csv", lines=2, now=stage.now)
        import_members.carry_out(session, wish, import_id, rows, stage.now)
    stage.at(datetime(2026, 12, 18, 10, 0, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(PETER), "SEND")
    stage.later(hours=1)
    for got in [one for one in stage.mails() if one.to in (JANE, HOME)][-2:]:
        bounced(stage, got.mail_from)
        stage.mail(FROM_JANE, got.mail_from, "Automatic reply", f"I am away. Jane Doe, {JANE}", Auto_Submitted="auto-replied")
    stage.later(days=1)


def seen(house: House) -> set[str]:
    """Every column and file in which she still stands, however it is encoded: as `termpost` itself would look, and plainly."""
    found = columns_with(house.store, *NAMED)
    for table, column, value, _ in cells(house.store):
        if column == "content" and value and _named_inside(bytes(value)):
            found.add(f"{table}.{column}, encoded")
    for file in sorted(house.settings.data_dir.rglob("*")):
        octets = file.read_bytes().lower() if file.is_file() else b""
        found |= {file.name for word in NAMED if word.encode() in octets}
    return found


def _named_inside(content: bytes) -> bool:
    """Whether a part of this mail says it, read by another reader than ours; a workbook by what it is made of."""
    import email

    for part in email.message_from_bytes(content).walk():
        plain = part.get_payload(decode=True)
        if not isinstance(plain, bytes):
            continue
        texts = [plain, plain.replace(b"\0", b"")]
        if plain.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(plain)) as packed:
                texts += [packed.read(name) for name in packed.namelist()]
        if any(word.encode() in text.lower() for text in texts for word in NAMED):
            return True
    return False


def test_nothing_of_her_is_left_anywhere_nor_in_a_backup_that_is_restored(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lived(stage)
    places = seen(stage.house)
    assert "raws.content, encoded" in places
    assert len({one.partition(".")[0] for one in places}) > 12, sorted(places)
    outside = tmp_path_factory.mktemp("outside")
    backup = outside / "backup.db"
    snapshot.copy(stage.house.store, backup)
    stage.mail(f"Jane Doe <{HOME}>", HELP, "", "FORGET ME")
    stage.reply(stage.last(HOME), "YES")
    with stage.house.store.read() as session:
        (erasure_id,) = forget_me.due(session, stage.now)
    assert len(files_kept(stage.house)) == 7
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    assert seen(stage.house) == set()
    assert files_kept(stage.house) == {"nobody"}
    stage.later(days=70)  # what was queued, planned and due has its day
    assert seen(stage.house) == set()
    assert not [one for one in stage.mails() if one.to in (JANE, HOME)]
    settings = Settings(data_dir=outside / "new")
    restored = Store(settings.database_url)
    with snapshot.load(backup, restored, settings.data_dir):
        pass
    house = House(settings, restored, stage.house.root)
    assert len(seen(house)) > 10
    assert forget_me.replay(house, journal.read(stage.house.settings.data_dir / journal.NAME), stage.now) >= 1
    assert seen(house) == set()
    assert files_kept(house) == {"nobody"}
    for one in (stage.house, house):
        with one.store.write() as session:
            ledger.seal(session, stage.now + timedelta(days=1))
            assert ledger.verify(session) == []
            assert standing.rebuild(session) == []
    restored.close()

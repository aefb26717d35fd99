"""What it costs to handle what people write: read, judge, understand, route, act, answer, write down.

    python tests/bench/handling.py [--each 200] [--url postgresql+psycopg://...] [--profile KIND]

A network of so many members with a meeting they were invited to. Of each kind so many messages are stored as a door
stores them, each from another member, and then handled one after the other as a worker does. The mails are as Outlook
writes them: text and HTML, with our letter quoted. CPU time of this process counts, as the machine may be shared; the
letters that answer are composed and sent afterwards by the courier, and what that costs stands beside it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from mailer import clock, log, wake
from mailer.acts import Actor, Strength, meet
from mailer.cycle import enqueue, plan
from mailer.cycle.networks import cycle_of
from mailer.house import House, open_house
from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope, Intake
from mailer.message import tags
from mailer.outbound.deliver import Courier
from mailer.people import networks
from mailer.settings import Settings
from mailer.store.tables import addresses, inbox, memberships, occasions, outgoing, people, standings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DOMAIN = "lists.example.org"
GOAL = 150  # messages/s a core
PURPOSES = ("meetings", "newsletter", "discussion")
QUOTED = (
    "Dear all,\n\nour next meeting is on Wednesday 20 January 2027 at 14:00 at Hill School. Please tell us whether you come.\n\n"
    + "\n".join(f"{n}. What the schools did this term, and what they found out doing it." for n in range(1, 21))
    + "\n\nReply YES, NO or MAYBE to this mail.\n"
)

Mail = tuple[str, str, bytes]  # envelope sender, our address, content


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--each", type=int, default=200, help="messages of each kind")
    words.add_argument("--url", default="", help="a database instead of SQLite in a temporary folder")
    words.add_argument("--profile", default="", help="show where the time of one kind goes")
    asked = words.parse_args()
    log.setup("error")
    wake.provide(wake.Silent())
    clock.stand_at(NOW)
    with tempfile.TemporaryDirectory(prefix="termpost-bench-") as folder:
        given = {"database_url": asked.url} if asked.url else {}
        house = open_house(Settings(data_dir=Path(folder), **given))
        copies = invited(house, asked.each)
        print(f"{asked.each} messages of each kind; the goal is {GOAL} messages/s a core")
        print(f"{'kind':<14} {'handled':>11} {'ms CPU each':>12} {'answers':>8} {'ms CPU each to compose and send':>32}")
        for kind, made in kinds(house, copies).items():
            measure(house, kind, [made(n) for n in range(1, asked.each + 1)], kind == asked.profile)
        house.close()


def measure(house: House, kind: str, mails: list[Mail], profiled: bool) -> None:
    store(house, mails[:1])
    pipeline.handle_next(house, "bench")  # whatever is made once a process
    store(house, mails := mails[1:])
    profile = cProfile.Profile()
    if profiled:
        profile.enable()
    began = time.process_time()
    while pipeline.handle_next(house, "bench", likely=True):
        pass
    handling = (time.process_time() - began) / len(mails)
    if profiled:
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    with house.store.read() as session:
        states = dict(session.execute(select(inbox.c.handler + " " + inbox.c.state, func.count()).group_by("handler", "state")).all())
        answers = session.execute(select(func.count()).where(outgoing.c.state == "queued", outgoing.c.lane == "urgent")).scalar_one()
    courier = Courier(house, "bench")
    began = time.process_time()
    while courier.deliver(wake.URGENT):
        pass
    composing = (time.process_time() - began) / max(answers, 1)
    courier.close()
    print(f"{kind:<14} {1 / handling:9,.0f}/s {handling * 1000:12.2f} {answers:8} {composing * 1000:32.2f}", flush=True)
    if profiled:
        print(states)


def store(house: House, mails: list[Mail]) -> None:
    intake = Intake(house.store)
    for mail_from, rcpt, content in mails:
        intake.store(Envelope(mail_from, (rcpt,), content, "smtp", "127.0.0.1", NOW))
    intake.close()


def kinds(house: House, copies: dict[int, int]) -> dict[str, Callable[[int], Mail]]:
    """What each kind of mail of the member with this number looks like."""

    def tagged(use: str, number: int) -> str:
        return f"mendip+{house.keys.tag(use, copies[number])}@{DOMAIN}"

    return {
        "RSVP": lambda n: written(n, "rsvp", tagged(tags.REPLY, n), "Re: Our next meeting", "Yes, I shall be there, vegetarian please.", QUOTED),
        "agenda item": lambda n: written(n, "item", f"mendip-agenda@{DOMAIN}", f"Balances {n}", "Could we talk about servicing balances? Ten minutes would do.\n\nKind regards\n\nPerson"),
        "post": lambda n: written(n, "post", f"mendip@{DOMAIN}", f"Who has a spare stirrer {n}", "Our hotplate stirrer died this morning. Has anybody one to lend for two weeks? I can fetch it.\n\nThank you\nPerson"),
        "bounce": lambda n: bounced(n, tagged(tags.BOUNCE, n)),
        "STOP": lambda n: written(n, "stop", tagged(tags.REPLY, n), "Re: Our next meeting", "STOP", QUOTED),
    }  # fmt: skip


def written(number: int, kind: str, to: str, subject: str, text: str, quoted: str = "") -> Mail:
    """As Outlook writes: text and HTML, what it answers below."""
    sender = f"p{number}@school.example"
    message = EmailMessage()
    message["Received"] = f"from mail.school.example (192.0.2.1) by mx.example.org; {NOW:%a, %d %b %Y %H:%M:%S} +0000"
    message["From"] = f"Person {number} <{sender}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = f"{NOW:%a, %d %b %Y %H:%M:%S} +0000"
    message["Message-ID"] = f"<{kind}.{number}@school.example>"
    message["X-Mailer"] = "Microsoft Outlook 16.0"
    head = f"\n\nFrom: Mendip Technicians <mendip-committee@{DOMAIN}>\nSent: 23 November 2026 09:00\nTo: Person {number} <{sender}>\nSubject: Our next meeting\n\n"
    message.set_content(text + (head + quoted if quoted else ""))
    paragraphs = "".join(f'<p class="MsoNormal">{line}<o:p></o:p></p>\n' for line in text.splitlines())
    below = "".join(f'<p class="MsoNormal" style="margin-bottom:12.0pt">{line}</p>\n' for line in (head + quoted).splitlines())
    border = f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">{below}</div>' if quoted else ""
    message.add_alternative(f"<html><head><style>p.MsoNormal{{margin:0}}</style></head><body><div class=WordSection1>{paragraphs}{border}</div></body></html>", subtype="html")  # fmt: skip
    return sender, to, message.as_bytes(policy=SMTP)


def bounced(number: int, to: str) -> Mail:
    """RFC 3464: full this week, so that the address stays in use."""
    content = f"""From: MAILER-DAEMON@school.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {NOW:%a, %d %b %Y %H:%M:%S} +0000
Message-ID: <bounce.{number}@school.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=-bench"

--=-bench
Content-Type: text/plain; charset=us-ascii

The mailbox of p{number}@school.example is full.

--=-bench
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.school.example

Final-Recipient: rfc822; p{number}@school.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--=-bench
Content-Type: message/rfc822

{QUOTED}
--=-bench--
"""
    return "", to, content.replace("\n", "\r\n").encode()


def invited(house: House, count: int) -> dict[int, int]:
    """A network whose members have all had the invitation to a meeting. Returns the copy of each."""
    actor = Actor(0, None, None, Strength.OPERATOR, "cli")
    with house.store.write() as session:
        made = networks.add(session, slug="mendip", domain=DOMAIN, name="Mendip Technicians", now=NOW)
        network_id = int(getattr(made, "id", made))
        everybody(session, network_id, count)
        starts = NOW + timedelta(days=58)
        meet.make(session, Actor(network_id, None, None, actor.strength, "cli"), starts_at=starts, ends_at=starts + timedelta(hours=2), now=NOW, venue="Hill School")  # fmt: skip
        plan.refresh(session, network_id, NOW)
        approved = {"state": "queued", "version": 1, "approved_version": 1, "cursor": 0, "goes_at": NOW}
        session.execute(update(occasions).where(occasions.c.kind == "invitation").values(approved))
    while True:
        with house.store.read() as session:
            cycle = cycle_of(session, network_id, NOW)
            occasion = session.execute(select(occasions).where(occasions.c.kind == "invitation")).one()
        if occasion.audience_count is not None:
            break
        enqueue.go_on(house, occasion, cycle, NOW)
    with house.store.write() as session:
        session.execute(update(outgoing).values(state="accepted", finished_at=NOW))
        return {row.address_id: row.id for row in session.execute(select(outgoing.c.address_id, outgoing.c.id))}


def everybody(session: Any, network_id: int, count: int) -> None:
    """So many members who get everything, written straight into the tables: only what they write is measured."""
    numbers = range(1, count + 1)
    session.execute(insert(people), [{"id": n, "name": f"Person {n}", "created_at": NOW} for n in numbers])
    session.execute(
        insert(addresses),
        [
            {
                "id": n,
                "address": f"p{n}@school.example",
                "key": f"p{n}@school.example",
                "mac": n.to_bytes(32, "big"),
                "person_id": n,
                "created_at": NOW,
                "confirmed_at": NOW,
            }
            for n in numbers
        ],
    )
    session.execute(
        insert(memberships),
        [{"network_id": network_id, "address_id": n, "person_id": n, "joined_at": NOW} for n in numbers],
    )
    held = {"network_id": network_id, "standing": "active", "updated_at": NOW, "scope": ""}
    session.execute(insert(standings), [{**held, "address_id": n, "purpose": p} for n in numbers for p in PURPOSES])


if __name__ == "__main__":
    main()

"""/tray: the mail that the relay `tray:` kept instead of sending, shown as the person would see it.

A mail's HTML is what it is, so it is shown in a frame that runs nothing and fetches nothing (`headers.MAIL_POLICY`): its
pictures are brought along as data:, and its links open a window outside. Attachments come down as files (SAFE-6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, func, select

from mailer.people import formats
from mailer.store.tables import tray
from mailer.web import headers as strict
from mailer.web.asking import Answer, Asked, Octets, Page, missing
from mailer.web.kept import Kept, open_mail

PLAIN = "text/plain; charset=utf-8"
A_PAGE = 50
OPENED = 2000  # mails opened for one page of a search for words, a few milliseconds each
LONGEST = 200
ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Search:
    """What is looked for; all of it must fit."""

    to: str = ""  # in the recipient's address
    words: str = ""  # each in the subject or the text
    day: str = ""  # YYYY-MM-DD, in the zone that the list shows

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Search:
        """As the form asks. A day that is none is not looked for."""
        day = query.get("day", "").strip()
        return cls(
            query.get("to", "").strip()[:LONGEST], query.get("words", "").strip()[:LONGEST], day if _day(day) else ""
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the database can tell; the words stand encoded in the mail."""
        found = [tray.c.rcpt.icontains(self.to, autoescape=True)] if self.to else []
        if day := _day(self.day):
            start = datetime.combine(day, time(), ZONE)
            found += [tray.c.at >= start, tray.c.at < datetime.combine(day + timedelta(days=1), time(), ZONE)]
        return found

    def fits(self, row: Row[Any]) -> bool:
        """Whether every word stands in its subject or text, in any case."""
        wanted = self.words.casefold().split()
        unseen = [word for word in wanted if word not in row.subject.casefold()]
        if not unseen:
            return True
        text = open_mail(bytes(row.content)).text.casefold()
        return all(word in text for word in unseen)

    def link(self, **more: object) -> str:
        """The same search, elsewhere in it."""
        asked = {"to": self.to, "words": self.words, "day": self.day, **more}
        kept = {name: str(value) for name, value in asked.items() if value}
        return f"/tray?{urlencode(kept)}" if kept else "/tray"


def listing(asked: Asked) -> Answer:
    """Newest first, a page at a time by id; `?to=`, `?words=` and `?day=` search."""
    search = Search.of(asked.query)
    before = asked.query.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) <= 15 else None
    with asked.house.store.read() as session:
        rows, older = _page(session, search, start)
        count = session.execute(select(func.count()).select_from(tray).where(*search.conditions())).scalar_one()
    fields = {
        "search": search,
        "asked": search != Search(),
        "count": None if search.words else count,
        "mails": [
            {"id": row.id, "at": formats.brief(row.at, str(ZONE)), "rcpt": row.rcpt, "subject": row.subject}
            for row in rows
        ],
        "older": search.link(before=older) if older else "",
        "newest": "" if start is None else search.link(),
        "everything": "/tray",
    }
    return Page("tray", fields)


def _page(session: Connection, search: Search, before: int | None) -> tuple[list[Row[Any]], int | None]:
    """The next mails that fit, and where the page after begins. For words so many are opened and no more: then the page is short."""
    found: list[Row[Any]] = []
    looked_at = 0
    columns = [tray.c.id, tray.c.at, tray.c.rcpt, tray.c.subject, *([tray.c.content] if search.words else [])]
    while looked_at < OPENED:
        query = select(*columns).where(*search.conditions()).order_by(tray.c.id.desc()).limit(A_PAGE + 1)
        if before is not None:
            query = query.where(tray.c.id < before)
        rows = session.execute(query).all()
        for row in rows:
            if not search.fits(row):
                continue
            if len(found) == A_PAGE:
                return found, found[-1].id
            found.append(row)
        if len(rows) <= A_PAGE:
            return found, None
        before = rows[-1].id
        looked_at += len(rows)
    return found, before


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
        return day if 1900 < day.year < 3000 else None
    except ValueError:
        return None


def mail(asked: Asked) -> Answer:
    """One mail: who, what, when; its HTML in a frame, its text if it has no HTML, its calendar part, its files."""
    row = _row(asked)
    if row is None:
        return missing()
    with asked.house.store.read() as session:
        newer = session.execute(select(func.min(tray.c.id)).where(tray.c.id > row.id)).scalar()
        older = session.execute(select(func.max(tray.c.id)).where(tray.c.id < row.id)).scalar()
    return Page("tray-mail", {**_fields(row), "newer": newer, "older": older, "frame": strict.MAIL_SANDBOX})


def html(asked: Asked) -> Answer:
    """The HTML alone, sandboxed even when opened on its own."""
    row = _row(asked)
    found = _open(row).html if row is not None else None
    if found is None:
        return missing()
    return Octets(
        found.encode(),
        "text/html; charset=utf-8",
        headers={"Content-Security-Policy": strict.MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


def text(asked: Asked) -> Answer:
    """The text part, as a reader of plain text sees it."""
    row = _row(asked)
    return missing() if row is None else Page("tray-text", {**_fields(row), "what": "text"})


def headers(asked: Asked) -> Answer:
    """Every header field, unfolded."""
    row = _row(asked)
    return missing() if row is None else Page("tray-text", {**_fields(row), "what": "headers"})


def raw(asked: Asked) -> Answer:
    """The bytes that would have gone."""
    row = _row(asked)
    if row is None:
        return missing()
    return Octets(bytes(row.content), PLAIN, headers={"Content-Security-Policy": strict.FOREIGN_POLICY})


def part(asked: Asked) -> Answer:
    """One attachment, to be kept as a file."""
    row = _row(asked)
    parts = _open(row).parts if row is not None else ()
    wanted = asked.number("part")
    if not 0 <= wanted < len(parts):
        return missing()
    found = parts[wanted]
    return Octets(found.content, "application/octet-stream", headers=strict.foreign(found.name))


def _row(asked: Asked) -> Row[Any] | None:
    with asked.house.store.read() as session:
        return session.execute(select(tray).where(tray.c.id == asked.number("mail"))).first()


def _open(row: Row[Any]) -> Kept:
    return open_mail(bytes(row.content))


def _fields(row: Row[Any]) -> dict[str, Any]:
    kept = _open(row)
    return {
        "id": row.id,
        "at": formats.brief(row.at, str(ZONE)),
        "mail_from": row.mail_from,
        "rcpt": row.rcpt,
        "outgoing": row.outgoing_id,
        "kept": kept,
        "subject": kept.field("Subject") or row.subject,
    }

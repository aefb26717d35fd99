"""/tray: the mail that the relay `tray:` kept instead of sending, shown as the person would see it.

A mail's HTML is what it is, so it is shown in a frame that runs nothing and fetches nothing (`headers.MAIL_POLICY`): its
pictures are brought along as data:, and its links open a window outside. Attachments come down as files (SAFE-6).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from mailer.people import formats
from mailer.store.tables import tray
from mailer.web import headers as strict
from mailer.web.asking import Answer, Asked, Octets, Page, missing
from mailer.web.kept import Kept, open_mail

PLAIN = "text/plain; charset=utf-8"
A_PAGE = 50


def listing(asked: Asked) -> Answer:
    """Newest first, a page at a time by id; `?to=` looks for a recipient."""
    to = asked.query.get("to", "").strip()[:200]
    before = asked.query.get("before", "")
    mine = select(tray.c.id, tray.c.at, tray.c.rcpt, tray.c.subject)
    everything = select(func.count()).select_from(tray)
    if to:
        wanted = tray.c.rcpt.icontains(to, autoescape=True)
        mine, everything = mine.where(wanted), everything.where(wanted)
    if before.isascii() and before.isdigit() and len(before) <= 15:
        mine = mine.where(tray.c.id < int(before))
    with asked.house.store.read() as session:
        rows = session.execute(mine.order_by(tray.c.id.desc()).limit(A_PAGE + 1)).all()
        count = session.execute(everything).scalar_one()
    fields = {
        "to": to,
        "count": count,
        "mails": [
            {"id": row.id, "at": formats.brief(row.at, "Europe/London"), "rcpt": row.rcpt, "subject": row.subject}
            for row in rows[:A_PAGE]
        ],
        "older": rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
        "newest": not before,
    }
    return Page("tray", fields)


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
        "at": formats.brief(row.at, "Europe/London"),
        "mail_from": row.mail_from,
        "rcpt": row.rcpt,
        "outgoing": row.outgoing_id,
        "kept": kept,
        "subject": kept.field("Subject") or row.subject,
    }

"""What somebody needs at a meeting, as food or access, is kept for that meeting and goes some days after it (DP-14, ruling 11).

A need stands in the note of an answer, among other words, and nothing says which note has one: so every note goes, and
with it whatever it came in or went on by. That is the mail, how it was read, our answers to it, the copy for the
organisers, the sheet of the day, and copies of all a person's data (MY DATA), with what the tray keeps of them. Who
answered what, and who came, stays for the time of its own class.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, and_, cast, func, literal, or_, select, update

from mailer.consent.taking import MOST, OPEN_MAIL, Round, empty_letters, whole_letters
from mailer.store import tables as t

HANDLER = "answer"  # what came as an answer to a letter about a meeting, an answer or not
SHEET = "day-sheet"
RECEIPT, COPY = "replies/answer", "replies/my-data"


def needs(at: Round) -> int:
    """Empty notes, mails and letters of meetings that ended before. Returns how many rows."""
    over = select(t.meetings.c.id).where(t.meetings.c.ends_at < at.before)
    mails = _mails(at, over)
    noted = select(t.responses.c.id).where(t.responses.c.meeting_id.in_(over), t.responses.c.note != "").limit(MOST)
    done = int(at.session.execute(update(t.responses).where(t.responses.c.id.in_(noted)).values(note="")).rowcount)
    emptied = _letters(at, over, mails)
    return done + emptied + (_messages(at, mails) if emptied < MOST else 0)  # a letter is found by its mail: letters first


def _mails(at: Round, over: Any) -> Any:
    """The mails that answered one of these meetings, and those that came about it and were none: as nobody was invited to
    any other when they came."""
    answered = select(t.responses.c.inbox_id).where(t.responses.c.meeting_id.in_(over), t.responses.c.inbox_id.is_not(None))
    m, mail = t.meetings.c, t.inbox.c
    invited = select(t.invitations.c.id).where(t.invitations.c.meeting_id == m.id, t.invitations.c.invited_at <= mail.received_at)
    to_come = select(m.id).where(m.network_id == mail.network_id, m.ends_at >= at.before, invited.exists())
    about = and_(mail.handler == HANDLER, mail.received_at < at.before, ~to_come.exists())
    complaints = select(t.privacy_complaints.c.inbox_id).where(t.privacy_complaints.c.answered_at.is_(None))
    ahead = select(t.responses.c.inbox_id).where(t.responses.c.meeting_id.not_in(over), t.responses.c.inbox_id.is_not(None))
    waits = or_(mail.state.in_(OPEN_MAIL), mail.id.in_(complaints), mail.id.in_(ahead))
    worded = or_(mail.subject != "", func.length(cast(mail.steps, Text)) > 2)
    return select(mail.id).where(worded, or_(mail.id.in_(answered), about), ~waits)


def _letters(at: Round, over: Any, mails: Any) -> int:
    letter, copy = t.letters.c, t.outgoing.c
    sheets = select(t.occasions.c.id).where(t.occasions.c.kind == SHEET, t.occasions.c.thing_id.in_(over))
    replies = select(copy.letter_id).where(copy.inbox_id.in_(mails))
    m = t.meetings.c
    about = literal('%"meeting": {"id": "') + cast(m.id, Text) + '"%'  # as `meetings.facts` begins; an answer on a page has no mail
    of_these = select(m.id).where(m.id.in_(over), m.network_id == letter.network_id, cast(letter.fields, Text).like(about))
    found = whole_letters(
        at,
        or_(
            letter.occasion_id.in_(sheets),
            letter.id.in_(replies),
            and_(letter.template == RECEIPT, of_these.exists()),
            and_(letter.template == COPY, letter.created_at < at.before),
        ),
    )
    empty_letters(at.session, found)
    copies = select(copy.id).where(copy.letter_id.in_([row.id for row in found]))
    at.session.execute(t.tray.delete().where(t.tray.c.outgoing_id.in_(copies)))
    return len(found)


def _messages(at: Round, mails: Any) -> int:
    """The bytes, the subject and how it was read; that there was a mail, and what came of it, stays."""
    mail = t.inbox.c
    read = at.session.execute(select(mail.id, mail.raw_sha256).where(mail.id.in_(mails)).limit(MOST)).all()
    waiting = select(mail.raw_sha256).where(mail.state.in_(OPEN_MAIL))
    of_these = (t.raws.c.sha256.in_({row.raw_sha256 for row in read}), t.raws.c.sha256.not_in(waiting))
    at.session.execute(update(t.raws).where(*of_these).values(content=b"", size=0))
    at.session.execute(update(t.inbox).where(mail.id.in_([row.id for row in read])).values(subject="", steps=[]))
    return len(read)

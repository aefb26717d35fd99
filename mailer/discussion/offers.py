"""The exchange: what is offered or wanted, and when it is gone. Each stands open until its writer says so, or grows old.

Nobody fills in a form: the words of the mail say what it is, and "taken", "gone now", "found one, thanks" by who wrote it,
in answer to it, closes it. That is told to nobody by itself; the next newsletter says what is open and what has gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.discussion.posting import EXCHANGE
from mailer.meetings.evidence import LOAN
from mailer.store.tables import evidence, posts

OFFERED, WANTED, JOB, SHADOWING = "offered", "wanted", "job", "shadowing"
OPEN_FOR = timedelta(days=120)  # a term: what is older is not shown as open any more
A_FEW = 14  # words: more of them say something to somebody
MOST = 30


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


# what a mail to the exchange is, read top-down: its subject first, then how it begins; else something is offered
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (SHADOWING, _any(r"(?:job )?shadow(?:ing)?|cysgodi")),
    (JOB, _any(r"jobs?|vacanc(?:y|ies)|we are (?:hiring|recruiting)|closing date|swyddi?")),
    (
        WANTED,
        _any(
            r"wanted|looking for|in search of|(?:does|has) any(?:one|body) (?:have|got)|we (?:need|are after)|"
            r"could (?:any(?:one|body)|someone) (?:lend|spare)|to borrow|can we borrow|yn eisiau|chwilio am"
        ),
    ),
    (OFFERED, _any(r"offered|free to|to give away|going spare|spare|surplus|ar gael|ar gynnig")),
)
CLOSES = _any(
    r"(?:now |all |both |has |have |been |is |are |it's |they're )*(?:gone|taken|given away|lent|collected|promised|filled)(?: now)?|"
    r"found(?=\W*$)|found (?:one|some|it|them|someone|somebody|a (?:new )?home)|no longer (?:available|needed|wanted|required)|not needed any ?more|"
    r"(?:sorted|closed)(?: now)?|got (?:one|some) now|wedi mynd|wedi cael(?: un)?|dim angen"
)
NOT_YET = _any(r"not (?:yet )?(?:gone|taken|collected|found)|still|nobody|no one|has it|is it|are they|have they|when|if|\w+n't")


def kind_of(subject: str, text: str) -> str:
    """offered, wanted, job or shadowing."""
    for words in (subject, text[:300]):
        for kind, pattern in KINDS:
            if pattern.search(words):
                return kind
    return OFFERED


def closes(text: str) -> bool:
    """Whether these words say that it is gone, or found, and nothing else to anybody. A question never does."""
    return (
        0 < len(text.split()) <= A_FEW and "?" not in text and bool(CLOSES.search(text)) and not NOT_YET.search(text)
    )


def open_now(session: Connection, network_id: int, now: datetime) -> list[dict[str, Any]]:
    """What began a thread lately and was not closed: {kind, subject}, oldest first."""
    return _shown(session, _begun(network_id).where(posts.c.at > now - OPEN_FOR, posts.c.solved_at.is_(None)))


def gone_since(session: Connection, network_id: int, since: datetime | None, now: datetime) -> list[dict[str, Any]]:
    """What has found its taker since then; what was only taken back has not."""
    taken = select(evidence.c.thing).where(evidence.c.network_id == network_id, evidence.c.kind == LOAN)
    things = set(session.execute(taken).scalars())
    closed = _begun(network_id).where(posts.c.solved_at > (since or now - OPEN_FOR), posts.c.solved_at <= now)
    return _shown(session, closed, {int(thing.rpartition(":")[2]) for thing in things if thing.startswith("post:")})


def _begun(network_id: int) -> Any:
    columns = (posts.c.id, posts.c.subject, posts.c.text)
    mine = posts.c.network_id == network_id, posts.c.list == EXCHANGE, posts.c.thread_id == posts.c.message_id
    return select(*columns).where(*mine).order_by(posts.c.id).limit(MOST)


def _shown(session: Connection, query: Any, only: Iterable[int] | None = None) -> list[dict[str, Any]]:
    return [
        {"kind": kind_of(row.subject, row.text), "subject": bare(row.subject)}
        for row in session.execute(query)
        if only is None or row.id in only
    ]


def bare(subject: str) -> str:
    """Without the word that says what it is, which is said anew."""
    return re.sub(r"(?i)^(?:offered|wanted|job|free|shadowing|offer|want|ar gael|ar gynnig|yn eisiau|swydd|cysgodi)\s*[:\-\u2013]\s*", "", subject).strip() or subject

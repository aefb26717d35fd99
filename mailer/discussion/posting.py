"""A post: who may, under which name, with which subject; what is not sent round again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.consent import ACTIVE, standing
from mailer.discussion import threads
from mailer.errors import NotFound
from mailer.message.encoded import clean, printable
from mailer.message.headers import is_message_id
from mailer.people import membership
from mailer.people.membership import Membership
from mailer.store import add, prepared, unindexed
from mailer.store.tables import addresses, networks, posts

DISCUSSION, EXCHANGE = "discussion", "exchange"
MOST_RECEIVED = 100  # LOOP-4
SUBJECT = 200
TEXT = 100_000
ATTACHMENTS = 20
REPEATED_WITHIN = timedelta(days=1)

_REPLY = re.compile(r"^(?:re|aw|sv|antw|ynghylch|atb)(?:\s?\[\d{1,3}\])?\s?:\s*", re.IGNORECASE)
_FORWARD = re.compile(r"^(?:fwd?|wg|tr|ymlaen)\s?:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A post as it came in, read: the writer's own words without quote, ids without brackets.

    `list_ids`, `loops` and `received` are what shows that it went round before (LOOP-4)."""

    message_id: str
    subject: str
    text: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    received: int = 0
    attachments: tuple[str, ...] = ()  # names; what they held is not sent round


@dataclass(frozen=True)
class Post:
    """One post as it is kept. `thread_id` is the Message-ID that its thread began with."""

    id: int
    network_id: int
    address_id: int | None
    author: str
    message_id: str
    thread_id: str
    subject: str
    text: str
    attachments: tuple[str, ...]
    list: str
    inbox_id: int | None
    at: datetime
    solved_at: datetime | None

    @property
    def answers(self) -> bool:
        """True if it stands in a thread that another post began."""
        return self.thread_id != self.message_id


@dataclass(frozen=True)
class Asked:
    """What is looked at: who wrote which post to which list, and when."""

    network_id: int
    address_id: int | None
    member: Membership | None
    draft: Draft
    list: str
    now: datetime


def asked_of(
    session: Connection, network_id: int, address_id: int | None, draft: Draft, list_: str, now: datetime
) -> Asked:
    """What somebody asks who writes to a list, with the membership that it is asked by."""
    return Asked(network_id, address_id, membership.of_address(session, network_id, address_id), draft, list_, now)


Question = Callable[[Connection, Asked], bool]


def held_because(session: Connection, asked: Asked) -> str:
    """The slug of the first row of `HELD` that is true, or empty: it may go."""
    return next((slug for slug, is_true in HELD if is_true(session, asked)), "")


def _looped(session: Connection, asked: Asked) -> bool:
    network_id, draft = asked.network_id, asked.draft
    network = session.execute(*_named(network_id)).one()
    own = {f"{network.slug}.{network.domain}".lower(), f"{network.slug}@{network.domain}".lower()}
    marks = {mark.lower().strip("<> ") for mark in (*draft.list_ids, *draft.loops)}
    return bool(own & marks) or draft.received > MOST_RECEIVED


def _told_before(session: Connection, asked: Asked) -> bool:
    """By its Message-ID; or the same words by the same person within a day, who thought that the first had not gone."""
    draft = asked.draft
    known = _with_message_id(asked.network_id, draft.message_id)
    if draft.message_id and session.execute(*known).first() is not None:
        return True
    text = _kept(draft.text)
    if not text or asked.address_id is None:
        return False
    again = _same_words(asked.network_id, asked.list, asked.now - REPEATED_WITHIN, asked.address_id, text)
    return session.execute(*again).first() is not None


@prepared
def _with_message_id(network: Any, message_id: Any) -> Any:
    return select(posts.c.id).where(unindexed(posts.c.network_id) == network, posts.c.message_id == message_id).limit(1)


@prepared
def _same_words(network: Any, list_: Any, since: Any, address: Any, text: Any) -> Any:
    person = select(addresses.c.person_id).where(addresses.c.id == address).scalar_subquery()
    theirs = select(addresses.c.id).where((addresses.c.id == address) | (addresses.c.person_id == person))
    return (
        select(posts.c.id)
        .where(
            unindexed(posts.c.network_id) == network,
            posts.c.list == list_,
            posts.c.at > since,
            posts.c.address_id.in_(theirs),
            posts.c.text == text,
            posts.c.solved_at.is_(None),  # one taken back may be sent anew
        )
        .limit(1)
    )


def _stranger(_session: Connection, asked: Asked) -> bool:
    return asked.member is None or asked.member.ended_at is not None


def _not_subscribed(session: Connection, asked: Asked) -> bool:
    member = asked.member
    return member is None or standing.of(session, asked.network_id, member.address_id).get(asked.list) != ACTIVE


def _empty(_session: Connection, asked: Asked) -> bool:
    return not asked.draft.text.strip()


# Why a post is not sent round, in the order it is looked at: a slug and what is true then.
HELD: tuple[tuple[str, Question], ...] = (
    ("loop", _looped),  # LOOP-4
    ("posted-already", _told_before),  # SMTP-6: the same id with other words is looked at by a person
    ("not-a-member", _stranger),
    ("not-on-this-list", _not_subscribed),
    ("empty", _empty),
)


def post(session: Connection, asked: Asked, inbox_id: int | None = None) -> Post:
    """Keep a post, in its thread. Whether it may go was asked before (`held_because`)."""
    network_id, draft = asked.network_id, asked.draft
    above = threads.ancestor(session, network_id, draft.in_reply_to, draft.references)
    message_id = draft.message_id
    if not is_message_id(f"<{message_id}>"):
        message_id = f"post-{inbox_id or asked.now.timestamp()}@{_host(session, network_id)}"  # FMT-3
    post_id = add(
        session,
        posts,
        network_id=network_id,
        address_id=asked.address_id,
        author=author(asked.member),
        message_id=message_id,
        thread_id=above[1] if above else message_id,
        subject=bare_subject(draft.subject, *_marks(session, network_id)),
        text=_kept(draft.text),
        attachments=[clean(name)[:120] for name in draft.attachments[:ATTACHMENTS]],
        list=asked.list,
        inbox_id=inbox_id,
        at=asked.now,
    )
    return get(session, post_id)


def get(session: Connection, post_id: int) -> Post:
    """The post with this id. Raises NotFound."""
    row = session.execute(*_one(post_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no post {post_id}.")
    return _post(row)


@prepared
def _one(post: Any) -> Any:
    return select(posts).where(posts.c.id == post)


def of_inbox(session: Connection, network_id: int, inbox_id: int) -> int | None:
    """The post that a mail became, if it did."""
    found = select(posts.c.id).where(posts.c.network_id == network_id, posts.c.inbox_id == inbox_id)
    row = session.execute(found.limit(1)).first()
    return int(row.id) if row is not None else None


def solve(session: Connection, post_id: int, now: datetime) -> None:
    """Its asker says that the question is solved; the first time counts."""
    session.execute(update(posts).where(posts.c.id == post_id, posts.c.solved_at.is_(None)).values(solved_at=now))


def since(session: Connection, network_id: int, list_: str, after: datetime, until: datetime) -> list[Post]:
    """The posts of a list after one moment and up to another, oldest first (digests)."""
    query = select(posts).where(
        posts.c.network_id == network_id, posts.c.list == list_, posts.c.at > after, posts.c.at <= until
    )
    return [_post(row) for row in session.execute(query.order_by(posts.c.id))]


def author(member: Membership | None) -> str:
    """The name a post is sent under: the one on record, never what a From claims (AUTH-8); empty if there is none.

    No `@` and no character that hides or turns text around stands in it.
    """
    name = clean(member.name).strip("\"'") if member is not None else ""
    return "" if "@" in name else name[:80]


def bare_subject(subject: str, *marks: str) -> str:
    """The subject without Re:, Fwd: and our own `[mark]`, as often as they stand there (FMT-13)."""
    ours = [f"[{mark}]".casefold() for mark in marks if mark]
    subject = clean(subject)
    while True:
        if found := _REPLY.match(subject) or _FORWARD.match(subject):
            subject = subject[found.end() :]
        elif mark := next((mark for mark in ours if subject.casefold().startswith(mark)), ""):
            subject = subject[len(mark) :].lstrip()
        else:
            return subject.strip()[:SUBJECT]


def subject_line(subject: str, mark: str, *, answers: bool) -> str:
    """The subject a post is sent with: our mark once, `Re:` only where it answers a post (FMT-13)."""
    return f"{'Re: ' if answers else ''}{f'[{mark}] ' if mark else ''}{bare_subject(subject, mark)}".rstrip()


def facts(post: Post, references: Sequence[str] = ()) -> dict[str, Any]:
    """What templates are given of a post."""
    return {
        "id": str(post.id),
        "author": post.author,
        "subject": post.subject,
        "text": post.text,
        "answers": post.answers,
        "message_id": post.message_id,
        "references": list(references),
        "list": post.list,
    }


def _kept(text: str) -> str:
    return printable(text).strip()[:TEXT]


def _marks(session: Connection, network_id: int) -> tuple[str, str]:
    row = session.execute(*_named(network_id)).one()
    return row.name, row.slug


def _host(session: Connection, network_id: int) -> str:
    return str(session.execute(*_named(network_id)).one().domain)


@prepared
def _named(network: Any) -> Any:
    return select(networks.c.name, networks.c.slug, networks.c.domain).where(networks.c.id == network)


def _post(row: Row[Any]) -> Post:
    values = dict(row._mapping)
    return Post(**{**values, "attachments": tuple(values["attachments"])})

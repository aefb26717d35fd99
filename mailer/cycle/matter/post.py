"""A post on its way to everyone, and the day's posts in one mail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle.matter import Matter, Nothing
from mailer.discussion import offers, posting, threads
from mailer.people import formats
from mailer.store.tables import networks, occasions


def post(session: Connection, occasion: Any, now: datetime) -> Matter:
    """From `Jane Doe via Mendip`, at the list's address, with the author's own Message-ID so that threads join (FMT-3)."""
    one = posting.get(session, occasion.thing_id)
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    list_address = f"{network.slug}{'' if one.list == 'discussion' else '-exchange'}@{network.domain}"
    author = one.author or "A member"
    head = {
        "From": f'"{_phrase(author)} via {_phrase(network.name)}" <{list_address}>',
        "Reply-To": list_address,
    }
    above = threads.ids(session, one.thread_id, one.id) if one.answers else []
    if above:
        head |= {"In-Reply-To": f"<{above[-1]}>", "References": " ".join(f"<{each}>" for each in above)}
    fields: dict[str, Any] = {
        "author": one.author,
        "subject": posting.subject_line(one.subject, network.slug, answers=one.answers),
        "text": one.text,
        "attachments": list(one.attachments),
        "head": head,
    }
    if one.list == "exchange":
        bare = one.subject.replace(f"[{network.slug}] ", "")  # an answer carries our mark behind our own word
        fields["subject"] = posting.subject_line(bare, network.slug, answers=one.answers)
        fields["what"] = offers.kind_of(one.subject, one.text)
        fields["answers"] = one.answers
    return Matter(fields, message_id=f"<{one.message_id}>")


def _phrase(name: str) -> str:
    """A name that may stand between quotation marks (AUTH-8)."""
    return "".join(c for c in name if c not in '"\\<>@' and c.isprintable()).strip()


def digest(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    """Everything posted since the digest of the day before."""
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    since = occasion.due_at - timedelta(days=1)
    gone = _taken_back(session, network.id, since)
    found = [
        one for one in posting.since(session, network.id, "discussion", since, occasion.due_at) if one.id not in gone
    ]
    if not found:
        return Nothing("Nobody posted that day.")
    threads_of: dict[str, list[posting.Post]] = {}
    for one in found:
        threads_of.setdefault(one.thread_id, []).append(one)
    posts = [
        {
            "author": one.author,
            "subject": thread[0].subject,
            "begins": one is thread[0],
            "text": one.text,
            "attachments": list(one.attachments),
            "at": formats.iso(one.at, network.timezone),
        }
        for thread in threads_of.values()
        for one in thread
    ]
    contents = [{"subject": thread[0].subject, "count": len(thread)} for thread in threads_of.values()]
    return Matter({"day": date.fromordinal(occasion.thing_id).isoformat(), "contents": contents, "posts": posts})


def _taken_back(session: Connection, network_id: int, since: datetime) -> set[int]:
    """The posts that their writers took back (`acts/withdraw_post`)."""
    o = occasions.c
    rows = session.execute(
        select(o.thing_id, o.extra).where(
            o.network_id == network_id, o.thing_type == "post", o.kind == "post", o.due_at >= since
        )
    )
    return {row.thing_id for row in rows if row.extra.get("taken_back")}

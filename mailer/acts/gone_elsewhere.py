"""Somebody of whom it was said that they have left, or have died, is in other networks of this host too.

An organiser of one network cannot act for another, nor learn that there is one. So nothing is stopped there. After a
death each other network's organisers are told with care, without by whom, and asked whether their mail is to stop: each
YES counts for their own network alone. A job that somebody has left may not be the one by which another network knows them:
of that only the person IT answers with hears, who sees every network. UNDO takes the questions back, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from mailer.acts import Actor, questions
from mailer.consent.purposes import RIGHT
from mailer.outbound import outbox, replies
from mailer.people import committee, in_question, membership, networks
from mailer.people.membership import Membership
from mailer.store.tables import confirmations, memberships
from mailer.store.tables import networks as network_table

DIED = "died"


def tell(
    session: Connection, actor: Actor, member: Membership, how: str, *, operator: int | None, key: str, now: datetime
) -> list[int]:
    """Ask the organisers of the other networks, tell the operator (an address id). Returns the ids of the questions."""
    others = _others(session, member)
    asked: dict[int, list[int]] = {one.id: [] for one in others}
    if how == DIED:
        for one in others:
            asked[one.id] = _ask(session, one, how, now)
    if others and operator is not None:
        here = networks.by_id(session, member.network_id)
        places = [
            {
                "slug": one.slug,
                "name": one.network,
                "asked": bool(asked[one.id]),
                "same_address": one.address_id == member.address_id,
            }
            for one in others
        ]
        replies.reply(
            session,
            network_id=member.network_id,
            address_id=operator,
            template="gone-operator",
            fields={"name": member.name, "how": how, "told": here.name, "places": places},
            now=now,
            inbox_id=actor.inbox_id,
            scope=RIGHT,
            key=f"{key}:operator",
        )
    return [question for questions in asked.values() for question in questions]


def take_back(session: Connection, questions: Sequence[int], now: datetime) -> None:
    """It was a mistake: what is still open is open no more, and who was asked hears so at once."""
    rows = session.execute(select(confirmations).where(confirmations.c.id.in_(list(questions)))).all()
    for row in rows:
        name = next((one.name for one in membership.every(session, row.network_id, ended=True) if one.id == row.args["membership_id"]), "")
        replies.reply(
            session,
            network_id=row.network_id,
            address_id=row.address_id,
            template="gone-mistake",
            fields={"name": name, "stopped": row.used_at is not None},
            now=now,
            purpose="desk",
            key=f"gone-mistake:{row.id}",
        )
    still = confirmations.c.id.in_([row.id for row in rows]) & confirmations.c.used_at.is_(None)
    session.execute(update(confirmations).where(still, confirmations.c.expires_at > now).values(expires_at=now))
    for network_id in {row.network_id for row in rows}:
        outbox.let_go(session, network_id, now)


def _others(session: Connection, member: Membership) -> Sequence[Any]:
    """Their memberships in other networks that are open."""
    row = memberships.c
    same = row.address_id == member.address_id
    if member.person_id is not None:
        same = or_(same, row.person_id == member.person_id)
    query = (
        select(row.id, row.network_id, row.address_id, network_table.c.slug, network_table.c.name.label("network"))
        .join(network_table, network_table.c.id == row.network_id)
        .where(same, row.network_id != member.network_id, row.ended_at.is_(None), network_table.c.closed_at.is_(None))
    )
    return session.execute(query.order_by(row.network_id, row.id)).all()


def _ask(session: Connection, one: Any, how: str, now: datetime) -> list[int]:
    """Each organiser whom mail reaches gets the question, in the words of their own network. Returns the questions' ids."""
    theirs = next(m for m in membership.every(session, one.network_id) if m.id == one.id)
    asked = []
    for organiser in committee.reachable(session, one.network_id, now):
        if organiser.membership_id == theirs.id:
            continue
        args = {"membership_id": theirs.id, "how": how}
        fields = {"name": theirs.name, "organisation": theirs.organisation, "how": how}
        question = questions.put(
            session, one.network_id, organiser.address_id, in_question.ACT, args,
            template="gone-elsewhere", fields=fields, now=now, purpose="desk",
        )  # fmt: skip
        if question is not None:
            asked.append(question)
    return asked

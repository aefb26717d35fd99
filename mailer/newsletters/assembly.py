"""An issue put together: one tree, from which text and HTML are both printed.

Besides the pieces it holds the term's own matter: the next meeting, what was done of what was asked (N14, N16) and
who is new. New members are counted; only who agreed to be listed is named (V9).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from mailer.consent import ACTIVE
from mailer.meetings import actions, meetings
from mailer.newsletters import issues, pieces, printing, promises, sections
from mailer.newsletters.issues import Issue
from mailer.people import formats, profile
from mailer.store.tables import memberships, networks, standings

MOST_NAMED = 40
LONG = 1_200  # words: an editor may want to cut


def assemble(session: Connection, issue_id: int, now: datetime, language: str = "") -> dict[str, Any]:
    """The tree of an issue for occasions/issue, JSON only.

    {issue, contents: [{key, title, pieces: [title]}], sections: [{key, title, pieces: [{number, title, author, text,
    html, pictures}]}], next_meeting (or None), actions: {done, open}, new_members: {count, names}, warnings}
    """
    issue = issues.get(session, issue_id)
    network = session.execute(select(networks).where(networks.c.id == issue.network_id)).one()
    said = formats.known(language or network.language)
    before = issues.previous(session, issue)
    since = before.publishes_at if before else None
    printed = _sections(session, issue, said)
    done = actions.done_since(session, issue.network_id, since, now)
    still_open = actions.open(session, issue.network_id)
    meeting = meetings.upcoming(session, issue.network_id, now)
    return {
        "issue": issues.facts(issue, network.timezone),
        "contents": [
            {"key": one["key"], "title": one["title"], "pieces": [piece["title"] for piece in one["pieces"]]}
            for one in printed
        ],
        "sections": printed,
        "next_meeting": meetings.facts(meeting, network) if meeting else None,
        "actions": {
            "title": sections.title_of("actions", said),
            "done": [actions.facts(action) for action in done],
            "open": [actions.facts(action) for action in still_open],
        },
        "new_members": new_members(session, network, since, now),
        "warnings": warnings(session, issue),
        "numbered": [
            {"number": piece.number, "title": piece.title, "person": piece.person}
            for piece in printing.printed(session, issue)
        ],
    }


def headed(tree: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The contents and sections of a tree with their headings in another language; what members wrote stays as it is."""
    said = formats.known(language)
    return {
        part: [{**one, "title": sections.title_of(one["key"], said)} for one in tree[part]]
        for part in ("contents", "sections")
    }


def has_matter(session: Connection, issue_id: int) -> bool:
    """True if at least one piece is in: an issue of nothing is not proofed, its editors are asked (design 4)."""
    return bool(pieces.of_issue(session, issues.get(session, issue_id), ("in",)))


def new_members(session: Connection, network: Row[Any], since: datetime | None, now: datetime) -> dict[str, Any]:
    """{count, names} of those who joined since the last issue; names only of those who show theirs to members."""
    m, agreed = memberships.c, standings.c
    joined = [
        m.network_id == network.id,
        m.ended_at.is_(None),
        m.joined_at > (since or network.created_at),
        m.joined_at <= now,
    ]
    count = session.execute(select(func.count()).select_from(memberships).where(*joined)).scalar_one()
    listed = exists().where(
        agreed.network_id == network.id,
        agreed.address_id == m.address_id,
        agreed.purpose == profile.PURPOSE,
        agreed.scope == "",
        agreed.standing == ACTIVE,
    )
    names: list[str] = []
    query = select(m.id).where(*joined, listed).order_by(m.joined_at, m.id)
    for ids in session.execute(query).scalars().partitions(MOST_NAMED):  # only so many are looked at as are named
        shown = {entry.membership_id: entry.values for entry in profile.shown(session, network.id, profile.MEMBERS, ids)}
        names += [shown[one]["name"] for one in ids if "name" in shown.get(one, {})]
        if len(names) >= MOST_NAMED:
            break
    return {"count": int(count), "names": names[:MOST_NAMED]}


def warnings(session: Connection, issue: Issue) -> list[str]:
    """What an editor should look at before SEND, a slug and its thing each: `missing: 3 caption: lab.jpg`."""
    found: list[str] = []
    printed = pieces.of_issue(session, issue, ("in",))
    if not printed:
        found.append("no-pieces")
    for piece in printed:
        found += [f"missing: {piece.number} {what}" for what in piece.missing]
        if piece.words > LONG:
            found.append(f"long: {piece.number} {piece.words}")
    titles = [piece.title.casefold() for piece in printed]
    found += [f"same-title: {piece.number}" for piece in printed if titles.count(piece.title.casefold()) > 1]
    for promise in promises.open_for(session, issue.id):
        found.append(f"promised: {promise.title}{f' ({promise.person})' if promise.person else ''}")
    return found


def show(session: Connection, issue: Issue) -> dict[str, Any]:
    """{state, pieces, warnings} of `issue show --json` (contract 3)."""
    return {
        "state": issues.state(session, issue),
        "pieces": pieces.show(session, issue),
        "warnings": warnings(session, issue),
    }


def _sections(session: Connection, issue: Issue, language: str) -> list[dict[str, Any]]:
    printed = printing.printed(session, issue)
    shown = printing.pictures_of(session, [piece.id for piece in printed])
    out: list[dict[str, Any]] = []
    for key in dict.fromkeys(piece.section for piece in printed):
        mine = [piece for piece in printed if piece.section == key]
        if mine:
            out.append(
                {
                    "key": key,
                    "title": sections.title_of(key, language),
                    "pieces": [
                        {
                            "number": piece.number,
                            "title": piece.title,
                            "author": piece.person,
                            "text": piece.text,
                            "html": _sized(piece.html, shown.get(piece.id, [])),
                            "pictures": [
                                {**picture, "inline": f"cid:{picture['cid']}" in piece.html}
                                for picture in shown.get(piece.id, [])
                            ],
                        }
                        for piece in mine
                    ],
                }
            )
    return out


def _sized(html: str, shown: list[dict[str, Any]]) -> str:
    """A piece's HTML with the width of each picture that stands in it (`pictures.shown_width`)."""
    for picture in shown:
        source = f'src="cid:{picture["cid"]}"'
        html = html.replace(source, f'{source} width="{picture["width"]}"')
    return html

"""What an organiser wishes for an agenda item in answer to a proof: another length, another title, next time, or not at all.

Whoever sent in an item that is put off or dropped is told so at once, by name of what happens to it next (N6, N14): nobody
finds out from an agenda that leaves them out. A wish is one line: `Item 5: 10 minutes`, `Item 5: next time`,
`Drop item 5, we had it in June`.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, who
from mailer.meetings import agenda, corrections, meetings
from mailer.meetings.agenda import Item
from mailer.outbound import replies
from mailer.people import membership

ITEM = re.compile(r"^\W*(?:agenda )?(?:item|eitem) (?:no\.? ?|number )?(?P<number>\d{1,3})\s*[:,.–-]?\s+(?P<said>\S.*)$", re.IGNORECASE)
_PLEASE = r"^\W*(?:(?:please|can you|could you|can we|could we|let's|also|and)\W+){0,3}"
_ITEM = r"(?:agenda )?(?:item|eitem) (?:no\.? ?|number )?(?P<number>\d{1,3})"
_WHY = r"(?:\s*(?:[:,;.(–-]|\bas\b|\bbecause\b|\bsince\b)\s*(?P<why>\S.{0,300}?))?\W*$"
_OFF = r"(?:drop|remove|delete|strike|decline|leave out|leave off|take off|take out|gollwng|tynnu|dilewch)"
DROP: tuple[re.Pattern[str], ...] = (
    re.compile(rf"{_PLEASE}{_OFF} {_ITEM}(?: (?:off|out|from the agenda|off the agenda))?(?:,? please)?{_WHY}", re.IGNORECASE),
    re.compile(rf"{_PLEASE}(?:take|leave) {_ITEM} (?:off|out)(?: (?:of )?the agenda)?(?:,? please)?{_WHY}", re.IGNORECASE),
    re.compile(
        rf"^\W*{_ITEM}\s*[:,.–-]?\s+(?:please )?(?:{_OFF}|take (?:it|this) (?:off|out)|leave (?:it|this) (?:off|out)|not this time)"
        rf"(?: (?:it|this))?(?:,? please)?{_WHY}",
        re.IGNORECASE,
    ),
)
NEXT = re.compile(
    rf"{_PLEASE}(?:put|move|keep|leave|push|hold|defer) {_ITEM} (?:off |over |back )?(?:for|to|until|till|over to) (?:the )?next (?:time|meeting|one){_WHY}",
    re.IGNORECASE,
)


def is_one(line: str) -> bool:
    """True if a line is about an item by its number, in words that `done` knows."""
    return bool(ITEM.match(line) or NEXT.match(line) or any(way.match(line) for way in DROP))


def done(session: Connection, actor: Actor, meeting_id: int, line: str, now: datetime) -> str:
    """What was done to an item, in a few words for the receipt; nothing if the line is no wish that we can do."""
    for way in DROP:
        if match := way.match(line):
            item = _standing(session, meeting_id, int(match["number"]))
            return "" if item is None else _drop(session, actor, item, match["why"] or "", now)
    if match := NEXT.match(line):
        item = _standing(session, meeting_id, int(match["number"]))
        return "" if item is None else _put_off(session, actor, item, match["why"] or "", now)
    match = ITEM.match(line)
    item = _standing(session, meeting_id, int(match["number"])) if match else None
    if match is None or item is None:
        return ""
    asked = corrections.read(match["said"])
    if asked.rest or not (asked.next_time or asked.minutes or asked.title or asked.kind):
        return ""
    if asked.next_time:
        return _put_off(session, actor, item, "", now)
    values = {"minutes": asked.minutes, "title": asked.title, "kind": asked.kind}
    changed = agenda.change(session, item, **{name: value for name, value in values.items() if value is not None})
    return f"Item {item.number}, {changed.title}" + (f": {changed.minutes} minutes" if asked.minutes else "")


def _standing(session: Connection, meeting_id: int, number: int) -> Item | None:
    return next((one for one in agenda.items(session, meeting_id, agenda.SHOWN) if one.number == number), None)


def _put_off(session: Connection, actor: Actor, item: Item, why: str, now: datetime) -> str:
    assert item.meeting_id is not None
    after = meetings.following(session, meetings.get(session, item.meeting_id))
    copy = agenda.defer(session, item, after.id if after else None, now=now)
    _tell(session, actor, item, copy, why, now)
    return f"Item {item.number}, {item.title}: kept for the next meeting"


def _drop(session: Connection, actor: Actor, item: Item, why: str, now: datetime) -> str:
    agenda.change(session, item, state="declined")
    _tell(session, actor, item, None, why, now)
    return f"Item {item.number}, {item.title}: dropped"


def _tell(session: Connection, actor: Actor, item: Item, copy: Item | None, why: str, now: datetime) -> None:
    """One short letter to whoever sent it in, unless they did this themselves. `copy` is what waits for the next meeting."""
    if item.address_id is None or item.meeting_id is None or who.owns(session, actor, item.address_id):
        return
    after = meetings.get(session, copy.meeting_id) if copy is not None and copy.meeting_id is not None else None
    replies.reply(
        session,
        network_id=item.network_id,
        address_id=membership.main_address(session, item.network_id, item.address_id),
        template="item-put-off",
        fields={
            "title": item.title,
            "number": item.number,
            "meeting": meetings.facts_for(session, meetings.get(session, item.meeting_id)),
            "item": agenda.line(copy) if copy is not None else None,
            "next_meeting": meetings.facts_for(session, after) if after is not None else None,
            "why": why,
        },
        key=f"item-put-off:{item.id}",
        inbox_id=item.inbox_id,
        scope=f"item:{item.id}",
        now=now,
    )

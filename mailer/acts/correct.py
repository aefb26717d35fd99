"""Put right what one sent in: the title, text, time or kind of an item, another meeting for it, a piece.

What was there before is remembered with the undo, so that no correction loses a member's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, shown, undo, undoable, who
from mailer.errors import Refused
from mailer.meetings import agenda, carried, corrections, kinds, meetings
from mailer.newsletters import issues, pieces, sections
from mailer.newsletters.prepared import Prepared, prepare

ADD = re.compile(r"^\W*(?:yes|ok|please|add|add (?:it|this|that)|ie|ychwanega)(?:[\s,]+(?:add|add it|please|plis|it))*\W*$", re.IGNORECASE)
A_PIECE = 25  # words: fewer never take the place of a piece


def item(
    session: Connection,
    actor: Actor,
    item_id: int,
    *,
    title: str | None = None,
    text: str | None = None,
    addition: str = "",
    minutes: int | None = None,
    kind: str | None = None,
    now: datetime,
) -> Receipt:
    """Change what is given of an item. `addition` is put under its text: a correction in free words loses nothing."""
    found = _item(session, actor, item_id, now)
    if found.state == "withdrawn":
        raise Refused("item-withdrawn", "That item was withdrawn.", "Please send it in again.")
    values: dict[str, Any] = {}
    if title is not None or text is not None:
        values["title"], values["text"] = agenda.titled(title or found.title, found.text if text is None else text)
    if addition.strip():
        values["text"] = "\n\n".join(part for part in (values.get("text", found.text), addition.strip()) if part)
    if minutes is not None:
        values["minutes"] = minutes
    if kind in kinds.KNOWN:
        values["kind"] = kind
    before = {name: getattr(found, name) for name in values}
    if values == before:
        raise Refused("nothing-changed", "That is how your item stands already.")
    changed = agenda.change(session, found, **values)
    before = {name: was for name, was in before.items() if was != getattr(changed, name)}
    return _item_receipt(session, actor, changed, before, f"corrected item {changed.number}: {changed.title}", now)


def item_to_next(session: Connection, actor: Actor, item_id: int, *, now: datetime) -> Receipt:
    """Keep an item for the next meeting instead (N6): into its agenda, or waiting until it is made."""
    found = _item(session, actor, item_id, now)
    meeting = meetings.get(session, found.meeting_id) if found.meeting_id is not None else None
    after = meetings.following(session, meeting) if meeting else None
    if meeting is None:
        raise Refused("waits-already", "That item waits for the next meeting already.")
    copy = agenda.defer(session, found, after.id if after else None, now=now)
    for one in (found, copy):  # gone from one agenda, and on the other
        shown.agenda(session, one, changed_by=actor.address_id, now=now)
    fields = {
        "item": agenda.line(copy),
        "meeting": meetings.facts_for(session, after) if after else None,
        "undo": undoable.remember(session, actor, "correct", {"what": "deferred", "id": found.id}, now),
    }
    return Receipt("item-corrected", f"kept item {found.number} for the next meeting: {found.title}", fields)


def piece(session: Connection, actor: Actor, piece_id: int, prepared: Prepared, *, now: datetime) -> Receipt:
    """Put a new version in place of a piece."""
    found = _piece(session, actor, piece_id)
    before = {
        "title": found.title,
        "section": found.section,
        "text": found.text,
        "html": found.html,
        "words": found.words,
        "missing": list(found.missing),
    }
    return _piece_receipt(session, actor, pieces.correct(session, found, prepared), before, now)


def item_in_words(
    session: Connection, actor: Actor, item_id: int, words: str, *, left: str = "", now: datetime
) -> Receipt | None:
    """Do what a reply to the receipt of an item asks for; what names nothing is put under its text only if it is plainly
    meant for it, else the person is asked: ADD in answer puts there what was `left`. None for a question, or for thanks,
    which are for a person to read.
    """
    asked = corrections.read(words)
    if left and ADD.match(words.strip()):
        return item(session, actor, item_id, addition=corrections.added(left), now=now)
    if asked.next_time:
        return item_to_next(session, actor, item_id, now=now)
    meant = corrections.adds(asked.rest) and not corrections.asks(asked.rest)
    if not asked.named and not meant:
        if not asked.rest or corrections.asks(asked.rest):
            return None
        return _ask_about(session, actor, item_id, asked.rest, now)
    done = item(
        session,
        actor,
        item_id,
        title=asked.title,
        text=asked.text,
        addition=corrections.added(asked.rest) if meant else "",
        minutes=asked.minutes,
        kind=asked.kind,
        now=now,
    )
    return done if meant or not asked.rest else replace(done, fields={**done.fields, "left": asked.rest})


def _ask_about(session: Connection, actor: Actor, item_id: int, left: str, now: datetime) -> Receipt:
    found = _item(session, actor, item_id, now)
    fields = {"item": agenda.line(found), "left": left}
    said = f"Not sure what is to change in item {found.number}; asked back."
    return Receipt("item-ask", said, fields, state="asked", reason="correction-unclear")


def piece_in_words(
    session: Connection, actor: Actor, piece_id: int, words: str, prepared: Prepared | None, *, now: datetime
) -> Receipt | None:
    """Do what a reply to the receipt of a piece asks for: named parts, or the whole once more (`prepared`).

    None for a few words that name nothing: a person has to read them, as they must not take the piece's place.
    """
    asked = corrections.read(words)
    if asked.named:
        return _named_parts(session, actor, piece_id, asked, now)
    found = pieces.get(session, piece_id, actor.network_id)
    if prepared is None or prepared.words < max(A_PIECE, found.words // 3):
        return None
    return piece(session, actor, piece_id, _under_the_old_title(prepared, found), now=now)


def _named_parts(
    session: Connection, actor: Actor, piece_id: int, asked: corrections.Correction, now: datetime
) -> Receipt:
    found = _piece(session, actor, piece_id)
    before: dict[str, Any] = {"title": found.title, "section": found.section, "missing": list(found.missing)}
    changed = found
    if asked.title:
        left = [one for one in found.missing if one != "title"]
        changed = pieces.change(session, changed, title=agenda.titled(asked.title, "")[0], missing=left)
    if asked.section:
        section = sections.named(asked.section)
        if section is None:
            raise Refused(
                "no-such-section",
                f"There is no section “{asked.section[:60]}” in the newsletter.",
                f"The sections are {', '.join(sections.KEYS)}.",
            )
        changed = pieces.change(session, changed, section=section)
    for name, said in asked.captions:
        captioned = pieces.caption(session, changed, said, name)
        if captioned is None:
            raise Refused("no-such-picture", "Your piece has no picture that waits for words.")
        changed = captioned
    if asked.text is not None:
        before |= {"text": found.text, "html": found.html, "words": found.words}
        again = prepare(title=changed.title, text=asked.text, section=changed.section)
        left = [one for one in changed.missing if one != "text"]
        values = {"text": again.text, "html": again.html, "words": again.words, "missing": left}
        changed = pieces.change(session, changed, **values)
    return _piece_receipt(session, actor, changed, before, now)


def _under_the_old_title(prepared: Prepared, found: pieces.Piece) -> Prepared:
    """The subject of a reply to the receipt is the receipt's: the piece keeps its title and section."""
    missing = tuple(one for one in prepared.missing if one != "title" or "title" in found.missing)
    return replace(prepared, title=found.title, section=found.section, missing=missing)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: the words that stood there before stand there again. A piece is put back whole or not at all."""
    if args["what"] == "deferred":
        still = _waits_as_it_was(session, args["id"])
        if still:
            copy = agenda.get(session, carried.followed(session, args["id"]))
            carried.bring_back(session, [args["id"]])
            for one in (agenda.get(session, args["id"]), copy):
                shown.agenda(session, one, changed_by=args["whose"], now=now)
        return {"changed_since": not still}
    found: Any = (agenda if args["what"] == "item" else pieces).get(session, args["id"])
    same = ("what", "id")
    later = (one["before"] for one in args["later"] if [one.get(name) for name in same] == [args[name] for name in same])
    stands = {name: _plain(getattr(found, name)) for name in args["before"]}
    back = undo.untouched(args["before"], args.get("after", {}), stands, later)
    whole = len(back) == len(args["before"])
    if args["what"] == "item" and back:
        agenda.change(session, found, **back)
    elif args["what"] == "piece" and whole:
        pieces.change(session, found, **back)
    return {"changed_since": not whole}


def _waits_as_it_was(session: Connection, item_id: int) -> bool:
    """Nobody has changed, withdrawn or put off again what waits for the next meeting in place of this item."""
    here, there = agenda.get(session, item_id), agenda.get(session, carried.followed(session, item_id))
    words = ("title", "text", "minutes", "kind")
    same = all(getattr(here, name) == getattr(there, name) for name in words)
    return same and there.carried_from == item_id and (here.state, there.state) == ("deferred", "open")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _item(session: Connection, actor: Actor, item_id: int, now: datetime) -> agenda.Item:
    found = agenda.get(session, carried.followed(session, item_id), actor.network_id)
    who.check_may_change(session, actor, found.address_id)
    if found.meeting_id is not None and meetings.get(session, found.meeting_id).over(now):
        raise Refused("meeting-over", "That meeting is over, so the item cannot be changed any more.")
    return found


def _item_receipt(
    session: Connection, actor: Actor, item: agenda.Item, before: Mapping[str, Any], said: str, now: datetime
) -> Receipt:
    meeting = meetings.get(session, item.meeting_id) if item.meeting_id is not None else None
    after = {name: getattr(item, name) for name in before}
    args = {"what": "item", "id": item.id, "before": dict(before), "after": after}
    fields = {
        "item": agenda.line(item),
        "meeting": meetings.facts_for(session, meeting) if meeting else None,
        "undo": undoable.remember(session, actor, "correct", args, now),
    }
    return Receipt("item-corrected", said, fields)


def _piece(session: Connection, actor: Actor, piece_id: int) -> pieces.Piece:
    found = pieces.get(session, piece_id, actor.network_id)
    who.check_may_change(session, actor, found.address_id)
    if found.state == "withdrawn":
        raise Refused("piece-withdrawn", "That piece was withdrawn.", "Please send it in again.")
    issue = issues.get(session, found.issue_id) if found.issue_id is not None else None
    if issue is not None and issues.state(session, issue) in ("sending", "sent"):
        raise Refused("issue-sent", "That issue has gone out, so the piece cannot be changed any more.")
    return found


def _piece_receipt(
    session: Connection, actor: Actor, piece: pieces.Piece, before: Mapping[str, Any], now: datetime
) -> Receipt:
    after = {name: _plain(getattr(piece, name)) for name in before}
    args = {"what": "piece", "id": piece.id, "before": dict(before), "after": after}
    fields = {
        **pieces.receipt(session, piece, who.language(session, actor)),
        "undo": undoable.remember(session, actor, "correct", args, now),
    }
    return Receipt("piece", f"corrected piece {piece.number}: {piece.title}", fields)

"""PAUSE ALL NETWORKS UNTIL 1 SEPTEMBER: one word for every network of this host that the person is in, with one receipt and one UNDO.

The receipt comes from the network that was written to and names no other: no organiser learns of another membership.
STOP ALL NETWORKS is `leave.everything`, which suppresses on the host; plain text, language and name are the person's and
hold everywhere by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, confirm, keep, leave, leave_rows, pause, preferences, undo
from mailer.consent import purposes
from mailer.outbound import appointments
from mailer.people import membership
from mailer.people.profile import PURPOSE as LISTING

ACT = "everywhere"
Does = Callable[[Connection, Actor, Mapping[str, Any], datetime], Receipt]

Row = tuple[str, Callable[[Mapping[str, Any]], str], Does]

# word -> the act whose strength it takes, the word as it can be replied, what it does in one network
WORDS: Mapping[str, Row] = {
    "pause": ("pause", lambda a: _until(a), lambda s, who, a, now: pause.pause(s, who, _day(a), now=now)),
    "resume": ("resume", lambda a: "RESUME", lambda s, who, a, now: pause.resume(s, who, now=now)),
    "digest": (
        "preference",
        lambda a: "DIGEST" if a["on"] else "EVERY POST",
        lambda s, who, a, now: preferences.change(s, who, "digest", a["on"], now=now),
    ),
    "working-days": (
        "preference",
        lambda a: f"WORKING DAYS {' '.join(a['days'])}".upper(),
        lambda s, who, a, now: preferences.working_days(s, who, a["days"], now=now),
    ),
    "preferences": (
        "preference",
        lambda a: "these preferences",
        lambda s, who, a, now: preferences.change_all(s, who, a["wanted"], now=now),
    ),
    "only": (
        "leave",
        lambda a: f"ONLY {' '.join(a['purposes'])}".upper(),
        lambda s, who, a, now: _only(s, who, a["purposes"], now),
    ),
    "stop": (
        "leave",
        lambda a: f"STOP {' '.join(a['purposes'])}".upper(),
        lambda s, who, a, now: _stop(s, who, a, now),
    ),
    "purposes": (
        "keep",
        lambda a: "these kinds of mail",
        lambda s, who, a, now: _chosen(s, who, a["begun"], a["ended"], now),
    ),
    "keep": (
        "keep",
        lambda a: f"KEEP {' '.join(a['purposes'])}".upper(),
        lambda s, who, a, now: keep.keep(s, who, a["purposes"], now=now),
    ),
}


def everywhere(session: Connection, actor: Actor, word: str, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Do `word` in every network that the person is a member of; `args` are JSON. Begins nothing but what KEEP names."""
    strength, command, does = WORDS[word]
    named = args.get("purposes", ()) if word == "keep" else ()
    keep.check_listed(session, actor, named)
    needs = "share" if LISTING in named else strength  # being seen by others (CMD-4)
    begun = [*named, *args.get("begun", ())]
    if begun:
        needs = begins_with(session, actor, needs, begun, now=now)
    if not confirm.enough(actor, needs):
        asked = {"word": word, "args": dict(args)}
        fields = {"begins": list(named), "digest": keep.in_digests(session, actor)} if named else None
        what = f"{command(args)}, ALL NETWORKS"
        return confirm.ask(session, actor, ACT, asked, what=what, fields=fields, needs=needs, now=now)
    here = does(session, actor, args, now)
    if here.state != "done" or here.reason:
        return here
    done = [here, *(does(session, replace(actor, network_id=place), args, now) for place in others(session, actor))]
    fields = {**here.fields, "undo": undo.together(session, [one.fields.get("undo") for one in done]), "everywhere": True}
    if "ended" in fields:  # wherever it came
        ended = {purpose for one in done for purpose in one.fields["ended"]}
        fields["ended"] = [purpose for purpose in purposes.SUBSCRIPTIONS if purpose in ended]
    return replace(here, said=f"{here.said} In every network of theirs.", fields=fields)


def coming(session: Connection, actor: Actor) -> set[str]:
    """The purposes that come to them from any network of theirs."""
    places = [actor.network_id, *others(session, actor)]
    return {purpose for place in places for purpose in membership.remaining(session, place, actor.address_id)}


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The same from a bare From, confirmed since."""
    return everywhere(session, actor, args["word"], args["args"], now=now)


def others(session: Connection, actor: Actor) -> list[int]:
    """The networks that the person is a member of, apart from the one they act in."""
    found = []
    for network_id in leave_rows.networks_of(session, leave_rows.addresses_of(session, actor)):
        member = membership.of_address(session, network_id, actor.address_id)
        if network_id != actor.network_id and member is not None and member.ended_at is None:
            found.append(network_id)
    return found


def begins_with(session: Connection, actor: Actor, act: str, wanted: Collection[str], *, now: datetime) -> str:
    """As `keep.begins_with`: the first row, network by network of theirs, that is not that of `act`."""
    places = [actor.network_id, *others(session, actor)]
    each = (keep.begins_with(session, replace(actor, network_id=place), act, wanted, now=now) for place in places)
    return next((at for at in each if at != act), act)


def _only(session: Connection, actor: Actor, wanted: list[str], now: datetime) -> Receipt:
    """What is not wanted ends; what is wanted and was not coming does not begin in a network that nobody spoke of."""
    coming = membership.remaining(session, actor.network_id, actor.address_id)
    ended = [purpose for purpose in coming if purpose not in wanted]
    left = leave.some(session, actor, ended, now=now, act="only", farewell=False).fields if ended else {}
    stays = [purpose for purpose in coming if purpose in wanted]
    fields = {"purposes": stays, "ended": ended, "undo": left.get("undo")}
    fields |= {name: left[name] for name in ("meetings", "appointments") if name in left}
    return Receipt("kept", f"Gets only {', '.join(stays) or 'nothing more'}.", fields)


def _stop(session: Connection, actor: Actor, args: Mapping[str, Any], now: datetime) -> Receipt:
    """The same end in each network, without a letter of its own there."""
    left = leave.some(session, actor, args["purposes"], now=now, farewell=False)
    return replace(left, template="left")


def _chosen(session: Connection, actor: Actor, begun: Sequence[str], ended: Sequence[str], now: datetime) -> Receipt:
    """A page of ticks: what was ticked begins, what was not ends, in one receipt; where neither is news, nothing."""
    there = membership.remaining(session, actor.network_id, actor.address_id)
    begins, ends = [one for one in begun if one not in there], [one for one in ended if one in there]
    kept = keep.keep(session, actor, begins, now=now) if begins or not ended else None
    left = leave.some(session, actor, ends, now=now, farewell=False) if ends else None
    undo_id = undo.together(session, [one.fields["undo"] for one in (left, kept) if one is not None])
    if not ended and kept is not None:
        return replace(kept, fields={**kept.fields, "undo": undo_id})
    remains = membership.remaining(session, actor.network_id, actor.address_id)
    fields = {} if left is None else left.fields
    fields = {**appointments.fields(session, (), "CANCEL", now), **fields, "scope": "purposes", "ended": ends, "purposes": ends}
    said = f"Gets {', '.join(remains) or 'nothing more'}."
    return Receipt("left", said, {**fields, "remains": remains, "remaining": remains, "undo": undo_id})


def _day(args: Mapping[str, Any]) -> date:
    return date.fromisoformat(args["until"])


def _until(args: Mapping[str, Any]) -> str:
    return f"PAUSE UNTIL {_day(args).day} {_day(args):%B %Y}".upper()

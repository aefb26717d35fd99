"""How mail comes: ONLY NEWSLETTER, DIGEST, EVERY POST, PLAIN TEXT, WORKING DAYS, language. One receipt each, with UNDO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, confirm, keep, leave, undo
from mailer.consent import ACTIVE, standing
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.cycle.dates import DAYS
from mailer.errors import Refused
from mailer.people import membership, written
from mailer.people.profile import PURPOSE as LISTING
from mailer.store.tables import memberships

LANGUAGES = ("en", "cy")

COMES = {True: "once a day", False: "each post as it comes"}

ON_MEMBERSHIP = ("digest", "working_days")
# What is kept in which table; a reader's own wishes (`written`) hold in every network.
TABLES = {"membership": memberships, **written.KEEPERS}


def only(session: Connection, actor: Actor, wanted: Sequence[str], *, now: datetime) -> Receipt:
    """ONLY NEWSLETTER: the rest ends at once; what is named and was not coming needs more than a From to begin."""
    coming = membership.remaining(session, actor.network_id, actor.address_id)
    others = [purpose for purpose in coming if purpose not in wanted]
    missing = [purpose for purpose in wanted if purpose not in coming]
    needs = keep.begins_with(session, actor, "only", missing, now=now)
    if missing and not confirm.enough(actor, needs):
        command = f"ONLY {' '.join(wanted).upper()}"
        return confirm.ask(session, actor, "only", {"purposes": list(wanted)}, what=command, needs=needs, now=now)
    unproven = [LISTING] if LISTING in missing and not confirm.enough(actor, "share") else []  # as keep asks (CMD-4)
    begun = [purpose for purpose in missing if purpose not in unproven]
    dates, undone = {}, []
    if begun:
        undone.append(keep.keep(session, actor, begun, now=now, act="only").fields.get("undo"))
    if others:
        left = leave.some(session, actor, others, now=now, act="only", farewell=False).fields
        undone.insert(0, left["undo"])
        dates = {name: left[name] for name in ("meetings", "appointments") if name in left}
    undo_id = undo.together(session, undone)
    asked = keep.keep(session, actor, unproven, now=now, act="only") if unproven else None
    stays = [purpose for purpose in wanted if purpose not in unproven]
    if asked is not None and not others and not begun and not stays:
        return asked
    fields = {"purposes": stays, "ended": others, "undo": undo_id, **dates}
    said = f"Gets only {', '.join(stays) or 'nothing more'}."
    return Receipt("kept", f"{said} {asked.said}" if asked is not None else said, fields)


def digest(session: Connection, actor: Actor, on: bool, *, now: datetime) -> Receipt:
    """DIGEST or EVERY POST. Who does not get the discussion asks for it by saying how it is to come."""
    if "discussion" in membership.remaining(session, actor.network_id, actor.address_id):
        return change(session, actor, "digest", on, now=now)
    needs = keep.begins_with(session, actor, "keep", ["discussion"], now=now)
    if not confirm.enough(actor, needs):
        details, what = [("This begins", f"the discussion list, {COMES[on]}")], _command("digest", on)
        return confirm.ask(session, actor, "digest", {"on": on}, what=what, details=details, needs=needs, now=now)
    begun = keep.keep(session, actor, ["discussion"], now=now, act="digest", digest=on)
    said = f"Gets the discussion from now on, {COMES[on]}."
    return replace(begun, said=said, fields={**begun.fields, "begun": "digest" if on else "every-post"})


def plain_text(session: Connection, actor: Actor, on: bool = True, *, now: datetime) -> Receipt:
    """PLAIN TEXT."""
    return change(session, actor, "plain_text", on, now=now)


def working_days(session: Connection, actor: Actor, days: Sequence[str], *, now: datetime) -> Receipt:
    """WORKING DAYS TUE THU; all five, or none, means every day."""
    return change(session, actor, "working_days", days_kept(days), now=now)


def days_kept(days: Sequence[str]) -> str:
    """Working days as they are kept. Refused for what is no day of the week."""
    named = {day.strip().lower()[:3] for day in days}
    if not named <= set(DAYS):
        raise Refused("bad-days", "Those are not days of the week.", "Try WORKING DAYS TUE THU.")
    return "" if set(DAYS[:5]) <= named else " ".join(day for day in DAYS if day in named)


def language(session: Connection, actor: Actor, code: str, *, now: datetime) -> Receipt:
    """ENGLISH or CYMRAEG."""
    return change(session, actor, "language", language_kept(code), now=now)


def language_kept(code: str) -> str:
    """A language that we write in. Refused for any other."""
    if code not in LANGUAGES:
        raise Refused("bad-language", "We write in English and in Welsh.", "Reply ENGLISH or CYMRAEG.")
    return code


def change(session: Connection, actor: Actor, name: str, value: str | bool, *, now: datetime) -> Receipt:
    """Set one preference; the same ways by mail and by page."""
    return change_all(session, actor, {name: value}, now=now)


def change_all(session: Connection, actor: Actor, wanted: Mapping[str, str | bool], *, now: datetime) -> Receipt:
    """Set several at once: one receipt, one UNDO."""
    if not set(wanted) <= set(ON_MEMBERSHIP + written.WISHES):
        raise Refused("no-such-preference", f"There is no such preference: {', '.join(wanted)}.")
    member = membership.of_address(session, actor.network_id, actor.address_id)
    if member is None:
        return Receipt("", "A preference of somebody who gets nothing.", reason="no-member")
    command = ", ".join(_command(name, value) for name, value in wanted.items())
    if not confirm.enough(actor, "preference"):
        return confirm.ask(session, actor, "preference", {"wanted": dict(wanted)}, what=command, now=now)
    reader = written.keeper(session, member.address_id)
    before = []
    for name in wanted:
        kept, owner = ("membership", member.id) if name in ON_MEMBERSHIP else reader
        before.append({"name": name, "kept": kept, "owner": owner, "value": _get(session, name, kept, owner)})
    undoing = {"before": before, "after": dict(wanted), "command": command}
    undo_id = undo.remember(session, actor, "preference", undoing, now)
    for was in before:
        _put(session, was, wanted[was["name"]])
    audited.note(session, actor, "preference", f"membership:{member.id}", now)
    standings = current(session, actor.network_id, member.address_id)["standings"]
    fields = {
        "changes": [{"name": name.replace("_", "-"), "value": _said(value)} for name, value in wanted.items()],
        "standings": [{"purpose": name, "standing": standings[name]} for name in SUBSCRIPTIONS if name != LISTING],
        "undo": undo_id,
    }
    return Receipt("preferences", f"Changed how mail comes: {command}.", fields)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Preferences from a bare From, confirmed since."""
    return change_all(session, actor, args["wanted"], now=now)


def confirmed_digest(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """DIGEST from a bare From by somebody who did not get the discussion, confirmed since."""
    return digest(session, actor, args["on"], now=now)


def confirmed_only(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """ONLY from a bare From, confirmed since."""
    return only(session, actor, args["purposes"], now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: as it was."""
    before = {was["name"]: was for was in args["before"]}
    stands = {name: _get(session, name, _kept(was), was["owner"]) for name, was in before.items()}
    later = ([was["name"] for was in one.get("before", ()) if _same(was, before)] for one in args["later"])
    back = undo.untouched(before, args.get("after", {}), stands, later)
    for was in back.values():
        _put(session, was, was["value"])
    return {"changed_since": len(back) < len(before)}


def current(session: Connection, network_id: int, address_id: int) -> dict[str, Any]:
    """Everything that a preferences page or STATUS shows; no address in it."""
    main = membership.main_address(session, network_id, address_id)
    member = membership.of_address(session, network_id, address_id)
    rests = None
    shown: dict[str, Any] = {"digest": False, "working_days": "", "plain_text": False, "language": ""}
    if member is not None:
        row = session.execute(select(memberships).where(memberships.c.id == member.id)).one()
        rests = row.paused_until
        shown |= {"digest": row.digest, "working_days": row.working_days}
        shown |= written.wishes(session, member.address_id)
    standings = {
        name: is_now for name, is_now in standing.of(session, network_id, main).items() if name in SUBSCRIPTIONS
    }
    return {
        **shown,
        "paused_until": None if rests is None else rests.isoformat(),
        "standings": standings,
        "active": [name for name, is_now in standings.items() if is_now == ACTIVE],
    }


def _get(session: Connection, name: str, kept: str, owner: int) -> Any:
    table = TABLES[kept]
    return session.execute(select(table.c[name]).where(table.c.id == owner)).scalar_one()


def _same(was: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it is the same wish of the same reader."""
    one = before.get(was["name"])
    return one is not None and (_kept(one), one["owner"]) == (_kept(was), was["owner"])


def _kept(was: Mapping[str, Any]) -> str:
    """In which of TABLES it stands; what was remembered before mailboxes had wishes does not name it."""
    return str(was.get("kept") or ("membership" if was["name"] in ON_MEMBERSHIP else "person"))


def _put(session: Connection, was: Mapping[str, Any], value: Any) -> None:
    table = TABLES[_kept(was)]
    session.execute(update(table).where(table.c.id == was["owner"]).values({was["name"]: value}))


def _said(value: str | bool) -> str:
    """A code that `values` of the words says aloud."""
    return ("on" if value else "off") if isinstance(value, bool) else value or "-"


def _command(name: str, value: str | bool) -> str:
    """The preference in the words of contract 2."""
    match name:
        case "digest":
            return "DIGEST" if value else "EVERY POST"
        case "plain_text":
            return "PLAIN TEXT" if value else "WITH LAYOUT"
        case "working_days":
            return f"WORKING DAYS {value or 'ALL'}".upper()
        case _:
            return {"cy": "CYMRAEG", "en": "ENGLISH"}.get(str(value), str(value).upper())

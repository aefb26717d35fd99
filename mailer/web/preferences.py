"""/p/TAG: everything a person gets from a network and how, on one page; each button is one of the acts that mail has too.

`DOES` is the table of the buttons. A page shows no full address and nothing that the person told us of themselves (V9):
whoever holds the link may turn mail on and off, but what they told us is opened by a fresh link to the address itself,
and what is of risk is asked back there (CMD-4, `details`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from sqlalchemy import Connection

from mailer.acts import (
    Receipt,
    change_address,
    details,
    everywhere,
    for_my_it,
    forget_me,
    from_each,
    leave,
    my_data,
    my_year,
    pause,
    status,
    turn,
    undo,
)
from mailer.acts import help as help_act
from mailer.acts import preferences as acts
from mailer.acts.confirm import LEFT_SINCE, RIGHTS
from mailer.cycle.dates import DAYS
from mailer.errors import Refused
from mailer.message.tags import PREFERENCES
from mailer.people import membership, networks, record
from mailer.web import choosing, paper, posting, tagged
from mailer.web.asking import Answer, Asked, Form, Page, missing
from mailer.web.published import purpose_words
from mailer.web.tagged import Behind

Does = Callable[[Asked, Connection, Behind], list[Receipt]]


def show(asked: Asked) -> Answer:
    """How things stand."""
    with asked.house.store.read() as session:
        behind = _behind(asked, session)
        return missing() if behind is None else _page(asked, session, behind)


def act(asked: Asked) -> Answer:
    """Do what the pressed button says."""
    pressed = asked.form.one("do")
    with asked.house.store.write() as session:
        behind = _behind(asked, session)
        if behind is None:
            return missing()
        turn.take(session, behind.actor())
        if pressed not in DOES:
            return _page(asked, session, behind, problem="nothing-pressed", status=400)
        if behind.closed and pressed not in OF_A_CLOSED:
            return _page(asked, session, behind, problem="closed", status=409)
        before = posting.latest(session, behind.actor())
        try:
            receipts = DOES[pressed](asked, session, behind)
        except Refused as refusal:
            return _page(asked, session, behind, problem=refusal.slug, status=400)
        sent = [posting.receipt_by_mail(session, asked, behind.actor(), receipt, n) for n, receipt in enumerate(receipts, 1)]
        mailed = any(sent) or posting.latest(session, behind.actor()) > before
        held = bool(receipts) and all(receipt.state == "held" for receipt in receipts)
        if held or (DOES[pressed] is _letter and not mailed):  # it was to send something, and did nothing else
            return _page(asked, session, behind, problem=_unsent(session, behind, pressed), status=409)
        return _page(asked, session, behind, done=pressed if receipts else "no-change", receipts=receipts, mailed=mailed)


def _unsent(session: Connection, behind: Behind, pressed: str) -> str:
    """Why nothing could be sent: to whom all mail was stopped only what carries out a right may go (ruling 2); else it is the limit
    on letters to one address."""
    stopped = pressed not in RIGHTS and record.stops(session, behind.network_id, behind.address_id)
    return "stopped" if stopped else "not-sent"


def _how(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """Digest, working days, plain text, language: what is not as it was, in one receipt."""
    actor = behind.actor(posting.evidence(asked))
    before = acts.current(session, behind.network_id, behind.address_id)
    before["language"] = before["language"] or behind.network.language
    wanted = _wanted(asked.form, before["language"])
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if _everywhere(asked):
        same = {**changed, **{name: wanted[name] for name in acts.ON_MEMBERSHIP}}
        return [everywhere.everywhere(session, actor, "preferences", {"wanted": same}, now=asked.now)]
    return [acts.change_all(session, actor, changed, now=asked.now)] if changed else []


def _everywhere(asked: Asked) -> bool:
    return asked.form.one("networks") == "all"


def _wanted(form: Form, language: str) -> dict[str, str | bool]:
    return {
        "digest": form.one("digest") == "yes",
        "working_days": acts.days_kept([day for day in DAYS if day in form.many("day")] or DAYS),
        "plain_text": form.one("plain") == "yes",
        "language": acts.language_kept(form.one("language") or language),
    }


def _pause(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor = behind.actor(posting.evidence(asked))
    try:
        until = date.fromisoformat(asked.form.one("until"))
    except ValueError:
        raise Refused("bad-pause", "A pause needs a day to come, within a year.") from None
    if _everywhere(asked):
        return [everywhere.everywhere(session, actor, "pause", {"until": until.isoformat()}, now=asked.now)]
    return [pause.pause(session, actor, until, now=asked.now)]


def _resume(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor = behind.actor(posting.evidence(asked))
    if _everywhere(asked):
        return [everywhere.everywhere(session, actor, "resume", {}, now=asked.now)]
    return [pause.resume(session, actor, now=asked.now)]


def _leave(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    return [leave.everything(session, behind.actor(posting.evidence(asked)), now=asked.now)]


def _leave_all(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    return [leave.everything(session, behind.actor(posting.evidence(asked)), now=asked.now, everywhere=True)]


def _details(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor = behind.actor(posting.evidence(asked))
    return [details.ask_to_open(session, actor, now=asked.now)]


def _letter(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """STATUS, MY YEAR, FOR MY IT and HELP: a letter to the address itself, which the page may ask for but not show (V9)."""
    actor = behind.actor(posting.evidence(asked))
    letters = {"status": status.status, "my-year": my_year.my_year}
    pressed = asked.form.one("do")
    if pressed in letters and _everywhere(asked):
        return [from_each.from_each(session, actor, partial(letters[pressed], now=asked.now), now=asked.now)]
    match pressed:
        case "status" | "my-year":
            return [letters[pressed](session, actor, now=asked.now)]
        case "help":
            return [help_act.help(session, actor, now=asked.now)]
    return [for_my_it.letter(session, actor, asked.house.settings, now=asked.now)]


def _undo(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """What was pressed a moment ago; the receipt by mail can be answered with UNDO for thirty days."""
    actor, said = behind.actor(posting.evidence(asked)), asked.form.one("undo", 15)
    if not said.isdecimal() or not undo.just_pressed(session, actor, int(said), asked.now):
        raise Refused("nothing-to-undo", "There is nothing to undo here.", "Reply UNDO to the mail that said what was done.")
    return [undo.redeem(session, actor, int(said), now=asked.now)]


def _my_data(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor = behind.actor(posting.evidence(asked))
    return [my_data.ask(session, actor, now=asked.now)]


def _forget_me(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor = behind.actor(posting.evidence(asked))
    return [forget_me.ask(session, actor, now=asked.now)]


def _change_address(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    actor, to = behind.actor(posting.evidence(asked)), asked.form.one("to")
    if not to:
        raise Refused("no-address", "Which address is the new one?")
    return [change_address.ask(session, actor, to, hasher=asked.house.hasher, now=asked.now)]


# button -> what it does; a test presses each
DOES: Mapping[str, Does] = {
    "purposes": choosing.purposes,
    "how": _how,
    "pause": _pause,
    "resume": _resume,
    "details": _details,
    "change-address": _change_address,
    "status": _letter,
    "my-year": _letter,
    "for-my-it": _letter,
    "help": _letter,
    "my-data": _my_data,
    "forget-me": _forget_me,
    "leave": _leave,
    "leave-all": _leave_all,
    "undo": _undo,
}
OF_A_CLOSED = ("purposes", "my-data", "forget-me", "leave", "leave-all", "undo")  # what goes on once the network is closed


def _behind(asked: Asked, session: Connection) -> Behind | None:
    standing_id = tagged.row_of(asked, PREFERENCES)
    found = None if standing_id is None else tagged.of_standing(asked, session, standing_id)
    return found[0] if found is not None and found[0].masked else None


def _page(
    asked: Asked,
    session: Connection,
    behind: Behind,
    *,
    done: str = "",
    receipts: Sequence[Receipt] = (),
    mailed: bool = False,
    problem: str = "",
    status: int = 200,
) -> Page:
    current = acts.current(session, behind.network_id, behind.address_id)
    member = membership.of_address(session, behind.network_id, behind.address_id)
    paused = current["paused_until"]
    today = asked.now.astimezone(networks.by_id(session, behind.network_id).zone).date()
    fields = {
        "network": behind.network,
        "closed": behind.closed,
        "masked": behind.masked,
        "member": member is not None and member.ended_at is None,
        "person": behind.person_id is not None,
        "purposes": [
            {"name": name, "words": words, "on": name in current["active"], "asked_back": name in choosing.SHARING}
            for name, words in purpose_words(paper.language_of("preferences", behind.language))
            if not (behind.shared and name in choosing.SHARING)  # nobody of several is listed
            and not (behind.closed and name not in current["active"])
        ],
        "current": current,
        "days": current["working_days"].split() or list(DAYS[:5]),
        "all_days": DAYS,
        "language": current["language"] or behind.network.language,
        "paused": paused if paused and date.fromisoformat(paused) > today else "",
        "today": today.isoformat(),
        "done": done,
        "left_since": any(receipt.reason == LEFT_SINCE for receipt in receipts),
        "asked_back": any(receipt.state == "asked" for receipt in receipts),
        "not_asked": any(receipt.state == "held" for receipt in receipts),
        "changed": any(receipt.state not in ("asked", "held") for receipt in receipts),
        "mailed": mailed,
        "stopped": bool(record.stops(session, behind.network_id, behind.address_id)),
        "undo": next((receipt.fields["undo"] for receipt in receipts if receipt.fields.get("undo")), None),
        "problem": problem,
        "to": asked.form.one("to") if problem else "",
    }
    return Page("preferences", fields, status=status, language=behind.language)

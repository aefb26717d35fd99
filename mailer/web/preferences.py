"""/p/TAG: everything a person gets from a network and how, on one page; each button is one of the acts that mail has too.

`DOES` is the table of the buttons. A page shows no full address (V9); whoever holds the link may turn mail on and off,
but being listed in the directory is asked back at the address itself (CMD-4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, select

from mailer.acts import Receipt, confirm, keep, leave, pause
from mailer.acts import preferences as acts
from mailer.consent import purposes
from mailer.errors import Refused
from mailer.message.tags import PREFERENCES
from mailer.people import membership
from mailer.store.tables import confirmations
from mailer.web import paper, posting, tagged
from mailer.web.asking import Answer, Asked, Form, Page, missing
from mailer.web.published import purpose_words
from mailer.web.tagged import Behind

SHARING = ("directory",)  # begins only after a YES from the address itself (CMD-4)
LISTING = "KEEP DIRECTORY"  # the same in the words of contract 2
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
        if pressed not in DOES:
            return _page(asked, session, behind, problem="nothing-pressed", status=400)
        try:
            receipts = DOES[pressed](asked, session, behind)
        except Refused as refusal:
            return _page(asked, session, behind, problem=refusal.slug, status=400)
        for n, receipt in enumerate(receipts, 1):
            posting.receipt_by_mail(session, asked, behind.actor(), receipt, n)
        asked_back = any(receipt.state == "asked" for receipt in receipts)
        return _page(asked, session, behind, done=pressed if receipts else "no-change", asked_back=asked_back)


def _purposes(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """What was ticked begins, what was not ends; the letter of leaving says both, so it is the one receipt."""
    actor = behind.actor(posting.evidence(asked))
    ticked = [name for name in purposes.SUBSCRIPTIONS if name in asked.form.many("purpose")]
    current = membership.remaining(session, actor.network_id, actor.address_id)
    ended = [name for name in current if name not in ticked]
    begun = [name for name in ticked if name not in current and name not in SHARING]
    listed = [name for name in ticked if name not in current and name in SHARING]
    receipts: list[Receipt] = []
    if listed and not _waits(session, behind, asked.now):
        receipts.append(confirm.ask(session, actor, "keep", {"purposes": listed}, what=LISTING, now=asked.now))
    if begun:
        kept = keep.keep(session, actor, begun, now=asked.now)
        receipts += [] if ended else [kept]
    if ended:
        receipts.append(leave.some(session, actor, ended, now=asked.now))
    return receipts


def _how(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """Digest, working days, plain text, language: one act for each that is not as it was."""
    actor = behind.actor(posting.evidence(asked))
    before = acts.current(session, behind.network_id, behind.address_id)
    before["language"] = before["language"] or behind.network.language
    wanted = _wanted(asked.form, before["language"])
    receipts: list[Receipt] = []
    if wanted["digest"] != before["digest"]:
        receipts.append(acts.change(session, actor, "digest", bool(wanted["digest"]), now=asked.now))
    days = [day for day in acts.DAYS if day in asked.form.many("day")]
    if set(days) != set(before["working_days"].split() or acts.DAYS[:5]):
        receipts.append(acts.working_days(session, actor, days, now=asked.now))
    if actor.person_id is not None:
        if wanted["plain_text"] != before["plain_text"]:
            receipts.append(acts.plain_text(session, actor, bool(wanted["plain_text"]), now=asked.now))
        if wanted["language"] != before["language"]:
            receipts.append(acts.language(session, actor, str(wanted["language"]), now=asked.now))
    return receipts


def _waits(session: Connection, behind: Behind, now: datetime) -> bool:
    """True while the same question is open: a second press asks nothing more."""
    mine = (confirmations.c.network_id == behind.network_id) & (confirmations.c.address_id == behind.address_id)
    unanswered = confirmations.c.used_at.is_(None) & (confirmations.c.expires_at > now)
    rows = session.execute(select(confirmations.c.args).where(mine, unanswered, confirmations.c.act == "keep"))
    return any(set(SHARING) <= set(args.get("purposes", ())) for args in rows.scalars())


def _wanted(form: Form, language: str) -> dict[str, str | bool]:
    return {
        "digest": form.one("digest") == "yes",
        "plain_text": form.one("plain") == "yes",
        "language": form.one("language") or language,
    }


def _pause(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    try:
        until = date.fromisoformat(asked.form.one("until"))
    except ValueError:
        raise Refused("bad-pause", "A pause needs a day to come, within a year.") from None
    return [pause.pause(session, behind.actor(posting.evidence(asked)), until, now=asked.now)]


def _resume(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    return [pause.resume(session, behind.actor(posting.evidence(asked)), now=asked.now)]


def _leave(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    return [leave.everything(session, behind.actor(posting.evidence(asked)), now=asked.now)]


def _leave_all(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    return [leave.everything(session, behind.actor(posting.evidence(asked)), now=asked.now, everywhere=True)]


# button -> what it does; a test presses each
DOES: Mapping[str, Does] = {
    "purposes": _purposes,
    "how": _how,
    "pause": _pause,
    "resume": _resume,
    "leave": _leave,
    "leave-all": _leave_all,
}


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
    asked_back: bool = False,
    problem: str = "",
    status: int = 200,
) -> Page:
    current = acts.current(session, behind.network_id, behind.address_id)
    member = membership.of_address(session, behind.network_id, behind.address_id)
    paused = current["paused_until"]
    fields = {
        "network": behind.network,
        "masked": behind.masked,
        "member": member is not None and member.ended_at is None,
        "person": behind.person_id is not None,
        "purposes": [
            {"name": name, "words": words, "on": name in current["active"], "asked_back": name in SHARING}
            for name, words in purpose_words(paper.language_of("preferences", behind.language))
        ],
        "current": current,
        "days": current["working_days"].split() or list(acts.DAYS[:5]),
        "all_days": acts.DAYS,
        "language": current["language"] or behind.network.language,
        "paused": paused if paused and date.fromisoformat(paused) > asked.now.date() else "",
        "today": asked.now.date().isoformat(),
        "done": done,
        "asked_back": asked_back,
        "problem": problem,
    }
    return Page("preferences", fields, status=status, language=behind.language)

"""A list of people mailed to `-organise@`: a dry run comes back, and nobody is written to before its YES (CMD-6).

It is pasted into the mail or attached, in any form that `people.sheet` reads: CSV, a workbook, address cards, an export. Every line that names nobody we could ask is in that answer with its number and the reason, so that no colleague is lost
without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, confirm
from mailer.acts.import_lines import Line, Wish, judge
from mailer.consent import ACTIVE, purposes, standing, suppression
from mailer.errors import Refused
from mailer.inbound.lines import PersonLine, pasted, read_people
from mailer.inbound.message import Listed, Message
from mailer.message.address import key
from mailer.message.values import Attachment
from mailer.people import addresses, askings, membership, sheet
from mailer.people.sheet import Row

MOST = 200  # people of one mail
SHOWN = 30
UNOPENED = (".numbers", ".pdf", ".docx", ".doc", ".xlsb")  # what people attach when asked for a list, and we do not open
CSV = "In Excel choose File, Save As, CSV, and send that; or paste the lines into a mail."
NEW, KNOWN, ASKED, STAYS_OUT, NO_MAIL = "pending", "unchanged", "asked-before", "stays-out", "no-mail"
NO_ADDRESS = "there is no address in it"
SAYS_NO = "the line itself says that they get no mail, and so they stay out"
TOO_MANY = f"one mail takes {MOST} people; please send the rest in another"
PLEASANTRY = re.compile(
    r"\W*(?:hi|hello|hiya|dear|please|thanks|thank you|many|kind|best|cheers|regards|all the best|helo|annwyl|diolch|cofion)\b",
    re.IGNORECASE,
)
HEADING = re.compile(r"\W*(?:full |first )?(?:name|e-?mail|address|school|organisation|enw|ebost)\b[^@]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Unread:
    """A line that names nobody we can ask."""

    number: int
    line: str
    why: str

    def __str__(self) -> str:
        return f"Line {self.number}, “{self.line[:60]}”: {self.why.rstrip('.')}."


def lists(attachments: Sequence[Attachment]) -> tuple[Listed, ...]:
    """The lists of people among these files, each read; slow, as a workbook is opened in a process of its own."""
    found = []
    for one in attachments:
        if not sheet.could_be(one.name, one.type):
            continue
        try:
            found.append(Listed(one.name, sheet.read(one.content).rows))
        except Refused as refusal:
            found.append(Listed(one.name, refusal=refusal))
    return tuple(found)


def is_list(message: Message, text: str) -> bool:
    """Whether a mail is a list of people though its subject does not say so: by what is attached, or by its lines."""
    lines = [line for line in text.splitlines() if line.strip() and not PLEASANTRY.match(line)]
    named = sum("@" in line for line in lines)
    return bool(message.lists) or (named > 1 and named * 2 >= len(lines)) or pasted.table(text) is not None


def people(message: Message, session: Connection, text: str, now: datetime) -> Receipt | None:
    """Ask the organiser whether these people are to be asked. None if nobody is named at all."""
    table = pasted.table(text)
    rows, unread = _read(session, table.rest if table else text)
    gone = 0  # who left where an attached list comes from
    for one in (*([Listed("", sheet.of_lines(table.lines).rows)] if table else []), *message.lists):
        if one.refusal is not None:
            return _back(message, f"We could not read {one.name}. {one.refusal.message}", one.refusal.hint or CSV)
        more, worse, out = _of_sheet(session, one, taken={key(row.email) for row in rows}, room=MOST - len(rows))
        rows, unread, gone = rows + more, unread + worse, gone + out
    closed = next((one.name for one in message.reading.attachments if one.name.lower().endswith(UNOPENED)), "")
    if closed and not rows:
        return _back(message, f"We cannot read a list of people from {closed}.", CSV)
    if not rows and gone:
        return _nobody_new(message, {"known": 0, "asked_before": 0, "left_before": gone, "no_mail": 0}, unread)
    if not rows and unread:
        said = f"A list of people in which no line can be read: {unread[0]}"
        hint = "Please send it again, a line for each: name, address, school."
        return _back(message, " ".join(str(one) for one in unread[:SHOWN]), hint, said)
    if not rows:
        return None
    wish = Wish(message.network_id, message.house.hasher)
    lines = judge(session, wish, [Row(0, r.email, r.name, r.organisation, others=r.others) for r in rows])
    results = [_result(session, message, line, now) for line in lines]
    new = [row for row, result in zip(rows, results, strict=True) if result == NEW]
    counts = {
        "new": len(new),
        "known": results.count(KNOWN),
        "asked_before": results.count(ASKED),
        "left_before": results.count(STAYS_OUT) + gone,
        "no_mail": results.count(NO_MAIL),
    }
    if not new:
        return _nobody_new(message, counts, unread)
    for row in new:  # written down now, as the act after the YES has only the id of the question
        with suppress(Refused):
            addresses.find_or_add(session, row.email, hasher=message.house.hasher, now=now)
    asker = membership.of_address(session, message.network_id, message.actor.address_id)
    fields = {
        **counts,
        "unread": [str(one) for one in unread],
        "who": [f"{row.name} <{row.email}>".strip() for row in new[:SHOWN]],
        "more": max(0, len(new) - SHOWN),
        "named": asker.name if asker is not None else "",
    }
    args = {"do": "people", "rows": [[row.email, row.name, row.organisation] for row in new]}
    what = f"Ask {len(new)} {'person' if len(new) == 1 else 'people'} whether they want to join"
    return confirm.ask(
        session, message.actor, "organise", args, now=now, what=what, template="import-preview", fields=fields
    )


def _nobody_new(message: Message, counts: Mapping[str, int], unread: Sequence[Unread]) -> Receipt:
    """There is nothing to say YES to."""
    names = {"known": "known already", "asked_before": "asked before", "left_before": "left before or said no, and stay out", "no_mail": "will not be written to"}
    said = "; ".join(f"{counts[name]} {words}" for name, words in names.items() if counts[name])
    return _back(message, f"Nobody in this list is new, so we ask nobody ({said}).", " ".join(str(one) for one in unread[:SHOWN]))


def _back(message: Message, sentence: str, hint: str, said: str = "") -> Receipt:
    fields = {"subject": message.reading.subject, "sentence": sentence, "hint": hint}
    return Receipt("refused", said or sentence, fields, state="asked", reason="people-unread")


def _result(session: Connection, message: Message, line: Line, now: datetime) -> str:
    """What a line comes to. A contact, imported without evidence and never asked, is new to us all the same."""
    mac = suppression.mac(line.row.email, message.house.hasher)
    if line.result == STAYS_OUT:
        macs = [suppression.mac(one, message.house.hasher) for one in (line.row.email, *line.row.others)]
        found = [addresses.find(session, one) for one in (line.row.email, *line.row.others)]
        met = any(one is not None and standing.met(session, message.network_id, one.id) for one in found)
        here = met or suppression.begun_in(session, macs=macs, network_id=message.network_id)
        host = suppression.reasons(session, macs=macs, network_id=None)
        return STAYS_OUT if here or not host else NO_MAIL  # what was said in another network is not told in this one
    if askings.asked_before(session, message.network_id, mac, now):
        return ASKED  # they were silent not long ago, and are left in peace
    if line.address_id is None or line.result == NEW:
        return NEW
    waits = ACTIVE not in line.standings.values()
    asked = askings.ever(session, message.network_id, [line.address_id])
    return NEW if waits and not asked else KNOWN


def _of_sheet(
    session: Connection, one: Listed, *, taken: set[str], room: int
) -> tuple[list[PersonLine], list[Unread], int]:
    """The people of an attached list; roles and evidence in it count for nothing, and who left where it comes from is only counted."""
    good: list[PersonLine] = []
    bad: list[Unread] = []
    gone = 0
    for row in one.rows:
        problem = row.problem
        if not problem:
            try:
                email = addresses.readable(session, row.email)
            except Refused as refusal:
                problem = refusal.message
        if problem:
            bad += [] if row.repeats is not None else [Unread(row.line, row.email or row.name, problem)]
        elif row.left or set(purposes.DEFAULT) <= set(row.off):
            gone += 1
        elif key(email) in taken:
            continue
        elif len(good) >= room:
            bad.append(Unread(row.line, row.email, TOO_MANY))
        else:
            good.append(PersonLine(email, row.name, row.organisation, others=row.others))
    return good, bad, gone


def _read(session: Connection, text: str) -> tuple[list[PersonLine], list[Unread]]:
    """Whom we can ask, and every line that should have named somebody and does not."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    named = [number for number, line in lines if "@" in line]
    bad: dict[str, str] = {}
    good: dict[str, PersonLine] = {}
    for row in read_people(text):
        try:
            email = addresses.readable(session, row.email)
        except Refused as refusal:
            bad[row.email] = row.doubt or refusal.message
            continue
        if row.doubt or row.left:
            bad[row.email] = row.doubt or SAYS_NO
        elif len(good) == MOST:
            bad[row.email] = TOO_MANY
        else:
            good[email] = row
    unread: list[Unread] = []
    for number, line in lines:
        found = read_people(line)
        unread += [Unread(number, row.line or line, bad[row.email]) for row in found if row.email in bad]
        if not found and named and _meant(line, inside=named[0] < number < named[-1]):
            unread.append(Unread(number, line, NO_ADDRESS))
    return list(good.values()), unread


def _meant(line: str, *, inside: bool) -> bool:
    """Whether a line without an address was to name somebody: it stands among the others, or is made like them."""
    if HEADING.match(line) or PLEASANTRY.match(line) or len(line.split()) > 12:
        return False
    return "@" in line or inside or re.search(r"[\w)][,;\t|]\s*\w", line) is not None

"""One person's copy of a letter: the letter's skeleton, what differs for this person, the signature.

A letter that was not composed yet (a reply) is composed here, once, before its first copy.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import and_, case, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from mailer import log
from mailer.errors import Unavailable
from mailer.house import House
from mailer.message import tags
from mailer.message.encoded import clean
from mailer.newsletters import printing
from mailer.outbound import appointments, enclosing, outbox, writing
from mailer.outbound.letter import Picture, Skeleton, fill
from mailer.outbound.letterheads import Letterhead, Letterheads
from mailer.outbound.transport import Notify, Wire
from mailer.store import prepared
from mailer.store.lists import among
from mailer.store.tables import letters, networks, outgoing

KEPT_SKELETONS = 64
# Trouble of the database, the disk or the memory says nothing of the letter, but for what cannot be stored, or has no template.
_TROUBLE = (DBAPIError, NoConnectionFree, Unavailable, OSError, MemoryError)
_FAULTS = (DataError, IntegrityError, TemplateError)

_log = log.get(__name__)


@dataclass(frozen=True)
class Copy:
    """A copy ready for the wire, and what is written down of it."""

    wire: Wire
    sending: outbox.Sending


class Copier:
    """Makes copies for one process. Threads may share it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._letterheads = Letterheads(house)
        self._lock = threading.Lock()
        self._skeletons: OrderedDict[int, Skeleton] = OrderedDict()

    def rows(self, ids: list[int]) -> list[Any]:
        """What differs for each of these outgoing rows, in the order they are due."""
        with self.house.store.queue.read() as session:
            return list(session.execute(*_to_be_filled(ids)))

    def copies(self, rows: Iterable[Any], now: datetime) -> tuple[list[Copy], dict[int, Exception]]:
        """The copies of these rows, and why a row has none. A stride at a time: what is filled, signed and hashed then lies
        near the processor until it is sent."""
        made, failures = [], dict[int, Exception]()
        for row in rows:
            try:
                head = self._letterheads.of(row)
                made.append(copy_of(row, self._skeleton(row.letter_id), head, self.house, now))
            except Exception as error:  # one bad letter must not keep the others
                _log.exception("letter cannot be filled", outgoing=row.id)
                failures[row.id] = error
        return made, failures

    def _skeleton(self, letter_id: int) -> Skeleton:
        with self._lock:
            kept = self._skeletons.get(letter_id)
            if kept is not None:
                self._skeletons.move_to_end(letter_id)
                return kept
        skeleton = self._read_or_compose(letter_id)
        with self._lock:
            self._skeletons[letter_id] = skeleton
            while len(self._skeletons) > KEPT_SKELETONS:
                self._skeletons.popitem(last=False)
        return skeleton

    def _read_or_compose(self, letter_id: int) -> Skeleton:
        """The letter's skeleton; a reply is composed here, once, before its first copy."""
        with self.house.store.read() as session:
            letter = session.execute(select(letters).where(letters.c.id == letter_id)).one()
            if letter.skeleton is not None:
                return Skeleton.from_bytes(letter.skeleton)
            network = session.execute(select(networks).where(networks.c.id == letter.network_id)).one()
            pictured = letter.fields.get("pictures_of")  # the issue whose proof it is
            pictures = printing.printed_pictures(session, pictured) if pictured else []
            enclosed = enclosing.made(session, letter.fields.get("encloses"))
            event, dates = appointments.made(session, self.house, letter.fields, network.id)
            klass = session.execute(
                select(outgoing.c.purpose).where(outgoing.c.letter_id == letter_id).limit(1)
            ).scalar_one()
        made = writing.write(
            self.house,
            template=letter.template,
            fields=letter.fields,
            network=network,
            language=letter.language,
            plain=letter.variant == "plain",
            klass=klass,
            event=event,
            pictures=tuple(Picture(p.cid, p.type, p.name, p.content) for p in pictures),
            attachments=(*enclosed, *dates),
        )
        with self.house.store.write() as session:
            session.execute(
                update(letters)
                .where(letters.c.id == letter_id, letters.c.skeleton.is_(None))
                .values(skeleton=made.skeleton, subject=made.subject)
            )
            # Another worker may have composed it at the same moment, with other marks: the one that is kept counts.
            stored = session.execute(select(letters.c.skeleton).where(letters.c.id == letter_id)).scalar_one()
        return Skeleton.from_bytes(stored)


def copy_of(row: Any, skeleton: Skeleton, head: Letterhead, house: House, now: datetime) -> Copy:
    """The copy of one outgoing row (joined with its network's domain).

    A row that was tried before keeps its Date and signing time, so under the same letterhead its bytes are the same again; where
    that try may have brought it, it goes under the same one (OUT-3).
    """
    dated = row.dated_at or now
    values = values_of(row, head, house.keys)
    content = fill(skeleton, values, date=dated, message_id=message_id(row, head.domain, house))
    signed_at = None
    if head.signer is not None:
        signed_at = row.signed_at or int(dated.timestamp())
        content = head.signer.sign(content, t=signed_at, clean=True)
    notify: Notify = "NEVER" if row.purpose in ("answer", "confirm", "farewell") else "FAILURE"
    return Copy(
        Wire(row.id, head.tagged(values["feedback_id"]), row.to_address, content, notify, clean=True),
        outbox.Sending(row.id, dated, signed_at, head.id, hashlib.sha256(content).hexdigest()),
    )


def is_passing(error: Exception) -> bool:
    """Whether a copy that was not made for this reason may well be made in a moment, as it is."""
    return isinstance(error, _TROUBLE) and not isinstance(error, _FAULTS)


@prepared
def _to_be_filled(ids: Any) -> Any:
    o = outgoing.c
    differs = (o.to_address, o.to_name, o.greeting, o.standing_id, o.reply_use, o.reply_row, o.invitation_id, o.extra)
    begun_before = o.letterhead_id.is_not(None)  # asked first: of what is new nobody looks at a history
    goes_under = case((and_(begun_before, outbox.MAY_HAVE_GONE), o.letterhead_id)).label("goes_under")
    wanted = (o.id, o.network_id, o.letter_id, o.purpose, o.dated_at, o.signed_at, goes_under, *differs)
    return (
        select(*wanted, networks.c.slug, networks.c.domain, networks.c.name.label("network_name"))
        .join(networks, networks.c.id == o.network_id)
        .where(among(o.id, ids))
        .order_by(o.next_attempt_at, o.id)
    )


def values_of(row: Any, head: Letterhead, keys: tags.Keys) -> dict[str, str]:
    """What differs for one person: the values of every slot that a letter may have."""
    public = head.public_url
    leave = keys.tag(tags.LEAVE, row.standing_id)
    reply_tag = keys.tag(row.reply_use, row.reply_row or row.id)
    values = {
        "from_name": head.network_name,
        "from_address": head.sender,
        "to_name": row.to_name,
        "to_address": row.to_address,
        "reply_to": head.tagged(reply_tag),
        "greeting": row.greeting,
        "leave_url": f"{public}/u/{leave}",
        "leave_mailto": f"mailto:{head.tagged(leave)}?subject=leave",
        "preferences_url": f"{public}/p/{keys.tag(tags.PREFERENCES, row.standing_id)}",
        "confirm_url": f"{public}/c/{reply_tag}",
        "feedback_id": keys.tag(tags.BOUNCE, row.id),  # of the envelope sender and of CFBL-Feedback-ID (RFC 9477 3.3)
        "answer_url": "",
        "uid_line": "",
        "attendee_line": "",
    }
    if row.invitation_id is not None:
        answer = keys.tag(tags.ANSWER, row.invitation_id)
        values["answer_url"] = f"{public}/r/{answer}"
        values["uid_line"] = f"UID:{answer}@{head.domain}"
        name = clean(row.to_name).replace('"', "'") or row.to_address
        values["attendee_line"] = (
            f'ATTENDEE;CN="{name}";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{row.to_address}'
        )
    values.update(row.extra)
    return values


def message_id(row: Any, domain: str, house: House) -> str:
    """Enough to know the copy by (FMT-3): a signed tag of its row, at the domain of what it goes under."""
    own: str = row.extra.get("message_id", "")
    return own or f"<{house.keys.tag(tags.MESSAGE, row.id)}@{domain}>"

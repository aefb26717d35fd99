"""Delivery: claim a batch, fill and sign it, send it window by window, write down what became of it.

Before a window is written to a connection one transaction says so (`sending`) and writes the results of the window
before; so after a crash at most two windows a connection are uncertain (V6, design ruling 5). Connections are kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from mailer import clock, log
from mailer.house import House
from mailer.message import tags
from mailer.message.encoded import clean, text_of
from mailer.newsletters import pieces
from mailer.outbound import dkim, enclosing, outbox, rates, transport, writing
from mailer.outbound.letter import Picture, Skeleton, fill
from mailer.outbound.transport import Connection, Relay, RelayDown, Reply, Wire
from mailer.store.tables import letters, networks, outgoing, tray

BATCH = 100
WINDOW = 16
TURN = 5  # batches before a lane is given back, so that urgent mail is never behind more than this
LEASE = timedelta(seconds=60)
REST = 2.0  # real seconds without a try after no relay could be had
REST_SLOW = 15.0  # the same where the relay asked to be spared (OUT-16)
KEPT_SKELETONS = 64

_log = log.get("deliver")


@dataclass(frozen=True)
class Filled:
    """A copy ready for the wire, and what is written down of it."""

    wire: Wire
    sending: outbox.Sending


class Courier:
    """Delivers for one process. Threads may share it: each keeps its own connections."""

    def __init__(self, house: House, owner: str) -> None:
        self.house = house
        self.owner = owner
        self.relays: tuple[Relay, ...] = transport.relays(
            house.settings.relays, hostname=house.settings.public_host or "localhost", tray=self._keep
        )
        self._signers = dkim.Signers(
            house.settings.dkim_key_file, house.settings.dkim_selector, house.settings.dkim_domain
        )
        self._lines = threading.local()
        self._every: list[Connection] = []
        self._lock = threading.Lock()
        self._skeletons: OrderedDict[int, Skeleton] = OrderedDict()
        self._stopped = threading.Event()
        self._under_way: set[int] = set()
        self.rests_until = 0.0

    def renew(self) -> None:
        """Keep the leases of what is under way: a slow relay must not make a second worker think that we died."""
        with self._lock:
            ids = list(self._under_way)
        if ids:
            with self.house.store.write() as session:
                outbox.renew(session, ids, self.owner, clock.lease_now() + LEASE)

    def deliver(self, lane: str) -> bool:
        """Deliver what is due in a lane, for a bounded turn. True if there may be more to do at once."""
        for _ in range(TURN):
            if self._stopped.is_set() or clock.monotonic() < self.rests_until:
                return False
            ids = self._claim(lane)
            if not ids:
                return False
            with self._lock:
                self._under_way.update(ids)
            try:
                if not self._send(ids):
                    return False
            finally:
                with self._lock:
                    self._under_way.difference_update(ids)
        return True

    def stop(self) -> None:
        """Begin no further batch; what is claimed and unsent is given back."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of every connection."""
        self.stop()
        with self._lock:
            for line in self._every:
                line.close()
            self._every.clear()

    def _claim(self, lane: str) -> list[int]:
        now, lease_now = clock.now(), clock.lease_now()
        with self.house.store.read() as session:  # an empty look must not take the writer's turn
            if not outbox.is_waiting(session, lane, now, lease_now):
                return []
            most = rates.allowance(session, now=lease_now, most=BATCH)
        if most == 0:
            return []
        with self.house.store.write() as session:
            limits = rates.of_networks(session, now=lease_now, most=BATCH)
            ids = outbox.claim(
                session,
                lane=lane,
                owner=self.owner,
                limit=min(most, rates.allowance(session, now=lease_now, most=BATCH)),
                now=now,
                lease_now=lease_now,
                lease_until=lease_now + LEASE,
                limits=limits,
            )
            rates.spend(session, len(ids), now=lease_now)
            if limits:
                rates.spend_of_networks(session, ids, limits, now=lease_now)
        return ids

    def _send(self, ids: list[int]) -> bool:
        """Send a claimed batch. False when no relay could be had, so that the lane rests until the sweep."""
        filled, failures = self._fill(ids)
        if failures:
            with self.house.store.write() as session:
                outbox.fail_unfilled(session, failures, clock.now())
        results: list[Reply] = []
        relay_name = ""
        for start in range(0, len(filled), WINDOW):
            window = filled[start : start + WINDOW]
            if self._stopped.is_set():
                break
            try:
                relay, line = self._line()
            except RelayDown as down:
                self._put_off(results, relay_name, [f.wire.id for f in filled[start:]], down)
                return False
            with self.house.store.write() as session:
                outbox.write_results(session, results, owner=self.owner, relay=relay_name, now=clock.now())
                mine = outbox.mark_sending(session, [_through(f.sending, relay.name) for f in window], self.owner)
                outbox.release(session, [f.wire.id for f in window if f.wire.id not in mine], self.owner)
            relay_name = relay.name
            results = line.send([f.wire for f in window if f.wire.id in mine]) if mine else []
            if any(reply.state == "unsent" for reply in results):
                self._drop(line)
                rest = filled[start + WINDOW :]
                if any(reply.slow for reply in results):
                    self.rests_until = clock.monotonic() + REST_SLOW
                    self._settle(results, relay_name, [f.wire.id for f in rest])
                    return False
        self._settle(results, relay_name, [f.wire.id for f in filled] if self._stopped.is_set() else [])
        return True

    def _put_off(self, results: Sequence[Reply], relay: str, unbegun: list[int], down: RelayDown) -> None:
        """No relay can be had: what was claimed goes by the retry clock, and nobody knocks for a moment."""
        self.rests_until = clock.monotonic() + (REST_SLOW if down.slow else REST)
        now = clock.now()
        with self.house.store.write() as session:
            outbox.write_results(session, results, owner=self.owner, relay=relay, now=now)
            outbox.put_off(session, unbegun, self.owner, reason=down.reason, detail=str(down), slow=down.slow, now=now)
        _log.warning("no relay can be had", reason=down.reason, detail=down.detail, put_off=len(unbegun))

    def _settle(self, results: Sequence[Reply], relay: str, unbegun: list[int]) -> None:
        with self.house.store.write() as session:
            outbox.write_results(session, results, owner=self.owner, relay=relay, now=clock.now())
            if unbegun:
                outbox.release(session, unbegun, self.owner)

    # -- filling -------------------------------------------------------------------------------------------------

    def _fill(self, ids: list[int]) -> tuple[list[Filled], dict[int, str]]:
        now = clock.now()
        with self.house.store.read() as session:
            rows = session.execute(
                select(outgoing, networks.c.slug, networks.c.domain, networks.c.name.label("network_name"))
                .join(networks, networks.c.id == outgoing.c.network_id)
                .where(outgoing.c.id.in_(ids))
                .order_by(outgoing.c.next_attempt_at, outgoing.c.id)
            ).all()
        filled, failures = [], {}
        for row in rows:
            try:
                filled.append(self.fill_row(row, now))
            except Exception as error:  # one bad letter must not keep the others
                _log.exception("letter cannot be filled", outgoing=row.id)
                failures[row.id] = f"letter-{type(error).__name__}"
        return filled, failures

    def fill_row(self, row: Any, now: datetime) -> Filled:
        """The copy of one outgoing row (joined with slug, domain and network_name).

        A row that was tried before keeps its Date and signing time, so its bytes are the same again.
        """
        skeleton = self._skeleton(row.letter_id)
        dated = row.dated_at or now
        content = fill(skeleton, values_of(row, self.house), date=dated, message_id=message_id(row, self.house))
        signer = self._signers.of(row.domain)
        signed_at = None
        if signer is not None:
            signed_at = row.signed_at or int(dated.timestamp())
            content = signer.sign(content, t=signed_at, clean=True)
        mail_from = _tagged(row, self.house, self.house.keys.tag(tags.BOUNCE, row.id))
        notify = "NEVER" if row.purpose in ("answer", "confirm", "farewell") else "FAILURE"
        return Filled(
            Wire(row.id, mail_from, row.to_address, content, notify, clean=True),  # type: ignore[arg-type]
            outbox.Sending(
                row.id,
                dated,
                signed_at,
                "" if signer is None else signer.selector,
                hashlib.sha256(content).hexdigest(),
                "",
            ),
        )

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
            pictures = pieces.printed_pictures(session, pictured) if pictured else []
            enclosed = enclosing.made(session, letter.fields.get("encloses"))
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
            pictures=tuple(Picture(p.cid, p.type, p.name, p.content) for p in pictures),
            attachments=enclosed,
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

    # -- lines ---------------------------------------------------------------------------------------------------

    def _line(self) -> tuple[Relay, Connection]:
        """This thread's kept connection, or a new one to the first relay that is willing."""
        kept: tuple[Relay, Connection] | None = getattr(self._lines, "kept", None)
        if kept is not None:
            if kept[1].usable:
                return kept
            self._drop(kept[1])
        trouble: RelayDown | None = None
        for relay in self.relays:
            try:
                line = relay.connect()
            except RelayDown as down:
                trouble = down
                continue
            self._lines.kept = (relay, line)
            with self._lock:
                self._every.append(line)
            return relay, line
        assert trouble is not None
        raise trouble

    def _drop(self, line: Connection) -> None:
        self._lines.kept = None
        with self._lock:
            if line in self._every:
                self._every.remove(line)
        line.close()

    def _keep(self, wires: Sequence[Wire]) -> None:
        """The tray: outgoing mail is kept here, readable at /tray. A copy that is sent again replaces itself."""
        now = clock.now()
        kept = [
            {
                "outgoing_id": w.id,
                "at": now,
                "mail_from": w.mail_from,
                "rcpt": w.rcpt,
                "subject": _subject(w.content),
                "content": w.content,
            }
            for w in wires
        ]
        with self.house.store.write() as session:
            session.execute(tray.delete().where(tray.c.outgoing_id.in_([w.id for w in wires])))
            session.execute(tray.insert(), kept)


def _subject(content: bytes) -> str:
    """The Subject of a letter of ours as people read it, for the list of the tray."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii", "replace")
    line = next((line for line in head.split("\r\n") if line.lower().startswith("subject:")), "")
    return text_of(line.partition(":")[2])


def values_of(row: Any, house: House) -> dict[str, str]:
    """What differs for one person: the values of every slot that a letter may have."""
    keys, public = house.keys, house.settings.public_url
    at = f"@{row.domain}"
    leave = keys.tag(tags.LEAVE, row.standing_id)
    reply_tag = keys.tag(row.reply_use, row.reply_row or row.id)
    values = {
        "from_name": row.network_name,
        "from_address": house.settings.mailbox_of(row.slug) or f"{row.slug}-committee{at}",
        "to_name": row.to_name,
        "to_address": row.to_address,
        "reply_to": _tagged(row, house, reply_tag),
        "greeting": row.greeting,
        "leave_url": f"{public}/u/{leave}",
        "leave_mailto": f"mailto:{_tagged(row, house, leave)}?subject=leave",
        "preferences_url": f"{public}/p/{keys.tag(tags.PREFERENCES, row.standing_id)}",
        "confirm_url": f"{public}/c/{reply_tag}",
        "answer_url": "",
        "uid_line": "",
        "attendee_line": "",
    }
    if row.invitation_id is not None:
        answer = keys.tag(tags.ANSWER, row.invitation_id)
        values["answer_url"] = f"{public}/r/{answer}"
        values["uid_line"] = f"UID:{answer}{at}"
        name = clean(row.to_name).replace('"', "'") or row.to_address
        values["attendee_line"] = (
            f'ATTENDEE;CN="{name}";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{row.to_address}'
        )
    values.update(row.extra)
    return values


def _tagged(row: Any, house: House, tag: str) -> str:
    """`mendip+TAG@lists.example.org`, or the polled mailbox with the tag behind its plus."""
    local, _, domain = (house.settings.mailbox_of(row.slug) or f"{row.slug}@{row.domain}").rpartition("@")
    return f"{local}+{tag}@{domain}"


def message_id(row: Any, house: House) -> str:
    """The same for every try of a copy, and enough to know the copy by (FMT-3): a signed tag of its row."""
    own: str = row.extra.get("message_id", "")
    return own or f"<{house.keys.tag(tags.MESSAGE, row.id)}@{row.domain}>"


def _through(sending: outbox.Sending, relay: str) -> outbox.Sending:
    return outbox.Sending(sending.id, sending.dated_at, sending.signed_at, sending.selector, sending.sha256, relay)

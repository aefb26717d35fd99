"""From a stored row to a message that a handler can take: read, judged, its words understood. Reads only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer import clock
from mailer.acts import Strength, send, speak_for
from mailer.cycle.forecast import Forecast
from mailer.house import House
from mailer.inbound import complaining, inviting, pieces, sender, subjects
from mailer.inbound.authenticate import Brought, Checked, Dns, Names, check
from mailer.inbound.commands import COMMANDS
from mailer.inbound.lines import read_promise
from mailer.inbound.message import Message
from mailer.inbound.routes import BY_REPLY, PROMISE_LETTERS, complains
from mailer.inbound.words import SURE, Asked, Understood, understand
from mailer.inbound.words.about_me import is_form, read_about_me
from mailer.inbound.words.beside import ANSWERS as ANSWERS_TO
from mailer.inbound.words.beside import Beside, beside
from mailer.inbound.words.tongue import in_welsh
from mailer.message import AuthResults, Reading, read, tags
from mailer.message.address import domain_of
from mailer.message.reply.devices import sent_from
from mailer.message.roles import parse_local
from mailer.people import addresses, committee, formats, people
from mailer.store import prepared
from mailer.store.tables import networks

PIECES = ("news", "promise")  # `promise`: its writer was asked and said so
CALLS_FOR_PIECES = ("occasions/minutes-and-actions", "occasions/issue")
OF_THEMSELVES = (Asked.ANY, Asked.RECEIPT, Asked.INVITATION, Asked.ACTION, Asked.FEEDBACK)
ASKS_SOMETHING = (Asked.INVITATION, Asked.ACTION, Asked.FEEDBACK)
ANSWERS = ("answer", "done", "item")
MEANT = 0.6  # from here on such a reading is an answer to what was asked, and no word about the writer
# Beside what is about a meeting:
ASK_COMING = ("replies/answer", "replies/ask-answer", "replies/comment", "occasions/late-joiner")


def authenticated(house: House, row: Any, raw: bytes, names: Names | None) -> Checked | None:
    """Who wrote it, found out by ourselves; None where that is not asked for or our front server has said it already.

    Asks the DNS, so it comes before any transaction (ruling 8).
    """
    if house.settings.authenticate != "self":
        return None
    reading = read(raw, authserv_id=house.settings.authserv_id)
    if reading.auth != AuthResults() or reading.sender is None:
        return None
    brought = Brought(row.client if row.channel == "smtp" else "", row.helo, row.mail_from)
    return check(raw, brought, domain_of(reading.sender.address), names or Dns(), now=clock.now())


def prepare(session: Connection, house: House, row: Any, raw: bytes, checked: Checked | None = None) -> Message | None:
    """Read and judge a stored message. Reads only; None if its network is gone."""
    local, at, domain = row.rcpt.rpartition("@")
    door = parse_local(local if at else domain)  # RFC 5321 4.5.1: <postmaster>, without a domain
    host = domain.lower()
    network = session.execute(*(_network(door.slug, host) if door.slug else _network_at(host) if at else _first())).first()
    if network is None:
        return None
    reading = read(raw, own_hosts=[network.domain], authserv_id=house.settings.authserv_id)
    if checked is not None:
        reading = replace(reading, auth=checked.results, steps=(*reading.steps, *checked.steps))
    judged = sender.judge(
        session,
        network_id=network.id,
        tag_text=door.tag if door.role == "tag" else "",
        reading=reading,
        keys=house.keys,
        inbox_id=row.id,
        sha256=row.raw_sha256,
    )
    spoken = row.sorted_to in (speak_for.SELF, speak_for.OWNER) and judged.answered is not None
    if spoken:
        judged = _spoken(session, judged, row.sorted_to)
    zone = ZoneInfo(network.timezone)
    today = clock.now().astimezone(zone).date()
    message = Message(
        id=row.id,
        network_id=network.id,
        slug=network.slug,
        domain=network.domain,
        zone=zone,
        rcpt=row.rcpt,
        role=door.role if spoken else row.sorted_to or door.role,
        sorted=bool(row.sorted_to) and not spoken,
        vouched=row.vouched_by is not None,
        mail_from=row.mail_from,
        sha256=row.raw_sha256,
        received_at=row.received_at,
        reading=reading,
        actor=judged.actor,
        house=house,
        today=today,
        tag_use="" if judged.tag is None else judged.tag.use,
        tag_row=None if judged.tag is None else judged.tag.row_id,
        answered=judged.answered,
        for_another=judged.for_another,
        language=_language(judged, reading),
        failed_authentication=judged.failed,
    )
    piece = pieces.prepared(reading, [network.domain], _promised_title(message)) if _is_piece(message) else None
    lists = inviting.lists(reading.attachments) if _may_list(session, message) else ()
    promise = None
    if _may_promise(message) and (piece is None or not piece.pictures):
        promise = read_promise(reading.subject if message.role in PIECES else "", reading.reply, today)
    asked = _asked(message)
    if asked is Asked.POST and subjects.in_a_thread(session, message):
        asked = Asked.THREAD
    message = _besides_complaint(replace(message, piece=piece, lists=lists, promise=promise), asked, today)
    reading = message.reading
    parted = _parted(message, asked, today)
    if parted is not None:
        left = replace(reading, reply=parted.answer)
        message = replace(message, reading=left, understood=parted.understood, beside=parted.wishes)
    else:
        message = replace(message, understood=_about_me(message, asked, today) or _understood(message, asked, today))
    return replace(message, foreseen=_foreseen(session, message))


def _foreseen(session: Connection, message: Message) -> Forecast | None:
    """Of a proof that is answered with SEND: to whom the letter goes. A long audience is read for that, and nobody else may write
    to the database while a message is handled (design ruling 8)."""
    if message.tag_use not in (tags.SEND, tags.HOLD) or message.tag_row is None or message.for_another:
        return None
    for intent in message.understood.intents:
        if intent.certainty >= SURE and intent.act in ("send", "send-now"):
            undo, at_once = message.house.settings.undo, intent.act == "send-now"
            return send.foresee(session, message.actor, message.tag_row, at_once=at_once, undo=undo, now=clock.now())
    return None


def _language(judged: sender.Judged, reading: Reading) -> str:
    """The subject of an answer is ours, and says nothing of who answers."""
    subject = reading.subject if judged.answered is None else ""
    return formats.WELSH if judged.actor.person_id is None and in_welsh(reading.reply, subject) else ""


def _spoken(session: Connection, judged: sender.Judged, whose: str) -> sender.Judged:
    """It answers a letter to somebody else, and has been asked about: it counts as the writer's own, or as the owner's."""
    if whose == speak_for.SELF or judged.answered is None:
        return replace(judged, for_another=False)
    owner = addresses.get(session, judged.answered.address_id)
    actor = replace(
        judged.actor,
        address_id=owner.id,
        person_id=owner.person_id,
        strength=Strength.TAG,
        name=people.name_of(session, owner.person_id),
    )
    return replace(judged, for_another=False, actor=actor)


def _is_piece(message: Message) -> bool:
    """Whether it may be taken for a piece; reading one is slow and must not wait for the write (design ruling 8)."""
    if message.role in PIECES:
        return True
    return message.answered is not None and message.answered.template in (*PROMISE_LETTERS, "replies/piece")


def _may_list(session: Connection, message: Message) -> bool:
    """Whether attached lists of people are read: opening a workbook spends a process, and must not wait for the write."""
    return message.role == "organise" and committee.is_organiser(session, message.network_id, message.actor.address_id)


def _promised_title(message: Message) -> str | None:
    """A piece mailed in reply to its promise has the promised title, as its subject is that of our letter."""
    if message.answered is None or message.answered.template not in PROMISE_LETTERS:
        return None
    return str(message.answered.fields.get("promise", {}).get("title", ""))


def _may_promise(message: Message) -> bool:
    """Where a few words may promise a piece: at its door, and in answer to what calls for one."""
    return message.role in PIECES or (message.answered is not None and message.answered.template in CALLS_FOR_PIECES)


@prepared
def _network(slug: Any, domain: Any) -> Any:
    return _open_networks().where(networks.c.domain == domain, networks.c.slug == slug)


@prepared
def _network_at(domain: Any) -> Any:
    return _open_networks().where(networks.c.domain == domain)


@prepared
def _first() -> Any:
    """For mail that names no domain: what is for the operator of them all is kept by one of them."""
    return _open_networks()


def _open_networks() -> Any:
    return select(networks).where(networks.c.closed_at.is_(None)).order_by(networks.c.id).limit(1)


def _besides_complaint(message: Message, asked: Asked, today: date) -> Message:
    """An answer with a complaint in it, or a word: both are taken, and the answer is read without the complaint (DP-16)."""
    if message.sorted or message.role not in (*BY_REPLY, "help") or message.for_another or not complains(message):
        return message
    left = complaining.without(message.reading.reply)
    first = understand(left, asked, today=today).first if left else None
    if first is None or not first.sure or first.act not in (*ANSWERS_TO.get(asked, ()), *COMMANDS):
        return message
    return replace(message, reading=replace(message.reading, reply=left), complaint=message.reading.reply)


def _parted(message: Message, asked: Asked, today: date) -> Beside | None:
    """Words on lines of their own, in answer to a mail of ours or at the help door."""
    if message.sorted or message.role not in (*BY_REPLY, "help"):
        return None
    return beside(message.reading.reply, asked, COMMANDS, today=today)


def _about_me(message: Message, asked: Asked, today: date) -> Understood | None:
    """What somebody says of themselves, in answer to a mail of ours or at the help door; elsewhere it is what that door is for.

    An answer to what that mail asked comes first: "My school is closed that day, so no" is no new school.
    """
    if asked not in OF_THEMSELVES or message.role not in (*BY_REPLY, "help"):
        return None
    said, something = message.reading.reply, asked in ASKS_SOMETHING
    to_details = message.answered is not None and message.answered.template == "replies/details"
    found = read_about_me(said, something_asked=something, to_details=to_details)
    if found is None:
        return None
    if something:
        left_over = found[1] if found[0].act == "share" or is_form(said) else said
        if any(one.act in ANSWERS and one.certainty >= MEANT for one in understand(left_over, asked, today=today).intents):
            return None
    return Understood((found[0],), found[1])


def _understood(message: Message, asked: Asked, today: date) -> Understood:
    """The words of a mail; of one to the list or to us that has none, what its subject asks for ("unsubscribe") and no more."""
    to_us = message.role in ("help", "committee") and message.answered is None and not message.sorted
    if not (asked is Asked.POST or to_us) or any(line.strip() and not sent_from(line) for line in message.reading.reply.splitlines()):
        return understand(message.reading.reply, asked, today=today)
    by_subject = understand(message.reading.subject, asked, today=today)
    wanted = tuple(intent for intent in by_subject.intents if (intent.act in COMMANDS if to_us else intent.act != "note"))
    return replace(by_subject, intents=wanted)


def _asked(message: Message) -> Asked:
    """What our letter asked, which decides how words are understood."""
    if message.tag_use == "c":
        return Asked.CONFIRM
    if message.tag_use in ("s", "h"):
        return Asked.PROOF
    if message.role == "post" and not message.sorted and subjects.may_be_post(message):
        return Asked.POST
    if message.answered is None:
        return Asked.ANY
    template = message.answered.template
    if template in ("replies/ask-sort", "replies/ask-private"):
        return Asked.SORT
    if template == "occasions/action-nudge":
        return Asked.ACTION
    if template == "occasions/feedback-request":
        return Asked.FEEDBACK
    if template in ASK_COMING or message.answered.thing_type == "meeting":
        return Asked.INVITATION
    return Asked.RECEIPT if template.startswith("replies/") else Asked.ANY

"""A reply to a letter about a meeting: YES, NO or MAYBE, with a note, and perhaps an item besides."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import answer as acts
from mailer.acts import submit_item as items
from mailer.inbound import commands, doors_asked, meant, relay
from mailer.inbound.lines import read_item
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Asked, Intent, only_command, understand
from mailer.inbound.words.names import names_in
from mailer.meetings import meetings, responses
from mailer.message.own import strip_own
from mailer.people import addresses

AGENDAS = ("draft-agenda", "final-agenda")  # letters that are shown for comment
LONGEST = 2_000  # characters of a comment that its receipt repeats
PROBABLE = 0.75
A_LINE = 14  # words of a line of names
ASKS = re.compile(
    r"\?|\b(?:can|could|would|will|may) (?:we|you|i|someone|somebody|anyone|they|it) \b|\bplease (?:can|could|let|send|tell|save|keep|reserve|make|book|put|arrange)\b|"
    r"\b(?:i|we)(?:'ll|’ll| will|'d|’d| would)? need\b|\bneeds? (?:a |the |to be )|\b(?:parking|wheelchair|hearing loop|lift) (?:space|access|needed|required)\b|"
    r"\b(?:wondering|let me know)\b|\b(?:a oes|allwn ni|allwch chi|oes modd)\b",
    re.IGNORECASE,
)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Record what is sure; ask back what is not; keep both halves of a reply that says two things."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    intents = message.understood.intents
    answer = next((i for i in intents if i.act == "answer" and (i.certainty >= SURE or _by_name(message, session, i))), None)
    item = next((i for i in intents if i.act == "item" and i.certainty >= SURE), None)
    command = commands.first_sure(message)
    if answer is None and command is not None:
        done = commands.do(message, session, command, now)
        if done is not None:
            return _and_answers(message, session, command, done, now)
    meeting_id = _meeting(message, session, now)
    if meeting_id is None:
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the organisers.", reason="no-meeting")
    if answer is None and message.answered.fields.get("ask_names"):
        named = acts.name_them(session, message.actor, meeting_id, _names(message), now=now)
        if named is not None:
            return named
    if answer is None and item is None:
        return _unsure(message, session, meeting_id, now)
    item_receipt = _item(message, session, item, now) if item is not None else None
    if answer is None:
        assert item_receipt is not None
        return item_receipt
    receipt = _record(message, session, meeting_id, answer, now)
    left = _and_leaves(message, session, answer, now)
    said = [receipt.said, left]
    fields = dict(receipt.fields)
    if not left and receipt.template and _asks(str(answer.args.get("note", ""))):
        relay.to_committee(message, session, now, why=f"asks with the answer {answer.args['answer'].upper()} to an invitation")
        fields["passed"] = True
        said.append("asks something; passed to the organisers")
    if item_receipt is not None:
        fields["item"] = item_receipt.fields.get("item")
        said.append(item_receipt.said)
    return Receipt(receipt.template, "; ".join(filter(None, said)), fields, receipt.state, receipt.reason)


def _names(message: Message) -> tuple[str, ...]:
    """Who the three of them are, in a line of its own: "Karen, Joe and Sam"."""
    line = next((line for line in message.reading.reply.splitlines() if line.strip()), "")
    return names_in(line) if len(line.split()) <= A_LINE else ()


def _by_name(message: Message, session: Connection, intent: Intent) -> bool:
    """ "Karen yes, Joe no" is no answer of one person, and just what a mailbox would say."""
    return bool(intent.args.get("people")) and intent.certainty >= PROBABLE and _mailbox(message, session)


def _mailbox(message: Message, session: Connection) -> bool:
    """True if several people read the address that answers."""
    return message.actor.address_id is not None and addresses.get(session, message.actor.address_id).shared


def _asks(note: str) -> bool:
    """A question or a request, which a person has to answer."""
    return ASKS.search(note) is not None


def _record(message: Message, session: Connection, meeting_id: int, answer: Intent, now: datetime) -> Receipt:
    """What each of several people said by name, and is not counted, stays in the note ("Karen and I yes, Joe no")."""
    names, people = answer.args.get("names", ()), answer.args.get("people", ())
    others = [] if _mailbox(message, session) else [f"{name}: {said}" for name, said in people if name not in ("I", *names)]
    return acts.answer(
        session,
        message.actor,
        meeting_id,
        answer=answer.args["answer"],
        note="; ".join(filter(None, [_asked_about(message, meeting_id), answer.args.get("note", ""), *others])),
        guests=answer.args.get("guests", 0),
        names=names,
        people=people,
        now=now,
    )


def _said(message: Message) -> str:
    return " ".join(strip_own(message.reading.reply, [message.domain]).split())[:LONGEST]


def _asked_about(message: Message, meeting_id: int) -> str:
    """What stood in the mail that we asked back about: a bare YES to the question leaves its needs as they were told."""
    assert message.answered is not None
    meeting = message.answered.fields.get("meeting")
    same = isinstance(meeting, dict) and str(meeting.get("id", "")) == str(meeting_id)
    return str(message.answered.fields.get("said", "")) if same else ""


def _and_leaves(message: Message, session: Connection, answer: Intent, now: datetime) -> str:
    """ "Sorry, cannot come. Please stop the newsletter": what is left over is a STOP of its own, with its own receipt."""
    note = str(answer.args.get("note", ""))
    left = only_command(note, today=message.today) if note else None
    if left is None or left.act != "stop":
        return ""
    done = commands.do(message, session, left, now)
    return "" if done is None else done.said


def _and_answers(message: Message, session: Connection, command: Intent, done: Receipt, now: datetime) -> Receipt:
    """A command, and below it an answer: both count, unless the command ends everything."""
    left = understand(message.understood.rest, Asked.INVITATION, today=message.today)
    answer = next((i for i in left.intents if i.act == "answer" and i.certainty >= SURE), None)
    meeting_id = _meeting(message, session, now)
    if answer is None or meeting_id is None or done.state != "done" or command.args.get("purposes") == "all":
        return done
    given = _record(message, session, meeting_id, answer, now)
    kept = done if done.template else given
    return Receipt(kept.template, f"{done.said} {given.said}", kept.fields)


def _meeting(message: Message, session: Connection, now: datetime) -> int | None:
    assert message.answered is not None
    if message.answered.thing_type == "meeting":
        return message.answered.thing_id
    given = message.answered.fields.get("meeting")
    if isinstance(given, dict) and given.get("id"):
        return int(given["id"])
    upcoming = meetings.upcoming(session, message.network_id, now)
    return upcoming.id if upcoming is not None else None


def _item(message: Message, session: Connection, intent: Intent, now: datetime) -> Receipt:
    item = read_item(str(intent.args.get("text") or message.reading.reply), str(intent.args.get("title", "")))
    return items.submit_item(
        session, message.actor, title=item.title, text=item.text, minutes=item.minutes, kind=item.kind, now=now
    )


def _unsure(message: Message, session: Connection, meeting_id: int, now: datetime) -> Receipt:
    """What may be an answer is asked back with the choices (CAL-9); what is none is a comment for the organisers."""
    asked = meant.asked_back(message)
    if asked is not None:
        return asked
    meeting = meetings.get(session, meeting_id)
    if _comments(message, session, meeting_id):
        return _comment(message, session, meeting, now)
    relay.to_committee(message, session, now, why="answers an invitation, and we were not sure what it means")
    return Receipt(
        "ask-answer",
        "Not sure what the answer means; asked back, and shown to the organisers.",
        {"meeting": meetings.facts_for(session, meeting), "said": _said(message)},
        state="asked",
        reason="unsure",
    )


def _comments(message: Message, session: Connection, meeting_id: int) -> bool:
    """No word of it is an answer, and an agenda was shown for comment (N6), something is asked, or the answer is known."""
    words = strip_own(message.reading.reply, [message.domain]).strip()
    if not words or any(intent.act == "answer" for intent in message.understood.intents):
        return False
    assert message.answered is not None
    return message.answered.occasion_kind in AGENDAS or _asks(words) or bool(_said_before(message, session, meeting_id))


def _said_before(message: Message, session: Connection, meeting_id: int) -> str:
    given = responses.current(session, meeting_id, acts.answers_as(session, message.actor, meeting_id))
    return given.answer if given is not None and given.answer != "none" else ""


def _comment(message: Message, session: Connection, meeting: meetings.Meeting, now: datetime) -> Receipt:
    """It goes to the organisers once, and its writer hears so instead of being asked what they did not speak of."""
    assert message.answered is not None
    agenda = message.answered.occasion_kind in AGENDAS
    relay.to_committee(message, session, now, why=f"comments on {'the agenda' if agenda else 'a letter about a meeting'}")
    fields = {
        "meeting": meetings.facts_for(session, meeting),
        "comment": strip_own(message.reading.reply, [message.domain]).strip()[:LONGEST],
        "agenda": agenda and meeting.starts_at > now,
        "answer": _said_before(message, session, meeting.id),
    }
    return Receipt("comment", "A comment; passed to the organisers.", fields, reason="comment")

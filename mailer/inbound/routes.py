"""The ordered table: which handler takes a message. Read top-down; the first row that fits decides.

Tags that let somebody leave act first, whatever the mail is (V3). Then what machines say, calendar answers before all
(Google marks its acceptances as automatic). Then what nobody may act on is held. Of the rest the tag at the door decides, then the
private, join and leave doors, then the letter that is answered, and last the other doors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailer.inbound import asking, bereaved, complaining, gone, issuing, naming
from mailer.inbound.lines.signed_up import read_signed_up
from mailer.inbound.message import COMPLAINT_LETTERS, PRIVATE_LETTERS, Message
from mailer.inbound.words import SURE, joining
from mailer.message import tags


@dataclass(frozen=True)
class Route:
    """One row: when it fits, who takes the message, and why in words."""

    handler: str
    why: str
    fits: Callable[[Message], bool]


def _kind(*kinds: str) -> Callable[[Message], bool]:
    return lambda m: m.reading.kind in kinds


def _tag(*uses: str) -> Callable[[Message], bool]:
    return lambda m: m.tag_use in uses


def _door(*roles: str) -> Callable[[Message], bool]:
    return lambda m: m.role in roles


BY_REPLY = ("tag", "committee")


def _letter(*names: str) -> Callable[[Message], bool]:
    """A reply to a letter of ours came to its tag or to its From. At any other door the writer put it there themselves."""
    return lambda m: m.answered is not None and m.answered.template in names and m.role in BY_REPLY and not m.sorted


def _unreadable(m: Message) -> bool:
    return m.reading.error is not None or len(m.reading.senders) != 1 or not m.reading.senders[0].address


def _one_tap(m: Message) -> bool:
    """Apple Mail writes this for whoever taps Unsubscribe: the person's own wish, at the leave door as good as their words."""
    complaint = m.reading.complaint
    return m.role == "leave" and complaint is not None and complaint.type == "opt-out"


RECEIVED_AT_MOST = 100  # LOOP-4


def _looped(m: Message) -> bool:
    own = f"{m.slug}.{m.domain}".lower()
    ids = [value.lower() for value in m.reading.headers("list-id")]
    return any(own in value for value in ids) or len(m.reading.headers("received")) > RECEIVED_AT_MOST


def _gone(m: Message) -> bool:
    """Nothing else is certain in it: who has left and who comes instead is an answer, with a note."""
    if m.role not in gone.DOORS or not m.known or m.for_another or m.sorted:
        return False
    sure = any(i.certainty >= SURE for i in m.understood.intents)
    return not sure and bool(gone.everyone(m.reading.subject if m.answered is None else "", m.reading.reply))


def _gone_at_leave(m: Message) -> bool:
    return m.role == "leave" and m.known and not m.sorted and bool(gone.everyone(m.reading.subject, m.reading.reply))


GRIEF_DOORS = ("tag", "committee", "help")
FAMILY_DOORS = (*GRIEF_DOORS, "post", "exchange", "organise", "agenda", "news", "leave")
BESIDE_GRIEF = frozenset({"stop", "decline-confirm", "note"})


def _of_owner(m: Message) -> bool:
    """From the mailbox of who has died, at any door: their family asks that our mail stops, or says who it is that died.

    At the list they are not asked whom it is for, at the leave door they get no farewell."""
    words = m.reading.reply
    if m.role not in FAMILY_DOORS or not m.known or m.for_another or m.private or m.sorted or m.tag_use in (tags.SEND, tags.HOLD):
        return False
    if any(i.sure and i.act not in BESIDE_GRIEF for i in m.understood.intents) or not gone.of_a_death(words):
        return False
    named = any(one.how == gone.DIED for one in gone.everyone("", words)) or asking.is_theirs(words)
    return bereaved.of_owner(words, m.actor.name) and (named or asking.to_stop(words))


def _grieves(m: Message) -> bool:
    """No answer is certain in it; of a member whom its writer may speak of, it is asked below."""
    if _of_owner(m):
        return True
    if m.role not in GRIEF_DOORS or m.private or m.sorted or m.tag_use in (tags.SEND, tags.HOLD):
        return False
    sure = any(i.sure and i.act not in BESIDE_GRIEF for i in m.understood.intents)
    return not sure and gone.of_a_death(m.reading.reply) and (m.tag_use == tags.CONFIRM or not _gone(m))


ANY_DOOR = ("post", "committee", "help", "agenda", "news", "exchange")


def _asks_in(m: Message) -> bool:
    """Of who is not known; anybody else is answered at that door as the member that they may be."""
    words = m.reading.reply.strip() or m.reading.subject
    return m.role in ANY_DOOR and not m.known and m.answered is None and not m.sorted and joining.asks_in(words)


def _signed_up(m: Message) -> bool:
    if m.for_another or not _letter("occasions/day-sheet")(m):
        return False
    said = read_signed_up(m.reading.reply)
    return bool(said.people or said.unread)


ABOUT_A_QUESTION = ("replies/data-complaint", "replies/private")  # to the organisers: what they answer is no complaint of theirs


def _confirms(m: Message) -> bool:
    """A YES or NO to a question is that, whatever stands beside it."""
    return m.tag_use == tags.CONFIRM and any(i.sure for i in m.understood.intents)


def complains(m: Message) -> bool:
    """At any door but the private one, which keeps its writer's name; read only if it can be seen who wrote it.

    An answer to a letter of ours is first an answer, and a mail to the list first a post: what it tells of others is none.
    """
    if m.role == "private" or m.mail_from == "" or _unreadable(m) or m.failed_authentication or _looped(m):
        return False
    if _letter(*PRIVATE_LETTERS)(m) or m.tag_use in (tags.SEND, tags.HOLD) or _confirms(m):
        return False
    if m.answered is not None and m.answered.template in ABOUT_A_QUESTION:
        return False
    listed = m.role in ("post", "exchange")
    subject = m.reading.subject if m.answered is None else ""
    told = listed or m.answered is not None
    return complaining.said(subject, m.reading.reply, told=told, about_us=listed) != ""


MEETING_LETTERS = tuple(
    f"occasions/{kind}"
    for kind in (
        "save-the-date",
        "invitation",
        "draft-agenda",
        "final-agenda",
        "day-before",
        "meeting-changed",
        "late-joiner",
        "rsvp-reminder",
    )
)

PROMISE_LETTERS = ("replies/promise", "replies/ask-promise", "occasions/promise-nudge")

AT_THE_DOOR = (tags.LEAVE, tags.CONFIRM, tags.SEND, tags.HOLD, tags.REPLY, tags.BOUNCE)
"""The uses whose tags we give out as addresses; a valid tag of another use (a page, a Message-ID) is not to be written to."""

ROUTES: tuple[Route, ...] = (
    Route("leave", "a leave tag acts whatever the mail says (UNS-7)", _tag(tags.LEAVE)),
    Route("calendar", "a calendar answer", _kind("calendar-reply")),
    Route(
        "complaint", "a complaint report (RFC 5965)", lambda m: m.reading.kind == "complaint" and not _one_tap(m)
    ),
    Route("bounce", "a delivery report (RFC 3464)", _kind("bounce")),
    Route(
        "automatic",
        "a machine wrote it (LOOP-5)",
        lambda m: (
            (m.reading.automatic or m.reading.kind in ("read-receipt", "challenge", "auto-reply")) and not _one_tap(m)
        ),
    ),
    Route("privacy-complaint", "complains of how personal data is used (DP-16)", complains),
    Route("operator", "postmaster and abuse reach a person (SMTP-19)", _door("operator")),
    Route("automatic", "nobody writes from the null sender (RFC 5321 4.5.5)", lambda m: m.mail_from == ""),
    Route("hold", "it came back from a list of ours, or has gone round too often (LOOP-4)", _looped),
    Route("hold", "no single readable sender (AUTH-11)", _unreadable),
    Route("hold", "its sender failed authentication (ruling 1)", lambda m: m.failed_authentication != ""),
    Route(
        "hold",
        "the tag at the door is not one of ours, or not for mail",
        lambda m: m.role == "tag" and m.tag_use not in AT_THE_DOOR,
    ),
    Route("calendar-other", "a calendar message that answers nothing of ours (CAL-7)", _kind("calendar-other")),
    Route(
        "same-person",
        "an organiser says who an unknown writer is",
        lambda m: _letter(*naming.LETTERS)(m) and naming.said(m) is not None,
    ),
    Route("grief", "speaks of a death, and answers nothing", _grieves),
    Route("confirm", "the tag of a confirmation", _tag(tags.CONFIRM)),
    Route("proof", "the tag of a proof", _tag(tags.SEND, tags.HOLD)),
    Route("privacy-answer", "answers a complaint about personal data", _letter("replies/data-complaint")),
    Route("privacy-complaint", "says more about their complaint", _letter(*COMPLAINT_LETTERS)),
    Route("private", "the private door", _door("private")),
    Route("private", "its writer goes on with a private question", _letter(*PRIVATE_LETTERS)),
    Route("private-answer", "an organiser answers a private question", _letter("replies/private")),
    Route("join", "the join door", _door("join")),
    Route("gone", "says at the leave door that somebody has left", _gone_at_leave),
    Route("leave", "the leave door", _door("leave")),
    Route("join", "asks for nothing but to join, at another door", _asks_in),
    Route("sort", "answers our question where it should go", _letter("replies/ask-sort", "replies/ask-private")),
    Route("whose", "answers our question who is meant", _letter("replies/not-yours")),
    Route("people-check", "answers the yearly list of their school's people", _letter("occasions/people-check")),
    Route("rested", "answers about somebody whose address is dead", _letter("replies/address-rested")),
    Route("gone", "says that somebody has left, or has died", _gone),
    Route(
        "organise",
        "answers about a meeting that is being set or changed",
        _letter("replies/meeting-missing", "replies/move-unclear", "replies/plan"),
    ),
    Route("organise", "answers about an office that ends", _letter("replies/office-ends", "replies/office-over")),
    Route(
        "organise",
        "answers about a newsletter that is being set or changed",
        _letter(*issuing.LETTERS),
    ),
    Route(
        "answer",
        "answers a letter about a meeting",
        _letter(*MEETING_LETTERS, "replies/answer", "replies/ask-answer", "replies/comment"),
    ),
    Route(
        "feedback", "answers a request for feedback", _letter("occasions/feedback-request", "replies/feedback-thanks")
    ),
    Route("promise", "answers about a promised piece", _letter(*PROMISE_LETTERS)),
    Route("day-sheet", "brings back who signed up on the day", _signed_up),
    Route("action", "answers about an action point", _letter("occasions/action-nudge", "replies/action-done")),
    Route(
        "receipt",
        "answers another letter of ours",
        lambda m: m.answered is not None and m.role in BY_REPLY and not m.sorted,
    ),
    Route("agenda", "the agenda door", _door("agenda")),
    Route("news", "the newsletter door", _door("news", "promise")),
    Route("organise", "the organisers' door", _door("organise")),
    Route("help", "the help door", _door("help")),
    Route("exchange", "the exchange door", _door("exchange")),
    Route("post", "the list itself", _door("post")),
    Route("committee", "the committee's door", lambda m: True),
)


def route(message: Message) -> Route:
    """The row that takes this message."""
    return next(row for row in ROUTES if row.fits(message))

"""One file per kind of mail. Each has `handle(message, session, now) -> Receipt` and translates the message to acts.

Handlers do not know of each other; what several of them need stands beside them in mailer/inbound/. To add one: a file
here, a line in HANDLERS, a row in routes.py at the place where it is to be asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound.handlers import (
    action,
    agenda,
    answer,
    automatic,
    bounce,
    calendar,
    calendar_other,
    committee,
    complaint,
    confirm,
    day_sheet,
    exchange,
    feedback,
    gone,
    grief,
    help,
    hold,
    join,
    leave,
    news,
    operator,
    organise,
    people_check,
    post,
    privacy_answer,
    privacy_complaint,
    private,
    private_answer,
    promise,
    proof,
    receipt,
    rested,
    same_person,
    sort,
    whose,
)
from mailer.inbound.message import Message

Handler = Callable[[Message, Connection, datetime], Receipt]

HANDLERS: dict[str, Handler] = {
    "action": action.handle,
    "agenda": agenda.handle,
    "answer": answer.handle,
    "automatic": automatic.handle,
    "bounce": bounce.handle,
    "calendar": calendar.handle,
    "calendar-other": calendar_other.handle,
    "committee": committee.handle,
    "complaint": complaint.handle,
    "confirm": confirm.handle,
    "privacy-answer": privacy_answer.handle,
    "privacy-complaint": privacy_complaint.handle,
    "day-sheet": day_sheet.handle,
    "exchange": exchange.handle,
    "feedback": feedback.handle,
    "gone": gone.handle,
    "grief": grief.handle,
    "help": help.handle,
    "hold": hold.handle,
    "join": join.handle,
    "leave": leave.handle,
    "news": news.handle,
    "operator": operator.handle,
    "organise": organise.handle,
    "people-check": people_check.handle,
    "post": post.handle,
    "private": private.handle,
    "private-answer": private_answer.handle,
    "promise": promise.handle,
    "proof": proof.handle,
    "receipt": receipt.handle,
    "rested": rested.handle,
    "same-person": same_person.handle,
    "sort": sort.handle,
    "whose": whose.handle,
}

"""The agenda: items with their numbers, the state of the whole, and its shape as people are shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.errors import Conflict, NotFound
from mailer.meetings import carried, kinds, meetings, programme, titles
from mailer.meetings.meetings import Meeting
from mailer.message.encoded import clean, printable
from mailer.people import formats
from mailer.store import add, prepared
from mailer.store.tables import agenda_items, networks, occasions

TITLE = 160  # characters
TEXT = 20_000
AGENDA = "agenda"
ON_THE_DAY = "on-the-day"
SHOWN = ("open",)  # states of the items that stand in the agenda people are sent
GONE = ("queued", "sending", "sent")  # states of an occasion whose letter is on its way


@dataclass(frozen=True)
class Item:
    """One agenda item as it stands now."""

    id: int
    network_id: int
    meeting_id: int | None
    number: int
    title: str
    text: str
    address_id: int | None
    person: str
    minutes: int | None
    kind: str
    state: str
    lane: str
    proven: bool
    carried_from: int | None
    inbox_id: int | None
    created_at: datetime


def submit(
    session: Connection,
    network_id: int,
    meeting_id: int | None,
    *,
    title: str,
    text: str,
    now: datetime,
    address_id: int | None = None,
    person: str = "",
    minutes: int | None = None,
    kind: str = "",
    lane: str = AGENDA,
    proven: bool = True,
    inbox_id: int | None = None,
) -> Item:
    """Number an item and put it down for a meeting, or for the next that will be made (`meeting_id` None).

    An empty title is taken from the first line of the text; kind and minutes are read from the words if not given.
    """
    title, text = titled(title, text)
    item_id = add(
        session,
        agenda_items,
        network_id=network_id,
        meeting_id=meeting_id,
        number=carried.next_number(session, network_id, meeting_id),
        title=title,
        text=text,
        address_id=address_id,
        person=clean(person),
        minutes=minutes if minutes is not None else kinds.minutes_in(title, text),
        kind=kind if kind in kinds.KNOWN else kinds.kind_of(title, text),
        lane=lane,
        proven=proven,
        inbox_id=inbox_id,
        created_at=now,
    )
    return get(session, item_id)


def titled(title: str, text: str) -> tuple[str, str]:
    """Title and text fit to be kept: without Re and Fw, without hidden characters, never an empty title."""
    text = printable(text).strip()[:TEXT]
    title = without_reply_marks(clean(title))
    if not title:
        title = next((clean(line) for line in text.splitlines() if clean(line)), "")
    if len(title) > TITLE:
        title = title[: TITLE - 1].rsplit(" ", 1)[0] + "…"
    return title, text


def without_reply_marks(subject: str) -> str:
    """The subject without leading Re:, Fw:, Fwd:, AW:, WG: and [tags] of lists, as often as they stand there."""
    while True:
        head, colon, rest = subject.partition(":")
        if colon and head.strip().lower() in {"re", "fw", "fwd", "aw", "wg", "ynghylch", "ymlaen"}:
            subject = rest.strip()
        elif subject.startswith("[") and 1 < subject.find("]") <= 40 and subject.partition("]")[2].strip():
            subject = subject.partition("]")[2].strip()
        else:
            return subject


def get(session: Connection, item_id: int, network_id: int | None = None) -> Item:
    """The item with this id, of this network if one is given. Raises NotFound."""
    row = session.execute(*_one(item_id)).one_or_none()
    if row is None or network_id not in (None, row.network_id):
        raise NotFound(f"There is no agenda item {item_id}.")
    return _item(row)


@prepared
def _one(item: Any) -> Any:
    return select(agenda_items).where(agenda_items.c.id == item)


def numbered(session: Connection, meeting_id: int, number: int) -> Item:
    """The item that people know by this number. Raises NotFound."""
    row = session.execute(
        select(agenda_items).where(agenda_items.c.meeting_id == meeting_id, agenda_items.c.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no item {number} in this agenda.")
    return _item(row)


def items(session: Connection, meeting_id: int, states: Iterable[str] = ()) -> list[Item]:
    """The items of a meeting by number; of all states, or of these."""
    query = select(agenda_items).where(agenda_items.c.meeting_id == meeting_id).order_by(agenda_items.c.number)
    wanted = tuple(states)
    return [_item(row) for row in session.execute(query.where(agenda_items.c.state.in_(wanted)) if wanted else query)]


def waiting(session: Connection, network_id: int) -> list[Item]:
    """The items kept for a meeting that is not made yet."""
    query = select(agenda_items).where(agenda_items.c.network_id == network_id, agenda_items.c.meeting_id.is_(None))
    return [_item(row) for row in session.execute(query.order_by(agenda_items.c.number))]


def change(session: Connection, item: Item, **values: Any) -> Item:
    """Set columns of an item (title, text, minutes, kind, state, lane, meeting) and return it."""
    session.execute(update(agenda_items).where(agenda_items.c.id == item.id).values(**values))
    return get(session, item.id)


def withdraw(session: Connection, item: Item) -> Item:
    """Take an item off. Conflict if it was withdrawn already."""
    if item.state == "withdrawn":
        raise Conflict(f"Item {item.number} was withdrawn already.")
    return change(session, item, state="withdrawn")


def defer(session: Connection, item: Item, into: int | None, *, now: datetime) -> Item:
    """Keep an item for meeting `into`, or for the next that is made. Returns the copy that waits there."""
    return get(session, carried.carry(session, item.id, into, now=now))


def closed(meeting: Meeting, now: datetime) -> bool:
    """True from the close of items on: what comes now is for the day itself."""
    return now >= meeting.items_close_at


def state(session: Connection, meeting: Meeting, now: datetime) -> str:
    """collecting, then draft once the draft has gone, frozen once items are closed, final once the final has gone."""
    gone = set(
        session.execute(
            select(occasions.c.kind).where(
                occasions.c.network_id == meeting.network_id,
                occasions.c.thing_type == "meeting",
                occasions.c.thing_id == meeting.id,
                occasions.c.kind.in_(("draft-agenda", "final-agenda")),
                occasions.c.state.in_(GONE),
            )
        ).scalars()
    )
    if "final-agenda" in gone or now >= meeting.starts_at:
        return "final"
    if closed(meeting, now):
        return "frozen"
    return "draft" if "draft-agenda" in gone else "collecting"


def show(session: Connection, meeting: Meeting, now: datetime) -> dict[str, Any]:
    """`agenda show --json` (contract 3): the state and every item, withdrawn ones too."""
    return {
        "state": state(session, meeting, now),
        "meeting": str(meeting.id),
        "items": [
            {
                "number": item.number,
                "title": item.title,
                "person": item.person,
                "minutes": item.minutes,
                "kind": item.kind,
                "state": item.state,
                "lane": item.lane,
                "text": item.text,
            }
            for item in items(session, meeting.id)
        ],
    }


def lines(session: Connection, meeting_id: int, language: str = "") -> list[dict[str, Any]]:
    """The agenda as templates are given it: the parts of the programme in order, breaks among them, each with its items.

    {key, title, minutes, starts, items: [{number, title, person, minutes, text, kind, proven}]}; where times cannot be
    told, minutes is 0 and starts "". Items that came after the close stand last under the key `on-the-day`, which is
    there only when there are any.
    """
    meeting = meetings.get(session, meeting_id)
    network = session.execute(
        select(networks.c.timezone, networks.c.language).where(networks.c.id == meeting.network_id)
    ).one()
    said = formats.known(language or network.language)
    standing = items(session, meeting_id, SHOWN)
    planned = [item for item in standing if item.lane == AGENDA]
    laid = _programme(meeting, network.timezone, planned)
    slots = [
        {
            "key": part.slot.key,
            "title": titles.of(part.slot, said, again=part.again),
            "minutes": part.minutes,
            "starts": formats.iso(meeting.starts_at + timedelta(minutes=part.at), network.timezone) if laid.timed else "",
            "items": [line(planned[n]) for n in part.items],
        }
        for part in laid.parts
    ]
    late = [line(item) for item in standing if item.lane == ON_THE_DAY]
    if late:
        slots.append({"key": ON_THE_DAY, "title": "", "minutes": 0, "starts": "", "items": late})
    return slots


def warnings(session: Connection, meeting_id: int) -> list[str]:
    """What the organisers should look at before the agenda goes: items that do not fit, and what gave way to them."""
    meeting = meetings.get(session, meeting_id)
    network = session.execute(
        select(networks.c.timezone, networks.c.language).where(networks.c.id == meeting.network_id)
    ).one()
    planned = [item for item in items(session, meeting_id, SHOWN) if item.lane == AGENDA]
    laid = _programme(meeting, network.timezone, planned)
    found = [f"agenda-over: {laid.over}"] if laid.over else []
    found += [f"agenda-no-time: {planned[n].number} {planned[n].title}" for n in laid.too_many]
    said = formats.known(network.language)
    return found + [f"agenda-cut: {now} {slot.title[said]}" for slot, _, now in laid.cut]


def _programme(meeting: Meeting, zone: str, planned: list[Item]) -> programme.Programme:
    begins = formats.local(meeting.starts_at, zone).time()
    wanted = [programme.Wanted(item.kind, item.minutes) for item in planned]
    return programme.of(begins, meeting.ends_at - meeting.starts_at, wanted)


def line(item: Item) -> dict[str, Any]:
    """One item as templates are given it."""
    return {
        "id": str(item.id),
        "number": item.number,
        "title": item.title,
        "person": item.person,
        "minutes": item.minutes,
        "text": item.text,
        "kind": item.kind,
        "lane": item.lane,
        "proven": item.proven,
    }


def _item(row: Row[Any]) -> Item:
    return Item(**row._mapping)

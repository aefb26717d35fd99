"""Meetings, agenda items, invitations, answers, minutes, actions, feedback."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Text, UniqueConstraint

from mailer.store.types import Instant, RowId, table, to

meetings = table(
    "meetings",
    to("networks"),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("venue", Text, nullable=False, default=""),
    Column("host", Text, nullable=False, default=""),  # as said; the organisation if it is one of ours
    to("organisations", optional=True),
    Column("state", String(12), nullable=False, default="planned"),  # planned | over | cancelled
    Column("revision", Integer, nullable=False, default=0),  # of what people were told
    Column("sequence", Integer, nullable=False, default=0),  # iCalendar SEQUENCE (CAL-3)
    Column("answers_from", Integer, nullable=False, default=0),  # the sequence since which answers count (CAL-6)
    Column("items_close_at", Instant, nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
)

agenda_items = table(
    "agenda_items",
    to("networks"),
    to("meetings", optional=True),  # none: kept for the next meeting that is made
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    to("addresses", optional=True),
    Column("person", Text, nullable=False, default=""),
    Column("minutes", Integer),
    Column("kind", String(20), nullable=False, default="other"),
    Column("state", String(12), nullable=False, default="open"),  # open | withdrawn | deferred | declined | merged
    Column("lane", String(12), nullable=False, default="agenda"),  # agenda | on-the-day
    Column("proven", Boolean, nullable=False, default=True),
    Column("carried_from", RowId),  # the deferred item of which this is the copy for the next meeting
    Column("inbox_id", RowId),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("meeting_id", "number"),
)

invitations = table(
    "invitations",  # the calendar UID and /r/TAG are signed over this id
    to("meetings"),
    to("addresses"),
    to("people", optional=True, index=False),
    Column("invited_at", Instant, nullable=False),
    Column("sequence", Integer, nullable=False, default=0),
    UniqueConstraint("meeting_id", "address_id"),
)

responses = table(
    "responses",
    to("meetings"),
    to("addresses"),
    Column("answer", String(8), nullable=False),  # yes | no | maybe | none
    Column("note", Text, nullable=False, default=""),
    Column("guests", Integer, nullable=False, default=0),
    Column("names", JSON, nullable=False, default=list),  # of those who come
    Column("people", JSON, nullable=False, default=list, server_default="[]"),  # by name: [["Karen", "yes"], ["Joe", "no"]]
    Column("channel", String(10), nullable=False),  # mail | calendar | web
    Column("current", Boolean, nullable=False, default=True),  # the whole history is kept (CAL-10)
    Column("sequence", Integer),  # of the calendar reply (CAL-6)
    Column("stamped_at", Instant),
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
)

attendance = table(
    "attendance",
    to("meetings"),
    to("addresses"),
    Column("first_time", Boolean, nullable=False, default=False),
    Column("source", String(12), nullable=False),  # minutes | answer | sheet
    Column("at", Instant, nullable=False),
    UniqueConstraint("meeting_id", "address_id"),
)

minutes = table(
    "minutes",
    to("meetings"),
    Column("text", Text, nullable=False),
    to("addresses", optional=True),
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
)

actions = table(
    "actions",
    to("networks"),
    to("meetings", optional=True),
    to("memberships", optional=True),
    Column("number", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_on", Date),
    Column("state", String(8), nullable=False, default="open"),  # open | done | dropped
    Column("outcome", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

feedback = table(
    "feedback",
    to("meetings"),
    to("addresses"),
    Column("score", Integer),
    Column("text", Text, nullable=False, default=""),
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
    UniqueConstraint("meeting_id", "address_id"),
)

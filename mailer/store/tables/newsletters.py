"""Issues of the newsletter, the pieces members mail in, their pictures, and what was promised."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Integer, LargeBinary, String, Text, UniqueConstraint

from mailer.store.types import Instant, RowId, table, to

issues = table(
    "issues",
    to("networks"),
    Column("number", Integer, nullable=False),
    Column("publishes_at", Instant, nullable=False),
    Column("copy_at", Instant, nullable=False),
    Column("state", String(12), nullable=False, default="collecting"),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("network_id", "number"),
)

pieces = table(
    "pieces",
    to("networks"),
    to("issues", optional=True),  # none: kept for the next issue that is made
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("section", String(20), nullable=False, default="other"),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False, default=""),  # sanitised (SAFE-1); empty: text only
    Column("words", Integer, nullable=False, default=0),
    to("addresses", optional=True),
    Column("person", Text, nullable=False, default=""),
    Column("state", String(12), nullable=False, default="in"),  # in | promised | held-over | withdrawn | declined
    Column("missing", JSON, nullable=False, default=list),
    Column("inbox_id", RowId),
    Column("created_at", Instant, nullable=False),
    Column("place", Integer),  # where an editor put it; none: by its number
    UniqueConstraint("issue_id", "number"),
)

pictures = table(
    "pictures",
    to("pieces"),
    Column("cid", String(80), nullable=False),
    Column("type", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("caption", Text, nullable=False, default=""),
    Column("content", LargeBinary, nullable=False),
)

promises = table(
    "promises",
    to("issues"),
    to("addresses"),
    Column("number", Integer, nullable=False, server_default="0"),  # of its issue: the piece that keeps it gets the same
    Column("title", Text, nullable=False),
    Column("by_on", Date),  # the day its writer named, if any
    Column("state", String(12), nullable=False, default="open"),  # open | kept | dropped
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
)

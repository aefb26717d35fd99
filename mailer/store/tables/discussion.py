"""Posts to the discussion list, and the evidence a network gathers of what it is good for (design ruling 12)."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Text

from mailer.store.types import Instant, RowId, table, to

posts = table(
    "posts",
    to("networks"),
    to("addresses", optional=True),
    Column("author", Text, nullable=False, default=""),
    Column("message_id", Text, nullable=False, index=True),
    Column("thread_id", Text, nullable=False, default="", index=True),  # the Message-ID that the thread began with
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", JSON, nullable=False, default=list, server_default="[]"),  # the names of what came with it
    Column("list", String(12), nullable=False, default="discussion"),  # discussion | exchange
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
    Column("solved_at", Instant),
)

evidence = table(
    "evidence",
    to("networks"),
    Column(
        "kind", String(24), nullable=False
    ),  # told-by | first-time | returned | solved | loan | action-done | changed
    Column("thing", String(60), nullable=False, default=""),
    to("addresses", optional=True),
    Column("text", Text, nullable=False, default=""),
    Column("inbox_id", RowId),
    Column("at", Instant, nullable=False),
)

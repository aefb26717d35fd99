"""What came in: the raw bytes once, and one inbox row per recipient of ours."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
)

from mailer.store.types import Instant, RowId, metadata, table, to

raws = Table(
    "raws",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),  # exactly as received
    Column("stored_at", Instant, nullable=False),
)

inbox = table(
    "inbox",
    Column("received_at", Instant, nullable=False),
    Column("channel", String(8), nullable=False),  # smtp | lmtp | pipe | imap
    Column("client", Text, nullable=False, default=""),
    Column("helo", Text, nullable=False, default=""),  # as that client called itself, a person's own machine too; SPF asks (RFC 7208 2.3)
    Column("mail_from", Text, nullable=False),
    Column("rcpt", Text, nullable=False),
    Column("raw_sha256", String(64), ForeignKey("raws.sha256"), nullable=False, index=True),
    Column("message_id", Text, nullable=False, default=""),
    Column("repeat_key", String(64), nullable=False, unique=True),  # Message-ID, recipient, body (SMTP-6)
    to("networks", optional=True),
    to("addresses", optional=True),  # whom the From names, proven or not
    Column("from_address", Text, nullable=False, default=""),
    Column("subject", Text, nullable=False, default=""),
    Column("kind", String(16), nullable=False, default=""),
    Column("handler", String(24), nullable=False, default=""),
    Column("strength", String(12), nullable=False, default=""),  # how well the sender is known (ruling 1)
    Column("state", String(10), nullable=False, default="stored"),
    Column("outcome", Text, nullable=False, default=""),
    Column("reason", String(60), nullable=False, default=""),
    Column("held_for", Text, nullable=False, default=""),
    Column("sorted_to", String(12), nullable=False, default=""),  # the door its writer chose when asked
    Column("private", Boolean, nullable=False, default=False),  # of a private question: nobody is shown who wrote it (V2)
    Column("steps", JSON, nullable=False, default=list),  # why it was read like this, in words
    Column("vouched_by", RowId),  # the organiser who said YES to a guest's message
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_owner", String(64), nullable=False, default=""),
    Column("lease_until", Instant),
    Column("handled_at", Instant),
    Index("ix_inbox_state_id", "state", "id"),
)

mailbox_cursors = table(
    "mailbox_cursors",  # the polled-mailbox form: how far a folder was stored (SMTP-21)
    Column("mailbox", Text, nullable=False, unique=True),  # user@host/FOLDER
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),  # everything up to here is committed
    Column("first_look", Boolean, nullable=False, server_default=false()),  # at what was unseen before it: not over
    Column("moved_at", Instant, nullable=False),
)

"""The way out: letters composed once, one outgoing row per letter and person, attempts, leases, rates, the tray."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mailer.store.types import Instant, RowId, mapping, metadata, only_where, table, to, unchecked

letters = table(
    "letters",
    to("networks", optional=True),
    to("occasions", optional=True),
    Column("version", Integer, nullable=False, default=0),
    Column("variant", String(60), nullable=False, default=""),
    Column("language", String(8), nullable=False, default="en"),
    Column("template", String(80), nullable=False),  # occasions/<kind> or replies/<act>
    mapping("fields"),  # what the template is given; frozen when the letter was written down
    Column("subject", Text, nullable=False, default=""),
    Column("skeleton", LargeBinary),  # none: composed by the worker before its first copy
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("occasion_id", "version", "variant", "language"),
    Index("ix_letters_subject", "subject", postgresql_using="hash"),  # a subject may be longer than its B-tree takes
)

letterheads = table(
    "letterheads",
    to("networks", index=False),
    Column("digest", String(64), nullable=False, unique=True),  # of all that follows
    Column("slug", String(20), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("network_name", Text, nullable=False),
    Column("public_url", Text, nullable=False),
    Column("mailbox", Text, nullable=False),  # polled, of its one network; else empty
    Column("signing_domain", String(255), nullable=False),  # this and what follows: empty where the relay signs
    Column("selector", Text, nullable=False),
    Column("key", String(64), nullable=False),  # SHA-256 of its public half
    Column("second_selector", Text, nullable=False),
    Column("second_key", String(64), nullable=False),
)

outgoing = table(
    "outgoing",
    Column("key", String(80), nullable=False, unique=True),  # V5: occasion:ID:address:ID | reply:INBOX:n | ...
    # Each index is written anew whenever a copy changes its state: few, and none that another one's beginning stands for.
    to("networks", optional=True, index=False),
    to("occasions", optional=True, index=False),
    to("inbox", optional=True, index=False),  # what it answers
    to("letters"),
    to("addresses"),
    to("standings", index=False),  # V4: nothing goes out without a decided standing
    Column("purpose", String(20), nullable=False),
    Column("lane", String(8), nullable=False),  # urgent | bulk
    Column("to_address", Text),  # snapshot; erasure empties it
    Column("to_name", Text, nullable=False, default=""),
    Column("greeting", Text, nullable=False, default=""),
    Column("reply_use", String(1), nullable=False, default="r"),  # which tag stands in Reply-To
    Column("reply_row", RowId),  # its row; none: this one
    to("invitations", optional=True, index=False),
    mapping("extra"),  # what else differs for this person
    Column("state", String(10), nullable=False, default="queued"),
    Column("reason", String(60), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Instant, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("deadline", Instant),
    Column("lease_owner", String(64), nullable=False, default=""),
    Column("lease_until", Instant),
    Column("dated_at", Instant),  # the Date field
    Column("signed_at", Integer),  # DKIM t=
    Column("selector", String(40), nullable=False, default=""),  # of copies older than letterheads; empty: the relay signed
    Column("letterhead_id", RowId),  # no foreign key: PostgreSQL would look for its row copy by copy
    Column("sha256", String(64), nullable=False, default=""),  # of the bytes that went
    Column("relay", String(80), nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index(  # the queue: read in its order; what follows the id lets held rows be passed over unread
        "ix_outgoing_queue", "state", "lane", "next_attempt_at", "id", "purpose", "network_id", "occasion_id"
    ),
    Index("ix_outgoing_occasion_state", "occasion_id", "state"),
    Index("ix_outgoing_answers", "inbox_id", **only_where("inbox_id IS NOT NULL")),
    postgresql_with={"fillfactor": 45},  # every copy of a page is leased at once and finds room on it, and no index need hear of it
)

unchecked(outgoing, "network_id", "occasion_id", "address_id")  # nobody goes from under it: its standing and its letter name them too

attempts = table(
    "attempts",
    Column("outgoing_id", RowId, ForeignKey("outgoing.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("code", Integer),
    Column("enhanced", String(12), nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("reason", String(60), nullable=False, default=""),
    Column("relay", String(80), nullable=False, default=""),
)
unchecked(attempts, "outgoing_id")  # who writes one has just read or changed the copy, and a copy's row is never deleted

tray = table(
    "tray",
    Column("outgoing_id", RowId, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("mail_from", Text, nullable=False),
    Column("rcpt", Text, nullable=False),
    Column("subject", Text, nullable=False, default=""),
    Column("content", LargeBinary, nullable=False),
)

rates = Table(
    "rates",
    metadata,
    Column("name", String(80), primary_key=True),  # all | network:ID | relay:URL | destination:DOMAIN
    Column("per_minute", Integer),
    Column("tokens", Float, nullable=False, default=0.0),
    Column("stamped_at", Instant, nullable=False),
    Column("rests_until", Instant),  # it asked to be spared (OUT-16)
    Column("asked", Integer, nullable=False, default=0),  # how often in a row
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)

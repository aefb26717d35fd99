"""Consent: the ledger that only grows, the standings derived from it, suppression, confirmations, audit.

Personal fields of the ledger lie in `ledger_fields`, which erasure empties; the ledger keeps ids and a salted
commitment to them, and `seals` chains the commitments (design ruling 9).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mailer.store.types import Instant, RowId, mapping, metadata, only_where, table, to

wordings = table(
    "wordings",
    Column("key", String(60), nullable=False),
    Column("language", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
    UniqueConstraint("key", "language", "sha256"),
)

ledger = table(
    "ledger",
    Column("at", Instant, nullable=False),
    to("networks", optional=True),
    to("addresses"),
    Column("purpose", String(20), nullable=False),
    Column("scope", String(40), nullable=False, default=""),
    Column("standing", String(12), nullable=False),
    Column("basis", String(40), nullable=False),  # consent | service | imported-evidence | withdrawal | ...
    Column("act", String(40), nullable=False),
    Column("channel", String(12), nullable=False),  # mail | web | cli | import | bounce | complaint
    to("wordings", optional=True, index=False),
    Column("notice_version", Integer, nullable=False, default=1),
    Column("inbox_id", RowId),  # the message that is the evidence, while it is kept
    Column("evidence_sha256", String(64), nullable=False, default=""),
    Column("commitment", LargeBinary(32), nullable=False),
)

ledger_fields = Table(
    "ledger_fields",
    metadata,
    Column("ledger_id", RowId, ForeignKey("ledger.id"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("fields", JSON, nullable=False),
)

standings = table(
    "standings",
    to("networks"),
    to("addresses"),
    Column("purpose", String(20), nullable=False),  # a subscribed purpose or a service class
    Column("scope", String(40), nullable=False, default=""),
    Column("standing", String(12), nullable=False),
    Column("until", Instant),  # service classes end
    to("ledger", optional=True, index=False, name="ledger_id"),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("network_id", "address_id", "purpose", "scope"),
    Index("ix_standings_desk", "network_id", **only_where("purpose = 'desk'")),  # which networks ever had an organiser
)

suppressions = table(
    "suppressions",
    to("networks", optional=True),  # none: this whole host
    Column("mac", LargeBinary(32), nullable=False, index=True),
    Column("reason", String(20), nullable=False),  # left | objection | complaint | erasure | bad-address
    Column("since", Instant, nullable=False),
    Column("lifted_at", Instant),
)

confirmations = table(
    "confirmations",
    to("networks", optional=True),
    to("addresses"),
    Column("act", String(40), nullable=False),
    mapping("args"),
    Column("inbox_id", RowId),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("said", Text, nullable=False, default=""),  # what was done, told again on a repeat
)

askings = table(
    "askings",  # an organiser wished that somebody be asked to join: one a person and network
    to("networks"),
    to("addresses"),
    to("addresses", optional=True, index=False, name="by_address_id"),  # the organiser; none: the command line
    to("confirmations", optional=True, index=False),  # what the letter asks
    mapping("args"),
    Column("created_at", Instant, nullable=False),
    Column("asked_at", Instant),
    Column("unheard_at", Instant),
    Column("reminded_at", Instant),
    Column("ends_at", Instant),
    Column("next_at", Instant, index=True),  # when its next step is due
    Column("ended_at", Instant),
    Column("outcome", String(20), nullable=False, default=""),  # joined | declined | bad-address | silent | unsure
    UniqueConstraint("network_id", "address_id"),
)

undos = table(
    "undos",  # what UNDO to a receipt takes back, once
    to("networks"),
    to("addresses"),
    Column("act", String(40), nullable=False),
    mapping("args"),  # what stood before
    Column("inbox_id", RowId),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)

erasures = table(
    "erasures",  # FORGET ME: asked, due by law, done; the address row is a tombstone by then
    to("networks", optional=True),
    to("addresses"),
    Column("farewell_id", RowId),  # the outgoing row after which it is carried out
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),  # one month from the asking (UK GDPR Art 12(3))
    Column("begun_at", Instant),  # their YES: everything is stopped, and the farewell is on its way
    Column("done_at", Instant),
)

privacy_complaints = table(
    "data_complaints",  # about how personal data is used (DP-16): acknowledged at once, answered by its day
    to("networks"),
    to("addresses"),
    Column("inbox_id", RowId, nullable=False, unique=True),  # the mail that complains
    Column("hidden", Boolean, nullable=False, default=False),  # came to the private door: its writer is not shown (V2)
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("answered_at", Instant),
    Column("answer_id", RowId),  # the message that answers it
)

audit = table(
    "audit",
    Column("at", Instant, nullable=False),
    to("networks", optional=True),
    Column("actor", String(60), nullable=False),  # address:ID | cli | operator | system
    Column("how", String(40), nullable=False),  # how that was known: confirm-tag, tag, aligned, from, cli ...
    Column("act", String(40), nullable=False),
    Column("thing", String(60), nullable=False, default=""),  # kind:ID
    mapping("fields"),  # ids and numbers, never addresses or words of people
    Column("commitment", LargeBinary(32), nullable=False),
)

seals = table(
    "seals",
    Column("at", Instant, nullable=False),
    Column("ledger_to", RowId, nullable=False),
    Column("audit_to", RowId, nullable=False),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

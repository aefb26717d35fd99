"""Occasions (a dated reason to write to people) and the proofs sent for them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Text, UniqueConstraint

from mailer.store.types import Instant, RowId, mapping, table, to

occasions = table(
    "occasions",
    to("networks"),
    Column("kind", String(40), nullable=False),
    Column("thing_type", String(12), nullable=False),  # meeting | issue | action | promise | week | post | member
    Column("thing_id", RowId, nullable=False),
    Column("step", Integer, nullable=False, default=0),
    Column("revision", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("proof_at", Instant),
    Column("mode", String(8), nullable=False),  # auto | proof
    Column("state", String(12), nullable=False, default="planned"),
    Column("reason", Text, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=0),  # of the proof last sent
    Column("approved_version", Integer),
    Column("approved_by", RowId),  # the address that said SEND
    Column("last_changed_by", RowId),  # who wrote or changed it last
    Column("goes_at", Instant),  # when the first copy may leave
    Column("reminded_at", Instant),
    mapping("extra"),  # an editor's note, what a change was
    Column("cursor", RowId),  # the mailing: the last address id enqueued
    Column("audience_count", Integer),  # counted when the last chunk is in
    Column("held_at", Instant),
    Column("finished_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("network_id", "kind", "thing_type", "thing_id", "step", "revision"),
    Index("ix_occasions_state_due_at", "state", "due_at"),
)

proofs = table(
    "proofs",  # SEND and HOLD tags are signed over this id: one organiser, one version (CMD-5)
    to("occasions"),
    to("addresses"),
    Column("version", Integer, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answer", String(12), nullable=False, default=""),
    UniqueConstraint("occasion_id", "version", "address_id"),
)

"""Networks, their term calendar, and the rows by which a network changes its cycle."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, String, Text, UniqueConstraint

from mailer.store.types import Instant, table, to

networks = table(
    "networks",
    Column("slug", String(20), nullable=False, unique=True),
    Column("domain", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", String(64), nullable=False, default="Europe/London"),
    Column("language", String(8), nullable=False, default="en"),
    Column("controller", Text, nullable=False, default=""),  # who answers for the data (DP-6)
    Column("holidays", String(8), nullable=False, default="ENG"),  # whose bank holidays count
    Column("notice_version", Integer, nullable=False, default=1),
    Column("uncertain", String(8), nullable=False, default=""),  # hold | resend; empty: the setting
    Column("unanswered", String(8), nullable=False, default="wait"),  # proof nobody answered: wait | send
    Column("first_term_ends", Date),  # until then everything to members is proofed
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("held_at", Instant),  # `termpost hold SLUG`
    Column("held_reason", Text, nullable=False, default=""),
)

terms = table(
    "terms",
    to("networks"),
    Column("name", Text, nullable=False, default=""),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
)

cycle_overrides = table(
    "cycle_overrides",
    to("networks"),
    Column("kind", String(40), nullable=False),
    Column("step", Integer, nullable=False, default=0),
    Column("on", Boolean, nullable=False, default=True),
    Column("offset", String(40)),  # as the cycle table writes it: "-14 days"
    Column("mode", String(8)),  # proof | auto
    UniqueConstraint("network_id", "kind", "step"),
)

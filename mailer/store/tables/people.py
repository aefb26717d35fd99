"""People, their addresses, organisations, memberships and roles.

A membership hangs on an address: the one at which this network writes to this person, or a shared mailbox.
Nothing here says whether mail may be sent; that is `standings`.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, String, Text, UniqueConstraint

from mailer.store.types import Instant, mapping, table, to

people = table(
    "people",
    Column("name", Text, nullable=False, default=""),
    Column("former_names", JSON, nullable=False, default=list, server_default="[]"),  # for FORGET ME to find (DP-11)
    Column("language", String(8), nullable=False, default=""),  # empty: the network's
    Column("plain_text", Boolean, nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
)

addresses = table(
    "addresses",
    to("people", optional=True),  # none: shared, a guest, or unknown
    Column("address", Text),  # as typed; none after erasure
    Column("key", Text, unique=True),  # NFC, lower case: what is compared
    Column("mac", LargeBinary(32), nullable=False, index=True),  # keyed hash, survives erasure (DP-8)
    Column("shared", Boolean, nullable=False, default=False),
    Column("language", String(8), nullable=False, default=""),  # where there is no person; empty: the network's
    Column("plain_text", Boolean, nullable=False, default=False),  # likewise
    Column("confirmed_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
)

organisations = table(
    "organisations",
    to("networks"),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("network_id", "key"),
)

memberships = table(
    "memberships",
    to("networks"),
    to("addresses"),
    to("people", optional=True),
    to("organisations", optional=True),
    Column("working_days", String(20), nullable=False, default=""),  # "tue thu"; empty: all
    Column("digest", Boolean, nullable=False, default=False),
    Column("paused_until", Date),
    Column("told_by", Text, nullable=False, default=""),  # "who told you of us" (evidence)
    Column("joined_at", Instant, nullable=False),
    Column("welcomed_at", Instant),
    Column("ended_at", Instant),
    UniqueConstraint("network_id", "address_id"),
)

roles = table(
    "roles",
    to("memberships"),
    Column(
        "role", String(20), nullable=False
    ),  # of mailer.people.roles
    Column("active", Boolean, nullable=False, default=True),  # pending rows count only once confirmed
    Column("since", Instant, nullable=False),
    Column("until", Instant, index=True),
    UniqueConstraint("membership_id", "role"),
)

profiles = table(
    "profiles",  # what a member says of themselves in a network; who sees it stands in `standings` (directory, by scope)
    to("memberships"),
    Column("field", String(20), nullable=False),  # job | specialisms | exam-boards | equipment | mentor
    Column("value", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("membership_id", "field"),
)

imports = table(
    "imports",
    to("networks"),
    Column("file", Text, nullable=False, default=""),
    Column("sha256", String(64), nullable=False),  # of the file as it came
    Column("evidence", Text, nullable=False, default=""),
    Column("lines", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
)

import_rows = table(
    "import_rows",
    to("imports"),
    Column("line", Integer, nullable=False),
    to("addresses"),
    mapping("before"),  # what stood before, for the undo
)

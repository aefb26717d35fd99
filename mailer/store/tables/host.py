"""What a database knows of the host it is used on: the secret behind its tags, and what its mailbox keeps."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text

from mailer.store.types import Instant, table, to

fingerprints = table(
    "fingerprints",  # the newest row is the secret that counts; the others say what was lost, and when
    Column("fingerprint", String(64), nullable=False),  # a keyed hash of nothing but a constant, see mailer/house.py
    Column("since", Instant, nullable=False),
)

mailbox_probes = table(
    "mailbox_probes",  # `termpost check --probe` (contract 1, one polled mailbox)
    Column("mailbox", Text, nullable=False),  # user@host/FOLDER
    Column("message_id", Text, nullable=False),  # the poller passes over the letter by it
    Column("sent_at", Instant, nullable=False),  # real time
    Column("came_at", Instant),  # none: it did not come while somebody waited
    Column("plus_in", Text, nullable=False, default=""),  # the field that kept the plus-form; empty: none did
    Column("reply_to", Boolean, nullable=False, default=False),  # Reply-To came as it was sent
    Column("own_id", Boolean, nullable=False, default=False),  # so did the Message-ID
)

breaches = table(
    "breaches",  # of personal data (DP-17). Rows are only added: one opens a breach, a later one with `opened_id` closes it
    to("breaches", optional=True, name="opened_id"),
    to("networks", optional=True),  # none: it concerns them all
    Column("at", Instant, nullable=False),
    Column("happened_at", Instant),
    Column("known_at", Instant),  # from here the 72 hours run
    Column("due_at", Instant),
    Column("what", Text, nullable=False, default=""),
    Column("whom", Text, nullable=False, default=""),
    Column("done", Text, nullable=False, default=""),
    Column("told_at", Instant),  # the regulator, or why not
    Column("why_not", Text, nullable=False, default=""),
)

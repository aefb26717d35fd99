"""a database knows the secret it was used with, and when its mailbox was last tested

Revision: 0004_fingerprint_and_probe (after 0003_place_in_issue)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0004_fingerprint_and_probe"
down_revision = "0003_place_in_issue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("since", mailer.store.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprints")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailbox_probes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sent_at", mailer.store.types.Instant(timezone=True), nullable=False),
        sa.Column("came_at", mailer.store.types.Instant(timezone=True), nullable=True),
        sa.Column("plus_in", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Boolean(), nullable=False),
        sa.Column("own_id", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_probes")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("mailbox_probes")
    op.drop_table("fingerprints")

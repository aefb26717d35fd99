"""complaints about how personal data is used: who, when, by when to be answered

Revision: 0007_data_complaints (after 0006_answers_by_name)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0007_data_complaints"
down_revision = "0006_answers_by_name"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = mailer.store.types.Instant(timezone=True)
    op.create_table(
        "data_complaints",
        sa.Column("id", row, autoincrement=True, nullable=False),
        sa.Column("network_id", row, nullable=False),
        sa.Column("address_id", row, nullable=False),
        sa.Column("inbox_id", row, nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answer_id", row, nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_data_complaints_address_id_addresses")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_data_complaints_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_complaints")),
        sa.UniqueConstraint("inbox_id", name=op.f("uq_data_complaints_inbox_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("data_complaints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_complaints_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_complaints_address_id"), ["address_id"], unique=False)


def downgrade() -> None:
    op.drop_table("data_complaints")

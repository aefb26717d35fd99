"""who was asked to join at an organiser's wish, and what became of it

Revision: 0005_askings (after 0004_fingerprint_and_probe)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0005_askings"
down_revision = "0004_fingerprint_and_probe"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = mailer.store.types.Instant(timezone=True)
    op.create_table(
        "askings",
        sa.Column("id", row, autoincrement=True, nullable=False),
        sa.Column("network_id", row, nullable=False),
        sa.Column("address_id", row, nullable=False),
        sa.Column("by_address_id", row, nullable=True),
        sa.Column("confirmation_id", row, nullable=True),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("asked_at", moment, nullable=True),
        sa.Column("unheard_at", moment, nullable=True),
        sa.Column("reminded_at", moment, nullable=True),
        sa.Column("ends_at", moment, nullable=True),
        sa.Column("next_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_askings_address_id_addresses")),
        sa.ForeignKeyConstraint(["by_address_id"], ["addresses.id"], name=op.f("fk_askings_by_address_id_addresses")),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["confirmations.id"], name=op.f("fk_askings_confirmation_id_confirmations")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_askings_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askings")),
        sa.UniqueConstraint("network_id", "address_id", name=op.f("uq_askings_network_id_address_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("askings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_askings_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_askings_address_id"), ["address_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_askings_next_at"), ["next_at"], unique=False)


def downgrade() -> None:
    op.drop_table("askings")

"""a log of personal data breaches, with the 72 hours in which the regulator is told

Revision: 0013_breaches (after 0012_fewer_indexes)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0013_breaches"
down_revision = "0012_fewer_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = mailer.store.types.Instant(timezone=True)
    op.create_table(
        "breaches",
        sa.Column("id", row, autoincrement=True, nullable=False),
        sa.Column("opened_id", row, nullable=True),
        sa.Column("network_id", row, nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("happened_at", moment, nullable=True),
        sa.Column("known_at", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("why_not", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["opened_id"], ["breaches.id"], name=op.f("fk_breaches_opened_id_breaches")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_breaches_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("breaches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breaches_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_breaches_opened_id"), ["opened_id"], unique=False)


def downgrade() -> None:
    op.drop_table("breaches")

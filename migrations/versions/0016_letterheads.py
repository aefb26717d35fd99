"""what stands in every copy of a network, once, so that copies can be made again after it changed

Revision: 0016_letterheads (after 0015_forgotten_whole)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_letterheads"
down_revision = "0015_forgotten_whole"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "letterheads",
        sa.Column("id", row, autoincrement=True, nullable=False),
        sa.Column("network_id", row, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("network_name", sa.Text(), nullable=False),
        sa.Column("public_url", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("signing_domain", sa.String(length=255), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("second_selector", sa.Text(), nullable=False),
        sa.Column("second_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_letterheads_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterheads")),
        sa.UniqueConstraint("digest", name=op.f("uq_letterheads_digest")),
        sqlite_autoincrement=True,
    )
    op.add_column("outgoing", sa.Column("letterhead_id", row, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.drop_column("letterhead_id")
    op.drop_table("letterheads")

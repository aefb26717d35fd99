"""what members say of themselves: role, specialisms, exam boards, equipment to share, mentoring

Revision: 0008_profiles (after 0007_data_complaints)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0008_profiles"
down_revision = "0007_data_complaints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "profiles",
        sa.Column("id", row, autoincrement=True, nullable=False),
        sa.Column("membership_id", row, nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", mailer.store.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_profiles_membership_id_memberships")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("membership_id", "field", name=op.f("uq_profiles_membership_id_field")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("profiles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profiles_membership_id"), ["membership_id"], unique=False)


def downgrade() -> None:
    op.drop_table("profiles")

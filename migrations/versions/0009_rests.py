"""who asked to be spared, and until when

Revision: 0009_rests (after 0008_profiles)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0009_rests"
down_revision = "0008_profiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rates", sa.Column("rests_until", mailer.store.types.Instant(timezone=True), nullable=True))
    op.add_column("rates", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("rates") as rates:
        rates.drop_column("asked")
        rates.drop_column("rests_until")

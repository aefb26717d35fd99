"""what a person was called before, so that FORGET ME finds it, and when an erasure began, beside when it was asked for

Revision: 0015_forgotten_whole (after 0014_written_to_mailboxes)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mailer.store.types

revision = "0015_forgotten_whole"
down_revision = "0014_written_to_mailboxes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("former_names", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("erasures", sa.Column("begun_at", mailer.store.types.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in (("erasures", "begun_at"), ("people", "former_names")):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)

"""a promise has the number its piece will have, and a day; a post says what came with it

Revision: 0002_promised_numbers (after 0001_corridor)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_promised_numbers"
down_revision = "0001_corridor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promises", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("promises", sa.Column("by_on", sa.Date(), nullable=True))
    op.add_column("posts", sa.Column("attachments", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("attachments")
    with op.batch_alter_table("promises") as promises:
        promises.drop_column("by_on")
        promises.drop_column("number")

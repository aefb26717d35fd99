"""a mailbox's first look that was broken off goes on where it was: what came since counts, whoever has read it

Revision: 0020_first_look (after 0019_spared_keys)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_first_look"
down_revision = "0019_spared_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailbox_cursors", sa.Column("first_look", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("mailbox_cursors") as changed:
        changed.drop_column("first_look")

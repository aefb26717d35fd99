"""how mail to a mailbox that several people read is written: its language, and plain text

Revision: 0014_written_to_mailboxes (after 0013_breaches)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_written_to_mailboxes"
down_revision = "0013_breaches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("addresses", sa.Column("language", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("addresses", sa.Column("plain_text", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("addresses") as addresses:
        addresses.drop_column("plain_text")
        addresses.drop_column("language")

"""which mail belongs to a private question, whatever route took it

Revision: 0010_private (after 0009_rests)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_private"
down_revision = "0009_rests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
    inbox = sa.table("inbox", sa.column("private", sa.Boolean), sa.column("handler", sa.Text), sa.column("rcpt", sa.Text))
    doors = [inbox.c.rcpt.like(f"%{sign}{role}@%") for sign in "-+" for role in ("private", "ask")]
    op.execute(inbox.update().where(sa.or_(inbox.c.handler == "private", *doors)).values(private=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("private")

"""what each of several people behind a shared mailbox answered

Revision: 0006_answers_by_name (after 0005_askings)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_answers_by_name"
down_revision = "0005_askings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("responses", sa.Column("people", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("responses") as responses:
        responses.drop_column("people")

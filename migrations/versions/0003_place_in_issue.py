"""a piece stands where an editor put it

Revision: 0003_place_in_issue (after 0002_promised_numbers)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_place_in_issue"
down_revision = "0002_promised_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pieces", sa.Column("place", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pieces") as pieces:
        pieces.drop_column("place")

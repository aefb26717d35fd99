"""an index to find the letters of a subject, which is asked of every post

Revision: 0017_letters_by_subject (after 0016_letterheads)
"""

from __future__ import annotations

from alembic import op

revision = "0017_letters_by_subject"
down_revision = "0016_letterheads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_letters_subject", "letters", ["subject"], unique=False, postgresql_using="hash")


def downgrade() -> None:
    op.drop_index("ix_letters_subject", table_name="letters")

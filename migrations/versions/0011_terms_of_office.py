"""offices that end are looked for at every tick

Revision: 0011_terms_of_office (after 0010_private)
"""

from __future__ import annotations

from alembic import op

revision = "0011_terms_of_office"
down_revision = "0010_private"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roles_until"), ["until"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roles_until"))

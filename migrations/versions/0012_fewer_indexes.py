"""fewer indexes to write anew whenever a copy changes its state; one to find the networks that ever had an organiser

Revision: 0012_fewer_indexes (after 0011_terms_of_office)
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_fewer_indexes"
down_revision = "0011_terms_of_office"
branch_labels = None
depends_on = None

GONE = ("inbox_id", "network_id", "occasion_id", "standing_id")  # columns of outgoing


def _only(table: str, name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=False, sqlite_where=where, postgresql_where=where)


def _leave_room(percent: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE outgoing SET (fillfactor = {percent})")


def upgrade() -> None:
    for column in GONE:
        op.drop_index(f"ix_outgoing_{column}", table_name="outgoing")
    _only("outgoing", "ix_outgoing_answers", "inbox_id", "inbox_id IS NOT NULL")
    _only("standings", "ix_standings_desk", "network_id", "purpose = 'desk'")
    _leave_room(70)


def downgrade() -> None:
    _leave_room(100)
    op.drop_index("ix_standings_desk", table_name="standings")
    op.drop_index("ix_outgoing_answers", table_name="outgoing")
    for column in GONE:
        op.create_index(f"ix_outgoing_{column}", "outgoing", [column], unique=False)

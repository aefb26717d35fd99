"""room for the lease of every copy on the page where it stands

A claim leases all copies of a page at once, each as a second version of its row. Three tenths of a page were room for less
than half of them, and for each of the others every index was written anew.

Revision: 0018_room_for_leases (after 0017_letters_by_subject)
"""

from __future__ import annotations

from alembic import op

revision = "0018_room_for_leases"
down_revision = "0017_letters_by_subject"
branch_labels = None
depends_on = None


def _fill(percent: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE outgoing SET (fillfactor = {percent})")


def upgrade() -> None:
    _fill(45)


def downgrade() -> None:
    _fill(70)

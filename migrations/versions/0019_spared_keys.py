"""no foreign key on PostgreSQL where it is looked up copy by copy and another vouches for it

A copy's network, occasion and address are those of its standing and its letter, whose keys stay; an attempt is written of copies
that the same transaction has just read or changed. SQLite keeps them all: there they cost next to nothing.

Revision: 0019_spared_keys (after 0018_room_for_leases)
"""

from __future__ import annotations

from alembic import op

revision = "0019_spared_keys"
down_revision = "0018_room_for_leases"
branch_labels = None
depends_on = None

SPARED = (
    ("outgoing", "network_id", "networks"),
    ("outgoing", "occasion_id", "occasions"),
    ("outgoing", "address_id", "addresses"),
    ("attempts", "outgoing_id", "outgoing"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # In the order in which a page of copies asks for them, or a service that still runs and we might wait for each other.
        op.execute("LOCK TABLE occasions, networks, addresses, outgoing, attempts IN ACCESS EXCLUSIVE MODE")
        for table, column, named in SPARED:
            op.drop_constraint(f"fk_{table}_{column}_{named}", table, type_="foreignkey")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column, named in SPARED:
            op.create_foreign_key(f"fk_{table}_{column}_{named}", table, named, [column], ["id"])

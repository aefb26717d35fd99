"""Runs the migrations on the connection that `mailer.store.upgrade` hands over."""

from __future__ import annotations

from alembic import context

import mailer.store.tables  # noqa: F401  (fills the metadata)
from mailer.store.types import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

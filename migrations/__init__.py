"""Alembic migrations: numbered words, one head, additive first."""

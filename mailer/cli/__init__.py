"""`termpost`, the one command: a file per group of commands; each translates to acts and queries and back."""

from __future__ import annotations

from mailer.cli.app import main

__all__ = ["main"]

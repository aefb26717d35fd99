"""Where a quoted message begins: attribution lines, header blocks and separators.

Each finder looks at lines from one index on and says how many lines its marker takes, or 0. All look at a bounded number
of lines and characters, so a whole text costs time linear in its length (MIME-7).
"""

from __future__ import annotations

from mailer.message.quotes.attributions import attribution, shared
from mailer.message.quotes.blocks import header_block, notes_block
from mailer.message.quotes.lines import WIDTH, initialled, is_quoted, is_rule, runs_on
from mailer.message.quotes.separators import forwards, separator

__all__ = [
    "WIDTH",
    "attribution",
    "forwards",
    "header_block",
    "initialled",
    "is_quoted",
    "is_rule",
    "notes_block",
    "runs_on",
    "separator",
    "shared",
]

"""Machines told from people: RFC 3834 fields, the vendors' own, subjects in our members' languages (LOOP-1, LOOP-5).

`signs` is the table, read top-down; the first row that fits decides. `Precedence: bulk` and X-Auto-Response-Suppress are no
signs alone (ruling 11); together with words they are. A person who writes about an out-of-office is a person.
`challenges` and `receipts` are machines of their own kind; `away` reads the day of return out of a notice.
"""

from __future__ import annotations

from mailer.message.automatic.away import away_until
from mailer.message.automatic.challenges import why_challenge
from mailer.message.automatic.receipts import was_read, why_receipt
from mailer.message.automatic.signs import why_automatic

__all__ = ["away_until", "was_read", "why_automatic", "why_challenge", "why_receipt"]

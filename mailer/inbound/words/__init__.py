"""Words people reply with, and what they ask for (contract 2; CAL-9, CMD-10, UNS-8, V14).

The input is what a person newly wrote: quotes are cut before, a signature may remain. It is spelt one way
(`spelling`), cut into clauses (`text`), and judged by tables read top-down: the words of contract 2 (`commands`), the
words that answer what we asked (`answers`, `proofs`, `confirmations`, `receipts`, `tasks`, `feedback`, `sorting`).
Every reading has a certainty; from SURE on it is carried out, under it the person is asked back. Nothing is guessed:
signs that speak against each other make a reading unsure, whatever they weigh. No database, no clock.
"""

from __future__ import annotations

from mailer.inbound.words.private import private_answer
from mailer.inbound.words.understand import only_command, understand
from mailer.inbound.words.values import SURE, Asked, Intent, Understood

__all__ = ["SURE", "Asked", "Intent", "Understood", "only_command", "private_answer", "understand"]

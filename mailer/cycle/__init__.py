"""The termly cycle: which mail is due to whom, and on which day.

`table` is the policy, one row a kind of occasion, read top-down. `calendar` knows a network's zone, bank holidays and
terms, `dates` turns a row and its anchor (a meeting starts, an issue publishes) into dates, and `budget` keeps any one
person from getting too much. These four are pure: values in, values out, and nobody asks what time it is.

Planning writes Occasion rows from them; the scheduler works the rows off. An occasion is named by (network, kind, thing
type, thing id, step, revision), so that planning again finds the same row; its dates are only what the row says. Change
a network's cycle by rows (`table.Override`), not by code.

Its states:

    planned      dated, and nothing happened yet
    proofed      the proof is with the organisers
    waiting      due, and nobody said SEND
    queued       its letters are in the outbox, or going there
    sent         every one of them has ended
    held         an organiser, or the budget, stopped it
    missed       until passed first; the organisers are told (V11)
    cancelled    its thing moved, ended or was called off
    superseded   a newer one of the same thing was overdue with it, and only that one went
"""

from __future__ import annotations

STATES = ("planned", "proofed", "waiting", "queued", "sent", "held", "missed", "cancelled", "superseded")

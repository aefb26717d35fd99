"""Meetings: what is said before, on and after the day, and by whom.

A meeting is a row; everything people do about it hangs on that row. Items make the agenda, invitations say who was
asked, responses keep every answer anybody gave (the newest counts), attendance says who was there, minutes and
actions say what came of it, feedback says how it was. Nothing here sends mail: the cycle plans occasions for a
meeting and asks these files for the words.

    meeting        planned | over | cancelled       revision: of what people were told; sequence: iCalendar (CAL-3)
    agenda         collecting | draft | frozen | final       derived from what has gone out and from the clock
    agenda item    open | withdrawn | deferred | declined | merged       lane: agenda | on-the-day
    response       yes | no | maybe | none
    action         open | done | dropped

Items are numbered per meeting and a number is never given twice. An item that is deferred stays in its meeting with
that state, and a copy waits for the next one: in it if it exists, else with no meeting until one is made.
"""

from __future__ import annotations

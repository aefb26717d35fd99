"""Consent: may this address get mail of this purpose from this network, and why.

A *purpose* is what mail is for (`purposes`). A *standing* is the answer for one (network, address, purpose, scope)
(`standing`), derived from the *ledger*, which only grows: who agreed to what, when, how, to which exact wording, with
the message that proves it (`ledger`, `wordings`; V10). A *suppression* is a keyed hash of an address that is not to be
mailed, in one network or on this host; it outlives erasure (`suppression`). The *gate* puts all of it into one ordered
table and says yes, no or not now (`gate`; V4). Nothing else in the house decides whether mail may go.

Standings:

    none        nobody was asked, or an import was undone
    pending     asked, not yet confirmed by the person: gets nothing but the one question
    active      the person agreed, or a service class is open (until `until`, where it has an end)
    left        the person ended it; only the person's own word brings it back

`paused` and `suppressed` are seen in lists but are no standings: a pause lies on the membership, a suppression on the
hash of the address. Rows are upserted and never deleted; erasure leaves a tombstone without an address.
"""

from __future__ import annotations

NONE = "none"
PENDING = "pending"
ACTIVE = "active"
LEFT = "left"

STANDINGS = (NONE, PENDING, ACTIVE, LEFT)

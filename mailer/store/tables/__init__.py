"""Every table, a file a room. Import them from here: `from mailer.store.tables import people`."""

from __future__ import annotations

from mailer.store.tables.consent import (
    askings,
    audit,
    confirmations,
    erasures,
    ledger,
    ledger_fields,
    privacy_complaints,
    seals,
    standings,
    suppressions,
    undos,
    wordings,
)
from mailer.store.tables.cycle import occasions, proofs
from mailer.store.tables.discussion import evidence, posts
from mailer.store.tables.host import breaches, fingerprints, mailbox_probes
from mailer.store.tables.inbox import inbox, mailbox_cursors, raws
from mailer.store.tables.meetings import (
    actions,
    agenda_items,
    attendance,
    feedback,
    invitations,
    meetings,
    minutes,
    responses,
)
from mailer.store.tables.networks import cycle_overrides, networks, terms
from mailer.store.tables.newsletters import issues, pictures, pieces, promises
from mailer.store.tables.outbox import attempts, leases, letterheads, letters, outgoing, rates, tray
from mailer.store.tables.people import (
    addresses,
    import_rows,
    imports,
    memberships,
    organisations,
    people,
    profiles,
    roles,
)

__all__ = [
    "actions",
    "addresses",
    "agenda_items",
    "askings",
    "attempts",
    "attendance",
    "audit",
    "breaches",
    "confirmations",
    "cycle_overrides",
    "erasures",
    "evidence",
    "feedback",
    "fingerprints",
    "import_rows",
    "imports",
    "inbox",
    "invitations",
    "issues",
    "leases",
    "ledger",
    "ledger_fields",
    "letterheads",
    "letters",
    "mailbox_cursors",
    "mailbox_probes",
    "meetings",
    "memberships",
    "minutes",
    "networks",
    "occasions",
    "organisations",
    "outgoing",
    "people",
    "pictures",
    "pieces",
    "posts",
    "privacy_complaints",
    "profiles",
    "promises",
    "proofs",
    "rates",
    "raws",
    "responses",
    "roles",
    "seals",
    "standings",
    "suppressions",
    "terms",
    "tray",
    "undos",
    "wordings",
]

"""FOR MY IT: what a school's IT needs to let a network's mail through, as a letter that can be passed on as it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt
from mailer.cycle.rhythm import rhythm
from mailer.people import networks
from mailer.settings import Settings


def letter(session: Connection, actor: Actor, settings: Settings, *, now: datetime) -> Receipt:
    """The same for everybody: it names the service and nobody who gets its mail (CMD-8).

    A relay on this machine is nothing that another IT could name, and where no key is set the relay signs with its own.
    """
    network = networks.by_id(session, actor.network_id)
    mailbox = settings.mailbox_of(network.slug)
    domain = mailbox.rpartition("@")[2] or network.domain
    fields = {
        "domain": domain,
        "dkim_domain": "" if settings.dkim_key_file is None else settings.dkim_domain or domain,
        "dkim_selector": settings.dkim_selector,
        "relays": [relay.host for relay in settings.relays if not relay.stays_here],
        "operator": settings.operator or "",
        **rhythm(session, network.id, now),
    }
    return Receipt("for-my-it", "Was sent a letter for their IT.", fields)

"""People, their addresses, the organisations they work for, and what they are in a network.

A *person* has addresses; a *shared* address is an organisation's mailbox and has no person of its own. A *membership*
joins an address to a network: it carries the organisation, working days, a pause, and the *roles* (`roles`). The people
who run a network are its committee: whoever holds one of `roles.ORGANISING`, active. Whether mail may be sent to any of
them is not said here but by standings and the gate; `formats` writes dates as people read them.
"""

from __future__ import annotations

"""flufl.bounce, asked last and behind caps: it raises on some mail and calls full mailboxes permanent.

Only the addresses it names are taken, as hints; reason and permanence come from our own table.
"""

from __future__ import annotations

import logging

from mailer.message.address import parse_address
from mailer.message.parts import Part

MAX_OCTETS = 60_000
MAX_LINE = 2_000
MAX_LINES = 1_000  # each of its detectors looks at every line


def addresses(raw: bytes, root: Part) -> list[str]:
    """Addresses of failed recipients that the library finds; none if it fails."""
    lines = raw[:MAX_OCTETS].split(b"\n")[:MAX_LINES]
    if any(len(line) > MAX_LINE for line in lines):
        return []
    head = b"\n".join(lines)
    try:
        from email import message_from_bytes

        from flufl.bounce import all_failures

        logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
        temporary, permanent = all_failures(message_from_bytes(head))
        found = [a.decode("utf-8", "replace") if isinstance(a, bytes) else str(a) for a in (*sorted(permanent, key=str), *sorted(temporary, key=str))]
    except Exception:  # its detectors raise on bent mail; then there is no second opinion
        return []
    return list(dict.fromkeys(a for a in found if parse_address(a)))[:50]

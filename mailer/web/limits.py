"""How often one client may ask: a small count in memory, per process, that forgets by itself (CMD-7).

It slows down a form-filling robot before it reaches the database; the limits that protect people (one confirmation
a day for an address) are the gate's and hold over all processes.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque


class Limiter:
    """At most `most` in any `seconds` for each client. Time is the caller's (`clock.monotonic`)."""

    def __init__(self, *, most: int, seconds: float, clients: int = 10_000) -> None:
        self.most = most
        self.seconds = seconds
        self._clients = clients
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str, at: float) -> bool:
        """Count one; False if that was too many (which is not counted, so that waiting always helps)."""
        with self._lock:
            taken = self._recent(client, at)
            if len(taken) >= self.most:
                return False
            taken.append(at)
            return True

    def full(self, client: str, at: float) -> bool:
        """True if one more would be too many; counts nothing."""
        with self._lock:
            return len(self._recent(client, at)) >= self.most

    def _recent(self, client: str, at: float) -> deque[float]:
        name = network_of(client)
        taken = self._taken.pop(name, None) or deque()
        while taken and taken[0] <= at - self.seconds:
            taken.popleft()
        self._taken[name] = taken  # the newest last; the longest unseen is forgotten
        while len(self._taken) > self._clients:
            self._taken.popitem(last=False)
        return taken


def network_of(client: str) -> str:
    """A household of IPv6 has a /64 to choose from, so it counts as one; anything else is itself."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)

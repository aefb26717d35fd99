"""From the setting to relays in the order of failover. The grammar stands in mailer.settings.relay, once."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from mailer.outbound.transport.smtp import SmtpRelay
from mailer.outbound.transport.terms import Relay, RelayUrlError, Timeouts
from mailer.outbound.transport.tray import Keep, TrayRelay
from mailer.settings.relay import Relay as Place
from mailer.settings.relay import parse_relays, with_password


def relays(
    url: str | Sequence[Place],
    *,
    password: str | None = None,
    hostname: str = "localhost",
    tray: Keep | None = None,
    timeouts: Timeouts | None = None,
    context: ssl.SSLContext | None = None,
) -> tuple[Relay, ...]:
    """The relays of TERMPOST_RELAY_URL, or of settings.relays, which has it read already.

    `password` (from the file) is for those that name a user without one; `hostname` is what we say in EHLO; `tray` keeps the
    letters of `tray:`; `context` replaces the system's trusted certificates.
    Raises RelayUrlError, whose text says how to mend the setting and never shows a password."""
    try:
        places = parse_relays(url) if isinstance(url, str) else tuple(url)
        if password is not None:
            places = with_password(places, lambda: password)
    except ValueError as error:
        raise RelayUrlError(str(error)) from None
    return tuple(_relay(place, hostname, tray, timeouts or Timeouts(), context) for place in places)


def _relay(place: Place, hostname: str, tray: Keep | None, timeouts: Timeouts, context: ssl.SSLContext | None) -> Relay:
    if place.is_tray:
        if tray is None:
            raise RelayUrlError("tray: is set and nothing was given to keep the letters with")
        return TrayRelay(tray)
    if place.user and not place.password:
        raise RelayUrlError(f"the relay {place.host} has a user but no password; set TERMPOST_RELAY_PASSWORD_FILE")
    return SmtpRelay(place, hostname, timeouts, context)

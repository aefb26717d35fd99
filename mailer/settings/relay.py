"""Where outgoing mail goes, as TERMPOST_RELAY_URL says.

    tray:                                    kept here and shown at /tray; nothing leaves
    smtp://host[:25]                         clear and without password; beyond loopback only with ?cleartext=yes
    smtp+starttls://[user:pass@]host[:587]   STARTTLS required, never "if offered"
    smtps://[user:pass@]host[:465]           TLS from the first byte (RFC 8314 3.3)

Several by comma are tried in turn. A comma, colon, slash or @ inside a password is percent-encoded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mailer.settings.values import is_loopback

Security = Literal["tray", "clear", "starttls", "tls"]

# scheme: (security, default port)
SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("clear", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}


@dataclass(frozen=True)
class Relay:
    """One place to hand mail to. `security` is tray, clear, starttls or tls; host and port are empty for the tray."""

    security: Security
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_tray(self) -> bool:
        return self.security == "tray"

    @property
    def url(self) -> str:
        """What it is called in rows, logs and `termpost rate`: without user and password."""
        if self.is_tray:
            return "tray:"
        scheme = next(scheme for scheme, (security, _) in SCHEMES.items() if security == self.security)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    @property
    def stays_here(self) -> bool:
        """Whether nothing handed over leaves this machine: what a file clock asks for."""
        return self.is_tray or is_loopback(self.host)


def parse_relays(text: str) -> tuple[Relay, ...]:
    """Read the setting. Raises ValueError with a sentence that never repeats a password."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError("no relay is named; write tray: or smtp://host")
    if "tray:" in parts:
        if len(parts) > 1:
            raise ValueError("tray: stands alone, it is never one of several relays")
        return (Relay("tray"),)
    return tuple(_parse_one(part) for part in parts)


def _parse_one(text: str) -> Relay:
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise ValueError("a relay has a port that is no number, or brackets that do not close") from error
    if url.scheme not in SCHEMES:
        raise ValueError(f"{url.scheme!r} is no kind of relay; use tray:, {_scheme_list()}")
    if not url.hostname or url.path.strip("/") or url.fragment:
        raise ValueError(f"a relay is written {url.scheme}://HOST or {url.scheme}://HOST:PORT")
    security, usual_port = SCHEMES[url.scheme]
    _check_query(url, security)
    relay = Relay(security, url.hostname, port or usual_port, unquote(url.username or ""), unquote(url.password or ""))
    if security == "clear" and (relay.user or relay.password):
        raise ValueError("smtp:// sends in the clear and takes no user or password; use smtp+starttls:// or smtps://")
    if relay.password and not relay.user:
        raise ValueError(f"the relay {relay.host} has a password but no user")
    return relay


def _check_query(url: SplitResult, security: Security) -> None:
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    if query.keys() - {"cleartext"}:
        raise ValueError(f"a relay has no option {sorted(query.keys() - {'cleartext'})[0]!r}")
    if security == "clear" and not is_loopback(url.hostname or "") and query.get("cleartext") != "yes":
        raise ValueError(
            f"smtp://{url.hostname} would carry mail in the clear beyond this machine; "
            "use smtp+starttls:// or smtps://, or add ?cleartext=yes"
        )


def _scheme_list() -> str:
    return ", ".join(f"{scheme}://" for scheme in SCHEMES)


def with_password(relays: tuple[Relay, ...], read: Callable[[], str]) -> tuple[Relay, ...]:
    """Give the password from the password file to each relay that has a user and no password of its own."""
    if not any(relay.user and not relay.password for relay in relays):
        raise ValueError("TERMPOST_RELAY_PASSWORD_FILE is set, but no relay names a user that lacks a password")
    password = read()
    return tuple(replace(r, password=password) if r.user and not r.password else r for r in relays)

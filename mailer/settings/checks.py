"""What must hold between settings. Each check takes the settings and raises ValueError with a sentence that names them.

That the embedded broker goes with `run` alone is checked where a role starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailer.settings.relay import parse_relays, with_password
from mailer.settings.values import is_loopback

if TYPE_CHECKING:
    from mailer.settings.fields import Settings

DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
BROKERS = ("embedded", "redis", "rediss", "amqp", "amqps")
_ADDRESS = re.compile(r"(?!\.)[^\s@<>()\[\],;:\\\"]{1,64}(?<!\.)@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?")
MAILBOXES = ("imap", "imaps", "imap+starttls")


def schemes_are_known(settings: Settings) -> None:
    for name, url, known in (
        ("DATABASE_URL", settings.database_url, DATABASES),
        ("BROKER_URL", settings.broker_url, BROKERS),
        ("IMAP_URL", settings.imap_url, MAILBOXES),
    ):
        if url and url.partition(":")[0] not in known:
            raise ValueError(f"TERMPOST_{name} begins with one of {', '.join(f'{scheme}:' for scheme in known)}")


def public_url_is_safe(settings: Settings) -> None:
    """Links in mail carry tags, so beyond this machine they are https (contract 4)."""
    url = urlsplit(settings.public_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("TERMPOST_PUBLIC_URL is written https://HOST")
    if url.scheme == "http" and not is_loopback(url.hostname):
        raise ValueError(f"TERMPOST_PUBLIC_URL may be http: only on loopback; write https://{url.netloc}")


def clock_can_be_read(settings: Settings) -> None:
    if settings.clock != "system" and (not settings.clock.startswith("file:") or settings.clock == "file:"):
        raise ValueError("TERMPOST_CLOCK is system, or file: and a path")


def file_clock_stays_here(settings: Settings) -> None:
    """A rehearsal must not reach people."""
    if settings.clock != "system" and not all(relay.stays_here for relay in parse_relays(settings.relay_url)):
        raise ValueError("TERMPOST_CLOCK may be a file only with TERMPOST_RELAY_URL tray: or a relay on loopback")


def tray_is_closed(settings: Settings) -> None:
    door = settings.web_listen
    if settings.relay_url.strip() == "tray:" and door and not door.is_loopback and settings.tray_password_file is None:
        raise ValueError(
            f"TERMPOST_WEB_LISTEN {door} would show everybody's mail at /tray; "
            "set TERMPOST_TRAY_PASSWORD_FILE, listen on loopback, or set TERMPOST_RELAY_URL"
        )


def lmtp_is_not_on_25(settings: Settings) -> None:
    """RFC 2033 5; SMTP-1."""
    if settings.lmtp_listen and settings.lmtp_listen.port == 25:
        raise ValueError("TERMPOST_LMTP_LISTEN may not be on port 25 (RFC 2033)")


def mailbox_has_a_network(settings: Settings) -> None:
    if settings.imap_url and not settings.mailbox_network:
        raise ValueError("TERMPOST_IMAP_URL needs TERMPOST_MAILBOX_NETWORK, the network whose mailbox it is")


def operator_is_an_address(settings: Settings) -> None:
    """One address that a mail server takes in RCPT, as postmaster's mail and all trouble go there (SMTP-19)."""
    if settings.operator is not None and not _ADDRESS.fullmatch(settings.operator):
        raise ValueError("TERMPOST_OPERATOR is one mail address and nothing else, such as it@school.example")


def relay_password_has_a_user(settings: Settings) -> None:
    if settings.relay_password_file is not None:
        with_password(parse_relays(settings.relay_url), str)


CHECKS: tuple[Callable[[Settings], None], ...] = (
    schemes_are_known,
    public_url_is_safe,
    clock_can_be_read,
    file_clock_stays_here,
    tray_is_closed,
    lmtp_is_not_on_25,
    mailbox_has_a_network,
    operator_is_an_address,
    relay_password_has_a_user,
)

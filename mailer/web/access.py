"""Who may open what is not for everybody: the tray and the metrics.

Both are for whoever sits at this machine. That is so only if the connection comes from loopback, the Host field names
loopback (a page elsewhere can have its name resolve to 127.0.0.1), and no proxy says that it forwards somebody.
The tray may also be opened from beyond with a password (contract 5).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from mailer.settings import Settings
from mailer.settings.secret import read_password
from mailer.settings.values import is_loopback
from mailer.web.asking import Page
from mailer.web.limits import Limiter

FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
TRIES = Limiter(most=10, seconds=60.0)  # of a wrong password, a client


def at_this_machine(connection: HTTPConnection) -> bool:
    """True if the request was made on this machine and forwarded by nobody."""
    if connection.client is None or not is_loopback(connection.client.host):
        return False
    if any(name in connection.headers for name in FORWARDED):
        return False
    try:
        host = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return is_loopback(host)


def tray_refusal(settings: Settings, *, local: bool, client: str, authorization: str, seconds: float) -> Page | None:
    """None if the tray may be read, else the page that says why not. SettingsError for a bad password file."""
    if local:
        return None
    if settings.tray_password_file is None:
        return Page("closed", status=403)
    given = _password(authorization)
    if given is not None and not TRIES.full(client, seconds):
        if hmac.compare_digest(given.encode(), read_password(settings.tray_password_file).encode()):
            return None
        TRIES.take(client, seconds)
    elif given is not None:
        return Page("busy", status=429, headers={"Retry-After": "60"})
    return Page("password", status=401, headers={"WWW-Authenticate": 'Basic realm="tray", charset="UTF-8"'})


def _password(authorization: str) -> str | None:
    """The password of HTTP Basic (RFC 7617); the name before the colon does not matter."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None

"""The one mailbox at a provider: where it is, how to get in, and which letter in it is our own test (contract 1).

What the provider keeps of a letter is found out by `workers.probe`.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError
from sqlalchemy import select

from mailer.errors import SettingsError
from mailer.settings import Settings
from mailer.settings.secret import read_password
from mailer.settings.values import is_loopback
from mailer.store import Store
from mailer.store.tables import mailbox_probes

PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
CONNECT, READ = 20.0, 60.0  # seconds; without them a dead peer hangs the poller for ever
MARK = "termpost-probe-"  # stands before the random part, in Message-ID, subject and text of a probe

_PROBE = re.compile(rb"<termpost-probe-[a-z2-7]{37}@[^<>\s]{1,255}>")


@dataclass(frozen=True)
class Mailbox:
    """Where TERMPOST_IMAP_URL points. `name` tells mailboxes apart in the cursor table."""

    security: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"


def mailbox_of(settings: Settings) -> Mailbox:
    """Read TERMPOST_IMAP_URL and the password file. Raises SettingsError."""
    url = urlsplit(settings.imap_url or "")
    if url.scheme not in PORTS or not url.hostname or not url.username:
        raise SettingsError("TERMPOST_IMAP_URL cannot be read.", "Write imaps://user@host/FOLDER.")
    if url.scheme == "imap" and not is_loopback(url.hostname):
        raise SettingsError(f"imap://{url.hostname} would carry the password in the clear.", "Use imaps://.")
    password = unquote(url.password or "")
    if settings.imap_password_file is not None:
        password = read_password(settings.imap_password_file)
    return Mailbox(
        url.scheme, url.hostname, url.port or PORTS[url.scheme], unquote(url.username), password,
        unquote(url.path.strip("/")) or "INBOX",
    )  # fmt: skip


def connect(box: Mailbox) -> IMAPClient:
    """A connection that is logged in. Raises what imapclient and the wire raise."""
    context = ssl.create_default_context()
    client = IMAPClient(
        box.host, box.port, ssl=box.security == "imaps", ssl_context=context, timeout=SocketTimeout(CONNECT, READ)
    )
    try:
        if box.security == "imap+starttls":
            client.starttls(context)
        client.login(box.user, box.password)
    except BaseException:
        client.shutdown()
        raise
    return client


def trouble(box: Mailbox) -> str:
    """Why the mailbox cannot be read now; empty if it can."""
    try:
        with connect(box) as client:
            client.select_folder(box.folder, readonly=True)
    except LoginError:
        return "the login is refused"
    except Exception as error:  # imapclient raises whatever the wire did
        return str(error) or type(error).__name__
    return ""


def is_probe(store: Store, content: bytes) -> bool:
    """Whether this is a letter of `termpost check --probe`, or its return to us: it names one that was sent."""
    named = {found.decode("ascii", "replace") for found in _PROBE.findall(content)}
    if not named:
        return False
    with store.read() as session:
        sent = select(mailbox_probes.c.id).where(mailbox_probes.c.message_id.in_(named)).limit(1)
        return session.execute(sent).first() is not None

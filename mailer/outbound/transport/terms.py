"""The values that cross the border of the transport, and the duties of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, Protocol

from mailer.outbound.results import Slow

State = Literal["accepted", "deferred", "failed", "uncertain", "unsent"]
Notify = Literal["", "FAILURE", "NEVER"]

DOWN: dict[str, str] = {
    "cannot-connect": "Nobody answers at the mail server's address.",
    "name-unknown": "The name of the mail server does not exist or could not be looked up.",
    "no-answer": "The mail server did not answer in time.",
    "connection-lost": "The mail server closed the line before we could begin.",
    "nonsense": "What answers there does not speak SMTP.",
    "closing": "The mail server asks us to come back later.",
    "refused": "The mail server does not want to talk to us.",
    "tls-not-offered": "The mail server does not offer STARTTLS, which the setting asks for. Nothing was sent in clear.",
    "tls-refused": "The mail server offered STARTTLS and then refused it. Nothing was sent in clear.",
    "tls-injected": "Somebody put words into the line before it was encrypted. Nothing was sent.",
    "tls-failed": "The encrypted line could not be set up.",
    "tls-not-trusted": "The certificate of the mail server is not valid for its name. Nothing was sent.",
    "login-not-offered": "The mail server offers no way to log in that we know (PLAIN or LOGIN).",
    "login-refused": "The mail server refused our user name or password.",
}


@dataclass(frozen=True, slots=True)
class Wire:
    """One letter to one person (OUT-10). `content` has CRLF lines and is not dot-stuffed; `id` comes back in the Reply.

    `clean` says that letter.fill() made the content: only CRLF ends a line and none begins with a dot; it is not looked at
    again. Anything else is checked, and refused if a bare CR or LF stands in it (SMTP-8).
    `notify` asks for delivery reports where the relay can (RFC 3461, OUT-17): `FAILURE`, `NEVER`, or nothing."""

    id: int
    mail_from: str
    rcpt: str
    content: bytes
    notify: Notify = ""
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one Wire. `reason` is a key of results.SENTENCES; `slow` says what asks to be spared; `onward`: another relay is
    asked for it now."""

    id: int
    state: State
    code: int | None
    enhanced: str | None
    text: str
    reason: str
    slow: Slow = ""
    onward: bool = False


def unsent(wire_id: int) -> Reply:
    """Nothing of this letter was begun."""
    return Reply(wire_id, "unsent", None, None, "", "not-begun")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds (OUT-5, RFC 5321 4.5.3.2). Each bounds the whole step, however slowly the peer drips; `window` is when no
    further letter is begun: the one in hand is waited for, as its answer decides."""

    connect: float = 30
    greeting: float = 300
    hello: float = 300
    tls: float = 60
    login: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    content: float = 600
    quit: float = 2
    window: float = 1800

    def at_most(self, seconds: float) -> Timeouts:
        """The same with no step of more than so many seconds."""
        return Timeouts(**{each.name: min(getattr(self, each.name), seconds) for each in fields(self)})


class RelayUrlError(ValueError):
    """TERMPOST_RELAY_URL cannot be used as it is; the text never holds a password."""


class RelayDown(Exception):
    """No willing server. `reason` is a key of DOWN, `detail` what the peer said, `slow` that it asked to be spared."""

    def __init__(self, reason: str, detail: str = "", *, slow: bool = False) -> None:
        super().__init__(f"{DOWN[reason]} ({detail})" if detail else DOWN[reason])
        self.reason = reason
        self.detail = detail
        self.slow = slow


class Connection(Protocol):
    """Used by one thread at a time, finish() and close() apart. The caller has marked every row of the window `sending` before it
    calls (ruling 5)."""

    @property
    def usable(self) -> bool:
        """False once the line is gone: open a new connection for what is `unsent`."""

    def send(self, window: Sequence[Wire]) -> list[Reply]:
        """One Reply for each Wire in the same order. Raises nothing that the peer could cause."""

    def finish(self) -> None:
        """Any thread may say it: the letter in hand is finished; those after it, and of later windows, are `unsent`."""

    def close(self) -> None:
        """Says goodbye and lets go; whatever happens here changes no letter's state (OUT-4). While another thread has a window
        on the line it is hung up without a word, which might be read as part of a letter; that window is answered as if the peer had."""


class Relay(Protocol):
    """May be shared by threads. `name` is fit for logs and rows and holds no password; `local`: nothing leaves the machine."""

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool: ...

    def connect(self, patience: float | None = None) -> Connection:
        """Raises RelayDown and nothing else that the peer could cause. `patience`: seconds for each step to an open session, where
        less than the time-outs."""

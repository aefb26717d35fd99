"""The settings themselves: one field each, with its default and its meaning."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import Field, PrivateAttr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailer.settings import checks
from mailer.settings.kept import Days
from mailer.settings.relay import Relay, parse_relays, with_password
from mailer.settings.secret import read_or_make, read_password
from mailer.settings.values import Door, Duration, Listen, Peers, Rate, Size, Words, listen_of, mask_url, written

PREFIX = "TERMPOST_"
# What somebody who only looks may have to set, where ports are taken. Whoever names a folder or a relay has a plan.
FIRST_TRY = frozenset({"smtp_listen", "lmtp_listen", "web_listen"})
Source = Literal["default", "file", "environment"]


class SettingRow(NamedTuple):
    """One line of `termpost settings`."""

    name: str
    value: str
    source: Source
    meaning: str


def _public_url_of(door: object) -> dict[str, str]:
    """The web door itself, where it is a port of this machine: its links then open on it."""
    try:
        listen = listen_of(door)
    except ValueError:  # which the door's own check tells
        return {}
    on_loopback = listen is not None and not listen.path and listen.is_loopback
    return {"public_url": f"http://{listen}"} if on_loopback else {}


class Settings(BaseSettings):
    """Everything IT may choose. Frozen. Made by `load`; in tests by naming what matters: `Settings(data_dir=tmp_path)`.

    Raises pydantic.ValidationError, which `load` turns into a SettingsError.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid")
    _sources: dict[str, Source] = PrivateAttr(default_factory=dict)

    # Where things are kept
    data_dir: Path = Field(Path("./var"), description="Folder for everything that the embedded form writes.")
    database_url: str = Field(
        "",
        repr=False,
        description="Database; when not set, the SQLite file termpost.db in the data folder. "
        "For many networks: postgresql+psycopg://user:pass@host/name.",
    )
    broker_url: str = Field(
        "embedded:",
        repr=False,
        description="Carrier of wake-ups: embedded: for the whole service in one process, or redis://... or amqp://...",
    )
    secret_file: Path = Field(
        Path(), description="Root of all keys; when not set, the file secret in the data folder, made on the first run."
    )

    # The way out
    relay_url: str = Field(
        "tray:",
        repr=False,
        description="Where outgoing mail goes: tray: keeps it here, smtp://host, smtp+starttls://user@host or "
        "smtps://user@host hand it on; several by comma are tried in turn.",
    )
    relay_password_file: Path | None = Field(None, description="File with the password of the relay's user.")
    rate: Rate = Field(
        None, description="First value of messages sent a minute, or off; later termpost rate changes it."
    )
    undo: Duration = Field("10m", validate_default=True, description="Time between SEND and the first copy.")
    uncertain: Literal["hold", "resend"] = Field(
        "hold", description="What happens to a copy when the line dropped before the answer: hold it, or resend it."
    )
    dkim_key_file: Path | None = Field(
        None, description="Private key that signs outgoing mail; none means the relay signs."
    )
    dkim_selector: str = Field("termpost", description="Selector under which the public key stands in the DNS.")
    dkim_domain: str | None = Field(None, description="Domain that signs; when not set, the domain of each network.")
    dkim_ed25519_key_file: Path | None = Field(
        None, description="A second private key, Ed25519, that signs beside the first; none means one signature."
    )
    dkim_ed25519_selector: str = Field(
        "termpost-ed25519", description="Selector under which the second public key stands in the DNS."
    )

    # The doors
    smtp_listen: Door = Field(
        "127.0.0.1:8025", validate_default=True, description="SMTP door: HOST:PORT, a path, or off."
    )
    lmtp_listen: Door = Field(None, description="LMTP door: HOST:PORT (never port 25), a path, or off.")
    web_listen: Door = Field(
        "127.0.0.1:8080", validate_default=True, description="Web door: HOST:PORT, a path, or off."
    )
    smtp_peers: Peers = Field(
        "127.0.0.0/8,::1/128",
        validate_default=True,
        description="Addresses and networks by comma that may speak to the mail doors; Unix sockets always may.",
    )
    smtp_max_size: Size = Field(
        "25MB", validate_default=True, ge=65536, description="Largest message taken, 25MB or bytes."
    )
    smtp_max_recipients: int = Field(100, ge=100, description="Most recipients taken in one message.")
    smtp_connections: int = Field(100, ge=1, description="Most connections open at a mail door at once.")
    smtp_idle: Duration = Field(
        "5m", validate_default=True, description="A mail connection silent for this long is closed."
    )
    smtp_session: Duration = Field("1h", validate_default=True, description="A mail connection ends after this long.")
    smtp_bare_newline: Literal["keep", "reject"] = Field(
        "keep", description="A message with a bare CR or LF: keep it as it came, or reject it (for use as a direct MX)."
    )

    # One polled mailbox instead of a domain
    imap_url: str | None = Field(None, repr=False, description="Mailbox to poll: imaps://user@host/FOLDER.")
    imap_password_file: Path | None = Field(None, description="File with the password of the polled mailbox.")
    mailbox_network: str | None = Field(None, description="Network that the polled mailbox belongs to.")
    delivery_header: str | None = Field(
        None, description="Field in which the mailbox's provider names the real recipient."
    )

    # What people see, and whom we believe
    public_url: str = Field(
        "http://127.0.0.1:8080",
        description="Base of the links in mail; http: only on loopback. When not set, the web door, if it is on loopback.",
    )
    operator: str | None = Field(
        None, description="Address of the person IT answers with; gets postmaster and abuse mail."
    )
    notice_url: str | None = Field(
        None, description="Privacy notice to link; when not set, the one that Termpost serves."
    )
    tray_password_file: Path | None = Field(
        None, description="File with the password that opens /tray beyond loopback."
    )
    require_aligned: Annotated[frozenset[Literal["posts", "items", "pieces"]], Words] = Field(
        frozenset(), description="What is taken from proven senders only: any of posts,items,pieces."
    )
    authserv_id: str | None = Field(None, description="Server whose Authentication-Results are believed.")
    authenticate: Literal["header", "self"] = Field(
        "header",
        description="Who wrote a message: believe the header of TERMPOST_AUTHSERV_ID only, or check SPF, DKIM and DMARC "
        "here where it says nothing, self (for use as a direct MX).",
    )

    # How long things are kept
    retention: Days = Field(
        "",
        validate_default=True,
        description="Days for which each class of things is kept, such as raw-mail=30,tray=7; the others keep their default.",
    )

    # How it runs
    workers: int = Field(2, ge=1, le=64, description="Threads of one process that handle and send mail.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of what is logged."
    )
    clock: str = Field(
        "system",
        description="Calendar time: system, or file:PATH for rehearsals and tests, which asks for a relay on this machine.",
    )

    MASKED: ClassVar[frozenset[str]] = frozenset({"database_url", "broker_url", "relay_url", "imap_url"})

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` passes counts: it is the one place that reads the file and the environment."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _without_none(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What is not set is written as none in the table and in the documentation, and read so from there."""
        unset = {name for name, field in cls.model_fields.items() if written(field.default) == given.get(name) == "none"}
        return {name: value for name, value in given.items() if name not in unset}

    @model_validator(mode="before")
    @classmethod
    def _places(cls, given: dict[str, Any]) -> dict[str, Any]:
        folder = Path(given.get("data_dir") or "./var")
        return {
            "database_url": f"sqlite:///{folder / 'termpost.db'}",
            "secret_file": folder / "secret",
            **_public_url_of(given.get("web_listen")),
        } | given

    @field_validator("relay_url")
    @classmethod
    def _relay_can_be_read(cls, text: str) -> str:
        parse_relays(text)
        return text

    @field_validator("public_url", "notice_url")
    @classmethod
    def _without_last_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else url

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        for check in checks.CHECKS:
            check(self)
        return self

    @property
    def is_embedded(self) -> bool:
        """The whole service in one process, with no broker beside it."""
        return self.broker_url.startswith("embedded:")

    @property
    def nothing_set(self) -> bool:
        """Whether neither file nor environment said more than which doors to open: a first try."""
        chosen = {name for name, source in self._sources.items() if source != "default"}
        return chosen <= FIRST_TRY

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    def mailbox_of(self, slug: str) -> str:
        """The address of the polled mailbox, if this network is the one it belongs to; else empty. What that network sends
        comes from this address and from no other (contract 1). Its user name nearly always is the address."""
        if not self.imap_url or slug != self.mailbox_network:
            return ""
        url = urlsplit(self.imap_url)
        user = unquote(url.username or "")
        return (user if "@" in user else f"{user}@{url.hostname}").lower()

    @cached_property
    def relays(self) -> tuple[Relay, ...]:
        """The relays in the order they are tried, passwords filled in. Raises SettingsError for a bad password file."""
        relays, file = parse_relays(self.relay_url), self.relay_password_file
        return relays if file is None else with_password(relays, lambda: read_password(file))

    def secret(self) -> bytes:
        """The root of all keys; made on the first call. Raises SettingsError when it is open to others or too short."""
        return read_or_make(self.secret_file)

    def table(self) -> list[SettingRow]:
        """Every setting under its name in the environment, with its value (passwords masked), source and meaning."""
        rows = []
        for name, field in type(self).model_fields.items():
            value = written(getattr(self, name))
            if value == "none" and (name == "rate" or name.endswith("_listen")):
                value = "off"
            shown = mask_url(value) if name in self.MASKED else value
            source = self._sources.get(name, "default")
            rows.append(SettingRow(PREFIX + name.upper(), shown, source, field.description or ""))
        return rows


__all__ = ["PREFIX", "Listen", "SettingRow", "Settings", "Source"]

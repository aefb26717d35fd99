"""What a letter needs to know of the network it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class NetworkLook:
    """A network as its letters show it. `timezone` is a ZoneInfo name, `public_url` the base of links, no slash at the end."""

    slug: str
    name: str
    domain: str
    controller: str
    language: str
    timezone: str
    public_url: str
    mailbox: str = ""  # the one address of a network that lives in a polled mailbox
    closed: bool = False  # its addresses take no mail any more, so a page names none

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def address(self, role: str = "") -> str:
        """`agenda` -> `mendip-agenda@lists.example.org`; the empty role is the discussion list itself."""
        if self.mailbox:
            local, _, domain = self.mailbox.rpartition("@")
            return f"{local}+{role}@{domain}" if role else self.mailbox
        return f"{self.slug}-{role}@{self.domain}" if role else f"{self.slug}@{self.domain}"

    @property
    def sender(self) -> str:
        """The one From and calendar ORGANIZER of what the network sends (contract 1)."""
        return self.mailbox or self.committee

    @property
    def post(self) -> str:
        return self.address()

    @property
    def committee(self) -> str:
        return self.address("committee")

    @property
    def agenda(self) -> str:
        return self.address("agenda")

    @property
    def news(self) -> str:
        return self.address("news")

    @property
    def help(self) -> str:
        return self.address("help")

    @property
    def join(self) -> str:
        return self.address("join")

    @property
    def private(self) -> str:
        return self.address("private")

    @property
    def organise(self) -> str:
        return self.address("organise")

    @property
    def exchange(self) -> str:
        return self.address("exchange")

    @property
    def about_url(self) -> str:
        """Privacy notice, accessibility statement, aims, all addresses (DP-6, ACC-9)."""
        return f"{self.public_url}/n/{self.slug}/about"

    @property
    def join_url(self) -> str:
        return f"{self.public_url}/join/{self.slug}"

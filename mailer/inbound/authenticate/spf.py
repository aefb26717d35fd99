"""May this client send mail for that domain? (RFC 7208)

`evaluate` gives none, neutral, pass, fail, softfail, temperror or permerror. Ten look-ups and two void ones at most
(4.6.4), so that a record cannot make us ask the world.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from mailer.inbound.authenticate.macros import Client, expand
from mailer.inbound.authenticate.names import Names, Temporary

LOOK_UPS = 10
VOID = 2
HOSTS = 10  # of one MX or PTR

QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)")
_CIDR = re.compile(r"^(.*?)(?:/(\d{1,3}))?(?://(\d{1,3}))?$")
_NAME = re.compile(r"(?=.{1,253}$)(?:[^\s.]{1,63}\.)+[^\s.]{1,63}\.?$")


class Wrong(Exception):
    """A record that cannot be evaluated: permerror."""


def evaluate(client: Client, domain: str, names: Names) -> str:
    """The result for `domain`, that of the envelope sender or of HELO."""
    try:
        return _Walk(client, names).host(domain)
    except Temporary:
        return "temperror"
    except (Wrong, ValueError):
        return "permerror"


class _Walk:
    """One evaluation and what it has used."""

    def __init__(self, client: Client, names: Names) -> None:
        self.client, self.names = client, names
        self.look_ups = self.void = 0

    def host(self, domain: str) -> str:
        """check_host() of RFC 7208 4."""
        if not _NAME.match(domain):
            return "none"
        records = [r for r in self.names.ask(domain, "TXT") if re.match(r"v=spf1(?: |$)", r, re.IGNORECASE)]
        if not records:
            return "none"
        if len(records) > 1:
            raise Wrong("two records")
        terms = records[0].split()[1:]
        redirect = ""
        parsed = []
        for term in terms:  # all of the record must be well formed before any of it counts (4.6)
            found = _TERM.fullmatch(term)
            if found:
                parsed.append((QUALIFIERS[found[1] or "+"], found[2].lower(), found[3] or "", found[4] or ""))
            elif modifier := _MODIFIER.fullmatch(term):
                if modifier[1].lower() == "redirect":
                    if redirect:
                        raise Wrong("two redirects")
                    redirect = modifier[2]
            else:
                raise Wrong(term)
        for result, name, mark, value in parsed:
            if self.matches(name, mark, value, domain):
                return result
        if not redirect or any(name == "all" for _, name, _, _ in parsed):
            return "neutral"
        self.count()
        said = self.host(self.target(redirect, domain))
        if said == "none":
            raise Wrong("redirect to nothing")
        return said

    def matches(self, name: str, mark: str, value: str, domain: str) -> bool:
        """Does this mechanism fit the client (RFC 7208 5)?"""
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            network = ip_network(value, strict=False)
            if mark != ":" or network.version != int(name[2]):
                raise Wrong(value)
            return self.client.ip in network
        self.count()
        if name in ("include", "exists"):
            if mark != ":" or not value:
                raise Wrong(name)
            target = self.target(value, domain)
            if name == "exists":
                return bool(self.ask(target, "A"))
            said = self.host(target)
            if said == "none":
                raise Wrong("include of nothing")
            return said == "pass"
        written, four, six = _cidr(value if mark == ":" else mark + value)
        target = self.target(written, domain) if written else domain
        prefix = four if self.client.ip.version == 4 else six
        kind = "A" if self.client.ip.version == 4 else "AAAA"
        if name == "ptr":
            return self.named(target)
        hosts = [target]
        if name == "mx":
            hosts = self.ask(target, "MX")
            if len(hosts) > HOSTS:
                raise Wrong("too many MX")
        return any(
            self.client.ip in ip_network(f"{address}/{prefix}", strict=False)
            for host in hosts
            for address in self.ask(host, kind, counts=name == "a")
        )

    def named(self, target: str) -> bool:
        """The old `ptr`: a name of the client's address that leads back to it, at or under the domain (5.5)."""
        kind = "A" if self.client.ip.version == 4 else "AAAA"
        for host in self.ask(self.client.ip.reverse_pointer, "PTR")[:HOSTS]:
            low = host.lower().rstrip(".")
            if low != target.lower() and not low.endswith("." + target.lower()):
                continue
            try:
                if str(self.client.ip) in [str(ip_address(a)) for a in self.names.ask(low, kind)]:
                    return True
            except Temporary:
                continue
        return False

    def target(self, written: str, domain: str) -> str:
        return expand(written, self.client, domain).rstrip(".")

    def count(self) -> None:
        self.look_ups += 1
        if self.look_ups > LOOK_UPS:
            raise Wrong("more than ten look-ups")

    def ask(self, name: str, kind: str, counts: bool = True) -> list[str]:
        found = self.names.ask(name, kind)
        if not found and counts:
            self.void += 1
            if self.void > VOID:
                raise Wrong("more than two void look-ups")
        return found


def _cidr(text: str) -> tuple[str, int, int]:
    found = _CIDR.match(text)
    assert found is not None
    four, six = int(found[2] or 32), int(found[3] or 128)
    if four > 32 or six > 128:
        raise Wrong(text)
    return found[1], four, six

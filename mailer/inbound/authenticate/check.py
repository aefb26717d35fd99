"""SPF, DKIM and DMARC of one message, as the values that a trusted Authentication-Results would have given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from mailer.inbound.authenticate import dkim, dmarc, spf
from mailer.inbound.authenticate.macros import Client
from mailer.inbound.authenticate.names import Names, Temporary
from mailer.message import AuthResults
from mailer.message.address import ascii_domain, domain_of


@dataclass(frozen=True, slots=True)
class Brought:
    """Who brought the message, as the door wrote it down. `client` is an address where it was SMTP from outside."""

    client: str
    helo: str
    mail_from: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The results, and how they came about in words."""

    results: AuthResults
    steps: tuple[str, ...]


def check(raw: bytes, brought: Brought, from_domain: str, names: Names, *, now: datetime) -> Checked:
    """Check a message whose one From address is at `from_domain`. Asks the DNS; never raises."""
    domain = ascii_domain(from_domain) or ""
    if "." not in domain:
        return Checked(AuthResults(), ("who wrote it: From names no domain that could be asked",))
    steps: list[str] = []
    sent_by, spf_said = _spf(brought, names)
    steps.append(f"SPF: {spf_said} for {sent_by}" if sent_by else "SPF: not asked, as no outside server brought it")
    signed = dkim.signatures(raw, names, author=domain, today=now.timestamp())
    steps += [f"DKIM: {s.result} for {s.domain or 'nobody'}{f', {s.why}' if s.why else ''}" for s in signed] or [
        "DKIM: no signature"
    ]
    dkim_said = _dkim_result(signed, domain)
    try:
        policy = dmarc.find(domain, names)
        by_dkim = [s for s in signed if s.result == "pass" and _speaks(s.domain, policy, domain, names, "dkim")]
        by_spf = spf_said == "pass" and policy is not None and _speaks(sent_by, policy, domain, names, "spf")
    except Temporary:
        steps.append("DMARC: temperror, the policy could not be asked for")
        proven = any(s.result == "pass" and s.domain == domain for s in signed)
        return Checked(AuthResults(dkim_said, spf_said, "temperror", domain if proven else ""), tuple(steps))
    if policy is None:
        said = "none"
        steps.append(f"DMARC: {domain} has no policy")
    else:
        why = "an aligned DKIM signature" if by_dkim else "an aligned SPF pass" if by_spf else ""
        doubtful = "temperror" in (spf_said, *(s.result for s in signed))
        said = "pass" if why else "temperror" if doubtful else "fail" if sent_by else "none"
        steps.append(
            f"DMARC: {said}{' by ' + why if why else ''}, policy {policy.policy} of {policy.domain} (RFC 9989)"
        )
    aligned = domain if by_dkim or said == "pass" else ""
    if not by_dkim and dkim_said == "pass":
        steps.append("DKIM: who signed does not speak for the domain in From")
    return Checked(AuthResults(dkim_said, spf_said, said, aligned), tuple(steps))


def _spf(brought: Brought, names: Names) -> tuple[str, str]:
    """The domain that was checked (empty: none) and the result."""
    client = _address(brought.client)
    if client is None:
        return "", "none"
    sender = brought.mail_from or f"postmaster@{brought.helo}"
    local = sender.rpartition("@")[0] or "postmaster"
    domain = ascii_domain(domain_of(sender)) or ""
    if "." not in domain:
        return "", "none"
    return domain, spf.evaluate(Client(client, brought.helo, f"{local}@{domain}"), domain, names)


def _address(client: str) -> IPv4Address | IPv6Address | None:
    """The peer, if it came from outside: our own machine and network say nothing of who sent."""
    try:
        address = ip_address(client)
    except ValueError:
        return None
    return None if address.is_loopback or address.is_link_local else address


def _speaks(domain: str, policy: dmarc.Policy | None, author: str, names: Names, by: str) -> bool:
    """Without a policy only the very domain of From speaks for it."""
    if policy is None:
        return domain == author
    strict = policy.strict_dkim if by == "dkim" else policy.strict_spf
    return dmarc.aligned(domain, policy, author, names, strict=strict)


def _dkim_result(signed: list[dkim.Signed], domain: str) -> str:
    """The best of all. Only a broken signature of the writer's own domain is a fail: a list may have broken another's."""
    results = [s.result if s.result != "fail" or dkim.near(s.domain, domain) else "neutral" for s in signed]
    return next((r for r in ("pass", "temperror", "fail", "policy", "neutral", "permerror") if r in results), "none")

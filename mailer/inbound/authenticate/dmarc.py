"""Does SPF or DKIM speak for the domain in From? (RFC 9989: the DNS tree walk, relaxed and strict alignment)

    policy = find(domain, names)          the record that holds, and the organisational domain; None without one
    organisation(domain, names)           where the walk up from a domain ends (4.10)

`p=` is told and not obeyed: whatever it asks, a failing mail is held for an organiser (design ruling 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.inbound.authenticate.names import Names

LABELS = 8  # RFC 9989 4.10: longer names are walked from their last seven


@dataclass(frozen=True, slots=True)
class Policy:
    """A record and where it stood."""

    domain: str
    organisation: str
    policy: str  # none, quarantine, reject
    strict_dkim: bool
    strict_spf: bool


def find(domain: str, names: Names) -> Policy | None:
    """The policy for mail from `domain`. Raises Temporary."""
    walked = _walk(domain, names)
    if not walked:
        return None
    body = _organisation(domain, walked)
    holds = next((d for d in (domain, body, walked[-1][0]) if d in dict(walked)), walked[-1][0])
    tags = dict(walked)[holds]
    asked = tags.get("p", "none") if holds == domain else tags.get("sp", tags.get("p", "none"))
    if asked not in ("none", "quarantine", "reject"):
        if "rua" not in tags:
            return None  # 4.7: without a valid policy nor reports it is no record
        asked = "none"
    return Policy(holds, body, asked, tags.get("adkim", "r") == "s", tags.get("aspf", "r") == "s")


def aligned(identifier: str, policy: Policy, domain: str, names: Names, *, strict: bool) -> bool:
    """Is an authenticated domain that of From, or (relaxed) of the same organisation (4.4)?"""
    if identifier == domain:
        return True
    return not strict and bool(identifier) and organisation(identifier, names) == policy.organisation


def organisation(domain: str, names: Names) -> str:
    """The organisational domain (4.10.2); the domain itself where no record stands above it."""
    return _organisation(domain, _walk(domain, names))


def _walk(domain: str, names: Names) -> list[tuple[str, dict[str, str]]]:
    """The valid records at the domain and above, lowest first."""
    labels = domain.split(".")
    steps = [labels]
    rest = labels[-(LABELS - 1) :] if len(labels) >= LABELS else labels[1:]
    while rest:
        steps.append(rest)
        rest = rest[1:]
    found = []
    for step in steps:
        at = ".".join(step)
        records = [tags for text in names.ask(f"_dmarc.{at}", "TXT") if (tags := _tags(text)) is not None]
        if len(records) == 1:
            found.append((at, records[0]))
            psd = records[0].get("psd")
            if psd == "n" or (psd == "y" and at != domain):
                break
    return found


def _organisation(domain: str, walked: list[tuple[str, dict[str, str]]]) -> str:
    for at, tags in walked:
        if tags.get("psd") == "n":
            return at
        if tags.get("psd") == "y" and at != domain:
            return ".".join(domain.split(".")[-(at.count(".") + 2) :])
    return walked[-1][0] if walked else domain


def _tags(text: str) -> dict[str, str] | None:
    pairs = [part.partition("=") for part in text[:5_000].split(";")]
    tags = {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
    first = pairs[0]
    return tags if first[0].strip() == "v" and first[2].strip() == "DMARC1" else None

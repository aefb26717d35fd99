"""What our own front server says about the sender: Authentication-Results at the trusted place only (RFC 8601, AUTH-10).

Believed is the topmost field whose authserv-id is the configured one, and only if it stands above the first Received of a
foreign host; what comes below may have been written by anyone. Nothing configured, nothing believed. ARC is not
looked at (AUTH-12).
"""

from __future__ import annotations

import re

from mailer.message.address import ascii_domain
from mailer.message.parts import Part
from mailer.message.values import AuthResults

_BY = re.compile(r"(?i)(?:^|\s)by\s+([A-Za-z0-9._-]+)")
_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_RESULT = re.compile(r"(?i)^\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)")
_PROPERTY = re.compile(r"(?i)([a-z0-9-]+\.[a-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)")
_SECOND_LEVEL = {"ac", "co", "gov", "org", "sch", "edu", "com", "net", "nhs", "police", "me", "ltd", "plc"}


def read(root: Part, authserv_id: str | None, from_domain: str) -> AuthResults:
    """The results for this message; all `none` without a trusted field."""
    if not authserv_id:
        return AuthResults()
    wanted = authserv_id.strip().lower()
    for name, value in root.fields:
        if name == "received" and _foreign(value, wanted):
            break
        if name == "authentication-results":
            said = _uncommented(value)
            head, _, rest = said.partition(";")
            words = head.split()
            if words and words[0].strip('"').lower() == wanted and words[1:] in ([], ["1"]):  # RFC 8601 2.5: version 1
                return _results(rest, from_domain)
    return AuthResults()


def _uncommented(value: str) -> str:
    value = value[:20_000]
    for _ in range(5):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value


def _foreign(received: str, wanted: str) -> bool:
    by = _BY.search(_uncommented(received))
    if not by or "." not in by[1] or by[1].lower() == wanted:
        return False
    return organisation(by[1]) != organisation(wanted)


def organisation(domain: str) -> str:
    """The part of a domain that one body registers, by a rule of thumb: two labels, three under `ac.uk` and its kind."""
    labels = domain.lower().strip(".").split(".")
    take = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-take:])


def _results(rest: str, from_domain: str) -> AuthResults:
    seen = {"dkim": "none", "spf": "none", "dmarc": "none"}
    aligned = ""
    for clause in rest.split(";")[:50]:
        found = _RESULT.match(clause)
        if not found:
            continue
        method, result = found[1].lower(), found[2].lower()
        if method not in seen:
            continue
        properties = {name.lower(): value.strip('"').lower() for name, value in _PROPERTY.findall(clause)}
        if method == "dkim":
            signed = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
            if result == "pass" and _same(signed, from_domain):
                seen["dkim"], aligned = "pass", from_domain
            elif seen["dkim"] != "pass":
                seen["dkim"] = result
        elif method == "dmarc":
            said = properties.get("header.from", from_domain).rpartition("@")[2]
            seen["dmarc"] = result
            if result == "pass" and _same(said, from_domain):
                aligned = from_domain
        elif seen["spf"] != "pass":
            seen["spf"] = result
    if seen["dmarc"] == "fail":
        aligned = ""
    return AuthResults(seen["dkim"], seen["spf"], seen["dmarc"], aligned)


def _same(domain: str, from_domain: str) -> bool:
    """Relaxed alignment (RFC 9989): the same organisation."""
    domain = ascii_domain(domain) or ""
    return bool(domain and from_domain) and "." in domain and organisation(domain) == organisation(from_domain)

"""Failed recipients by the words of a notice: hints only, as only our own tag or a report's fields say it for certain (BNC-9)."""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.message import encoded
from mailer.message.address import key, parse_address
from mailer.message.bounces import reasons
from mailer.message.bounces.named import ANY, SAID_OF, ranked
from mailer.message.bounces.notices import notice_of
from mailer.message.bounces.reports import MAX_RECIPIENTS
from mailer.message.bounces.returned import originals
from mailer.message.bounces.values_in import status_of
from mailer.message.bounces.words import DELAYS
from mailer.message.parts import Part
from mailer.message.values import Bounce


def find(root: Part, text: str, avoid: set[str]) -> tuple[list[Bounce], bool]:
    """The recipients that the words name, and whether they stand where only recipients do; `avoid` are addresses (by key) that are never meant: the sender's and ours."""
    notice = notice_of(text)
    subject = encoded.text_of(root.get("subject") or "")
    delayed = bool(DELAYS.search(notice) or DELAYS.search(subject)) and not re.search(
        r"(?i)permanent(?:ly)? (?:error|fail)|given up|not going to try|(?<!non-)fatal error", notice
    )
    addresses, rank = ranked(notice, avoid)
    sure = bool(addresses) and rank < 3
    failed = _x_failed(root)
    if failed:
        near = {key(a): words for a, words in addresses.items()}
        addresses, sure = {a: near.get(key(a), "") for a in failed}, True
    if not addresses:
        titled = [a for a in ANY.findall(subject) if key(a) not in avoid]
        addresses = dict.fromkeys(titled, notice)
    if not addresses:
        addresses = _partial(root, notice) or _original_to(root, text)
    return _told(addresses, notice, delayed), sure


def find_heading(text: str, avoid: set[str]) -> list[Bounce]:
    """Recipients that head what is said of them (`<jane@x.example>: ...`), for a notice that names nobody else."""
    notice = notice_of(text)
    addresses, rank = ranked(notice, avoid)
    headed = {a: near for a, near in addresses.items() if SAID_OF.match(near)}
    return _told(headed, notice, DELAYS.search(notice) is not None) if rank == 0 else []


def explained(text: str, bounces: list[Bounce]) -> list[Bounce]:
    """A report whose fields give no diagnostic: what its notice says of the same recipient."""
    if not any(b.action == "failed" and not b.diagnostic and b.reason == reasons.OTHER for b in bounces):
        return bounces
    said, _ = ranked(notice_of(text), set())
    near = {key(a): words for a, words in said.items()}
    told: list[Bounce] = []
    for b in bounces:
        words = near.get(key(b.address), "") if b.reason == reasons.OTHER and not b.diagnostic else ""
        if words and b.action == "failed":
            reason = reasons.reason_of(status_of(b.status, words), words)
            b = replace(b, reason=reason, diagnostic=encoded.clean(words)[:500])
        told.append(b)
    return told


def _told(addresses: dict[str, str], notice: str, delayed: bool) -> list[Bounce]:
    """What is said near each of these addresses, else in the whole notice."""
    found: list[Bounce] = []
    for address, near in addresses.items():
        words = near or notice
        status = status_of("", words) or ("4.0.0" if delayed else "")
        reason = reasons.reason_of(status, words)
        if reason == reasons.OTHER:
            status_all = status_of("", notice)
            reason = reasons.reason_of(status or status_all, notice)
            status = status or status_all
        action = "delayed" if delayed else "failed"
        if delayed and reason in (reasons.OTHER, reasons.NETWORK, reasons.SYSTEM):
            reason = reasons.DELAYED
        found.append(
            Bounce(
                address, status, action, reasons.is_permanent(action, status, words), reason, encoded.clean(words)[:500], True
            )
        )
    return found[: MAX_RECIPIENTS]


def _x_failed(root: Part) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in root.all("x-failed-recipients")[:20]:
        for address in re.split(r"[,\s]+", encoded.clean(value)):
            if parse_address(address):
                found.setdefault(address, "")
    return found


def _partial(root: Part, notice: str) -> dict[str, str]:
    """AOL and others name only the local part: the domain is the daemon's own."""
    sender = ANY.search(encoded.text_of(root.get("from") or ""))
    if not sender:
        return {}
    domain = sender[0].rpartition("@")[2].lower()
    found = re.search(
        r"(?im)(?:recipients?|address(?:es)?)[^\n]{0,160}(?:\n[^\n:]{0,100})?:\s*\n+((?:[ \t]+[A-Za-z0-9._-]{2,60}[ \t]*\n)+)",
        notice + "\n",
    )
    return {f"{local.strip()}@{domain}": notice for local in found[1].split("\n") if local.strip()} if found else {}


def _original_to(root: Part, text: str) -> dict[str, str]:
    """The one recipient of the returned original, if it has only one."""
    for head in originals(root):
        values = [v for v in (head.get("x-failed-recipients"), head.get("delivered-to"), head.get("to")) if v]
        for value in values:
            found = [a for a in ANY.findall(encoded.text_of(value)) if parse_address(a)]
            if len(found) == 1:
                return {found[0]: ""}
    return {}

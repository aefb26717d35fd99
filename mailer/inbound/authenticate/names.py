"""The DNS as the checks see it: a name and a kind in, a list of values out."""

from __future__ import annotations

from typing import Any, Protocol

import dns.exception
import dns.rdatatype
import dns.resolver
import dns.reversename

from mailer import clock

SECONDS = 10.0  # for one message, all questions together
ONE = 3.0  # for one question
MOST = 60  # questions for one message


class Temporary(Exception):
    """No answer now: a server is away, broken or slow, or the time is over. Says nothing about the sender."""


class Names(Protocol):
    """What answers. `kind` is TXT, A, AAAA, MX or PTR; of MX the host comes back, in the order of preference.

    An empty list means that there is no such name or no such record. Raises Temporary, and nothing else.
    """

    def ask(self, name: str, kind: str) -> list[str]: ...


class Dns:
    """The machine's own resolver (or another), for one message: its answers are kept, its time is counted."""

    def __init__(self, seconds: float = SECONDS, resolver: dns.resolver.Resolver | None = None) -> None:
        self._until = clock.monotonic() + seconds
        self._answers: dict[tuple[str, str], list[str]] = {}
        self._resolver = resolver

    def ask(self, name: str, kind: str) -> list[str]:
        question = (name.lower().rstrip("."), kind)
        if question not in self._answers:
            if len(self._answers) >= MOST:
                raise Temporary("too many questions")
            self._answers[question] = self._look_up(*question)
        return self._answers[question]

    def _look_up(self, name: str, kind: str) -> list[str]:
        left = self._until - clock.monotonic()
        if left <= 0:
            raise Temporary("the time is over")
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(name, kind, lifetime=min(ONE, left), search=False)
            return [value for value in map(_value, _by_preference(answer, kind)) if value is not None]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as trouble:
            if isinstance(
                trouble, (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, dns.name.BadEscape)
            ):
                return []  # what cannot be a name has no record
            raise Temporary(type(trouble).__name__) from None


def _by_preference(answer: dns.resolver.Answer, kind: str) -> list[Any]:
    rows: list[Any] = list(answer)
    return sorted(rows, key=lambda row: row.preference) if kind == "MX" else rows


def _value(row: object) -> str | None:
    if strings := getattr(row, "strings", None):
        return b"".join(strings).decode("utf-8", "replace")
    for name in ("exchange", "target", "address"):
        if (value := getattr(row, name, None)) is not None:
            return str(value).rstrip(".")
    return None

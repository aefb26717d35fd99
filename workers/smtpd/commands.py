"""What stands behind MAIL FROM: and RCPT TO: (RFC 5321 4.1.1.2, 4.1.1.3, 4.1.2). Text in, values out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PATH_OCTETS = 256  # RFC 5321 4.5.3.1.3, with the brackets

_ATOM = r"[^\s<>()\[\]:;@\\,\"\x00-\x1f\x7f]+"
_QUOTED = r"\"(?:[^\"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*\""
_MAILBOX = rf"(?:{_ATOM}|{_QUOTED})(?:@(?:{_ATOM}|\[[^\s\[\]<>\x00-\x1f\x7f]+\]))?"
_ROUTE = r"(?:@[^\s:<>]+:)?"  # obsolete, taken and dropped (RFC 5321 4.1.1.3, appendix C)
_ARGUMENT = re.compile(
    rf"(?P<word>FROM|TO):[ ]*(?:<{_ROUTE}(?P<path>(?:{_MAILBOX})?)>|(?P<bare>{_MAILBOX}))(?P<rest>[ ].*)?",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e]+))?")


class NotAPath(ValueError):
    """The address has no form that we know."""


class NotParameters(ValueError):
    """What follows the address are no parameters."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An address without its brackets (empty: the null sender) and the parameters, names in capitals."""

    address: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse_argument(word: str, text: str) -> Argument:
    """Read `FROM:<address> NAME=value ...`; `word` is FROM or TO. Raises NotAPath or NotParameters."""
    found = _ARGUMENT.fullmatch(text)
    if found is None or found["word"].upper() != word:
        raise NotAPath(text)
    address = found["path"] if found["bare"] is None else found["bare"]
    if len(address.encode()) + 2 > PATH_OCTETS:
        raise NotAPath(text)
    parameters: dict[str, str] = {}
    for each in (found["rest"] or "").split():
        parameter = _PARAMETER.fullmatch(each)
        if parameter is None or parameter[1].upper() in parameters:
            raise NotParameters(each)
        parameters[parameter[1].upper()] = parameter[2] or ""
    return Argument(address, parameters)

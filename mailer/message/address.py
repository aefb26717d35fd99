"""Addresses read strictly (AUTH-11), after RFC 5322 3.4 with the international forms of RFC 6532.

One scanner, written out, linear in its input. What does not parse as a whole is given back with an empty
address and its words as the name: who wrote a mail is never a guess (CVE-2023-27043).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import idna

from mailer.message import encoded

MAX_VALUE = 100_000  # characters of one field that are looked at
MAX_MAILBOXES = 2_000
LOCAL_OCTETS = 64  # RFC 5321 4.5.3.1.1
ADDRESS_OCTETS = 254

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+")
_LABEL = re.compile(
    r"[A-Za-z0-9_\u0080-\U0010ffff](?:[A-Za-z0-9_\-\u0080-\U0010ffff]{0,61}[A-Za-z0-9_\u0080-\U0010ffff])?"
)
_LITERAL = re.compile(r"\[[0-9A-Za-z:.]{1,80}\]")
_BARE_LOCAL = re.compile(rf"{_ATOM.pattern}(?:\.{_ATOM.pattern})*")
_SPECIAL = re.compile(r'[\s"(<]')
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f]){0,64}"')


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address; the address is empty if it could not be parsed."""

    name: str
    address: str


def parse_address(text: str) -> str | None:
    """The address if `text` is exactly one addr-spec, NFC, else None."""
    text = unicodedata.normalize("NFC", text.strip()) if not text.isascii() else text.strip()
    local, at, domain = text.rpartition("@")
    if not at or len(text.encode("utf-8", "replace")) > ADDRESS_OCTETS or len(local) > LOCAL_OCTETS:
        return None
    if not _BARE_LOCAL.fullmatch(local) and not _QUOTED_LOCAL.fullmatch(local):
        return None
    if not _LITERAL.fullmatch(domain) and not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        return None
    return text


def parse_mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The mailboxes of an address field (unfolded, still encoded), groups opened, in order."""
    found: list[Mailbox] = []
    loose = ""  # words without an address: `Doe, Jane <j@x>` written without quotes
    for element in _elements(value[:MAX_VALUE]):
        mailbox, is_words = _mailbox(element)
        if is_words:
            loose = f"{loose}, {mailbox.name}" if loose else mailbox.name
            continue
        if loose and mailbox.address and mailbox.name:
            mailbox = Mailbox(f"{loose}, {mailbox.name}", mailbox.address)
        elif loose:
            found.append(Mailbox(loose, ""))
        loose = ""
        found.append(mailbox)
        if len(found) >= MAX_MAILBOXES:
            break
    if loose:
        found.append(Mailbox(loose, ""))
    return tuple(found)


@lru_cache(maxsize=8192)
def key(address: str) -> str:
    """For comparison only: NFC, lower case, the domain as A-labels. Plus tags and dots stay (AUTH-11, MIME-10)."""
    if address.isascii() and "xn--" not in address:
        return address.strip().lower()
    low = unicodedata.normalize("NFC", address.strip()).lower()
    local, at, domain = low.rpartition("@")
    return f"{local}{at}{ascii_domain(domain) or domain}"


def ascii_domain(domain: str) -> str | None:
    """The domain as A-labels (RFC 5890), None if it cannot be one (OUT-13)."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(unicodedata.normalize("NFC", domain), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None


def domain_of(address: str) -> str:
    """The domain of an address as compared: lower case, A-labels; empty without one."""
    return key(address).rpartition("@")[2] if "@" in address else ""


def _elements(value: str) -> list[str]:
    """Cut at commas and semicolons that stand outside quotes, comments and angle brackets; drop `group name:`."""
    elements: list[str] = []
    start = i = 0
    depth = 0
    angle = grouped = at_seen = False
    size = len(value)
    while i < size:
        c = value[i]
        if c == "\\" and depth:
            i += 2
            continue
        if c == '"' and not depth:
            i = _quote_end(value, i)
            continue
        coded = encoded.WORD.match(value, i) if c == "=" and not depth else None
        if coded:
            i = coded.end()
            continue
        if c == "(":
            depth += 1
        elif c == ")" and depth:
            depth -= 1
        elif depth:
            pass
        elif c == "<":
            angle = True
        elif c == ">":
            angle = False
        elif c == ":" and not angle and not grouped and not at_seen:
            grouped, start = True, i + 1
        elif c in ",;" and not angle:
            elements.append(value[start:i])
            start, at_seen = i + 1, False
            grouped = grouped and c == ","
        at_seen |= c == "@" and not depth
        i += 1
        if len(elements) > MAX_MAILBOXES:
            return elements
    elements.append(value[start:])
    return [e for e in elements if e.strip()]


def _quote_end(text: str, start: int) -> int:
    """Index after the quoted string that opens at `start`; an unclosed one ends where the text does."""
    i = start + 1
    while i < len(text):
        if text[i] == "\\":
            i += 2
        elif text[i] == '"':
            return i + 1
        else:
            i += 1
    return len(text)


def _mailbox(element: str) -> tuple[Mailbox, bool]:
    """One element; the second is True if it is words only, without any sign of an address."""
    names: list[str] = []
    comments: list[str] = []
    pieces: list[tuple[str, str]] = []  # (kind, text) outside comments: word, quote, angle, other
    i, size = 0, len(element)
    sound = True
    while i < size:
        c = element[i]
        if c in " \t\r\n":
            pieces.append(("space", " "))
            i += 1
        elif c == '"':
            end = _quote_end(element, i)
            sound &= end - i >= 2 and element[end - 1] == '"'
            pieces.append(("quote", element[i:end]))
            i = end
        elif coded := encoded.WORD.match(element, i):
            pieces.append(("coded", coded[0]))
            i = coded.end()
        elif c == "(":
            end = _comment_end(element, i)
            sound &= end > 0
            if end < 0:
                break
            comments.append(element[i + 1 : end - 1])
            i = end
        elif c == "<":
            end = element.find(">", i)
            sound &= end > 0
            if end < 0:
                break
            pieces.append(("angle", element[i + 1 : end]))
            i = end + 1
        else:
            end = _plain_end(element, i)
            pieces.append(("word", element[i:end]))
            i = end
    angles = [text for kind, text in pieces if kind == "angle"]
    whole = encoded.text_of(element)
    if not sound or len(angles) > 1:
        return Mailbox(whole, ""), False
    if not angles:
        bare = "".join(text for kind, text in pieces if kind != "space")
        address = parse_address(bare) if "space" not in [k for k, _ in _trim(pieces)] else None
        if address:
            return Mailbox(encoded.text_of(comments[0]) if comments else "", address), False
        return Mailbox(whole, ""), "@" not in whole and ")" not in whole
    last = _trim(pieces)
    address = parse_address(_route_free(angles[0]))
    if last and last[-1][0] != "angle":
        address = None  # words after the address: whose is it then?
    for kind, text in pieces:
        if kind == "quote":
            names.append(re.sub(r"\\(.)", r"\1", text[1:-1]))
        elif kind != "angle":
            if kind == "word" and (")" in text or ("@" in text and text.strip("'") != address)):
                address = None
            names.append(text)
    name = encoded.text_of("".join(names)) or encoded.text_of(comments[0] if comments else "")
    return Mailbox(name if address else whole, address or ""), False


def _plain_end(text: str, start: int) -> int:
    found = _SPECIAL.search(text, start)
    return max(found.start() if found else len(text), start + 1)


def _trim(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    first, end = 0, len(pieces)
    while first < end and pieces[first][0] == "space":
        first += 1
    while end > first and pieces[end - 1][0] == "space":
        end -= 1
    return pieces[first:end]


def _route_free(inside: str) -> str:
    """`@a,@b:c@d` -> `c@d`, the obsolete route of RFC 5322 4.4."""
    if inside.lstrip().startswith("@") and ":" in inside:
        return inside.rpartition(":")[2]
    return inside


def _comment_end(text: str, start: int) -> int:
    depth, i = 0, start
    while i < len(text):
        c = text[i]
        if c == "\\":
            i += 1
        elif c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                return i + 1
        i += 1
    return -1

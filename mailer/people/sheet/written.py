"""What a cell with addresses says: `read` gives the mailboxes, however they are set apart, and what stood beside a single one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.message.address import Mailbox, parse_address, parse_mailboxes
from mailer.people import spreadsheet
from mailer.people.sheet import agreed

_APART = re.compile(r"[;,/|]|:::|\s+")
_BETWEEN = frozenset({"and", "or", "a", "neu", "&", "*", "•", "·"})
_SCHEME = re.compile(r"^(mailto|smtp|email|e-mail):\s*", re.IGNORECASE)
_OTHER_SCHEMES = re.compile(r"\b(?:x400|x500|sip|eum|spo|im|notes|fax):[^;]*", re.IGNORECASE)
_PRIMARY = re.compile(r"\bSMTP:([^\s;,]+)")  # Exchange: capitals for the one that counts, small letters for the others
_ONE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_NAME_BESIDE = re.compile(r"[^\W\d_][\w'’.-]*(?:,? [^\W\d_][\w'’.-]*){0,3}")  # one to four words, perhaps "Doe, Jane"
_UNSEEN = dict.fromkeys((0x00, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD))


@dataclass(frozen=True)
class Written:
    """The mailboxes of a cell; none if any of it is not one. `out`: a remark beside them says that they get no mail."""

    boxes: tuple[Mailbox, ...] = ()
    out: bool = False


def read(cell: str) -> Written:
    """What a clean cell says."""
    cell = cell.rstrip(".,; ")
    boxes = mailboxes(cell)
    return Written(boxes) if boxes else _listed(cell) or _beside(cell)


def mailboxes(cell: str) -> tuple[Mailbox, ...]:
    """The mailboxes of a cell that is written as in a mail program; none if any of it is not one."""
    if alone := parse_address(_SCHEME.sub("", cell)):
        return (Mailbox("", alone),)
    boxes = parse_mailboxes(cell)
    return boxes if all(box.address for box in boxes) else ()


def clean(cell: str) -> str:
    """On one line, without what cannot be seen, and without the apostrophe that an export put before a formula."""
    return spreadsheet.uncell(" ".join(cell.translate(_UNSEEN).split()))


def _listed(cell: str) -> Written | None:
    """Nothing but addresses, set apart by whatever people use; the one that Exchange calls primary first."""
    parts = [part for part in _APART.split(_OTHER_SCHEMES.sub("", cell)) if part and part.lower() not in _BETWEEN]
    found = [parse_address(_SCHEME.sub("", part.strip("<>()[]\"'"))) for part in parts]
    if not found or not all(found):
        return None
    primary = _PRIMARY.search(cell)
    addresses = sorted((address for address in found if address), key=lambda one: primary is None or one != primary[1])
    return Written(tuple(Mailbox("", address) for address in addresses))


def _beside(cell: str) -> Written:
    """One address with a name beside it: "Jane Doe (a@x)", "a@x  Jane Doe (No mail)", "• Jane Doe – a@x"."""
    found: Sequence[str] = _ONE.findall(cell)
    if len(found) != 1 or parse_address(found[0]) is None:
        return Written()
    rest = cell.replace(found[0], " ")
    out = agreed.noted_out(rest)
    if out:
        rest = re.sub(r"\([^()]{0,60}\)", " ", rest)
    name = " ".join(rest.strip(" \t<>()[]\"':*•·–—-").split())
    return Written((Mailbox(name, found[0]),), out) if _NAME_BESIDE.fullmatch(name) or (out and not name) else Written()

"""The header fields of a letter, in their order, each once (FMT-1), each in the way its field allows (FMT-5, FMT-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.message import headers
from mailer.message.address import parse_mailboxes
from mailer.message.encoded import clean
from mailer.outbound.letter import words
from mailer.outbound.letter.marks import Mark, Marks
from mailer.outbound.letter.skeleton import Slot, Template
from mailer.outbound.letter.terms import Draft, LetterError

Piece = bytes | Slot

# What the letter itself writes, never the draft
OURS = frozenset({
    "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
    "content-id", "bcc", "received", "return-path", "dkim-signature", "authentication-results",
})  # fmt: skip
MAILBOXES = frozenset({"from", "sender", "to", "cc", "reply-to"})
UNSTRUCTURED = frozenset({"comments", "organization", "x-mailer", "cfbl-feedback-id"})
# The order in which the fields stand; those not named follow Message-ID as the draft has them
FIRST = ("from", "sender", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references")

# kind of slot -> where in a header it may stand
IN_NAME = frozenset({"header-phrase", "text"})
IN_FIELD = frozenset({"url", "address"})

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,60}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ANGLE = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]*)>\s*", re.DOTALL)


def head(draft: Draft, marks: Marks) -> list[Piece]:
    """All fields but MIME-Version and Content-*, each with its line end."""
    given = _given(draft)
    lines: dict[str, list[Piece]] = {
        "from": [_mailbox("From", (("header-phrase", "from_name"),), (("address", "from_address"),))],
        "to": [_mailbox("To", (("header-phrase", "to_name"),), (("address", "to_address"),))],
        "reply-to": [_mailbox("Reply-To", (), (("address", "reply_to"),), "optional-mailbox")],
        "subject": [_unstructured("Subject", draft.subject, marks)],
        "date": [Slot("date")],
        "message-id": [b"Message-ID: ", Slot("message-id"), b"\r\n"],
    }
    for name, (field, value) in given.items():
        lines[name] = _field(name, field, value, marks)
    order = [*FIRST, *(name for name in given if name not in FIRST)]
    return [piece for name in order for piece in lines.get(name, [])]


def _given(draft: Draft) -> dict[str, tuple[str, str]]:
    given: dict[str, tuple[str, str]] = {}
    for field, value in draft.headers:
        name = field.lower()
        if not _FIELD.fullmatch(field) or name in OURS:
            raise LetterError(f"a draft may not have the header field {field!r}")
        if name in given:
            raise LetterError(f"the header field {field} stands twice (FMT-1)")
        if _CONTROL.search(value):
            raise LetterError(f"the header field {field} holds a line break or a control character (FMT-7)")
        given[name] = (field, value)
    if "list-unsubscribe-post" in given and "list-unsubscribe" not in given:
        raise LetterError("List-Unsubscribe-Post stands without List-Unsubscribe (UNS-1)")
    return given


def _field(name: str, field: str, value: str, marks: Marks) -> list[Piece]:
    if name in MAILBOXES:
        return [_mailboxes(field, value, marks)]
    if name in UNSTRUCTURED:
        return [_unstructured(field, value, marks)]
    return [f"{field}: ".encode("ascii"), *_structured(field, value, marks), b"\r\n"]


def _mailbox(field: str, name: Template, place: Template, way: str = "mailbox") -> Slot:
    return Slot(way, ((("", field),), name, place))


def _unstructured(field: str, value: str, marks: Marks) -> Piece:
    template = _template(field, value, marks, IN_NAME)
    if any(kind for kind, _ in template):
        return Slot("unstructured", ((("", field),), template))
    return headers.unstructured(field, clean(value))


def _mailboxes(field: str, value: str, marks: Marks) -> Piece:
    """One mailbox with slots, or any number without."""
    if len(marks.cut(value)) == 1:
        boxes = parse_mailboxes(value)
        if not boxes or not all(box.address for box in boxes):
            raise LetterError(f"the header field {field} holds something that is no address")
        if field.lower() in ("from", "sender") and len(boxes) > 1:
            raise LetterError(f"the header field {field} holds more than one address (PROV-1)")
        return headers.address_field(field, [(box.name, box.address) for box in boxes])
    found = _ANGLE.fullmatch(value)
    name, place = (found["name"].strip('"'), found["address"]) if found else ("", value.strip())
    where = _template(field, place, marks, IN_FIELD)
    if not any(kind == "address" for kind, _ in where) and not (len(where) == 1 and "@" in where[0][1]):
        raise LetterError(f"the header field {field} has a slot and no address")
    return _mailbox(field, _template(field, name, marks, IN_NAME), where)


def _structured(field: str, value: str, marks: Marks) -> Iterator[Piece]:
    """Folded at spaces; a token with a slot in it begins a line of its own, as nobody knows its length."""
    constant: list[str] = []
    used, begun = len(field) + 2, False
    for token in value.split():
        pieces = marks.cut(token)
        if len(pieces) == 1:
            constant.append(token)
            continue
        if constant:
            yield words.fold(constant, used)
            constant, begun = [], True
        if begun:
            yield b"\r\n "
        yield from _with_slots(field, pieces)
        begun, used = True, words.WIDTH
    if constant and begun:
        yield b"\r\n "
        used = 1
    if constant:
        yield words.fold(constant, used)


def _with_slots(field: str, pieces: list[str | Mark]) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece.encode("utf-8")
        else:
            _allowed(field, piece, IN_FIELD)
            yield Slot("plain", (((piece.kind, piece.slot),),))


def _template(field: str, text: str, marks: Marks, kinds: frozenset[str]) -> Template:
    out: list[tuple[str, str]] = []
    for piece in marks.cut(text):
        if isinstance(piece, Mark):
            _allowed(field, piece, kinds)
            out.append((piece.kind, piece.slot))
        elif piece:
            out.append(("", piece))
    return tuple(out)


def _allowed(where: str, mark: Mark, kinds: frozenset[str]) -> None:
    if mark.kind not in kinds:
        raise LetterError(
            f"a {mark.kind} slot ({mark.slot}) cannot stand in {where}, only {' or '.join(sorted(kinds))}"
        )

"""Draft and Marks to Skeleton: done once for a letter, however many people get it."""

from __future__ import annotations

from collections.abc import Iterable

from mailer.outbound.letter.calendar import unfolded
from mailer.outbound.letter.head import head
from mailer.outbound.letter.marks import Marks
from mailer.outbound.letter.parts import tree
from mailer.outbound.letter.skeleton import FORMAT, Skeleton, Slot
from mailer.outbound.letter.terms import Draft, LetterError

MAX_LINE = 998  # RFC 5322 2.1.1


def compile(draft: Draft, marks: Marks, *, boundary_seed: str) -> Skeleton:
    """The same draft and seed give the same octets, whatever the marks were. `boundary_seed`: the letter's id or key.

    Raises LetterError where a mark is missing, stands more or less often than marks.expect() counted or in a place where
    its kind has no meaning, and for header fields that may not stand in a letter."""
    fields = {f"field {number}": value for number, (_, value) in enumerate(draft.headers)}
    marks.check(
        subject=draft.subject, text=draft.text, html=draft.html or "", calendar=unfolded(draft.calendar or ""), **fields
    )
    try:
        pieces = [*head(draft, marks), b"MIME-Version: 1.0\r\n", *tree(draft, marks, boundary_seed)]
    except LetterError:
        raise
    except ValueError as error:
        raise LetterError(str(error)) from None
    return _checked(_joined(pieces))


def _joined(pieces: Iterable[bytes | Slot]) -> Skeleton:
    constants: list[list[bytes]] = [[]]
    slots: dict[Slot, int] = {}
    order: list[int] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            constants[-1].append(piece)
        else:
            order.append(slots.setdefault(piece, len(slots)))
            constants.append([])
    return Skeleton(FORMAT, tuple(b"".join(run) for run in constants), tuple(slots), tuple(order))


def _checked(skeleton: Skeleton) -> Skeleton:
    for constant in skeleton.constants:
        if not constant.isascii():
            raise LetterError("a header field that takes no encoded words holds letters beyond ASCII (FMT-5)")
        if any(len(line) > MAX_LINE for line in constant.split(b"\r\n")):
            raise LetterError("a header field of the letter has a word that is longer than a line may be")
    return skeleton

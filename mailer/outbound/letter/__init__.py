"""A letter: composed once, compiled once to bytes with slots, filled for each person in a few microseconds.

  Draft     what compose says: subject, text, HTML, header fields, calendar, pictures, with marks where people differ
  Marks     makes the marks, random for each letter, and remembers which slot and kind each stands for
  compile   Draft and Marks -> Skeleton: all MIME, all encoding, all folding happens here and only here
  Skeleton  constant octets and slots between them; to_bytes() is stored with the letter, from_bytes() reads it back
  fill      Skeleton and one person's values -> the whole message, 7-bit (but for a non-ASCII local part), CRLF, the
            same octets whenever the same values come

A part with a slot is quoted-printable and a slot stands there between two soft line breaks, encoded on its own; so nothing
constant is ever encoded again (ruling 6). Kinds of slot: header-phrase, address, text, html, url, calendar-line, block.
A `text` or `html` slot takes plain words and escapes them; a `block` takes two values, `name.text` and `name.html`, that
are finished already; a `calendar-line` takes the raw words of a content line and drops the line where they are empty.

What fill() makes is *clean*: CRLF is the only line end, no line begins with a dot, and the body has no white space that
DKIM's relaxed form would change. Signer.sign(clean=True) and Wire(clean=True) rely on it and save as many passes.

Errors: LetterError, for a letter that cannot be compiled and for values that may not be filled in (FMT-7).
"""

from __future__ import annotations

from mailer.outbound.letter.compiling import compile
from mailer.outbound.letter.filling import fill
from mailer.outbound.letter.marks import KINDS, Kind, Mark, Marks
from mailer.outbound.letter.skeleton import FORMAT, Skeleton
from mailer.outbound.letter.terms import Draft, LetterError, Picture

__all__ = ["FORMAT", "KINDS", "Draft", "Kind", "LetterError", "Mark", "Marks", "Picture", "Skeleton", "compile", "fill"]

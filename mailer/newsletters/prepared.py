"""A piece as it is understood from a mail, outside any transaction, before it has a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.meetings.agenda import titled
from mailer.message.encoded import printable
from mailer.newsletters import html as markup
from mailer.newsletters import sections
from mailer.newsletters.pictures import Offered, Picture, Taken, take

LONGEST = 100_000  # characters
_WORD = re.compile(r"\w[\w'’-]*")
_NO_SUBJECT = {"", "newsletter", "news", "piece", "article", "for the newsletter", "newsletter piece", "no subject"}


@dataclass(frozen=True)
class Prepared:
    """A piece as understood, before it has a number."""

    title: str
    section: str
    text: str
    html: str
    words: int
    pictures: tuple[Picture, ...] = ()
    missing: tuple[str, ...] = ()


def prepare(
    *,
    title: str,
    text: str,
    html: str = "",
    section: str = "",
    pictures: Sequence[Offered] = (),
    missing: tuple[str, ...] = (),
) -> Prepared:
    """Read a piece from what was mailed: pure, and not to be called inside a write (ruling 8).

    `missing` is what its reader missed already: `unread: plan.pdf`, `agreed: Ann Lee` (whose words it passes on).

    `text` is the writer's own words without quote and signature; `html` the same as markup, or empty. A title that
    says nothing ("newsletter") is missing, and the first line stands for it until somebody gives one.
    """
    plain = printable(text).replace("\r\n", "\n").strip()[:LONGEST]
    said = titled(title, "")[0]
    untitled = said.casefold().strip(" .!:-") in _NO_SUBJECT
    taken = take(pictures)
    cids = {picture.was: picture.cid for picture in taken.pictures if picture.was}
    body = markup.sanitised(html, cids) if html.strip() else ""
    shown = titled("" if untitled else said, plain)[0]
    return Prepared(
        title=shown,
        section=_section(section, said, plain),
        text=plain,
        html=body or markup.from_text(plain),
        words=len(_WORD.findall(plain)),
        pictures=taken.pictures,
        missing=_missing(untitled, plain, taken) + missing,
    )


def _section(said: str, title: str, text: str) -> str:
    """The section the writer or their words name; what would go under `other` is looked at once more."""
    named = sections.named(said)
    return named if named is not None and named != "other" else sections.section_of(title, text)


def _missing(untitled: bool, text: str, taken: Taken) -> tuple[str, ...]:
    """What an editor would ask for, a slug and a name: `title`, `text`, `caption: lab.jpg`, `too-large: hall.jpg`,
    `not-a-picture: plan.svg`."""
    missing = ["title"] if untitled else []
    if not text:
        missing.append("text")
    missing += [f"caption: {picture.name}" for picture in taken.pictures if not picture.caption]
    missing += [f"too-large: {name}" for name in taken.too_large]
    missing += [f"not-a-picture: {name}" for name in taken.not_pictures]
    return tuple(missing)

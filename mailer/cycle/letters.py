"""From matter to letters: composed once for each variant, language and format that the audience needs.

Reading, rendering and compiling happen outside any write; `store` writes down what `write` made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import Connection, select

from mailer.cycle.matter import Matter
from mailer.cycle.table import Row
from mailer.house import House
from mailer.outbound import audience, writing
from mailer.outbound.audience import Recipient
from mailer.store import insert
from mailer.store.tables import letters

PAGE = 1000  # as many as are written in a tenth of a second, for who sends waits for the first, and a reminder of its network for each
FIRST_PAGE = 100  # so that the first copies leave while the rest is still being written down


@dataclass(frozen=True)
class Composed:
    """One letter, ready to be filled."""

    variant: str
    language: str
    subject: str
    text: str
    skeleton: bytes
    fields: dict[str, Any]


class Uncomposed(Exception):
    """A letter could not be composed. Trying again does not help before its template, or what it says, is mended."""


def kind_of(reader: Recipient, matter: Matter) -> tuple[str, str]:
    """(variant, language) of the letter a reader gets; plain text is a variant too."""
    variant = matter.variant(reader)
    return (f"{variant}|plain" if reader.plain else variant), reader.language


def kinds(readers: Iterable[Recipient], matter: Matter) -> set[tuple[str, str]]:
    """The kinds of letter that these readers need."""
    return {kind_of(reader, matter) for reader in readers if matter.concerns(reader)}


def needed(session: Connection, occasion: Any, row: Row, matter: Matter, now: datetime) -> set[tuple[str, str]]:
    """The kinds of letter that the audience needs now."""
    found: set[tuple[str, str]] = set()
    after = 0
    while readers := page(session, occasion, row, now, after):
        found |= kinds(readers, matter)
        after = readers[-1].address_id
    return found


def needed_first(session: Connection, occasion: Any, row: Row, matter: Matter, now: datetime) -> set[tuple[str, str]]:
    """The kinds of letter that its first readers need; none if there is nobody to write to. What others need is composed when
    their page is written down, so that the first copy need not wait until a long audience has been read."""
    after = 0
    while readers := page(session, occasion, row, now, after, first_size()):
        if found := kinds(readers, matter):
            return found
        after = readers[-1].address_id
    return set()


def first_size() -> int:
    """How many readers a first page has, if there are as many."""
    return min(FIRST_PAGE, PAGE)


def most_common(session: Connection, occasion: Any, row: Row, matter: Matter, now: datetime) -> str:
    """The variant that most readers of the first page get: the one a proof shows."""
    found = Counter(matter.variant(reader) for reader in page(session, occasion, row, now, 0) if matter.concerns(reader))
    return found.most_common(1)[0][0] if found else ""


def page(
    session: Connection, occasion: Any, row: Row, now: datetime, after: int, limit: int | None = None
) -> list[Recipient]:
    """The next readers of an occasion, a whole page unless fewer are asked for."""
    return audience.page(
        session,
        network_id=occasion.network_id,
        audience=row.audience,
        purpose=row.purpose,
        thing_type=occasion.thing_type,
        thing_id=occasion.thing_id,
        now=now,
        after=after,
        limit=PAGE if limit is None else limit,
    )


def write(house: House, network: Any, row: Row, matter: Matter, kinds: Iterable[tuple[str, str]]) -> list[Composed]:
    """Compose one letter for each kind. Slow; never called inside a write. Raises Uncomposed."""
    made = []
    for variant, language in sorted(kinds):
        name, _, plain = variant.partition("|")
        fields = {**matter.fields, **matter.said(language), **matter.only.get(name, {})}
        try:
            letter = writing.write(
                house,
                template=f"occasions/{row.kind}",
                fields=fields,
                network=network,
                language=language,
                plain=plain == "plain",
                klass=row.purpose,
                event=matter.event,
                pictures=matter.pictures,
            )
        except (TemplateError, ValueError, LookupError, TypeError) as fault:  # of a template, or of what it is given
            raise Uncomposed(f"occasions/{row.kind} in {language}") from fault
        made.append(
            Composed(
                variant, language, letter.subject, letter.text, letter.skeleton, {**fields, "tells": list(matter.tells)}
            )
        )
    return made


def store(session: Connection, occasion: Any, row: Row, version: int, made: Iterable[Composed], now: datetime) -> None:
    """Write letters down; one that stands already (same occasion, version, variant, language) is kept."""
    for letter in made:
        statement = insert(session, letters).values(
            network_id=occasion.network_id,
            occasion_id=occasion.id,
            version=version,
            variant=letter.variant,
            language=letter.language,
            template=f"occasions/{row.kind}",
            fields=letter.fields,
            subject=letter.subject,
            skeleton=letter.skeleton,
            created_at=now,
        )
        session.execute(
            statement.on_conflict_do_nothing(index_elements=["occasion_id", "version", "variant", "language"])
        )


def stored(session: Connection, occasion_id: int, version: int) -> dict[tuple[str, str], int]:
    """Letter ids of a version by (variant, language)."""
    rows = session.execute(
        select(letters.c.id, letters.c.variant, letters.c.language).where(
            letters.c.occasion_id == occasion_id, letters.c.version == version
        )
    )
    return {(r.variant, r.language): r.id for r in rows}

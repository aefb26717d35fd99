"""What a letter encloses that is only made when the letter is composed: `fields["encloses"]` names it, by ids.

So the files of a MY DATA letter never wait in the outbox's rows as fields, and are of the moment at which it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from mailer.outbound.letter import Picture
from mailer.people import access

Files = tuple[Picture, ...]


def _my_data(session: Connection, address_id: int) -> Files:
    parts = access.collect(session, address_id)
    return (
        Picture("", "application/json", "my-data.json", access.as_json(parts)),
        Picture("", "text/csv", "my-data.csv", access.as_csv(parts)),
    )


# what `fields["encloses"]["what"]` may be -> who makes it, given the other fields of it
ENCLOSURES: Mapping[str, Callable[..., Files]] = {"my-data": _my_data}


def made(session: Connection, encloses: Mapping[str, Any] | None) -> Files:
    """The files that `fields["encloses"]` names; none if it names nothing. Reads only."""
    if not encloses:
        return ()
    args = {name: value for name, value in encloses.items() if name != "what"}
    return ENCLOSURES[encloses["what"]](session, **args)

"""Once a year each named contact is asked whether the list of their school is still right (N1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.cycle.matter import Matter, Nothing
from mailer.people import contacts


def people_check(session: Connection, occasion: Any, _now: datetime) -> Matter | Nothing:
    """A variant for each school; its people in the order of their names, numbered."""
    places = contacts.of_each_school(session, occasion.network_id)
    if not places:
        return Nothing("No school has a named contact.")
    only = {
        f"school-{number}": {
            "organisation": place,
            "people": [
                {"id": str(one.membership_id), "number": n, "name": one.name, "words": one.words}
                for n, one in enumerate(listed, 1)
            ],
            "unlisted": unlisted,
        }
        for number, (place, (listed, unlisted)) in enumerate(places.items(), 1)
    }
    variants = {fields["organisation"]: variant for variant, fields in only.items()}
    first = next(iter(only))
    return Matter(
        {"year": occasion.thing_id, **only[first]},
        variant=lambda reader: variants.get(reader.organisation, first),
        only=only,
    )

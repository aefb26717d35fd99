"""Once a year each named contact is asked whether the list of their school is still right (N1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.cycle.matter import Matter, Nothing, note
from mailer.people import contacts


def people_check(session: Connection, occasion: Any, _now: datetime) -> Matter | Nothing:
    """A variant for each school, called by what never changes; its people in the order of their names, numbered. Who is of
    none of these schools gets none of their lists."""
    places = contacts.of_each_school(session, occasion.network_id)
    if not places:
        return Nothing("No school has a named contact.")
    only = {
        f"organisation-{school.organisation_id}": {
            "organisation": place,
            "people": [
                {"id": str(one.membership_id), "number": n, "name": one.name, "words": one.words}
                for n, one in enumerate(school.listed, 1)
            ],
            "unlisted": school.unlisted,
        }
        for place, school in places.items()
    }
    variants = {fields["organisation"]: variant for variant, fields in only.items()}
    first = next(iter(only))
    return Matter(
        {"year": occasion.thing_id, "note": note(occasion), **only[first]},
        variant=lambda reader: variants[reader.organisation],
        only=only,
        concerns=lambda reader: reader.organisation in variants,
        fresh=True,
    )

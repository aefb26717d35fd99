"""A school's named contacts, and what they may see of its people: what each agreed to show to organisers and to them, and
nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailer.people import membership, profile
from mailer.people.roles import NAMED_CONTACT

SHOWN = ("job", "address")  # beside the name; a line each would be too long with more


@dataclass(frozen=True)
class Colleague:
    """One line of the yearly mail."""

    membership_id: int
    name: str
    words: str


@dataclass(frozen=True)
class School:
    """Its people who show their name, and how many others do not, its named contacts apart."""

    organisation_id: int
    listed: list[Colleague]
    unlisted: int


def of_each_school(session: Connection, network_id: int) -> dict[str, School]:
    """Each organisation with a named contact, by its name."""
    every = membership.every(session, network_id)
    places = {
        one.organisation: one.organisation_id
        for one in every
        if one.organisation_id is not None and one.organisation and NAMED_CONTACT in one.roles
    }
    shown = {one.membership_id: one.values for one in profile.shown(session, network_id, profile.ORGANISERS)}
    found: dict[str, School] = {}
    for place, organisation_id in sorted(places.items()):
        there = [one for one in every if one.organisation == place and one.person_id is not None]
        listed = [
            Colleague(one.id, said["name"], ", ".join([said["name"], *(said[f] for f in SHOWN if said.get(f))]))
            for one in there
            if (said := shown.get(one.id, {})).get("name")
        ]
        by_name = sorted(listed, key=lambda one: one.name.casefold())
        found[place] = School(organisation_id, by_name, len({one.id for one in there if NAMED_CONTACT not in one.roles} - {one.membership_id for one in listed}))
    return found

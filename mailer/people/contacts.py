"""A school's named contacts, and what they may see of its people: what each agreed to show to organisers, and nothing else."""

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


def of_each_school(session: Connection, network_id: int) -> dict[str, tuple[list[Colleague], int]]:
    """By organisation with a named contact: its people who show their name, and how many do not."""
    every = membership.every(session, network_id)
    places = {one.organisation for one in every if one.organisation and NAMED_CONTACT in one.roles}
    shown = {one.membership_id: one.values for one in profile.shown(session, network_id, profile.ORGANISERS)}
    found: dict[str, tuple[list[Colleague], int]] = {}
    for place in sorted(places):
        there = [one for one in every if one.organisation == place and one.person_id is not None]
        listed = [
            Colleague(one.id, said["name"], ", ".join([said["name"], *(said[f] for f in SHOWN if said.get(f))]))
            for one in there
            if (said := shown.get(one.id, {})).get("name")
        ]
        found[place] = sorted(listed, key=lambda one: one.name.casefold()), len(there) - len(listed)
    return found

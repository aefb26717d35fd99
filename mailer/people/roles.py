"""What people are in a network. A role counts only while it is active: it waits for the person's own confirmation."""

from __future__ import annotations

from collections.abc import Iterable

MEMBER = "member"
ORGANISER = "organiser"
GUEST = "guest"
NAMED_CONTACT = "named-contact"

# role -> what it means
ROLES: dict[str, str] = {
    MEMBER: "gets what they subscribed to",
    NAMED_CONTACT: "speaks for one school or department and keeps its details up to date",
    ORGANISER: "runs the network",
    "chair": "runs the network, and chairs its meetings",
    "vice-chair": "runs the network, and stands in for the chair",
    "secretary": "runs the network, and keeps its minutes",
    "communications": "runs the network, and sees to what it says",
    "membership": "runs the network, and sees to its people",
    "events": "runs the network, and sees to its meetings",
    "editor": "gathers the newsletter",
    GUEST: "comes to single events",
}
# the committee: proofs come to them, their SEND counts (N22)
ORGANISING = frozenset({ORGANISER, "chair", "vice-chair", "secretary", "communications", "membership", "events"})
OFFICES = tuple(role for role in ROLES if role not in (MEMBER, GUEST))  # what somebody holds, for a term or without end


def with_member(wanted: Iterable[str]) -> tuple[str, ...]:
    """What somebody new is: a member besides, but for who is only a guest, and then gets only the mail of the event."""
    named = tuple(dict.fromkeys(wanted))
    return named if named == (GUEST,) else tuple(dict.fromkeys((*named, MEMBER)))


def read(words: str) -> tuple[str, ...]:
    """Roles joined by ; or , in the table's order, without repeats. ValueError for others."""
    wanted = {"-".join(part.lower().split()) for part in words.replace(",", ";").split(";") if part.strip()}
    strange = sorted(wanted - set(ROLES))
    if strange:
        raise ValueError(f"no such role: {', '.join(strange)}; there are {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in wanted)

"""A member answers, from the address of another entry of the same name, a mail that went to them: are the two one person?

The writer says so (ALSO ME), and has shown by our tag that they read their address. The known address is asked as well, with
what would come to it afterwards; its YES merges the two (`acts.merge`), and the message that began it counts. UNDO parts them.
Another name is another person: of them nothing is offered, whatever is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, merge, questions, speak_for
from mailer.consent import ACTIVE, standing
from mailer.errors import Refused
from mailer.people import addresses, membership, merging, people, profile

ACT = "one-person"


def possible(session: Connection, new: int | None, known: int) -> bool:
    """Two people as they stand in the list, each with an address of their own, and one name."""
    if new is None or new == known:
        return False
    ours, theirs = addresses.get(session, known), addresses.get(session, new)
    if ours.person_id is None or theirs.person_id is None or ours.person_id == theirs.person_id:
        return False
    if ours.shared or theirs.shared or theirs.erased_at is not None:
        return False
    names = {people.name_of(session, one.person_id).casefold().strip() for one in (ours, theirs)}
    return len(names - {""}) == 1


def ask(session: Connection, network_id: int, inbox_id: int, new: int, known: int, *, text: str, now: datetime) -> bool:
    """Ask the known address. False if it cannot be asked."""
    args = {"inbox_id": inbox_id, "new": new}
    gets, shows = _afterwards(session, network_id, known, new)
    fields = {"address": addresses.get(session, new).address or "", "text": text, "gets": gets, "shows": shows}
    asked = questions.put(
        session, network_id, known, ACT, args, template=ACT, fields=fields, now=now, inbox_id=inbox_id
    )
    return asked is not None


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The person says that both are theirs."""
    new = int(args["new"])
    if actor.address_id is None or not possible(session, new, actor.address_id):
        sentence = "The two are no longer two entries of one name; nothing was changed."
        return Receipt("", sentence, state="refused", reason="taken")
    done = merge.merge(session, actor, actor.address_id, new, now=now)
    speak_for.again(session, int(args["inbox_id"]), speak_for.SELF)
    fields = {"address": addresses.get(session, new).address or "", "undo": done.fields["undo"]}
    return Receipt("linked", "Stood in the list twice; the two are one person now.", fields)


def _afterwards(
    session: Connection, network_id: int, known: int, new: int
) -> tuple[list[str], list[dict[str, str]] | None]:
    """What of this network would come, once for both: what either of the two has stopped stays stopped. And what of them others
    would see; none if the other entry has said nothing of that."""
    try:
        wanted = merging.plan(session, known, new)
    except Refused:
        return [], None
    here = standing.of(session, network_id, membership.main_address(session, network_id, known))
    shows = None
    for place in wanted.places:
        if place.network_id == network_id:
            here = {**here, **{purpose: becomes for purpose, (_, becomes) in place.standings.items()}}
            if place.seen:
                shows = [{"field": f, "shown": whom} for f, whom in place.seen.items() if whom != profile.NOBODY]
    return [purpose for purpose, is_now in here.items() if is_now == ACTIVE], shows

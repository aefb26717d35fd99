"""Make an issue of the newsletter, ask for its proof now, or send it as it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, Strength, promise, send, who
from mailer.cycle import outlook, plan, proofing
from mailer.errors import Conflict, Refused
from mailer.newsletters import assembly, issues
from mailer.newsletters.issues import Issue
from mailer.people import formats, networks
from mailer.store.tables import occasions


def make(
    session: Connection, actor: Actor, *, publishes_at: datetime, copy_at: datetime | None = None, now: datetime
) -> Receipt:
    """Make an issue and plan its mails. Refused for a time that has passed (but from IT)."""
    who.check_organises(session, actor)
    zone = networks.by_id(session, actor.network_id).timezone
    if publishes_at <= now and actor.strength < Strength.OPERATOR:
        raise Refused("issue-in-the-past", f"{formats.brief(publishes_at, zone)} has passed.", "Please check the date.")
    issue = issues.add(session, actor.network_id, publishes_at=publishes_at, copy_at=copy_at, now=now)
    plan.refresh(session, actor.network_id, now)
    if issues.collecting(session, actor.network_id, now) is not None:
        promise.handled_again(session, actor.network_id)
    return Receipt(
        "issue-made",
        f"made issue {issue.number}, out on {formats.brief(issue.publishes_at, zone)}",
        {
            "issue": issues.facts(issue, zone),
            "occasions": outlook.to_come(session, actor.network_id, now, thing=("issue", issue.id)),
            "busiest": outlook.busiest(session, actor.network_id, now),
        },
    )


def proof(session: Connection, actor: Actor, issue_id: int, *, now: datetime) -> Receipt:
    """Have the proof of an issue sent to the organisers now, as it stands. Conflict when it is on its way."""
    who.check_organises(session, actor)
    issue = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, issue)
    occasion_id = _occasion(session, issue, now)
    proofing.new_version(session, occasion_id, changed_by=None, now=now)
    return Receipt("", f"the proof of issue {issue.number} goes to the organisers now", {"occasion": occasion_id})


def send_as_it_stands(
    session: Connection, actor: Actor, issue_id: int, *, at_once: bool = False, now: datetime
) -> Receipt:
    """Approve an issue without a proof: it goes at its publishing time, or now. Refused while no piece is in."""
    who.check_organises(session, actor)
    issue = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, issue)
    if not assembly.has_matter(session, issue_id):
        raise Refused("no-pieces", f"No piece has come in for issue {issue.number} yet, so there is nothing to send.")
    goes_at = send.as_it_stands(session, actor, _occasion(session, issue, now), at_once=at_once, now=now)
    zone = networks.by_id(session, actor.network_id).timezone
    return Receipt(
        "", f"issue {issue.number} goes out at {formats.brief(goes_at, zone)}", {"goes": formats.iso(goes_at, zone)}
    )


def _check_to_come(session: Connection, issue: Issue) -> None:
    state = issues.state(session, issue)
    if state in ("sending", "sent"):
        raise Conflict(f"Issue {issue.number} is {'on its way' if state == 'sending' else 'out'} already.")


def _occasion(session: Connection, issue: Issue, now: datetime) -> int:
    """The occasion that sends an issue, planned now if it is not. Conflict when its time has passed."""
    query = select(occasions.c.id).where(
        occasions.c.thing_type == "issue", occasions.c.thing_id == issue.id, occasions.c.kind == "issue"
    )
    found = session.execute(query).scalar()
    if found is None:
        plan.refresh(session, issue.network_id, now)
        found = session.execute(query).scalar()
    if found is None:
        raise Conflict(f"The time of issue {issue.number} has passed.", "Make another with: termpost issue add")
    return int(found)

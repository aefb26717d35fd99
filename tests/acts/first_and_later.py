"""Every act that can be taken back, with a later one of the same kind: the table of `test_undone_later`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from mailer.acts import (
    Actor,
    Receipt,
    Strength,
    action,
    answer,
    correct,
    details,
    feedback,
    gone,
    issue,
    keep,
    leave,
    link_address,
    meet,
    merge,
    minutes,
    office,
    pause,
    preferences,
    privacy_complaint,
    promise,
    share,
    submit_item,
    submit_piece,
    withdraw,
)
from mailer.consent import ACTIVE, standing
from mailer.consent.standing import Proof
from mailer.meetings import actions, agenda, meetings, responses
from mailer.meetings import feedback as feedbacks
from mailer.meetings import minutes as kept
from mailer.meetings.minutes import ActionLine
from mailer.newsletters import issues, pieces, promises
from mailer.newsletters.prepared import prepare
from mailer.people import addresses, people, profile
from mailer.store.tables import addresses as address_rows
from mailer.store.tables import memberships, privacy_complaints, roles, undos
from tests.acts.conftest import HASHER, NOW, Place

HOUR = timedelta(hours=1)
STARTS = NOW + timedelta(days=90)
Act = Callable[[Actor, datetime], Receipt]


class Scene:
    """Jane, a member, and Ann, who organises; what the rows of the table below begin with."""

    def __init__(self, place: Place) -> None:
        self.place, self.session, self.network = place, place.session, place.network.id
        self.jane = place.member("jane@hill.school.example", "Jane Doe", purposes=("meetings", "newsletter", "discussion"))
        self.ann = place.member("ann@hill.school.example", "Ann Lee", roles=("organiser",))

    def meeting(self, starts: datetime = STARTS) -> int:
        made = meetings.add(self.session, self.network, starts_at=starts, ends_at=starts + 2 * HOUR, venue="Hill", now=NOW)
        return made.id

    def item(self) -> int:
        done = submit_item.submit_item(self.session, self.place.actor(self.jane), title="Balances", text="Ten minutes.", now=NOW)
        return int(undo_args(self, done)["item_ids"][0])

    def issue(self) -> int:
        return issues.add(self.session, self.network, publishes_at=STARTS, now=NOW).id

    def stands(self) -> dict[str, str]:
        return standing.of(self.session, self.network, self.jane)

    def again(self, purpose: str, now: datetime) -> None:
        proof = Proof("consent", "keep", "mail")
        standing.change(
            self.session, network_id=self.network, address_id=self.jane, purpose=purpose, to=ACTIVE, proof=proof, now=now
        )

    def member(self) -> Any:
        return self.session.execute(select(memberships).where(memberships.c.address_id == self.jane)).one()


def undo_args(scene: Scene, receipt: Receipt) -> Any:
    return scene.session.execute(select(undos.c.args).where(undos.c.id == receipt.fields["undo"])).scalar_one()


class Row:
    """`acts`: the first and the later one; `between`: what the person said meanwhile; `stands`: what is looked at."""

    def __init__(
        self, first: Act, later: Act, stands: Callable[[], Any], *, by_ann: bool = False, between: Callable[[datetime], Any] | None = None
    ) -> None:
        self.first, self.later, self.stands, self.by_ann = first, later, stands, by_ann
        self.between = between


def _leave(s: Scene) -> Row:
    def stop(actor: Actor, now: datetime) -> Receipt:
        return leave.some(s.session, actor, ["meetings"], now=now, act="one-click")

    return Row(stop, stop, s.stands, between=lambda now: s.again("meetings", now))


def _complained(s: Scene) -> Row:
    row = _leave(s)
    return Row(row.first, lambda a, now: leave.some(s.session, a, ["meetings"], now=now, act="complaint"), row.stands, between=row.between)


def _keep(s: Scene) -> Row:
    def begin(actor: Actor, now: datetime) -> Receipt:
        return keep.keep(s.session, actor, ["exchange"], now=now)

    def stop(now: datetime) -> None:
        leave.some(s.session, s.place.actor(s.jane), ["exchange"], now=now)

    return Row(begin, begin, s.stands, between=stop)


def _preference(s: Scene, *values: bool) -> Row:
    first, between, later = values

    def change(value: bool) -> Act:
        return lambda actor, now: preferences.digest(s.session, actor, value, now=now)

    middle = change(between)
    return Row(change(first), change(later), lambda: s.member().digest, between=lambda now: middle(s.place.actor(s.jane), now))


def _pause(s: Scene, later: date) -> Row:
    def rest(until: date) -> Act:
        return lambda actor, now: pause.pause(s.session, actor, until, now=now)

    middle = rest(date(2027, 6, 1))
    return Row(
        rest(date(2027, 2, 1)), rest(later), lambda: s.member().paused_until, between=lambda now: middle(s.place.actor(s.jane), now)
    )


def _details(s: Scene) -> Row:
    def say(**wanted: str) -> Act:
        return lambda actor, now: details.change(s.session, actor, wanted, now=now)

    def stands() -> Any:
        member = details._member(s.session, s.place.actor(s.jane))
        assert member is not None
        return profile.values(s.session, member)

    return Row(say(job="Technician"), say(job="Senior technician"), stands)


def _share(s: Scene) -> Row:
    def show(whom: str) -> Act:
        return lambda actor, now: share.share(s.session, actor, {"name": whom}, now=now)

    show("members")(s.place.actor(s.jane, Strength.CONFIRM), NOW - HOUR)
    return Row(
        show("nobody"),
        show("nobody"),
        lambda: profile.audiences(s.session, s.network, s.jane),
        between=lambda now: show("organisers")(s.place.actor(s.jane, Strength.CONFIRM), now),
    )


def _answer(s: Scene) -> Row:
    meeting = s.meeting()

    def say(word: str) -> Act:
        return lambda actor, now: answer.answer(s.session, actor, meeting, answer=word, now=now)

    def stands() -> str:
        found = responses.current(s.session, meeting, s.jane)
        return found.answer if found else ""

    return Row(say("yes"), say("no"), stands)


def _item(s: Scene) -> Row:
    def send(title: str) -> Act:
        return lambda actor, now: submit_item.submit_item(s.session, actor, title=title, text="", now=now)

    def stands() -> list[str]:
        return [one.state for one in agenda.waiting(s.session, s.network) if one.title == "Later" and one.state != "withdrawn"]

    return Row(send("Balances"), send("Later"), stands)


def _piece(s: Scene) -> Row:
    s.issue()

    def send(title: str) -> Act:
        return lambda actor, now: submit_piece.submit_piece(s.session, actor, prepare(title=title, text="Boil it."), now=now)

    def stands() -> list[str]:
        made = issues.collecting(s.session, s.network, NOW)
        assert made is not None
        return [one.state for one in pieces.of_issue(s.session, made) if one.title == "Later" and one.state != "withdrawn"]

    return Row(send("Agar"), send("Later"), stands)


def _correct(s: Scene, first: dict[str, Any], later: dict[str, Any]) -> Row:
    item = s.item()

    def put(values: dict[str, Any]) -> Act:
        return lambda actor, now: correct.item(s.session, actor, item, now=now, **values)

    return Row(put(first), put(later), lambda: [getattr(agenda.get(s.session, item), name) for name in later])


def _deferred(s: Scene) -> Row:
    s.meeting()
    item = s.item()
    return Row(
        lambda actor, now: correct.item_to_next(s.session, actor, item, now=now),
        lambda actor, now: correct.item(s.session, actor, item, title="Balances, all of them", now=now),
        lambda: [(one.title, one.state) for one in agenda.waiting(s.session, s.network) if one.state == "open"],
    )


def _corrected_piece(s: Scene) -> Row:
    s.issue()
    sent = submit_piece.submit_piece(s.session, s.place.actor(s.jane), prepare(title="Agar", text="Boil it."), now=NOW)
    piece = int(undo_args(s, sent)["piece_id"])

    def put(words: str) -> Act:
        def do(actor: Actor, now: datetime) -> Receipt:
            done = correct.piece_in_words(s.session, actor, piece, words, None, now=now)
            assert done is not None
            return done

        return do

    return Row(put("TITLE: Agar without tears"), put("TITLE: Agar again"), lambda: pieces.get(s.session, piece).title)


def _withdraw(s: Scene) -> Row:
    one, other = s.item(), s.item()

    def take_off(item: int) -> Act:
        return lambda actor, now: withdraw.item(s.session, actor, item, now=now)

    return Row(take_off(one), take_off(other), lambda: agenda.get(s.session, other).state)


def _promise(s: Scene) -> Row:
    s.issue()

    def by(day: date) -> Act:
        return lambda actor, now: promise.promise(s.session, actor, title="Fume cupboards", by=day, now=now)

    def stands() -> list[Any]:
        made = issues.collecting(s.session, s.network, NOW)
        assert made is not None
        return [(one.by_on, one.state) for one in promises.of_address(s.session, made.id, s.jane)]

    return Row(by(date(2027, 1, 8)), by(date(2027, 1, 15)), stands)


def _feedback(s: Scene) -> Row:
    meeting = s.meeting(NOW - 3 * HOUR)

    def say(score: int) -> Act:
        return lambda actor, now: feedback.feedback(s.session, actor, meeting, score=score, now=now)

    return Row(say(4), say(2), lambda: feedbacks.of(s.session, meeting, s.jane))


def _action(s: Scene) -> Row:
    made = actions.add(s.session, s.network, owner="Jane Doe", text="Buy tea", due_on=date(2027, 1, 1), meeting_id=None, now=NOW)

    def until(day: date) -> Act:
        return lambda actor, now: action.more_time(s.session, actor, made.id, until=day, now=now)

    return Row(until(date(2027, 2, 1)), until(date(2027, 3, 1)), lambda: actions.get(s.session, made.id).due_on, by_ann=True)


def _noted(s: Scene) -> Row:
    made = actions.add(s.session, s.network, owner="Jane Doe", text="Buy tea", due_on=date(2027, 1, 1), meeting_id=None, now=NOW)
    return Row(
        lambda actor, now: action.more_time(s.session, actor, made.id, until=date(2027, 2, 1), now=now),
        lambda actor, now: action.note(s.session, actor, made.id, text="Asked the shop.", now=now),
        lambda: actions.get(s.session, made.id).outcome,
        by_ann=True,
    )


def _meet(s: Scene, first: dict[str, Any], later: dict[str, Any]) -> Row:
    meeting = s.meeting()

    def move(values: dict[str, Any]) -> Act:
        return lambda actor, now: meet.move(s.session, actor, meeting, now=now, **values)

    def stands() -> Any:
        now_is = meetings.get(s.session, meeting)
        return [getattr(now_is, name) for name in later], now_is.state

    return Row(move(first), move(later), stands, by_ann=True)


def _called_off(s: Scene) -> Row:
    meeting = s.meeting()
    return Row(
        lambda actor, now: meet.move(s.session, actor, meeting, venue="Mill", now=now),
        lambda actor, now: meet.cancel(s.session, actor, meeting, now=now),
        lambda: meetings.get(s.session, meeting).state,
        by_ann=True,
    )


def _made(s: Scene) -> Row:
    def make(actor: Actor, now: datetime) -> Receipt:
        return meet.make(s.session, actor, starts_at=STARTS, ends_at=STARTS + HOUR, venue="Hill", now=now)

    def move(actor: Actor, now: datetime) -> Receipt:
        [only] = meetings.listing(s.session, s.network)
        return meet.move(s.session, actor, only.id, venue="Mill", now=now)

    return Row(make, move, lambda: [one.state for one in meetings.listing(s.session, s.network) if one.state == "planned"], by_ann=True)


def _minutes(s: Scene) -> Row:
    meeting = s.meeting(NOW - 3 * HOUR)

    def mail(text: str) -> Act:
        lines = [ActionLine("Jane", "Buy tea", date(2027, 1, 8))]
        return lambda actor, now: minutes.minutes(s.session, actor, text=text, action_lines=lines, meeting_id=meeting, now=now)

    def stands() -> Any:
        newest = kept.latest(s.session, meeting)
        return newest and newest.text, [one.text for one in actions.open(s.session, s.network)]

    return Row(mail("Tea."), mail("Tea and cake."), stands, by_ann=True)


def _issue(s: Scene) -> Row:
    made = s.issue()

    def move(days: int) -> Act:
        return lambda actor, now: issue.move(s.session, actor, made, publishes_at=STARTS + timedelta(days=days), now=now)

    return Row(move(7), move(14), lambda: issues.get(s.session, made).publishes_at, by_ann=True)


def _issue_off(s: Scene) -> Row:
    made = s.issue()
    return Row(
        lambda actor, now: issue.move(s.session, actor, made, publishes_at=STARTS + timedelta(days=7), now=now),
        lambda actor, now: issue.call_off(s.session, actor, made, now=now),
        lambda: issues.state(s.session, issues.get(s.session, made)) == issues.CALLED_OFF,
        by_ann=True,
    )


def _gone(s: Scene) -> Row:
    def say(actor: Actor, now: datetime) -> Receipt:
        return gone.confirmed(s.session, actor, {"membership_id": s.member().id, "how": "left"}, now=now)

    def back(now: datetime) -> None:
        keep.keep(s.session, s.place.actor(s.jane, Strength.CONFIRM), ["meetings"], now=now)

    return Row(say, say, lambda: (s.stands(), s.member().ended_at is None), by_ann=True, between=back)


def _merge(s: Scene) -> Row:
    """Taken back as two, whatever was decided since: the newsletter that was left stays left at both."""
    other = s.place.member("jane@home.example", "Jane Doe")

    def one(actor: Actor, now: datetime) -> Receipt:
        return merge.merge(s.session, actor, s.jane, other, now=now)

    return Row(one, lambda a, now: leave.some(s.session, a, ["newsletter"], now=now), lambda: s.stands()["newsletter"])


def _office(s: Scene) -> Row:
    def give(until: datetime) -> Act:
        change = {"kind": "give", "membership_id": s.member().id, "roles": ["archivist"], "until": until.isoformat(), "from": None}
        return lambda actor, now: office.carry_out(s.session, actor, [change], now=now)

    s.session.execute(roles.insert().values(membership_id=s.member().id, role="archivist", active=True, since=NOW))
    held = select(roles.c.until).where(roles.c.membership_id == s.member().id, roles.c.role == "archivist")
    return Row(
        give(NOW + timedelta(days=100)), give(NOW + timedelta(days=200)), lambda: s.session.execute(held).scalar_one(), by_ann=True
    )


def _privacy_complaint(s: Scene) -> Row:
    words = privacy_complaint.Words("My data", "Who has it?", proven=True)
    asker = s.place.actor(s.jane, inbox_id=s.place.message())
    how: dict[str, Any] = {"operator": None, "hasher": HASHER}
    privacy_complaint.begin(s.session, asker, words, address_id=s.jane, hidden=False, may_answer=False, now=NOW, **how)
    row = s.session.execute(select(privacy_complaints)).one()

    def close(actor: Actor, now: datetime) -> Receipt:
        by = replace(actor, inbox_id=s.place.message())
        return privacy_complaint.answer(s.session, by, row.id, "", "", now=now)

    def more(now: datetime) -> None:
        privacy_complaint.goes_on(s.session, replace(asker, inbox_id=s.place.message()), words, row.id, now=now, **how)

    closed = select(privacy_complaints.c.answered_at)
    return Row(close, close, lambda: s.session.execute(closed).scalar_one() is not None, by_ann=True, between=more)


def _link(s: Scene) -> Row:
    """Linked, and given to somebody else by IT since."""
    new = addresses.find_or_add(s.session, "jane@home.example", hasher=HASHER, now=NOW).id

    def link(actor: Actor, now: datetime) -> Receipt:
        return link_address.confirmed(s.session, actor, {"new": new, "inbox_id": s.place.message()}, now=now)

    def elsewhere(actor: Actor, now: datetime) -> Receipt:
        other = people.add(s.session, name="Joan Roe", now=now)
        s.session.execute(address_rows.update().where(address_rows.c.id == new).values(person_id=other))
        return Receipt("", "")

    owner = select(address_rows.c.person_id).where(address_rows.c.id == new)
    return Row(link, elsewhere, lambda: s.session.execute(owner).scalar_one())


TABLE: dict[str, Callable[[Scene], Row]] = {
    "leave": _leave,
    "leave: a complaint": _complained,
    "keep": _keep,
    "preference": lambda s: _preference(s, True, False, True),
    "preference: another": lambda s: _preference(s, True, True, False),
    "pause": lambda s: _pause(s, date(2027, 9, 1)),
    "pause: the same day": lambda s: _pause(s, date(2027, 2, 1)),
    "details": _details,
    "share": _share,
    "answer": _answer,
    "submit_item": _item,
    "submit_piece": _piece,
    "correct": lambda s: _correct(s, {"title": "All balances"}, {"title": "No balances"}),
    "correct: something else": lambda s: _correct(s, {"title": "All balances"}, {"minutes": 20}),
    "correct: put off": _deferred,
    "correct: a piece": _corrected_piece,
    "withdraw": _withdraw,
    "promise": _promise,
    "feedback": _feedback,
    "action": _action,
    "action: something else": _noted,
    "meet": lambda s: _meet(s, {"starts_at": STARTS + HOUR}, {"starts_at": STARTS + HOUR * 1.5}),
    "meet: something else": lambda s: _meet(s, {"venue": "Mill"}, {"starts_at": STARTS + HOUR}),
    "meet: called off": _called_off,
    "meet: made": _made,
    "minutes": _minutes,
    "issue": _issue,
    "issue: called off": _issue_off,
    "merge": _merge,
    "gone": _gone,
    "office": _office,
    "data-complaint": _privacy_complaint,
    "link-address": _link,
}
PARTS = {  # the later act is about something else: what it did stands, and what the first did is taken back
    "submit_item",
    "submit_piece",
    "correct: something else",
    "withdraw",
    "action: something else",
    "meet: something else",
}

"""Sending in pieces, promising them, putting them right; making and sending issues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from mailer.acts import Actor, Strength, correct, issue, promise, submit_piece, undo, withdraw
from mailer.cycle import plan
from mailer.errors import Conflict, Refused
from mailer.newsletters import issues, pieces, promises
from mailer.newsletters.pictures import Offered
from mailer.newsletters.prepared import prepare
from mailer.store.tables import occasions
from tests.acts.conftest import NOW, Place
from tests.acts.rendering import read
from tests.newsletters import images

OUT = datetime(2027, 4, 12, 8, 0, tzinfo=UTC)
AGAR = prepare(
    title="Agar without tears", text="Boil it twice.", pictures=[Offered(images.jpeg(800, 600), "lab.jpg")]
)


def operator(place: Place) -> Actor:
    return Actor(place.network.id, None, None, Strength.OPERATOR, "cli")


def issue_of(place: Place) -> issues.Issue:
    receipt = issue.make(place.session, operator(place), publishes_at=OUT, now=NOW)
    return issues.get(place.session, int(receipt.fields["issue"]["id"]))


@pytest.fixture
def dawn(place: Place) -> Actor:
    member = place.member("dawn@school.example", "Dawn Price")
    return Actor(place.network.id, member, None, Strength.TAG, "mail", name="Dawn Price")


def test_a_piece_is_acknowledged_with_what_was_understood(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    receipt = submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    text = read(receipt, place.network)
    assert "newsletter 1, which goes out on Monday 12 April 2027" in text
    assert "From the prep room" in text
    assert "3 words" in text
    assert "A line that says what is on the picture lab.jpg" in text
    assert [one.person for one in pieces.of_issue(place.session, made)] == ["Dawn Price"]
    withdrawn = undo.redeem(place.session, dawn, receipt.fields["undo"], now=NOW)
    assert withdrawn.template == "undone"
    assert [one.state for one in pieces.of_issue(place.session, made)] == ["withdrawn"]


def test_a_piece_without_an_issue_waits(place: Place, dawn: Actor) -> None:
    receipt = submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    assert "kept for the next newsletter" in read(receipt, place.network)
    assert [one.title for one in pieces.of_issue(place.session, issue_of(place))] == ["Agar without tears"]


def test_a_guests_piece_is_held(place: Place) -> None:
    """Ruling 1."""
    made = issue_of(place)
    place.member("chair@school.example", "Ann Lee", roles=("organiser",))
    guest = Actor(place.network.id, None, None, Strength.UNKNOWN, "mail", name="Rep")
    receipt = submit_piece.submit_piece(place.session, guest, AGAR, now=NOW)
    assert (receipt.template, receipt.state, receipt.held_for) == ("guest", "held", "Ann Lee")
    assert pieces.of_issue(place.session, made) == []
    read(receipt, place.network)
    submit_piece.submit_piece(place.session, guest, AGAR, vouched=True, now=NOW)
    assert len(pieces.of_issue(place.session, made)) == 1


def test_an_empty_mail_is_no_piece(place: Place, dawn: Actor) -> None:
    with pytest.raises(Refused, match="nothing in your mail"):
        submit_piece.submit_piece(place.session, dawn, prepare(title="x", text=""), now=NOW)


def test_a_promise_is_kept_by_the_piece(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    promised = promise.promise(place.session, dawn, title="Agar", now=NOW)
    assert "Agar" in read(promised, place.network)
    receipt = submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    assert receipt.fields["promised"] == "Agar"
    assert promises.open_for(place.session, made.id) == []
    undo.redeem(place.session, dawn, receipt.fields["undo"], now=NOW)
    assert [one.title for one in promises.open_for(place.session, made.id)] == ["Agar"]


def test_a_promise_can_be_dropped_and_kept_after_all(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    promise.promise(place.session, dawn, title="Agar", now=NOW)
    (open_one,) = promises.open_for(place.session, made.id)
    dropped = promise.drop(place.session, dawn, open_one.id, now=NOW)
    assert "no longer wait" in read(dropped, place.network)
    assert promises.open_for(place.session, made.id) == []
    undo.redeem(place.session, dawn, dropped.fields["undo"], now=NOW)
    assert promises.open_for(place.session, made.id) == [open_one]


def test_a_promise_without_an_issue_waits_and_a_strangers_is_none(place: Place, dawn: Actor) -> None:
    assert promise.promise(place.session, dawn, title="Agar", now=NOW).template == "promise-waits"
    stranger = Actor(place.network.id, None, None, Strength.UNKNOWN, "mail")
    with pytest.raises(Refused, match="Only members"):
        promise.promise(place.session, stranger, title="Agar", now=NOW)


def test_a_piece_is_put_right_in_parts_and_whole(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    (piece,) = pieces.of_issue(place.session, made)
    reply = "Hi,\ntitle: Agar, twice boiled\nSection: ideas\ncaption lab.jpg: Plates\nThanks"
    parts = correct.piece_in_words(place.session, dawn, piece.id, reply, None, now=NOW)
    assert parts is not None
    assert parts.fields["piece"]["missing"] == []
    assert "Ideas for next time" in read(parts, place.network)
    whole = correct.piece(place.session, dawn, piece.id, prepare(title="New", text="Boil it thrice."), now=NOW)
    assert whole.fields["piece"]["title"] == "New"
    assert whole.fields["piece"]["pictures"] == 1, "pictures stay unless new ones came"
    undo.redeem(place.session, dawn, whole.fields["undo"], now=NOW)
    back = pieces.get(place.session, piece.id)
    assert (back.title, back.text, back.section) == ("Agar, twice boiled", "Boil it twice.", "ideas")


def test_a_few_words_never_take_the_place_of_a_piece(place: Place, dawn: Actor) -> None:
    """Contract 2: what is not certain is for a person; the whole mailed again is a new version under the old title."""
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    (piece,) = pieces.of_issue(place.session, made)
    few = prepare(title="Re: Thank you for your piece", text="Could you cut the second half?")
    assert correct.piece_in_words(place.session, dawn, piece.id, few.text, few, now=NOW) is None
    long = prepare(title="Re: Thank you for your piece", text="Boil it three times. " * 10)
    receipt = correct.piece_in_words(place.session, dawn, piece.id, long.text, long, now=NOW)
    assert receipt is not None
    assert receipt.fields["piece"]["title"] == "Agar without tears"
    assert receipt.fields["piece"]["words"] == 40
    with pytest.raises(Refused, match="no section"):
        correct.piece_in_words(place.session, dawn, piece.id, "section: gardening", None, now=NOW)


def test_withdrawing_a_piece(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    (piece,) = pieces.of_issue(place.session, made)
    other = place.actor(place.member("huw@school.example", "Huw"))
    with pytest.raises(Refused, match="somebody else"):
        withdraw.piece(place.session, other, piece.id, now=NOW)
    receipt = withdraw.piece(place.session, dawn, piece.id, now=NOW)
    read(receipt, place.network)
    assert withdraw.piece(place.session, dawn, piece.id, now=NOW).template == "done-already"
    with pytest.raises(Refused, match="was withdrawn"):
        correct.piece_in_words(place.session, dawn, piece.id, "title: New", None, now=NOW)


def test_an_issue_on_its_way_is_not_changed(place: Place, dawn: Actor) -> None:
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    (piece,) = pieces.of_issue(place.session, made)
    place.session.execute(occasions.update().where(occasions.c.kind == "issue").values(state="queued"))
    with pytest.raises(Refused, match="gone out"):
        withdraw.piece(place.session, dawn, piece.id, now=NOW)
    with pytest.raises(Refused, match="gone out"):
        correct.piece(place.session, dawn, piece.id, AGAR, now=NOW)
    with pytest.raises(Conflict, match="on its way"):
        issue.send_as_it_stands(place.session, operator(place), made.id, now=NOW)


def test_an_issue_is_proofed_or_sent_at_a_word(place: Place, dawn: Actor) -> None:
    """Contract 3: `issue send` approves as it stands, at its publishing time or at once."""
    made = issue_of(place)
    with pytest.raises(Refused, match="No piece"):
        issue.send_as_it_stands(place.session, operator(place), made.id, now=NOW)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    issue.proof(place.session, operator(place), made.id, now=NOW)
    row = select(occasions).where(occasions.c.kind == "issue")
    assert place.session.execute(row).one().proof_at == NOW
    receipt = issue.send_as_it_stands(place.session, operator(place), made.id, now=NOW)
    assert receipt.fields["goes"] == "2027-04-12T09:00:00+01:00"
    assert issues.state(place.session, made) == "approved"
    issue.send_as_it_stands(place.session, operator(place), made.id, at_once=True, now=NOW + timedelta(hours=1))
    assert place.session.execute(row).one().due_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("at_once", [False, True])
def test_an_issue_that_was_to_go_as_it_stands_and_is_moved_goes_so_on_the_new_day(place: Place, dawn: Actor, at_once: bool) -> None:
    """The later word counts, also for what was to go at once and has not begun."""
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    issue.send_as_it_stands(place.session, operator(place), made.id, at_once=at_once, now=NOW)
    olive = Actor(place.network.id, place.member("olive@school.example", "Olive", roles=("organiser",)), None, Strength.TAG, "mail")
    moved = issue.move(place.session, olive, made.id, publishes_at=OUT + timedelta(days=20), now=NOW)

    def stands() -> tuple[datetime, str, datetime | None, str]:
        row = place.session.execute(select(occasions).where(occasions.c.kind == "issue")).one()
        return row.due_at, row.mode, row.proof_at, issues.state(place.session, made)

    assert stands() == (OUT + timedelta(days=20), "auto", None, "approved")
    plan.refresh(place.session, place.network.id, NOW)
    assert stands() == (OUT + timedelta(days=20), "auto", None, "approved")
    undo.redeem(place.session, olive, moved.fields["undo"], now=NOW)
    assert stands() == (OUT, "auto", None, "approved")


def test_an_issue_that_was_missed_is_not_said_to_go(place: Place, dawn: Actor) -> None:
    """It is called off, and what was sent in goes into another."""
    made = issue_of(place)
    submit_piece.submit_piece(place.session, dawn, AGAR, now=NOW)
    now = OUT + timedelta(days=9)
    of_it = occasions.update().where(occasions.c.kind == "issue")
    place.session.execute(of_it.values(state="missed", finished_at=now))
    for does in (
        lambda: issue.move(place.session, operator(place), made.id, publishes_at=now + timedelta(days=30), now=now),
        lambda: issue.proof(place.session, operator(place), made.id, now=now),
        lambda: issue.send_as_it_stands(place.session, operator(place), made.id, at_once=True, now=now),
    ):
        with pytest.raises(Refused, match="Newsletter 1 does not go out any more"):
            does()
    assert issues.get(place.session, made.id) == made
    issue.call_off(place.session, operator(place), made.id, now=now)
    receipt = issue.make(place.session, operator(place), publishes_at=now + timedelta(days=30), now=now)
    another = issues.get(place.session, int(receipt.fields["issue"]["id"]))
    assert [one.title for one in pieces.of_issue(place.session, another)] == ["Agar without tears"]


def test_only_organisers_make_issues(place: Place, dawn: Actor) -> None:
    with pytest.raises(Refused, match="Only organisers"):
        issue.make(place.session, dawn, publishes_at=OUT, now=NOW)

"""Issues: where a piece goes, what is held over, and the tree that is printed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from mailer.consent import ACTIVE, standing
from mailer.errors import Refused
from mailer.meetings import actions, meetings
from mailer.newsletters import assembly, issues, pieces, printing, promises, sections
from mailer.newsletters.issues import Issue
from mailer.newsletters.pictures import Offered
from mailer.newsletters.prepared import prepare
from mailer.store import add
from mailer.store.tables import memberships, networks, occasions
from tests.acts.conftest import IMPORTED, NOW, Place
from tests.newsletters import images

OUT = datetime(2027, 4, 12, 8, 0, tzinfo=UTC)  # 09:00 in London


def issue_of(place: Place, publishes: datetime = OUT, copy: datetime | None = None) -> Issue:
    return issues.add(place.session, place.network.id, publishes_at=publishes, copy_at=copy, now=NOW)


def piece_of(place: Place, title: str, text: str = "Some words.", now: datetime = NOW, **values: str) -> pieces.Piece:
    prepared = prepare(title=title, text=text, **values)
    return pieces.submit(place.session, place.network.id, prepared, person="Jane Doe", now=now)


def occasion(place: Place, issue: Issue, **values: object) -> None:
    said = {"state": "proofed", "version": 1} | values
    add(
        place.session,
        occasions,
        network_id=place.network.id,
        kind="issue",
        thing_type="issue",
        thing_id=issue.id,
        due_at=OUT,
        until_at=OUT + timedelta(days=7),
        mode="proof",
        created_at=NOW,
        **said,
    )


def test_copy_closes_two_weeks_before_unless_set(place: Place) -> None:
    assert issue_of(place).copy_at == datetime(2027, 3, 29, 8, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="copy date"):
        issue_of(place, copy=OUT)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"state": "planned", "version": 0}, "collecting"),
        ({"state": "proofed"}, "proofed"),
        ({"state": "waiting"}, "proofed"),
        ({"state": "proofed", "approved_version": 1}, "approved"),
        ({"state": "proofed", "version": 2, "approved_version": 1}, "proofed"),
        ({"state": "planned", "version": 0, "extra": {"as_it_stands": True}}, "approved"),
        ({"state": "queued", "approved_version": 1}, "sending"),
        ({"state": "sent", "approved_version": 1}, "sent"),
        ({"state": "held"}, "held"),
        ({"state": "cancelled"}, "collecting"),
    ],
)
def test_the_state_is_that_of_its_occasion(place: Place, row: dict[str, object], state: str) -> None:
    """Contract 3: collecting, proofed, approved, sending, sent, held."""
    issue = issue_of(place)
    occasion(place, issue, **row)
    assert issues.state(place.session, issue) == state


def test_a_late_piece_is_held_over_for_the_next_issue(place: Place) -> None:
    issue = issue_of(place)
    assert piece_of(place, "In time", now=issue.copy_at).state == "in"
    assert piece_of(place, "In the days of grace", now=issue.copy_at + timedelta(days=2)).state == "in"
    late = piece_of(place, "Late", now=issue.copy_at + timedelta(days=4))
    assert (late.state, late.issue_id) == ("held-over", None)
    shown = [(one["title"], one["state"]) for one in pieces.show(place.session, issue)]
    assert shown[-1] == ("Late", "held-over")
    after = issue_of(place, OUT + timedelta(days=90))
    assert [(one.title, one.state, one.number) for one in pieces.of_issue(place.session, after)] == [("Late", "in", 1)]


def test_contract_3_numbers_are_unique_in_what_is_shown(place: Place) -> None:
    """What waits is shown beside the newest issue and counted with it; a number given stays what it was."""
    issue = issue_of(place)
    first, second = piece_of(place, "First"), piece_of(place, "Second")
    pieces.hold_over(place.session, first)
    piece_of(place, "Third")
    dawn = place.member("dawn@school.example", "Dawn Price")
    promises.make(place.session, issue.id, dawn, "Gas taps", now=NOW)
    piece_of(place, "Late", now=issue.copy_at + timedelta(days=4))
    shown = [(one["number"], one["title"]) for one in pieces.show(place.session, issue)]
    assert shown == [(2, "Second"), (3, "First"), (4, "Third"), (5, "Gas taps"), (6, "Late")]
    assert pieces.get(place.session, second.id).number == 2
    after = issue_of(place, OUT + timedelta(days=90))
    assert [(one["number"], one["title"]) for one in pieces.show(place.session, after)] == [(1, "First"), (2, "Late")]


def test_the_first_piece_is_never_too_late(place: Place) -> None:
    """Without it there would be nothing to print."""
    issue = issue_of(place)
    late = issue.copy_at + timedelta(days=9)
    assert piece_of(place, "At last", now=late).state == "in"
    assert piece_of(place, "Later", now=late).state == "held-over"


def test_nothing_slips_into_an_issue_that_was_proofed(place: Place) -> None:
    """N29: what was read by a second person is what goes out."""
    occasion(place, issue_of(place))
    assert piece_of(place, "After the proof").issue_id is None


def test_an_issue_out_is_no_longer_current(place: Place) -> None:
    first, second = issue_of(place), issue_of(place, OUT + timedelta(days=90))
    assert issues.current(place.session, place.network.id, NOW) == first
    occasion(place, first, state="sent")
    assert issues.current(place.session, place.network.id, NOW) == second


@pytest.mark.parametrize(
    ("row", "now"),
    [
        ({"state": "missed", "finished_at": OUT}, NOW),
        ({"state": "cancelled", "finished_at": OUT}, NOW),
        ({"state": "held"}, OUT + timedelta(days=8)),
        (None, OUT),
    ],
    ids=["missed", "stopped for good", "about to be missed", "without a mail"],
)
def test_nor_is_one_that_does_not_go_out_any_more(place: Place, row: dict[str, object] | None, now: datetime) -> None:
    """Contract 3: without an id the next issue is meant; the latest, where none is to come."""
    over = issue_of(place)
    if row is not None:
        occasion(place, over, **row)
    assert issues.current(place.session, place.network.id, now) == over
    second = issue_of(place, OUT + timedelta(days=90))
    assert issues.current(place.session, place.network.id, now) == second


SECTIONS = [
    ("A day of job shadowing at Mill Academy", "careers"),
    ("Congratulations to Dawn", "people"),
    ("ASE conference report", "reports"),
    ("Christmas quiz", "social"),
    ("Wellbeing helpline", "support"),
    ("Ideas for the summer meeting", "ideas"),
    ("Useful links", "links"),
    ("Open day at Hill School", "news"),
    ("Technician wanted at Mill Academy", "jobs"),
    ("Agar without tears", "articles"),
    ("Llongyfarchiadau i Siôn", "people"),
]


@pytest.mark.parametrize(("title", "section"), SECTIONS)
def test_the_section_a_piece_seems_to_be_for(title: str, section: str) -> None:
    assert sections.section_of(title) == section


def test_sections_have_names_in_both_languages_and_are_found_by_them() -> None:
    for section in sections.SECTIONS:
        assert set(section.title) == {"en", "cy"}
        assert sections.named(section.title["cy"].upper()) == section.key
    assert {key for key, _ in sections.WORDS} < set(sections.KEYS)
    assert sections.named("gardening") is None
    assert set(sections.ALIASES.values()) <= set(sections.KEYS)
    assert prepare(title="Agar", text="Boil.", section="events").section == "news"
    assert prepare(title="Agar", text="Boil.", section="other").section == "articles"


def test_what_is_missing_of_a_piece() -> None:
    """N16: said to the writer and to the editors, a slug and a name each."""
    offered = [
        Offered(images.jpeg(800, 600), "lab.jpg"),
        Offered(images.png(800, 600), "bench.png", caption="The bench"),
        Offered(b"<svg/>", "plan.svg"),
    ]
    prepared = prepare(title="Fw: Newsletter", text="Agar without tears\n\nBoil it twice.", pictures=offered)
    assert prepared.title == "Agar without tears"
    assert prepared.missing == ("title", "caption: lab.jpg", "not-a-picture: plan.svg")
    assert prepared.words == 6
    assert prepare(title="Agar", text=" ").missing == ("text",)


def test_a_caption_is_no_longer_missing_once_given(place: Place) -> None:
    issue_of(place)
    prepared = prepare(title="Agar", text="Boil.", pictures=[Offered(images.jpeg(800, 600), "lab.jpg")])
    piece = pieces.submit(place.session, place.network.id, prepared, now=NOW)
    assert pieces.caption(place.session, piece, "x", "other.jpg") is None
    captioned = pieces.caption(place.session, piece, "Plates, day three")
    assert captioned is not None
    assert captioned.missing == ()
    assert printing.pictures_of(place.session, [piece.id])[piece.id][0]["caption"] == "Plates, day three"
    assert pieces.caption(place.session, captioned, "again") is None


def test_the_issue_put_together(place: Place) -> None:
    """Pieces in their sections, and the term's own matter: next meeting, actions, new members (N14, N16)."""
    dawn = place.member("dawn@school.example", "Dawn Price")
    place.member("huw@school.example", "Huw Rees")
    standing.change(
        place.session,
        network_id=place.network.id,
        address_id=dawn,
        purpose="directory",
        to=ACTIVE,
        proof=IMPORTED,
        now=NOW,
    )
    place.session.execute(update(memberships).values(joined_at=NOW + timedelta(days=1)))
    issue = issue_of(place)
    meetings.add(
        place.session, place.network.id, starts_at=OUT + timedelta(days=9), ends_at=OUT + timedelta(days=10), now=NOW
    )
    done = actions.add(place.session, place.network.id, owner="Dawn Price", text="Share the risk sheets", now=NOW)
    actions.close(place.session, done, "All schools have them", now=NOW)
    actions.add(place.session, place.network.id, owner="Huw", text="Find a speaker", now=NOW)
    piece_of(place, "Agar without tears")
    piece_of(place, "Congratulations to Dawn")
    picture = Offered(images.jpeg(800, 600), "lab.jpg", cid="one@phone")
    prepared = prepare(
        title="Fume cupboards", text="Look.", html='<p>Look:</p><img src="cid:one@phone">', pictures=[picture]
    )
    pieces.submit(place.session, place.network.id, prepared, now=NOW)
    pieces.change(place.session, piece_of(place, "Withdrawn"), state="withdrawn")
    promises.make(place.session, issue.id, dawn, "Gas taps", now=NOW)
    tree = json.loads(json.dumps(assembly.assemble(place.session, issue.id, OUT)))
    assert [(part["key"], [one["title"] for one in part["pieces"]]) for part in tree["sections"]] == [
        ("people", ["Congratulations to Dawn"]),
        ("articles", ["Agar without tears", "Fume cupboards"]),
    ]
    assert [part["title"] for part in tree["contents"]] == ["People who have shone", "From the prep room"]
    shot = tree["sections"][1]["pieces"][1]["pictures"][0]
    assert shot["inline"]
    assert f"cid:{shot['cid']}" in tree["sections"][1]["pieces"][1]["html"]
    assert [one["text"] for one in tree["actions"]["done"]] == ["Share the risk sheets"]
    assert [one["text"] for one in tree["actions"]["open"]] == ["Find a speaker"]
    assert tree["next_meeting"]["starts"].startswith("2027-04-21T09:00:00+01:00")
    assert tree["new_members"] == {"count": 2, "names": ["Dawn Price"]}, "V9: named only who agreed to be listed"
    assert tree["warnings"] == ["missing: 3 caption: lab.jpg", "promised: Gas taps (Dawn Price)"]
    assert tree["issue"]["publishes"] == "2027-04-12T09:00:00+01:00"


def test_who_is_new_is_asked_at_the_same_cost_however_many_they_are(place: Place) -> None:
    """An issue is put together for each page of its readers: what it names are forty at most, in the order they joined."""
    for n in range(120):
        address = place.member(f"p{n}@school.example", f"Person {n:03}")
        change = {"network_id": place.network.id, "address_id": address, "purpose": "directory", "proof": IMPORTED, "now": NOW}
        standing.change(place.session, to=ACTIVE, **change)
        if n % 2:
            standing.change(place.session, to=ACTIVE, scope="organisation:members", **change)  # their name they keep to themselves
    place.session.execute(update(memberships).values(joined_at=NOW + timedelta(days=1)))
    network = place.session.execute(select(networks).where(networks.c.id == place.network.id)).one()
    asked: list[str] = []
    event.listen(place.session, "before_cursor_execute", lambda *given: asked.append(given[2]))
    new = assembly.new_members(place.session, network, NOW, OUT)
    assert new == {"count": 120, "names": [f"Person {n:03}" for n in range(0, 80, 2)]}
    assert len(asked) <= 2 + 2 * 4, "two pages of forty were looked at"


def test_an_issue_without_pieces_has_no_matter(place: Place) -> None:
    issue = issue_of(place)
    assert not assembly.has_matter(place.session, issue.id)
    assert assembly.show(place.session, issue)["warnings"] == ["no-pieces"]


def test_promises_are_kept_in_their_order(place: Place) -> None:
    dawn = place.member("dawn@school.example", "Dawn Price")
    issue = issue_of(place)
    first, second = (promises.make(place.session, issue.id, dawn, title, now=NOW) for title in ("Taps", "Agar"))
    kept = promises.kept_by(place.session, issue.id, dawn)
    assert kept is not None
    assert (kept.id, kept.state, kept.person) == (first.id, "kept", "Dawn Price")
    assert promises.open_for(place.session, issue.id) == [second]
    shown = pieces.show(place.session, issue)
    assert [(one["title"], one["state"], one["missing"]) for one in shown] == [("Agar", "promised", ["text"])]

"""The table of design 4: what stands in it, and how a network changes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.cycle.table import PRESSING, TABLE, Anchor, Moves, Offset, Override, row_of, table_for
from mailer.errors import NotFound, Refused

MEMBERS_OWN_MAIL = {"post", "exchange", "digest"}  # what members wrote to each other is not ours to proof or to move

def written(kind: str, step: int = 0) -> tuple[str, str, str, str, str]:
    row = row_of(kind, step)
    return row.anchor.value, str(row.due), f"{row.until_anchor.value} {row.until}", row.audience, row.mode


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("save-the-date", ("meeting announced", "0", "meeting starts -35 days", "members-without-date", "proof")),
        ("invitation", ("meeting starts", "-1 month", "meeting starts -2 days", "members-and-guests", "proof")),
        ("draft-agenda", ("meeting starts", "-14 days", "meeting starts -8 days", "members", "proof")),
        ("final-agenda", ("meeting starts", "-7 days", "meeting starts 0", "members", "proof")),
        ("day-before", ("meeting starts", "-1 day", "meeting starts 0", "coming-and-maybe", "auto")),
        ("day-sheet", ("meeting starts", "-1 day", "meeting starts 0", "hosts-and-organisers", "auto")),
        ("feedback-request", ("meeting ends", "+1 day", "meeting ends +14 days", "attended", "auto")),
        ("minutes-and-actions", ("meeting ends", "+7 days", "meeting ends +30 days", "members", "proof")),
        ("action-nudge", ("action due", "-7 days", "action due +3 days", "owner", "auto")),
        ("issue-tray", ("issue copy date", "+1 day", "issue copy date +3 days", "editors", "auto")),
        ("promise-nudge", ("issue copy date", "-2 days", "issue copy date +3 days", "promiser", "auto")),
        ("issue", ("issue publishes", "0", "issue publishes +7 days", "subscribers", "proof")),
        ("desk-brief", ("week starts", "0", "week starts +1 day", "organisers", "auto")),
        ("meeting-changed", ("the change", "0", "meeting starts 0", "concerned", "proof")),
    ],
)
def test_rows_of_the_design(kind: str, expected: tuple[str, str, str, str, str]) -> None:
    assert written(kind) == expected


def test_rows_are_well_formed() -> None:
    assert len({row.key for row in TABLE}) == len(TABLE)
    assert {row.kind for row in TABLE} == set(PRESSING)
    for row in TABLE:
        assert row.meaning.endswith("."), row.key
        assert row.on or row.step or row.kind in ("call-for-items", "rsvp-reminder", "feedback-reminder"), row.key
        assert row.inside == (row.purpose == "desk"), row.key


def test_only_urgent_changes_and_members_own_mail_never_move() -> None:
    assert {row.kind for row in TABLE if row.moves is Moves.NEVER} == {
        "meeting-changed",
        "meeting-cancelled",
        "late-joiner",
        "correction",
        *MEMBERS_OWN_MAIL,
    }


def test_a_member_who_comes_gets_seven_counted_mails_a_term_and_one_who_does_not_five() -> None:
    """V13 and design 4."""
    counted = [row.kind for row in table_for() if row.counted]
    assert len(counted) == 7
    assert len([kind for kind in counted if kind not in ("day-before", "feedback-request")]) == 5


def test_optional_rows_are_off_until_a_network_switches_them_on() -> None:
    def kinds(*overrides: Override) -> list[tuple[str, int]]:
        return [row.key for row in table_for(overrides)]

    assert ("call-for-items", 0) not in kinds()
    assert ("call-for-items", 0) in kinds(Override("call-for-items", on=True))
    assert ("save-the-date", 2) in kinds(Override("save-the-date", 2, on=True))
    assert ("issue-tray", 0) not in kinds(Override("issue-tray", on=False))


def test_an_override_changes_only_what_it_says() -> None:
    usual, changed = row_of("invitation"), row_of("invitation", 0, table_for([Override("invitation", mode="auto")]))
    assert (changed.due, changed.mode) == (usual.due, "auto")
    moved = row_of("invitation", 0, table_for([Override("invitation", offset=Offset.parse("-6 weeks"))]))
    assert (str(moved.due), moved.mode, moved.until) == ("-42 days", "proof", usual.until)


@pytest.mark.parametrize("override", [Override("invite"), Override("invitation", 3)])
def test_an_override_for_no_row_is_refused(override: Override) -> None:
    with pytest.raises(NotFound):
        table_for([override])


def test_in_the_first_term_all_but_organisers_mail_is_proofed() -> None:
    auto = {row.kind for row in table_for(first_term=True) if row.mode == "auto"}
    assert auto == {"day-sheet", "issue-tray", "desk-brief", *MEMBERS_OWN_MAIL}


def test_weekend_rows_are_those_of_the_design() -> None:
    assert {row.kind for row in TABLE if row.moves is Moves.WEEKEND} == {
        "rsvp-reminder",
        "day-before",
        "day-sheet",
        "feedback-reminder",
        "action-nudge",
        "promise-nudge",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-1 month", Offset(months=-1)),
        ("-14 days", Offset(days=-14)),
        ("+1 day", Offset(days=1)),
        ("5 weeks", Offset(days=35)),
        ("0", Offset()),
        (" -2  Months ", Offset(months=-2)),
    ],
)
def test_offsets_as_people_write_them(text: str, expected: Offset) -> None:
    assert Offset.parse(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "-14", "1 year", "- 1 day", "-1.5 days", "-9999 days"])
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(Refused):
        Offset.parse(text)


@given(
    st.one_of(
        st.builds(Offset, st.integers(-99, 99)), st.builds(lambda days: Offset(days=days), st.integers(-999, 999))
    )
)
def test_an_offset_reads_back_as_it_is_written(offset: Offset) -> None:
    assert Offset.parse(str(offset)) == offset
    assert offset.is_before == (str(offset).startswith("-"))


def test_given_anchors() -> None:
    assert {anchor for anchor in Anchor if not anchor.given} == {Anchor.ANNOUNCED, Anchor.WEEK, Anchor.DAY, Anchor.YEAR, Anchor.CHANGE}

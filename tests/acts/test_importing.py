"""contract 3, member import: evidence or pending, nobody revived, undone but for who has decided since (DP-5, DP-8)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from mailer.acts import confirm, import_members, import_undo, join, leave
from mailer.acts.import_lines import Line, Wish, judge
from mailer.consent import ledger, standing, suppression
from mailer.errors import Refused
from mailer.people import addresses, committee, listing, membership, sheet
from mailer.store.tables import confirmations, ledger_fields, outgoing, suppressions
from mailer.store.tables import ledger as ledger_table
from tests.acts.conftest import HASHER, NOW, Place, on_both

HEAD = "email,name,organisation,roles,purposes,evidence\n"


def run(place: Place, text: str, *, evidence: str = "", dry: bool = False, **more: Any) -> list[Line]:
    wish = Wish(place.network.id, HASHER, evidence=evidence, sha256="cd" * 32, **more)
    rows = sheet.read((text if text.startswith("email") else HEAD + text).encode()).rows
    if dry:
        return judge(place.session, wish, rows)
    import_id = import_members.begin(place.session, wish, file="people.csv", lines=len(rows), now=NOW)
    return import_members.carry_out(place.session, wish, import_id, rows, NOW)


def undone(place: Place, import_id: int, now: datetime = NOW) -> int:
    undoing = import_undo.begin(place.session, import_id, now, network_id=place.network.id)
    touched = 0
    after: int | None = 0
    while after is not None:
        more, after = import_undo.step(place.session, undoing, after, now)
        touched += more
    return touched


def people(place: Place) -> dict[str, dict[str, Any]]:
    return {one["addresses"][0]: one for one in listing.listing(place.session, place.network.id, NOW)}


def active(one: dict[str, Any]) -> dict[str, str]:
    return {purpose: now for purpose, now in one["standings"].items() if now != "none"}


def test_with_evidence_active_at_once_an_organiser_too(place: Place) -> None:
    text = 'ann@hill.example,"Lee, Ann",Hill School,member;organiser,,\nben@hill.example,Ben,hill school,,discussion,\n'
    lines = run(place, text, evidence="paper slips of the meeting of 3 May")
    assert [line.result for line in lines] == ["added", "added"]
    found = people(place)
    ann, ben = found["ann@hill.example"], found["ben@hill.example"]
    assert (ann["name"], ann["organisation"], ann["roles"]) == ("Ann Lee", "Hill School", ["member", "organiser"])
    assert active(ann) == {"meetings": "active", "newsletter": "active"}
    assert active(ben) == {"discussion": "active"}
    assert ben["organisation"] == "Hill School"
    reached = committee.reachable(place.session, place.network.id, NOW)
    assert [one.address for one in reached] == ["ann@hill.example"]
    kept = place.session.execute(
        select(ledger_table.c.basis, ledger_table.c.evidence_sha256, ledger_fields.c.fields)
        .join(ledger_fields, ledger_fields.c.ledger_id == ledger_table.c.id)
        .limit(1)
    ).one()
    assert (kept.basis, kept.evidence_sha256) == ("imported-evidence", "cd" * 32)
    assert kept.fields["evidence"] == "paper slips of the meeting of 3 May"
    assert ledger.verify(place.session) == []
    assert standing.rebuild(place.session) == []


def test_dp5_without_evidence_pending_and_no_mail_until_their_own_yes(place: Place) -> None:
    run(place, "ann@hill.example,Ann,,organiser,,\n")
    ann = people(place)["ann@hill.example"]
    assert (active(ann), ann["roles"]) == ({"meetings": "pending", "newsletter": "pending"}, [])
    assert committee.organisers(place.session, place.network.id) == []
    assert place.session.execute(select(func.count()).select_from(outgoing)).scalar_one() == 0
    join.ask(place.session, place.network, "ann@hill.example", channel="mail", hasher=HASHER, now=NOW)
    confirm.redeem(
        place.session, place.session.execute(select(func.max(confirmations.c.id))).scalar_one(), channel="mail", now=NOW
    )
    ann = people(place)["ann@hill.example"]
    assert active(ann) == {"meetings": "active", "newsletter": "active"}
    assert "organiser" in ann["roles"]


def test_rows_own_words_come_before_the_options(place: Place) -> None:
    text = "a@x.example,,,,newsletter,form\nb@x.example,,,,,\n"
    run(place, text, purposes=("exchange",))
    found = people(place)
    assert active(found["a@x.example"]) == {"newsletter": "active"}
    assert active(found["b@x.example"]) == {"exchange": "pending"}


@on_both
def test_nobody_is_revived(place: Place) -> None:
    left = place.member("left@hill.example")
    leave.everything(place.session, place.actor(left), now=NOW)
    partly = place.member("partly@hill.example")
    leave.some(place.session, place.actor(partly), ("newsletter",), now=NOW)
    suppression.add(
        place.session, mac=suppression.mac("erased@hill.example", HASHER), network_id=None, reason="erasure", now=NOW
    )
    text = "".join(f"{who}@hill.example,,,,,\n" for who in ("left", "LEFT2", "partly", "erased"))
    dry = run(place, text, evidence="a list", dry=True)
    lines = run(place, text, evidence="a list")
    assert [line.result for line in dry] == [line.result for line in lines]
    assert [line.result for line in lines] == ["stays-out", "added", "unchanged", "stays-out"]
    found = people(place)
    assert active(found["left@hill.example"]) == {"meetings": "left", "newsletter": "left"}
    assert active(found["partly@hill.example"]) == {"meetings": "active", "newsletter": "left"}
    assert "erased@hill.example" not in found


def test_a_dry_run_changes_nothing(place: Place) -> None:
    lines = run(
        place, "a@x.example,,,boss,,\nb@x.example,,,,ads,\nmendip@lists.example.org,,,,,\nc@x.example,,,,,\n", dry=True
    )
    assert [line.result for line in lines] == ["refused", "refused", "refused", "pending"]
    assert "boss" in lines[0].why
    assert people(place) == {}


@on_both
def test_known_people_grow_and_keep_what_they_have(place: Place) -> None:
    run(place, "a@x.example,Ann Lee,,,meetings,\n", evidence="form")
    lines = run(place, "a@x.example,Somebody Else,Hill,named-contact,newsletter,\n", evidence="form")
    assert [line.result for line in lines] == ["changed"]
    ann = people(place)["a@x.example"]
    assert (ann["name"], ann["organisation"], ann["roles"]) == ("Ann Lee", "Hill", ["member", "named-contact"])
    assert active(ann) == {"meetings": "active", "newsletter": "active"}
    assert [line.result for line in run(place, "a@x.example,,,,,\n", evidence="form")] == ["unchanged"]
    assert [line.result for line in run(place, "a@x.example,,,,,\n")] == ["unchanged"]


@on_both
def test_undo_puts_back_all_but_who_decided_since(place: Place) -> None:
    run(place, "old@x.example,,,,meetings,\n", evidence="form")
    run(place, "old@x.example,,,organiser,newsletter,\nnew@x.example,,,,,\nstop@x.example,,,,,\n", evidence="form")
    stopped = addresses.find(place.session, "stop@x.example")
    assert stopped is not None
    leave.some(place.session, place.actor(stopped.id), ("newsletter",), now=NOW)
    assert undone(place, 2) == 2
    found = people(place)
    assert active(found["old@x.example"]) == {"meetings": "active"}
    assert found["old@x.example"]["roles"] == ["member"]
    assert "new@x.example" not in found
    assert active(found["stop@x.example"]) == {"meetings": "active", "newsletter": "left"}
    with pytest.raises(Refused):
        undone(place, 2)
    with pytest.raises(Refused):
        undone(place, 1, NOW + timedelta(days=30))
    assert [line.result for line in run(place, "new@x.example,,,,,\n", evidence="form")] == ["added"]
    assert active(people(place)["new@x.example"]) == {"meetings": "active", "newsletter": "active"}
    assert standing.rebuild(place.session) == []


def test_a_shared_mailbox_has_no_person(place: Place) -> None:
    run(place, "science.technicians@hill.example,,Hill School,,,\n", evidence="form")
    found = addresses.find(place.session, "science.technicians@hill.example")
    assert found is not None
    assert (found.shared, found.person_id) == (True, None)
    member = membership.of_address(place.session, place.network.id, found.id)
    assert member is not None
    greeting = membership.greeting_of(member.name, member.address, shared=member.shared, organisation=member.organisation)
    assert greeting == "science technicians at Hill School"


def test_two_thousand_lines_take_a_moment(place: Place) -> None:
    text = "".join(f"p{n}@x.example,Person {n},School {n % 40},,,\n" for n in range(2000))
    began = time.monotonic()
    lines = run(place, text, evidence="form")
    assert {line.result for line in lines} == {"added"}
    assert time.monotonic() - began < 20


def test_a_line_costs_no_statement_of_its_own(place: Place) -> None:
    """Fifty thousand lines in under a minute: a chunk is a few dozen statements, however many people are in it."""
    asked: list[str] = []
    event.listen(place.session, "before_cursor_execute", lambda *given: asked.append(given[2]))
    run(place, "".join(f"p{n}@x.example,Ann Lee,Hill School,member,,\n" for n in range(400)), evidence="form")
    assert len(asked) < 60
    assert len(people(place)) == 400


def test_dp8_of_five_thousand_lines_with_a_thousand_opt_outs_none_is_revived(place: Place) -> None:
    """Who left, objected, complained, was erased or is gone, in a file that says all of them agreed."""
    reasons = sorted(suppression.REASONS)
    out = [f"out{n}@hill.example" for n in range(1000)]
    run(place, "".join(f"{who},,,,,\n" for who in out[:500]), evidence="last year's list")
    for who in out[:100]:
        known = addresses.find(place.session, who)
        assert known is not None
        leave.everything(place.session, place.actor(known.id), now=NOW)
    for n, who in enumerate(out[100:], 100):  # half of them were members once, half were never here
        mac = suppression.mac(who, HASHER)
        where = None if n % 2 else place.network.id
        suppression.add(place.session, mac=mac, network_id=where, reason=reasons[n % len(reasons)], now=NOW)
    lines = "".join(
        f"{out[n // 5].upper() if n % 10 else ' ' + out[n // 5] + ' '}, Person {n},Hill,organiser,,form\n"
        if n % 5 == 0
        else f"new{n}@hill.example,Person {n},Hill,,,form\n"
        for n in range(5000)
    )
    before = place.session.execute(select(func.count()).select_from(suppressions)).scalar_one()
    dry = run(place, lines, evidence="a list that says that all agreed", dry=True)
    done = run(place, lines, evidence="a list that says that all agreed")
    counts = {result: sum(line.result == result for line in done) for result in ("added", "stays-out")}
    assert counts == {"added": 4000, "stays-out": 1000}
    assert [line.result for line in dry] == [line.result for line in done]
    assert place.session.execute(select(func.count()).select_from(suppressions)).scalar_one() == before
    assert not place.session.execute(select(suppressions.c.id).where(suppressions.c.lifted_at.isnot(None))).first()
    revived = [
        one
        for one in listing.listing(place.session, place.network.id, NOW)
        if one["addresses"][0].startswith("out")
        and (one["roles"] not in ([], ["member"]) or {"active", "pending"} & set(one["standings"].values()))
    ]
    assert revived == []
    assert standing.rebuild(place.session) == []
    assert ledger.verify(place.session) == []


def test_who_left_or_never_confirmed_where_the_file_comes_from(place: Place) -> None:
    text = "email,status\na@x.example,enabled\nb@x.example,blocklisted\nc@x.example,unconfirmed\n"
    assert [line.result for line in run(place, text, evidence="their list")] == ["added", "stays-out", "pending"]
    assert active(people(place)["c@x.example"]) == {"meetings": "pending", "newsletter": "pending"}


def test_a_column_that_says_no_is_heard_whatever_evidence_comes_with_the_file(place: Place) -> None:
    text = "email,Unsubscribed,Consent,Evidence\na@x.example,Y,,form\nb@x.example,,No,\nc@x.example,,,No\nd@x.example,,,\n"
    assert [line.result for line in run(place, text, evidence="their list")] == ["stays-out", "stays-out", "pending", "added"]
    assert set(people(place)) == {"c@x.example", "d@x.example"}


def test_a_no_to_one_purpose_stands_whatever_evidence_comes_with_the_file(place: Place) -> None:
    text = "email,Newsletter,Meetings,Notes\na@x.example,No,Yes,\nb@x.example,No,No,\nc@x.example,Yes,Yes,no longer wants emails\nd@x.example,Yes,Yes,\n"
    lines = run(place, text, evidence="their list")
    assert [line.result for line in lines] == ["added", "stays-out", "stays-out", "added"]
    assert lines[0].why == "new, and active. No newsletter, as the line says."
    assert "none of it" in lines[1].why
    assert "“no longer wants emails”" in lines[2].why
    found = people(place)
    assert {who: active(one) for who, one in found.items()} == {
        "a@x.example": {"meetings": "active"},
        "d@x.example": {"meetings": "active", "newsletter": "active"},
    }


def test_of_a_member_is_said_what_holds(place: Place) -> None:
    """A list ends nothing that they have here already, and does not say that it did."""
    text = "email,Newsletter,Meetings\na@x.example,Yes,Yes\nb@x.example,Yes,Yes\n"
    run(place, text, evidence="form")
    here = {who: active(one) for who, one in people(place).items()}
    lines = run(place, "email,Newsletter,Meetings\na@x.example,No,Yes\nb@x.example,No,No\nc@x.example,meetings only,Yes\n", evidence="form")
    assert [line.why for line in lines] == [
        "known already; nothing is new. The line says no newsletter, but that is theirs here already, and stays.",
        "the file itself says that they want none of it, but what is theirs here already stays",
        "new, and active. No newsletter, as the line says.",
    ]
    after = {who: active(one) for who, one in people(place).items()}
    assert after == {**here, "c@x.example": {"meetings": "active"}}


def test_another_address_of_a_member_gets_no_second_copy(place: Place) -> None:
    run(place, "ann@hill.example,Ann Lee,,,,\n", evidence="form")
    ann = addresses.find(place.session, "ann@hill.example")
    assert ann is not None
    addresses.find_or_add(place.session, "ann@home.example", hasher=HASHER, now=NOW, person_id=ann.person_id)
    [line] = run(place, "ann@home.example,Ann Lee,,,,\n", evidence="form")
    assert (line.result, line.why) == ("unchanged", "known already, and gets the mail at another address")
    assert [one["addresses"] for one in people(place).values()] == [["ann@hill.example", "ann@home.example"]]


@on_both
def test_a_second_address_of_a_line_keeps_a_leaver_out_and_a_member_from_a_second_copy(place: Place) -> None:
    """Two columns of addresses: who left by the one does not come back by the other (DP-8)."""
    run(place, "left@x.example,,,,,\nhere@x.example,,,,,\ndead@x.example,,,,,\n", evidence="form")
    for who, reason in (("left", suppression.LEFT_ALL), ("dead", suppression.BAD_ADDRESS)):
        mac = suppression.mac(f"{who}@x.example", HASHER)
        suppression.add(place.session, mac=mac, network_id=place.network.id, reason=reason, now=NOW)
    text = "".join(f"{n}@x.example,Ann {who},{who}@x.example\n" for n, who in enumerate(("left", "here", "dead", "new")))
    lines = run(place, "email,name,Home email\n" + text, evidence="form")
    assert [line.result for line in lines] == ["stays-out", "unchanged", "added", "added"]
    assert set(people(place)) - {"left@x.example", "here@x.example", "dead@x.example"} == {"2@x.example", "3@x.example"}


@on_both
def test_an_undo_that_was_cut_off_is_done_again(place: Place) -> None:
    run(place, "".join(f"p{n}@x.example,,,,,\n" for n in range(700)), evidence="form")
    undoing = import_undo.begin(place.session, 1, NOW, network_id=place.network.id)
    assert import_undo.step(place.session, undoing, 0, NOW)[0] == import_undo.CHUNK
    assert undone(place, 1) == 700
    assert people(place) == {}
    assert standing.rebuild(place.session) == []

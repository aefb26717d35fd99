"""Who is only a guest gets the mail of the event; who has stopped is waited for no longer."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.acts import import_members
from mailer.acts.import_lines import Wish, judge
from mailer.consent.standing import Proof
from mailer.meetings import responses
from mailer.people import addresses, holding, list_export, listing, membership
from mailer.people.sheet import Row
from tests.conversations.scenes import DAWN, JANE, OLIVE, answers, invited
from tests.stage import DOMAIN, Stage

GWEN = "gwen@library.example"


def bring(stage: Stage, email: str, roles: str, purposes: str = "meetings") -> None:
    wish = Wish(stage.network_id, stage.house.hasher)
    row = Row(1, email, "Gwen Guest", "", roles, purposes, "asked at the fair")
    with stage.house.store.write() as session:
        import_id = import_members.begin(session, wish, file="", lines=1, now=stage.now)
        import_members.carry_out(session, wish, import_id, [row], stage.now)


def roles_of(stage: Stage, email: str) -> list[str]:
    with stage.house.store.read() as session:
        shown = listing.listing(session, stage.network_id, stage.now)
    return next(one["roles"] for one in shown if email in one["addresses"])


def test_a_guest_gets_the_invitation_without_the_call_and_no_papers(stage: Stage) -> None:
    bring(stage, GWEN, "guest")
    assert roles_of(stage, GWEN) == ["guest"]
    invited(stage)
    [letter] = stage.mails(GWEN)
    assert letter.subject == stage.last(JANE).subject
    assert "mendip-agenda@" in stage.last(JANE).text
    assert "mendip-agenda@" not in letter.text
    stage.reply(letter, "YES")
    stage.at(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2027, 1, 6, 9, 0, tzinfo=UTC))
    stage.settle()
    assert stage.occasion("draft-agenda").state == "sent"
    assert not [mail for mail in stage.mails(GWEN) if "genda" in mail.subject]


def test_a_guest_who_is_imported_as_a_member_is_one(stage: Stage) -> None:
    bring(stage, GWEN, "guest")
    bring(stage, GWEN, "")
    assert set(roles_of(stage, GWEN)) == {"guest", "member"}
    bring(stage, JANE, "guest")
    assert "member" in roles_of(stage, JANE)  # nobody is made less by a list


def test_a_list_handed_on_subscribes_no_guest(stage: Stage) -> None:
    row = Row(1, "new@library.example", "", "", "guest", "", "asked at the fair")
    none = Row(1, "new@library.example", "", "", "", "", "asked at the fair", unconfirmed=True)
    with stage.house.store.write() as session:
        network_id = stage.network_id
        add_guest = addresses.find_or_add(session, "only@event.example", hasher=stage.house.hasher, now=stage.now).id
        member = membership.add(session, network_id=network_id, address_id=add_guest, person_id=None, now=stage.now)
        holding.give(
            session, member, ("guest",), active=True, proof=Proof("service", "x", "cli"), now=stage.now
        )
        content, _ = list_export.write(session, network_id, stage.now)
        wish = Wish(network_id, stage.house.hasher)
        [guest], [unsure] = judge(session, wish, [row]), judge(session, wish, [none])
    assert JANE in content.decode("utf-8-sig")
    assert "only@event.example" not in content.decode("utf-8-sig")
    assert (guest.result, guest.purposes) == ("refused", ())
    assert unsure.result == "pending"


def test_who_stopped_is_not_waited_for(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "YES")
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "", "STOP MEETINGS")
    with stage.house.store.read() as session:
        assert responses.summary(session, meeting_id)["unanswered"] == 2  # the organisers
    assert DAWN not in answers(stage, meeting_id)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STOP")
    assert answers(stage, meeting_id)[JANE] == "yes"  # what was said is not lost

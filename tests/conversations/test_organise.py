"""Organisers run the network by mail: everything is prepared, shown, and done after a YES."""

from __future__ import annotations

import pytest

from mailer.meetings import meetings
from tests.conversations.scenes import JANE, OLIVE, PETER, STARTS
from tests.stage import DOMAIN, Got, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"


def question(stage: Stage) -> Got:
    return next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Please confirm"))


def test_a_meeting_line_by_line(stage: Stage) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Summer meeting", "Date: 10 June 2027\nPlace: Mill Academy"))
    assert row.reason == "meeting-missing"
    wanted = stage.last(OLIVE)
    assert "- Time" in wanted.text
    assert "Mill Academy" in wanted.words
    stage.reply(wanted, "Time: 4pm to 6pm")
    assert "16:00 to 18:00" in question(stage).words
    stage.reply(question(stage), "YES")
    plan = next(mail for mail in stage.mails(OLIVE) if "what will go out" in mail.subject)
    for line in ("Invitation", "Draft agenda", "Minutes and actions", "this term"):
        assert line in plan.words
    stage.reply(plan, "Venue: Hill School")
    assert question(stage).subject == "Please confirm: Change the meeting of Thu 10 Jun 2027"
    stage.reply(question(stage), "YES")
    with stage.house.store.read() as session:
        meeting = meetings.upcoming(session, stage.network_id, stage.now)
        assert meeting is not None
        assert meeting.venue == "Hill School"


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    ("said", "wrong", "subject"),
    [
        ("Date: Tuesday 3 March 2026", "3 March 2026 is in the past.", {"en": "Your meeting: 1 line is not right yet", "cy": "Eich cyfarfod: nid yw popeth yn iawn eto"}),
        ("Place: Mill Academy", "", {"en": "Your meeting needs 1 more line", "cy": "Mae angen llinell arall ar eich cyfarfod"}),
    ],
    ids=["doubtful", "missing"],
)  # fmt: skip
def test_the_example_that_is_shown_may_be_sent_back_as_it_stands(
    stage: Stage, language: str, said: str, wrong: str, subject: dict[str, str]
) -> None:
    """It was a day of long ago, which was refused; and what is only doubtful is not called missing."""
    ola = "ola@hill.school.example"
    stage.member(ola, "Ola Hill", roles=("member", "organiser"), language=language)
    stage.mail(ola, ORGANISE, "Meeting", f"{said}\nTime: 14:00 to 16:00")
    wanted = stage.last(ola)
    assert wanted.subject == subject[language]
    assert language == "cy" or wrong in wanted.words
    example = next(line for line in wanted.text.splitlines() if line.startswith(("- Date: ", "- Dyddiad: ")))
    stage.reply(wanted, example.removeprefix("- "), quote=False)
    assert stage.last(ola).subject == {"en": "Please confirm: Make a meeting", "cy": "Cadarnhewch: Trefnu cyfarfod"}[language]


def test_people_are_asked_and_only_their_own_yes_counts(stage: Stage) -> None:
    """CMD-6."""
    stage.mail(
        OLIVE,
        ORGANISE,
        "Add people",
        f"karen@new.school.example, Karen Price, New School\nBob <bob@new.school.example>\n{JANE}",
    )
    assert not stage.mails("karen@new.school.example")
    stage.reply(question(stage), "YES")
    done = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Asked: 2 people"))
    assert "Only they can say yes" in done.words
    for new in ("karen@new.school.example", "bob@new.school.example"):
        assert stage.last(new).subject.startswith("An invitation")
        stage.mail(
            JANE, f"mendip@{DOMAIN}", f"Agar {new[:3]}", "How does everyone store agar plates? Ours dry out in a week."
        )
        assert len(stage.mails(new)) == 1
    stage.reply(stage.last("karen@new.school.example"), "Yes please")
    assert "Welcome" in stage.last("karen@new.school.example").subject


def test_every_line_of_a_list_that_could_not_be_read_is_named(stage: Stage) -> None:
    """Nobody's colleague is lost without a word: the dry run has the lines with number and reason."""
    row = stage.mail(
        OLIVE,
        ORGANISE,
        "Please add these people",
        "Hello,\nplease add these.\n\nName, E-mail, School\nKaren Price, karen@new.school.example, New School\n"
        f"Sue Long, Old School\nTim Short, tim@, Old School\nBob <bob@new.school.example>\nOurs, mendip@{DOMAIN}\n"
        f"{JANE}\n\nThanks,\nOlive",
    )
    assert stage.outcome(row).state == "asked"
    preview = stage.last(OLIVE)
    assert preview.subject == "Please confirm: Ask 2 people whether they want to join"  # Jane is a member
    for said in (
        "Line 6, “Sue Long, Old School”: there is no address in it.",
        "Line 7, “Tim Short, tim@, Old School”: ",
        "Line 9, “Ours, mendip@",
        "Could not be read: 3",
        "Known already: 1",
        "Karen Price <karen@new.school.example>",
    ):
        assert said in preview.words, said
    assert "Thanks" not in preview.words
    stage.reply(preview, "YES")
    assert [len(stage.mails(f"{name}@new.school.example")) for name in ("karen", "bob")] == [1, 1]


def test_who_left_stays_out_of_a_mailed_list(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STOP")
    before = len(stage.mails(JANE))
    stage.mail(OLIVE, ORGANISE, "Add people", f"{JANE}\nsue@new.school.example")
    assert "1 left before or said no and stays out" in stage.last(OLIVE).words
    stage.reply(stage.last(OLIVE), "YES")
    assert len(stage.mails(JANE)) == before


def test_a_list_without_one_good_line_comes_back(stage: Stage) -> None:
    row = stage.mail(OLIVE, ORGANISE, "Add people", "Tim Short, tim@, Old School")
    assert stage.outcome(row).state == "asked"
    assert "Line 1, “Tim Short, tim@, Old School”" in stage.last(OLIVE).words


def test_no_is_no_and_silence_is_nothing(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Meeting", "Date: 10 June 2027\nTime: 4pm to 6pm\nPlace: Mill Academy")
    asked = question(stage)
    stage.reply(asked, "No, that was not me")
    late = stage.outcome(stage.reply(asked, "YES"))
    assert late.reason == "already-done"
    with stage.house.store.read() as session:
        assert meetings.upcoming(session, stage.network_id, stage.now) is None


@pytest.mark.parametrize(("who", "handled"), [(JANE, "not-organiser"), ("sam@far.school.example", "not-organiser")])
def test_others_write_to_the_committee_by_it(stage: Stage, who: str, handled: str) -> None:
    row = stage.outcome(stage.mail(who, ORGANISE, "Meeting", "Date: 10 June 2027\nTime: 4pm\nPlace: Here"))
    assert row.reason == handled
    assert stage.last(PETER).subject == "For the committee: Meeting"


def test_what_is_no_order_is_asked_back_and_read_by_the_others(stage: Stage) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Hello", "What a nice term it was."))
    assert row.reason == "organise-unclear"
    assert "We could not tell" in stage.last(OLIVE).words
    assert "What a nice term it was." in stage.last(PETER).words


def test_a_meeting_is_called_off_after_a_yes(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(OLIVE, ORGANISE, "Cancel the meeting", "The hall is being painted.")
    stage.reply(question(stage), "YES")
    told = next(mail for mail in stage.mails(OLIVE) if "called off" in mail.subject)
    assert "its items wait for the next one" in told.words
    stage.reply(told, "UNDO")
    with stage.house.store.read() as session:
        assert meetings.upcoming(session, stage.network_id, stage.now) is not None


def test_a_newsletter_that_is_made_is_told_with_its_dates_and_mails(stage: Stage) -> None:
    stage.mail(OLIVE, ORGANISE, "Newsletter", "Date: 19 March 2027")
    stage.reply(question(stage), "YES")
    made = stage.last(OLIVE)
    assert made.subject == "Newsletter 1, Friday 19 March: what will go out"
    for line in ("Friday 5 March 2027", "Friday 19 March 2027", "What is in for the newsletter", "this term"):
        assert line in made.words, made.words
    assert f"mendip-news@{DOMAIN}" in made.words

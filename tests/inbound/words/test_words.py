"""What must hold for any text: signatures, wrapping, bounds, and the shape of what comes back."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.inbound.words import SURE, Asked, private_answer, understand

TODAY = date(2027, 1, 20)


def first(text: str, asked: Asked = Asked.INVITATION):
    found = understand(text, asked, today=TODAY).first
    assert found is not None
    return found


SIGNATURES = {
    "iphone": "\n\nSent from my iPhone",
    "outlook": "\n\nGet Outlook for Android",
    "dashes": "\n-- \nDawn Price\nNo soliciting. Maybe.",
    "card": "\n\nDawn Price\nSenior Technician | Hillside School\n01234 567890",
    "regards": "\n\nKind regards\n\nDawn\n\nThis email and any attachments are confidential. No reply is needed. STOP.",
    "welsh": "\n\nCofion gorau\nSiân",
    "cheers": "\nCheers,\nMo",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES.keys())
@pytest.mark.parametrize(
    ("text", "answer"),
    [("Yes", "yes"), ("Sorry, can't make it", "no"), ("Maybe, not sure yet", "maybe"), ("Byddaf yno", "yes")],
    ids=lambda v: v,
)
def test_signatures_change_nothing_CMD_10(text: str, answer: str, signature: str) -> None:
    found = first(text + signature)
    assert (found.act, found.args["answer"]) == ("answer", answer)
    assert found.sure


def test_every_command_survives_a_signature_UNS_8() -> None:
    for signature in SIGNATURES.values():
        assert first("unsubscribe" + signature, Asked.ANY).act == "stop"
        assert private_answer("unsubscribe" + signature, today=TODAY).act == "stop"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "act", "purposes", "sure"),
    [
        ("Stop everything except the newsletter", "only", ("newsletter",), True),
        ("Can you stop everything but the meetings, I read nothing else", "only", ("meetings",), True),
        ("Please remove me from the mendip list, I'm happy with everything else", "stop", "all", False),
        ("Unsubscribe me, but keep sending the invitations", "stop", "all", False),
        ("Please take me off the list", "stop", "all", True),
        ("Please remove me. The rest of my team would like to stay.", "stop", "all", True),
        ("Unsubscribe me, I still get these", "stop", "all", True),
        ("stop all emails but not the newsletter", "stop", "all", False),
        ("Stop everything, just leave the newsletter", "stop", "all", False),
        ("Please stop all the emails. The newsletter I do like.", "stop", "all", False),
    ],
)
def test_a_stop_that_is_meant_in_part_never_stops_all_UNS_8(text: str, act: str, purposes: object, sure: bool) -> None:
    found = first(text, Asked.ANY)
    assert (found.act, found.args["purposes"], found.sure) == (act, purposes, sure)


@pytest.mark.parametrize(
    ("text", "guests"),
    [
        ("Four of us in the minibus, so me and three others", 3),
        ("Yes, I'm bringing Mike and Sue, no, not Sue", 1),
        ("Count me in and Tony too", 1),
        ("I'll be there, and Rosie has said she'd like to join me", 1),
        ("Yes please put down:\nMe\nHarriet Bligh\nDom (the new lad)", 2),
        ("Inshallah I will be there", 0),
        ("yes +2", 2),
        ("Yes, bringing my guide dog Alfie, so a place near the door", 0),
        ("Bydda i yno, a Siân hefyd", 1),
        ("Fe ddof fi, a bydd Siân o'r adran Gemeg yn dod gyda mi", 1),
    ],
)
def test_who_comes_along_is_counted_once(text: str, guests: int) -> None:
    found = first(text)
    assert (found.args["answer"], found.args["guests"]) == ("yes", guests)


@pytest.mark.parametrize(
    ("text", "act", "day"),
    [
        ("I've done the chemistry pages, physics and biology remain", "note", None),
        ("Ordered, but they've cancelled it", "note", None),
        ("whizzed over to them on Tues, they said ta", "note", None),
        ("Jodrell Bank can do March or May, which do people prefer?", "note", None),
        ("another fortnight would be great", "more-time", date(2027, 2, 3)),
        ("Done, ordered from Harris", "done", None),
    ],
)
def test_an_action_is_done_only_where_nothing_speaks_against_it(text: str, act: str, day: date | None) -> None:
    found = first(text, Asked.ACTION)
    assert (found.act if found.sure else "note", found.args.get("until")) == (act, day)


@pytest.mark.parametrize("asked", [Asked.FEEDBACK, Asked.ACTION, Asked.CONFIRM])
@pytest.mark.parametrize(
    ("text", "sure"), [("STOP. I still receive these.", True), ("Unsubscribe\n\nKeep the planet green", True), ("Remove me from the mendip list, I'm happy with everything else", False)]
)
def test_a_stop_is_never_taken_for_something_else_UNS_8(text: str, sure: bool, asked: Asked) -> None:
    found = first(text, asked)
    assert (found.act, found.sure) == ("stop", sure)


@pytest.mark.parametrize("asked", [Asked.ANY, Asked.INVITATION, Asked.FEEDBACK, Asked.ACTION])
@pytest.mark.parametrize(
    "text",
    [
        "Some parents object to the use of our data by suppliers. Can we discuss this in June?",
        "Does anybody object to being contacted by the new supplier? I have their card.",
        "I don't object to being contacted.",
        "Jim may object to being contacted",
        "If I object to marketing, what happens?",
        "Should I object to marketing?",
        "I object to the marketing budget",
        "I object to being contacted by the new supplier",
        "I object to the use of my data by the county council",
    ],
)
def test_who_does_not_object_outright_objects_to_nothing_DP_7(text: str, asked: Asked) -> None:
    assert not [one for one in understand(text, asked, today=TODAY).intents if one.act == "stop" and one.sure]
    assert not [one for one in [private_answer(text, today=TODAY)] if one and one.act == "stop" and one.sure]


@pytest.mark.parametrize("text", ["a big fat 5 from me and Sue", "ok. 3 or 4"])
def test_a_number_among_words_is_asked_about(text: str) -> None:
    assert not first(text, Asked.FEEDBACK).sure


def test_lines_wrapped_by_the_mail_program_are_read_as_one() -> None:
    text = "Hi Jane, thank you for the invitation but I am sorry to say I can't make the\nmeeting on Thursday because I am teaching all of the afternoon"
    assert first(text).args["answer"] == "no"


def test_the_note_keeps_the_persons_words() -> None:
    assert first("yes, bringing Karen, vegetarian").args["note"] == "bringing Karen, vegetarian"
    assert first("sorry, teaching").args["note"] == "teaching"
    assert first("yes but late").args["note"] == "late"
    assert first("yes").args["note"] == ""


def test_answer_and_item_are_both_kept() -> None:
    found = understand("can't make it but could we discuss balances?", Asked.INVITATION, today=TODAY)
    assert [i.act for i in found.intents] == ["answer", "item"]
    assert found.intents[1].args["title"] == "Balances"


def test_answers_by_name_for_a_shared_mailbox() -> None:
    found = first("Karen and I yes, Joe no")
    assert found.args["people"] == (("I", "yes"), ("Karen", "yes"), ("Joe", "no"))


def test_yes_and_no_together_are_asked_back() -> None:
    for text in ("Yes, I can't make it", "No, I'll be there", "yes and no"):
        assert first(text).certainty < SURE


def test_send_only_answers_a_proof() -> None:
    for asked in set(Asked) - {Asked.PROOF}:
        for text in ("SEND", "send it", "please send it round"):
            intents = understand(text, asked, today=TODAY).intents
            assert not [i for i in intents if i.act.startswith("send") and i.sure], asked


def test_nothing_beside_send_ever_sends() -> None:
    for more in ("but change the date", "after fixing the typo", "once Karen has seen it", "if it is ready", "to Karen", "tomorrow", "?", "the room is wrong"):
        for text in (f"send it {more}", f"Send. {more}", f"{more}\nSend"):
            found = understand(text, Asked.PROOF, today=TODAY).first
            assert found is None or not (found.act in ("send", "send-now") and found.sure), text


def test_stop_to_a_proof_holds_it_and_asks_about_leaving() -> None:
    found = understand("Stop", Asked.PROOF, today=TODAY).intents
    assert [(i.act, i.sure) for i in found] == [("hold", True), ("stop", False)]


def test_empty_text_confirms_and_answers_nothing_else() -> None:
    assert first("", Asked.CONFIRM).act == "confirm"
    for asked in set(Asked) - {Asked.CONFIRM}:
        assert understand("", asked, today=TODAY).intents == ()


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "yes " * 200_000, "," * 200_000, "can't " * 100_000, "Karen and " * 50_000, "a@" * 100_000, "\n" * 100_000, "1" * 100_000, "do not want to " * 20_000, "👍" * 50_000, "please " * 50_000 + "x", "(" * 100_000, "the " * 50_000 + "agenda"],
    ids=lambda t: t[:12],
)
def test_time_is_bounded(text: str) -> None:
    began = time.perf_counter()
    for asked in Asked:
        understand(text, asked, today=TODAY)
    assert time.perf_counter() - began < 5  # nine readings


PIECES = (
    "yes no maybe but if sorry I can't can make it will be there teaching late stop send hold newsletter until 1 March , . ? \n "
    "Karen and bringing please thanks not unsubscribe byddaf na methu dod 👍 👎 4 done pause the agenda everyone"
)
WORDS = st.sampled_from(PIECES.split(" "))


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=25).map(" ".join)), st.sampled_from(Asked))
def test_any_text_is_read_without_raising(text: str, asked: Asked) -> None:
    found = understand(text, asked, today=TODAY)
    for intent in found.intents:
        assert 0 <= intent.certainty <= 1
        assert intent.row
        if intent.act == "answer":
            assert intent.args["answer"] in ("yes", "no", "maybe")
            assert intent.args["guests"] >= 0


@settings(max_examples=150)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_a_send_is_never_sure_with_a_doubting_word(text: str) -> None:
    found = understand("send " + text + " but not", Asked.PROOF, today=TODAY).first
    assert found is None or not (found.act in ("send", "send-now") and found.sure)


def test_a_letter_that_opens_like_a_disclaimer_is_not_cut_away() -> None:
    text = "This email is to say that I did not ask for this."
    assert not [i for i in understand(text, Asked.CONFIRM, today=TODAY).intents if i.act == "confirm" and i.sure]

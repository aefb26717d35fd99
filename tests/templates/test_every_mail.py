"""What holds for every mail, whichever it is: MIME-6, DP-6, UNS-9, ACC-1 to ACC-6, DP-20, LOOP-2, and our own words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from jinja2 import UndefinedError

from mailer.outbound.compose import compose
from mailer.outbound.letter import compile as compile_letter
from mailer.outbound.letter import fill
from tests.templates import (
    ADDRESS,
    LETTERS,
    MENDIP,
    TEMPLATES,
    klass_of,
    links_in_text,
    page,
    path_of,
    rendered,
    sample,
    seen,
)

CONTRACT = {
    "replies": """joined join-confirm confirm-act left help status answer item item-late item-corrected item-withdrawn piece
        piece-withdrawn post-held ask-sort ask-private ask-answer guest plan meeting-missing approved held changes-noted
        done-already undone kept paused preferences action-done feedback-thanks minutes-noted committee private not-yours
        failed-list refused import-preview occasion-missed matter-missing nudge-proof""",
    "occasions": """save-the-date invitation draft-agenda final-agenda day-before day-sheet feedback-request
        minutes-and-actions action-nudge issue-tray promise-nudge issue desk-brief meeting-changed meeting-cancelled
        late-joiner correction rsvp-reminder feedback-reminder call-for-items proof post exchange digest""",
}
VALUES = {
    "greeting": "Dear technicians at Hill School",
    "leave_url": "https://termpost.example.org/u/abc",
    "preferences_url": "https://termpost.example.org/p/abc",
    "answer_url": "https://termpost.example.org/r/abc",
    "confirm_url": "https://termpost.example.org/c/abc",
    "leave_mailto": "mailto:mendip+abc@lists.example.org",
    "feedback_id": "abc",
    "from_name": "Mendip Technicians",
    "from_address": "mendip-committee@lists.example.org",
    "to_name": "Jane Doe",
    "to_address": "jane@school.example",
    "reply_to": "mendip+abc@lists.example.org",
}
# a mail answered by anything can be answered by the first; the second may wait from before it had a field
TOLERANT = {"replies/done-already", "replies/help"}

every = pytest.mark.parametrize(("template", "lang"), LETTERS, ids=[f"{t}-{lang}" for t, lang in LETTERS])


@pytest.mark.parametrize("template", [f"{kind}/{name}" for kind, names in CONTRACT.items() for name in names.split()])
def test_is_there(template: str) -> None:
    for name in ("subject.j2", "body.j2", "sample.json"):
        assert (path_of(template) / name).is_file()


@every
def test_compiles_and_fills(template: str, lang: str) -> None:
    draft, marks = rendered(template, lang)
    letter = compile_letter(draft, marks, boundary_seed="x")
    message = fill(letter, VALUES, date=datetime(2026, 2, 3, 9, tzinfo=UTC), message_id="<m@lists.example.org>")
    assert message.count(b"multipart/alternative") == 1
    assert message.isascii()
    plain = compose(template, sample(template), network=MENDIP, language=lang, klass=klass_of(template), plain=True)
    assert plain[0].html is None
    compile_letter(*plain, boundary_seed="x")


@every
def test_text_and_html_have_the_same_links(template: str, lang: str) -> None:
    """MIME-6, ACC-2."""
    draft, _ = rendered(template, lang)
    hrefs = {a.get("href") for a in page(draft).iter("a")}
    assert {href for href in hrefs if href.startswith("http")} == links_in_text(draft.text)
    mails = {href.removeprefix("mailto:") for href in hrefs if href.startswith("mailto:")}
    assert mails == set(ADDRESS.findall(draft.text))


@every
def test_text_and_html_say_the_same(template: str, lang: str) -> None:
    """Every word of the text part stands in the HTML part (MIME-6)."""
    text, document = seen(template, lang)
    said = set(re.findall(r"\w+", " ".join(document.find("body").itertext())))
    said |= {word for image in document.iter("img") for word in image.get("alt").split()}
    without_links = re.sub(r"https?://\S+", "", text).replace("[Picture: ", "")
    assert set(re.findall(r"\w+", without_links)) <= said


@every
def test_no_exclamation_marks(template: str, lang: str) -> None:
    draft, _ = rendered(template, lang)
    assert "!" not in draft.text + draft.subject
    assert "!" not in page(draft).find("body").text_content()


@every
def test_at_most_two_of_our_addresses(template: str, lang: str) -> None:
    """Contract 1."""
    assert len(set(ADDRESS.findall(rendered(template, lang)[0].text))) <= 2


@every
def test_footer(template: str, lang: str) -> None:
    """DP-6, UNS-9, ACC-9: who sent it, who answers for it, a contact, why it came, how to stop, where to read more."""
    draft, marks = rendered(template, lang)
    head, separator, foot = draft.text.rpartition("\n-- \n")
    assert separator
    for part in (foot, page(draft).find_class("foot")[0].text_content()):
        assert MENDIP.name in part
        assert MENDIP.controller in part
        assert MENDIP.committee in part
    assert MENDIP.about_url in foot
    assert ("You get this" if lang == "en" else "Rydych yn cael hwn") in foot
    slots = {marks.cut(line)[1].slot for line in foot.splitlines() if len(marks.cut(line)) > 1}  # type: ignore[union-attr]
    klass = klass_of(template)
    if klass in ("confirm", "farewell"):
        assert not slots
    else:
        assert "STOP" in foot
        assert slots == ({"preferences_url"} if klass == "desk" else {"leave_url", "preferences_url"})
    assert head


@every
def test_text_lines_are_short(template: str, lang: str) -> None:
    """72 columns, but for what may not be broken."""
    for line in rendered(template, lang)[0].text.splitlines():
        assert len(line) <= 72 or URL_LINE.match(line), line


URL_LINE = re.compile(r"^[> -]*\S+$")


@every
def test_only_proofs_name_send(template: str, lang: str) -> None:
    """Design 4, Proof: no other mail names SEND, so that no quoted mail can approve anything."""
    named = re.search(r"\bSEND\b", rendered(template, lang)[0].text) is not None
    assert named == (template == "occasions/proof")


def test_proof_says_first_what_happens_without_an_answer() -> None:
    for silence, says in (("waits", "does not go out"), ("sends", "goes to 60 people")):
        fields = {**sample("occasions/proof"), "if_silent": silence}
        text = compose("occasions/proof", fields, network=MENDIP, klass="desk")[0].text
        first = " ".join(text.split("\n\n")[0].split())
        assert first.startswith("If nobody answers, this")
        assert says in first
        assert all(re.search(rf"^{word}: ", text, re.MULTILINE) for word in ("SEND", "SEND NOW", "HOLD"))
        assert "Dear Jane,\n\nYou are invited." in text


@every
def test_page_is_well_made(template: str, lang: str) -> None:
    """ACC-1 to ACC-3, ACC-6, SAFE-3, DP-20."""
    draft, _ = rendered(template, lang)
    document = page(draft)
    assert document.get("lang") == lang
    assert str(draft.html).startswith("<!DOCTYPE html>")
    assert document.findtext(".//title")
    levels = [int(element.tag[1]) for element in document.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    for table in document.iter("table"):
        assert table.get("role") == "presentation" or table.find(".//th[@scope]") is not None
    for image in document.iter("img"):
        assert image.get("src", "").startswith("cid:")
        assert image.get("alt") is not None
    for link in document.iter("a"):
        words = link.text_content().strip().lower()
        assert words
        assert words not in ("here", "click here", "link", "more")
    assert not list(document.iter("script", "link", "iframe", "object", "form", "input"))
    assert "url(" not in str(draft.html)
    assert "!important" in str(draft.html)  # dark mode and small screens are still in the sheet


@pytest.mark.parametrize("template", [t for t in TEMPLATES if sample(t) and t not in TOLERANT])
def test_a_missing_field_is_an_error(template: str) -> None:
    """StrictUndefined: never an empty mail."""
    with pytest.raises(UndefinedError):
        compose(template, {}, network=MENDIP, klass=klass_of(template))


@pytest.mark.parametrize(
    "template", ["occasions/invitation", "occasions/final-agenda", "replies/item", "replies/answer"]
)
def test_each_missing_field_is_an_error(template: str) -> None:
    fields = sample(template)
    for name in fields:
        with pytest.raises(UndefinedError):
            compose(template, {k: v for k, v in fields.items() if k != name}, network=MENDIP, klass=klass_of(template))


def test_what_was_missed_before_it_was_counted_who_had_it_is_told_all_the_same() -> None:
    """Such a letter may wait in the outbox while a newer version is put in place."""
    fields = sample("replies/occasion-missed")
    older = [{name: value for name, value in one.items() if name != "gone"} for one in fields["missed"]]
    for missed in (older, older[:1]):
        draft, _ = compose("replies/occasion-missed", {**fields, "missed": missed}, network=MENDIP, klass="desk")
        assert draft.subject.startswith("Did not go out")

"""compose(): one source for text and HTML, marks where people differ, user text only ever a value (ruling 6, SAFE-8)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError
from lxml import html as lxml_html

from mailer.outbound.compose import compose, described, shown
from mailer.outbound.compose.headers import HUMAN, TIMED
from mailer.outbound.compose.shelf import ROOT, shelf
from mailer.outbound.letter import LetterError
from mailer.outbound.letter import compile as compile_letter
from tests.templates import MENDIP, TEMPLATES, klass_of, page, rendered, sample

HOSTILE = "{{7*7}}{% raw %} <script>alert(1)</script> %s %(x)s \"><img src=http://evil.example/x.png> & 'q' \u202egnp"
KEPT = re.compile(r"\d{4}-\d\d-\d\d|yes$|no$|maybe$|cid:|everywhere|pieces$|sends$|waits$")


def soiled(value: Any, words: str) -> Any:
    """The same fields with hostile words wherever a person's own could stand."""
    if isinstance(value, dict):
        return {name: soiled(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [soiled(inner, words) for inner in value]
    return words if isinstance(value, str) and value and not KEPT.match(value) else value


@pytest.mark.parametrize("template", TEMPLATES)
def test_hostile_words_are_only_words(template: str) -> None:
    """SAFE-8, SAFE-3, SAFE-7."""
    draft, marks = compose(template, soiled(sample(template), HOSTILE), network=MENDIP, klass=klass_of(template))
    compile_letter(draft, marks, boundary_seed="x")
    document = page(draft)
    assert not list(document.iter("script"))
    assert all(image.get("src", "").startswith("cid:") for image in document.iter("img"))
    assert not any(name.startswith("on") for element in document.iter() for name in element.attrib)
    assert "\u202e" not in draft.text + draft.subject + str(draft.html)
    if "7*7" in draft.text:
        assert "{{7*7}}" in draft.text


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_words_can_add_a_field(template: str) -> None:
    """FMT-7: a subject is one line whatever is in it."""
    soil = "Balances\r\nBcc: a@evil.example\r\n\r\n\x00\x1b[31m" + "long " * 200
    draft, marks = compose(template, soiled(sample(template), soil), network=MENDIP, klass=klass_of(template))
    assert draft.subject.isprintable()
    assert len(draft.subject) <= 160
    compile_letter(draft, marks, boundary_seed="x")


@settings(max_examples=25)
@given(words=st.text(st.characters(exclude_categories=()), max_size=300))
def test_whatever_is_written_the_letter_stands(words: str) -> None:
    fields = {**sample("replies/action-done"), "action": {**sample("replies/action-done")["action"], "text": words, "outcome": words}}
    draft, marks = compose("replies/action-done", fields, network=MENDIP, klass="answer")
    assert draft.html is not None
    assert len(page(draft).xpath("//body//table[contains(@class, 'sheet')]/tr | //body//table/tbody/tr")) == 3
    assert marks.count(draft.html).values()
    compile_letter(draft, marks, boundary_seed="x")


def test_a_field_may_not_hide_a_macro_or_a_slot() -> None:
    for name in ("greeting", "leave_url", "network", "p", "facts", "words"):
        with pytest.raises(ValueError, match=name):
            compose("replies/help", {name: "x"}, network=MENDIP, klass="answer")


def test_marks_are_new_for_each_letter_and_none_is_made_in_vain() -> None:
    first, marks = compose("occasions/invitation", sample("occasions/invitation"), network=MENDIP, klass="meetings")
    second, _ = compose("occasions/invitation", sample("occasions/invitation"), network=MENDIP, klass="meetings")
    assert first.text != second.text
    slots = {(mark.slot, mark.kind) for mark in marks.cut("".join(marks.count(""))) if not isinstance(mark, str)}
    assert slots == {
        ("greeting", "text"),
        ("greeting", "html"),
        ("answer_url", "url"),
        ("leave_url", "url"),
        ("preferences_url", "url"),
        ("leave_mailto", "url"),
        ("feedback_id", "text"),
    }


def test_a_lost_mark_is_found() -> None:
    draft, marks = compose("replies/help", {}, network=MENDIP, klass="answer")
    broken = str(draft.html).replace(next(token for token in marks.count(str(draft.html)) if "https" in token), "")
    with pytest.raises(LetterError):
        compile_letter(type(draft)(draft.subject, draft.text, broken, draft.headers), marks, boundary_seed="x")


def test_greeting_first_but_in_proofs_posts_and_confirmations() -> None:
    def first(template: str) -> str:
        draft, marks = rendered(template)
        piece = marks.cut(draft.text)[1]
        return piece.slot if not isinstance(piece, str) and draft.text.startswith(piece.token) else ""

    assert first("occasions/invitation") == "greeting"
    assert first("replies/answer") == "greeting"
    for template in ("occasions/proof", "occasions/post", "occasions/exchange", "replies/join-confirm"):
        assert first(template) == ""


def test_the_answer_buttons_say_which_answer() -> None:
    draft, marks = rendered("occasions/invitation")
    hrefs = [a.get("href") for a in page(draft).find_class("button")]
    assert [href.rpartition("?")[2] for href in hrefs] == ["answer=yes", "answer=no", "answer=maybe"]
    assert {marks.cut(href)[1].slot for href in hrefs} == {"answer_url"}  # type: ignore[union-attr]


def test_language_falls_back_to_english() -> None:
    draft, _ = compose("replies/held", sample("replies/held"), network=MENDIP, language="ga", klass="answer")
    assert 'lang="en"' in str(draft.html)
    assert "You get this" in draft.text
    assert ("Content-Language", "en") in draft.headers


def test_shown_has_example_greeting_and_no_footer() -> None:
    letter = shown("occasions/invitation", sample("occasions/invitation"), network=MENDIP, klass="meetings")
    assert letter.text.startswith("Dear Jane,\n\n")
    assert "/r/example?answer=yes" in letter.text
    assert "/r/example?answer=yes" in letter.html
    assert "You get this" not in letter.text + letter.html
    assert "<html" not in letter.html


def test_a_proof_holds_the_whole_letter() -> None:
    letter = shown("occasions/final-agenda", sample("occasions/final-agenda"), network=MENDIP, klass="meetings")
    fields = {
        **sample("occasions/proof"),
        "letter_subject": letter.subject,
        "letter_text": letter.text,
        "letter_html": letter.html,
    }
    proof, _ = compose("occasions/proof", fields, network=MENDIP, klass="desk")
    assert letter.text.strip() in proof.text
    inside = lxml_html.fromstring(f"<div>{letter.html}</div>")
    assert words_of(page(proof).find_class("letter")[0]) == words_of(inside)


def words_of(element: Any) -> list[str]:
    return " ".join(element.itertext()).split()


def test_described_says_everything_but_what_is_personal() -> None:
    """Ruling 7: Outlook deletes the request when its button is pressed."""
    said = described("occasions/invitation", sample("occasions/invitation"), network=MENDIP)
    for words in (
        "Hill School, prep room 2",
        "Tuesday 3 March 2026, 16:00 to 17:30",
        "Park behind the sports hall",
        MENDIP.agenda,
    ):
        assert words in " ".join(said.split())
    assert "Dear" not in said
    assert "https://" not in said


def test_a_piece_has_its_links_and_pictures_in_both_parts() -> None:
    """MIME-6 for what members wrote, where text and HTML need not agree."""
    fields = sample("occasions/issue")
    piece = fields["sections"][0]["pieces"][0]
    piece["text"] = "Only https://only.example/text here."
    piece["html"] = (
        '<p onclick="x()">Hello <a href="https://only.example/html">you</a><img src="http://evil.example/i.png"></p>'
    )
    draft, _ = compose("occasions/issue", fields, network=MENDIP, klass="newsletter")
    for url in ("https://only.example/text", "https://only.example/html"):
        assert url in draft.text
        assert f'href="{url}"' in str(draft.html)
    assert "evil.example" not in str(draft.html)
    assert "onclick" not in str(draft.html)


# -- header fields -------------------------------------------------------------------------------------------------

SUBSCRIBED = ("meetings", "newsletter", "discussion", "exchange", "directory")


@pytest.mark.parametrize("klass", [*SUBSCRIBED, "answer", "confirm", "event", "desk", "farewell"])
def test_list_fields(klass: str) -> None:
    """FMT-8, UNS-1: one each; angle-bracketed URLs; one-click where there is something to stop."""
    draft, marks = compose("replies/help", {}, network=MENDIP, klass=klass)
    fields = dict(draft.headers)
    assert len(fields) == len(draft.headers)
    assert fields["List-Id"] == '"Mendip Technicians" <mendip.lists.example.org>'
    assert fields["List-Help"] == "<mailto:mendip-help@lists.example.org>"
    assert fields["List-Owner"] == "<mailto:mendip-committee@lists.example.org>"
    posts = {
        "discussion": "<mailto:mendip@lists.example.org>",
        "exchange": "<mailto:mendip-exchange@lists.example.org>",
    }
    assert fields["List-Post"] == posts.get(klass, "NO")
    stops = klass not in ("confirm", "desk", "farewell")
    assert ("List-Unsubscribe" in fields) == ("List-Unsubscribe-Post" in fields) == stops
    if stops:
        slots = [piece.slot for piece in marks.cut(fields["List-Unsubscribe"]) if not isinstance(piece, str)]
        assert slots == ["leave_url", "leave_mailto"]
        assert fields["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert fields["CFBL-Address"] == "abuse@lists.example.org; report=arf"  # BNC-12
    assert [piece.slot for piece in marks.cut(fields["CFBL-Feedback-ID"]) if not isinstance(piece, str)] == ["feedback_id"]
    assert not {"Precedence", "From", "To", "Date", "Message-ID", "Reply-To"} & fields.keys()


@pytest.mark.parametrize("template", TEMPLATES)
def test_auto_submitted(template: str) -> None:
    """LOOP-2: answers auto-replied, what the clock sends auto-generated, what people wrote nothing."""
    said = dict(rendered(template)[0].headers).get("Auto-Submitted")
    if template in HUMAN:
        assert said is None
    elif template.startswith("replies/") and template not in TIMED:
        assert said == "auto-replied"
    else:
        assert said == "auto-generated"


def test_a_name_that_needs_encoding_is_left_out_of_list_id() -> None:
    """FMT-5: no encoded-word in a structured field."""
    look = type(MENDIP)(
        "gwent", "Technegwyr Gŵent", "lists.example.org", "", "cy", "Europe/London", "https://x.example"
    )
    draft, _ = compose("replies/help", {}, network=look, language="cy", klass="answer")
    assert dict(draft.headers)["List-Id"] == "<gwent.lists.example.org>"


# -- templates of one network --------------------------------------------------------------------------------------


def test_a_network_may_have_its_own_words_but_not_our_machine(tmp_path: Path) -> None:
    for name in ("base", "replies"):
        (tmp_path / name).symlink_to(ROOT / name)
    own = tmp_path / "networks" / "mendip" / "replies" / "help"
    own.mkdir(parents=True)
    (own / "subject.j2").write_text("Our own help")
    (own / "body.j2").write_text("{{ ''.__class__.__mro__ }}")
    mine, others = shelf("mendip", tmp_path), shelf("fen", tmp_path)
    assert mine.text.get_template("replies/help/subject.j2").render() == "Our own help"
    assert "How to use" in others.text.get_template("replies/help/subject.j2").render(network=MENDIP)
    assert mine.text.get_template("replies/guest/subject.j2").render(network=MENDIP).startswith("Thank you")
    with pytest.raises(SecurityError):
        mine.html.get_template("replies/help/body.j2").render()

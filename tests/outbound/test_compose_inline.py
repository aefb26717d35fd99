"""CSS inlining: premailer against css-inline, and short replies against premailer."""

from __future__ import annotations

import re
import time

import css_inline
import pytest

from mailer.outbound.compose import compose
from mailer.outbound.compose.inline import inline_css, style_classes
from mailer.outbound.compose.shelf import ROOT
from tests.templates import MENDIP, klass_of, rendered, sample, styles

SHEET = (ROOT / "base/style.css").read_text(encoding="utf-8")
MEDIA = re.compile(r"@media[^{]*\{")


def bare(document: str) -> str:
    """The page as it was before inlining."""
    return re.sub(r' style="[^"]*"', "", document)


@pytest.mark.parametrize(
    "template", ["occasions/invitation", "occasions/issue", "occasions/proof", "occasions/day-sheet"]
)
def test_the_second_opinion_agrees(template: str) -> None:
    page = bare(str(rendered(template)[0].html))
    ours, theirs = (
        inline_css(page),
        css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(page),
    )
    assert styles(ours) == styles(theirs.replace("#ffffff", "#fff"))  # cssutils shortens it


@pytest.mark.parametrize(
    "template", ["replies/answer", "replies/help", "replies/plan", "replies/status", "replies/left"]
)
def test_short_replies_look_as_if_inlined(template: str) -> None:
    page = bare(str(rendered(template)[0].html))
    assert styles(style_classes(page, SHEET)) == styles(inline_css(page))


@pytest.mark.parametrize("template", ["occasions/invitation", "replies/answer"])
def test_media_rules_come_out_as_they_went_in(template: str) -> None:
    """Dark mode and 320 px live on these rules and on their !important."""
    html = str(rendered(template)[0].html)
    assert len(MEDIA.findall(html)) == len(MEDIA.findall(SHEET)) == 2
    assert html.count("!important") == SHEET.count("!important")
    assert "!important" not in "".join(re.findall(r'style="([^"]*)"', html))


def test_a_reply_costs_milliseconds() -> None:
    compose("replies/answer", sample("replies/answer"), network=MENDIP, klass=klass_of("replies/answer"))
    begun = time.process_time()
    for _ in range(20):
        compose("replies/answer", sample("replies/answer"), network=MENDIP, klass="answer")
    assert (time.process_time() - begun) / 20 < 0.02  # 1.5 ms on a quiet machine


def test_words_that_look_like_a_class_stay_words() -> None:
    fields = {**sample("replies/refused"), "sentence": 'class="button" <b class="button">'}
    draft, _ = compose("replies/refused", fields, network=MENDIP, klass="answer")
    assert 'class="button"' not in str(draft.html).partition("<body")[2]
    assert 'class="button" <b class="button">' in draft.text

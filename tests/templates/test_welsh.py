"""Who reads Welsh reads Welsh: every letter has it, and no English of ours is left in it (ACC-9)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from mailer.acts.undo import UNDOS
from mailer.outbound.compose.shelf import ROOT
from tests.templates import TEMPLATES, path_of, rendered

# words that hardly an English sentence does without, and that are no Welsh words; commands are in capitals in every language
ENGLISH = re.compile(
    r"(?<![-\w])(?:[Tt]he|[Yy]ours?|[Yy]ou|and|[Tt]his|[Tt]hat|[Ww]ith|from|[Oo]ur|[Ww]e|[Tt]hey|[Tt]heir|[Nn]ot|will|has|have|was|"
    r"been|[Ww]hat|[Ww]hen|which|[Pp]lease|[Rr]eply|[Nn]othing|[Nn]obody)(?![-\w])"
)
# what is called so by others, and what somebody may write to us
AS_IT_IS = (
    "Spam, phishing and malware",
    "require sender authentication",
    "Jane Doe has left",
    "Not done: ",
    "Equality Advisory and Support Service",
)
WORDS = {
    lang: json.loads((ROOT / "base" / name).read_text())
    for lang, name in {"en": "words.json", "cy": "words.cy.json"}.items()
}


def said(path: Path) -> str:
    """What a template says by itself: its text, and the strings among its commands that are more than a code."""
    source = re.sub("|".join(AS_IT_IS), "", path.read_text(encoding="utf-8"))
    tokens = list(Environment(autoescape=True).lex(source))
    found = [
        re.sub(r"<[^>]*>", " ", value)
        for _, kind, value in tokens
        if kind == "data" or (kind == "string" and " " in value)
    ]
    return re.sub(r"<[^>]*", " ", " ".join(found))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_is_written_in_welsh(template: str) -> None:
    for part in ("subject", "body"):
        assert (path_of(template) / f"{part}.cy.j2").is_file()
    assert 'lang="cy"' in str(rendered(template, "cy")[0].html)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.cy.j2")), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_welsh_holds_no_english(path: Path) -> None:
    assert sorted(set(ENGLISH.findall(said(path)))) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_footer_of_a_welsh_letter_is_welsh(template: str) -> None:
    foot = rendered(template, "cy")[0].text.rpartition("\n-- \n")[2]
    assert "Rydych yn cael hwn" in foot
    assert ENGLISH.findall(foot) == []


def keys(words: Any) -> Any:
    return {key: keys(value) for key, value in words.items()} if isinstance(words, dict) else type(words)


def test_every_word_for_a_code_has_its_welsh() -> None:
    assert keys(WORDS["cy"]) == keys(WORDS["en"])


def test_what_can_be_taken_back_has_its_words() -> None:
    assert set(UNDOS) <= set(WORDS["en"]["acts"])

"""Rendering the pages of templates/web/: escaped, strict about missing fields, in the person's language where we have it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import mailer
from mailer.outbound.compose.lines import clean
from mailer.outbound.compose.spoken import teach
from mailer.people import formats
from mailer.web.asking import Page

ROOT = Path(mailer.__file__).resolve().parent.parent / "templates"
WHOLE = Markup('<span class="whole">{}</span>')  # an address is not broken at the end of a line
STYLE = ROOT / "web" / "style.css"


def render(page: Page) -> str:
    """The HTML of a page. jinja2.UndefinedError if the template asks for a field that the page does not give."""
    language = language_of(page.template, page.language)
    name = page.template if language == formats.ENGLISH else f"{page.template}.{language}"
    given = {"network": None, **page.fields, "lang": language, "words": _words(language)}
    if given.get("masked"):
        given["masked"] = WHOLE.format(given["masked"])
    return _environment().get_template(f"web/{name}.j2").render(given)


def language_of(template: str, wanted: str) -> str:
    """`wanted` if this page is written in it (`<page>.cy.j2`), else English."""
    language = formats.known(wanted)
    return language if (ROOT / "web" / f"{template}.{language}.j2").is_file() else formats.ENGLISH


@lru_cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=clean,
        auto_reload=False,
    )
    teach(env)
    return env


@lru_cache
def _words(language: str) -> dict[str, Any]:
    name = "words.json" if language == formats.ENGLISH else f"words.{language}.json"
    words: dict[str, Any] = json.loads((ROOT / "base" / name).read_text(encoding="utf-8"))
    return words


@lru_cache
def style() -> bytes:
    """The one style sheet."""
    return STYLE.read_bytes()

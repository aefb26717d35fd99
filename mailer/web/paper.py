"""Rendering the pages of templates/web/: escaped, strict about missing fields, in the person's language where we have it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import mailer
from mailer.outbound.compose.lines import clean
from mailer.outbound.compose.spoken import teach
from mailer.people import formats
from mailer.web.asking import Page

ROOT = Path(mailer.__file__).resolve().parent.parent / "templates"
STYLE = ROOT / "web" / "style.css"


def render(page: Page) -> str:
    """The HTML of a page. jinja2.UndefinedError if the template asks for a field that the page does not give."""
    language = formats.known(page.language)
    wanted = f"web/{page.template}.{language}.j2"
    if language == formats.ENGLISH or not (ROOT / wanted).is_file():
        language, wanted = formats.ENGLISH, f"web/{page.template}.j2"
    given = {"network": None, **page.fields, "lang": language, "words": _words(language)}
    return _environment().get_template(wanted).render(given)


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

"""Where templates are found, and the two environments in which the one source of a mail is rendered.

`templates/<occasions|replies>/<kind>/body.j2` is written once, with macros. In the text environment the macros come from
base/text.j2 and nothing is escaped; in the HTML environment they come from base/html.j2 and every value is. Both are
sandboxed (organisers may have templates of their own) and strict: a field that is missing is an error, never an empty
mail. `templates/networks/<slug>/<same path>` is looked at first.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import mailer
from mailer.outbound.compose.lines import clean
from mailer.outbound.compose.sanitise import links_of, sanitised, sanitised_letter
from mailer.outbound.compose.spoken import teach

ROOT = Path(mailer.__file__).resolve().parent.parent / "templates"
TEXT, HTML = "text", "html"


class Shelf(NamedTuple):
    """What renders the mails of one network: its own templates before everyone's."""

    text: SandboxedEnvironment
    html: SandboxedEnvironment

    def has(self, name: str) -> bool:
        return any((Path(place) / name).is_file() for place in _places(self.text))

    def source(self, name: str) -> str:
        return _source(self.text, name)

    def language_of(self, template: str, wanted: str) -> str:
        """`wanted` if this mail is written in it, else English."""
        return wanted if wanted != "en" and self.has(f"{template}/body.{wanted}.j2") else "en"

    def words(self, lang: str) -> dict[str, Any]:
        return _words(self, lang)

    def macros(self, form: str, lang: str) -> dict[str, Any]:
        return _macros(self, form, lang)


def shelf(slug: str, root: Path = ROOT) -> Shelf:
    """The shelf of a network; networks without templates of their own share one."""
    own = root / "networks" / slug
    return _shelf(str(own), str(root)) if own.is_dir() else _shelf(str(root))


def named(stem: str, lang: str) -> str:
    """`body`, `cy` -> `body.cy.j2`."""
    return f"{stem}.j2" if lang == "en" else f"{stem}.{lang}.j2"


@lru_cache(maxsize=64)
def _shelf(*places: str) -> Shelf:
    return Shelf(_environment(places, escaping=False), _environment(places, escaping=True))


def _environment(places: tuple[str, ...], *, escaping: bool) -> SandboxedEnvironment:
    env = SandboxedEnvironment(
        loader=FileSystemLoader(places),
        undefined=StrictUndefined,
        autoescape=escaping,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=clean,
        auto_reload=False,
    )
    teach(env)
    env.filters.update(links_of=links_of)
    if escaping:
        env.filters.update(sanitised=sanitised, sanitised_letter=sanitised_letter)
    return env


def _places(env: SandboxedEnvironment) -> list[Any]:
    loader = env.loader
    assert isinstance(loader, FileSystemLoader)
    return list(loader.searchpath)


def _source(env: SandboxedEnvironment, name: str) -> str:
    loader = env.loader
    assert loader is not None
    return loader.get_source(env, name)[0]


@lru_cache(maxsize=64)
def _words(shelf: Shelf, lang: str) -> dict[str, Any]:
    name = "base/words.json" if lang == "en" else f"base/words.{lang}.json"
    words: dict[str, Any] = json.loads(shelf.source(name))
    return words


@lru_cache(maxsize=256)
def _macros(shelf: Shelf, form: str, lang: str) -> dict[str, Any]:
    env = shelf.html if form == HTML else shelf.text
    module = env.get_template(f"base/{form}.j2").make_module({"lang": lang, "words": shelf.words(lang)})
    return {name: macro for name, macro in vars(module).items() if not name.startswith("_")}

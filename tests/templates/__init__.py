"""Every mail we send, rendered from the sample fields that stand beside it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from mailer.outbound.compose import NetworkLook, compose
from mailer.outbound.compose.shelf import ROOT
from mailer.outbound.letter import Draft, Mark, Marks

MENDIP = NetworkLook(
    slug="mendip",
    name="Mendip Technicians",
    domain="lists.example.org",
    controller="Mendip Schools Trust",
    language="en",
    timezone="Europe/London",
    public_url="https://termpost.example.org",
)

TEMPLATES = tuple(
    sorted(
        f"{place.parent.name}/{place.name}" for kind in ("occasions", "replies") for place in (ROOT / kind).iterdir()
    )
)
LETTERS = tuple(
    (t, lang) for t in TEMPLATES for lang in ("en", "cy") if lang == "en" or (ROOT / t / "body.cy.j2").is_file()
)

# under which purpose or class a letter goes out where that is not plain from its name
KLASS = {
    "occasions/issue": "newsletter",
    "occasions/promise-nudge": "newsletter",
    "occasions/post": "discussion",
    "occasions/digest": "discussion",
    "occasions/exchange": "exchange",
    "occasions/day-sheet": "desk",
    "occasions/issue-tray": "desk",
    "occasions/desk-brief": "desk",
    "occasions/proof": "desk",
    "replies/join-confirm": "confirm",
    "replies/invited": "confirm",
    "replies/invitation-declined": "farewell",
    "replies/left": "farewell",
    "replies/forgotten": "farewell",
    "replies/change-address-new": "confirm",
    "replies/committee": "desk",
    "replies/private": "desk",
    "replies/failed-list": "desk",
    "replies/occasion-missed": "desk",
    "replies/not-composed": "desk",
    "replies/matter-missing": "desk",
    "replies/nudge-proof": "desk",
}
URL = re.compile(r"https?://[^\s<>\"']+")
ADDRESS = re.compile(r"[\w.+-]+@lists\.example\.org")


def klass_of(template: str) -> str:
    return KLASS.get(template, "answer" if template.startswith("replies/") else "meetings")


def sample(template: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((ROOT / template / "sample.json").read_text(encoding="utf-8"))
    return fields


@lru_cache(maxsize=256)
def rendered(template: str, lang: str = "en") -> tuple[Draft, Marks]:
    return compose(template, sample(template), network=MENDIP, language=lang, klass=klass_of(template))


@lru_cache(maxsize=256)
def seen(template: str, lang: str = "en") -> tuple[str, Any]:
    """(text, HTML document) as a person gets them, marks filled in."""
    draft, marks = rendered(template, lang)
    text, html = ("".join(_value(piece) for piece in marks.cut(part)) for part in (draft.text, draft.html or ""))
    return text, lxml_html.document_fromstring(html)


def _value(piece: str | Mark) -> str:
    if isinstance(piece, str):
        return piece
    return (
        "Dear technicians at Hill School"
        if piece.slot == "greeting"
        else f"https://termpost.example.org/{piece.slot}/abc"
    )


def page(draft: Draft) -> Any:
    assert draft.html is not None
    return lxml_html.document_fromstring(draft.html)


def links_in_text(text: str) -> set[str]:
    return {url.rstrip(".,;:)") for url in URL.findall(text)}


def styles(document: str) -> list[tuple[str, dict[str, str]]]:
    """(tag and class, style as a table) of every element that has a style, in document order."""
    found = []
    for element in lxml_html.document_fromstring(document).iter():
        if isinstance(element.tag, str) and element.get("style"):
            pairs = (pair.partition(":") for pair in element.get("style").split(";") if pair.strip())
            found.append((f"{element.tag}.{element.get('class')}", {k.strip(): v.strip() for k, _, v in pairs}))
    return found


def path_of(template: str) -> Path:
    return ROOT / template

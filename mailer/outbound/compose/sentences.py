"""Sentences that an act says of itself, in the reader's language: `{{ sentence|translated }}`.

An act, a refusal or a doubt is one English sentence in the code, for the log, the terminal and the letter alike. What a
letter in another language says for it stands in templates/base/sentences.<language>.json, by that sentence; `{}` stands
for what the code puts in, `{day}` and `{time}` for those, `{0}`, `{1}` for where it goes. What has no row is said as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

import mailer

BASE = Path(mailer.__file__).resolve().parent.parent / "templates" / "base"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)})[a-z]*(?: \d{{4}})?(?:, \d\d:\d\d)?"
_DAY = rf"(?i:{_WEEKDAY}(?: {_MONTH_DAY})?|{_MONTH_DAY})"
_DATE = re.compile(_DAY)
_HOURS = re.compile(r"(\d\d:\d\d) to (\d\d:\d\d)")
_PLACES = re.compile(r"(\{(?:day|time)?\})")
_ENDS = re.compile(r"[.?] ")


@pass_context
def translated(ctx: Context, said: Any) -> Any:
    """A sentence, or a list or pair of them, as the letter's language says it."""
    if not isinstance(said, str):
        return [translated(ctx, one) for one in said]
    return _sentence(said, ctx["lang"], ctx["words"]) if ctx["lang"] != "en" else said


def _sentence(said: str, lang: str, words: Mapping[str, Any]) -> str:
    """A day, the hours of one, a sentence or several; what nothing is known for stays."""
    if _DATE.fullmatch(said):
        return " ".join(_word(word, words) for word in said.split(" "))
    if (hours := _HOURS.fullmatch(said)) is not None:
        return str(words["span"].format(start=hours[1], end=hours[2]))
    found = _known(said, lang, words)
    return said if found is None else found


def _known(said: str, lang: str, words: Mapping[str, Any]) -> str | None:
    """By the row for just this; else each sentence by its own, so that none is taken for what the code put into another."""
    if said in _rows(lang)[0]:
        return _rows(lang)[0][said]
    for end in _ENDS.finditer(said):
        first = _by_pattern(said[: end.start() + 1], lang, words)
        rest = _known(said[end.end() :], lang, words) if first is not None else None
        if rest is not None:
            return f"{first} {rest}"
    return _by_pattern(said, lang, words)


def _by_pattern(said: str, lang: str, words: Mapping[str, Any]) -> str | None:
    exact, patterns = _rows(lang)
    if said in exact:
        return exact[said]
    for pattern, theirs in patterns:
        found = pattern.fullmatch(said)
        if found is not None:
            one = theirs.format(*(_value(value, lang, words) for value in found.groups()))
            return one if said[:1].islower() else one[:1].upper() + one[1:]
    return None


def _value(value: str, lang: str, words: Mapping[str, Any]) -> str:
    """What the code put in: several days are said one by one, and a name, which is no sentence, stays."""
    parts = value.split(", ")
    if len(parts) > 1 and all(map(_DATE.fullmatch, parts)):
        return ", ".join(_sentence(part, lang, words) for part in parts)
    if "; " in value:
        return "; ".join(_value(part, lang, words) for part in value.split("; "))
    said = _sentence(value, lang, words)
    if said == value and not value.endswith("."):  # a sentence may have lost its stop to the one that it stands in
        said = _sentence(f"{value}.", lang, words).removesuffix(".")
    return said


def _word(word: str, words: Mapping[str, Any]) -> str:
    begins = word[:3].lower()
    if begins in DAYS:
        return str(words["days"][DAYS.index(begins)])
    if begins not in MONTHS:
        return word
    return str(words["months"][MONTHS.index(begins)]) + ("," if word.endswith(",") else "")


@lru_cache
def _rows(lang: str) -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """The rows without a place, and those with one: what says most by itself first, so that a short one never swallows it."""
    path = BASE / f"sentences.{lang}.json"
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    ours = sorted(filter(_PLACES.search, table), key=lambda english: -len(_PLACES.sub("", english)))
    return table, tuple((_pattern(english), table[english]) for english in ours)


def _pattern(english: str) -> re.Pattern[str]:
    places = {"{}": "(.*?)", "{day}": f"({_DAY})", "{time}": r"(\d\d:\d\d)"}
    return re.compile("".join(places.get(part) or re.escape(part) for part in _PLACES.split(english)), re.DOTALL)

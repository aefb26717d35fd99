"""Filters by which templates say dates, times, numbers and lists, in the letter's language and the network's zone.

The words themselves (names of days, months, purposes ...) stand in templates/base/words*.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from mailer.outbound.compose.lines import linked, one_line, paragraphs, urls, wrap, wrap_lines
from mailer.outbound.compose.sentences import translated


@pass_context
def date_of(ctx: Context, value: Any) -> str:
    """Tuesday 3 March 2026."""
    day = _day(ctx, value)
    return f"{weekday(ctx, day)} {day.day} {_month(ctx, day)} {day.year}"


@pass_context
def day_of(ctx: Context, value: Any) -> str:
    """Tuesday 3 March: where the year is plain."""
    day = _day(ctx, value)
    return f"{weekday(ctx, day)} {day.day} {_month(ctx, day)}"


@pass_context
def time_of(ctx: Context, value: Any) -> str:
    """16:00, in the network's zone."""
    return _instant(ctx, value).strftime("%H:%M")


@pass_context
def moment(ctx: Context, value: Any) -> str:
    """Tuesday 3 March at 16:00."""
    return str(ctx["words"]["at"].format(day=day_of(ctx, value), time=time_of(ctx, value)))


@pass_context
def ending(ctx: Context, value: Any) -> str:
    """An instant by which something ends: Friday 26 March at 15:00, and for a midnight the end of the day before."""
    instant = _instant(ctx, value)
    if (instant.hour, instant.minute) != (0, 0):
        return moment(ctx, value)
    return str(ctx["words"]["end_of"].format(day=day_of(ctx, instant.date() - timedelta(days=1))))


@pass_context
def when(ctx: Context, thing: Mapping[str, Any]) -> str:
    """`starts` and `ends` of a meeting: Tuesday 3 March 2026, 16:00 to 17:30."""
    words, starts, ends = ctx["words"], thing["starts"], thing["ends"]
    if _day(ctx, starts) == _day(ctx, ends):
        return str(words["hours"].format(day=date_of(ctx, starts), start=time_of(ctx, starts), end=time_of(ctx, ends)))
    return str(words["span"].format(start=moment(ctx, starts), end=moment(ctx, ends)))


@pass_context
def called(ctx: Context, meeting: Mapping[str, Any]) -> str:
    """What the network calls this gathering; a plain word if it has no title."""
    return str(meeting["title"] or ctx["words"]["meeting"])


@pass_context
def listed(ctx: Context, values: Iterable[Any]) -> str:
    """`a, b and c`; in Welsh `a, b ac c`, as the next sound asks, and `a'r c` where an article follows."""
    said = [str(value) for value in values]
    if len(said) < 2:
        return "".join(said)
    words = ctx["words"]
    article, _, rest = said[-1].partition(" ")
    if article in words["articles"]:
        return f"{', '.join(said[:-1])} {words['and_article']} {rest}"
    joint = words["and_vowel"] if said[-1][:1].lower() in "aeiouwyâêîôûŵŷ" else words["and"]
    return f"{', '.join(said[:-1])} {joint} {said[-1]}"


@pass_context
def word(ctx: Context, key: str, shelf: str) -> str:
    """The word for a code: `meetings|word("purposes")`. A code without a word is said as it is, hyphens as spaces."""
    return str(ctx["words"][shelf].get(key, key.replace("-", " ")))


@pass_context
def rows(ctx: Context, things: Iterable[Mapping[str, Any]], *columns: str) -> list[list[str]]:
    """Rows of a table: `actions|rows("text", "owner", "due:day")`.

    After the colon stands how a value is said: day, date, moment, listed, or a shelf of the words.
    """
    said: dict[str, Any] = {"day": day_of, "date": date_of, "moment": moment, "listed": listed}

    def cell(thing: Mapping[str, Any], column: str) -> str:
        key, _, way = column.partition(":")
        value = thing[key]
        if value is None or value == "" or not way:
            return "" if value is None else str(value)
        return str(said[way](ctx, value) if way in said else word(ctx, value, way))

    return [[cell(thing, column) for column in columns] for thing in things]


@pass_context
def missing(ctx: Context, things: Iterable[str]) -> list[str]:
    """What a piece still lacks, as sentences: `title`, `text`, `caption: lab.jpg`."""
    out = []
    for thing in things:
        slug, _, rest = thing.partition(": ")
        out.append(str(ctx["words"]["missing"].get(slug, thing)).replace("{*}", rest))
    return out


@pass_context
def warned(ctx: Context, warnings: Iterable[str]) -> list[str]:
    """Warnings as sentences: `missing: 3 title` by the words for `missing`; what has no words is a sentence already."""
    out = []
    for warning in warnings:
        slug, _, rest = warning.partition(": ")
        sentence = ctx["words"]["warnings"].get(slug)
        number, _, more = rest.partition(" ")
        if slug == "missing":
            more = missing(ctx, [more])[0]
        known = sentence is not None
        out.append(sentence.replace("{0}", number).replace("{1}", more).replace("{*}", rest) if known else warning)
    return out


@pass_context
def worded(ctx: Context, keys: Iterable[str], shelf: str) -> list[str]:
    """The words for several codes: `purposes|worded("purposes")|listed`."""
    return [word(ctx, key, shelf) for key in keys]


def count(number: int, one: str, many: str = "") -> str:
    """`1 person`, `60 people`, `1,200 people`."""
    noun = one if number == 1 else many or f"{one}s"
    return f"{number:,} {noun}"


def cap(text: str) -> str:
    """First letter large, the rest as it was."""
    return text[:1].upper() + text[1:]


def soft(text: str) -> str:
    """A Welsh day as it begins after `tan`, `i` and `o` and where it says when: `ddydd Mawrth 3 Mawrth`."""
    return f"d{text}" if text.startswith("dydd ") else text


def weekday(ctx: Context, day: date) -> str:
    return str(ctx["words"]["days"][day.weekday()])


def _month(ctx: Context, day: date) -> str:
    return str(ctx["words"]["months"][day.month - 1])


def _instant(ctx: Context, value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        return at.replace(tzinfo=ctx["network"].zone)
    return at.astimezone(ctx["network"].zone)


def _day(ctx: Context, value: Any) -> date:
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _instant(ctx, value).date()


def filled(pairs: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Pairs whose value is not empty; 0 counts as said."""
    return [pair for pair in pairs if pair[1] is not None and str(pair[1]) != ""]


def pairs(columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Several lists side by side."""
    return list(zip(*columns, strict=True))


def teach(env: Environment) -> None:
    """Give an environment these filters."""
    env.filters.update(
        date=date_of, day=day_of, time=time_of, moment=moment, ending=ending, when=when, called=called, rows=rows, warned=warned, missing=missing, listed=listed, word=word, worded=worded, count=count, cap=cap, soft=soft, translated=translated,
        wrap=wrap, wrap_lines=wrap_lines, paragraphs=paragraphs, linked=linked, urls=urls, filled=filled, one_line=one_line,
        zip=pairs,
    )  # fmt: skip

"""The sections of an issue, in the order they are printed (N16), and which one a piece seems to be for.

`SECTIONS` is read top-down for printing; `WORDS` is read top-down for guessing and the first row that fits wins. The
receipt says which section was understood, and a reply puts it right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One section. `own` ones are filled from the network's term, not from pieces alone."""

    key: str
    title: Mapping[str, str]
    own: bool = False


SECTIONS: tuple[Section, ...] = (
    Section("actions", {"en": "You asked, we did", "cy": "Gofynnoch chi, fe wnaethom ni"}, own=True),
    Section("news", {"en": "News and events", "cy": "Newyddion a digwyddiadau"}),
    Section("people", {"en": "People who have shone", "cy": "Pobl sydd wedi disgleirio"}),
    Section("articles", {"en": "From the prep room", "cy": "O’r ystafell baratoi"}),
    Section("reports", {"en": "Conferences and training", "cy": "Cynadleddau a hyfforddiant"}),
    Section("careers", {"en": "Careers and job shadowing", "cy": "Gyrfaoedd a chysgodi swyddi"}),
    Section("jobs", {"en": "Jobs", "cy": "Swyddi"}),
    Section("social", {"en": "Social", "cy": "Cymdeithasol"}),
    Section("support", {"en": "Support", "cy": "Cefnogaeth"}),
    Section("ideas", {"en": "Ideas for next time", "cy": "Syniadau at y tro nesaf"}),
    Section("links", {"en": "Links", "cy": "Dolenni"}),
    Section("other", {"en": "And also", "cy": "A hefyd"}),
)
KEYS = tuple(section.key for section in SECTIONS)
OTHER = "articles"  # where a piece goes when its words do not tell
ALIASES = {  # what people also call them
    "job": "jobs",
    "vacancies": "jobs",
    "career": "careers",
    "event": "news",
    "events": "news",
    "training": "reports",
    "report": "reports",
    "conferences": "reports",
    "article": "articles",
    "person": "people",
    "idea": "ideas",
    "link": "links",
    "action": "actions",
}


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "careers",
        _any(r"job shadow\w*|career\w*|my (?:first|new) (?:job|year|term)|how i became|secondment\w*|gyrfa\w*"),
    ),
    ("jobs", _any(r"jobs?|vacanc\w+|we are hiring|recruit\w*|technician (?:wanted|needed|required)|swyddi?")),
    (
        "people",
        _any(
            r"award\w*|congratulat\w*|regrad\w*|hall of fame|retir\w+|well done|promoted|shone|thank you to|prize|"
            r"llongyfarch\w*|ymddeol\w*|gwobr\w*"
        ),
    ),
    (
        "reports",
        _any(
            r"conference\w*|training|course|workshop report|report (?:from|on)|cpd|webinar\w*|cynhadledd|hyfforddiant"
        ),
    ),
    ("social", _any(r"social|quiz|picnic|christmas (?:meal|do|party)|meal out|walk|bake|cymdeithasol|cwis")),
    ("support", _any(r"support|wellbeing|well-being|mental health|union|helpline|cefnogaeth|lles")),
    ("ideas", _any(r"idea\w*|suggestion\w*|could we|next (?:time|session|meeting)|syniad\w*")),
    ("links", _any(r"links?|useful (?:site|page|video)s?|websites?|dolen(?:ni)?")),
    (
        "news",
        _any(
            r"news|event\w*|open (?:day|evening)|opening|visit\w*|save the date|launch\w*|exhibition|fair|newyddion|digwyddiad\w*"
        ),
    ),
)


def section_of(title: str, text: str = "") -> str:
    """The section a piece seems to be for: by its title, else by its first lines, else `articles`."""
    for words in (title, text[:300]):
        for key, pattern in WORDS:
            if pattern.search(words):
                return key
    return OTHER


def named(words: str) -> str | None:
    """The section that somebody names by its key or title in any language, or None."""
    wanted = words.strip().strip(".!").casefold()
    for section in SECTIONS:
        if wanted == section.key or any(wanted == title.casefold() for title in section.title.values()):
            return section.key
    return ALIASES.get(wanted)


def title_of(key: str, language: str) -> str:
    """The heading of a section in this language (`en` or `cy`)."""
    return next(section.title[language] for section in SECTIONS if section.key == key)

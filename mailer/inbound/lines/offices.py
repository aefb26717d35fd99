"""Who holds which office, as organisers write it, a line each: "Chair: Dawn Day until 31 July 2028", "I step down as secretary".

Strict: a line that is not one of these forms says nothing, and what a name or a day means is settled by whoever reads it further.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from mailer.inbound.lines.dates import MONTHS, find_date

ME = "I"
GIVE, END, HAND_OVER = "give", "end", "hand-over"
LONGEST = 160

_WORDS = {
    "chair": r"chair(?:person|man|woman)?|cadeirydd",
    "vice-chair": r"(?:vice|deputy)[ -]chair(?:person|man|woman)?|is-gadeirydd",
    "secretary": r"secretary|ysgrifennydd",
    "organiser": r"(?:co-?)?organi[sz]er|trefnydd|(?:on the |a )?committee(?: member)?",
    "editor": r"(?:newsletter )?editor|golygydd",
    "named-contact": r"(?:named|school) contact|cyswllt enwol",
    "communications": r"communications(?: officer| lead)?",
    "membership": r"membership(?: secretary| officer| lead)",
    "events": r"events(?: officer| lead| organiser)",
}
_ROLE = "(?P<role>" + "|".join(f"(?:{words})" for _, words in sorted(_WORDS.items(), key=lambda one: -len(one[1]))) + ")"
_NAME = r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}?"
_WHO = rf"(?P<who>{_NAME})"
_REST = r"(?P<rest>(?:[,;.(]| (?:until|till|til|up to|hyd|tan|for|from|as of|on|in|after|please|now|again|another)\b).*)?$"
_ARTICLE = r"(?:(?:our|the|a|an|new|next|now) )*"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (END, rf"^{_WHO} (?:(?:am |is |will )?(?:steps?|stands?|stepped|stepping|standing) down|(?:is|am) no longer|stops? being|gives? up(?: being)?)(?: as)?(?: {_ARTICLE}{_ROLE})?{_REST}"),
        (HAND_OVER, rf"^(?P<from>i)(?:['’]m| am| will|['’]ll)? (?:hand|pass)(?:ing)?(?: (?:everything|it|(?:my|the) (?:office|role|work|duties)))?(?: (?:over|on))? to {_WHO}{_REST}"),
        (HAND_OVER, rf"^(?:hand|pass)(?:ing)?(?: (?:everything|it|(?:my|the) (?:office|role|work|duties)))?(?: (?:over|on)) to {_WHO}{_REST}"),
        (HAND_OVER, rf"^{_WHO} (?:will )?takes? over(?: from (?P<from>me|{_NAME}))?(?: as {_ARTICLE}{_ROLE})?{_REST}"),
        (GIVE, rf"^{_ROLE}\s*[:=–—-]\s*{_WHO}{_REST}"),
        (GIVE, rf"^{_WHO}(?:\s*[:,]| is| am| will be| becomes?| to be| (?:will )?(?:stays?|goes|go|carr(?:y|ies)|continues?)(?: on)?(?: as)?| as| yw| fydd) {_ARTICLE}{_ROLE}{_REST}"),
    )
)  # fmt: skip
_GOES_ON = re.compile(rf"^{_WHO} (?:will )?(?:stays?|goes?|carr(?:y|ies)|continues?)(?: on)?{_REST}", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|til|up to|hyd|tan)\b\s*(?:the end of\s*)?(?P<day>.{3,40})$", re.IGNORECASE)
_FOR = re.compile(r"\bfor (?P<n>an?|another|one|two|three|four|five|\d)(?: more| another)? years?\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "another": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_MONTH = re.compile(rf"^(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))}) (?P<year>20\d\d)\b", re.IGNORECASE)
_POLITE = re.compile(r"^(?:please|hi|hello|ok(?:ay)?|yes|from now on|so)[,: ]+", re.IGNORECASE)


@dataclass(frozen=True)
class OfficeLine:
    """One change. `role` empty: whatever offices they hold; `until` none: without end; `unclear`: a day was meant, and not read."""

    kind: str
    who: str
    role: str = ""
    until: date | None = None
    from_who: str = ""
    unclear: str = ""


def read_office(line: str, today: date, *, term: bool = False) -> OfficeLine | None:
    """What a line says of an office; `term`: it answers a letter about one that ends, so "Olive stays until July 2028" is enough."""
    words = _POLITE.sub("", " ".join(line.split()).strip(" *•-"))[:LONGEST].rstrip(" .")
    forms = (*_FORMS, (GIVE, _GOES_ON)) if term else _FORMS
    for kind, form in forms:
        found = form.match(words)
        if found is None:
            continue
        groups = found.groupdict()
        rest = groups.get("rest") or ""
        until, unclear = _until(rest, today)
        return OfficeLine(
            kind,
            _name(groups["who"]),
            _role_of(groups.get("role") or ""),
            until,
            _name(groups.get("from") or "") or (ME if kind == HAND_OVER else ""),
            unclear,
        )
    return None


def _name(words: str) -> str:
    return ME if words.casefold() in ("i", "me") else words.strip(" ,.")


def _role_of(words: str) -> str:
    return next((role for role, form in _WORDS.items() if words and re.fullmatch(form, words, re.IGNORECASE)), "")


def _until(rest: str, today: date) -> tuple[date | None, str]:
    years = _FOR.search(rest)
    if years is not None:
        count = _NUMBERS.get(years["n"].lower()) or int(years["n"])
        year = today.year + count
        return date(year, today.month, min(today.day, monthrange(year, today.month)[1])), ""
    said = _UNTIL.search(rest)
    if said is None:
        return None, ""
    day = said["day"].strip(" .")
    month = _MONTH.match(day)
    if month is not None:
        year, number = int(month["year"]), MONTHS[month["month"].lower()]
        return date(year, number, monthrange(year, number)[1]), ""
    found = find_date(day, today)
    if found is not None and found.exact:
        return found.day, ""
    return None, day

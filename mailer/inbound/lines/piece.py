"""A newsletter piece: its title and the section it belongs to (N16)."""

from __future__ import annotations

import re

CAP = 20_000
# section: words in a title or a first line "Section: ..."; read top-down.
SECTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for name, words in (
        ("jobs", r"jobs?\b|vacanc|we are hiring|recruit|post available|technician (?:wanted|needed|required)|apply by|swydd"),
        ("actions", r"actions?\b|you asked|we did\b|update on|progress on|outcome|what changed|gweithred"),
        ("people", r"congratulat|well done|award|retire|farewell|welcome to|new (?:starter|member|colleague|technician)|hall of fame|regrad|promot|obituary|in memory|meet\b|profile|baby|career|shadowing|llongyfarch|croeso i|ymddeol|penodi"),
        ("training", r"training|course|workshop|cpd\b|webinar|conference|qualification|apprentic|hyfforddiant|cwrs|gweithdy|cynhadledd"),
        ("events", r"events?\b|save the date|social|visit|open day|fair\b|festival|lunch|trip|meeting report|report (?:from|on) (?:the|our)|meetup|summer|christmas|diwrnod|digwyddiad|taith"),
        ("support", r"support|help(?: with| wanted| needed)|wellbeing|menopause|mental health|union|advice|mentor|buddy|cymorth|cefnogaeth|lles"),
        ("ideas", r"ideas?\b|suggestion|future sessions?|what if|could we|proposal|syniad"),
        ("links", r"links?\b|website|useful (?:sites?|pages?|resources?)|resources?\b|worth reading|dolen"),
        ("articles", r"articles?\b|how (?:we|i|to)\b|guide|review|making|making|tips?\b|recipe|story|diary|a day in|experience|report\b|erthygl|sut i"),
    )
)
NAMES = {name: name for name, _ in SECTIONS} | {"other": "other", "event": "events", "action": "actions", "job": "jobs", "article": "articles", "link": "links", "idea": "ideas", "person": "people", "news": "other", "digwyddiadau": "events", "swyddi": "jobs", "pobl": "people", "hyfforddiant": "training", "syniadau": "ideas", "erthyglau": "articles", "dolenni": "links", "cymorth": "support"}  # fmt: skip
_NOISE = re.compile(r"^\s*(?:(?:re|fw|fwd|atb|ymlaen)\s*:\s*|\[[^\]]{1,40}\]\s*|(?:(?:a |my |short )?(?:newsletter )?(?:piece|article|item|contribution|news|darn|eitem)(?: for (?:the )?(?:next )?(?:newsletter|issue))?|for (?:the )?newsletter|newsletter|cylchlythyr|i'r cylchlythyr)\s*[:\-–]\s*)+", re.IGNORECASE)
_EMPTY = re.compile(r"^\W*(?:(?:(?:a |my |the |short )?(?:newsletter|piece|article|item|contribution|news|newsletter (?:piece|item|article|contribution)|(?:piece|item|article|something|bit) for (?:the )?(?:next )?(?:newsletter|issue)|for (?:the )?newsletter|issue|cylchlythyr|darn|hello|hi|no subject|photos?|pictures?))\W*)?$", re.IGNORECASE)
_SECTION_LINE = re.compile(r"^\W*(?:section|category|adran)\s*[:\-–]\s*(?P<name>\w+)", re.IGNORECASE | re.MULTILINE)
_TITLE_LINE = re.compile(r"^\W*(?:title|headline|teitl|pennawd)\s*[:\-–]\s*(?P<title>.+)$", re.IGNORECASE | re.MULTILINE)
_PREFIX = re.compile(r"^(?P<name>[A-Za-z]+)\s*[:–-]\s+(?P<title>.+)$")
_HELLO = re.compile(r"^(?:(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b[^.!?]{0,30}|(?:please (?:find|see)|here is|here's|here are|attached|i hope|hope|thanks|as promised|dyma)\b.*)$", re.IGNORECASE)


def read_piece(subject: str, text: str) -> tuple[str, str]:
    """(title, section): what the writer named, else what the title's words say, else those of the first lines."""
    text = text[:CAP]
    named = _SECTION_LINE.search(text)
    section = NAMES.get(named["name"].lower(), "") if named else ""
    titled = _TITLE_LINE.search(text)
    title = titled["title"].strip() if titled else _NOISE.sub("", subject.strip()[:300]).strip(" .:-–")
    prefix = _PREFIX.match(title)
    if prefix and prefix["name"].lower() in NAMES:
        section, title = section or NAMES[prefix["name"].lower()], prefix["title"]
    if _EMPTY.match(title):
        title = _first_line(text)
    title = " ".join(title.split())
    if len(title) > 120:
        title = title[:117].rsplit(" ", 1)[0] + "..."
    title = title[:1].upper() + title[1:]
    return title or "Piece without a title", section or _section(title) or _section(" ".join(text.split()[:60])) or "other"


def _section(words: str) -> str:
    return next((name for name, pattern in SECTIONS if pattern.search(words)), "")


def _first_line(text: str) -> str:
    for line in text.split("\n"):
        line = line.strip()
        if line and not _HELLO.match(line) and not _SECTION_LINE.match(line):
            return re.split(r"(?<=[a-z0-9)])[.!?](?:\s|$)", line, maxsplit=1)[0].strip()
    return ""

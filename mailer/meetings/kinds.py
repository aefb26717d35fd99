"""What kind of item a member sent in, and how long it wants: read from its words, shown in the receipt, correctable.

`KINDS` is read top-down and the first row that fits wins; a title tells more than the text. What fits nowhere is
`other`: a wrong guess costs a member a correction, no guess costs nothing.
"""

from __future__ import annotations

import re

OTHER = "other"
CAP = 1_500  # characters of the text that are looked at
MOST_MINUTES = 120


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "health-and-safety",
        _any(
            r"health (?:and|&) safety|h ?(?:&|and) ?s|hse|cleapss|sserc|risk assess\w*|coshh|safety|hazard\w*|accident\w*|near miss\w*|"
            r"fume cupboards?|eye ?wash|goggles|first aid|asbestos|radioactiv\w*|spill\w*|iechyd a diogelwch|diogelwch|damwain"
        ),
    ),
    (
        "show-and-tell",
        _any(
            r"show (?:and|&|'?n'?) tell|demo|demos|demonstrat\w+|(?:happy|like|love) to (?:show|demonstrate|present)|"
            r"(?:short|lightning|5[- ]minute) talk|i (?:can|could) show|dangos a dweud|arddangos\w*"
        ),
    ),
    (
        "development",
        _any(
            r"training|cpd|course\w*|workshop\w*|apprentice\w*|rsci\w*|rsc|registration|qualification\w*|career\w*|mentor\w*|"
            r"professional development|job shadow\w*|conference\w*|regrad\w*|hyfforddiant|datblygiad"
        ),
    ),
    (
        "troubleshooting",
        _any(
            r"troubleshoot\w*|broken|not working|won'?t work|doesn'?t work|fault\w*|repair\w*|fix(?:ing)?|problem\w*|failing|stopped working|"
            r"trouble with|struggling|wedi torri|problemau?|trwsio"
        ),
    ),
    (
        "practice",
        _any(
            r"good practice|best practice|what'?s new|new (?:kit|equipment|practical\w*|supplier\w*|spec\w*)|tips?|practical\w*|"
            r"stock ?(?:check|take|taking|control)|prep ?rooms?|required practical\w*|ordering|budget\w*|arfer da"
        ),
    ),
    (
        "question",
        re.compile(
            r"\?|(?<!\w)(?:how (?:do|does|can|should)|does any(?:one|body)|has any(?:one|body)|do you have|can any(?:one|body)|"
            r"what do (?:you|people|others)|any (?:ideas|advice|suggestions)|sut mae|oes gan unrhyw un)(?!\w)",
            re.IGNORECASE,
        ),
    ),
)
KNOWN = (*(kind for kind, _ in KINDS), OTHER)

_MINUTES = re.compile(r"(?<![\w.,-])(\d{1,3})(?:\s?-\s?|\s)?(?:minutes?|mins?|munud(?:au)?)(?!\w)", re.IGNORECASE)


def kind_of(title: str, text: str = "") -> str:
    """The kind of an item, by its title first and its text then; `other` when neither tells."""
    for words in (title, text[:CAP]):
        for kind, pattern in KINDS:
            if pattern.search(words):
                return kind
    return OTHER


def named(words: str) -> str | None:
    """The kind that somebody names (`Health and safety`, `H&S`, `show and tell`), or None."""
    slug = "-".join(re.findall(r"[a-z]+", words.lower().replace("&", " and ")))
    slug = {"h-and-s": "health-and-safety", "safety": "health-and-safety", "good-practice": "practice"}.get(slug, slug)
    slug = {"professional-development": "development", "show-n-tell": "show-and-tell"}.get(slug, slug)
    return slug if slug in KNOWN else None


def minutes_in(title: str, text: str = "") -> int | None:
    """The time asked for (`10 minutes`, `15 mins`), or None."""
    for words in (title, text[:CAP]):
        found = _MINUTES.search(words)
        if found and 0 < int(found[1]) <= MOST_MINUTES:
            return int(found[1])
    return None

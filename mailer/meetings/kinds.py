"""What kind of item a member sent in, and how long it wants: read from its words, shown in the receipt, correctable.

`KINDS` is read top-down; the kind whose words stand in the title wins over one found only in the text. What fits nowhere is
`other`: a wrong guess costs a member a correction, no guess costs nothing. English and Welsh.
"""

from __future__ import annotations

import re

OTHER = "other"
CAP = 20_000  # characters of the text in which a length is looked for
FOR_KIND = 2_000  # and a kind
MOST_MINUTES = 240

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        ("health-and-safety", r"h and s\b|eye ?wash|first aid|radioactiv|damwain|health (?:and|&) safety|h ?& ?s\b|hse\b|safety|risk assess|coshh|hazard|accident|near miss|cleapss|sserc|ppe\b|goggles|spill|radioactive|fume cupboard|ventilation|asbestos|disposal|iechyd a diogelwch|diogelwch|asesiad risg"),
        ("show-and-tell", r"show ?'?n'? ?tell|(?:happy|like|love) to (?:show|demonstrate|present)|(?:lightning|5[- ]minute) talk|i (?:can|could) show|show[- ](?:and|&|n)[- ]tell|demo\b|demos\b|demonstrat|show (?:you|everyone|people|off)|bring (?:along )?(?:my|our|a|the)\b|short talk|dangos|arddangos"),
        ("troubleshooting", r"failing\b|struggling|problemau?\b|trwsio|troubleshoot|broken|not working|does ?n.?t work|won.?t work|fault|repair|mend|fix\b|fixing|keeps? (?:tripping|failing|breaking|leaking|drifting)|drift(?:s|ing)?\b|leak(?:s|ing)?\b|problems? with|trouble with|issues? with|stopped working|datrys problem|wedi torri|ddim yn gweithio"),
        ("development", r"workshop|rsc\b|registration|conference|job shadow|training|cpd\b|professional (?:development|registration)|rsci|rsci?tech|course|apprentic|career|qualification|appraisal|regrad|job description|mentor|shadowing|development|datblygiad|hyfforddiant|gyrfa"),
        ("practice", r"suppliers?\b|arfer da|good practice|best practice|tips?\b|how we\b|what.?s new|new (?:kit|equipment|method|way)|practicals?\b|technique|method|storage|stock|ordering|recipe|labelling|prep room|budget|procedure|ymarfer da|beth sy.?n newydd"),
        ("question", r"how (?:do|does|can|should) |any(?:one|body) (?:know|have|got)|oes gan unrhyw un|how do (?:you|others|other)|does any|has any|do (?:you|other)|what do|where do|who |can any|is there|should we|any (?:ideas|advice|suggestions)|cwestiwn|question|sut mae|oes gan"),
    )
)  # fmt: skip
KNOWN = (*(kind for kind, _ in KINDS), OTHER)
_MINUTES = re.compile(
    r"(?<![\w.:])(?P<n>\d{1,3})(?: ?(?:-|–|to) ?(?P<to>\d{1,3}))? ?-? ?(?:minutes?|mins?|munud(?:au)?|m(?=\s*(?:$|[,.)])))\b|(?P<half>half an hour|hanner awr)|(?P<quarter>(?:a )?quarter of an hour|chwarter awr)|"
    r"\b(?P<more>an hour and a half|one and a half hours|awr a hanner)|\b(?P<hours>[1-4](?:[.,]5)?|one|two|three|four|a couple of|dwy|tair) ?-?(?:hours?|hrs?|awr)\b(?! (?:away|drive|late|before|after|each|earlier|later|from|journey|or so by))|"
    r"\b(?P<hour>an hour|awr)\b(?! (?:away|drive|late|before|after|each|earlier|later|from))|"
    r"\b(?P<word>five|ten|fifteen|twenty|thirty|forty|pum|deng|deg|ugain) (?:minutes?|mins?|munud)",
    re.IGNORECASE,
)
_WORDS = {"five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "pum": 5, "deng": 10, "deg": 10, "ugain": 20}
_HOURS = {"one": 1.0, "two": 2.0, "a couple of": 2.0, "three": 3.0, "four": 4.0, "dwy": 2.0, "tair": 3.0}


def kind_of(title: str, text: str = "") -> str:
    """The kind of an item, by its title first and its text then; a question if it asks; `other` when nothing tells."""
    for words in (title, text[:FOR_KIND]):
        for kind, pattern in KINDS:
            if pattern.search(words):
                return kind
    return "question" if "?" in title or text.rstrip().endswith("?") else OTHER


def named(words: str) -> str | None:
    """The kind that somebody names (`Health and safety`, `H&S`, `show and tell`), or None."""
    slug = "-".join(re.findall(r"[a-z]+", words.lower().replace("&", " and ")))
    slug = {"h-and-s": "health-and-safety", "safety": "health-and-safety", "good-practice": "practice"}.get(slug, slug)
    slug = {"professional-development": "development", "show-n-tell": "show-and-tell"}.get(slug, slug)
    return slug if slug in KNOWN else None


def minutes_in(title: str, text: str = "") -> int | None:
    """The time asked for (`10 minutes`, `half an hour`, `two hours`), or None. Of two, the longer."""
    for words in (title, text[:CAP]):
        match = _MINUTES.search(words)
        count = _count(match) if match else 0
        if 0 < count <= MOST_MINUTES:
            return count
    return None


def _count(match: re.Match[str]) -> int:
    if match["n"]:
        return int(match["to"] or match["n"])
    if match["word"]:
        return _WORDS[match["word"].lower()]
    if match["hours"]:
        said = match["hours"].lower().replace(",", ".")
        return int(60 * (_HOURS.get(said) or float(said)))
    return 90 if match["more"] else 30 if match["half"] else 15 if match["quarter"] else 60

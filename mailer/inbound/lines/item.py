"""An agenda item as a member mails it: title, minutes wanted, kind (contract 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

CAP = 20_000
# Read top-down; the kind whose words stand in the title wins over one found only in the text.
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        ("health-and-safety", r"health (?:and|&) safety|h ?& ?s\b|hse\b|safety|risk assess|coshh|hazard|accident|near miss|cleapss|sserc|ppe\b|goggles|spill|radioactive|fume cupboard|ventilation|asbestos|disposal|iechyd a diogelwch|diogelwch|asesiad risg"),
        ("show-and-tell", r"show[- ](?:and|&|n)[- ]tell|demo\b|demos\b|demonstrat|show (?:you|everyone|people|off)|bring (?:along )?(?:my|our|a|the)\b|short talk|dangos|arddangos"),
        ("troubleshooting", r"troubleshoot|broken|not working|does ?n.?t work|won.?t work|fault|repair|mend|fix\b|fixing|keeps? (?:tripping|failing|breaking|leaking|drifting)|drift(?:s|ing)?\b|leak(?:s|ing)?\b|problems? with|trouble with|issues? with|stopped working|datrys problem|wedi torri|ddim yn gweithio"),
        ("development", r"training|cpd\b|professional (?:development|registration)|rsci|rsci?tech|course|apprentic|career|qualification|appraisal|regrad|job description|mentor|shadowing|development|datblygiad|hyfforddiant|gyrfa"),
        ("practice", r"good practice|best practice|tips?\b|how we\b|what.?s new|new (?:kit|equipment|method|way)|practicals?\b|technique|method|storage|stock|ordering|recipe|labelling|prep room|budget|procedure|ymarfer da|beth sy.?n newydd"),
        ("question", r"how do (?:you|others|other)|does any|has any|do (?:you|other)|what do|where do|who |can any|is there|should we|any (?:ideas|advice|suggestions)|cwestiwn|question|sut mae|oes gan"),
    )
)  # fmt: skip
MINUTES = re.compile(
    r"(?<![\d.:])(?P<n>\d{1,3})(?: ?(?:-|–|to) ?(?P<to>\d{1,3}))? ?-?(?:minutes?|mins?|munud(?:au)?|m(?=\s*(?:$|[,.)])))\b|(?P<half>half an hour|hanner awr)|(?P<quarter>(?:a )?quarter of an hour|chwarter awr)|\b(?P<hour>an hour|one hour|1 hour|awr)\b(?! (?:away|drive|late|before|after|each))|"
    r"\b(?P<word>five|ten|fifteen|twenty|thirty|pum|deng|deg|ugain) (?:minutes?|mins?|munud)",
    re.IGNORECASE,
)
_WORDS = {"five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "pum": 5, "deng": 10, "deg": 10, "ugain": 20}
_SUBJECT_NOISE = re.compile(r"^\s*(?:(?:re|fw|fwd|ynglŷn|atb|ymlaen|aw|sv)\s*:\s*|\[[^\]]{1,40}\]\s*|(?:an? )?(?:agenda )?(?:items?|eitem)(?: for (?:the )?(?:next )?(?:agenda|meeting))?\s*[:\-–]\s*)+", re.IGNORECASE)
_SUBJECT_EMPTY = re.compile(r"^\W*(?:(?:an? |new |my )?(?:agenda|item|items|agenda items?|items? for (?:the )?(?:next )?(?:agenda|meeting)(?: agenda)?|meeting|next meeting|call for (?:agenda )?items|suggestion|idea|question|hello|hi|no subject|eitem|agenda y cyfarfod|eitem i'r agenda|for the agenda|draft agenda|final agenda)\W*)?$", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b[^,\n.!]{0,30}[,.!]?\s*)?(?:(?:please )?(?:could|can|may|might|would it be possible (?:for us )?to|i(?:'d| would) like(?: us)? to|i want(?:ed)? to|i think we should|let's|gawn ni|hoffwn i?)\b\s*(?:(?:we|i|you|please|also|someone)\s+)*(?:to )?(?:discuss|talk about|raise|bring up|add|put|include|have (?:a |an )?(?:item|slot|chat|talk|discussion) (?:on|about)|look at|cover|drafod|trafod|godi)\s+|(?:(?:please )?(?:could|can|may) (?:i|we)|i(?:'d| would) like to|i want to|i (?:can|could|will)|hoffwn i?)\s+(?=(?:show|give|demonstrate|demo|present|bring|share|run|do|talk|dangos)\b)|(?:item|eitem|title|teitl|topic)\s*[:\-–]\s*)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\s*(?:,?\s*(?:please|thanks|if possible|on the agenda|to the agenda|at the (?:next )?meeting|[,(]?\s*(?:about |approx\.? |maybe |for )?\d{1,3} ?(?:minutes|mins?|munud)\)?))+\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class ItemLines:
    title: str
    text: str
    minutes: int | None
    kind: str


def read_item(text: str, subject: str = "") -> ItemLines:
    """Title from the subject, or where that says nothing, from the first sentence; the text stays as written."""
    text = text[:CAP].strip()
    title = _SUBJECT_NOISE.sub("", subject.strip()[:300]).strip(" .:-–")
    if _SUBJECT_EMPTY.match(title):
        title = _first_sentence(text) or title.strip() or "Item without a title"
    title = _ENDING.sub("", title).strip(" .,:-–") or title
    title = " ".join(title.split())
    if len(title) > 120:
        title = title[:117].rsplit(" ", 1)[0] + "..."
    return ItemLines(title[:1].upper() + title[1:], text, _minutes(subject) or _minutes(text), _kind(title, text))


def _first_sentence(text: str) -> str:
    for line in text.split("\n"):
        line = line.strip()
        if not line or re.match(r"(?i)(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b[^.!?]{0,30}$", line):
            continue
        opened = _OPENING.sub("", line, count=1)
        return re.split(r"(?<=[a-z0-9)])[.!?](?:\s|$)", opened, maxsplit=1)[0].strip(" ?")
    return ""


def _minutes(text: str) -> int | None:
    match = MINUTES.search(text[:CAP])
    if match is None:
        return None
    if match["n"]:
        count = int(match["to"] or match["n"])
    elif match["word"]:
        count = _WORDS[match["word"].lower()]
    else:
        count = 30 if match["half"] else 15 if match["quarter"] else 60
    return count if 0 < count <= 240 else None


def _kind(title: str, text: str) -> str:
    for source in (title, text[:2_000]):
        for kind, pattern in KINDS:
            if pattern.search(source):
                return kind
    return "question" if title.endswith("?") or text.rstrip().endswith("?") else "other"

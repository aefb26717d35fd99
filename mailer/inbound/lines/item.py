"""An agenda item as a member mails it: title, minutes wanted, kind (contract 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.meetings import kinds

CAP = 20_000
_SUBJECT_NOISE = re.compile(r"^\s*(?:(?:re|fw|fwd|ynglŷn|atb|ymlaen|aw|sv)\s*:\s*|\[[^\]]{1,40}\]\s*|(?:an? )?(?:agenda )?(?:items?|eitem)(?: for (?:the )?(?:next )?(?:agenda|meeting))?\s*[:\-–]\s*)+", re.IGNORECASE)
_SUBJECT_EMPTY = re.compile(r"^\W*(?:(?:an? |new |my )?(?:agenda|item|items|agenda items?|items? for (?:the )?(?:next )?(?:agenda|meeting)(?: agenda)?|meeting|next meeting|call for (?:agenda )?items|suggestion|idea|question|hello|hi|no subject|eitem|agenda y cyfarfod|eitem i'r agenda|for the agenda|draft agenda|final agenda)\W*)?$", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b[^,\n.!]{0,30}[,.!]?\s*)?(?:(?:please )?(?:could|can|may|might|would it be possible (?:for us )?to|i(?:'d| would) like(?: us)? to|i want(?:ed)? to|i think we should|let's|gawn ni|hoffwn i?)\b\s*(?:(?:we|i|you|please|also|someone)\s+)*(?:to )?(?:discuss|talk about|raise|bring up|add|put|include|have (?:a |an )?(?:item|slot|chat|talk|discussion) (?:on|about)|look at|cover|drafod|trafod|godi)\s+|(?:(?:please )?(?:could|can|may) (?:i|we)|i(?:'d| would) like to|i want to|i (?:can|could|will)|hoffwn i?)\s+(?=(?:show|give|demonstrate|demo|present|bring|share|run|do|talk|dangos)\b)|(?:item|eitem|title|teitl|topic)\s*[:\-–]\s*)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\s*(?:,?\s*(?:please|thanks|if possible|on the agenda|to the agenda|at the (?:next )?meeting|\(?(?:about |approx\.? |maybe |for )?\d{1,3} ?(?:minutes|mins?|munud)\)?))+\W*$", re.IGNORECASE)


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
    return ItemLines(title[:1].upper() + title[1:], text, kinds.minutes_in(subject, text), kinds.kind_of(title, text))


def _first_sentence(text: str) -> str:
    for line in text.split("\n"):
        line = line.strip()[:300]
        if not line or re.match(r"(?i)(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b[^.!?]{0,30}$", line):
            continue
        opened = _OPENING.sub("", line, count=1)
        return re.split(r"(?<=[a-z0-9)])[.!?](?:\s|$)", opened, maxsplit=1)[0].strip(" ?")
    return ""

"""Our own letter about the list, where a mail program quotes it without a mark and nothing stands above it: no words of the writer's.

Its examples would else be read as the answer. What the writer put between its sentences stays.
"""

from __future__ import annotations

import re

# its paragraphs as in templates/occasions/people-check, in order; "…" is what varies. The list is read from the whole mail.
_OPENS = (
    "You are the named contact of …. Once a year we ask: are these still its people in …?",
    "Chi yw cyswllt enwol …. Unwaith y flwyddyn rydym yn gofyn: ai dyma ei phobl o hyd yn …?",
)
_CLOSES = ("That is the whole list", "Dyna'r rhestr gyfan")
_BELOW = (
    (
        "Nobody of … has agreed to be listed yet.",
        "# more … of your school … not agreed to be listed, and … not meant here.",
        "If all is right, reply RIGHT. If not, reply with a line each, or cross out and change the list itself:",
        "- Jane Doe has left, or: x 1",
        "- Jane Doe is now Jane Smith",
        "- Sam Hill, sam@school.example (we ask Sam first; nobody is added without their own yes)",
        "We show you what we understood, and nothing happens before your YES.",
        "You no longer speak for …? Reply NOT ME, and this mail stops.",
    ),
    (
        "Nid oes neb o … wedi cytuno i gael ei restru eto.",
        "Nid yw … o'ch ysgol wedi cytuno i gael eu rhestru, ac nid yw hyn yn sôn amdanynt.",
        "Os yw popeth yn iawn, atebwch RIGHT. Os nad yw, atebwch â llinell ar gyfer pob un, neu groesi allan a newid y rhestr ei hun:",
        "- Jane Doe has left, neu: x 1",
        "- Jane Doe is now Jane Smith",
        "- Sam Hill, sam@school.example (gofynnwn i Sam yn gyntaf; ni chaiff neb ei ychwanegu heb gytuno)",
        "Byddwn yn dangos yr hyn a ddeallwyd, ac nid oes dim yn digwydd cyn eich IE.",
        "Nid ydych yn siarad dros … mwyach? Atebwch NOT ME, a daw'r neges hon i ben.",
    ),
)
_ASKS = 2  # which of them stands above the examples
_GREETING = re.compile(r"(?:\A|\n)[^\n,]{2,80},\s*\Z")
_LISTED = re.compile(r"\n\W{0,9}(?:[xX]\s*)?\d{1,3}\.\s")
_RULE = re.compile(r"[_-]{5,80}\s*\Z")
_VARIES = {"…": r"(?:\S{1,80}\s{1,9}){0,11}?\S{1,80}?", "#": r"\d{1,4}", "-": r"(?<!\w)[-*•·]?", "'": "['’]"}


def _pattern(words: str) -> re.Pattern[str]:
    """Wherever a mail program breaks its lines, and with whatever bullets and marks of bold print."""
    return re.compile(r"[\s*_]{0,20}".join(_VARIES.get(part, re.escape(part)) for part in re.findall(r"\w+|[^\w\s]", words)))


_LETTERS = [
    (_pattern(opens), _pattern(closes), [_pattern(words) for words in below])
    for opens, closes, below in zip(_OPENS, _CLOSES, _BELOW, strict=True)
]


def closes(line: str) -> bool:
    """Whether these are our words under the list."""
    return any(each.search(line) for _, each, _ in _LETTERS)


def taken_out(reply: str) -> str:
    """`reply` without our letter; as it is where none stands in it."""
    for opens, under, below in _LETTERS:
        opened, asks = opens.search(reply), below[_ASKS].search(reply)
        closed = (under.search(reply, opened.end()) or asks) if opened else asks
        if closed is None:
            continue
        above, beside = reply[: closed.start()], ""
        if opened is not None:
            above = _RULE.sub("", _GREETING.sub("", reply[: opened.start()]))
            beside = _LISTED.split(reply[opened.end() : closed.start()], maxsplit=1)[0]
        written = f"{above}\n{beside}\n{_without([under, *below], reply[closed.start() :])}"
        return re.sub(r"\n\s*\n", "\n\n", written).strip()
    return reply


def _without(ours: list[re.Pattern[str]], text: str) -> str:
    """Each once, in this order: the writer's own words may be the same."""
    at = 0
    for each in ours:
        if (found := each.search(text, at)) is not None:
            text, at = text[: found.start()] + text[found.end() :].lstrip("."), found.start()
    return text

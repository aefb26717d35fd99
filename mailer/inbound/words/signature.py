"""Where a signature begins: dashes, "Sent from my", a closing with a name card, a disclaimer, or a card alone.

Losing a person's words is the worse error, so nothing is cut before the first line that holds something, and a closing
("Thanks", "Kind regards") ends the letter only when nothing but a name and short lines follow.
"""

from __future__ import annotations

import re

from mailer.inbound.words.names import NOT_NAMES, is_name

# A line that opens a signature. The second kind counts only when nothing but short lines follow.
SIGNATURE = re.compile(
    r"^\s*(?:--|-- |__+|==+|sent from (?:my|the|mail|outlook|yahoo|samsung|proton)\b.*|sent (?:via|with|using) .*|"
    r"get outlook for .*|anfonwyd o(?:'m)? .*|anfonwyd drwy .*|sent on the go.*|download .* app.*)\s*$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^\W*(?:(?:with )?(?:many |kind |kindest |best |warm |warmest )?(?:regards|wishes)|(?:all the )?best|yours(?: \w+)?|cofion(?: \w+)*|"
    r"hwyl(?: fawr)?(?: am y tro)?|pob hwyl|dymuniadau gorau|yn gywir|kr|rgds|brgds|bw|atb|br|x+|"
    r"(?:many |big )?thank(?:s|you| you)(?: (?:again|so much|very much|all|for [^.!?,]{1,40}|in advance|and (?:kind |best )?(?:regards|wishes)))*|ta|cheers|"
    r"diolch(?: yn fawr| o galon| eto)*|take care)\W*$",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"\b(?:this (?:e-?mail|message)(?: and any| is| may| was| contains)|confidential(?:ity)? notice|the information (?:contained )?in this|"
    r"mae'r e-?bost hwn|disclaimer|registered (?:charity|office)|please consider the environment|if you are not the intended)\b",
    re.IGNORECASE,
)
_CARD_NAME = re.compile(r"^(?:[A-ZÂÊÎÔÛŴŶ][\w'’-]+|[A-Z]\.?)(?: (?:[A-ZÂÊÎÔÛŴŶ][\w'’-]+|[A-Z]\.?)){0,3}(?:,? \(?(?:(?:she|he|they)/\w+|[Mm](?:r|rs|s|iss|x)|[Dd]r)\)?)?$")
_CONTACT = re.compile(r"(?i)\b(?:tel|phone|mobile|www|https?|fax|ext)\b|@|\d{5,}|\bschool\b|\bcollege\b|\buniversity\b")


def cut_signature(text: str) -> list[str]:
    """Lines without the signature. Never cuts before the first line that holds something."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    written = False
    for at, line in enumerate(lines):
        if SIGNATURE.match(line) or (written and DISCLAIMER.search(line)):
            return lines[:at]
        if written and CLOSING.match(line) and _only_a_name_card(lines[at + 1 :]):
            return lines[:at]
        if written and not line.strip() and _is_card(lines[at + 1 :]):
            return lines[:at]
        written = written or (bool(line.strip()) and not CLOSING.match(line))
    return lines


def _only_a_name_card(lines: list[str]) -> bool:
    """After a closing: a name and short lines of who and where; a full sentence means the letter goes on."""
    held = [line.strip() for line in lines if line.strip()]
    if not held:
        return True
    first = held[0].split()
    if len(first) > 5 or held[0].endswith((".", "?", "!")) or re.match(r"(?i)p\.?s\b", held[0]):
        return False
    return held[0][:1].isupper() or is_name(first[0]) or len(first) == 1


def _is_card(lines: list[str]) -> bool:
    """A block that opens with a person's name and holds only short lines of who and where: a signature unannounced."""
    held = [line.strip() for line in lines if line.strip()]
    if not held or not _CARD_NAME.match(held[0]) or held[0].split()[0].lower() in NOT_NAMES:
        return False
    return all((len(line.split()) <= 9 and not line.endswith((".", "?", "!"))) or _CONTACT.search(line) for line in held[1:])


def is_card_name(line: str) -> bool:
    """Whether a line is somebody's name and nothing else; the first word is one that we know as such, or there are two."""
    words = line.strip().split()
    if not _CARD_NAME.match(line.strip()) or words[0].lower() in NOT_NAMES:
        return False
    return len(words) > 1 or is_name(words[0])

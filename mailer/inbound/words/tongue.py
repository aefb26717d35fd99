"""Whether a mail is plainly Welsh, by its first words.

A greeting, thanks, a closing and the name of a school say nothing: many in Wales put them around their English. Neither
do the words of contract 2, which are the same in both.
"""

from __future__ import annotations

import re

from mailer.inbound.words.signature import cut_signature
from mailer.inbound.words.spelling import clean, plain
from mailer.inbound.words.text import CAP_TEXT

PARAGRAPHS = 2  # below them stand names, posts and notices in both languages

WELSH = re.compile(
    r"\b(?:ymuno|ymaelodi|cofrestru|tanysgrifio|gadael|cymorth|stopio|stopiwch|peidiwch|cadw(?:ch)?|anghofi(?:o|wch)|dile(?:u|wch)|saib|"
    r"ailddechrau|crynodeb|newid|statws|dadwneud|manylion|[cg]ymraeg|rhwydwaith|[cg]yfarfod(?:ydd)?|[cg]ylchlythyr|rhestr|eitem|"
    r"(?:c|g)westiwn|neges(?:euon)?|e-?b(?:ost|yst)|yn|maer|rwy[fn]?|rydw|rydym|dw(?:in?|n)?|[bf]yddaf|byddwn|hoff[we][mn]|eisiau|angen|"
    r"g?all(?:af|wch|wn)|ydw|ydych|oes|wedi|gyda|fy|ein|eich|ddim|nid|sut|pryd|ble|pwy|hwn|hyn|unrhyw|[cg]ael|g?wneud|fod|sydd|oddi|"
    r"atoch|ataf|amdan(?:af|och)|[dt]rwy|ynghylch)\b"
)
ENGLISH = re.compile(
    r"\b(?:the|an|and|of|to|for|from|my|your?|we|our|us|is|are|was|be|would|could|can|will|ha(?:ve|s|d)|do|does|not|this|that|with|"
    r"like|want|need|join|leave|how|what|when|where|who|why|which|about|member|network|meetings?|list|question|english|saesneg)\b"
)


def in_welsh(said: str, subject: str) -> bool:
    """True if the first words that tell are Welsh; of a mail without such words, its subject's."""
    written = "\n".join(cut_signature(clean(said[:CAP_TEXT])))
    paragraphs = [one for one in re.split(r"\n\s*\n", written) if one.strip()]
    for part in (*paragraphs[:PARAGRAPHS], subject):
        welsh, english = (len(told.findall(plain(part))) for told in (WELSH, ENGLISH))
        if welsh or english:
            return welsh > 2 * english
    return False

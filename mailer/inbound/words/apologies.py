"""Mail sent by mistake: "sorry, wrong list", "please ignore my last message". Never a post (V14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.inbound.words.reads import Read
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

MISTAKE = re.compile(
    r"\b(?:(?:please |kindly )?(?:ignore|disregard|delete|forget)(?: that| this)? (?:my |the |that |this )?(?:last|previous|earlier|above|other|first|accidental)?\b.{0,12}?\b(?:email|mail|message|post|one|reply|answer)\b|please (?:ignore|disregard)(?: (?:this|that|me|it))?$|"
    r"(?:sent|posted|replied|emailed|hit|pressed|went)\b.{0,30}\b(?:by (?:mistake|accident|error)|in error|accidentally|to (?:everyone|everybody|the wrong|all|the whole) ?.{0,20}$|reply all|too (?:soon|early))|(?:did not|never) mean to (?:send|reply|post|email|copy|share)\b.{0,40}|"
    r"wrong (?:list|address|group|person|email|thread|button|jane|recipient|one|meeting)\b|meant (?:for|to (?:send|go|email|reply)\b.{0,20}\b(?:to|just|only))\b.{0,40}|not meant for|reply[ -]all(?: by|$)|should have (?:gone|been sent) (?:only |just )?to|that was (?:for|meant)|anwybyddwch|camgymeriad|anfonwyd ar gam)"
)


A_CORRECTION = 5  # words after it that may say what was meant: "ignore my last. The price is £40"


def read_apology(writing: Writing) -> Intent | None:
    if writing.words > 60:
        return None
    for at, clause in enumerate(writing.clauses[:5]):
        if MISTAKE.search(clause.plain) and not clause.question:
            sorry = any(re.search(r"\b(?:sorry|apologies|oops|whoops|ignore|disregard|sori)\b", c.plain) for c in writing.clauses)
            more = sum(len(c.plain.split()) for c in writing.clauses[at + 1 :] if not MISTAKE.search(c.plain))
            return intent("apology", 0.94 if sorry and more < A_CORRECTION else 0.8, f"apologies: “{clause.raw[:60]}”", text=writing.text)
    return None


def after_mistake(reads: Sequence[Read]) -> tuple[Read, ...]:
    """What is said after the words that call the last mail a mistake: it may be the answer that was meant."""
    last = max((at for at, read in enumerate(reads) if MISTAKE.search(read.clause.plain)), default=len(reads))
    return tuple(reads[last + 1 :])

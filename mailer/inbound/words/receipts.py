"""In answer to a receipt: UNDO, WITHDRAW, HOLD, or a correction in the person's own words."""

from __future__ import annotations

import re
from datetime import date

from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

_NICE = r"(?:please|thanks|thank you|sorry|plis|diolch|oops|hi|hello|yes|actually|can you|could you|can i|could i|i would like to|i want to|just|now|ok|okay|again|and)"
WITHDRAW = re.compile(
    rf"(?:{_NICE} )*(?:withdraw(?: (?:it|this|that|my|the|item|piece|post|number|\d+|offer|answer|please))*|(?:retract|take back|remove|delete|pull|scrap|drop|cancel)(?: (?:it|this|that|my|the|this|item|piece|post|article|offer|from|the agenda|agenda|newsletter|number|\d+))+|take (?:it|this|that|my (?:item|piece|post)) (?:off|out|back|down)(?: (?:of )?(?:the )?(?:agenda|newsletter))?|tynnu n ol|tynnun ol|tynnwch (?:ef|fe|hi|o) (?:yn ol|nol))(?: {_NICE})*"
)
NO_MORE = re.compile(
    r"(?:(?:ok|okay|great|thanks|thank you|thx|lovely|perfect|brilliant|super|diolch|fab|excellent|wonderful|got it|noted|received|that is (?:right|correct|great|fine|perfect|good)|all (?:good|correct|fine)|cool|good|correct|yes|fine|yn fawr|iawn|gwych|will do|much appreciated|thumbsup|amazing|x|xx|very much|so much|no problem|no worries|many|for (?:letting me know|confirming|the confirmation|that|this|your (?:help|reply)|sorting (?:that|it|this)|doing (?:that|this)|the update|everything|all (?:you do|your work))|see you (?:there|then|soon)|hi|hello|dear|looking forward to it)(?: |$))+"
)


def read_receipt(writing: Writing, today: date) -> Intent | None:
    clauses = [c for c in writing.clauses if c.plain]
    spoken = [c for c in clauses if not NO_MORE.fullmatch(c.plain) and not re.fullmatch(r"(?:hi|hello|dear|thanks|thank you|diolch|helo)(?: \w+){1,2}", c.plain)]
    if not spoken:
        return intent("none", 0.95, "receipts: only thanks") if clauses else None
    first = spoken[0]
    if WITHDRAW.fullmatch(first.plain) and (not first.question or re.match(r"(?:can|could|would) (?:you|i)\b", first.plain)):
        others = sum(len(c.plain.split()) for c in spoken[1:])
        return intent("withdraw", 0.96 if others <= 12 else 0.8, f"receipts: WITHDRAW (“{first.raw[:60]}”)", text=writing.text)
    if all(c.question and not re.match(r"(?:can|could|would|may) (?:you|i|we|it)(?: please| just| also)* (?:change|make|put|correct|move|amend|remove|add|edit|update|alter|have|be|swap|fix|replace)\b", c.plain) for c in spoken):
        return intent("note", 0.8, "receipts: a question", text=writing.text)
    words = sum(len(c.plain.split()) for c in spoken)
    return intent("correct", 0.92 if words >= 3 else 0.7, "receipts: other words are a correction", text=writing.text)

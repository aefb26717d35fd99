"""Is a mail to the members' list a private answer after all? (V14)

A post that goes to sixty people by mistake cannot be called back; a post that is asked back waits an hour. So whatever
reads as an answer, a command, an apology or an organiser's word is kept from the list: done when it is sure, else asked
back. A mail that talks about something ("Yes, we use the same balance and ...") is a post.
"""

from __future__ import annotations

import re
from datetime import date

from mailer.inbound.words import text as reading
from mailer.inbound.words.answers import Read, answer, read_clauses
from mailer.inbound.words.apologies import read_apology
from mailer.inbound.words.commands import read_command
from mailer.inbound.words.items import read_items
from mailer.inbound.words.proofs import HOLD, SEND, SEND_NOW
from mailer.inbound.words.signs import Sign
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

ATTENDING = frozenset({Sign.YES, Sign.NO, Sign.MAYBE, Sign.SOFT_NO, Sign.GLAD, Sign.APOLOGY, Sign.REGRET, Sign.WISH})
GATHERING = re.compile(r"\b(?:meeting|session|event|agenda|thursday|monday|tuesday|wednesday|friday|attend\w*|there|invit\w+|date|term|cyfarfod|yno|dod|ddod|tonight|tomorrow|today|time|come|coming|make it|see you)\b")
TO_ALL = re.compile(
    r"\b(?:anyone|anybody|any one|someone (?:know|have|got)|does any|has any|do you (?:all|have|know)|have you|recommend\w*|lend|borrow|spare|give away|getting rid|free to collect|suggest\w*|supplier|suppliers|technique|we (?:use|used|have|had|found|got|bought|make|do|keep|run|tried|store|always|usually)|i (?:use|used|have (?:a|an|two|the|some|got|used|found)|found|bought|make|tried|think you|would (?:try|use|recommend|suggest|check|go for|avoid|be careful))|you (?:can|could|need|should|might|may)|try (?:the|a|using|it|this)|cleapss|sserc|attached|see (?:below|link|attached)|https?|www|oes gan unrhyw|oes unrhyw un)\b"
)
ORGANISER = re.compile(r"(?:date|time|place|host|dyddiad|amser|lleoliad|minutes|action)\s*:", re.IGNORECASE)
TASK_WORD = re.compile(r"^(?:done|all done|completed|more time.*|give to \w+.*|withdraw|confirm|confirmed|(?:vegetarian|vegan|gluten free|halal)(?: please| thanks| for me)*|running late.*|(?:i am |we are )?(?:on my way|running late|stuck in traffic|lost|parking|outside).*|[1-9](?: ?/ ?(?:5|10))?|\+ ?1|plusone)$")


def private_answer(text: str, *, today: date) -> Intent | None:
    """For mail to the members' list: what it reads as, or None for a real post. Unsure ones are to be asked back."""
    return private_reading(reading.read(text), today)


def private_reading(writing: Writing, today: date) -> Intent | None:
    if not writing.clauses:
        return None
    command = read_command(writing, today)
    if command and (command[0].sure or _few(command[1], 12)):
        return command[0]
    word = _organiser(writing)
    if word:
        return word
    apology = read_apology(writing)
    if apology:
        return apology
    reads = read_clauses(writing)
    found = answer(reads)
    if found is not None:
        return _weigh(found, reads, writing)
    if len(writing.clauses) <= 3 and any(TASK_WORD.fullmatch(c.plain) for c in writing.clauses) and writing.words <= 12:
        return intent("note", 0.5, "private: a short word that answers something", text=writing.text)
    item = next(iter(read_items(writing, 0.7)), None)
    return item if item and writing.words <= 40 and not _shared(writing) else None


def _weigh(found: Intent, reads: tuple[Read, ...], writing: Writing) -> Intent | None:
    """How private an answer is: by what it says of coming, and how much else stands there."""
    coming = [r for r in reads if r.sign in ATTENDING]
    if writing.words > 40:  # a long mail is an answer only where it says so near its head, and in full
        coming = [r for r in reads[:9] if r.sign in ATTENDING and len(r.clause.plain.split()) >= 3 and (GATHERING.search(r.clause.plain) or r.sign in (Sign.NO, Sign.APOLOGY))]
        if not coming:
            return None
    strange = sum(len(r.clause.plain.split()) for r in reads if r.sign in (Sign.UNKNOWN, Sign.QUESTION, Sign.NOTE))
    named = any(GATHERING.search(r.clause.plain) for r in reads)
    shared = _shared(writing)
    if coming and any(r.sign in (Sign.NO, Sign.YES, Sign.APOLOGY) for r in coming):
        if shared and strange > 12 and not named:
            return None
        if shared or strange > 20:
            return intent(found.act, min(found.certainty, 0.6), found.row + "; with words for everyone", **found.args)
        certainty = found.certainty if strange <= 8 else min(found.certainty, 0.8)
        return intent(found.act, certainty, found.row + "; to the list, yet about coming", **found.args)
    if coming or named:
        if not coming and shared:
            return None
        if strange > 5 and shared and not (named and coming):
            return None
        if strange > 12 and (shared or not named or strange > 30):
            return None
        return intent(found.act, min(found.certainty, 0.8), found.row + "; to the list, perhaps about coming", **found.args)
    if shared or strange > 5 or writing.words > 25:
        return None
    return intent(found.act, min(found.certainty, 0.6), found.row + "; a short word to the list", **found.args)


def _shared(writing: Writing) -> bool:
    return any(TO_ALL.search(clause.plain) for clause in writing.clauses)


def _organiser(writing: Writing) -> Intent | None:
    clauses = [c for c in writing.clauses if c.plain]
    if len(clauses) > 4 or writing.words > 15:
        return None
    for clause in clauses:
        for act, pattern in (("send-now", SEND_NOW), ("send", SEND)):
            if pattern.fullmatch(clause.plain):
                return intent(act, 0.5, f"private: an organiser's word ({act}) to the list")
        if HOLD.search(clause.plain) and re.search(r"\b(?:hold|send|dal|daliwch|anfon)\b", clause.plain):
            return intent("hold", 0.8, "private: HOLD to the list")
    return None


def _few(clauses: tuple[reading.Clause, ...], most: int) -> bool:
    return sum(len(c.plain.split()) for c in clauses) <= most

"""YES, NO and MAYBE in the words people use (CAL-9).

Each clause gets a sign from the tables (english.py, welsh.py); the signs of the whole text are tallied; one table,
read top-down, says what the tally means. Signs that speak against each other are never weighed: they are asked back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer.inbound.words.guests import shared_answer
from mailer.inbound.words.names import names_in
from mailer.inbound.words.reads import Read
from mailer.inbound.words.signs import Sign
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Clause
from mailer.inbound.words.values import Intent, intent

SILENT = frozenset({Sign.POLITE, Sign.LATER})
EXCUSED = frozenset({"sorry for the late reply", "forgot to reply", "late reply", "sori am yr oedi"})
REASONED = SILENT | {Sign.REASON, Sign.SORRY, Sign.APOLOGY, Sign.REGRET}
OWN = re.compile(r"^(?:(?:i|we) (?:am|are|will be|have(?! been)|have got|do not|work|teach|only)|(?:it|that) is my|my |teaching|working|away|busy|double booked|clash|on (?:leave|holiday)|in (?:lessons|class)|will be|got )(?!.*\b(?:opinion|question|idea|problem|forward|retirement)\b)")
PURE = frozenset({Sign.POLITE, Sign.BARE_YES, Sign.BARE_NO, Sign.OK, Sign.NICE, Sign.APOLOGY, Sign.SORRY})


@dataclass(frozen=True)
class Tally:
    signs: frozenset[Sign]
    bare: Sign | None
    strange: int  # words in clauses that no row knows
    words: int
    later: frozenset[Sign]  # a bare yes or no that came after other words
    but: bool  # a clause with "but" that no row knows, or that gives a reason
    own_reason: bool  # "I am teaching", "away": said of oneself, and now
    long: bool

    def has(self, *signs: Sign) -> bool:
        return any(sign in self.signs for sign in signs)


ALL_OF_US = re.compile(r"\b(?:of us|us both|ohono[mn]|ill dau)\b")
# Readings that are only likely because words stand beside them that no row knows; the second reader may settle these.
ONLY_LIKELY = frozenset({"yes, and much else", "no, and much else", "perhaps, and much else", "apologies, and much else", "looking forward, and much else", "sorry, and words unknown", "rather not", "a reason among other words"})

S = Sign
Rule = tuple[str, Callable[[Tally], bool], str, float]

# Read top-down. Under 0.9 the person is asked back (values.SURE).
COMBINED: tuple[Rule, ...] = (
    ("yes and no in one text", lambda t: (t.has(S.YES) or t.bare is S.BARE_YES) and (t.has(S.NO) or t.bare is S.BARE_NO), "maybe", 0.4),
    ("yes, and rather not", lambda t: (t.has(S.YES) or t.bare is S.BARE_YES) and t.has(S.SOFT_NO, S.REGRET, S.APOLOGY), "maybe", 0.4),
    ("not that day, but another", lambda t: t.has(S.NO) and t.has(S.OTHER_DAY), "no", 0.7),
    ("only from afar", lambda t: t.has(S.ONLINE), "maybe", 0.6),
    ("not coming, with a perhaps", lambda t: t.has(S.NO) and t.has(S.MAYBE), "no", 0.7),
    ("not coming, if", lambda t: t.has(S.NO) and t.has(S.CONDITION), "no", 0.7),
    ("not coming", lambda t: t.has(S.NO), "no", 0.96),
    ("rather not, so no", lambda t: t.has(S.SOFT_NO) and S.BARE_NO in t.later, "no", 0.92),
    ("rather not", lambda t: t.has(S.SOFT_NO), "no", 0.8),
    ("coming, if", lambda t: (t.has(S.YES, S.GLAD) or t.bare is S.BARE_YES) and t.has(S.CONDITION), "maybe", 0.91),
    ("coming, with a perhaps", lambda t: (t.has(S.YES) or t.bare is S.BARE_YES) and t.has(S.MAYBE), "maybe", 0.75),
    ("coming, and a reason not to", lambda t: t.has(S.YES) and t.has(S.REASON) and t.but, "yes", 0.7),
    ("coming, and sorry", lambda t: t.has(S.YES) and t.has(S.SORRY) and not t.has(S.PARTLY), "yes", 0.8),
    ("coming", lambda t: t.has(S.YES), "yes", 0.96),
    ("yes, and a reason not to", lambda t: t.bare is S.BARE_YES and t.has(S.REASON) and not t.has(S.PARTLY), "yes", 0.6),
    ("yes, and sorry", lambda t: t.bare is S.BARE_YES and t.has(S.SORRY) and not t.has(S.PARTLY), "yes", 0.7),
    ("yes, and other people", lambda t: t.bare is S.BARE_YES and t.has(S.OTHER) and t.strange > 0, "yes", 0.8),
    ("yes, and much else", lambda t: t.bare is S.BARE_YES and t.strange > 4, "yes", 0.8),
    ("yes", lambda t: t.bare is S.BARE_YES, "yes", 0.96),
    ("no, with a perhaps", lambda t: t.bare is S.BARE_NO and t.has(S.MAYBE, S.GLAD, S.WISH, S.NICE, S.PARTLY, S.CONDITION), "no", 0.6),
    ("no, and much else", lambda t: t.bare is S.BARE_NO and t.strange > 4 and not t.has(S.SORRY, S.REASON), "no", 0.8),
    ("no", lambda t: t.bare is S.BARE_NO, "no", 0.95),
    ("would have liked to, and why not", lambda t: t.has(S.REGRET, S.WISH) and (t.has(S.REASON, S.SORRY, S.APOLOGY)) and not t.has(S.MAYBE), "no", 0.92),
    ("would have liked to", lambda t: t.has(S.REGRET) and not t.has(S.MAYBE, S.GLAD), "no", 0.8),
    ("would love to, but", lambda t: t.has(S.WISH) and t.but, "no", 0.75),
    ("perhaps another time", lambda t: t.has(S.MAYBE) and t.has(S.LATER) and not t.has(S.CONDITION, S.REASON), "maybe", 0.7),
    ("perhaps, and apologies", lambda t: t.has(S.MAYBE) and t.has(S.APOLOGY), "maybe", 0.7),
    ("perhaps, and much else", lambda t: t.has(S.MAYBE) and t.strange > 12, "maybe", 0.8),
    ("perhaps", lambda t: t.has(S.MAYBE), "maybe", 0.93),
    ("apologies, yet looking forward", lambda t: t.has(S.APOLOGY) and t.has(S.GLAD, S.WISH, S.PARTLY), "no", 0.6),
    ("apologies", lambda t: t.has(S.APOLOGY) and t.strange <= 12, "no", 0.94),
    ("apologies, and much else", lambda t: t.has(S.APOLOGY), "no", 0.8),
    ("looking forward, and a reason not to", lambda t: t.has(S.GLAD, S.WISH) and t.has(S.REASON, S.SORRY, S.CONDITION), "no", 0.5),
    ("there for part of it, and a reason", lambda t: t.has(S.PARTLY) and t.has(S.REASON, S.SORRY), "maybe", 0.6),
    ("sorry, and why", lambda t: t.has(S.SORRY) and t.has(S.REASON), "no", 0.95),
    ("one's own reason alone", lambda t: t.own_reason and t.strange == 0 and t.words <= 16 and not t.has(S.NOTE, S.OTHER, S.ITEM, S.QUESTION), "no", 0.9),
    ("a reason among other words", lambda t: t.has(S.REASON), "no", 0.7),
    ("looking forward", lambda t: t.has(S.GLAD) and t.strange <= 8, "yes", 0.92),
    ("would love to", lambda t: t.has(S.WISH) and t.strange <= 4, "yes", 0.9),
    ("looking forward, and much else", lambda t: t.has(S.GLAD, S.WISH), "yes", 0.75),
    ("sorry, and words unknown", lambda t: t.has(S.SORRY), "no", 0.75),
    ("a condition alone", lambda t: t.has(S.CONDITION), "maybe", 0.75),
    ("there for part of it", lambda t: t.has(S.PARTLY), "yes", 0.75),
    ("ok", lambda t: t.has(S.OK) and t.strange == 0 and t.words <= 12, "yes", 0.9),
    ("ok, and other words", lambda t: t.has(S.OK), "yes", 0.7),
    ("can do a day", lambda t: t.has(S.OTHER_DAY), "yes", 0.7),
    ("friendly words", lambda t: t.has(S.NICE), "yes", 0.6),
)


def tally(reads: tuple[Read, ...]) -> Tally:
    """Counts what was said. A bare yes or no counts only before anything else of weight."""
    bare: Sign | None = None
    open_for_bare = True
    signs: set[Sign] = set()
    later: set[Sign] = set()
    before: Read | None = None
    strange = words = 0
    but = own = False
    for at, read in enumerate(reads):
        if read.row == "might" and len(read.clause.plain.split()) == 1 and at + 1 < len(reads) and reads[at + 1].sign is Sign.LATER:
            continue  # "maybe next term" is about another time
        words += len(read.clause.plain.split())
        if read.sign in (Sign.BARE_YES, Sign.BARE_NO):
            if open_for_bare or read.clause.raw.isupper():
                bare = bare if bare is not None and bare is read.sign else read.sign if bare is None else bare
                if bare is not read.sign:
                    signs |= {Sign.YES, Sign.NO}
            else:
                later.add(read.sign)
            before = read
            continue
        if read.sign is Sign.CONDITION and read.clause.plain != "not" and before is not None and before.clause.sentence == read.clause.sentence and before.row in ("not sure", "a question", "not sure about that"):
            before = read
            continue  # "don't know if I need parking": what is not known is no condition
        if (read.row in EXCUSED or read.sign is Sign.LATER) and before is not None and before.sign is Sign.SORRY:
            signs.discard(Sign.SORRY)  # "sorry, forgot to reply" is no sorry for staying away
        before = read
        signs.add(read.sign)
        own = own or (read.sign is Sign.REASON and (read.row == "away" or OWN.match(read.clause.plain) is not None))
        if read.sign is Sign.UNKNOWN:
            strange += len(read.clause.plain.split()) * (2 if read.clause.turn == "~" else 1)
        if read.sign in (Sign.UNKNOWN, Sign.REASON) and read.clause.turn in ("but", "however", "although", "though", "ond"):
            but = True
        if read.sign not in SILENT and read.sign not in (Sign.SORRY, Sign.NICE, Sign.OK, Sign.APOLOGY):
            open_for_bare = False
    if bare is None and len(later) == 1 and not signs & {Sign.YES, Sign.NO, Sign.MAYBE, Sign.SOFT_NO, Sign.REASON, Sign.QUESTION, Sign.UNKNOWN, Sign.CONDITION}:
        bare = next(iter(later))  # "not teaching, so yes"
        later.clear()
    if bare is None and later == {Sign.BARE_NO} and signs <= REASONED:
        bare = Sign.BARE_NO  # "jury service, so no"
        later.clear()
    return Tally(frozenset(signs), bare, strange, words, frozenset(later), but, own, words > 80)


def answer(reads: tuple[Read, ...]) -> Intent | None:
    """The answer to an invitation, or None when nothing of the text is one."""
    by_name = _answers_by_name(reads)
    if by_name is not None:
        return by_name
    counted = tally(reads)
    for name, holds, reading, certainty in COMBINED:
        if holds(counted):
            guests, names = company_of(reads) if reading != "no" else (0, ())
            if counted.later & ({Sign.BARE_NO} if reading == "yes" else {Sign.BARE_YES} if reading == "no" else {Sign.BARE_NO, Sign.BARE_YES}):
                certainty = min(certainty, 0.75)
            if counted.long:
                certainty = min(certainty, 0.92)
            note = note_of(reads)
            asks = any(read.sign is Sign.QUESTION for read in reads)
            return intent("answer", certainty, f"answers: {name}{_because(reads)}", answer=reading, note=note, guests=guests, names=names, question=asks)
    beside, names = company_of(tuple(read for read in reads if read.sign is not Sign.QUESTION))
    if beside:
        return intent("answer", 0.8, "answers: only who comes along", answer="yes", note=note_of(reads), guests=beside, names=names, question=False)
    return None


def _because(reads: tuple[Read, ...]) -> str:
    rows = [f"“{r.clause.raw[:40]}” as {r.row}" for r in reads if r.sign not in (Sign.UNKNOWN, Sign.POLITE)][:4]
    return f" ({'; '.join(rows)})" if rows else ""


def company_of(reads: tuple[Read, ...]) -> tuple[int, tuple[str, ...]]:
    taken_back = " ".join(read.clause.plain for read in reads)
    names = tuple(
        dict.fromkeys(
            name
            for name in (*(name for read in reads for name in read.company.names), *_listed_below_me(reads))
            if not re.search(rf"\b(?:no )?not {re.escape(plain(name))}\b", taken_back)  # "Mike and Sue, no, not Sue"
        )
    )
    unnamed = [max(read.company.guests - len(read.company.names), 0) for read in reads]
    if any(ALL_OF_US.search(read.clause.plain) for read in reads):  # "both of us, Louise and me": she is counted already
        return max(*unnamed, len(names)), names
    return sum(unnamed) + len(names), names


def _listed_below_me(reads: tuple[Read, ...]) -> tuple[str, ...]:
    """Names one below the other, under "Me"."""
    found: list[str] = []
    me = next((at for at, read in enumerate(reads) if read.clause.plain in ("me", "myself", "fi")), len(reads))
    for read in reads[me + 1 :]:
        named = names_in(read.clause.raw)
        if len(named) != 1 or not read.clause.raw.startswith(named[0]) or len(read.clause.raw.split()) > 10:
            break
        found.append(named[0])
    return tuple(found)


def note_of(reads: tuple[Read, ...]) -> str:
    """What the answer words leave over, in the person's own words."""
    kept: list[str] = []
    before: Clause | None = None
    for read in reads:
        if read.sign in PURE or _says_no_more(read):
            continue
        raw = read.clause.raw
        if before is None:
            raw = re.sub(r"(?i)^(?:but|and|ond) ", "", raw)
            kept.append(raw)
        else:
            kept.append((", " if before.sentence == read.clause.sentence else ". ") + raw + ("?" if read.sign is Sign.QUESTION else ""))
        before = read.clause
    return "".join(kept)


# "from 3", "until 4", "by train", "depends on cover": a short clause that says more than its answer
MORE = re.compile(
    r"\b(?:from|until|till|til|after(?! all)|before|by|at|about|around) (?:\d|noon|lunch|break|train|bus|car|taxi|bike|\w+day|then)|"
    r"\b(?:depend\w*|dibynnu|late|early|wheelchair|crutches|carer|guide dog|interpreter|remotely|online|half an hour|an hour)\b"
)


def _says_no_more(read: Read) -> bool:
    if MORE.search(read.clause.plain):
        return False
    return read.sign in (Sign.YES, Sign.NO, Sign.GLAD, Sign.MAYBE, Sign.WISH) and len(read.clause.plain.split()) <= 6 and not read.company.guests and not names_in(" ".join(read.clause.raw.split()[1:]))


def _answers_by_name(reads: tuple[Read, ...]) -> Intent | None:
    people: dict[str, str] = {}
    for read in reads:
        if read.sign in SILENT:
            continue
        raw = read.clause.raw
        if read.clause.turn and raw.lower().startswith(read.clause.turn):
            raw = raw[len(read.clause.turn) :].strip()
        found = shared_answer(raw, plain(raw))
        if found is None:
            if people or read.sign in (Sign.YES, Sign.NO, Sign.BARE_YES, Sign.BARE_NO, Sign.MAYBE):
                return None
            continue
        people.update(dict.fromkeys(found[0], found[1]))
    if len(people) < 2 and not (people and "I" not in people):
        return None
    own = people.get("I")
    coming = tuple(name for name, said in people.items() if said == "yes" and name != "I")
    certainty = 0.93 if own else 0.8
    return intent(
        "answer", certainty, "answers: by name", answer=own or next(iter(people.values())), note=note_of(reads),
        guests=len(coming) if own == "yes" else 0, names=coming if own == "yes" else (), people=tuple(people.items()), question=False,
    )  # fmt: skip

"""Is a mail to the members' list a private answer after all? (V14)

A post that goes to sixty people by mistake cannot be called back; a post that is asked back waits an hour. So whatever
reads as an answer, a command, an apology or an organiser's word is kept from the list: done when it is sure, else asked
back. A mail that talks about something ("Yes, we use the same balance and ...") is a post.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mailer.inbound.words import opinion, stops
from mailer.inbound.words import text as reading
from mailer.inbound.words.answers import answer
from mailer.inbound.words.apologies import read_apology
from mailer.inbound.words.commands import read_command
from mailer.inbound.words.items import read_items
from mailer.inbound.words.personal import speaks_to_all, why_personal
from mailer.inbound.words.proofs import HOLD, SEND, SEND_NOW
from mailer.inbound.words.reads import Read, read_clauses
from mailer.inbound.words.signs import Sign
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

ATTENDING = frozenset({Sign.YES, Sign.NO, Sign.MAYBE, Sign.SOFT_NO, Sign.GLAD, Sign.APOLOGY, Sign.REGRET, Sign.WISH})
GATHERING = re.compile(r"\b(?:meeting|session|event|agenda|thursday|monday|tuesday|wednesday|friday|attend\w*|there|invit\w+|date|term|cyfarfod|yno|dod|ddod|tonight|tomorrow|today|come|coming|make it|see you|park|parking|lunch|\d{1,2}(?:st|nd|rd|th))\b")
TO_ALL = re.compile(
    r"\b(?:anyone|anybody|any one|someone (?:know|have|got)|does any|has any|do you (?:all|have|know|use|do)|have you|recommend\w*|lend|borrow|spare|give away|getting rid|free to collect|suggest\w*|supplier|suppliers|technique|we (?:use|used|have|had|found|got|bought|make|do|keep|run|tried|store|always|usually)|i (?:use|used|have (?:a|an|two|the|some|got|used|found)|found|bought|make|tried|think you|would (?:try|use|recommend|suggest|check|go for|avoid|be careful))|you (?:can|could|need|should|might|may)|try (?:the|a|using|it|this)|cleapss|sserc|attached|see (?:below|link|attached)|https?|www|oes gan unrhyw|oes unrhyw un)\b"
)
ORGANISER = re.compile(r"(?:date|time|place|host|dyddiad|amser|lleoliad|minutes|action)\s*:", re.IGNORECASE)
# Short mails that only make sense to whoever asked; read top-down.
SHORT_AND_PRIVATE: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(  # name, most words of the whole mail
    (name, most, re.compile(pattern))
    for name, most, pattern in (
        ("for another door", 60, r"^(?:here is |this is |attached is )?(?:(?:a|my|our) )?(?:(?:short |quick )?(?:piece|something|item|article|bit|text|words) )?for the (?:newsletter|agenda|minutes|next (?:issue|newsletter|meeting))\b|\bcross (?:that|it|this|the) (?:action|one)(?: point)? off\b"),
        ("an action point", 9, r"^(?:all )?(?:done|completed|sorted)(?: thanks| now)?$|^more time\b|^give to \w+|^(?:withdraw|confirm|confirmed|undo)\b"),
        ("a score", 12, r"^[1-9](?: ?/ ?(?:5|10)| out of (?:5|10)| stars?)?(?: (?:from me|for me|please))?$|^(?:one|two|three|four|five|ten) out of (?:five|ten|\d+)(?! (?:had|have|has|were|are|was|of))"),
        ("an organiser's word", 9, r"^(?:approved?|publish|release|go ahead|good to go)(?: (?:it|this|please|thanks))*$"),
        ("how to leave", 25, r"^(?:how (?:do|can) (?:i|we)|where do i|can i|why am i) .{0,20}\b(?:unsubscribe|get off|leave|stop|come off|getting|receiving|on this)\b"),
        ("food", 25, r"^(?:(?:i am|we are|one|i will have|can i have|yes|please|am) )*(?:a )?(?:vegetarian|vegan|gluten free|halal|coeliac|dairy free|kosher|no nuts|nut allergy)(?: (?:please|thanks|for me|option|meal|here|too))*$"),
        ("on the way", 25, r"\b(?:on my way|running late|minutes? late|mins? late|(?:be|a bit|bit|little) late|stuck (?:in|on)|start without me|cannot find (?:it|you|the (?:room|place|venue|building|entrance|school|hall|way)))\b|^(?:i am |we are )?(?:lost|outside|delayed)\b"),
        ("about coming", 25, r"^(?:can|could|may) (?:i|we) (?:still )?(?:bring|come|join|attend|park|get a lift)\b|\b(?:is there|where (?:do|can) (?:i|we)|any) (?:\w+ )?park(?:ing)?\b|^(?:where|what time|when) (?:is|does) (?:it|the meeting|this)\b|^(?:is it (?:on|still on|at|today|tomorrow|this|next|in person)|is the meeting)\b|\b(?:what|which) (?:room|building|entrance|floor|lab)\b"),
        ("about their answer", 20, r"\bmy (?:reply|answer|response|rsvp|form|email|mail|last one)\b.{0,30}\b(?:reach|arriv|get|got|receiv|wrong|gone)\w*|^(?:i |we )?(?:have |had |already |think i have )*(?:answered|replied|responded)\b|\bdid you (?:get|receive) (?:it|my|this|that)\b|\btoo late to\b"),
        ("about the day", 15, r"^(?:is|are) (?:lunch|tea|coffee|food|refreshments|parking|travel)\b|^will there be\b|^who (?:else )?is (?:coming|going)\b|^(?:could|can) (?:we|you) (?:move|change|put|shift) (?:it|the (?:meeting|date))\b"),
        ("about their own entry", 20, r"\b(?:delete|remove|erase|update|amend|change) (?:me|my)\b"),
        ("thanks alone", 8, r"^(?:many )?(?:thanks|thank you|cheers|diolch) for (?:letting|the (?:reminder|invite|invitation|info\w*|update|message))\b"),
        ("a lift", 20, r"\b(?:give|need|want|get|offer|have)\b.{0,20}\ba lift\b|^any lifts?\b"),
        ("an answer at the end", 15, r"^(?:it is )?(?:a )?(?:yes|no)(?: from (?:me|us))?$"),
        ("if I can", 15, r"^(?:i|we) can (?:get|find|swap)\b.{0,20}\b(?:i|we) will$|^(?:i|we) will (?:come |be there )?if (?:i|we) can\b"),
        ("me too", 12, r"^(?:and )?(?:me too|me|same here|same for me|ditto|and me|us too|plusone|likewise|fi hefyd|(?:i am|we are) (?:out|in)(?: i am afraid| sorry)?)$"),
    )
)  # fmt: skip

ALSO_TALK = frozenset({"a score", "an answer at the end", "me too"})  # what members also say to each other in a thread

# Words that ask not to be passed on, whatever else the mail is about; in plain spelling.
CONFIDENTIAL = re.compile(
    r"\b(?:(?:just |strictly )?between (?:us|you and me|ourselves)|in (?:strict )?confidence|confidential(?! (?:waste|bins?|shredding|paper))\w*|off the record|strictly private|not for (?:the (?:whole )?(?:list|group)|everyone|sharing|publication)|for your (?:eyes|ears) only|private matter|personal matter|"
    r"(?:do not|please not|never|would rather not|rather you did not) (?:\w+ )?(?:tell|share|announce|repeat|mention|forward|pass (?:this|it|that) on|let (?:anyone|anybody|on|everyone)|say anything|spread|circulate)|keep (?:this|it|that) (?:to yourself|quiet|private|secret|between|under your hat)|"
    r"not (?:public|official|announced) yet|keys? (?:is |are )?(?:under|beneath|behind) the|cyfrinachol|yn gyfrinach|rhyngom ni|rhyngoch chi a fi|peidiwch (?:a|ag) (?:dweud|rhannu))\b"
)
# Said to one person: how to reach the writer, or a wish to be reached.
TO_ONE = re.compile(
    r"^(?:(?:hi|hello) \w+ )?(?:please )?(?:(?:could|can|would|will) you (?:please |possibly )?(?:call|ring|phone|text|email|message) me\b|(?:call|ring|phone|text) me\b)|^my (?:new |mobile |home |phone |work |personal )*(?:number|mobile|address|email|bank details) (?:is|are|has)\b|"
    r"^(?:here (?:is|are) )?my (?:bank|sort code|account|payroll)\b|\bmy (?:diagnosis|operation|surgery|pregnancy|redundancy|salary|divorce|chemo\w*|miscarriage)\b"
)
A_WORD = 4  # words of a mail in a thread that may be an answer to us without naming what is come to
A_CALL = 8  # words: "Please help" with more behind it asks the members
A_NOTE = 120  # words: a longer mail is about more than its being confidential

ABOUT_COMING = re.compile(r"\b(?:come|coming|attend\w*|make it|make (?:the|this|that|\w+day)|be there|join\w*|able to|sure|cover|released|let you know|try to|hope so|meeting|session|thursday|monday|tuesday|wednesday|friday|seeing|see you|there|dod|ddod|yno)\b")
ANOTHER_COMING = re.compile(r"\b(?:come|came|coming) (?:up|across|off|apart|unstuck|loose|undone|in (?:a|two|packs|boxes))\b|^apologies (?:for(?! (?:\w+day|the meeting|the \d))|if)\b|^free$|\bmiss (?:this|the|our) (?:list|group)|\bquestion\b")
PLAIN = frozenset({Sign.YES, Sign.NO, Sign.APOLOGY})
Weigh = Callable[[bool, bool, bool, bool, int, int], bool]  # coming, in plain words, gathering named, for all, strange words, words

# How sure an answer sent to the list may be; 0 is a post. Read top-down.
WEIGHED: tuple[tuple[str, Weigh, float], ...] = (
    ("says it is coming, but talks to everyone about something", lambda c, plain, named, shared, strange, n: plain and shared and strange > 12 and not named, 0),
    ("says it is coming, with words for everyone", lambda c, plain, named, shared, strange, n: plain and (shared or strange > 20), 0.6),
    ("says it is coming, with a few words", lambda c, plain, named, shared, strange, n: plain and strange > 8, 0.8),
    ("says it is coming", lambda c, plain, named, shared, strange, n: plain, 1.0),
    ("talks to everyone", lambda c, plain, named, shared, strange, n: shared and not (c and (named or strange <= 5)), 0),
    ("perhaps about coming, but long", lambda c, plain, named, shared, strange, n: c and strange > (30 if named else 12), 0),
    ("perhaps about coming", lambda c, plain, named, shared, strange, n: c, 0.8),
    ("a short mail about a gathering", lambda c, plain, named, shared, strange, n: named and strange <= 14 and n <= 25, 0.7),
    ("many other words", lambda c, plain, named, shared, strange, n: strange > 8 or n > 25, 0),
    ("a short word", lambda c, plain, named, shared, strange, n: True, 0.6),
)


def private_answer(text: str, *, today: date, thread: bool = False) -> Intent | None:
    """For mail to the members' list: what it reads as, or None for a real post. Unsure ones are to be asked back.

    `thread`: it answers a post, where people call each other by name and few words may be enough.
    """
    writing = reading.read(text)
    if not writing.clauses:  # a question mark, a signature: nothing that sixty people need; nothing at all is held as empty
        return intent("note", 0.5, "private: not a word in it", text=writing.text) if text.strip() else None
    return _by_rules(writing, today, thread) or _by_weight(writing, thread)


def _by_weight(writing: Writing, thread: bool) -> Intent | None:
    """The second opinion: what no rule knows may still read like a private mail."""
    if opinion.doubts(writing, thread=thread) <= 0:
        return None
    return intent("note", 0.5, "private: its words are those of private mail", text=writing.text)


def _by_rules(writing: Writing, today: date, thread: bool) -> Intent | None:
    shared = _shared(writing)
    kept = _confidential(writing, shared)
    command = read_command(writing, today)
    if command and stops.TO_US in command[0].row and not stops.is_all(command[1]):
        return replace(command[0], certainty=min(command[0].certainty, 0.8))  # asked back: of a parcel they say the same to each other
    if command and not (command[0].act == "help" and writing.words > A_CALL) and (command[0].sure or (_few(command[1], 12) and not shared)):
        return command[0]
    perhaps = stops.perhaps(writing.clauses, listed=True)
    if perhaps:
        return perhaps
    word = _organiser(writing)
    if word:
        return word
    apology = read_apology(writing)
    if apology:
        return apology
    reads = read_clauses(writing)
    found = answer(reads)
    if found is not None:
        weighed = _weigh(found, reads, writing, thread)
        if weighed:
            return weighed
    if kept:
        return kept
    if not shared and any(writing.words <= (A_WORD if thread and name in ALSO_TALK else most) and row.search(c.plain) for c in writing.clauses for name, most, row in SHORT_AND_PRIVATE):
        return intent("note", 0.5, "private: a short word that answers something", text=writing.text)
    why = why_personal(writing, thread)
    if why:
        return intent("note", 0.5, f"private: {why}", text=writing.text)
    item = next(iter(read_items(writing, 0.7)), None)
    return item if item and writing.words <= 40 and not shared else None


def _weigh(found: Intent, reads: tuple[Read, ...], writing: Writing, thread: bool) -> Intent | None:
    """How private an answer is: by what it says of coming, and how much else stands there."""
    if thread and writing.words > A_WORD and not any(r.sign in ATTENDING and GATHERING.search(r.clause.plain) for r in reads):
        return None  # "Yes, 3.15 amps", "Don't do it": said to what another member asked
    if speaks_to_all(writing) and not any(r.sign in PLAIN for r in reads):
        return None  # "Free to a good home, must go by Friday"
    coming = [r for r in reads if r.sign in ATTENDING and _about_coming(r, writing.words)]
    if writing.words > 40:  # a long mail is an answer only where it says so near its head, and in full
        coming = [r for r in reads[:9] if r in coming and len(r.clause.plain.split()) >= 3 and (GATHERING.search(r.clause.plain) or r.sign in (Sign.NO, Sign.APOLOGY))]
        if not coming:
            return None
    said = {r.sign for r in reads}
    if not coming and not said & {Sign.BARE_YES, Sign.BARE_NO, Sign.OK, Sign.SORRY, Sign.PARTLY} and writing.words > 6:
        return None  # friendly words, or a word that could be a reason, in a mail about something else
    strange = sum(len(r.clause.plain.split()) for r in reads if r.sign in (Sign.UNKNOWN, Sign.QUESTION, Sign.NOTE))
    named = any(GATHERING.search(r.clause.plain) for r in reads)
    shared = _shared(writing)
    for name, holds, most in WEIGHED:
        if holds(bool(coming), any(r.sign in PLAIN for r in coming), named, shared, strange, writing.words):
            most = min(most, 0.8) if thread else most  # "+1" there may well be said to a member
            return intent(found.act, min(found.certainty, most), f"{found.row}; to the list: {name}", **found.args) if most else None
    return None


def _about_coming(read: Read, whole: int) -> bool:
    words = read.clause.plain.split()
    if ANOTHER_COMING.search(read.clause.plain):
        return False
    return read.sign in PLAIN or (len(words) <= 4 and whole <= 12) or ABOUT_COMING.search(read.clause.plain) is not None


def _confidential(writing: Writing, shared: bool) -> Intent | None:
    for clause in writing.clauses if writing.words <= A_NOTE else ():
        if CONFIDENTIAL.search(clause.plain):
            return intent("note", 0.5, f"private: asks not to be passed on (“{clause.raw[:40]}”)", text=writing.text)
        if not shared and writing.words <= 40 and TO_ONE.search(clause.plain):
            return intent("note", 0.5, f"private: said to one person (“{clause.raw[:40]}”)", text=writing.text)
    return None


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

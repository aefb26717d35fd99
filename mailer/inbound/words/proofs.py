"""Organisers' words in answer to a proof: SEND, SEND NOW, HOLD, or the changes wanted.

A mailing goes to everybody, so SEND must be all that is said: any word that no row knows makes it changes, and a
change never sends (design 4). HOLD is the safe side and needs less.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.inbound.words.names import is_name
from mailer.inbound.words.text import Clause, Writing
from mailer.inbound.words.values import Understood, intent

_IT = r"(?: (?:it|this|that|them|the (?:mail|email|proof|letter|newsletter|invitation|invite|invites|invitations|agenda|issue|minutes|draft|thing)|ahead|round|around|out|off|on|to (?:all|everyone|everybody|the (?:list|members|group|network|team))))*"
_POLITE = r"(?:please|thanks|thank you|many thanks|very much|yes|ok|okay|yep|great|good|lovely|perfect|fine|brilliant|diolch|plis|iawn|x|xx|thumbsup|cheers|all|hi|hello|yeah|sure|right|go ahead|happy|approved|just|as it is|as is|unchanged|looks (?:good|great|fine|lovely)|all good|that is (?:fine|good|great)|and|so|then|i am happy|excellent|super|dear|again|os gwelwch yn dda|os gweli di n dda|for (?:doing|sorting|organising) this|from me|good to go|go)"
SEND = re.compile(rf"(?:{_POLITE} )*(?:send{_IT}|(?:please )?get it (?:out|sent)|anfon(?:wch|a)?(?: (?:ef|fe|o|hi|y cylchlythyr|allan|nhw))*)(?: {_POLITE})*")
SEND_NOW = re.compile(rf"(?:{_POLITE} )*(?:send{_IT} (?:now|straight away|immediately|right now|right away|at once|straightaway)(?: to everyone| to all)?|send now{_IT}|anfon(?:wch)?(?: \w+)? (?:nawr|rwan|yn syth|ar unwaith))(?: {_POLITE})*")
NOISE = re.compile(rf"(?:{_POLITE}(?: |$))+")
HOLD = re.compile(
    r"^(?:(?:please|no|sorry|oops|argh|hang on|wait|can you|could you|can we|could we|i|actually|oh|we|you|i think|let us|just|yes|urgent|hi|stop|so|not|but|need to|should|must|to|better) )*"
    r"(?:hold\b(?! (?:a |an |the (?:meeting|event|session)|our|your|in |at ))|(?:do not|dont|never|not to) (?:send|release|let (?:it|this|that|them) go|mail|email|circulate|publish)\b|stop(?: (?:it|this|that|the (?:send|sending|mail|mailing|newsletter|invitation))| sending| everything)?$|(?:not yet|not now|(?:not )?ready yet|not ready)(?: (?:please|thanks))?$|wait(?: a (?:bit|minute|moment|day))?$|pause|delay|halt|sit on (?:it|this|that)|take (?:it|that) back$|changed my mind$|cancel$|cancel (?:it|this|that|the (?:send|mailing|mail|newsletter))|dal$|dal arni|daliwch|peidi(?:wch|o|a)(?: ag| a)? anfon|aros(?:wch)?$)"
)
NEARLY = re.compile(r"^(?:no |not )?(?:send|anfon)|\b(?:(?:good|ok|okay|fine|all right|clear|cleared) to go|go ahead|approved?|approve it|happy with (?:it|this|that)|looks (?:good|fine|great|lovely)|fine by me|fine with me|can go|may go|ready to (?:go|send)|all good|release|let it go|ship it|publish|for you to send|to send(?: it)?$)\b")
_ASKS_CHANGE = re.compile(r"^(?:please )?(?:can|could|would|will) (?:you|we|i)(?: please| also| just)* (?!send|have|see|get|resend|tell|forward|help)\w+")
_FAULTLESS = re.compile(r"\b(?:nothing|cannot (?:find|see|spot)|could not (?:find|see|spot)|no|not|without)\b.{0,24}?\b(?:wrong|typos?|mistakes?|errors?|amiss|missing|(?:to )?(?:change|add|correct)|changes|corrections|edits)\b|\b(?:all|everything(?: is)?|it is all|looks) (?:is )?(?:correct|right|in order)\b")
# What a wanted change says of itself. Praise, a question, a word to somebody are asked back.
_EDITS = re.compile(
    r"\b(?:chang\w+|add(?:ed|ing)?|remov\w+|delet\w+|replac\w+|correct\w*|amend\w*|swap|move|cut|drop|take (?:out|off|away|my|the|that)|leave out|left out|put|insert|includ\w+|mention\w*|fix|spell\w*|spelt|typos?|wrong|mistakes?|errors?|missing|instead|should|rather than|needs?|must|make|"
    r"too (?:long|short|formal|much|many)|shorten|shorter|longer|bold|first|last|before|after|\w+ not \w+|not \d+|no longer|is (?:on|at|in|now|called)|\d+(?:st|nd|rd|th|am|pm)?|lose|ditch|say|use|rename|reword|credit|link|remind|update|newid\w*|ychwaneg\w*|cywir\w*|camgymeriad\w*|tynn\w+|dileu|dylai|angen|rhoi|rhowch|sillaf\w+)\b"
)
_BUT = ("but", "however", "although", "though", "ond", "if", "unless", "except")


def read_proof(writing: Writing) -> Understood | None:
    clauses = [c for c in writing.clauses if c.plain]
    clauses = [replace(c, plain=_nameless(c)) for c in clauses]
    clauses = [c for c in clauses if c.plain and not is_name(c.raw)]
    spoken = [c for c in clauses if not NOISE.fullmatch(c.plain) and not _greeting(c)]
    rest = writing.text
    if not clauses:
        return None
    for clause in spoken[:6]:
        if HOLD.search(clause.plain) and (not clause.question or re.match(r"(?:can|could|would) (?:you|we)\b", clause.plain)):
            found = [intent("hold", 0.96, f"proofs: HOLD (“{clause.raw[:60]}”)")]
            others = [c for c in spoken if c is not clause and not HOLD.search(c.plain)]
            if re.fullmatch(r"stop(?: all)?", clause.plain) and not others:
                found.append(intent("stop", 0.6, "proofs: STOP to a proof holds it; leaving is asked back", purposes="all", everywhere=False))
            elif sum(len(c.plain.split()) for c in others) >= 3:
                found.append(intent("changes", 0.9, "proofs: what is said beside HOLD", text=rest))
            return Understood(tuple(found), rest if others else "")
    sends = [c for c in spoken if (SEND.fullmatch(c.plain) or SEND_NOW.fullmatch(c.plain)) and c.turn not in _BUT]
    if sends and len(sends) == len(spoken) and "?" not in rest and not any(c.turn in _BUT for c in clauses):
        now = any(SEND_NOW.fullmatch(c.plain) for c in sends)
        return Understood((intent("send-now" if now else "send", 0.97, f"proofs: {'SEND NOW' if now else 'SEND'} (“{sends[0].raw[:60]}”), and nothing else"),))
    if not spoken:
        word = " ".join(c.plain for c in clauses)
        if re.search(r"\bno\b|thumbsdown", word):
            return Understood((intent("hold", 0.9, "proofs: no"),))
        if re.search(r"\b(?:yes|ok|okay|yep|yeah|sure|go|approved|good|fine|great|perfect|lovely|brilliant|thumbsup|happy|excellent)\b", word):
            return Understood((intent("send", 0.6, "proofs: friendly words without SEND"),))
        return None
    if all(re.fullmatch(r"no|na|nope|thumbsdown", c.plain) for c in spoken):
        return Understood((intent("hold", 0.9, "proofs: no"),))
    said = " ".join(c.plain for c in spoken)
    if "?" in rest and NEARLY.search(said) and len(said.split()) <= 6:
        return Understood((intent("send", 0.4, "proofs: SEND as a question", text=rest),), rest)
    nearly = [c for c in spoken if NEARLY.search(c.plain)]
    if nearly and len(nearly) == len(spoken) and not any(c.turn in _BUT for c in spoken) and len(said.split()) <= 12:
        return Understood((intent("send", 0.6, "proofs: nearly SEND, not exactly", text=rest),), rest)
    if all(c.question and not _ASKS_CHANGE.match(c.plain) for c in spoken):
        return Understood((intent("changes", 0.7, "proofs: a question", text=rest),), rest)
    if re.search(r"\b(?:hold|wait|stop)\b", said) and re.search(r"\bnot\b", said) and len(said.split()) <= 6:
        return Understood((intent("hold", 0.5, "proofs: HOLD, denied", text=rest),), rest)
    certainty = 0.93 if _EDITS.search(_FAULTLESS.sub(" ", said)) else 0.75
    return Understood((intent("changes", certainty, "proofs: neither SEND nor HOLD alone, so changes", text=rest),), rest)


def _nameless(clause: Clause) -> str:
    """ "send thanks Jane" without Jane: a name said in thanking is no change."""
    return re.sub(r"((?:^|\b)(?:send|thanks|thank you|hi|diolch|please|ok|yes|now)) (?P<n>[a-z]+)$", lambda m: m[1] if is_name(m["n"].capitalize()) else m[0], clause.plain)


def _greeting(clause: Clause) -> bool:
    return re.fullmatch(r"(?:(?:hi|hello|dear|good morning|good afternoon|morning|thanks|thank you|helo|annwyl)(?: \w+){0,2}|(?:thanks|thank you) for .*|great work.*|well done.*|looks (?:really |very )?(?:good|great|lovely|fine)(?: to me)?|(?:this|that|it) (?:looks|is) (?:really |very )?(?:good|great|lovely|fine)(?: to me)?|great job|lovely job|nice (?:one|job|work)|good (?:one|job|work)|\w+(?=$)(?<=x))", clause.plain) is not None

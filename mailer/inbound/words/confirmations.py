"""Confirming by reply: only affirmative text, or none at all, confirms (ruling 3)."""

from __future__ import annotations

import re

from mailer.inbound.words.names import is_name
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

_NICE = r"(?:please|thanks|thank you|many thanks|very much|diolch|yn fawr|plis|x|xx|hi|hello|cheers|dear|all|helo)"
_YES = r"(?:yes|yep|yeah|yup|y|ok|okay|confirm|confirmed|confirming|i confirm|i confirm this|i do|agreed?|i agree|correct|that is (?:right|correct|me)|(?:that|it|this) was me|please do|do so|ie|iawn|ydw|cadarnhau|rwy n cadarnhau|rwyn cadarnhau|dwi n cadarnhau|cytuno|subscribe(?: me)?|sign me up|join|add me|go ahead|do it|do this|yes i do|(?:i (?:am happy|would like|would love|want) to|happy to)(?: join(?: (?:you|up|the (?:network|group|list)))?| confirm| subscribe| be added)?|join me up|please add me|absolutely|certainly|definitely|of course|sure)"
CONFIRMS = re.compile(rf"(?:{_NICE} )*{_YES}(?: (?:{_YES}|{_NICE}|it|this|that|my (?:email|address|subscription|membership)|the (?:change|address|subscription|network|list|group)|to (?:the )?(?:list|network|group)))*")
SILENT = re.compile(rf"(?:{_NICE}(?: |$))+")
DECLINES = re.compile(
    r"^(?:no\b(?! (?:problem|worries))|na\b|nope|decline|cancel|ignore|reject|thumbsdown|nac|stop (?:this|it)|(?:it |that |this )?was not me|not me|wrong (?:person|address|email)|i (?:did not|have not|never|do not)\b|(?:this )?was not (?:me|requested)|did not (?:ask|request|sign)|do not (?:confirm|want|know|add|subscribe|sign)|never asked|please (?:cancel|ignore|do not)|not interested|not (?:now|yet|today|really|at the moment|this (?:time|term|one))\b|(?:i would )?rather not\b|wnes i ddim|nid fi|dim nawr)"
)
# What may stand beside a yes to a question about somebody else, and takes nothing of it back.
VOUCHES = re.compile(
    r"(?:(?:s?he|they|it|that|this)(?: is| are| s)?|hes|shes|theyre|its|thats) (?:(?:is|are|s|all|quite|certainly|definitely) )*(?:one of (?:us|ours|our (?:own|people|members))|(?:a )?(?:member|colleague|friend|technician)(?: (?:of )?(?:ours|mine|here|too))?|known to (?:us|me)|fine(?: (?:by|with) (?:me|us))?|ok|okay|good|genuine|real|all right|alright)"
    r"|(?:i|we) (?:do )?know (?:him|her|them)(?: (?:well|too))?|(?:let|put|send|pass|post) (?:it|him|her|them|this|that) (?:in|on|out|round|through|along|to (?:the list|everyone|everybody|all)|on the agenda)|(?:looks|sounds|seems) (?:good|fine|ok|okay|genuine)(?: to me)?|(?:a )?good (?:idea|question|one)|(?:happy|fine|good) with (?:it|that|this)|welcome"
)
UNSURE_AFTER = re.compile(r"\b(?:yes|confirm|ok|okay|ie|sure|thumbsup)\b")


def read_confirmation(writing: Writing) -> Intent | None:
    clauses = [c for c in writing.clauses if c.plain and not SILENT.fullmatch(c.plain)]
    clauses = [c for c in clauses if not re.fullmatch(r"(?:hi|hello|dear|helo|annwyl|thanks|thank you|diolch)(?: \w+){1,2}", c.plain)]
    clauses = [c for c in clauses if not is_name(c.raw)]
    if not writing.clauses:
        return intent("confirm", 0.95, "confirmations: an empty reply")
    if not clauses:
        return intent("confirm", 0.6, "confirmations: polite words only")
    declined = next((c for c in clauses if DECLINES.match(c.plain)), None)
    agreed = [c for c in clauses if CONFIRMS.fullmatch(c.plain) and not c.question]
    if declined and not agreed:
        return intent("decline-confirm", 0.95, f"confirmations: no (“{declined.raw[:60]}”)", text=writing.text)
    if agreed and len(agreed) == len(clauses):
        return intent("confirm", 0.97, f"confirmations: “{agreed[0].raw[:40]}” and nothing else")
    if agreed and not declined and all(c in agreed or (VOUCHES.fullmatch(c.plain) and not c.question and not c.turn.strip("~")) for c in clauses):
        return intent("vouch", 0.95, f"confirmations: “{agreed[0].raw[:40]}”, and kind words of somebody else", text=writing.text)
    if agreed or any(UNSURE_AFTER.search(c.plain) for c in clauses):
        return intent("confirm", 0.6, "confirmations: affirmative, but not only", text=writing.text)
    return None

"""Mail that asks the sender to prove himself: answered by nobody, held against nobody."""

from __future__ import annotations

import re

from mailer.message.automatic.signs import why_automatic
from mailer.message.parts import Part

CHALLENGE_WORDS = re.compile(
    r"(?i)only from senders i|approved senders|to control spam, i now|spam ?arrest|boxbe|choicemail|sender verification|verify (?:that )?you(?:r|'re| are) (?:e-?mail|a (?:real )?(?:person|human)|not a)|prove (?:that )?you(?:'re| are) (?:a )?human|confirm that you sent|"
    r"message (?:you sent )?is (?:being held|waiting|pending).{0,80}(?:confirm|verif)|requires verification verify#|requires that you verify that you are|click (?:on )?(?:the )?(?:link|here).{0,60}(?:to (?:be added|verify|confirm|authenticate|deliver)|deliver your)|added to (?:my|the) (?:white ?list|approved|guest list)|challenge[-/ ]response|tmda|mailblocks|knowspam|vanquish|0spam|antispam uol|"
    r"(?:protected|protecting) (?:himself|herself|themselves|itself|.{0,30}mailbox) (?:from|against) (?:junk|spam|receiving junk)"
)
_CHALLENGE_FROM = re.compile(
    r"(?i)spamblocker-challenge|spamarrest|boxbe|no-?spam|challenge|antispam|mailblocks|bluebottle|confirm\+|-confirm-"
)


def why_challenge(root: Part, subject: str, text: str) -> str:
    """Words for why this asks the sender to prove himself."""
    for name in ("x-tmda-fingerprint", "x-choicemail-registration-request", "x-spamarrest", "x-boxbe", "x-bluebottle-request"):
        if root.get(name):
            return f"{name} is there"
    said = CHALLENGE_WORDS.search(text[:3000]) or CHALLENGE_WORDS.search(subject)
    if not said:
        return ""
    sender = f"{root.get('from') or ''} {root.get('return-path') or ''}"
    if _CHALLENGE_FROM.search(sender) or why_automatic(root, subject, text) or CHALLENGE_WORDS.search(subject):
        return f"the words: {said[0][:50]}"
    return ""

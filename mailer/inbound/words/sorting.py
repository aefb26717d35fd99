"""In answer to "agenda, newsletter, everyone or only the committee?", or nobody at all (contract 1, V14)."""

from __future__ import annotations

import re

from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

TABLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (to, re.compile(rf"\b(?:{words})\b"))
    for to, words in (
        ("agenda", r"agenda|agendas|(?:the |next )?meeting|eitem|cyfarfod|item"),
        ("newsletter", r"newsletter|news|news letter|bulletin|cylchlythyr|gylchlythyr|newyddion"),
        ("everyone", r"everyone|everybody|all|the (?:whole )?(?:list|group|network)|list|whole (?:group|network|list)|members|group|pawb|bawb|discussion|post it"),
        ("committee", r"committee|organisers?|private|privately|just you|only you|pwyllgor|bwyllgor|trefnwyr|steering group|confidential|comittee|commitee|comitee|preifat"),
    )
)
NOBODY = re.compile(
    r"\b(?:nobody|no one|no-one|neither|none of (?:them|those|these)|(?:delete|bin|scrap|drop|withdraw|cancel|forget|ignore|remove|disregard) (?:it|that|this|them|me|my (?:mail|email|message|post))|"
    r"(?:delete|cancel|ignore|withdraw|scrap|bin)(?: please| thanks)?$|(?:by mistake|in error|wrong address|a mistake)|(?:do not|never) (?:send|post|share|forward|pass) (?:it|that|this)\b(?! (?:just|only) )|take it back|neb\b(?! ond)|dileu|dilewch|anwybydd\w+|camgymeriad)"
)
_NOT = re.compile(r"\b(?:not|no|nid|ddim|never|rather than|instead of|do not)\b")
_NOISE = re.compile(r"\b(?:thanks|thank you|all the best|many|hi all|hello all|that is all|after all|at all|for all|all you)\b")


def read_sorting(writing: Writing) -> Intent | None:
    """Where a message was meant for. Two places named, or one denied, is asked again."""
    wanted: list[str] = []
    denied: list[str] = []
    words = 0
    for clause in writing.clauses[:6]:
        spelt = _NOISE.sub(" ", clause.plain)
        words += len(spelt.split())
        named = [to for to, pattern in TABLE if pattern.search(spelt)]
        if NOBODY.search(spelt):
            wanted.append("nobody")
            (denied if _NOT.search(spelt) else wanted).extend(named)
            continue
        if clause.turn == "but" and named and wanted == ["nobody"]:
            wanted.clear()  # "nobody but the committee"
        (denied if _NOT.search(spelt) else wanted).extend(named)
    places = list(dict.fromkeys(wanted))
    if len(places) == 1 and places[0] not in denied:
        certainty = 0.96 if words <= 8 else 0.9 if words <= 14 else 0.75
        return intent("sort", certainty, f"sorting: {places[0]}", to=places[0])
    if places:
        return intent("sort", 0.5, "sorting: more than one place", to=places[0])
    return None

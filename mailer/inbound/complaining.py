"""The words by which somebody complains of how their personal data is used (DP-16): by the word, and in their own words.

It must be the writer's own complaint: somebody who would like to talk about such complaints at a meeting makes none, and a
complaint about a data logger is about a data logger. Where a mail is more likely to be something else (it answers a letter of
ours, or goes to the members' list), what is only supposed or told of others is none, and on the list it must be clearly about
the network itself.
"""

from __future__ import annotations

import re
from itertools import pairwise

LINES = 12
_SENTENCE_END = r"(?<=[.!?])\s+"
_JOINT = re.compile(r"\s*[,;:–—-]?\s*\b(?:but|although|though|however|and|while|ond|er)\b\s*|\s*[;:–—]\s*", re.IGNORECASE)
A_LINE = 15  # words of a mail that says that and no more
MOST = 400  # characters of a line that are looked at

_DATA = (
    r"(?:(?:my|our|personal|his|her|their) (?:personal )?(?:data|information|details)|data[ -]?protection|privacy|gdpr|"
    r"data[ -]?sharing|fy (?:nata|manylion)|dd?iogelu data|ph?reifatrwydd)"
)
_FIRST = r"(?:i|we)(?:['’](?:d|m|ve|re|ll))?"
_US = r"(?:(?:the|this|your) (?:network|committee|organisers?|(?:mailing )?list|newsletter))"
_REGULATOR = r"(?:the )?(?:ico|information commissioner)\b(?!['’]s)"
_TO_OTHERS = rf"(?! (?:to|against|with) (?!you\b|{_US}|{_REGULATOR}|some(?:one|body)\b|whoever\b))"
_LODGE = r"(?:make|making|raise|raising|lodge|lodging|submit|submitting|file|filing|bring|bringing)"
_ITS_NAME = r"(?:data[ -]?protection|data[ -]?privacy|personal data|data|privacy|(?:uk )?gdpr)"
_COMPLAINING = (
    rf"(?:(?:\b{_FIRST} (?:(?:really|hereby|formally|now|also) )*(?:(?:must|have|want|need|wish|intend|am|are|would like|like|am going|feel i have|writing|am writing) )*"
    r"(?:to )?(?:(?:formally|officially|hereby) )*(?:complain(?:ing)?|(?:make|making|raise|raising|lodge|lodging|submit|submitting|file|filing) (?:a|an|this|my) (?:\w+ ){0,2}complaint)\b"
    r"|\b(?:my|our|this is a|a formal|please (?:take|treat|accept) this as a|consider this a) (?:\w+ ){0,2}complaint\b"
    rf"|\b(?:hoffwn|rwyf am|dw i(?:'n| am)|dymunaf) (?:wneud |gwneud )?(?:cwyno|cwyn)\b){_TO_OTHERS})"
)
_NO_PAPER = r"(?!s?\b['’]?s? (?:procedures?|forms?|polic(?:y|ies)|process|templates?|log|register|poster|training|session|leaflet|page|example|quiz|exercise|scenario|drill|talk)\b)"
_MINE = r"(?:my|our) (?:\w+ ){0,2}(?:e-?mail|address|name|number|details|data|information)"
_HAPPENED = rf"(?:\b(?:you|your|{_US})\b|\b{_MINE}\b).{{0,160}}"
_NEVER = r"(?:(?:have |had )?never|did not|didn['’]t|have not|haven['’]t) (?:agreed?|consent(?:ed)?|signed up|sign up|asked?|given?|gave|give|joined|join|subscribed?|wanted)\b"
ROWS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("the word", r"^\W*(?:(?:a|this is a|my|formal) )?(?:data[ -]?(?:protection )?|privacy |gdpr )complaint\W*(?:$|[:.,–-]| about\b| under\b)|^\W*complaint(?: about| regarding|:| -)? (?:my |our )?(?:personal data|data protection|data|privacy|gdpr)\W*$|^\W*cwyn (?:diogelu )?data\W*$"),
        ("complains of it", rf"{_COMPLAINING}.{{0,120}}\b{_DATA}\b|\b{_DATA}\b.{{0,120}}{_COMPLAINING}"),
        ("complains by its name", rf"(?<!do )(?<!can )(?<!could )(?<!should )(?<!may )\b{_FIRST} (?:(?:really|hereby|formally|now|also|must|have|want|need|wish|intend|am|are|would|like|going|feel|writing|to|officially) )*{_LODGE} (?:a|an|this|my) (?:(?:formal|official|serious|written) )*{_ITS_NAME} complaint{_NO_PAPER}{_TO_OTHERS}|\b(?:this is|please (?:take|treat|accept) this as|consider this|dyma) (?:a|an|my) (?:(?:formal|official) )*{_ITS_NAME} complaint{_NO_PAPER}{_TO_OTHERS}|\b(?:gwneud|wneud|cyflwyno|gyflwyno) (?:cwyn|gwyn) (?:am )?(?:diogelu data|ddiogelu data|preifatrwydd|breifatrwydd)\b"),
        ("complains of being written to", rf"{_COMPLAINING}.{{0,120}}\b(?:kept|keep|still|continued?|continue to|carry on|carried on) (?:on )?(?:e-?mail|writ|mail|send|contact|get|receiv)\w*\b.{{0,80}}\b(?:stop|unsubscrib\w*|left|opt\w*|remove\w*|take\w* off)\b"),
        ("a breach", r"\b(?:you(?:['’](?:ve|re))?|(?:the|this|your) (?:network|committee|organisers?))(?: (?:have|has|is|was|are|were|had))*(?: (?:clearly|in|a|an|been|my|serious))* ?(?:breach(?:ed|ing|es)?|broken|breaking|broke|violat(?:ed|es|ing|ion)|infring(?:ed|es|ement))(?: (?:of|in|the|my|our|uk))* ?(?:gdpr|data[ -]?protection|privacy|data rights|pecr)\b"),
        ("shared without leave", r"\b(?:you(?:['’]ve)?|(?:the|this|your) (?:network|committee|organisers?))(?: (?:have|has|had))?(?: \w+)? (?:shared|disclosed|passed on|published|given (?:out|away)|gave (?:out|away)|forwarded|sold|used|using)(?: \w+){0,2}? (?:my|our) (?:\w+ ){0,3}?(?:e-?mail|address|details|data|number|name|information)\b.{0,80}\bwithout (?:(?:my|our|any|ever|first|the) )*(?:consent|permission|agreement|asking|being asked|knowledge)\b"),
        ("passed on without leave", rf"\b(?:you(?:['’]ve)?|(?:the|this|your) (?:network|committee|organisers?))(?: (?:have|has|had))?(?: \w+)? (?:passed|gave|given|handed|sent|sold|shared|showed|shown|forwarded) {_MINE}(?: (?:address|number|details))?(?: \w+){{0,8}}? without (?:(?:my|our|any|ever|first|the) )*(?:consent|permission|agreement|asking|being asked|knowledge)\b"),
        ("calls it a breach", rf"{_HAPPENED}\b(?:this|that|it|which) (?:is|was|must be|amounts to|looks like|seems to be) (?:a|an) (?:(?:clear|serious|personal|obvious) )*(?:data[ -]?(?:protection )?breach|privacy breach|breach of (?:the |uk )?(?:gdpr|data[ -]protection|my privacy|privacy)){_NO_PAPER}"),
        ("to the regulator", rf"\b{_FIRST}(?: {_NEVER}(?: \w+){{0,8}}?,? (?:and|so))?(?: (?:will|shall|am|are|have|going|to|be|now|may|might|want|would like))* (?:report(?:ed|ing)? (?:you|this|{_US})|complain(?:ed|ing)?(?: about (?:you|{_US}))?) to {_REGULATOR}(?! about (?!you|this|how (?:you|my)|my|{_US}))"),
    )
)  # fmt: skip
SURE_ROWS = ("the word", "complains of it", "complains by its name")
OF_TWO_SENTENCES = ("complains of being written to", "calls it a breach")  # what happened, and in the next what it is
_DOCUMENTED = re.compile(r"^\W*data[ -]?complaint\W*$", re.IGNORECASE)  # what people are told to write
_ABOUT_US = re.compile(
    rf"\b(?:{_US}|my (?:\w+ )?(?:e-?mail|address|details|data|number|name|information|privacy)|fy (?:nata|manylion))\b",
    re.IGNORECASE,
)
_BY_LAW = re.compile(r"\bcomplaint under (?:the )?(?:(?:uk )?gdpr|data[ -]protection (?:act|law))\b", re.IGNORECASE)
_LEADS_TO_IT = re.compile(  # beside a complaint: what it is about, and no part of an answer
    rf"(?:ps\W+)?(?:(?:and|but|so) )?(?:(?:how|where|why|who|when)\b[^?]*\b{_MINE}\b[^?]*\?|{_FIRST} {_NEVER}[^,;?]*)", re.IGNORECASE
)
_YOU = re.compile(r"\b(?:you|your|chi|eich)\b", re.IGNORECASE)
_AT_A_MEETING = re.compile(
    r"\b(?:agenda|(?:next|at the|for the) meeting|discuss|talk about|item|how (?:do|does|should) (?:we|you|others|anyone|your)|anyone|policy on)\b",
    re.IGNORECASE,
)

_OF_OTHERS = re.compile(
    r"[\"“‘]|(?:^|\s)'\w|\b(?:if|unless|whether|suppose|imagine|in case|so that|or else|otherwise|might|could|would|said|says|tells?|told|wrote|writes|asked us|threatened|example|exercise|scenario|story|quiz|os)\b",
    re.IGNORECASE,
)  # fmt: skip


def said(subject: str, text: str, *, told: bool = False, about_us: bool = False) -> str:
    """The row by which a mail is such a complaint; empty if it is none. `told`: it may well tell of something else, and only the
    plainest rows count of what is supposed or others said; `about_us`: only if it is clearly about this network."""
    lines = [subject, *(line for line in text.splitlines() if line.strip())][: LINES + 1]
    joined = " ".join(line.strip() for line in lines[1:])
    sentences = [part.strip()[:MOST] for part in re.split(_SENTENCE_END, joined)][:LINES]
    for name, row in ROWS:
        heads = (lines[0].strip(), *(line.strip() for line in lines[1:4])) if name == "the word" else ()
        pairs = (f"{one} {two}"[:MOST] for one, two in pairwise(sentences)) if name in OF_TWO_SENTENCES else ()
        for piece in (head[:MOST] for head in heads or (subject, *sentences, *pairs)):
            ours = not about_us or _is_about_us(name, piece, f"{subject} {joined}")
            of_others = told and name not in SURE_ROWS and _OF_OTHERS.search(piece)
            if ours and not of_others and row.search(piece) and not _AT_A_MEETING.search(piece):
                return name
    return ""


def without(text: str) -> str:
    """What stands in a reply besides its complaint: "YES" of "YES, but you breached the GDPR"."""
    kept = [_without(line) for line in text.splitlines()]
    sentences = [part for line in kept for part in re.split(_SENTENCE_END, line) if part]
    for one, two in pairwise(sentences):  # what happened, and what it is, of which neither says it alone
        if said("", f"{one} {two}", told=True):
            kept = [line.replace(one, "").replace(two, "") for line in kept]
    return "\n".join(line.strip() for line in kept).strip()


def _without(line: str) -> str:
    """The sentences of a line that do not complain, and what comes before a complaint in one sentence with it."""
    kept = []
    for sentence in re.split(_SENTENCE_END, line):
        if not said("", sentence, told=True):
            kept.append("" if _LEADS_TO_IT.fullmatch(sentence.strip()[:MOST]) else sentence)
            continue
        joint = next((one for one in _JOINT.finditer(sentence[:MOST]) if said("", sentence[one.end() :], told=True)), None)
        before = sentence[: joint.start()] if joint is not None else ""
        kept.append("" if said("", before, told=True) else before)
    return " ".join(filter(None, kept))


def _is_about_us(row: str, piece: str, whole: str) -> bool:
    """Members also say "you" to each other, so below a heading it says nothing."""
    if row == "the word":
        return _DOCUMENTED.search(piece) is not None or _ABOUT_US.search(whole) is not None
    if row == "complains by its name" and (len(whole.split()) <= A_LINE or _ABOUT_US.search(whole)):
        return True  # nobody else is named in it, or the next sentence names us or what is theirs
    if _BY_LAW.search(piece) and len(whole.split()) <= A_LINE:
        return True
    return _ABOUT_US.search(piece) is not None or _YOU.search(piece) is not None

"""Who comes along, and answers given for several people at once ("Karen and I yes, Joe no")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbound.words.names import is_name, names_in

NUMBERS = {w: n for n, w in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))} | {
    "a": 1, "an": 1, "another": 1, "my": 1, "our": 1, "un": 1, "dau": 2, "dwy": 2, "tri": 3, "tair": 3, "pedwar": 4, "couple": 2,
}  # fmt: skip
PEOPLE = (
    r"(?:colleague|friend|guest|trainee|apprentice|technician|student|manager|boss|line manager|head of department|teacher|"
    r"assistant|visitor|partner|worker|lad|lass(?:es)?|girl|guy|boy|starter|husband|wife|ffrind|cydweithiwr|other|person|people)s?"
)
_ALONG = re.compile(
    r"\b(?:(?:will be |am |also |and )?(?:bring|bringing|brining|taking|take|accompanied by|joined by|along with|together with|(?<!check )(?<!checking )(?<!speak )(?<!agree )(?<!agreed )(?<!clear )(?<!talk )(?<!confirm )(?<!arrange )(?<!clash )(?<!cleared )(?<!it )(?<!ok )(?<!fine )(?<!okay )with|plus|gyda|efo(?! cloch)|dd?(?:od|of|o i) [âa]|hefo)|\bi ac?(?= [A-Z])|\+)"
    r"(?: along| my| our| colleagues?| technician)*\s+(?P<who>[^,;.!?()]{2,80})",
    re.IGNORECASE,
)
_WHENCE = re.compile(r" (?:from|in|at|of|o'r|o’r|o|yn|yr) .*$")  # "Siân o'r adran Gemeg": one person, and where they work
_THING = re.compile(r"(?:the|some|those|these|that|this) (?!new|other|lovely|two|three)", re.IGNORECASE)  # "bringing the scope Joan asked for"
_ACCOMPANIED = re.compile(r"\b(?:accompanying (?:me|us)|i (?:will be|am) accompanied by)\b")
_COUNTED = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{'|'.join(NUMBERS)}|a couple of)(?: of)?(?: (?:other|more|new|extra|my|our|young|work))* {PEOPLE}\b(?! (?:of us|cannot))"
)
_OF_US = re.compile(r"\b(?:(?P<both>both of us|us both|the pair of us|ill dau|ni ein dau)|(?:the |all )?(?P<n>[2-9]|two|three|four|five|six) of us|(?P<cy>tri|tair|dau|dwy|pedwar) ohono[mn]|(?:we|i) (?:are|come|will come|will be|are coming)(?: as| in)? (?P<we>[2-9]|two|three|four|five|six) (?:persons|people|colleagues)|(?P<from>[2-6]|two|three|four|five|six) from (?:our|my|this|here|the (?:department|school|college|team)))\b")
_FOR = re.compile(r"^(?:yes )?(?:(?:places? )?for )?(?P<n>[2-6]|two|three|four|five|six)(?P<of> of us| people| places| seats| spaces| tickets| please| thanks)*$")
_TOO = re.compile(r"^(?P<who>(?!provided|assuming|as long|should)\S{1,30}(?: \S{1,30}){0,6}?) (?:is|are|will be|will|would like to|wants to)(?: also)? (?:tag(?:ging)? along|com(?:e|ing)|join(?:ing)?|attend(?:ing)?|be there|be coming)(?: (?:too|as well|along|with me|also|and all|and everything))*$|^(?P<also>my \S{1,30}(?: \S{1,30}){0,3}?) (?:comes?|joins?|attends?) (?:too|as well|also|with me)$")
_ALSO = re.compile(
    r"^(?:and )?so (?:is|will|can|does) (?P<so>[\w'’ -]{2,40})$|\b(?:for|from|just|only) (?:me|myself|us both|us) (?:and|&) (?P<for>[\w'’ -]{2,60})$|^(?:fi|minnau|myfi) a(?:c|'r)? (?P<fi>[\w'’ -]{2,40})$|\bbydd (?P<bydd>[\w'’ -]{2,60}?) (?:hefyd )?yn (?:dod|teithio|ymuno|mynychu)\b|"
    r"\b(?:count|put|book|sign|pencil|mark) me (?:in |down )?(?:and|&|plus) (?P<down>[\w'’ -]{2,40})$|^(?:and )?(?P<said>[\w'’ -]{2,40}?)(?: has|'s)? (?:says?|said) (?:he|she|they)(?:'d| would|'ll| will)? (?:like to |love to |wants? to )?(?:come|join|attend)\b",
    re.IGNORECASE,
)
_WITH_ME = re.compile(
    r"^\W*(?:(?:both )?(?P<before>[\w'’-]+(?:(?:, | and | & )[\w'’-]+){0,4}?),? (?:and|&) (?:I|i|me|myself)|(?:I|i|[Mm]e|[Mm]yself),? (?:and|&) (?P<after>[\w'’-]+(?:(?:, | and | & )(?!(?:will|can|are|is)\b)[\w'’-]+){0,4}?|my (?:[\w'’-]{1,20} ){1,3}?[A-Z][\w'’-]+))\b(?= |$)"
)
_SHARED = re.compile(
    r"^(?P<who>.{1,60}?)(?: is| are| says| say| -|:| =)? ?(?:a )?(?P<answer>yes|no|maybe|coming|not coming|cannot(?: come| make it| attend)?|can(?: come| make it| attend)?|will(?: be there| come| attend)?|will not(?: be there| come)?|attending|not attending|ie|na|efallai|perhaps|possibly|unable|thumbsup|thumbsdown)$"
)
_ANSWERS = {"maybe": "maybe", "perhaps": "maybe", "possibly": "maybe", "efallai": "maybe"}


_ME_AND = re.compile(r"^(?:just |it is |it's )?(?:me|myself),? (?:and |& )?(?P<who>(?:my |our )?(?:[\w'’-]{1,20} ){0,3}[A-Z][\w'’ -]{1,40})$")  # "me Josh and the new guy"
_AND_ALSO = re.compile(r"^(?:and|a|ac|&) (?P<who>[A-ZÂÊÎÔÛŴŶ][\w'’ -]{1,30}) (?:too|as well|also|hefyd)$")
_DOD_A = re.compile(r"\bdd?od ar? (?:fy |ein |r )?(?:prentis|ffrind|cydweithiwr|technegydd|gwr|gwraig|pennaeth)\b.*\b(?:efo|gyda|hefo) (?:fi|mi)\b")
_NEWCOMER = re.compile(r"\band (?:the|my|our|a) (?:new )?(?:guy|lad|lass|girl|starter|one|boy|chap|technician|apprentice|trainee)\b")


@dataclass(frozen=True)
class Company:
    guests: int = 0
    names: tuple[str, ...] = ()


def with_me(raw: str) -> tuple[str, tuple[str, ...]]:
    """ "Karen and I will come" -> ("we will come", ("Karen",)); any other text comes back as it is."""
    match = _WITH_ME.match(raw)
    if match:
        names = names_in(match["before"] or match["after"] or "")
        if names:
            return "we" + raw[match.end() :], tuple(n for n in names if is_name(n.split()[0]) or n[:1].isupper())
    return raw, ()


def company(raw: str, plain: str) -> Company:
    """Guests named or counted in one clause that is about the writer's own coming."""
    of_us = _OF_US.search(plain)
    if of_us:
        count = 2 if of_us["both"] else _number(of_us["n"] or of_us["cy"] or of_us["we"] or of_us["from"])
        return Company(max(count - 1, 0))
    places = _FOR.match(plain)
    if places:
        return Company(_number(places["n"]) - 1)
    along = _ALONG.search(raw)
    also = _ALSO.search(raw)
    if re.search(r"\bguide dog\b|\bci tywys\b", plain):
        return Company()
    who = also[also.lastgroup or 0] if also else along["who"] if along and not _THING.match(along["who"]) else ""
    names = names_in(_WHENCE.sub("", who))
    too = _TOO.match(plain)
    if too and not names:
        names = names_in(raw[: len(too["who"] or too["also"]) + 1])
    counted = _COUNTED.search(plain)
    if counted and not along and not too:  # "and two technicians from Bath cannot", "asked my manager and she is thinking"
        beside = plain[: counted.start()].endswith(("and ", "and my ", "and our ", "and the ")) and not plain[counted.end() :].startswith((" from", " at"))
        counted = counted if beside else None
    more = re.search(r"(?:\bplus|(?<!\d)\+) ?([2-9])\b(?! ?(?:years?|minutes?|mins?|hours?|miles?))", plain)
    plus = len(re.findall(r"\bplusone\b", plain)) or (int(more[1]) if more else 0)
    if names:
        return Company(max(len(names), plus), names)
    if _ACCOMPANIED.search(plain):
        return Company(1)
    if counted:
        return Company(2 if counted["n"] == "a couple of" else _number(counted["n"]))
    with_me = _ME_AND.match(raw) or _AND_ALSO.match(raw)
    if with_me and names_in(with_me["who"]):
        return Company(len(names_in(with_me["who"])) + len(_NEWCOMER.findall(raw)), names_in(with_me["who"]))
    if _DOD_A.search(plain):
        return Company(1)
    return Company(plus)


def shared_answer(raw: str, plain: str) -> tuple[tuple[str, ...], str] | None:
    """ "Karen and I yes" -> (("I", "Karen"), "yes"); None when the clause is not of that form."""
    match = _SHARED.match(plain)
    if match is None:
        return None
    who = raw[: len(match["who"]) + 4]
    names = names_in(who)
    me = bool(re.search(r"\b(?:i|me|myself)\b", match["who"]))
    left = set(re.sub(r"[^a-z ]", " ", match["who"]).split()) - {"and", "i", "me", "myself", "both", "but", "also", "so", "is", "for", "from"}
    if not names or (len(names) == 1 and not me and not is_name(names[0].split()[0])) or left - {part for name in names for part in re.sub(r"[^a-z ]", " ", name.lower()).split()}:
        return None
    word = match["answer"]
    answer = _ANSWERS.get(word) or ("no" if re.search(r"\b(?:no|not|cannot|na|unable|thumbsdown)\b", word) else "yes")
    return (("I",) if me else ()) + names, answer


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word]

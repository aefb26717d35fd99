"""The words by which somebody says that people have left their job, or have died, and those that speak of a death at all.

Only what has happened counts ("is leaving at Easter" is a letter), and only a sentence whose subject is a name. Whether the
name is a member's, and whether the writer may say so, is asked later; nothing is done without a YES.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailer.inbound import asking
from mailer.inbound.words.names import is_name, names_in

LEFT, DIED, UNSAID = "left", "died", "unsaid"
DOORS = frozenset({"organise", "committee", "help", "tag"})
A_NOTE = 60  # words; a longer mail that says somebody has left is a letter
LINES = 6

_PLACE = r"(?:the |our |her |his |their )?(?:school|college|university|academy|trust|department|dept|faculty|network|job|post|team|company|organisation|us(?=\W*$|[.,;!?]| (?:on|in|at|last|this|for good|for (?:a|an|another) (?:new |other )?(?:job|post|role|school|college|university)))|here|teaching|at |in |on |last |this |yesterday|today|now|for good|to (?:take|start|work)|(?:(?!(?:an?|the|me|us|her|his|my|some|early|for|at|to|from|in|on|with|about)\b)[\w'’&-]+ ){1,3}(?:school|college|academy|university)(?=\W*$|[.,;!?]| (?:in|at|on|last|this|and|for|to)\b))"
# After the plain past only what names the place or the time: "left us a kit list" and "left school early" are no news.
_PLACE_PAST = r"(?:(?:the |our |her |his |their )?(?:college|university|academy|trust|department|dept|faculty|network|job|post|team|company|organisation|teaching)\b|us\W*$|(?:at|in|on) |last (?:week|month|term|year|summer|friday)\W*$|for good|to (?:take|start))"
_NAME = r"(?P<who>[^\W\d_][^,.;:!?()\n]{1,50}?)"
ROWS = tuple(
    (how, re.compile(row, re.IGNORECASE))
    for how, row in (
        (DIED, rf"\b{_NAME},? (?:has |have )?(?:very )?(?:sadly |suddenly |recently |unexpectedly |peacefully )*(?:died|passed away|passed on|lost (?:her|his|their) life)\b"),
        (DIED, rf"\bdeath of (?:our (?:dear |good )?(?:colleague|friend),? )?{_NAME}(?=[,.;:!?()\n]|$| on | last | this )"),
        (DIED, rf"\b(?:bu farw|mae marwolaeth) {_NAME}(?=[,.;:!?()\n]|$| ar | dydd )"),
        (DIED, rf"\b(?:mae |fod )?{_NAME} wedi (?:marw|ein gadael|huno)\b"),
        (UNSAID, rf"\b{_NAME}(?: is|['’]s) no longer with us\b"),
        (UNSAID, rf"\b(?:dyw |nid yw |nid ydy ){_NAME} (?:ddim )?gyda ni (?:bellach|mwyach)\b"),
        (LEFT, rf"\b{_NAME}(?: has| have|['’]s) (?:now |just |sadly |recently |already )*(?:left|retired|moved on|resigned)(?=\W*$|[.,;!?\n]| {_PLACE})"),
        (LEFT, rf"\b{_NAME} (?:left|retired|resigned)(?=\W*$|[.,;!?\n]| {_PLACE_PAST})"),
        (LEFT, rf"\b{_NAME} (?:no longer works|does not work|doesn['’]t work|is no longer (?:at|in|working|employed|here))\b"),
        (LEFT, rf"\b(?:mae |fod )?{_NAME} wedi (?:gadael|ymddeol)\b"),
        (LEFT, rf"\b(?:gadawodd|ymddeolodd) {_NAME}(?=[,.;:!?()\n]|$| (?:yr|y|ei|ar|ym|yn) )"),
    )
)  # fmt: skip


_GONE = r"(?:(?P<died>died|passed away|passed on)|left|retired|moved on|resigned)"
_LATELY = r"(?:now |just |sadly |recently |already |suddenly |both |all |also )*"
_OF_PLACE = rf"(?=\W*$|[.,;!?\n]| {_PLACE})"
# Who is no name: an address, several in one breath, and the last of two of whom only one is gone.
_BY_ADDRESS = re.compile(rf"(?P<who>[\w.+'-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}}),?(?: (?:has|have|is|wedi))? {_LATELY}(?:{_GONE}|no longer (?:works|at|here|in)\b|(?P<farw>marw)|gadael|ymddeol)", re.IGNORECASE)
_TOGETHER = re.compile(rf"(?P<who>[^\W\d_][^.;:!?()\n]{{1,160}}?)(?: have)? {_LATELY}{_GONE}{_OF_PLACE}|\b(?:mae |fod )?(?P<pwy>[^\W\d_][^.;:!?()\n]{{1,160}}?) wedi (?:(?P<farw>marw|huno)|gadael|ymddeol)", re.IGNORECASE)
_LAST = re.compile(rf"\b(?:and|but) (?P<who>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){{0,2}}) has {_LATELY}{_GONE}{_OF_PLACE}", re.IGNORECASE)
_OF_WHOM = re.compile(r"^(?:(?:s?he|they)\b ?)?(?P<verb>(?:has|have|['’]s|is no|died|passed|left|retired|no longer|wedi)\b.*)$", re.IGNORECASE)

_HELLO = re.compile(r"(?i)^(?:(?:hi|hello|hiya|helo)\W+)?(?:mae |bu farw |gadawodd |ymddeolodd )?")

_KIN = r"(?:mum|mam|mummy|mother|dad|daddy|father|wife|husband|partner|son|daughter|sister|brother|aunt|uncle|grand\w+|nan|nana|nain|taid|colleague|friend|technician|mhlentyn|nhad|tad|ng[wŵ]r|g[wŵ]r|ngwraig|gwraig|chwaer|brawd|merch|mab)"
_DEATH = re.compile(
    rf"\b(?:passed away|bu farw|wedi huno|wedi ein gadael)\b|\b(?:{_KIN}|s?he|(?:mr|mrs|ms|miss|dr)\.? \w+)(?: of)?(?: [A-Z][\w'’-]*){{0,2}},? (?:has |have |had )?{_LATELY}(?:died|passed on)\b"
    rf"|\b(?:death|loss|passing|funeral) of (?:[\w'’]+ ){{0,3}}{_KIN}\b|\blost (?:my|our|her|his|their) (?:\w+ )?{_KIN}\b|\b(?:{_KIN}(?: [A-Z][\w'’-]*){{0,2}}|hi|fe|fo|ef) wedi marw\b",
    re.IGNORECASE,
)

# Before the verb, who is not its subject: whoever tells it, and whose they are ("Jane Doe told me that ...", "Jane's ...").
_NOT_YET = re.compile(r"(?i)^.*(?:\b(?:that|say(?:s|ing)?|said|tells?|telling|told|writes|wrote|thinks|thought|believes|hears?|heard|reports?|reported|mentions|mentioned|explains|explained|emailed|rang|phoned)(?: (?:me|us|you|everyone))?\b|['’]s? +(?=\S))")
_SAYS_SO_OF_THEMSELVES = re.compile(r"(?i) (?:says|said|tells (?:me|us)|told (?:me|us)|writes|wrote)(?: that)? (?:s?he|they)$")
_FEELING = re.compile(r"(?i)\b(?:very sadly|sadly|tragically|suddenly|regrettably|unfortunately|poor|dear|yn anffodus|yn drist(?: iawn)?|druan)\b,? *")
_PLACED = re.compile(r"(?P<who>.+?) (?:from|at|in|of|o) (?!.*(?: (?:and|a|ac) |,)).*$")
_WHOSE = re.compile(r"(?i)\b(?:of|(?<!fy )(?<!ei )(?<!ein )(?:g[wŵ]r|gwraig|mam|tad|chwaer|brawd|mab|merch|plentyn|ffrind|ci))\s+$")
# After the name: where they are from, or what comes before any verb. Anything else is a subject of its own.
_BESIDE_NAME = re.compile(r"(?i)(?:['’]s)?(?:\W*\b(?:ha[sd]|have|mae|fod|\w+ly|now|just|also|too|both|all|s?he|they))*\W*(?:\b(?:from|at|of|in|o|yn|ar|dd?ydd|ddoe|neithiwr|heddiw|fis|yr?|who|our|the|a)\b(?!.*\b(?:and|but) (?:her|his|their|the)\b).*)?")

_CLAUSE = re.compile(r"(?<=[.!;])\s+|,?\s+(?:and|but|ac?)\s+")
MOST = 300  # characters of a line that are looked at
LOOKED = 2_000  # characters of a text that are looked at at all


@dataclass(frozen=True)
class Gone:
    """Who, as it was said, and `how`: left, died, or unsaid ("is no longer with us" may mean either)."""

    who: str
    how: str
    words: int


def said(subject: str, text: str) -> Gone | None:
    """What a subject and the first lines of a text say of one person; None if it is nothing of the kind."""
    words, text = len(text.split()), asking.as_told(text[:LOOKED])
    lines = [line.strip()[:MOST] for line in text.splitlines() if line.strip()][:LINES]
    bare = re.sub(r"^(?:\s*(?:re|fwd?|ateb|parthed)\s*:)+\s*", "", subject[:MOST], flags=re.IGNORECASE)
    for line in (bare, *lines):
        if "?" in line:
            continue
        for how, row in ROWS:
            found = row.search(line)
            names = subjects(found["who"]) if found is not None else ()
            if len(names) == 1 and (how == DIED or words <= A_NOTE):
                return Gone(names[0], how, words)
    return None


def subjects(before: str) -> tuple[str, ...]:
    """The names that are the subject of the verb before which this stands; empty where that is somebody or something else."""
    own = _FEELING.sub("", _NOT_YET.sub("", _SAYS_SO_OF_THEMSELVES.sub("", before), count=1))
    placed = _PLACED.match(own)
    if placed is not None and names_in(placed["who"]):
        own = placed["who"]
    names = names_in(own)
    if not names:
        return ()
    at = own.casefold().rfind(names[-1].casefold())
    rest = own[at + len(names[-1]) :]
    if names[-1] not in own:  # in small letters the surname is any word
        rest = re.sub(r"^\s+[\w-]+", "", rest, count=1)
    first = own[: own.casefold().find(names[0].casefold())]
    return names if _BESIDE_NAME.fullmatch(rest) and not _WHOSE.search(first) else ()


def begins(subject: str, text: str) -> tuple[Gone, ...]:
    """All of whom the text says it with its first words (the subject, if there is no text); empty if it says that later."""
    lines = _lines(subject, text)
    start = lines[1] if len(lines) > 1 and text.strip() else lines[0] if lines and not text.strip() else ""
    if not start or (text.strip() and "?" in text.strip().splitlines()[0]):
        return ()
    told = everyone("", start)
    if not told or not _HELLO.sub("", start, count=1).casefold().startswith(told[0].who.casefold()):
        return ()
    return tuple(one for one in told if one.how == DIED or len(text.split()) <= A_NOTE)


def everyone(subject: str, text: str) -> tuple[Gone, ...]:
    """All of whom it is said, each for themselves; empty if it is nothing of the kind."""
    one = said(subject, text)
    if one is not None:
        return (one, *_besides(one, text))
    words, text = len(text.split()), asking.as_told(text[:LOOKED])
    for line in _lines(subject, text):
        for found, names in _several(line):
            died = bool(found.groupdict().get("died") or found.groupdict().get("farw"))
            if names and (died or words <= A_NOTE):
                return tuple(Gone(name, DIED if died else LEFT, words) for name in names)
    return ()


def _besides(first: Gone, text: str) -> list[Gone]:
    """Of whom else it is said in the other clauses ("... died in June, and Karen Price left in July")."""
    found: list[Gone] = []
    for clause in (part for line in _lines("", asking.as_told(text[:LOOKED])) for part in _CLAUSE.split(line)):
        one = said("", clause)
        if one is None or (one.how != DIED and first.words > A_NOTE):
            continue
        if " " in one.who and not any(asking.same(one.who, known.who) for known in (first, *found)):
            found.append(replace(one, words=first.words))
    return found


def of_a_death(text: str) -> bool:
    """Whether it speaks of the death of a person, whoever that is."""
    lines = _lines("", asking.as_told(text[:LOOKED]))
    if any(_DEATH.search(line) for line in lines):
        return True
    return any(one.how == DIED and (" " in one.who or is_name(one.who)) for one in everyone("", text))


def _lines(subject: str, text: str) -> list[str]:
    """The lines that are looked at; a name in the subject is who "has left" in the first line."""
    lines = [line.strip()[:MOST] for line in text.splitlines() if line.strip()][:LINES]
    bare = re.sub(r"^(?:\s*(?:re|fwd?|ateb|parthed)\s*:)+\s*", "", subject[:MOST], flags=re.IGNORECASE).strip()
    verb = _OF_WHOM.match(lines[0]) if lines else None
    if verb is not None and names_in(bare) == (bare,):
        lines[0] = f"{bare} {verb['verb']}"
    return [line for line in (bare, *lines) if "?" not in line]


def _several(line: str) -> list[tuple[re.Match[str], tuple[str, ...]]]:
    """Each pattern that fits, and whom it names."""
    found: list[tuple[re.Match[str], tuple[str, ...]]] = []
    if (by_address := _BY_ADDRESS.search(line)) is not None:
        found.append((by_address, (by_address["who"],)))
    if (last := _LAST.search(line)) is not None:
        found.append((last, subjects(last["who"])[:1]))
    if (together := _TOGETHER.search(line)) is not None:
        found.append((together, subjects(together["who"] or together["pwy"])))
    return found

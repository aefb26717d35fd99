"""What somebody says of themselves in a reply: "Exam boards: AQA, WJEC", "My name is now Jane Evans", "I can mentor new
technicians", and who may see it: SHOW EQUIPMENT TO MEMBERS, HIDE NAME.

The first lines are read one by one, as people fill in a form: a label and what it says. One such line alone counts only
where its label leaves no doubt ("School: ..." may begin anything). Values are taken as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.inbound.words import text as reading
from mailer.inbound.words.names import NOT_NAMES, is_name
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.values import Intent, intent

LONGEST = 400
MOST_LINES = 16

# field -> the labels that people write for it; the first ones leave no doubt even alone
_ALONE = {
    "specialisms": r"speciali[sz]ms?|specialit(?:y|ies)|specialist (?:areas?|subjects?)|areas? of expertise|arbenigedd(?:au)?",
    "exam-boards": r"exam(?:ination)? ?boards?|awarding (?:bodies|body|organisations?)|byrdda?u? arholi",
    "equipment": r"equipment (?:(?:i|we) (?:can|could) (?:share|lend)|to (?:share|lend|borrow)|for loan)|offer i'?w (?:rannu|fenthyg)",
    "mentor": r"mentor(?:ing)?|(?:what i )?offers? as (?:a )?mentor|happy to mentor|mentora",
}
_AMONG = {
    "name": r"(?:full )?name|enw",
    "organisation": r"school(?: or organi[sz]ation)?|college|university|organi[sz]ation|department|employer|workplace|ysgol(?: neu sefydliad)?|coleg|prifysgol|sefydliad",
    "job": r"role|job(?: title)?|job role|position|post|swydd|rôl",
    "equipment": r"equipment",
}
_IS = r"\s*(?:[:=]|\s[-–—]\s|\b(?:is now|are now|has changed to|is|are|nawr yw|bellach yw|yw|ydi|ydy)\b:?)\s*"
_LINES = tuple(
    (field, alone, re.compile(rf"^\W*(?P<my>(?:my|our|fy|ein)\s+)?(?:new\s+)?(?:{labels})(?P<is>{_IS})(?P<value>.*)$", re.IGNORECASE))
    for rows, alone in ((_ALONE, True), (_AMONG, False))
    for field, labels in rows.items()
)
_NAME = r"(?P<value>(?:[^\W\d_][\w'’.-]*)(?: [^\W\d_][\w'’.-]*){0,4})"
_RENAMED = re.compile(
    rf"^(?:hi|hello|please|thanks)?[\s,]*(?:i am now (?:called|known as)|i'?m now (?:called|known as)|(?:please )?(?:change|update|correct) my name to|my name (?:is now|has changed to)|fy enw (?:i )?(?:nawr |bellach )?(?:yw|ydi|ydy)) {_NAME}[\s.!]*$",
    re.IGNORECASE,
)
_CALL_ME = re.compile(r"^(?:hi|hello|please|thanks)?[\s,]*call me (?P<value>[^\W\d_][\w'’-]*)[\s.!]*$", re.IGNORECASE)
_SURELY_IS = re.compile(r"[:=]|\b(?:is now|are now|has changed to|nawr yw|bellach yw)\b", re.IGNORECASE)
# "My role is changing so I cannot come": a sentence, and no value
SENTENCE = re.compile(r"\b(?:so|but|because|since|i|i['’]?m|we|he|she|they|not|no longer|this|that|please|sorry|am|is|are|was|will)\b|^(?:changing|ending|moving|closing|closed|finishing|finished|going|gone|being|under|short|busy)\b", re.IGNORECASE)
_NO_PART_OF_A_NAME = frozenset({"and", "i", "am", "i'm", "i’m", "but", "so", "is", "are", "not", "on", "the", "please", "a"})
_MOVED = re.compile(
    r"^(?:please )?(?:change|update) my (?P<what>school|college|university|organi[sz]ation|department|role|job|job title) to (?P<value>.{2,120}?)[\s.!]*$", re.IGNORECASE
)
_MENTORS = re.compile(
    r"^i(?:'m| am|'d| would)? (?:can|could|happy to|be happy to|like to|love to|offer to|willing to|be willing to|be glad to|glad to) (?:be a mentor|act as (?:a )?mentor|mentor)(?P<value>(?: .{2,160})?)[\s.!]*$",
    re.IGNORECASE,
)
_NO_MENTOR = re.compile(r"^(?:i (?:can|could|am|will) (?:no longer|not|not any longer) (?:be )?(?:a )?mentor|no longer (?:a )?mentor|mentor no|stop mentoring)\b.{0,40}$")
_NOTHING = frozenset({"", "-", "none", "nothing", "n a", "na", "no", "dim", "remove", "delete", "dim byd"})

_SHOWN = {
    "name": r"name|enw",
    "organisation": r"school|college|university|organi[sz]ation|department|ysgol|sefydliad",
    "job": r"role|job(?: title)?|swydd",
    "specialisms": r"speciali[sz]ms?|expertise|arbenigedd(?:au)?",
    "exam-boards": r"(?:exam )?boards?|byrddau arholi",
    "equipment": r"equipment(?: to share)?|offer",
    "mentor": r"mentor(?:ing)?|mentora",
    "address": r"(?:e ?-?mail )?address|e ?-?mail|cyfeiriad(?: e ?bost)?",
}
_ALL = r"everything|all(?: of it| my details| fields)?|my details|my entry|popeth"
_FIELD = "|".join((*_SHOWN.values(), _ALL))
_FIELDS = rf"(?P<fields>(?:my |our |the |fy )*(?:{_FIELD})(?:(?: and | a | ac | )(?:my |our |the |fy )*(?:{_FIELD})){{0,7}})"
_WHOM = {
    "members": r"(?:all |other |the )*(?:members|everyone|everybody|network|aelodau|bawb)",
    "organisers": r"(?:the |only the |only )*(?:organi[sz]ers?|committee|trefnwyr|pwyllgor)",
    "nobody": r"(?:nobody|no one|neb)",
}
_SHOW = re.compile(
    rf"(?:please )?(?:show|share|list|dangos|dangoswch|rhannu) {_FIELDS} (?:to|with|for|i|gyda|ag) (?P<whom>{'|'.join(_WHOM.values())})(?: (?:only|please|yn unig))*"
)
_HIDE = re.compile(rf"(?:please )?(?:hide|do not show|do not share|stop showing|stop sharing|never show|cuddio|cuddiwch) {_FIELDS}(?: (?:please|from (?:everyone|everybody|members)))*")


def is_form(said: str) -> bool:
    """Whether it begins as a form filled in: labels with a colon, two of them or one that leaves no doubt."""
    filled = []
    for line in _lines(said)[:MOST_LINES]:
        found = next(((alone, match) for _, alone, pattern in _LINES if (match := pattern.match(line)) is not None), None)
        if found is None or not re.search("[:=]", found[1]["is"]):
            break
        filled.append(found[0])
    return len(filled) > 1 or any(filled)


def read_about_me(said: str, *, something_asked: bool = False, to_details: bool = False) -> tuple[Intent, str] | None:
    """What is said of the writer, and what is left over; None where the first line says nothing of it.

    Where the mail answered asks something else (`something_asked`), a bare "is" or dash is too little; where it shows their
    details (`to_details`), one labelled line is enough, whatever its label.
    """
    lines = _lines(said)
    if not lines:
        return None
    shown = _shown(plain(lines[0]))
    if shown is not None:
        return intent("share", 0.96, f"about me (“{lines[0][:60]}”)", wanted=shown), "\n".join(lines[1:])
    found = {field: (value, alone) for field, value, alone in _first_lines(lines, something_asked)}
    if not found:
        return None
    labelled = to_details and any(re.search("[:=]", line[:40]) for line in lines[:1])
    if len(found) == 1 and not labelled and not next(iter(found.values()))[1]:
        return None
    values = {field: "" if plain(value) in _NOTHING else value for field, (value, _) in found.items()}
    if plain(values.get("mentor", "")) in ("yes", "ie", "ydw"):
        values["mentor"] = "yes"
    return intent("details", 0.96, f"about me (“{lines[0][:60]}”)", values=values), "\n".join(lines[len(found) :])


def _lines(said: str) -> list[str]:
    lines = [line.strip() for line in reading.read(said).lines if line.strip()]
    while lines and re.fullmatch(r"(?:hi|hello|dear|helo|annwyl|good (?:morning|afternoon))\b.{0,30}", plain(lines[0])):
        lines.pop(0)
    return lines


def _first_lines(lines: list[str], something_asked: bool) -> Iterator[tuple[str, str, bool]]:
    """Field, value and whether it counts alone, for each line until one that says nothing of it."""
    for line in lines[:MOST_LINES]:
        read = _line(line, something_asked) or _sentence(line)
        if read is None:
            return
        yield read


def _line(line: str, something_asked: bool) -> tuple[str, str, bool] | None:
    for field, alone, pattern in _LINES:
        match = pattern.match(line)
        if match is None or len(match["value"]) > LONGEST or "?" in match["value"]:
            continue
        if not _SURELY_IS.search(match["is"]) and (something_asked or not _is_value(field, match)):
            continue
        named = field != "name" or (re.fullmatch(_NAME, match["value"].strip(" .!")) is not None and _may_be_name(match["value"]))
        if named:
            told = alone or (match["my"] is not None and field != "equipment")
            return field, match["value"].strip(), told
    return None


def _is_value(field: str, match: re.Match[str]) -> bool:
    """After a bare "is" or a dash: a name or a school begins with a capital, and none of them is a sentence."""
    value = match["value"].strip()
    if not re.search(r"\w", match["is"]):
        return True
    if field in ("mentor", "equipment") or SENTENCE.search(value):
        return False
    return field not in ("name", "organisation") or value[:1].isupper()


def _may_be_name(value: str) -> bool:
    return not {word.strip(".,!").lower() for word in value.split()} & _NO_PART_OF_A_NAME


def _sentence(line: str) -> tuple[str, str, bool] | None:
    if (match := _RENAMED.match(line)) and _may_be_name(match["value"]):
        return "name", match["value"].strip(" ."), True
    if (match := _CALL_ME.match(line)) and match["value"][0].isupper() and is_name(match["value"]) and match["value"].lower() not in NOT_NAMES:
        return "name", match["value"], True
    if match := _MOVED.match(line):
        return ("job" if match["what"].lower().startswith(("role", "job")) else "organisation"), match["value"], True
    if _NO_MENTOR.match(plain(line)):
        return "mentor", "", True
    if match := _MENTORS.match(line):
        return "mentor", re.sub(r"^\s*(?:for|to|of)\s+", "", match["value"]).strip() or "yes", True
    return None


def _shown(said: str) -> dict[str, str] | None:
    hidden, shown = _HIDE.fullmatch(said), _SHOW.fullmatch(said)
    match = hidden or shown
    if match is None:
        return None
    whom = "nobody" if shown is None else next(w for w, pattern in _WHOM.items() if re.fullmatch(pattern, shown["whom"]))
    named = [field for field, pattern in _SHOWN.items() if re.search(rf"\b(?:{pattern})\b", match["fields"])]
    if re.search(rf"\b(?:{_ALL})\b", match["fields"]):
        named = [field for field in _SHOWN if field != "address" or whom == "nobody"]  # an address is named, or stays
    return dict.fromkeys(named, whom)

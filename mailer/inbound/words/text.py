"""From the text a person newly wrote to clauses: the small pieces that the tables judge.

Quotes are cut before; a signature or "Sent from my phone" may remain and is cut here. A clause ends at punctuation,
at a line's end and before words that turn a sentence (but, because, if, ...); a leading "yes", "no" or "sorry" is
a clause of its own. Everything is capped, so the time is bounded however long the text is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbound.words.names import is_name
from mailer.inbound.words.signature import cut_signature
from mailer.inbound.words.spelling import MAYBE_SIGNS, NO_SIGNS, YES_SIGNS, clean, plain

CAP_TEXT = 6_000
CAP_CLAUSES = 60
CAP_CLAUSE = 240

_LEAD = re.compile(
    r"^\W*(?:(?:aw|oh|ah|ooh|oops|well|hmm) )?(?P<head>yes please|yes thanks|yes|yess+|yep|yup|yeah|yea|yeh|aye|dim problem|no problems?|no probs?|not a problem|no worries|no thanks|no thank you|nope|nah|no|maybe|sorry|sori|"
    r"apologies|unfortunately|sadly|yn anffodus|ie|ia|na|ok|okay|oki|great|perfect|lovely|brilliant|fab|fantastic|thanks|thank you|"
    r"many thanks|diolch yn fawr|diolch|iawn|ydw|nac ydw|byddaf|efallai|sure|certainly|absolutely|definitely|of course|wrth gwrs|"
    r"(?P<hail>(?:hi|hello|dear|helo|hiya|hey|annwyl|good morning|good afternoon|morning|shwmae)(?: all| everyone| both| there| again)?)|ymddiheuriadau|sry|soz|done|p\.?s\.?)"
    r"(?P<gap>\s+)(?=\S)",
    re.IGNORECASE,
)
# What may follow a leading "no", "na", "done" or "sure" without belonging to it.
_AFTER_NO = re.compile(
    r"^(?:i|i'?m|i'?ll|we|we'?re|we'?ll|sorry|not|can'?t|cannot|won'?t|unfortunately|afraid|unable|teaching|sadly|thank|thanks|"
    r"but|though|as|because|sori|yn|dw|dwi|alla|fydda|mae'n|ddrwg|diolch)\b",
    re.IGNORECASE,
)
_TURN = (
    r"but|however|although|though|because|as (?!soon|well|far|long|usual|always|a\b|an\b|my\b|per\b|in\b|the\b)|cos|coz|since|(?<!not )(?<!quite )so (?!sorry|much|keen|sure|well|many|far|very|looking|happy|pleased|glad|kind)|"
    r"if|unless|ond|oherwydd|achos|gan (?=fy|fod|mod)|felly|os (?!gwelwch|gweli)|oni bai|due to|then|yet to|except"
)
_JOIN = r"(?:and|an(?= i\b)) (?=(?:i|i'?m|i'?ll|we|we'?ll|will|can|can'?t|cannot|could|would|look|looking|am|unfortunately|see|please|also|won'?t|have|hope|it|that)\b)"
_SPLIT = re.compile(
    rf"(?P<stop>[,;!?…()\[\]*\"]+|\.+(?=\s|$|(?-i:[A-Z]))|:(?=\s|$|[-)(])|\s+[-/~]+\s+|(?<=\byes)/|(?<=\bno)/|[–—]+|--+)|\s(?=(?:{_TURN})\b)|\s(?P<join>{_JOIN})|"
    rf"(?P<sign>[{YES_SIGNS}{NO_SIGNS}{MAYBE_SIGNS}])",
    re.IGNORECASE,
)
_HAILED = re.compile(r"\s*(?:[A-Z][a-z'’-]+(?:(?: and| &|,|/) ?[A-Z][a-z'’-]+)*|(?i:all|both|everyone|team))(?=\s|$)[\s,]*")
_VOCATIVE = re.compile(r"^(?P<who>[A-Za-z'’-]+) (?=(?:I|i|we|yes|no|sorry|thanks|thank|count|please|just|great|ok|I'm|I'll|i'll|im|ill)\b)")
_THANKED = re.compile(  # "thanks for the invite I'll be there": no stop between
    r"((?:thanks|thank you|many thanks|cheers|ta|diolch|great to hear|hope you(?:'re| are) (?:well|ok|good))(?: [\w'-]+){0,8}?) (?=(?:I|i|we|We)\b(?! (?:sent|got|received|had|asked)\b)|(?:I|i|we)'|(?:ill|im|can't|cant|cannot|won't|wont|unable|unfortunately|sorry|yes|count|see you|will be|would love|looking forward|happy to|byddaf|methu|fydda|dwi|dw i)\b)"
)
_NAMES = re.compile(r"[A-Z][a-z]+(?: & [A-Z][a-z]+)+")
_NEW_LINE = re.compile(r"\s*(?:[-*•>]|\d{1,2}[.)]|[\w ]{2,20}:)\s")
_SUBJECTS = re.compile(r"\b(?:Myself|Me|I), [A-Z][a-z]+(?:, [A-Z][a-z]+){0,4} and [A-Z]|\b(?!(?:Hi|Hello|Hiya|Dear|Thanks|Yes|No|Sorry|Helo|Morning|Ok|Sure)\b)[A-Z][a-z]+(?:, [A-Z][a-z]+){1,4},? and (?:I|me|myself)\b")
_TURN_HEAD = re.compile(r"^(but|however|although|though|because|as|cos|coz|since|so|if|unless|and|ond|oherwydd|achos|felly|os(?! gwelwch| gweli))\b", re.IGNORECASE)
_RELATIVE = re.compile(r"^(?:which|who|whose|where|when|what|as)\b")
_QUESTION_HEAD = re.compile(
    r"^(?:can|could|may|shall|should|will|would|is|are|do|does|did|am|has|have) (?:i|we|you|there|it|this|that|the|someone|anyone|somebody|anybody|my|our|he|she|they)\b"
    r"|^(?:what|where|when|who|whose|which|how|why|whats|wheres|any chance|beth|ble|pryd|pwy|sut|pam|oes|ydych|ga i|gawn ni|a fydd|faint)\b"
    r"(?! (?:ever|about it|i can|a shame|a pity|not$))"
)


@dataclass(frozen=True)
class Clause:
    raw: str
    plain: str
    turn: str = ""  # the word that turned the sentence: but, because, if, ...; ~ when it clings to a leading word
    question: bool = False
    paragraph: int = 0
    sentence: int = 0


@dataclass(frozen=True)
class Writing:
    lines: tuple[str, ...]  # what the person wrote, signature cut, empty lines kept
    clauses: tuple[Clause, ...]
    words: int

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()

    @property
    def first_line(self) -> str:
        return next((line.strip() for line in self.lines if line.strip()), "")


def read(text: str) -> Writing:
    lines = cut_signature(clean(text[:CAP_TEXT]))
    clauses: list[Clause] = []
    paragraph = sentence = 0
    for line in map(_together, _unwrapped(lines)):
        if not line.strip():
            paragraph += 1
            continue
        sentence += 1
        for piece, stop in _pieces(line):
            if len(clauses) < CAP_CLAUSES:
                opens = not clauses or clauses[-1].sentence != sentence
                clauses += _clauses(piece, stop, paragraph, sentence, opens)
            sentence += stop[:1] in (".", "!", "?", "…")
    return Writing(tuple(lines), tuple(clauses), len(" ".join(lines).split()))


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines that a mail program broke at about 72 columns are one sentence again."""
    out: list[str] = []
    long = False
    for line in lines:
        if long and line.strip() and not _NEW_LINE.match(line):
            out[-1] += " " + line.strip()
        else:
            out.append(line)
        long = len(line) >= 50 and line.strip()[-1:] not in (".", "!", "?", ":", ";")
    return out


def _together(line: str) -> str:
    """ "Joe, Karen and I" is one subject: its commas are no stops; those of a greeting before it are."""
    return _SUBJECTS.sub(lambda m: m[0].replace(", ", " & "), line)


def _pieces(line: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    start = 0
    for match in _SPLIT.finditer(line):
        before = line[start : match.start()].strip()
        if match["join"] and (is_name((before.split() or [""])[-1]) or _NAMES.fullmatch(before)):
            continue  # "Karen and I" is one subject
        piece = line[start : match.start()]
        if match["stop"] and match["stop"] == "." and re.search(r"\b(?:mr|mrs|ms|dr|st|e\.g|i\.e|a\.m|p\.m|approx)$", piece, re.IGNORECASE):
            continue
        pieces.append((piece, (match["stop"] or "").strip()))
        if match["sign"]:
            pieces.append((match["sign"], "."))
        start = match.end() - (len(match["join"]) if match["join"] else 0)
    pieces.append((line[start:], "."))
    return [(piece.strip(), stop) for piece, stop in pieces if piece.strip()]


def _clauses(piece: str, stop: str, paragraph: int, sentence: int, opens: bool) -> list[Clause]:
    piece = piece[:CAP_CLAUSE]
    turn = _TURN_HEAD.match(piece)
    word = ""
    if turn:
        word, body = turn[1].lower(), piece[turn.end() :].strip()
        if not body:
            return []
    else:
        body = piece
    out: list[Clause] = []
    for _ in range(3):
        head = _LEAD.match(body)
        if head is None:
            break
        lead = head["head"].lower()
        after = body[head.end() :]
        if head["hail"]:  # "Hi Jane yes please": the name goes with the greeting
            named = _HAILED.match(after)
            body, word = after[named.end() :] if named else after, ""
            out.append(Clause(head["head"], "hi", "", False, paragraph, sentence))
            continue
        if not _loose(lead, after):
            break
        out.append(Clause(body[: head.end()].strip(), plain(head["head"]), word, False, paragraph, sentence))
        body, word = body[head.end() :].strip(), "~"
        inner = _TURN_HEAD.match(body)
        if inner and body[inner.end() :].strip():
            word, body = inner[1].lower(), body[inner.end() :].strip()
    thanked = _THANKED.match(body)
    if thanked:
        out.append(Clause(thanked[1].strip(), plain(thanked[1]), word, False, paragraph, sentence))
        body, word = body[thanked.end() :], ""
    called = _VOCATIVE.match(body)
    if called and is_name(called["who"]):
        body = body[called.end() :]
    spelt = plain(body)
    if spelt:
        related = _RELATIVE.match(spelt) is not None and not opens and "?" not in stop  # "the agenda, which reads well"
        question = "?" in stop or (bool(_QUESTION_HEAD.match(spelt)) and not related)
        out.append(Clause(piece if not out else body, spelt, word, question, paragraph, sentence))
    return out


def _loose(lead: str, after: str) -> bool:
    if lead in ("no", "na", "nope", "nah"):
        return bool(_AFTER_NO.match(after))
    if lead in ("sorry", "sori", "apologies", "ymddiheuriadau"):
        return not re.match(r"(?i)(?:for|about|to|that|if|from|all|i (?:missed|did|forgot|have not|haven)|am|to hear)\b", after)
    if lead in ("thanks", "thank you", "many thanks", "diolch", "diolch yn fawr"):
        return bool(re.match(r"(?i)(?:but|i\b|i'|we|yes|no|sorry|can't|cannot|will|would|see|look|count|unfortunately|unable|byddaf|na|methu|ie)", after))
    if lead in ("yes", "yep", "yeah"):
        return not re.match(r"(?i)(?:to (?!say|confirm|let)|for (?:me|us)\b|from\b)", after)
    if lead in ("byddaf", "ydw", "iawn"):
        return not re.match(r"(?i)(?:yno|i\b|n\b|yn\b|'n|na\b|'na|bresennol|gyda|gen|a\b|mi\b|wir)", after)
    if lead in ("done", "sure"):
        return bool(re.match(r"(?i)(?:thanks|thank you|i|we|and|see|will|sorry|all|on|last|yesterday|today|this)\b", after))
    return True

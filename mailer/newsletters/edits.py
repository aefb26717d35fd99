"""What an editor wants changed in an issue, in their own words: "drop piece 2", "move the autoclave first".

`WAYS` is read top-down, a line at a time; the first way whose words fit and whose piece is found is done. A piece is
named by its number (the proof lists them), by words of its title or by who wrote it; what could mean two pieces means
none, and is said to be left (contract 2: never guessed). Numbers stay what they are, so the next proof can be answered
alike. English and Welsh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from mailer.meetings.agenda import titled
from mailer.newsletters import issues, pieces, printing, sections
from mailer.newsletters.pieces import Piece

_REF = r"(?P<ref>[^:]{1,80}?)"
_OTHER = r"(?P<other>[^:]{1,80}?)"
_PLEASE = r"^\W*(?:(?:please|can you|could you|can we|could we|let's|also|and|then|allwch chi|plis)\W+){0,3}"
_END = r"(?:\W+(?:please|thanks|thank you|for now|plis|diolch))*\W*$"
_SAID = r"[\"'“‘]?(?P<said>[^\"”]+?)[\"”’]?\s*$"


@dataclass(frozen=True)
class Way:
    """One way of asking for one change. `does` gives what was done in a few words, empty if it cannot be done so."""

    name: str
    words: re.Pattern[str]
    does: Callable[[Connection, Piece, Piece | None, str], str]


def _drop(session: Connection, piece: Piece, _other: Piece | None, _said: str) -> str:
    if piece.state != "in":
        return ""
    pieces.change(session, piece, state="declined")
    return f"Left out: {piece.number}. {piece.title}"


def _bring_back(session: Connection, piece: Piece, _other: Piece | None, _said: str) -> str:
    if piece.state not in ("declined", "in"):
        return ""
    pieces.change(session, piece, state="in")
    return f"Back in: {piece.number}. {piece.title}"


def _hold_over(session: Connection, piece: Piece, _other: Piece | None, _said: str) -> str:
    if piece.state != "in":
        return ""
    pieces.hold_over(session, piece)
    return f"Kept for the next newsletter: {piece.title}"


def _title(session: Connection, piece: Piece, _other: Piece | None, said: str) -> str:
    title = titled(said, "")[0]
    if not title:
        return ""
    missing = [one for one in piece.missing if one != "title"]
    pieces.change(session, piece, title=title, missing=missing)
    return f"Title of {piece.number}: {title}"


def _section(session: Connection, piece: Piece, _other: Piece | None, said: str) -> str:
    key = sections.named(re.sub(r"^the | section$", "", said.strip(" .\"“”'"), flags=re.IGNORECASE))
    if key is None:
        return ""
    pieces.change(session, piece, section=key)
    return f"Section of {piece.number}: {sections.title_of(key, 'en')}"


def _first(session: Connection, piece: Piece, _other: Piece | None, _said: str) -> str:
    printed = _printed(session, piece)
    lead = min([0, *(one.order for one in printed)]) - pieces.ORDER
    pieces.change(session, piece, place=lead)
    return f"First: {piece.number}. {piece.title}"


def _last(session: Connection, piece: Piece, _other: Piece | None, _said: str) -> str:
    printed = _printed(session, piece)
    pieces.change(session, piece, section=printed[-1].section, place=max(one.order for one in printed) + pieces.ORDER)
    return f"Last: {piece.number}. {piece.title}"


def _beside(after: int) -> Callable[[Connection, Piece, Piece | None, str], str]:
    def move(session: Connection, piece: Piece, other: Piece | None, _said: str) -> str:
        if other is None or other.id == piece.id:
            return ""
        pieces.change(session, piece, section=other.section, place=other.order + after)
        return f"{piece.number}. {piece.title}: {'after' if after > 0 else 'before'} {other.number}. {other.title}"

    return move


def _printed(session: Connection, piece: Piece) -> list[Piece]:
    assert piece.issue_id is not None
    return printing.printed(session, issues.get(session, piece.issue_id))


def _way(name: str, words: str, does: Callable[[Connection, Piece, Piece | None, str], str]) -> Way:
    return Way(name, re.compile(words, re.IGNORECASE), does)


_NEXT = r"(?:the )?next (?:time|issue|one|newsletter|term)|(?:y )?(?:tro|rhifyn) nesaf"
WAYS: tuple[Way, ...] = (
    _way("title of it", rf"{_PLEASE}(?:change |make |set |newid )?(?:the |y )?(?:new )?(?:title|heading|headline|teitl|pennawd) (?:of|for|on|yr?) {_REF}\s*(?:\bto be\b|\bshould be\b|\bto\b|\bi\b|:|=)\s*{_SAID}", _title),
    _way("retitle it", rf"{_PLEASE}(?:re-?title|rename|call) {_REF}\s*(?:\bto\b|\bas\b|:|(?=[\"“]))\s*{_SAID}", _title),
    _way("its title", rf"{_PLEASE}{_REF},? (?:new )?(?:title|heading|headline)\s*(?::|=|\bshould be\b|\bto\b)\s*{_SAID}", _title),
    _way("hold it over", rf"{_PLEASE}(?:hold|keep|save|move|leave|carry|push|put|cadw|cadwch|symud|symudwch) {_REF}(?: (?:over|back|off))?(?: (?:to|until|till|for|tan|i|ar gyfer))? (?:{_NEXT}){_END}", _hold_over),
    _way("hold it over, in short", rf"{_PLEASE}(?:hold over|hold back|carry over|keep back) {_REF}{_END}", _hold_over),
    _way("hold it over, split", rf"{_PLEASE}(?:hold|carry) {_REF} (?:over|back){_END}", _hold_over),
    _way("bring it back", rf"{_PLEASE}(?:bring back|put back|restore|reinstate) {_REF}{_END}", _bring_back),
    _way("bring it back, split", rf"{_PLEASE}(?:bring|put) {_REF} back(?: in)?{_END}", _bring_back),
    _way("drop it", rf"{_PLEASE}(?:drop|remove|delete|take out|leave out|cut out|cut|omit|lose|scrap|pull|skip|dileu|dilewch|tynnwch|hepgor|hepgorwch) {_REF}(?: out| altogether| completely| allan)?{_END}", _drop),
    _way("leave it out", rf"{_PLEASE}(?:leave|take) {_REF} out{_END}", _drop),
    _way("before another", rf"{_PLEASE}(?:move|put|have|symud|symudwch|rhowch) {_REF} (?:to )?(?:before|above|ahead of|in front of|cyn|o flaen) {_OTHER}{_END}", _beside(-1)),
    _way("after another", rf"{_PLEASE}(?:move|put|have|symud|symudwch|rhowch) {_REF} (?:to )?(?:after|below|under|behind|ar ol|ar ôl) (?:the )?(?=(?:piece|number|no\b|\d|.*\bpiece\b)){_OTHER}{_END}", _beside(1)),
    _way("first", rf"{_PLEASE}(?:move|put|make|have|start with|lead with|open with|symud|symudwch|rhowch) {_REF} (?:(?:should |to |at |yn )?(?:go |be |come )?(?:the |y )?)?(?:first|top|front|start|beginning|lead|gyntaf|cyntaf)(?: piece| one)?{_END}", _first),
    _way("start with it", rf"{_PLEASE}(?:start|lead|open|begin|dechrau|dechreuwch) (?:with|gyda) {_REF}{_END}", _first),
    _way("it goes first", rf"{_PLEASE}{_REF} (?:should |must |to )?(?:go |be |come )?first{_END}", _first),
    _way("last", rf"{_PLEASE}(?:move|put|make|have|end with|symud|symudwch|rhowch) {_REF} (?:(?:should |to |at |yn )?(?:go |be |come )?(?:the |y )?)?(?:last|end|bottom|olaf)(?: piece| one)?{_END}", _last),
    _way("another section", rf"{_PLEASE}(?:move|put|symud|symudwch|rhowch) {_REF} (?:in|into|to|under|i|dan) (?P<said>[\w’' ]+?){_END}", _section),
    _way("after a title", rf"{_PLEASE}(?:move|put|have) {_REF} (?:to )?(?:after|below|behind) {_OTHER}{_END}", _beside(1)),
)  # fmt: skip

_NEW_VERB = r"(?:drop|remove|delete|take|leave|cut|move|put|hold|keep|change|make|start|title|re-?title|call|bring|then)\b"
_PARTS = re.compile(rf"(?<=\w[.!;])\s+(?={_NEW_VERB})|\s*[;,]?\s+(?:and|then|a)\s+(?={_NEW_VERB})|\s*[;,]\s+(?={_NEW_VERB})", re.IGNORECASE)
_COURTESY = re.compile(
    r"^\W*(?:(?i:hi|hello|dear|helo|annwyl|thanks|thank you|many thanks|cheers|diolch|looks (?:good|great|lovely)|(?:very )?nice|lovely|great|regards|best wishes|"
    r"kind regards|best|otherwise (?:good|fine|great)|all good|cofion)\b.{0,40}|[A-Z][a-z]+)\W*$"
)
_NUMBER = re.compile(r"(?:the |y )?(?:piece|number|no\.?|darn|rhif|item|article|#)?\s*#?(?P<n>\d{1,3})(?:st|nd|rd|th)?(?: (?:piece|one|item|article))?", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "last")
_ORDINAL = re.compile(rf"(?:the )?(?P<nth>{'|'.join(_ORDINALS)}|top)(?: (?:piece|one|item|article|story))", re.IGNORECASE)
_FILLER = {"the", "a", "an", "piece", "article", "one", "item", "bit", "thing", "story", "about", "on", "by", "from", "report", "y", "yr", "darn", "am", "gan", "to", "of", "and"}


def said(text: str) -> list[str]:
    """The lines of a reply that ask for something, one change each; greetings and thanks are none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = [part.strip() for line in lines for part in _PARTS.split(line) if part.strip()]
    return [part for part in parts if not _COURTESY.match(part)]


def apply(session: Connection, issue_id: int, line: str) -> str:
    """Do one change. Returns what was done, in a few words; empty if it fits no way or names no one piece."""
    for way, piece, other, words in _read(session, issue_id, line):
        done = way.does(session, piece, other, words)
        if done:
            return done
    return ""


def names_a_piece(session: Connection, issue_id: int, text: str) -> bool:
    """True if the first wish of a reply is about one piece: "hold Dave's piece over" is no HOLD for the whole."""
    wishes = said(text)
    return bool(wishes) and next(_read(session, issue_id, wishes[0]), None) is not None


def _read(session: Connection, issue_id: int, line: str) -> Iterator[tuple[Way, Piece, Piece | None, str]]:
    """The ways that a line fits, each with the pieces it names."""
    issue = issues.get(session, issue_id)
    all_of_them = pieces.of_issue(session, issue, ("in", "declined"))
    order = [piece.id for piece in printing.printed(session, issue)]
    for way in WAYS:
        match = way.words.match(line)
        if match is None:
            continue
        given = match.groupdict()
        piece = find(all_of_them, order, given["ref"])
        other = find(all_of_them, order, given["other"]) if given.get("other") else None
        if piece is None or (given.get("other") and other is None):
            continue
        yield way, piece, other, (given.get("said") or "").strip()


def find(all_of_them: list[Piece], order: list[int], ref: str) -> Piece | None:
    """The one piece that these words name, or None. "The second piece" is the second as printed."""
    ref = ref.strip(" .,\"'“”‘’")
    number = _NUMBER.fullmatch(ref)
    if number is not None:
        return next((piece for piece in all_of_them if piece.number == int(number["n"])), None)
    nth = _ORDINAL.fullmatch(ref)
    if nth is not None:
        word = nth["nth"].lower()
        at = -1 if word == "last" else 0 if word == "top" else _ORDINALS.index(word)
        return next((p for p in all_of_them if order and at < len(order) and p.id == order[at]), None)
    wanted = _telling(ref)
    if not wanted:
        return None
    for shown in ("{0.title}", "{0.person}", "{0.title} {0.person}"):
        found = [piece for piece in all_of_them if wanted <= _telling(shown.format(piece))]
        if len(found) == 1:
            return found[0]
        printed = [piece for piece in found if piece.id in order]
        if len(printed) == 1:
            return printed[0]
    return None


def _telling(words: str) -> set[str]:
    bare = re.sub(r"['’]s?\b", "", words.casefold())
    return {word[:7] for word in re.findall(r"[^\W_]+", bare) if word not in _FILLER}

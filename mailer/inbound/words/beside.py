"""Words on lines of their own, beside an answer to what we asked: "YES" and below it "PLAIN TEXT" (contract 2).

A line counts only if it is a word from its beginning to its end, and only if what stands beside it is surely an answer, or is
nothing but greetings. Below the answer nothing but greetings may stand before it: a name or a job begins a signature, whose
"Working days: Tuesday" is no wish. A STOP of everything is never one of two things: it is read by itself (UNS-8).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from mailer.inbound.words import text as reading
from mailer.inbound.words.about_me import SENTENCE, read_about_me
from mailer.inbound.words.commands import silent
from mailer.inbound.words.names import is_name
from mailer.inbound.words.signature import is_card_name
from mailer.inbound.words.understand import only_command, understand
from mailer.inbound.words.values import Asked, Intent, Understood

MOST_LINES = 12
SHORT = ("name", "organisation", "job")  # details that are no sentences
OF_THEMSELVES = {"details": "values", "share": "wanted"}  # what several lines say of the writer is one wish
ANSWERS = {
    Asked.CONFIRM: ("confirm", "decline-confirm", "vouch"),
    Asked.INVITATION: ("answer",),
    Asked.FEEDBACK: ("feedback",),
    Asked.ACTION: ("done", "more-time", "give-to"),
    Asked.RECEIPT: (),
    Asked.ANY: (),
}


@dataclass(frozen=True)
class Beside:
    """`answer` is what is left of the text, as it was understood, `wishes` the words that stood beside it. Where there was
    nothing but words, the first of them is what was understood."""

    answer: str
    understood: Understood
    wishes: tuple[Intent, ...]


def beside(said: str, asked: Asked, words: Iterable[str], *, today: date) -> Beside | None:
    """Part the lines; `words` are the acts that may answer any mail. None where the text is to be read as a whole."""
    lines = said.splitlines()
    if asked not in ANSWERS or sum(1 for line in lines if line.strip()) > MOST_LINES:
        return None
    read = {n: _word(line, today) for n, line in enumerate(lines) if line.strip()}
    said_too = {n: found for n, found in read.items() if found is not None and found.act in words}
    if not said_too:
        return None
    end = _signed_from(lines, said_too, asked, today)
    wishes = {n: found for n, found in said_too.items() if n < end}
    if not wishes or any(one.act == "stop" and one.args["purposes"] == "all" for one in said_too.values()):
        return None
    rest = "\n".join(line for n, line in enumerate(lines) if n not in wishes).strip()
    first, *others = _merged(wishes.values())
    answer = understand(rest, asked, today=today) if rest else Understood()
    if answer.first is not None and answer.first.sure and answer.first.act in ANSWERS[asked]:
        return Beside(rest, answer, (first, *others))
    alone = _says_nothing(rest) and (others or ANSWERS[asked])  # one word where nothing was asked is read as ever
    return Beside(said, Understood((first,)), tuple(others)) if alone else None


def _word(line: str, today: date) -> Intent | None:
    """What a line asks for that is a word and nothing else; "My school: closed that day, so no" is more of an answer."""
    command = only_command(line, today=today)
    if command is not None:
        return command
    of_me = read_about_me(line)
    if of_me is None or of_me[1]:
        return None
    values = of_me[0].args.get("values", {})
    return None if any(SENTENCE.search(values.get(field, "")) for field in SHORT) else of_me[0]


def _signed_from(lines: Sequence[str], wishes: Container[int], asked: Asked, today: date) -> int:
    """The line from which no word is a wish: a name, or the first below the answer that neither greets nor goes on with it."""
    answered = False
    for n, line in enumerate(lines):
        if not line.strip() or n in wishes:
            continue
        if _greets(line):  # as "Yes" and "OK" do, which may be all of the answer
            answered = answered or _answers(line, asked, today)
            continue
        if is_card_name(line) or (answered and not _goes_on(line) and (asked is Asked.FEEDBACK or not _answers(line, asked, today))):
            return n
        answered = True
    return len(lines)


def _greets(line: str) -> bool:
    return all(not one.plain or silent(one) for one in reading.read(line).clauses)


def _goes_on(line: str) -> bool:
    return line.rstrip().endswith((".", "!", "?")) or SENTENCE.search(line) is not None


def _answers(line: str, asked: Asked, today: date) -> bool:
    """Whether a line is an answer by itself; of feedback any words would be."""
    answer = understand(line, asked, today=today).first
    return answer is not None and answer.sure and answer.act in ANSWERS[asked]


def _says_nothing(rest: str) -> bool:
    """Greetings, thanks and a name."""
    return all(not one.plain or silent(one) or is_name(one.raw) for one in reading.read(rest).clauses)


def _merged(wishes: Iterable[Intent]) -> list[Intent]:
    """One of a kind: a form of several lines has one receipt."""
    found: dict[str, Intent] = {}
    others: list[Intent] = []
    for wish in wishes:
        key = OF_THEMSELVES.get(wish.act)
        if key is None:
            others.append(wish)
        elif wish.act not in found:
            found[wish.act] = wish
            others.append(wish)
        else:
            both = MappingProxyType({key: {**found[wish.act].args[key], **wish.args[key]}})
            merged = replace(found[wish.act], args=both)
            others[others.index(found[wish.act])] = found[wish.act] = merged
    return others

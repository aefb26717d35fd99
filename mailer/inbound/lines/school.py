"""What a named contact answers to the list of their school's people: who has left or died, who is new, who is called otherwise.

A line each in words ("Karen has left", "x 2", "Jane Doe is now Jane Smith", an address of somebody new), or the quoted list itself
(`school_list`), with lines taken out, crossed out, put in or changed. A line that is missing counts only where the end of the list is still quoted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mailer.inbound import gone
from mailer.inbound.lines import school_list
from mailer.inbound.lines.people import PersonLine
from mailer.inbound.lines.school_list import Changes, Person, lines_of

_RIGHT = re.compile(
    r"^\W*(?:(?:yes|ok|all|still|it is|it's|this is|that is|the list is|everything is)[ ,]+)*(?:right|correct|fine|good|up to date|no changes?|unchanged|yes|cywir|iawn)\W*(?:now\W*)?(?:thanks|thank you|diolch)?\W*$",
    re.IGNORECASE,
)
_NOT_ME = re.compile(r"^\W*(?:not me|i am no longer (?:the|their) (?:named )?contact|nid fi)\W*$", re.IGNORECASE)
_LEFT = re.compile(
    r"^(?:(?:please )?(?:x+|✗|✘|×|delete|remove|cross out|take (?:off|out)|left|gone|del)\s*[:,-]?\s+(?P<after>.+)|(?P<before>.+?)[\s,:–-]+(?:(?:has|have) )?(?:now )?(?:left|gone|retired|moved on|x+|✗|✘|×|no longer (?:here|with us|works here)|wedi gadael)(?: (?:us|the school|the college))?)\W*$",
    re.IGNORECASE,
)
_RENAMED = re.compile(
    r"^(?P<who>.+?)\s*(?:->|→|=>| is now(?: called)? | should (?:be|read) | is called )\s*(?P<name>[^@]{2,80}?)\W*$", re.IGNORECASE
)
_SENTENCES = re.compile(r"(?<=[^\W\d_]{2}[.;])\s+(?=\S)")
_OF_A_CHANGE = re.compile(r"\b(?:left|gone|died|retired|moved|new|wedi)\b", re.IGNORECASE)  # too few words to say of whom
_NO_NAME = re.compile(r"^(?:on|in|at|off|back|part|full|no|not|working|retired|away|only|with|the|an?|our)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the|our) ", re.IGNORECASE)
MOST = 300  # lines of an answer
A_LETTER = 12  # words beyond which the organisers read a line as well


@dataclass(frozen=True)
class Checked:
    """`left`: ids of memberships; `renamed`, `jobs`: id and what is said; `gone`: who has died, or left and is not in the list;
    `passed`: what else is changed in the list, for the organisers; `rest`: lines that say something else."""

    right: bool = False
    not_me: bool = False
    left: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[PersonLine, ...] = ()
    rest: tuple[str, ...] = ()
    jobs: tuple[tuple[str, str], ...] = ()
    gone: tuple[gone.Gone, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(self.left or self.renamed or self.added or self.jobs)


def read_school(reply: str, whole: str, people: Sequence[Person], mine: Collection[str] = ()) -> Checked:
    """Read what stands newly (`reply`) and the list in what it quotes (`whole`: all of the mail's text). `mine` are the writer's own
    addresses, as keys."""
    lines = [line for line in lines_of(reply) if line]
    new = [said for line in lines[:MOST] for said in _SENTENCES.split(line)]
    rest = lines[MOST:]
    said = Changes(mine=mine)
    right = not_me = False
    for line in new:
        if _RIGHT.match(line):
            right = True
        elif _NOT_ME.match(line):
            not_me = True
        elif not _read(line, said, rest, people) and (len(line.split()) > 2 or _OF_A_CHANGE.search(line)):  # else a greeting, a signature
            rest.append(line)
    listed = school_list.read_list(whole, lines, people, mine)
    rest = [line for line in rest if line not in listed.heard]
    told = said.left or said.renamed or said.added or said.jobs or said.gone or said.passed or rest
    missing = [] if right and not told else listed.missing  # all is right, and the mail program has spoilt the quote
    ended = {one.who for one in (*said.gone, *listed.gone)}
    dead = [str(one["id"]) for one in people if one["name"] in ended]
    left = tuple(one for one in dict.fromkeys([*said.left, *listed.left, *missing]) if one not in dead)
    away = {*left, *dead}
    added = {one.email: one for one in (*listed.added, *said.added)}
    return Checked(
        right,
        not_me,
        left,
        tuple((who, name) for who, name in {**listed.renamed, **said.renamed}.items() if who not in away),
        tuple(added.values()),
        tuple(rest),
        tuple((who, job) for who, job in {**listed.jobs, **said.jobs}.items() if who not in away),
        tuple({one.who: one for one in (*listed.gone, *said.gone)}.values()),
        tuple(dict.fromkeys([*said.passed, *listed.passed])),
    )


def _read(line: str, said: Changes, rest: list[str], people: Sequence[Person]) -> bool:
    """One line in the writer's own words. False if it says nothing that we know."""
    by_number = {str(one["number"]): one for one in people}
    if (item := school_list.item(line, people)) is not None:
        said.compare(item[0], item[1], crossed=item[2])
        return True
    left, renamed = _LEFT.match(line), _RENAMED.match(line)
    if left is not None and (found := _several(left["after"] or left["before"], people, by_number)):
        said.left += found
        return True
    if renamed is not None and (who := _one(renamed["who"], people, by_number)):
        name = renamed["name"].strip()
        if school_list.is_job(name):
            said.jobs[who] = _ARTICLE.sub("", name)
        elif _NO_NAME.match(name):
            return False
        else:
            said.renamed[who] = name
        return True
    told = gone.everyone("", line)
    for one in told:
        who = _one(one.who, people, by_number)
        if who and one.how == gone.LEFT:
            said.left.append(who)
        else:
            name = next((str(each["name"]) for each in people if str(each["id"]) == who), one.who)
            said.gone.append(gone.Gone(name, one.how, one.words))
    if told:
        rest += [line] if "@" in line or len(line.split()) > A_LETTER else []
        return True
    return "@" in line and said.address(school_list.numbered(line) or line, people)


def _several(words: str, people: Sequence[Person], by_number: Mapping[str, Person]) -> list[str]:
    parts = [part for part in re.split(r"\s*(?:,|&|\band\b)\s*", words) if part.strip()]
    found = [_one(part, people, by_number) for part in parts]
    return found if all(found) else []


def _one(words: str, people: Sequence[Person], by_number: Mapping[str, Person]) -> str:
    """The id meant by a number, a whole name, or a first name that only one has; empty if nobody is."""
    plain = words.strip(" .:;").casefold()
    if plain in by_number:
        return str(by_number[plain]["id"])
    whole = [one for one in people if str(one["name"]).casefold() == plain]
    first = whole or [one for one in people if str(one["name"]).casefold().split()[:1] == [plain]]
    return str(first[0]["id"]) if len(first) == 1 else ""

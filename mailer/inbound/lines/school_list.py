"""The list of a school's people as it stands in an answer: each line compared with what we wrote, in whole.

Mail programs join lines and break them; a line that they broke is put together again before it is compared. Whose a line is, its name
says, else its number. What is changed and no change that we know is passed on as it stands: nothing is swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailer.inbound.gone import DIED, Gone
from mailer.inbound.lines import school_letter
from mailer.inbound.lines.people import PersonLine, read_people
from mailer.message.address import key

Person = Mapping[str, Any]  # id, number, name, and the words of the line

LONGEST = 200  # of a line: the patterns take their time over long ones
MOST = 3_000  # lines
LONGEST_NAME = 3  # words before an address, in a signature
_JOB = re.compile(r"\b(?:technicians?|technologist|teacher|manager|assistant|officer|co-?ordinator|head of|leader|lecturer|librarian|technegydd|athro|athrawes)\b", re.IGNORECASE)  # fmt: skip
_REMARK = re.compile(r"[()]|\b(?:on|until|leave|is|was|has|will|not)\b", re.IGNORECASE)
_ITEM = re.compile(r"^[>\s]*(?:[-*•·]\s*)?(?P<mark>[xX✗✘×~]+\s*)?(?P<number>\d{1,3})\.\s+(?P<words>\S.*?)\s*$")
_NEXT = re.compile(r"\b\d{1,3}\.\s")  # lines of the list that a mail program has joined
_STRUCK = re.compile(r"(?:^|\s|[-–,(])(?:x+|✗|✘|×|left|gone|retired|has left|delete)\W*$", re.IGNORECASE)
_DIED = re.compile(r"\b(?:died|passed away|passed on|deceased|bu farw|wedi marw|wedi huno)\b", re.IGNORECASE)
_OF_IT = re.compile(r"(?:s?he |they )?(?:has |have )?(?:now |just |sadly )?(?:left|gone|retired|moved on|died|passed away|wedi gadael|wedi marw|x+|✗)(?=\W*$| )", re.IGNORECASE)  # fmt: skip
_LINKED = re.compile(r"\s?[<\[(]mailto:[^<>\[\]()\s]{1,254}[>\])]", re.IGNORECASE)  # as Outlook writes an address
_ADDRESS = re.compile(r"[^\s,;<>()\[\]]{1,64}@[^\s,;<>()\[\]]{1,190}")
_NO_NAME = re.compile(r"@|['’]s\b|\b(?:is|has|was|will|are|on|now|works?|working|not|away|back|off|part|full|email|address|changed|use)\b", re.IGNORECASE)  # fmt: skip
_ASKS_TO_ADD = re.compile(r"^\W*(?:(?:please|can you|could you|also|and|plus|add|include|new|ychwanegwch)\b[\s:,-]*)+", re.IGNORECASE)


@dataclass
class Changes:
    """`left` and the first of each pair are ids; `missing` stands apart, as a mail program may have lost a line."""

    left: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    added: list[PersonLine] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # new lines that are about the one they stand under
    passed: list[str] = field(default_factory=list)  # for the organisers: an address, and what is no change that we know
    mine: Collection[str] = ()  # the writer's own addresses, as keys

    def compare(self, one: Person, words: str, *, crossed: bool = False) -> None:
        """A line of the list as it reads now."""
        was, name, who = str(one["words"]), str(one["name"]), str(one["id"])
        if same(words) == same(was) and not crossed:
            return
        said = words[len(was) :] if words.casefold().startswith(was.casefold()) else words
        if _DIED.search(said):
            self.gone.append(Gone(name, DIED, len(said.split())))
        elif crossed or _STRUCK.search(words):
            self.left.append(who)
        else:
            self._differs(one, words, name, was)

    def _differs(self, one: Person, words: str, name: str, was: str) -> None:
        now, _, rest = words.partition(",")
        now, rest_was = now.strip(), was[len(name) :].lstrip(", ")
        another = not was.casefold().startswith(now.casefold())
        job, job_was = (_ADDRESS.sub("", each).strip(" ,;.") for each in (rest, rest_was))
        odd = another and (not 0 < len(now.split()) <= 5 or _NO_NAME.search(now) is not None)
        new_job = same(job) != same(job_was)
        elsewhere = _addresses(rest) != _addresses(rest_was)
        odd = odd or (another and elsewhere)  # somebody else
        if odd or elsewhere or (new_job and not is_job(job)):
            self.passed.append(f"{was} → {words}")
        if another and not odd:
            self.renamed[str(one["id"])] = now
        if new_job and is_job(job) and not odd:
            self.jobs[str(one["id"])] = job

    def address(self, line: str, people: Sequence[Person]) -> bool:
        """A line with an address: somebody new, one of these people under another address, or who writes. False if it is neither."""
        rows = [one for one in read_people(_ASKS_TO_ADD.sub("", line)) if not one.doubt]
        if any(row.left for row in rows):  # of somebody who wants no mail: never a reason to write to them
            return False
        for row in rows:
            named = called(row.name, people)
            known = named or next((one for one in people if row.email.casefold() in _addresses(str(one["words"]))), None)
            if key(row.email) in self.mine:  # a signature, or else words about it
                if len(row.name.split()) > LONGEST_NAME:
                    return False
            elif known is not None:
                if (row.name and named is None) or row.email.casefold() not in str(known["words"]).casefold():
                    self.passed.append(f"{known['words']} → {line}")
            elif row.name and _NO_NAME.search(row.name):
                return False
            else:
                self.added.append(row)
        return bool(rows)


def lines_of(text: str) -> list[str]:
    """Without what is too long or too much, and without the links that a mail program sets beside addresses."""
    return [" ".join(_LINKED.sub("", line[: 2 * LONGEST]).split())[:LONGEST] for line in text.splitlines()[:MOST]]


def same(words: str) -> str:
    """What is left of words when blanks, full stops and capitals do not count."""
    return re.sub(r"[\s>*_.]+", "", words).casefold()


def is_job(words: str) -> bool:
    return 0 < len(words.split()) <= 6 and _JOB.search(words) is not None and _REMARK.search(words) is None


def called(words: str, people: Sequence[Person]) -> Person | None:
    """Who of them a line begins with: the whole name, or a first name that only one has and that stands alone."""
    plain = words.casefold().strip(" .:;\"'")
    for one in people:
        name = str(one["name"]).casefold()
        if plain.startswith(name) and not plain[len(name) :][:1].isalnum() and plain[len(name) :][:1] != "-":
            return one
    first = re.match(r"([^\W\d_]+)(?:$|['’]s\b|,? (?:new )?(?:e-?mail|address|is|has|now|should|uses)\b)", plain)
    found = [one for one in people if first and str(one["name"]).casefold().split()[:1] == [first[1]]]
    return found[0] if len(found) == 1 else None


def item(line: str, people: Sequence[Person], *, quoted: bool = False) -> tuple[Person, str, bool] | None:
    """(whose, the words, crossed out) of a line of our list; none if it is no such line, or a numbered point of the writer's own,
    which no `quoted` one is."""
    found = _ITEM.match(line)
    if found is None:
        return None
    words = found["words"].strip("~")
    known = [one for one in people if same(words.partition(",")[0]) == same(str(one["name"]))]
    numbered = known or [one for one in people if str(one["number"]) == found["number"]]
    ours = quoted or line.startswith(">") or any(words.casefold().startswith(str(one["name"]).casefold()) for one in numbered)
    return (numbered[0], words, bool(found["mark"]) or words != found["words"]) if numbered and ours else None


def numbered(line: str) -> str:
    """The words behind a number; empty if there is none."""
    found = _ITEM.match(line)
    return str(found["words"]).strip("~") if found else ""


def read_list(whole: str, new: Collection[str], people: Sequence[Person], mine: Collection[str] = ()) -> Changes:
    """What is changed in the list within `whole`; `new` are the lines that stand above or between the quoted ones."""
    changes = Changes(mine=mine)
    lines = [line for line in lines_of(whole) if item(line, people) is None or line not in new or line.startswith(">")]
    end = next((at for at, line in enumerate(lines) if line not in new and school_letter.closes(line)), None)
    ours = [
        at
        for at, line in enumerate(lines[:end])
        if item(line, people, quoted=end is not None and line not in new) is not None
    ]
    if not ours:
        return changes
    if end is None:  # cut short: up to the next line that is empty
        end = next((at for at, line in enumerate(lines) if at > ours[-1] and not line.strip("> ")), len(lines))
    listed = list(_whole_lines(lines[ours[0] : end], new, changes.heard, people))
    by_name = {str(one["id"]) for line in listed for one in people if same(numbered(line).partition(",")[0]) == same(str(one["name"]))}
    there: set[str] = set()
    joined = ""
    for line in listed:
        found = item(line, people, quoted=True)
        if found is not None and _NEXT.search(found[1]):
            joined += f" {found[1].casefold()}"
            there.add(str(found[0]["id"]))
        elif found is not None and (str(found[0]["id"]) not in by_name or same(found[1].partition(",")[0]) == same(str(found[0]["name"]))):
            there.add(str(found[0]["id"]))
            changes.compare(found[0], found[1], crossed=found[2])
        else:
            words = numbered(line) or line.lstrip("> -*•·")
            if not ("@" in words and changes.address(words, people)) and words:
                changes.passed.append(words)
    if school_letter.closes(whole.replace(">", " ")):
        changes.missing = [
            str(one["id"]) for one in people if str(one["id"]) not in there and str(one["name"]).casefold() not in joined
        ]
    return changes


def _whole_lines(lines: Sequence[str], new: Collection[str], heard: list[str], people: Sequence[Person]) -> Iterator[str]:
    """The lines of the list, each put together that a mail program, or our own width, has broken."""
    kept = ""
    for line in lines:
        bare = line.lstrip("> ")
        if not bare:
            continue
        if kept and _goes_on(kept, bare, people):
            kept = f"{kept} {bare}"
        elif line in new and not line.startswith(">"):  # between the quoted ones: of the one above it, else read as new
            if kept and _OF_IT.match(line):
                kept = f"{kept} {line}"
                heard.append(line)
        else:
            if kept:
                yield kept
            kept = line
    if kept:
        yield kept


def _goes_on(line: str, bare: str, people: Sequence[Person]) -> bool:
    """Whether `bare` is the rest of the line before it, and no line of its own."""
    if _ITEM.match(bare) or bare[:1] in "-*•·":
        return False
    if "@" not in line and _ADDRESS.fullmatch(bare.strip(" .,;")):
        return True
    found = item(line, people, quoted=True)
    if found is None:
        return False
    was, so_far = same(str(found[0]["words"])), same(found[1])
    another = any(len(one.name.split()) > 1 and same(one.name) not in was for one in read_people(bare))
    return so_far != was and (was.endswith(same(bare)) or (was.startswith(so_far) and not another))


def _addresses(words: str) -> list[str]:
    return sorted(one.rstrip(".").casefold() for one in _ADDRESS.findall(words))

"""A second opinion on mail to the list: is it alike to private mail, or to posts? (V14)

The rules read what they know; this goes by likeness (`learned`), with marks made for such mail: words, pairs of words,
whom it greets, whether it speaks to all, and whether it answers a post. It may only make us ask, never post.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mailer.inbound.words.learned import CAP_TEXT, likely_by, pieces
from mailer.inbound.words.names import is_name
from mailer.inbound.words.personal import greeted, speaks_to_all
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Writing

# A mail is asked about from here on: chosen on sets of mail that were learned from only afterwards, so that of private
# answers as people write them none would be posted, for about one post in eight asked about.
ASK = -0.2
ASK_ALOUD = 0.0  # what speaks to everyone in so many words needs more against it
ASK_IN_THREAD = -0.3  # an answer to us is easily sent to the post that lay on top
MOST_MARKS = 2_000  # a long mail is weighed by its beginning

_SENTENCE = re.compile(r"[.!?;:…]+(?=\s|$)|\n+|\s-+\s")
_PHONE = re.compile(r"(?<!\d)(?:\+44|0)\d[\d ]{8,11}\d(?!\d)")
_DIGIT = re.compile(r"\d")


def weigh(writing: Writing, *, thread: bool) -> float:
    """How much likelier it is private than a post, as a logarithm: above 0 it is rather private."""
    alike = likely_by("post", marks(writing, thread))
    return math.log(max(alike["private"], 1e-9) / max(alike["post"], 1e-9))


def doubts(writing: Writing, *, thread: bool) -> float:
    """How far the weight is above what makes us ask; under 0: nothing is said against posting it."""
    least = ASK_IN_THREAD if thread else ASK_ALOUD if speaks_to_all(writing) else ASK
    return weigh(writing, thread=thread) - least


def marks(writing: Writing, thread: bool) -> frozenset[str]:
    """What is weighed: words, pairs (^ begins a sentence, ^^ the mail), pieces of words, length, and what kind of mail it is."""
    kind = "thread" if thread else "new"
    found = {"(any mail)", f"({kind}, {_length(writing)})"}
    if thread:
        found.add("(thread)")
    if speaks_to_all(writing):
        found.add("(speaks to all)")
    if greeted(writing):
        found.add(f"(greets one, {kind})")
    begin = "^^"
    for words in _sentences(writing):
        for before, word in zip([begin, *words], [*words, ""], strict=True):
            if word:
                found |= {word, f"{before} {word}"}
        found |= pieces(words)
        begin = "^"
        if len(found) > MOST_MARKS:
            break
    if any(clause.question for clause in writing.clauses):
        found.add("(asks)")
    return frozenset(found)


def _length(writing: Writing) -> str:
    return f"{2 ** min(6, int(math.log2(writing.words + 1)))}+ words"


def _sentences(writing: Writing) -> Iterator[list[str]]:
    for sentence in _SENTENCE.split("\n".join(writing.lines)[:CAP_TEXT]):
        kinds = " ".join(map(_kind, _PHONE.sub(" aphone ", sentence).split()))
        words = ["num" if _DIGIT.search(word) else word for word in plain(kinds).split()]
        if words:
            yield words


def _kind(word: str) -> str:
    """Names, addresses, links and sums of money count as such, whoever's and whatever they are."""
    if is_name(word):
        return "aname"
    if "@" in word:
        return "anaddress"
    if word.startswith(("http://", "https://", "www.")):
        return "alink"
    return "money" if word.startswith("£") else word

"""The words by which somebody says that a person has left their job, or has died.

Only what has happened counts ("is leaving at Easter" is a letter), and only a sentence whose subject is a name. Whether the
name is a member's, and whether the writer may say so, is asked later; nothing is done without a YES.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbound.words.names import names_in

LEFT, DIED, UNSAID = "left", "died", "unsaid"
DOORS = frozenset({"organise", "committee", "help", "tag"})
A_NOTE = 60  # words; a longer mail that says somebody has left is a letter
LINES = 6

_PLACE = r"(?:the |our |her |his |their )?(?:school|college|university|academy|trust|department|dept|faculty|network|job|post|team|company|organisation|us(?=\W*$|[.,;!?]| (?:on|in|at|last|this|for good|for (?:a|an|another) (?:new |other )?(?:job|post|role|school|college|university)))|here|teaching|at |in |on |last |this |yesterday|today|now|for good|to (?:take|start|work))"
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


MOST = 300  # characters of a line that are looked at


@dataclass(frozen=True)
class Gone:
    """Who, as it was said, and `how`: left, died, or unsaid ("is no longer with us" may mean either)."""

    who: str
    how: str
    words: int


def said(subject: str, text: str) -> Gone | None:
    """What a subject and the first lines of a text say of one person; None if it is nothing of the kind."""
    words = len(text.split())
    lines = [line.strip()[:MOST] for line in text.splitlines() if line.strip()][:LINES]
    bare = re.sub(r"^(?:\s*(?:re|fwd?|ateb|parthed)\s*:)+\s*", "", subject[:MOST], flags=re.IGNORECASE)
    for line in (bare, *lines):
        if "?" in line:
            continue
        for how, row in ROWS:
            found = row.search(line)
            names = names_in(found["who"]) if found is not None else ()
            if len(names) == 1 and (how == DIED or words <= A_NOTE):
                return Gone(names[0], how, words)
    return None

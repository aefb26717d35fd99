"""The tail of a run of kept lines: signature, list footer, notice, "sent from my phone", a closing and its name."""

from __future__ import annotations

import re

from mailer.message import quotes
from mailer.message.phrases.notices import DISCLAIMERS
from mailer.message.quotes import WIDTH
from mailer.message.reply.closings import last_closing
from mailer.message.reply.devices import sent_from
from mailer.message.reply.speech import CONTACT, POSTSCRIPT, SIGNATURE_LINES, next_line, say, sentence, talks

_INVISIBLE = " \t\u00a0\u1427\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # U+1427 is left by a program that follows mail
DELIMITER = re.compile(r"[\s*]*(?:--|––|—|――|__)[\s*]*")
_LIST_RULE = re.compile(r"_{20,}|-{20,}|={20,}|-~-+.*|--~-.*")
_LIST_WORDS = re.compile(
    r"(?i)mailing list|listinfo|lists?\.|unsubscribe|groups\.google|google groups|mailinglist|to post to this|subscription options|yahoo! groups|you received this|"
    r"postorius|mailman|dad-?danysgrifio"
)
_FOOTER = re.compile(
    r"(?i)[\s—–-]*(?:you (?:are receiving|received) this (?:e-?mail|message|because)|you received this message because|reply to this email directly|to unsubscribe\b|view (?:it|this) on (?:github|the web)(?:\W|$)(?!\w)"
    r"|to view this discussion|powered by(?: \S+){1,5}$|do you yahoo!\?|yahoo! messenger|_{5,}\s*do you yahoo)"
)
_PICTURE = re.compile(r"\[cid:[^\]\s]{1,150}\]|\[(?:image|inline image|cid): ?[^\]\n]{1,100}\]")  # Outlook and Gmail in plain text
_RULED = re.compile(r"_{3,80}")
_SAID = re.compile(r"[.!?)…]$|^[A-Z][^\W\d_]{1,20}(?: [A-Zx][^\W\d_]{0,20})?$")  # a sentence has ended, or a name signs
_NAME = re.compile(r"(?:[A-Z][^\W\d_]{1,3}\.? )?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){1,3}")
_DASH_NAME = re.compile(r" ?(?:--?|/{1,2}|[–—~] ?)([^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3})\s*")


def tail(lines: list[str], keep: list[bool], start: int, end: int, steps: list[str], written: bool) -> None:
    """Cut the tail of one run: first what begins at a delimiter, then, from the bottom up, what is known by its words."""

    def drop(first: int, last: int, why: str) -> None:
        for j in range(first, last):
            keep[j] = False
        say(steps, why)

    first = next_line(lines, start)
    whole = end
    rest = sum(1 for line in lines[start:end] if line.strip())
    for i in range(start, end):
        line = lines[i]
        text = line.strip()
        if not text or len(text) > 2_000:
            rest -= bool(text)
            continue
        rest -= 1
        if (
            DELIMITER.fullmatch(line[:40])
            and (i > first or written)
            and rest <= SIGNATURE_LINES
            and (line == "-- " or not _goes_on(lines, i + 1, end))
        ):
            drop(i, end, "a signature after its delimiter")
            end = i
            break
        if 2 <= rest <= 8 and i > first and _RULED.fullmatch(text) and _is_card(lines, i, end):
            drop(i, end, "a signature under a ruled line")
            end = i
            break
        if (
            _LIST_RULE.fullmatch(text)
            and any(_LIST_WORDS.search(x[:WIDTH]) for x in lines[i + 1 : i + 5])
            and i + 1 < end
        ):
            drop(i, end, "a list footer")
            end = i
            break
        if i >= first and _FOOTER.match(text[:WIDTH]) and not talks(text):
            drop(i, _until_talk(lines, i, end), "a footer")
            end = i
            break
        if DISCLAIMERS.match(text[:WIDTH]) and (rest or len(text) > 24) and not talks(text):
            drop(i, _until_talk(lines, i, end), f"a legal notice: {text[:50]}")
            end = i
            break
    again = 40
    while again and end > start:
        again, left = 0, again
        while end > start and (
            not lines[end - 1].strip(_INVISIBLE)
            or quotes.is_rule(lines[end - 1])
            or (end < whole and DELIMITER.fullmatch(lines[end - 1][:40]))
        ):
            if lines[end - 1].strip():
                if end - 1 == first:
                    break
                keep[end - 1] = False
            end -= 1
        if end <= start or end - 1 < first:
            return
        last = lines[end - 1].strip()
        if _PICTURE.fullmatch(last[:200]):
            drop(end - 1, end, "the place of a picture")
            again, end = left - 1, end - 1
        elif sent_from(last):
            drop(end - 1, end, f"sent from: {last[:40]}")
            again, end = left - 1, end - 1
        elif _is_dash_name(lines, end - 1, first):
            drop(end - 1, end, "a name behind a dash")
            again, end = left - 1, end - 1
    at = last_closing(lines, first, end)
    if at > first:
        drop(at, end, f"a closing: {lines[at].strip()[:40]}")


def _is_card(lines: list[str], at: int, end: int) -> bool:
    """A name, then office and number, in few short lines under a ruled line that stands free: no heading, no sentence."""
    below = [line.strip() for line in lines[at + 1 : end] if line.strip()]
    above = next((line.strip() for line in reversed(lines[:at]) if line.strip()), "")
    if lines[at - 1].strip() or not _NAME.fullmatch(below[0][:200]) or not _SAID.search(above[-80:]):
        return False
    if any(len(line) > 80 or line.endswith(("?", ":")) or sentence(line) or talks(line) for line in below):
        return False
    return any(CONTACT.search(line) for line in below[1:])


def _until_talk(lines: list[str], start: int, end: int) -> int:
    """Where, behind a notice, a paragraph of the person's begins: a postscript, a question, somebody who says "I"."""
    at = start
    while at < end:
        top = next_line(lines, at)
        below = next((j for j in range(top, end) if not lines[j].strip()), end)
        if at > start and top < end and any(POSTSCRIPT.match(x) or talks(x) for x in lines[top:below]):
            return top
        at = max(below, at + 1)
    return end


def _goes_on(lines: list[str], at: int, end: int) -> bool:
    """Is the first line under a rule of two dashes a sentence, so that it only parts the person's own words?"""
    below = next((line.strip() for line in lines[at:end] if line.strip()), "")
    return sentence(below) and not CONTACT.search(below)


def _is_dash_name(lines: list[str], at: int, first: int) -> bool:
    """`-Jane Doe` or `/Jane` under the text, and no item of a list."""
    found = _DASH_NAME.fullmatch(lines[at][:80])
    if not found or at <= first or not all(word[0].isupper() for word in found[1].split()):
        return False
    above = next((line for line in reversed(lines[first:at]) if line.strip()), "")
    if lines[at - 1].strip() or above.rstrip().endswith(":"):
        return False
    return above.strip()[:1] not in ("-", "–", "—", "*", "•", "/")

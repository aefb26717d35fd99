"""The results table: what an SMTP reply, or the lack of one, makes of a letter.

Two ordered tables, read from the top; the first row that fits decides. `REPLIES` is for what a relay says while we
send; `STATUSES` refines by the enhanced status code. What a delivery report says days later is read in message/bounces, and
means the same (BNC-8). The first digit of the reply decides what happens next, also for codes
never seen (OUT-2, RFC 5321 4.3.2); the enhanced code only refines it, and where its class contradicts the reply it is not looked at.
One exception beyond RFC 5321 itself: a relay that refuses *us* (log in first, relaying denied, bad sequence, our sender, whatever
it says before anybody was named) says nothing of the letter. It is deferred, slowly, and shown, so that a wrong line in the relay's
settings costs a mailing an hour, not its life; where another relay is set, that one is asked.

States, those of the outbox:
  accepted   the relay took it over
  deferred   not now; the retry clock asks again
  failed     never; nobody asks again
  uncertain  the answer to the final dot is missing: it may have gone (ruling 5)
Blame says whom a refusal tells about: `address` (no such person: counts against the address), `mailbox` (full, too big: soft),
`sender` (our policy, signature or words: never counted against the person, BNC-5, BNC-6), `relay` (nothing to do with either).
Slow says what is to be spared (OUT-9, OUT-16): the `relay` (421; at MAIL 4.3.x and 4.7.x, log in and relaying denied, too), the
`destination` (4.7.x: the whole domain), or the relay with nothing but this `letter`, which it does not take for reasons of its own
(4.3.x, too): another may, and is asked at once. Where there is none a letter that was refused is tried again more slowly, or has
failed. A sender who is refused is of this kind, as the relay may well take the other networks'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

State = Literal["accepted", "deferred", "failed", "uncertain"]
Blame = Literal["address", "mailbox", "sender", "relay", ""]
Stage = Literal["mail", "rcpt", "data", "content"]
Slow = Literal["", "letter", "destination", "relay"]

SENTENCES: dict[str, str] = {
    "accepted": "The mail server took it over.",
    "bad-address": "The address is not written the way an address must be.",
    "bad-content": "The letter has a line that may not be sent. This is a fault of ours.",
    "closing": "The mail server is closing the line and asks us to come back later.",
    "connection-lost": "The line to the mail server broke before the letter was handed over.",
    "content-refused": "The mail server does not like what is in the letter.",
    "domain-unknown": "The part of the address after the @ does not exist.",
    "greylisted": "The mail server wants to see the letter a second time before it takes it.",
    "lost-answer": "The line broke after the whole letter was sent, so it may have arrived.",
    "mailbox-closed": "The mailbox is closed.",
    "mailbox-full": "The mailbox is full.",
    "needs-8bitmime": "The mail server takes plain ASCII only and the letter is not.",
    "needs-smtputf8": "The mail server cannot carry an address with letters beyond ASCII.",
    "no-answer": "The mail server did not answer in time.",
    "no-such-address": "There is no such address.",
    "nonsense": "The mail server answered with something that is not SMTP.",
    "not-begun": "It was not begun, as the line to the mail server was gone.",
    "out-of-step": "The mail server and we lost step with each other.",
    "refused": "The mail server refused it for good.",
    "refused-policy": "The mail server refused it by its rules about senders.",
    "relay-denied": "The mail server does not send on mail for us.",
    "relay-trouble": "The mail server has a trouble of its own.",
    "relay-wants-login": "The mail server wants a user name and password, or refused ours.",
    "route-trouble": "The mail server could not reach the next one.",
    "sender-not-proven": "The mail server could not prove that the letter comes from us (SPF, DKIM or DMARC).",
    "sender-refused": "The mail server refused our sender address.",
    "throttled": "The mail server asks us to send more slowly.",
    "too-large": "The letter is larger than is taken there.",
    "too-many-recipients": "The mail server takes no more recipients in one go.",
    "try-later": "The mail server asks us to try later.",
}


# A relay that says so does not take mail from us, or not from one of our domains: it waits, and somebody has to mend that.
REFUSES_US = frozenset({"relay-denied", "relay-wants-login", "sender-refused", "sender-not-proven", "refused-policy"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the letter; `reason` is a key of SENTENCES, `slow` says what is to be spared."""

    state: State
    reason: str
    slow: Slow = ""
    blame: Blame = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason]


@dataclass(frozen=True, slots=True)
class Row:
    stages: str  # words of Stage, or * for all
    code: str  # a regular expression on the three digits
    state: State
    reason: str
    blame: Blame = "relay"
    words: str = ""  # a regular expression searched in the text, case-blind
    slow: Slow = ""


@dataclass(frozen=True, slots=True)
class StatusRow:
    status: str  # subject.detail, as a regular expression
    reason: str
    blame: Blame
    words: str = ""


_LOGIN = r"authenticat\w* (is )?required|must (first )?(log ?in|authenticate)|\bauth\w* first"
_UNKNOWN = (
    r"(user|recipient|mailbox|address|account)\b[^.]{0,40}\b(unknown|not found|does not exist|doesn't exist|not exist|invalid)"
    r"|\b(no such|unknown|invalid) (user|recipient|mailbox|address|account|person)|no mailbox here"
)
_RELAYING = r"relay(ing)? (access )?(is )?(denied|not (permitted|allowed))|(unable|not allowed|not permitted) to relay"
_GREY = r"gr[ea]y-?list|try again (in|after) \d+ (s|m)"
_UNPROVEN = r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated (mail|email)"
_SENDER = r"^4\.1\.[78]\b|sender (address )?(rejected|refused|denied)"
_SPAM = r"\bspam\b|\bblock(ed|list)|\bblack ?list|\breputation\b|\bunsolicited\b|\bpolicy\b|\bbanned\b"

# RFC 5321 4.2.3, 4.3.2; 4.5.3.1.10 for 452 and 552 at RCPT (OUT-9)
REPLIES: tuple[Row, ...] = (
    Row("content", r"2..", "accepted", "accepted", ""),
    Row("*", r"421", "deferred", "closing", slow="relay"),
    # What is said at MAIL, where nobody was named yet
    Row("mail", r"552", "failed", "too-large", words=r"5\.3\.4|5\.2\.3|\bsize\b|large|big", slow="letter"),
    Row("mail", r"5(30|34|35|38)", "deferred", "relay-wants-login", slow="relay"),
    Row("mail", r"5..", "deferred", "relay-wants-login", words=_LOGIN, slow="relay"),
    Row("mail", r"5..", "deferred", "relay-denied", words=_RELAYING, slow="relay"),
    Row("mail", r"503", "deferred", "out-of-step"),
    Row("mail", r"5..", "deferred", "sender-not-proven", "sender", _UNPROVEN, slow="letter"),
    Row("mail", r"5..", "deferred", "refused-policy", "sender", _SPAM, slow="letter"),
    Row("mail", r"5..", "deferred", "sender-refused", "sender", slow="letter"),
    Row("mail", r"4..", "deferred", "sender-refused", "sender", _SENDER, slow="letter"),
    Row("mail", r"4..", "deferred", "try-later", slow="letter"),
    # What is said of the recipient and the content
    Row("rcpt", r"552", "deferred", "mailbox-full", "mailbox", r"quota|full|storage|5\.2\.2"),
    Row("rcpt", r"452", "deferred", "mailbox-full", "mailbox", r"quota|full|4\.2\.2"),
    Row("rcpt", r"[45]52", "deferred", "too-many-recipients"),
    Row("rcpt data", r"5(30|34|35|38)", "deferred", "relay-wants-login", slow="letter"),
    Row("rcpt data", r"5..", "deferred", "relay-wants-login", words=_LOGIN, slow="letter"),
    Row("rcpt data", r"5..", "deferred", "relay-denied", words=_RELAYING, slow="letter"),
    Row("rcpt data", r"503", "deferred", "out-of-step"),
    Row("*", r"4..", "deferred", "greylisted", words=_GREY),
    Row("*", r"4..", "deferred", "try-later"),
    Row("content", r"5..", "failed", "relay-denied", words=_RELAYING),
    Row("rcpt content", r"55[013]", "failed", "no-such-address", "address", _UNKNOWN),
    Row("content data", r"552", "failed", "too-large", "mailbox", slow="letter"),
    Row("*", r"5..", "failed", "sender-not-proven", "sender", _UNPROVEN),
    Row("*", r"5..", "failed", "refused-policy", "sender", _SPAM),
    Row("*", r"5..", "failed", "refused", "mailbox"),
    Row("content", r"...", "uncertain", "nonsense"),
    Row("*", r"...", "deferred", "nonsense"),
)

# RFC 3463 with the registry's later codes (RFC 7372, RFC 7505), sorted by what they tell of (BNC-5)
STATUSES: tuple[StatusRow, ...] = (
    StatusRow(r"4\.1", "no-such-address", "address", r"recipient address rejected: access denied"),  # Exchange Online
    StatusRow(r"1\.(1|6)", "no-such-address", "address"),
    StatusRow(r"1\.10", "domain-unknown", "address"),  # null MX
    StatusRow(r"1\.2", "domain-unknown", "address"),
    StatusRow(r"1\.3", "bad-address", "address"),
    StatusRow(r"1\.[78]", "sender-refused", "sender"),
    StatusRow(r"2\.1", "mailbox-closed", "address"),
    StatusRow(r"2\.2", "mailbox-full", "mailbox"),
    StatusRow(r"(2\.3|3\.4)", "too-large", "mailbox"),
    StatusRow(r"5\.3", "too-many-recipients", "relay"),
    StatusRow(r"6\.7", "needs-smtputf8", "sender"),
    StatusRow(r"6\.\d+", "content-refused", "sender"),
    StatusRow(r"7\.(2\d|3[0-2]|515)", "sender-not-proven", "sender"),
    StatusRow(r"7\.\d+", "sender-not-proven", "sender", _UNPROVEN),
    StatusRow(r"7\.\d+", "no-such-address", "address", _UNKNOWN),
    StatusRow(r"7\.\d+", "relay-denied", "relay", _RELAYING),
    StatusRow(r"7\.\d+", "refused-policy", "sender"),
    StatusRow(r"3\.\d+", "relay-trouble", "relay"),
    StatusRow(r"4\.\d+", "route-trouble", "mailbox"),
    StatusRow(r"5\.\d+", "out-of-step", "relay"),
)

# What a refusal says of every try, not of the one that was refused
SPEAKS_OF_ADDRESS = frozenset(row.reason for table in (REPLIES, STATUSES) for row in table if row.blame == "address")

_COMPILED = tuple((row, re.compile(row.code), re.compile(row.words, re.I)) for row in REPLIES)
_COMPILED_STATUSES = tuple((row, re.compile(row.status), re.compile(row.words, re.I)) for row in STATUSES)
_ACCEPTED = Verdict("accepted", "accepted")


def of_reply(stage: Stage, code: int, enhanced: str | None, text: str) -> Verdict:
    """What a reply at `stage` makes of the letter. `enhanced` is `5.1.1` or None; only a 2xx to the content accepts."""
    digits = f"{code:03d}"
    if stage == "content" and digits[0] == "2":
        return _ACCEPTED
    text = text[:500]
    row = next(
        row for row, code_of, words in _COMPILED
        if (row.stages == "*" or stage in row.stages.split()) and code_of.fullmatch(digits) and words.search(text)
    )  # fmt: skip
    slow: Slow = row.slow
    reason, blame = row.reason, row.blame
    if enhanced and enhanced[0] == digits[0] and digits[0] in "45":
        if stage == "mail" and enhanced.startswith(("4.3.", "4.7.")) and reason != "sender-refused":
            slow = "relay"
        elif enhanced.startswith("4.7.") and reason != "greylisted":
            slow = slow or "destination"
        elif enhanced.startswith("4.3."):
            slow = slow or "letter"
        if row.reason in _REFINED and (found := _status_row(enhanced, text)):
            reason, blame = found.reason, found.blame
            if reason == "refused-policy" and digits[0] == "4":
                reason = "throttled"
    return Verdict(row.state, reason, slow, blame)


_REFINED = frozenset({"try-later", "refused", "sender-refused", "too-large", "refused-policy", "no-such-address"})


def _status_row(status: str, text: str) -> StatusRow | None:
    rest = status.partition(".")[2]
    for row, pattern, words in _COMPILED_STATUSES:
        if pattern.fullmatch(rest) and words.search(text):
            return row
    return None

"""Machines told from people: one table, read from the top; the first row that fits decides (LOOP-1, LOOP-5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailer.message import encoded
from mailer.message.automatic.words import ANSWER_PREFIX, CLIENT, NOTICE, SUBJECT_PARTS, SUBJECTS
from mailer.message.parts import Part

_NOREPLY = re.compile(
    r"(?i)^(?:(?:[a-z0-9._-]{1,40}[-_.])?(?:no[-_.]?reply|do[-_.]?not[-_.]?reply)|auto-?(?:reply|responder|respond|mailer|answer)|autoresponse|vacation|nobody|mailer-?daemon|notification-noreply|noreply-.*|bounce)(?:[+=-].*)?$"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One sign: where it is from, and what finds it; it gives words or nothing."""

    source: str
    finds: Callable[[Part, str, str], str]


def _field(name: str, pattern: str = r".") -> Callable[[Part, str, str], str]:
    wanted = re.compile(pattern, re.IGNORECASE)

    def finds(root: Part, subject: str, text: str) -> str:
        for value in root.all(name):
            if wanted.search(value):
                return f"{name}: {encoded.clean(value)[:60]}"
        return ""

    return finds


def _subject(root: Part, subject: str, text: str) -> str:
    if ANSWER_PREFIX.match(subject):
        return ""
    found = SUBJECTS.match(subject) or SUBJECT_PARTS.search(subject)
    return f"subject begins or says: {found[0][:40]}" if found else ""


def _re_subject(root: Part, subject: str, text: str) -> str:
    """`Re: Out of office` is a machine's only if the words are too and nothing is quoted."""
    bare = ANSWER_PREFIX.sub("", subject).strip()
    if bare != subject and SUBJECTS.match(bare) and root.get("in-reply-to") is None and NOTICE.search(text[:1500]):
        return f"subject and words of a notice: {bare[:40]}"
    return ""


def written_with(root: Part) -> bool:
    """Does a program that people write with name itself?"""
    return CLIENT.search(f"{root.get('user-agent') or ''} {root.get('x-mailer') or ''}") is not None


def _null_sender(root: Part, subject: str, text: str) -> str:
    """A null sender, unless a program that people write with has put its name there (a local copy loses its sender too)."""
    path = root.get("return-path")
    if (
        path is None
        or path.strip() != "<>"
        or written_with(root)
    ):
        return ""
    return "a null return path"


def _two_signs(root: Part, subject: str, text: str) -> str:
    weak = _field("precedence", r"\b(?:bulk|junk)\b")(root, subject, text) or _field(
        "x-auto-response-suppress", r"(?i)\b(?:all|oof|autoreply)\b"
    )(root, subject, text)
    if not weak or root.get("list-id") or root.get("list-unsubscribe"):
        return ""
    words = NOTICE.search(text[:1500])
    return f"{weak}, with the words: {words[0][:40]}" if words else ""


_AUTO_FIELD = re.compile(r"x-[a-z-]{0,20}auto-?(?:repl(?:y|ied)|respond(?:er)?)[a-z-]{0,20}")


def _family(root: Part, subject: str, text: str) -> str:
    """Any other field of the family, whatever its vendor: `X-Kerio-Autoreply`, `X-MDAutoResponder`."""
    for name, value in root.fields[:200]:
        if "auto" in name and _AUTO_FIELD.fullmatch(name) and value.strip().lower() not in ("", "no", "0", "false"):
            return f"{name}: {encoded.clean(value)[:60]}"
    return ""


def _aggregate(root: Part, subject: str, text: str) -> str:
    """A daily report about a domain: DMARC's, or that of TLS."""
    if root.params.get("report-type", "").lower() == "tlsrpt" or root.get("tls-report-domain"):
        return "a report about TLS"
    found = re.match(r"(?i)\W{0,3}(?:\[[^\]]{0,30}\] )?(?:dmarc (?:aggregate )?)?report[ _-]domain:\s*\S+", subject)
    return f"subject of an aggregate report: {found[0][:40]}" if found else ""


def _no_reply(root: Part, subject: str, text: str) -> str:
    if root.get("list-post") or root.get("list-id"):
        return ""
    found = re.search(r"<?\s*([^\s<>\"@]+)@[^\s<>@]+>?\s*(?:\(.*\))?\s*$", (root.get("from") or "")[:1000])
    return f"From {found[1][:40]}" if found and _NOREPLY.match(found[1]) else ""


def _system(root: Part, subject: str, text: str) -> str:
    found = re.search(
        r"(?i)<?\s*(postmaster|mailer-daemon|virusalert|quarantine|spam-?filter|mailscanner)@", (root.get("from") or "")[:1000]
    )
    said = re.match(
        r"(?i)\W{0,3}(?:delivered|relayed|expanded|quarantin|virus|infected|spam|message (?:held|blocked|quarantined|rejected)|warning|you have \d+)",
        subject,
    )
    return f"From {found[1]}, and its subject: {said[0].strip()[:30]}" if found and said else ""


def _notice_only(root: Part, subject: str, text: str) -> str:
    """An automatic notice by its own words, which no person uses of themselves."""
    said = re.search(
        r"(?i)^\W*(?:\w+[ ,.!]+){0,6}(?:this is an? auto(?:mat\w+)?[ -]?(?:generated )?(?:e-?mail )?(?:reply|response|message|e-?mail)|i apologi[sz]e for this automatic reply|(?:dies|das) ist eine automatische|ceci est (?:un message|une réponse) automatique)",
        text[:400],
    )
    return f"the words: {said[0][:50].strip()}" if said else ""


# read top-down; RFC 3834 first, then vendors, then words
ROWS: tuple[Row, ...] = (
    Row("RFC 3834 5", _field("auto-submitted", r"^\s*(?!no\b)\S")),
    Row("vendors", _field("x-autoreply", r"^(?!\s*no\b)")),
    Row("vendors", _field("x-auto-reply", r"^(?!\s*no\b)")),
    Row("vendors", _field("x-autorespond")),
    Row("vendors", _field("x-autoresponder")),
    Row("vendors", _field("x-auto-respond")),
    Row("vendors", _field("x-autoreply-from")),
    Row("vendors", _field("x-autoreply-domain")),
    Row("vendors", _field("x-autogenerated", r"reply|yes|true|1|forward|news")),
    Row("vendors", _field("x-mail-autoreply")),
    Row("vendors", _field("x-amazon-auto-reply", r"true|yes")),
    Row("vendors", _field("x-vacation")),
    Row("FirstClass", _field("x-fc-machinegenerated", r"true|yes")),
    Row("Novell", _field("x-post-messageclass", r"autoresponder")),
    Row("Oracle", _field("x-ora-autoreply")),
    Row("Exchange", _field("x-ms-exchange-generated-message-source", r"rules agent|oof|journal")),
    Row("Exchange", _field("x-ms-exchange-inbox-rules-loop")),
    Row("cPanel, Exim", _field("delivered-to", r"^autoresponder$")),
    Row("many", _field("precedence", r"auto[_-]?reply|auto[_-]?respond")),
    Row("many", _field("x-precedence", r"auto[_-]?reply")),
    Row("many", _field("preference", r"auto[_-]?reply")),
    Row("Kayako, Zendesk", _field("x-autoresponse")),
    Row("cron", _field("x-cron-env")),
    Row("RFC 9990, RFC 8460 5.3", _aggregate),
    Row("vendors", _family),
    Row("subjects of the clients", _subject),
    Row("subjects of the clients", _re_subject),
    Row("RFC 5230 4.6, RFC 3834 3.3", _null_sender),
    Row("two weak signs", _two_signs),
    Row("addresses", _no_reply),
    Row("mail systems", _system),
    Row("words", _notice_only),
)


def why_automatic(root: Part, subject: str, text: str) -> str:
    """Words for the first row that fits, with its source; empty for a person's mail."""
    for row in ROWS:
        found = row.finds(root, subject, text)
        if found:
            return f"{found} ({row.source})"
    return ""

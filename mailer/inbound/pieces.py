"""From a reading to a piece for the newsletter: the writer's own words, their markup, their pictures.

A covering note is not the piece: where a document is attached, or somebody else's mail is passed on, those words are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.inbound.lines import read_piece
from mailer.inbound.words.signature import cut_signature
from mailer.message import Reading
from mailer.message.own import strip_own
from mailer.message.unpacked import document_text
from mailer.newsletters.pictures import Offered
from mailer.newsletters.prepared import Prepared, prepare

A_NOTE = 40  # words: more of them are part of the piece
DOCUMENTS = (".docx", ".odt", ".doc", ".pdf", ".rtf", ".pages", ".pub", ".pptx")
_PASSED_ON = re.compile(r"\s*(?:fwd?|wg|tr|ymlaen)\s*:", re.IGNORECASE)
_HEAD = re.compile(
    r"^\W*(?:(?P<from>from|oddi wrth)|sent|date|to|cc|bcc|subject|reply-to|importance|attachments|anfonwyd|at|pwnc|dyddiad)\s*:\**\s*(?P<said>.*)$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\W*(?:-{2,}.*-{2,}|_{5,}|begin forwarded message:?)\W*$", re.IGNORECASE)


def prepared(reading: Reading, own_hosts: Sequence[str], title: str | None = None) -> Prepared:
    """Everything slow about a piece, done before the write (design ruling 8). `title` stands in place of the subject."""
    text = strip_own(reading.reply or reading.text, own_hosts)
    # Markup is kept only where nothing of the mail was cut: a quote inside it could not be told apart any more.
    html = reading.html if reading.html and not reading.quoted.strip() else ""
    subject = reading.subject if title is None else title
    missing: tuple[str, ...] = ()
    attached, unread = documents(reading)
    if attached:
        text, html = _without_a_note(text, attached), ""
    elif _PASSED_ON.match(reading.subject) and reading.quoted.strip():
        whose, words = _passed_on(reading.quoted)
        text = _without_a_note(text, words)
        missing = (f"agreed: {whose}",) if whose else ()
    elif not html:
        text = "\n".join(cut_signature(text))
    title, section = read_piece(subject, text)
    pictures = [
        Offered(a.content, a.name, "", a.content_id or "") for a in reading.attachments if a.type.startswith("image/")
    ]
    missing += tuple(f"unread: {name}" for name in unread)
    return prepare(title=title, text=text, html=html, section=section, pictures=pictures, missing=missing)


def _without_a_note(note: str, words: str) -> str:
    return words if len(note.split()) <= A_NOTE else f"{note.strip()}\n\n{words}"


def documents(reading: Reading) -> tuple[str, list[str]]:
    """The words of the documents that came with it, and the names of those that could not be read."""
    texts: list[str] = []
    unread: list[str] = []
    for attachment in reading.attachments:
        if attachment.name.lower().endswith(DOCUMENTS):
            words = document_text(attachment.content, attachment.name)
            if words and words.strip():
                texts.append(re.sub(r"\n(?=\S)", "\n\n", re.sub(r"\n{2,}", "\n", words.strip())))
            else:
                unread.append(attachment.name)
    return "\n\n".join(texts), unread


def passed_on(reading: Reading) -> str:
    """The words of the mail that a mail passes on; empty if it passes none on."""
    return _passed_on(reading.quoted)[1] if _PASSED_ON.match(reading.subject) and reading.quoted.strip() else ""


def _passed_on(quoted: str) -> tuple[str, str]:
    """(who wrote it, their words): the head of the mail that was passed on is left out, addresses and all (V9)."""
    lines = [line.removeprefix("> ").removeprefix(">") for line in quoted.split("\n")]
    at = next((at for at, line in enumerate(lines) if (head := _HEAD.match(line)) and head["from"]), 0)  # above it: the sender's signature
    whose = ""
    while at < len(lines) and (not lines[at].strip() or _RULE.match(lines[at]) or _HEAD.match(lines[at])):
        head = _HEAD.match(lines[at])
        if head is not None and head["from"] and not whose:
            whose = re.sub(r"\s*[<\[(].*$", "", head["said"]).strip(" \"'*")
        at += 1
    return ("" if "@" in whose else whose), "\n".join(cut_signature("\n".join(lines[at:]))).strip()

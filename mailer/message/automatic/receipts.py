"""Read receipts: disposition notifications (RFC 8098) and what some programs send in their place."""

from __future__ import annotations

import re

from mailer.message.parts import Part

_RECEIPT_SUBJECT = re.compile(
    r"(?i)^\W{0,3}(?:read|not read|gelesen|nicht gelesen|lu|non lu|leído|letto|lida|gelezen|läst|læst|lest|luettu|przeczytano|прочитано|darllenwyd|return receipt|read receipt|lesebestätigung|accusé de lecture|confirmaci[óo]n de lectura|开封済み|已读)\s*(?:[:：(]|$)"
)
_RECEIPT_WORDS = re.compile(
    r"(?i)(?:was|has been|is) (?:read|displayed|opened|deleted without being read)|wurde (?:am .{1,60} )?(?:gelesen|geöffnet)|a été (?:lu|affiché|ouvert)|(?:ha sido|fue) leído|è stato letto|foi lida|is gelezen|return receipt|已(?:被)?(?:阅读|讀取)|no guarantee that the message has been read"
)


def was_read(root: Part) -> bool:
    """Does a disposition notification say that the message was shown to somebody (RFC 8098 3.2.6.2)?"""
    return any(
        part.type == "message/disposition-notification"
        and re.search(rb"(?im)^disposition[ \t]*:.{0,200}\b(?:displayed|processed|dispatched)\b", part.content[:4000])
        for part in root.walk(into_messages=False)
    )


def why_receipt(root: Part, subject: str, text: str) -> str:
    """Words for why this is a read receipt (RFC 8098), empty if it is none."""
    for part in root.walk(into_messages=False):
        if part.type == "message/disposition-notification":
            return "a disposition notification (RFC 8098 3)"
    if root.type == "multipart/report" and "disposition-notification" in root.params.get("report-type", "").lower():
        return "report-type=disposition-notification (RFC 8098 3)"
    if _RECEIPT_SUBJECT.match(subject) and _RECEIPT_WORDS.search(text[:1500]):
        return f"subject and words of a read receipt: {subject[:30]}"
    return ""

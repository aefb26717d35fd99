"""The original that a report brings back: its head, and the Message-IDs by which we know our own."""

from __future__ import annotations

import re

from mailer.message import fields
from mailer.message.parts import Cutter, Part

MAX_REPORT = 400_000  # octets or characters that are looked through


def originals(root: Part) -> list[Part]:
    """Heads of the returned original: message/rfc822 or text/rfc822-headers, outermost first."""
    found: list[Part] = []
    for part in root.walk(into_messages=False):
        if part is root:
            continue
        if part.type.startswith("message/") and part.children:
            found.append(part.children[0])
        elif part.type in (
            "text/rfc822-headers",
            "message/global-headers",
            "message/rfc822-headers",
            "text/rfc822-header",
        ):
            head, body = Cutter().split(part.content.lstrip(b"\n"))
            found.append(Part(tuple(head), "text/plain", {}, body))
    return found


_TEXT_ID = re.compile(
    r"(?im)^[> \t|]*message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,900}>)"
    r'|"message-id\\?"[ \t]*,[ \t]*\\?"value\\?"[ \t]*:[ \t]*\\?"(<[^<>\s"]{1,900}>)'  # in a notification (see `ses`)
)


def original_ids(root: Part, text: str) -> tuple[str, ...]:
    """Message-IDs of what was returned: from attached heads, from the report's fields, else from the quoted text."""
    ids: list[str] = []
    for head in originals(root)[:20]:
        ids += fields.message_ids(head.get("message-id") or "")
    for part in root.walk(into_messages=False):
        if part.type.startswith("message/") and not part.children:
            for value in re.findall(
                rb"(?im)^original-message-id[ \t]*:[ \t]*(<[^<>\s]{1,900}>)", part.content[:MAX_REPORT]
            ):
                ids += fields.message_ids(value.decode("utf-8", "replace"))
    for found in list(_TEXT_ID.finditer(text[:MAX_REPORT]))[:20]:
        ids += fields.message_ids(found[1] or found[2])
    return tuple(dict.fromkeys(ids))[:50]

"""Thunderbird as it is set up for lists: text alone, flowed (RFC 3676), the answer below the quote, `-- ` and a signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    Client,
    Original,
    Picture,
    date_field,
    original,
    quoted,
    re_subject,
    references,
    uuid,
)


class Thunderbird(Client):
    """Thunderbird, plain text."""

    def compose(
        self,
        to: str,
        subject: str,
        text: str,
        *,
        at: datetime,
        markup: str = "",
        pictures: Sequence[Picture] = (),
    ) -> bytes:
        return self._write(to, subject, _flowed(text), None, at)

    def reply(self, to_mail: bytes, text: str, *, at: datetime, to: str = "") -> bytes:
        answered = original(to_mail)
        sent = answered.sent
        head = f"On {sent:%d/%m/%Y %H:%M}, {answered.from_name} wrote:"
        body = f"{head}\n{quoted(answered.text)}\n\n{_flowed(text)}"
        return self._write(to or answered.answer_to, re_subject(answered.subject), body, answered, at)

    def _write(self, to: str, subject: str, body: str, answered: Original | None, at: datetime) -> bytes:
        fields = [
            mime.field("Message-ID", f"<{uuid(self._fresh(at))}@{self._host}>"),
            mime.field("Date", date_field(at)),
            "MIME-Version: 1.0\r\n",
            "User-Agent: Mozilla Thunderbird\r\n",
            mime.field("Subject", subject),
            mime.field("To", to),
        ]
        if answered is not None:
            fields.append(mime.field("References", references(answered)))
        fields += [
            "Content-Language: en-GB\r\n",
            mime.field("From", mime.mailbox(self.writer.name, self.writer.address)),
        ]
        if answered is not None:
            fields.append(mime.field("In-Reply-To", answered.message_id))
        encoding = "7bit" if body.isascii() else "8bit"
        fields += [
            "Content-Type: text/plain; charset=UTF-8; format=flowed\r\n",
            f"Content-Transfer-Encoding: {encoding}\r\n",
        ]
        if self.writer.signature:
            body += "\n\n-- \n" + "\n".join(self.writer.signature)
        return mime.message(fields, mime.encoded(body + "\n", encoding))


def _flowed(text: str, width: int = 72) -> str:
    """RFC 3676 4: a line that goes on ends in a space."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > width:
                lines.append(line + " ")
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "\n".join(" " + each if each.startswith((">", "From ", " ")) else each for each in lines)

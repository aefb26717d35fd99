"""Thunderbird as it is set up for lists: text alone, flowed (RFC 3676), the answer below the quote, `-- ` and a signature."""

from __future__ import annotations

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    Client,
    Draft,
    date_field,
    quoted,
    references,
    uuid,
)


class Thunderbird(Client):
    """Thunderbird, plain text."""

    def _write(self, draft: Draft) -> bytes:
        at, answered, body = draft.at, draft.answered, _flowed(draft.text)
        if answered is not None:
            head = f"On {answered.sent:%d/%m/%Y %H:%M}, {answered.from_name} wrote:"
            body = f"{head}\n{quoted(answered.text)}\n\n{body}"
        fields = [
            mime.field("Message-ID", f"<{uuid(self._fresh(at))}@{self._host}>"),
            mime.field("Date", date_field(at)),
            "MIME-Version: 1.0\r\n",
            "User-Agent: Mozilla Thunderbird\r\n",
            mime.field("Subject", draft.subject),
            mime.field("To", draft.to),
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

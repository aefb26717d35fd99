"""Mail on an iPhone and on a Mac: `Sent from my iPhone`, `On ... wrote:` with the quote behind `> `, both kinds of part."""

from __future__ import annotations

import html

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    MONTHS,
    Client,
    Draft,
    Original,
    Picture,
    date_field,
    quoted,
    uuid,
)


class AppleMail(Client):
    """Mail of macOS."""

    version = "1.0 (Mac OS X Mail 16.0 \\(3826.700.81\\))"
    program = "Apple Mail (2.3826.700.81)"
    sent_from = ""

    def _write(self, draft: Draft) -> bytes:
        at = draft.at
        boundary = f"Apple-Mail-{uuid(self._fresh(at).upper())}"
        fields = [
            f"Content-Type: multipart/alternative; boundary={boundary}\r\n",
            "Content-Transfer-Encoding: 7bit\r\n",
            mime.field("From", mime.mailbox(self.writer.name, self.writer.address)),
            f"Mime-Version: {self.version}\r\n",
            mime.field("Subject", draft.subject),
            mime.field("Date", date_field(at)),
            mime.field("Message-Id", f"<{uuid(self._fresh(at).upper())}@{self._host}>"),
            *draft.threading(),
            mime.field("To", draft.to),
            f"X-Mailer: {self.program}\r\n",
        ]
        plain = mime.part("text/plain;\r\n\tcharset=utf-8", self._plain(draft))
        rich = mime.part("text/html;\r\n\tcharset=utf-8", self._html(draft))
        if draft.pictures:
            related = f"Apple-Mail-{uuid(self._fresh(at).upper())}"
            shown = [_inline(number, each) for number, each in enumerate(draft.pictures, 1)]
            rich = (
                f'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary={related}\r\n\r\n'
                + mime.multipart(related, [rich, *shown])
            )
        return mime.message(fields, mime.multipart(boundary, [plain, rich]))

    def _below(self) -> list[str]:
        return [*self.writer.signature, *([self.sent_from] if self.sent_from else [])]

    def _plain(self, draft: Draft) -> str:
        answered, lines = draft.answered, [draft.text]
        if self._below():
            lines += ["", *self._below()]
        if answered is not None:
            mark = "> " if self.sent_from else ""
            lines += ["", f"{mark}{self._attribution(answered)}", ">" if mark else "", quoted(answered.text), ""]
        if self.writer.disclaimer:
            lines += ["", self.writer.disclaimer]
        return "\n".join(lines)

    def _html(self, draft: Draft) -> str:
        answered = draft.answered
        body = draft.markup or "".join(
            f"<div>{html.escape(line) if line.strip() else '<br>'}</div>" for line in draft.text.split("\n")
        )
        body += "".join(
            f'<div><img src="cid:{_cid(n)}" alt="{html.escape(each.name)}" id="{n}"></div>'
            for n, each in enumerate(draft.pictures, 1)
        )
        if self._below():
            inside = "<br>".join(html.escape(line) for line in self._below())
            body += f'<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{inside}</div>'
        if answered is not None:
            body += (
                f'<div dir="ltr"><br><blockquote type="cite">{html.escape(self._attribution(answered))}<br><br></blockquote></div>'
                f'<blockquote type="cite"><div dir="ltr">{answered.markup}</div></blockquote>'
            )
        if self.writer.disclaimer:
            body += f'<p style="color:gray;font-size:small">{html.escape(self.writer.disclaimer)}</p>'
        return (
            '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
            f'<body dir="auto">{body}</body></html>'
        )

    def _attribution(self, answered: Original) -> str:
        sent = answered.sent
        who = f"{answered.from_name} <{answered.from_address}>"
        return f"On {sent.day} {MONTHS[sent.month - 1]} {sent.year}, at {sent:%H:%M}, {who} wrote:"


class Phone(AppleMail):
    """Mail of an iPhone."""

    version = "1.0 (1.0)"
    program = "iPhone Mail (22G100)"
    sent_from = "Sent from my iPhone"


class WelshPhone(Phone):
    """An iPhone whose owner wrote a line of their own in Welsh."""

    sent_from = "Anfonwyd o fy iPhone"


def _cid(number: int) -> str:
    return f"{number}F2C7B04-9C1D-4E55-8E0A-2D7C3A6B1F9E"


def _inline(number: int, picture: Picture) -> str:
    return (
        mime.head(
            f"{picture.type};\r\n\tname={picture.name};\r\n\tx-apple-part-url={_cid(number)}",
            "base64",
            (f"Content-Disposition: inline;\r\n\tfilename={picture.name}", f"Content-Id: <{_cid(number)}>"),
        )
        + "\r\n"
        + mime.octets(picture.content)
    )

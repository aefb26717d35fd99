"""The Gmail app on a phone: a few words on top, `On ... wrote:` broken where it gets long, everything quoted."""

from __future__ import annotations

import html
from datetime import datetime

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    DAYS,
    MONTHS,
    Client,
    Draft,
    Original,
    Picture,
    date_field,
    quoted,
)

# What the app writes where its language is English (UK) and Welsh.
SEPTEMBER = "Sept"
WELSH_DAYS = ("Llun", "Maw", "Mer", "Iau", "Gwen", "Sad", "Sul")
WELSH_MONTHS = ("Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag")


class Gmail(Client):
    """Gmail on an Android phone."""

    def _write(self, draft: Draft) -> bytes:
        at = draft.at
        fields = [
            "MIME-Version: 1.0\r\n",
            *draft.threading(),
            mime.field("From", mime.mailbox(self.writer.name, self.writer.address)),
            mime.field("Date", date_field(at)),
            mime.field("Message-ID", f"<CA+{self._fresh(at, 40)}@mail.gmail.com>"),
            mime.field("Subject", draft.subject),
            mime.field("To", draft.to),
        ]
        boundary = f"0000000000{self._fresh(at, 18)}"
        plain, rich = self._plain(draft), self._html(draft)
        parts = [_part("text/plain", plain), _part("text/html", rich)]
        if not draft.pictures:
            fields.append(f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n')
            return mime.message(fields, mime.multipart(boundary, parts))
        outer = f"0000000000{self._fresh(at, 18)}"
        fields.append(f'Content-Type: multipart/mixed; boundary="{outer}"\r\n')
        inner = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n' + mime.multipart(boundary, parts)
        return mime.message(
            fields, mime.multipart(outer, [inner, *(self._attached(each, at) for each in draft.pictures)])
        )

    def _plain(self, draft: Draft) -> str:
        answered, lines = draft.answered, [draft.text]
        if self.writer.signature:
            lines += ["", "-- ", *self.writer.signature]
        if answered is not None:
            lines += ["", _broken(self._attribution(answered)), "", quoted(answered.text), ""]
        if self.writer.disclaimer:
            lines += ["", "-- ", self.writer.disclaimer]
        return "\n".join(lines)

    def _html(self, draft: Draft) -> str:
        answered = draft.answered
        body = draft.markup or "".join(
            f'<div dir="auto">{html.escape(line) if line.strip() else "<br>"}</div>' for line in draft.text.split("\n")
        )
        if self.writer.signature:
            inside = "<br>".join(html.escape(line) for line in self.writer.signature)
            body += (
                '<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" '
                f'class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">{inside}</div></div>'
            )
        if answered is not None:
            head = html.escape(self._attribution(answered)).replace(
                answered.from_address, f'<a href="mailto:{answered.from_address}">{answered.from_address}</a>'
            )
            body += (
                f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{head}<br></div>'
                '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
                f'rgb(204,204,204);padding-left:1ex">{answered.markup}</blockquote></div>'
            )
        if self.writer.disclaimer:
            body += (
                f'\n<br>\n-- <br><div><font size="1" color="gray">{html.escape(self.writer.disclaimer)}</font></div>'
            )
        return body + "\n"

    def _attribution(self, answered: Original) -> str:
        sent = answered.sent
        if self.writer.language == "cy":
            who = f"{answered.from_name} <{answered.from_address}>"
            day = f"{WELSH_DAYS[sent.weekday()]}, {sent.day} {WELSH_MONTHS[sent.month - 1]} {sent.year}"
            return f"Ar {day} am {sent:%H:%M} {who} ysgrifennodd:"
        month = SEPTEMBER if sent.month == 9 else MONTHS[sent.month - 1]
        name = f"{answered.from_name}, <{answered.from_address}>"
        return f"On {DAYS[sent.weekday()]}, {sent.day} {month} {sent.year}, {sent:%H:%M} {name} wrote:"

    def _attached(self, picture: Picture, at: datetime) -> str:
        return (
            mime.head(
                f'{picture.type}; name="{picture.name}"',
                "base64",
                (
                    f'Content-Disposition: attachment; filename="{picture.name}"',
                    f"Content-ID: <{self._fresh(at, 12)}>",
                    f"X-Attachment-Id: {self._fresh(at, 12)}",
                ),
            )
            + "\r\n"
            + mime.octets(picture.content)
        )


def _broken(line: str) -> str:
    """The app ends a line before the address where both do not fit."""
    before, bracket, after = line.rpartition("<")
    return f"{before}{bracket}\n{after}" if len(line) > 78 else line


def _part(kind: str, text: str) -> str:
    if text.isascii() and all(len(line) < 990 for line in text.split("\n")):
        return f'Content-Type: {kind}; charset="UTF-8"\r\n\r\n' + mime.encoded(text, "7bit")
    return mime.part(f'{kind}; charset="UTF-8"', text)

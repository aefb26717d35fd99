"""Outlook in the browser, where the school's server sends the HTML alone: no plain text part at all."""

from __future__ import annotations

import html

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    FULL_MONTHS,
    Client,
    Draft,
    Original,
    date_field,
)

FONT = "font-family: Aptos, Aptos_EmbeddedFont, Aptos_MSFontService, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"


class OutlookWeb(Client):
    """Outlook on the web, HTML only."""

    def _write(self, draft: Draft) -> bytes:
        at, rich = draft.at, draft.markup or _lines(draft.text)
        server = f"CW{self._fresh(at, 1).upper()}P{int(self._fresh(at, 3), 16) % 900 + 100}MB{int(self._fresh(at, 4), 16) % 9000 + 1000}"
        fields = [
            mime.field("From", mime.mailbox(self.writer.name, self.writer.address)),
            mime.field("To", draft.to),
            mime.field("Subject", draft.subject),
            mime.field("Date", date_field(at)),
            mime.field(
                "Message-ID",
                f"<{server}{self._fresh(at, 32).upper()}@{server}.GBRP{server[4:7]}.PROD.OUTLOOK.COM>",
            ),
            *draft.threading(),
            "Accept-Language: en-GB, en-US\r\n",
            "Content-Language: en-GB\r\n",
            "X-MS-Has-Attach:\r\n",
            "X-MS-TNEF-Correlator:\r\n",
            'Content-Type: text/html; charset="utf-8"\r\n',
            "Content-Transfer-Encoding: quoted-printable\r\n",
            "MIME-Version: 1.0\r\n",
        ]
        return mime.message(fields, mime.encoded(self._html(rich, draft.answered), "quoted-printable"))

    def _html(self, rich: str, answered: Original | None) -> str:
        signature = "".join(f'<div style="{FONT}">{html.escape(line)}</div>\n' for line in self.writer.signature)
        block = ""
        if answered is not None:
            sent = answered.sent
            block = (
                '<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n'
                '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">'
                f"<b>From:</b> {html.escape(answered.from_name)} &lt;{answered.from_address}&gt;<br>\n"
                f"<b>Sent:</b> {sent.day:02d} {FULL_MONTHS[sent.month - 1]} {sent.year} {sent:%H:%M}<br>\n"
                f"<b>To:</b> {html.escape(answered.to)}<br>\n"
                f"<b>Subject:</b> {html.escape(answered.subject)}</font>\n<div>&nbsp;</div>\n</div>\n"
                f'<div class="BodyFragment">{answered.markup}</div>\n'
            )
        notice = (
            f'<br>\n<p style="font-size:9px;font-family:Verdana">{html.escape(self.writer.disclaimer)}</p>\n'
            if self.writer.disclaimer
            else ""
        )
        return (
            '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
            '<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style>\n</head>\n'
            f'<body dir="ltr">\n{rich}<div class="elementToProof" style="{FONT}"><br>\n</div>\n'
            f'<div id="Signature">\n{signature}</div>\n{block}{notice}</body>\n</html>\n'
        )


def _lines(text: str) -> str:
    return "".join(
        f'<div class="elementToProof" style="{FONT}">\n{html.escape(line) if line.strip() else "<br>"}</div>\n'
        for line in text.split("\n")
    )

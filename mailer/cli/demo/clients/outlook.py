"""Outlook on Windows with Exchange: Word writes the HTML, the answer stands on top, a block of From, Sent, To and
Subject stands above what is answered, the whole signature is there each time, and the school's server adds its
disclaimer at the very end, below the quote."""

from __future__ import annotations

import base64
import html
from datetime import datetime

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import (
    FULL_MONTHS,
    WELSH_MONTHS,
    Client,
    Draft,
    Picture,
    date_field,
)

LABELS = {
    "en": ("From", "Sent", "To", "Subject", "RE"),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc", "ATB"),
}
STYLE = """<style><!--
/* Font Definitions */
@font-face
\t{font-family:"Cambria Math";
\tpanose-1:2 4 5 3 5 4 6 3 2 4;}
@font-face
\t{font-family:Aptos;}
/* Style Definitions */
p.MsoNormal, li.MsoNormal, div.MsoNormal
\t{margin:0cm;
\tfont-size:11.0pt;
\tfont-family:"Aptos",sans-serif;
\tmso-ligatures:standardcontextual;
\tmso-fareast-language:EN-US;}
a:link, span.MsoHyperlink
\t{mso-style-priority:99;
\tcolor:#467886;
\ttext-decoration:underline;}
span.EmailStyle18
\t{mso-style-type:personal-reply;
\tfont-family:"Aptos",sans-serif;
\tcolor:windowtext;}
.MsoChpDefault
\t{mso-style-type:export-only;
\tfont-size:10.0pt;}
@page WordSection1
\t{size:612.0pt 792.0pt;
\tmargin:72.0pt 72.0pt 72.0pt 72.0pt;}
div.WordSection1
\t{page:WordSection1;}
--></style>"""


class Outlook(Client):
    """Outlook for Windows on an Exchange account."""

    def _write(self, draft: Draft) -> bytes:
        at = draft.at
        server = f"LO{self._fresh(at, 1).upper()}P{int(self._fresh(at, 3), 16) % 900 + 100}MB{int(self._fresh(at, 4), 16) % 9000 + 1000}"
        host = f"{server}.GBRP{server[3:6]}.PROD.OUTLOOK.COM"
        fields = [
            mime.field("From", mime.mailbox(self.writer.name, self.writer.address, quoted="," in self.writer.name)),
            mime.field("To", draft.to),
            mime.field("Subject", draft.subject),
            mime.field("Thread-Topic", draft.subject.partition(": ")[2] if draft.answered else draft.subject),
            mime.field("Thread-Index", base64.b64encode(bytes.fromhex(self._fresh(at, 44))).decode()),
            mime.field("Date", date_field(at)),
            mime.field("Message-ID", f"<{server}{self._fresh(at, 32).upper()}@{host}>"),
        ]
        language = "cy-GB" if self.writer.language == "cy" else "en-GB"
        fields += [
            *draft.threading(),
            f"Accept-Language: {language}, en-US\r\n",
            f"Content-Language: {language}\r\n",
            f"X-MS-Has-Attach: {'yes' if draft.pictures else ''}\r\n",
            "X-MS-TNEF-Correlator:\r\n",
            "x-ms-exchange-messagesentrepresentingtype: 1\r\n",
        ]
        alternative = f"_000_{server}{self._fresh(at, 24).upper()}{server}GBRP_"
        parts = [
            mime.part('text/plain; charset="utf-8"', self._plain(draft)),
            mime.part('text/html; charset="utf-8"', self._html(draft)),
        ]
        if not draft.pictures:
            fields += [
                f'Content-Type: multipart/alternative;\r\n\tboundary="{alternative}"\r\n',
                "MIME-Version: 1.0\r\n",
            ]
            return mime.message(fields, mime.multipart(alternative, parts))
        related = alternative.replace("_000_", "_004_")
        inner = f'Content-Type: multipart/alternative;\r\n\tboundary="{alternative}"\r\n\r\n' + mime.multipart(
            alternative, parts
        )
        fields += [
            f'Content-Type: multipart/related;\r\n\tboundary="{related}";\r\n\ttype="multipart/alternative"\r\n',
            "MIME-Version: 1.0\r\n",
        ]
        return mime.message(
            fields, mime.multipart(related, [inner, *(_inline(n, each) for n, each in enumerate(draft.pictures, 1))])
        )

    def _plain(self, draft: Draft) -> str:
        answered, lines = draft.answered, [draft.text, ""]
        if self.writer.signature:
            lines += ["", *self.writer.signature, ""]
        if answered is not None:
            from_, sent, to, subject, _ = LABELS[self.writer.language]
            lines += [
                "",
                f"{from_}: {answered.from_name} <{answered.from_address}>",
                f"{sent}: {self._when(answered.sent)}",
                f"{to}: {answered.to}",
                f"{subject}: {answered.subject}",
                "",
                answered.text,
                "",
            ]
        if self.writer.disclaimer:
            lines += ["", self.writer.disclaimer]
        return "\n".join(lines)

    def _html(self, draft: Draft) -> str:
        answered, rich = draft.answered, draft.markup or _paragraphs(draft.text)
        shown = "".join(
            f'<p class="MsoNormal"><img border="0" width="320" height="240" style="width:3.3333in;height:2.5in" '
            f'id="Picture_x0020_{n}" src="cid:{_cid(n)}" alt="{html.escape(_spoken(each.name))}"><o:p></o:p></p>\n'
            for n, each in enumerate(draft.pictures, 1)
        )
        signature = "".join(
            f'<p class="MsoNormal"><span style="font-size:10.0pt;mso-fareast-language:EN-GB">{html.escape(line)}<o:p></o:p></span></p>\n'
            for line in self.writer.signature
        )
        block = ""
        if answered is not None:
            from_, sent, to, subject, _ = LABELS[self.writer.language]
            block = (
                '<div id="mail-editor-reference-message-container">\n<div>\n'
                '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\n'
                f'<p class="MsoNormal"><b><span lang="EN-US" style="font-family:&quot;Calibri&quot;,sans-serif">{from_}:</span></b>'
                f'<span lang="EN-US" style="font-family:&quot;Calibri&quot;,sans-serif"> {html.escape(answered.from_name)} &lt;{answered.from_address}&gt;\n<br>\n'
                f"<b>{sent}:</b> {self._when(answered.sent)}<br>\n"
                f"<b>{to}:</b> {html.escape(answered.to)}<br>\n"
                f"<b>{subject}:</b> {html.escape(answered.subject)}<o:p></o:p></span></p>\n"
                '</div>\n</div>\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'
                f"{answered.markup}\n</div>\n"
            )
        notice = (
            f'<p style="font-size:8pt;font-family:Arial,sans-serif;color:gray">{html.escape(self.writer.disclaimer)}</p>\n'
            if self.writer.disclaimer
            else ""
        )
        return (
            '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
            'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" '
            'xmlns="http://www.w3.org/TR/REC-html40">\n<head>\n'
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
            f'<meta name="Generator" content="Microsoft Word 15 (filtered medium)">\n{STYLE}\n</head>\n'
            '<body lang="EN-GB" link="#467886" vlink="#96607D" style="word-wrap:break-word">\n'
            f'<div class="WordSection1">\n{rich}{shown}<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n{signature}'
            f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n{block}</div>\n{notice}</body>\n</html>\n'
        )

    def _answers_with(self) -> str:
        return LABELS[self.writer.language][4]

    def _when(self, at: datetime) -> str:
        months = WELSH_MONTHS if self.writer.language == "cy" else FULL_MONTHS
        return f"{at.day:02d} {months[at.month - 1]} {at.year} {at:%H:%M}"


def _paragraphs(text: str) -> str:
    return "".join(
        f'<p class="MsoNormal">{html.escape(line) if line.strip() else "<o:p>&nbsp;</o:p>"}'
        f"{'<o:p></o:p>' if line.strip() else ''}</p>\n"
        for line in text.split("\n")
    )


def _cid(number: int) -> str:
    return f"image{number:03d}.png@01DB2C4E.7A1F3B20"


def _spoken(name: str) -> str:
    return name.rpartition(".")[0].replace("-", " ").replace("_", " ")


def _inline(number: int, picture: Picture) -> str:
    return (
        mime.head(
            f'{picture.type}; name="{picture.name}"',
            "base64",
            (
                f"Content-Description: {picture.name}",
                f'Content-Disposition: inline; filename="{picture.name}";\r\n\tsize={len(picture.content)}',
                f"Content-ID: <{_cid(number)}>",
            ),
        )
        + "\r\n"
        + mime.octets(picture.content)
    )

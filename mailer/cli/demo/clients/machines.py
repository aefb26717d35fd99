"""What servers write by themselves: Exchange's out-of-office, Postfix's report that a mail could not be delivered."""

from __future__ import annotations

import hashlib
from datetime import datetime

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import Writer, date_field, original


def out_of_office(writer: Writer, to_mail: bytes, text: str, *, at: datetime) -> bytes:
    """Exchange's automatic reply, to where the mail asks for answers; its envelope sender is empty."""
    answered = original(to_mail)
    digest = hashlib.sha256(f"{writer.address}{answered.message_id}".encode()).hexdigest()
    boundary = f"_000_{digest[:32]}_"
    inside = "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))
    return mime.message(
        [
            mime.field("From", mime.mailbox(writer.name, writer.address)),
            mime.field("To", answered.answer_to),
            mime.field("Subject", f"Automatic reply: {answered.subject}"),
            mime.field("Date", date_field(at)),
            mime.field(
                "Message-ID", f"<{digest[:32]}@CWXP265MB{int(digest[:4], 16) % 9000 + 1000}.GBRP265.PROD.OUTLOOK.COM>"
            ),
            mime.field("References", answered.message_id),
            mime.field("In-Reply-To", answered.message_id),
            "X-Auto-Response-Suppress: All\r\n",
            "auto-submitted: auto-generated\r\n",
            "x-ms-exchange-generated-message-source: Mailbox Rules Agent\r\n",
            f'Content-Type: multipart/alternative;\r\n\tboundary="{boundary}"\r\n',
            "MIME-Version: 1.0\r\n",
        ],
        mime.multipart(
            boundary,
            [
                mime.part('text/plain; charset="utf-8"', text),
                mime.part('text/html; charset="utf-8"', f"<html><body>{inside}</body></html>"),
            ],
        ),
    )


def undeliverable(host: str, to_mail: bytes, rcpt: str, *, verp: str, at: datetime) -> bytes:
    """Postfix's report (RFC 3464) that a mailbox is no more, to the envelope sender of the mail."""
    answered = original(to_mail)
    digest = hashlib.sha256(f"{rcpt}{answered.message_id}".encode()).hexdigest()
    boundary = f"{digest[:11].upper()}.{int(at.timestamp())}/{host}"
    said = f"550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in virtual mailbox table"
    note = (
        f"This is the mail system at host {host}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\n"
        "For further assistance, please send mail to postmaster.\n\n"
        "If you do so, please include this problem report. You can\n"
        "delete your own text from the attached returned message.\n\n"
        "                   The mail system\n\n"
        f"<{rcpt}>: host mailbox.{host}[192.0.2.25] said:\n    {said} (in reply to\n    RCPT TO command)\n"
    )
    status = (
        f"Reporting-MTA: dns; {host}\n"
        f"X-Postfix-Queue-ID: {digest[:11].upper()}\n"
        f"X-Postfix-Sender: rfc822; {verp}\n"
        f"Arrival-Date: {date_field(at)}\n\n"
        f"Final-Recipient: rfc822; {rcpt}\n"
        f"Original-Recipient: rfc822;{rcpt}\n"
        "Action: failed\nStatus: 5.1.1\n"
        f"Remote-MTA: dns; mailbox.{host}\n"
        f"Diagnostic-Code: smtp; {said}\n"
    )
    kept = to_mail.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[0] + "\n"
    return mime.message(
        [
            mime.field("Date", date_field(at)),
            f"From: MAILER-DAEMON@{host} (Mail Delivery System)\r\n",
            "Subject: Undelivered Mail Returned to Sender\r\n",
            f"To: {verp}\r\n",
            "Auto-Submitted: auto-replied\r\n",
            "MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{boundary}"\r\n',
            f"Message-Id: <{at:%Y%m%d%H%M%S}.{digest[:11].upper()}@{host}>\r\n",
        ],
        mime.multipart(
            boundary,
            [
                "Content-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
                + note.replace("\n", "\r\n"),
                "Content-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n"
                + status.replace("\n", "\r\n"),
                "Content-Description: Undelivered Message Headers\r\nContent-Type: text/rfc822-headers\r\n\r\n"
                + kept.replace("\n", "\r\n"),
            ],
            preamble="This is a MIME-encapsulated message.\r\n",
        ),
    )

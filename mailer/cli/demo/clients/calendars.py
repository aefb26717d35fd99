"""Answers that calendars write when somebody presses their button: Exchange's, as Outlook sends it (METHOD:REPLY)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

from mailer.cli.demo.clients import mime
from mailer.cli.demo.clients.terms import Writer, date_field

SUBJECTS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative"}
LONDON = """BEGIN:VTIMEZONE
TZID:GMT Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def exchange_answer(writer: Writer, to_mail: bytes, partstat: str, *, at: datetime, note: str = "") -> bytes:
    """The answer to the request in `to_mail`, which goes to its organiser. ValueError where it holds no request."""
    request = _request(to_mail)
    if not request:
        raise ValueError("this mail holds no calendar request")
    summary, organiser = _value(request, "SUMMARY"), _value(request, "ORGANIZER").rpartition("mailto:")[2]
    starts, ends = (_moment(_value(request, name)).astimezone(at.tzinfo) for name in ("DTSTART", "DTEND"))
    lines = [
        "BEGIN:VCALENDAR",
        "METHOD:REPLY",
        "PRODID:Microsoft Exchange Server 2010",
        "VERSION:2.0",
        *LONDON.split("\n"),
        "BEGIN:VEVENT",
        f"ATTENDEE;PARTSTAT={partstat};CN={writer.name}:mailto:{writer.address}",
        f"COMMENT;LANGUAGE=en-GB:{_escaped(note)}\\n",
        f"UID:{_value(request, 'UID')}",
        f"SUMMARY;LANGUAGE=en-GB:{SUBJECTS[partstat]}: {summary}",
        f"DTSTART;TZID=GMT Standard Time:{starts:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=GMT Standard Time:{ends:%Y%m%dT%H%M%S}",
        "CLASS:PUBLIC",
        "PRIORITY:5",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "TRANSP:OPAQUE",
        "STATUS:CONFIRMED",
        f"SEQUENCE:{_value(request, 'SEQUENCE') or 0}",
        f"LOCATION;LANGUAGE=en-GB:{_value(request, 'LOCATION')}",
        f"X-MICROSOFT-CDO-APPT-SEQUENCE:{_value(request, 'SEQUENCE') or 0}",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
        "X-MICROSOFT-CDO-IMPORTANCE:1",
        "X-MICROSOFT-CDO-INSTTYPE:0",
        "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    unique = hashlib.sha256(f"{writer.address}{at.isoformat()}{partstat}".encode()).hexdigest()[:16].upper()
    boundary = f"_000_{unique}GBRP_"
    fields = [
        mime.field("From", mime.mailbox(writer.name, writer.address)),
        mime.field("To", organiser),
        mime.field("Subject", f"{SUBJECTS[partstat]}: {summary}"),
        mime.field("Thread-Topic", summary),
        mime.field("Date", date_field(at)),
        mime.field("Message-ID", f"<LO0P265MB{unique}@LO0P265MB{unique[:4]}.GBRP265.PROD.OUTLOOK.COM>"),
        "Accept-Language: en-GB, en-US\r\n",
        "Content-Language: en-GB\r\n",
        "X-MS-Has-Attach:\r\n",
        "X-MS-TNEF-Correlator:\r\n",
        f'Content-Type: multipart/alternative;\r\n\tboundary="{boundary}"\r\n',
        "MIME-Version: 1.0\r\n",
    ]
    parts = [
        mime.part('text/plain; charset="us-ascii"', note),
        mime.part(
            'text/html; charset="us-ascii"',
            '<html><head>\n<meta http-equiv="Content-Type" content="text/html; charset=us-ascii">'
            f"</head><body>{note}</body></html>",
        ),
        mime.part("text/calendar; charset=utf-8; method=REPLY", "\n".join(map(_fold, lines)), encoding="base64"),
    ]
    return mime.message(fields, mime.multipart(boundary, parts))


def _request(raw: bytes) -> list[str]:
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return re.sub(r"\r?\n[ \t]", "", payload.decode()).splitlines()
    return []


def _value(lines: list[str], name: str) -> str:
    inside = lines[lines.index("BEGIN:VEVENT") :]
    line = next((each for each in inside if re.match(rf"{name}[;:]", each)), "")
    if name == "ORGANIZER":
        return line
    return line.partition(":")[2]


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def _fold(line: str) -> str:
    return "\n ".join(line[start : start + 74] for start in range(0, len(line) or 1, 74))

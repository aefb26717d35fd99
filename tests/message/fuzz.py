"""A mutation fuzzer over mails of our own: nothing raises, nothing hangs, nothing hides in `error` (MIME-1, MIME-2).

The test suite runs some hundred cases with a fixed start. By hand, for as long as one likes:

    .venv/bin/python -m tests.message.fuzz --minutes 10 [--seed N] [--keep FOLDER]

prints the worst time and keeps each mail that broke a rule as a file; such a mail becomes a case of the tests. The rules are in
`broken`: the reading has no error and its JSON can be written, its words are understood without raising, what is
shown of its HTML has no script, its signatures are judged, and no reading takes more than a second of the processor.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import time
from datetime import date
from pathlib import Path

from mailer.inbound.authenticate import dkim
from mailer.inbound.words import Asked, understand
from mailer.message import read, safe_html

SECONDS = 1.0
TODAY = date(2027, 1, 20)
HEAD = (
    "Received: from out.school.example by mx.example.org; Wed, 20 Jan 2027 10:00:00 +0000\r\n"
    "From: =?utf-8?q?Si=C3=A2n?= Doe <sian@school.example>\r\nTo: mendip+baaaaaaaaasn6ldpxbpnpw2frgnd2bmyxy6xe@lists.example.org\r\n"
    "Subject: Re: Meeting\r\nDate: Wed, 20 Jan 2027 10:00:00 +0000\r\nMessage-ID: <1@school.example>\r\nIn-Reply-To: <0@lists.example.org>\r\nMIME-Version: 1.0\r\n"
)
REPLY = "Yes, I'll be there with Tom.\r\n\r\nOn Wed, 20 Jan 2027 at 09:00, Mendip Technicians <mendip-committee@lists.example.org> wrote:\r\n> Are you coming?\r\n> -- \r\n> Stop: https://t.example.org/u/abc\r\n"
HTML = (
    '<html><body><div>Yes, I\'ll be there.</div><div class="gmail_quote"><div dir=ltr class="gmail_attr">On Wed, Mendip wrote:<br></div>'
    '<blockquote type=cite style="border-left:1px #ccc solid"><p>Are you coming?</p><script>alert(1)</script><img src=x onerror=alert(1)></blockquote></div></body></html>'
)
OUTLOOK = "Sorry, teaching.\r\n\r\n________________________________\r\nFrom: Mendip Technicians <mendip-committee@lists.example.org>\r\nSent: 20 January 2027 09:00\r\nTo: Dawn Day\r\nSubject: Meeting\r\n\r\nAre you coming?\r\n"
STATUS = "Reporting-MTA: dns; mx.school.example\r\n\r\nFinal-Recipient: rfc822; dawn@mill.school.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <dawn@mill.school.example>: User unknown\r\n"
ICS = (
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:-//x//y\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@lists.example.org\r\nDTSTAMP:20270120T100000Z\r\nSEQUENCE:1\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"Dawn, Day\":mailto:dawn@mill.school.example\r\nCOMMENT:See you\\, there\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)  # fmt: skip


def _parts(kind: str, *parts: tuple[str, str]) -> bytes:
    whole = f'{HEAD}Content-Type: multipart/{kind}; boundary="=_b"\r\n\r\npreamble\r\n'
    whole += "".join(f"--=_b\r\nContent-Type: {type_}\r\n\r\n{body}\r\n" for type_, body in parts)
    return (whole + "--=_b--\r\nepilogue\r\n").encode()


def _one(type_: str, body: str | bytes, encoding: str = "8bit") -> bytes:
    octets = body.encode() if isinstance(body, str) else body
    if encoding == "base64":
        octets = base64.encodebytes(octets)
    return f"{HEAD}Content-Type: {type_}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + octets


def _tnef() -> bytes:
    subject = b"IPM.Schedule.Meeting.Resp.Pos\0"
    block = (
        b"\x02\x08\x80\x07\x00"
        + len(subject).to_bytes(4, "little")
        + subject
        + (sum(subject) & 0xFFFF).to_bytes(2, "little")
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x06\x90\x08\x00\x04\x00\x00\x00\x00\x00\x01\x00\x01\x00" + block


SEEDS: tuple[bytes, ...] = (
    _one("text/plain; charset=utf-8; format=flowed", REPLY),
    _one("text/plain; charset=utf-8", OUTLOOK),
    _one("text/html; charset=utf-8", HTML),
    _one("text/html; charset=windows-1252", HTML, "base64"),
    _parts("alternative", ("text/plain; charset=utf-8", REPLY), ("text/html; charset=utf-8", HTML)),
    _parts("report; report-type=delivery-status", ("text/plain", "Undeliverable: dawn@mill.school.example"), ("message/delivery-status", STATUS), ("message/rfc822", REPLY and HEAD + "\r\n" + REPLY)),
    _parts("report; report-type=feedback-report", ("text/plain", "This is an abuse report"), ("message/feedback-report", "Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\nOriginal-Rcpt-To: dawn@mill.school.example\r\n"), ("text/rfc822-headers", HEAD)),
    _parts("mixed", ("text/plain", "Accepted"), ("text/calendar; method=REPLY; charset=utf-8", ICS)),
    _one("text/calendar; method=REPLY", ICS, "base64"),
    _one("application/ms-tnef; name=winmail.dat", _tnef(), "base64"),
    _one("text/plain", "Hi. This is the qmail-send program at school.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<dawn@mill.school.example>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 User unknown\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n" + HEAD),
    _one("text/plain", "I am out of the office until 3 March 2027 with no access to email.").replace(b"Subject: Re: Meeting", b"Subject: Automatic reply: Meeting\r\nAuto-Submitted: auto-replied"),
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=school.example; s=s1; h=from:to:subject;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=AAAA\r\n" + _one("text/plain", REPLY),
)  # fmt: skip

NASTY: tuple[bytes, ...] = (
    b"\0", b"\r", b"\n", b"\r\n\r\n", b"\xff\xfe", b"--=_b\r\n", b"--=_b--\r\n", b"> " * 50, b"=?utf-8?b?", b"?=", b"=\r\n", b"=C3", b"<div>" * 200, b"<!--", b"</div>", b"&#x0;",
    b"(" * 300, b'"', b"<", b">", b"@", b";", b":", b",", b" " * 3000, b"\t" * 500, b"x" * 20_000, b"BEGIN:VEVENT\r\n", b"\r\n>From ", b"\r\n-- \r\n", b"On ", b" wrote:\r\n", b"From: ", b"begin 644 a\r\n",
    b"Content-Type: multipart/mixed; boundary=\"=_b\"\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"Auto-Submitted: auto-replied\r\n", b"charset=utf-7", b"charset=utf-16",
    "é".encode(), "会议".encode(), "\u202e".encode(), b"a@b.example ", b"550 5.1.1 ", b"_" * 400, b"- " * 2000, b"wrote " * 500, b"1" * 400,
)  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    """A seed with one to eight changes."""
    mail = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(mail) + 1)
        end = min(len(mail), at + chance.choice((1, 1, 2, 8, 40, 400)))
        match chance.randrange(9):
            case 0:
                mail[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
            case 1:
                del mail[at:end]
            case 2:
                mail[at:at] = mail[at:end] * chance.choice((1, 2, 50))
            case 3 | 4:
                mail[at:at] = chance.choice(NASTY) * chance.choice((1, 1, 1, 3, 30))
            case 5:
                other = chance.choice(SEEDS)
                mail[at:] = other[chance.randrange(len(other)) :]
            case 6:
                lines = bytes(mail).split(b"\r\n")
                chance.shuffle(lines)
                mail = bytearray(b"\r\n".join(lines))
            case 7:
                mail = mail.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\n\r\n", b" ")))
            case 8:
                mail[at:at] = chance.choice(SEEDS)
        mail = mail[:400_000] or bytearray(b" ")
    return bytes(mail)


class _Away:
    def ask(self, name: str, kind: str) -> list[str]:
        return []


def broken(raw: bytes) -> str:
    """Why this mail breaks a rule; empty if it does not."""
    began = time.process_time()
    reading = read(raw, own_hosts=["lists.example.org"], authserv_id="mx.example.org")
    took = time.process_time() - began
    if reading.error:
        return f"error: {reading.error}"
    json.dumps(reading.as_json("a")).encode()
    if took > SECONDS:
        return f"reading took {took:.1f} s"
    for asked in (Asked.INVITATION, Asked.POST):
        began = time.process_time()
        understand(reading.reply, asked, today=TODAY)
        took = time.process_time() - began
        if took > SECONDS:
            return f"understanding took {took:.1f} s"
    if reading.html and "<script" in safe_html(reading.html).lower():
        return "script in what is shown"
    dkim.signatures(raw, _Away(), author="school.example", today=0.0)
    return ""


def main() -> None:
    """Fuzz for some minutes; say what was found."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--minutes", type=float, default=1.0)
    wanted.add_argument("--seed", type=int, default=None)
    wanted.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    chosen = wanted.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.randrange(1_000_000)
    chance, until = random.Random(seed), time.monotonic() + 60 * chosen.minutes
    cases = found = 0
    worst = 0.0
    while time.monotonic() < until:
        raw = mutated(chance)
        began = time.process_time()
        try:
            why = broken(raw)
        except Exception as error:
            why = f"raised {type(error).__name__}: {error}"
        worst = max(worst, time.process_time() - began)
        cases += 1
        if why:
            found += 1
            chosen.keep.mkdir(exist_ok=True)
            file = chosen.keep / f"{seed}-{cases}.eml"
            file.write_bytes(raw)
            print(f"{file}: {why}")
    print(f"seed {seed}: {cases} mails, {found} broke a rule, the slowest took {worst * 1000:.0f} ms")


if __name__ == "__main__":
    main()

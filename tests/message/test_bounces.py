"""Bounces: RFC 3464 in its bent forms (BNC-3, BNC-4), and notices in words (BNC-9)."""

from __future__ import annotations

import pytest

from mailer.message import read
from mailer.message.bounces.values_in import address_in

# a notice in words -> (address, status, action, permanent, reason, counts against the address)
NOTICES: dict[str, tuple[str, tuple[str, str, str, bool, str, bool]]] = {
    'exch2007': (
        "From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Undeliverable: Meeting\n\nDelivery has failed to these recipients or distribution lists:\n\nbob@example.net<mailto:bob@example.net>\nThe recipient's e-mail address was not found in the recipient's e-mail system. Microsoft Exchange will not try to redeliver this message for you. Please check the e-mail address and try resending this message, or provide the following diagnostic text to your system administrator.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.example.net\n\nbob@example.net\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\nReceived: from a by b\nFrom: x@lists.example.org\nTo: bob@example.net\n",
        ('bob@example.net', '5.1.1', 'failed', True, 'user-unknown', True),
    ),
    'sendmail': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Returned mail: see transcript for details\n\nThe original message was received at Mon, 1 Jan 2024 10:00:00 GMT\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<bob@example.net>\n    (reason: 550 5.1.1 <bob@example.net>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mail.example.net.:\n>>> RCPT To:<bob@example.net>\n<<< 550 5.1.1 <bob@example.net>... User unknown\n550 5.1.1 <bob@example.net>... User unknown\n',
        ('bob@example.net', '5.1.1', 'failed', True, 'user-unknown', True),
    ),
    'ezweb': (
        'From: Postmaster@ezweb.example\nSubject: Mail System Error - Returned Mail\n\nEach of the following recipients was rejected by a remote mail server.\nThe reasons given by the server are included to help you determine why\neach recipient was rejected.\n\n    Recipient: <bob@ezweb.example>\n    Reason:    <bob@ezweb.example>... User Unknown\n\n\nPlease reply to <Postmaster@ezweb.example>\nif you feel this message to be in error.\n',
        ('bob@ezweb.example', '', 'failed', True, 'user-unknown', True),
    ),
    'mailmarshal': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Undeliverable Mail: "Agenda"\n\nYour message:\n   From:    news@lists.example.org\n   Subject: Agenda\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n   bob@example.net\n\nAdditional Information\n======================\nOriginal Sender:    <news@lists.example.org>\n',
        ('bob@example.net', '5.1.1', 'failed', True, 'user-unknown', True),
    ),
    'james': (
        "From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Re: Agenda\n\nHi. This is the James mail server at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\nbob@example.net\n\nError message:\n550 unknown user\n\nMessage details:\n  Subject: Agenda\n  Sent date: x\n  MAIL FROM: a@lists.example.org\n  RCPT TO: bob@example.net\n  From: a@lists.example.org\n  To: bob@example.net\n",
        ('bob@example.net', '5.0.0', 'failed', True, 'user-unknown', True),
    ),
    'full': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Delivery Status Notification (Failure)\n\nThe following message to <bob@example.net> was undeliverable.\nThe reason for the problem:\n5.2.2 - Mailbox full\n',
        ('bob@example.net', '5.2.2', 'failed', True, 'mailbox-full', False),
    ),
    'german': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Unzustellbar: Treffen\n\nIhre Nachricht konnte nicht zugestellt werden an:\n\n  bob@example.net\n\nGrund: Benutzer unbekannt\n',
        ('bob@example.net', '', 'failed', True, 'user-unknown', True),
    ),
    'french': (
        "From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: =?utf-8?q?=C3=89chec_de_la_remise?=\n\nVotre message n'a pas pu être remis aux destinataires suivants :\n\nbob@example.net\nBoîte aux lettres pleine\n",
        ('bob@example.net', '', 'failed', True, 'mailbox-full', False),
    ),
    'gmailnew': (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: bob@example.net\n\n\n** Address not found **\n\nYour message wasn't delivered to bob@example.net because the address couldn't be found, or is unable to receive mail.\n\nThe response was:\n550 5.1.1 The email account that you tried to reach does not exist.\n",
        ('bob@example.net', '5.1.1', 'failed', True, 'user-unknown', True),
    ),
    'smtpgw': (
        'From: "Mail Gateway" <gateway@example.net>\nSubject: Undeliverable mail\n\nYour message to bob@example.net could not be delivered: mailbox disabled.\n',
        ('bob@example.net', '', 'failed', True, 'disabled', True),
    ),
    'delay': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Warning: message 1abc-0001 delayed 24 hours\n\nThis message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.net.\n\nThe message identifier is:     1abc\nThe subject of the message is: Hi\n\nThe address to which the message has not yet been delivered is:\n\n  bob@example.net\n\nNo action is required on your part.\n',
        ('bob@example.net', '4.0.0', 'delayed', False, 'delayed', False),
    ),
    'sendgrid': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Undelivered Mail Returned to Sender\n\nHello, this is the mail server on mx.example.net.\n\nI am sending you this message to inform you on the delivery status of a\nmessage you previously sent.  Immediately below you will find a list of\nthe affected recipients;  also attached is a Delivery Status Notification\n(DSN) report in standard format, as well as the headers of the original\nmessage.\n\n  <bob@example.net>  delivery failed; will not continue trying\n',
        ('bob@example.net', '', 'failed', True, 'other', False),
    ),
    'spanish': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: No se puede entregar: Reunion\n\nNo se pudo entregar el mensaje a los siguientes destinatarios:\n\nbob@example.net\n',
        ('bob@example.net', '', 'failed', True, 'other', False),
    ),
    'mdaemon': (
        'From: MDaemon@mx.example.net\nSubject: Warning: bob@example.net - User unknown!\n\nbob@example.net - no such user here.\n',
        ('bob@example.net', '', 'failed', True, 'user-unknown', True),
    ),
    'policy': (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Undelivered Mail Returned to Sender\n\nThis is the mail system at host mx.\n\n<bob@example.net>: host mx.example.net[1.2.3.4] said: 550 5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy. (in reply to end of DATA command)\n",
        ('bob@example.net', '5.7.26', 'failed', True, 'dmarc', False),
    ),
    'spamr': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Undelivered Mail Returned to Sender\n\n<bob@example.net>: host mx.example.net[1.2.3.4] said: 554 5.7.1 Service unavailable; Client host [1.1.1.1] blocked using zen.spamhaus.org (in reply to RCPT TO command)\n',
        ('bob@example.net', '5.7.1', 'failed', True, 'spam-rejected', False),
    ),
    'timeout': (
        'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: Undelivered Mail Returned to Sender\n\n<bob@example.net>: connect to mx.example.net[1.2.3.4]:25: Connection timed out\n',
        ('bob@example.net', '', 'failed', True, 'network', False),
    ),
    'nohost': (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: list-bounces@lists.example.org\nSubject: failure notice\n\nHi. This is the qmail-send program at x.\n\n<bob@nowhere.example>:\nSorry, I couldn't find any host named nowhere.example. (#5.1.2)\n",
        ('bob@nowhere.example', '5.1.2', 'failed', True, 'no-host', True),
    ),
}  # fmt: skip

@pytest.mark.parametrize("name", NOTICES)
def test_bnc_9_notices_in_words(name: str) -> None:
    raw, expected = NOTICES[name]
    seen = read(raw.replace("\n", "\r\n").encode())
    assert (seen.kind, seen.automatic) == ("bounce", True)
    assert [(b.address, b.status, b.action, b.permanent, b.reason, b.counts) for b in seen.bounces] == [expected]
    assert all(b.hint for b in seen.bounces)


def report(
    fields: str,
    words: str = "Your message could not be delivered.",
    kind: str = "message/delivery-status",
    original: str = "Message-ID: <mtag@lists.example.org>\nTo: bob@school.example\n",
) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.net\nTo: mendip+btag@lists.example.org\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n{words}\n--b\nContent-Type: {kind}\n\nReporting-MTA: dns; mx.example.net\n\n{fields}\n--b\n"
        f"Content-Type: text/rfc822-headers\n\n{original}\n--b--\n"
    ).encode()


BOB = "Final-Recipient: rfc822; bob@school.example\n"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (BOB + "Action: failed\nStatus: 5.1.1\n", [("bob@school.example", "5.1.1", "failed", True, "user-unknown")]),
        (BOB + "Action: failed\nStatus: 4.4.7\n", [("bob@school.example", "4.4.7", "failed", False, "expired")]),
        (BOB + "Action: delayed\nStatus: 4.4.1\n", [("bob@school.example", "4.4.1", "delayed", False, "delayed")]),
        (BOB + "Action: relayed\nStatus: 2.0.0\n", [("bob@school.example", "2.0.0", "relayed", False, "delivered")]),
        (BOB + "Action: expanded\nStatus: 2.0.0\n", [("bob@school.example", "2.0.0", "expanded", False, "delivered")]),
        (
            BOB + "Action: failure\nStatus: 553 too big message size\n",
            [("bob@school.example", "5.0.0", "failed", True, "too-big")],
        ),
        (
            BOB + "Action: failed (Bad destination mailbox address)\nStatus: 5.1.1 (bad)\n",
            [("bob@school.example", "5.1.1", "failed", True, "user-unknown")],
        ),
        (
            BOB + "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Mailbox\n unavailable\n",
            [("bob@school.example", "5.0.0", "failed", True, "user-unknown")],
        ),
        (
            "Final-Recipient: RFC822; <bob@school.example>\nAction: failed\nDiagnostic-Code: SMTP; 550 5.1.1 no\n",
            [("bob@school.example", "5.1.1", "failed", True, "user-unknown")],
        ),
        (
            "Final-Recipient: x400; /S=bob/\nOriginal-Recipient: rfc822; bob@school.example\nAction: failed\nStatus: 5.2.2\n",
            [("bob@school.example", "5.2.2", "failed", True, "mailbox-full")],
        ),
        (
            "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;bob@school.example\nAction: failed\nStatus: 5.2.2\nFinal-Recipient: rfc822;ann@school.example\n",
            [
                ("bob@school.example", "5.1.1", "failed", True, "user-unknown"),
                ("ann@school.example", "5.2.2", "failed", True, "mailbox-full"),
            ],
        ),
        (
            BOB
            + "Action: failed\nStatus: 5.1.1\n\n\n\nFinal-Recipient: rfc822; ann@school.example\nAction: delayed\nStatus: 4.2.2\n",
            [
                ("bob@school.example", "5.1.1", "failed", True, "user-unknown"),
                ("ann@school.example", "4.2.2", "delayed", False, "mailbox-full"),
            ],
        ),
        (
            BOB + "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Your server requires confirmation. Visit http://mx.example\n",
            [("bob@school.example", "5.0.0", "failed", False, "other")],
        ),
        (
            BOB + "Action: failed\nStatus: 2.1.5\n",
            [("bob@school.example", "2.1.5", "failed", False, "other")],
        ),
        (
            "Original-Recipient:rfc822;bob@school.example\nStatus:5.5.0\nDiagnostic-Code:smtp;550 no such user\n",
            [("bob@school.example", "5.5.0", "failed", True, "user-unknown")],
        ),
    ],
    ids=[
        "plain",
        "failed but soft",
        "delayed",
        "relayed",
        "expanded",
        "smtp code as status",
        "comments",
        "folded",
        "no status",
        "x400",
        "no blank line",
        "blank lines",
        "a challenge",
        "accepted",
        "no action",
    ],
)
def test_bnc_3_bnc_4_report_fields(fields: str, expected: list[tuple[str, str, str, bool, str]]) -> None:
    seen = read(report(fields))
    assert seen.kind == "bounce"
    assert [(b.address, b.status, b.action, b.permanent, b.reason) for b in seen.bounces] == expected
    assert not any(b.hint for b in seen.bounces)
    assert seen.original_ids == ("mtag@lists.example.org",)


def test_bnc_3_international_reports() -> None:
    seen = read(
        report(
            "Final-Recipient: utf-8; si\\x{E2}n@ysgol.example\nAction: failed\nStatus: 5.1.1\n",
            kind="message/global-delivery-status",
        )
    )
    assert [b.address for b in seen.bounces] == ["siân@ysgol.example"]


def test_a_report_without_a_diagnostic_takes_its_notice_for_one() -> None:
    words = "bob@school.example: 552 5.2.2 <bob@school.example>: mailbox full\nann@school.example: 550 5.1.1 <ann@school.example>: user unknown\n"
    fields = BOB + "Action: failed\nStatus: 5.0.0\n\nFinal-Recipient: rfc822; ann@school.example\nAction: failed\nStatus: 5.0.0\n"
    seen = read(report(fields, words=words))
    assert [(b.address, b.reason, b.counts, b.hint) for b in seen.bounces] == [
        ("bob@school.example", "mailbox-full", False, False),
        ("ann@school.example", "user-unknown", True, False),
    ]


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822; <bob@school.example>(his box)", "bob@school.example"),
        ("rfc822;@relay.example:bob@school.example", "bob@school.example"),
        ('RFC822; "bob b"@school.example', '"bob b"@school.example'),
        ("rfc822;bob@school.example\x00", "bob@school.example"),
        ("unknown; bob@school.example", "bob@school.example"),
        ("unknown; bob", ""),
        ("utf-8; si\\x{E2}n@ysgol.example", "siân@ysgol.example"),
        ("rfc822;IMCEASMTP-bob+40school+2Eexample@relay.example", "bob@school.example"),
        ("rfc822;IMCEAEX-_O=SCHOOL_OU=STAFF_CN=BOB@relay.example", ""),
        ("rfc822; CN=Bob Smith/OU=Staff/O=School@SCHOOL", ""),
        ("x400; /S=bob/O=school/", ""),
    ],
)
def test_bnc_3_recipients_in_all_their_spellings(value: str, address: str) -> None:
    assert address_in(value) == address


def test_report_fields_that_a_gateway_wrote_into_the_text_are_read_as_hints() -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example\nTo: a@lists.example.org\nSubject: Returned mail: see transcript\n\n"
        "The following addresses had permanent fatal errors\nbob\n\n--x.1/mx.example\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: RFC822; bob@school.example\nAction: failed\nStatus: 4.4.7\n\n"
        "--x.1/mx.example\nContent-Type: message/rfc822\n\nFrom: ann@lists.example.org\nStatus: RO\n\nHello\n"
    )
    seen = read(raw.encode())
    assert [(b.address, b.status, b.permanent, b.hint) for b in seen.bounces] == [
        ("bob@school.example", "4.4.7", False, True)
    ]


def test_a_report_without_fields_is_read_by_its_words_as_a_hint() -> None:
    seen = read(report("", words="The following recipients did not receive this message:\n\n<bob@school.example>\n"))
    assert [(b.address, b.hint) for b in seen.bounces] == [("bob@school.example", True)]


def test_who_was_reached_beside_a_failure_is_no_bounce() -> None:
    reached = "\nFinal-Recipient: rfc822; ann@school.example\nAction: {}\nStatus: 2.1.9\n"
    for action in ("delivered", "relayed", "expanded"):
        seen = read(report(BOB + "Action: failed\nStatus: 5.1.1\n" + reached.format(action)))
        assert [(b.address, b.permanent) for b in seen.bounces] == [("bob@school.example", True)]

"""Bounces: RFC 3464 in its bent forms (BNC-3, BNC-4), our table of reasons (BNC-5, BNC-6), notices in words (BNC-9), and look-alikes."""

from __future__ import annotations

import pytest

from mailer.message import read
from mailer.message.bounces import reasons
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

# what only looks like one -> its kind
LOOK_ALIKES: dict[str, tuple[str, str]] = {
    'person fwd': (
        'From: Jane <jane@school.example>\nSubject: Fwd: Undelivered Mail Returned to Sender\n\nHi, I got this when writing to Bob, any idea?\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nSubject: Undelivered Mail Returned to Sender\n\n<bob@example.net>: 550 5.1.1 user unknown\n',
        'person',
    ),
    'person': (
        'From: Jane <jane@school.example>\nSubject: Returned mail\n\nBob says his mail could not be delivered to me at jane@home.example. What is a failure notice?\n',
        'person',
    ),
    'moder': (
        "From: list-owner@lists.example.net\nSubject: Your message to foo awaits moderator approval\n\nYour mail to 'foo' with the subject x is being held until the list moderator can review it for approval.\nThe message to bob@example.net\n",
        'person',
    ),
    'virus': (
        'From: postmaster@example.net\nSubject: Virus found in a message you sent\n\nThe virus scanner found W32 in a message you sent to bob@example.net. It was quarantined.\n',
        'auto-reply',
    ),
    'vac': (
        'From: postmaster@example.net\nSubject: Automatic reply: hello\nAuto-Submitted: auto-replied\n\nI am away until 3 March. Contact bob@example.net.\n',
        'auto-reply',
    ),
    'newsletter': (
        'From: News <news@shop.example>\nSubject: Delivery problem? Not with our parcels\nList-Unsubscribe: <x>\n\nYour parcel could not be delivered? Not with us. Write to help@shop.example\n',
        'list',
    ),
    'returned': (
        'From: Jane <jane@school.example>\nTo: committee@lists.example.org\nSubject: Re: mail delivery failed\nIn-Reply-To: <a@b>\n\nIt works now, the mail to bob@example.net got through.\n',
        'person',
    ),
    'success': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Delivered: Agenda\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nYour message has been delivered to the following recipients:\nbob@example.net\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; bob@example.net\nAction: delivered\nStatus: 2.0.0\n--b--\n',
        'bounce',
    ),
    'relayed': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Relayed: Agenda\n\nDelivery to these recipients or groups is complete, but no delivery notification was sent by the destination server:\n\nbob@example.net\n',
        'auto-reply',
    ),
    'sub': (
        'From: MAILER-DAEMON@lists.example.net\nSubject: Welcome to the list\n\nWelcome. Your address bob@example.net was subscribed.\n',
        'auto-reply',
    ),
    'quarantine': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Quarantine digest\n\nThe following messages were held: from bob@example.net\n',
        'auto-reply',
    ),
    'accessdenied': (
        'From: postmaster@example.net\nTo: list-bounces@lists.example.org\nSubject: Out of office\nReturn-Path: <>\n\nI no longer work at Example. Please contact bob@example.net instead.\n',
        'auto-reply',
    ),
    'person tells of one': (
        'From: Jane <jane@school.example>\nSubject: Mail to Bob bounces\n\nMy mail to bob@school.example could not be delivered: 550 5.1.1 user unknown. Is there a newer one?\n',
        'person',
    ),
    'person, list of addresses': (
        'From: Jane <jane@school.example>\nSubject: Undeliverable mail again\n\nHi, I keep getting undeliverable mail from the list.\nbob@school.example\n',
        'person',
    ),
    'forwarded without a sign in the title': (
        'From: Jane <jane@school.example>\nSubject: Undelivered Mail Returned to Sender\n\nGot this.\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\n\n<bob@school.example>: 550 5.1.1 user unknown\n',
        'person',
    ),
    'forwarded from Outlook': (
        'From: Jane <jane@school.example>\nSubject: FW: Undeliverable: Agenda\n\nSee below.\n\nFrom: Mail Delivery Subsystem <mailer-daemon@mx.example>\nSent: Monday\nSubject: Undeliverable: Agenda\n\nDelivery has failed to these recipients:\n\nbob@school.example\n',
        'person',
    ),
    'forwarded as an attachment': (
        'From: Jane <jane@school.example>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nThis could not be delivered.\n--o\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered\n\n<bob@school.example>: user unknown\n--o--\n',
        'person',
    ),
    'a postmaster who writes himself': (
        'From: Postmaster <postmaster@school.example>\nSubject: Re: list mail rejected\nIn-Reply-To: <a@b>\n\nDear organiser, your mail was rejected by our filter, it is mended now. Write to ann@school.example.\n',
        'person',
    ),
    'delivered': (
        'From: MAILER-DAEMON@mx.example\nSubject: Successful Mail Delivery Report\n\nYour message was successfully delivered to the destination(s) listed below.\n\n<bob@school.example>: delivery via local: delivered to mailbox\n',
        'auto-reply',
    ),
    'expanded': (
        'From: Microsoft Outlook <postmaster@school.example>\nSubject: Expanded: Agenda\n\nYour message has been delivered to the following groups:\n\nstaff@school.example\n',
        'auto-reply',
    ),
    'held for review': (
        'From: postmaster@school.example\nSubject: Message quarantined\n\nYour message to bob@school.example has been quarantined and will be delivered after review.\n',
        'bounce',
    ),
    'transient non-fatal errors': (
        'From: MAILER-DAEMON@mx.example\nSubject: Warning: could not send message for past 4 hours\n\n   ----- The following addresses had transient non-fatal errors -----\nbob@school.example\n\nbob@school.example... Deferred: Connection timed out\nWill keep trying until message is 5 days old\n',
        'bounce',
    ),
    'his own mailbox': (
        'From: Microsoft Outlook <postmaster@school.example>\nSubject: Your mailbox is full.\n\nYour mailbox is full: jane@school.example. Please reduce its size.\n',
        'person',
    ),
    'a parcel': (
        'From: Postmaster <postmaster@post.example>\nSubject: Your parcel\n\nYour item could not be delivered to jane@school.example at School Lane.\n',
        'person',
    ),
    'somebody wants a click': (
        'From: Mail Delivery System <admin@shop.example>\nSubject: Undelivered messages: 5 pending\n\nYou have 5 undelivered messages. jane@school.example, click to release.\n',
        'person',
    ),
    'has left, null sender': (
        'Return-Path: <>\nFrom: bob@school.example\nSubject: Out of office: Agenda\n\nThis mailbox is no longer in use. Messages are not delivered. Please use ann@school.example instead.\n',
        'auto-reply',
    ),
    'has left, from a postmaster': (
        'From: Postmaster <postmaster@school.example>\nSubject: Bob has left\n\nYour message was not delivered. Please resend to ann@school.example instead.\n',
        'bounce',
    ),
    'whom to ask stands a line below': (
        'From: Email Delivery Failure <staff@school.example>\nAuto-Submitted: auto-replied\nSubject: Re: Agenda\nIn-Reply-To: <a@b>\n\nYour message could not be delivered. For further help write to\nour desk at ann@school.example on weekdays.\n',
        'bounce',
    ),
    'away, and mail is not delivered meanwhile': (
        'Return-Path: <>\nFrom: bob@school.example\nSubject: Out of Office: Agenda\nAuto-Submitted: auto-replied\n\nI am away. Mail is not delivered to me meanwhile. Write to ann@school.example\n',
        'auto-reply',
    ),
    'a newsletter about bounces': (
        'From: Deliverability Weekly <news@weekly.example>\nSubject: Undelivered Mail Returned to Sender: what it means\n\n<bob@school.example>: host mx.school.example said: 550 5.1.1 User unknown\n\nUnsubscribe: https://weekly.example/u\n',
        'person',
    ),
    'a help desk returns the asker his words': (
        'From: Help desk <support@host.example>\nSubject: [Ticket #1234] Mail delivery failed: returning message to sender\n\nYour message:\nA message that you sent could not be delivered to one or more of its recipients. The following address failed:\n\n  bob@school.example\n    550 user unknown\n',
        'person',
    ),
    'shown, with a receipt': (
        'Return-Path: <>\nFrom: bob@school.example\nSubject: Read: Agenda\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nIt could not be delivered otherwise.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;bob@school.example\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n',
        'read-receipt',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICES)
def test_bnc_9_notices_in_words(name: str) -> None:
    raw, expected = NOTICES[name]
    seen = read(raw.replace("\n", "\r\n").encode())
    assert (seen.kind, seen.automatic) == ("bounce", True)
    assert [(b.address, b.status, b.action, b.permanent, b.reason, b.counts) for b in seen.bounces] == [expected]
    assert all(b.hint for b in seen.bounces)


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_held_against_nobody(name: str) -> None:
    raw, kind = LOOK_ALIKES[name]
    seen = read(raw.replace("\n", "\r\n").encode())
    assert seen.kind == kind
    assert not any(b.permanent for b in seen.bounces)


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


@pytest.mark.parametrize(
    ("status", "words", "reason", "counts"),
    [
        ("5.1.1", "", "user-unknown", True),
        ("5.1.2", "", "no-host", True),
        ("5.1.3", "", "bad-address", True),
        ("5.1.6", "", "moved", True),
        ("5.1.10", "", "user-unknown", True),
        ("5.2.1", "", "disabled", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "user-unknown", True),
        ("5.2.2", "", "mailbox-full", False),
        ("5.2.3", "", "too-big", False),
        ("5.3.4", "", "too-big", False),
        ("5.7.26", "", "dmarc", False),
        ("5.7.515", "", "dmarc", False),
        ("5.7.1", "550 5.7.1 message rejected as spam", "spam-rejected", False),
        ("5.7.1", "550 5.7.1 blocked using zen.spamhaus.org", "spam-rejected", False),
        ("5.7.1", "550 5.7.1 rejected by policy", "policy", False),
        ("5.4.7", "", "expired", False),
        ("5.6.0", "", "content", False),
        ("5.0.0", "552 mailbox is full", "mailbox-full", False),
        ("5.0.0", "550 user is over quota", "mailbox-full", False),
        ("5.0.0", "550 No such user here", "user-unknown", True),
        ("5.0.0", "550 this account has been disabled", "disabled", True),
        ("", "connection timed out", "network", False),
        ("", "Host or domain name not found", "no-host", True),
        ("", "too many hops", "mail-loop", False),
        # the far server's words against the relay's own code: the kinder reading wins
        ("5.1.1", "552 5.2.2 Over quota", "mailbox-full", False),
        ("5.1.1", "550 5.7.1 address 192.0.2.7 is on a blocklist", "policy", False),
        ("5.1.1", "550 the message exceeds the size limit", "too-big", False),
        ("5.1.3", "550 5.1.3 too many messages from 192.0.2.7 this hour", "throttled", False),
        ("5.2.1", "550 5.2.1 this user is receiving mail at a rate that is too high", "throttled", False),
        ("5.1.1", "550 5.7.1 no such user, see http://mx.example/spam", "user-unknown", True),
        ("5.1.1", "550 address rejected", "user-unknown", True),
        # x.1.7 and x.1.8 are about the sender; x.6 and x.7 need plain words to be about the person
        ("5.1.8", "553 5.1.8 domain of sender address does not exist", "policy", False),
        ("5.1.7", "550 5.1.7 mailbox unknown", "policy", False),
        ("5.1.0", "5.1.0 - Unknown address error 550-'Access denied'", "policy", False),
        ("5.7.25", "550 5.7.25 <a@b.example>: recipient address rejected: reverse DNS failed", "policy", False),
        ("5.7.54", "5.7.54 unable to relay recipient in non-accepted domain", "policy", False),
        ("5.7.1", "550 5.7.1 no such user", "user-unknown", True),
        ("5.0.0", "550 sender address does not exist", "policy", False),
        ("5.0.0", "550 access from ip address 192.0.2.7 blocked", "policy", False),
        ("5.0.0", "550 recipient address rejected", "policy", False),
        ("5.0.0", "542 no mail box available for this user", "user-unknown", True),
        ("5.4.4", "name service error: malformed or unexpected name server reply", "network", False),
        ("", "host not found, try again", "network", False),
        ("5.0.0", "550 5.0.0 invalid domain", "no-host", True),
        ("", "all hosts have been failing for a long time", "expired", False),
        ("5.1.0", "error after MAIL FROM:<a@lists.example>: 553 5.1.0 lists.example does not exist", "policy", False),
        ("5.1.1", "550 5.1.1 address rejected (in reply to MAIL FROM command)", "policy", False),
        # what somebody is called, and where a line was folded, says nothing
        ("5.0.1", "<dmarc@x.example>: host mx.antispam.example[192.0.2.7] said: 550 recipient rejected", "policy", False),
        ("", "host mx.spam-filter.example[192.0.2.7] said: 550 no such\n    user", "user-unknown", True),
        ("5.7.1", "recipient address rejected: user\n    bob@x.example does not exist", "user-unknown", True),
        ("5.0.0", "550 mailbox bob@x.example unavailable", "user-unknown", True),
        ("5.4.4", "sorry, I couldn't find a mail exchanger or IP address", "no-host", True),
    ],
)
def test_bnc_5_reasons_by_our_table(status: str, words: str, reason: str, counts: bool) -> None:
    assert reasons.reason_of(status, words) == reason
    assert reasons.counts(True, reason) is counts
    assert reasons.counts(False, reason) is False

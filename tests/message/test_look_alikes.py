"""What only looks like a bounce: told, passed on, delivered, held, a ticket, a newsletter, a parcel. It is held against nobody (BNC-6, BNC-9)."""

from __future__ import annotations

import pytest

from mailer.message import read

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
    'pasted by a person without a word': (
        'From: Jane <jane@school.example>\nUser-Agent: Mozilla Thunderbird\nSubject: Undelivered Mail Returned to Sender\n\n<bob@school.example>: host mx.school.example said: 550 5.1.1 User unknown\n',
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


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_held_against_nobody(name: str) -> None:
    raw, kind = LOOK_ALIKES[name]
    seen = read(raw.replace("\n", "\r\n").encode())
    assert seen.kind == kind
    assert not any(b.permanent for b in seen.bounces)

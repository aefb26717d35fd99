"""Machines told from people: LOOP-1, LOOP-5, V3; RFC 3834, RFC 8098; receipts and challenges."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.message import read


def kind_of(head: str, body: str = "Hello.") -> tuple[str, bool]:
    seen = read(f"{head}\n\n{body}".replace("\n", "\r\n").encode())
    return seen.kind, seen.automatic


FROM = "From: Jane <jane@school.example>\n"


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "auto-submitted: Auto-Generated; x=y",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "X-MS-Exchange-Inbox-Rules-Loop: jane@school.example",
        "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
        "Precedence: auto_reply",
        "X-FC-MachineGenerated: true",
        "Return-Path: <>\nSubject: Re: invitation",
        "Subject: Automatic reply: Spring meeting",
        "Subject: Out of Office: Spring meeting",
        "Subject: Out of office",
        "Subject: Autoreply",
        "Subject: Jane Doe is out of the office (returning 3 March)",
        "Subject: Ateb awtomatig: Cyfarfod",
        "Subject: x\nX-Kerio-Autoreply: yes",
        "Subject: x\nX-MDAutoResponder: a@school.example",
        "Subject: This mailbox is not monitored",
        "Subject: Allan o'r swyddfa",
        "Subject: Automatische Antwort: Treffen",
        "Subject: Message d'absence : Invitation",
        "Subject: תשובה אוטומטית: הזמנה",
        "Subject: رد تلقائي: دعوة",
        "Subject: Trả lời tự động: Lời mời",
        "Subject: Balasan otomatis: Undangan",
        "Subject: Автоматичен отговор: Покана",
        "Subject: Resposta automàtica: Invitació",
        "Subject: Freagra uathoibríoch: Cuireadh",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_r=C3=A9union?=",
        "Subject: =?utf-8?q?Respuesta_autom=C3=A1tica=3A_reuni=C3=B3n?=",
        "Subject: Risposta automatica: riunione",
        "Subject: Automatisch antwoord: vergadering",
        "Subject: Automatiskt svar: möte",
        "Subject: Odpowiedź automatyczna: spotkanie",
        "Subject: Автоматический ответ: встреча",
        "Subject: 自動返信: 会議",
        "Subject: Ārpus biroja: sapulce",
        "Subject: Automaatvastus: koosolek",
        "Subject: Atostogos: susirinkimas",
        "X-Auto-Response-Suppress: All\nSubject: x\nX-Words: notice",
    ],
)
def test_loop_1_machines(head: str) -> None:
    body = "I am currently out of the office." if "X-Words" in head else "Hello."
    assert kind_of(FROM + head, body) == ("auto-reply", True)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Auto-Submitted: no", "person"),
        ("Precedence: bulk", "person"),
        ("X-Auto-Response-Suppress: All", "person"),
        ("Subject: Re: Out of office cover", "person"),
        ("Subject: Re: Automatic reply: Spring meeting\nIn-Reply-To: <a@b>", "person"),
        ("Subject: Out of office hours prep room rota", "person"),
        ("Subject: Vacation schemes for technicians", "person"),
        ("Return-Path: <>\nUser-Agent: Mozilla Thunderbird", "person"),
        ("List-Id: <x.lists.example.net>", "list"),
        ("Precedence: list", "list"),
    ],
)
def test_people_are_people(head: str, kind: str) -> None:
    assert kind_of(FROM + head) == (kind, False)


def test_a_thank_you_before_the_words_and_a_name_before_noreply() -> None:
    said = "Thank you for your email. This is an automated response. The school is closed for half term."
    assert kind_of(FROM + "Subject: Thank you for your email", said) == ("auto-reply", True)
    assert kind_of(FROM + "Subject: x", "Thank you for your email. Is this an automated response?") == ("person", False)
    assert kind_of("From: Forms <forms-receipts-noreply@forms.example>\nSubject: x") == ("auto-reply", True)


def test_ruling_11_weak_signs_count_only_together() -> None:
    assert kind_of(FROM + "Precedence: bulk", "I am out of the office until Monday.") == ("auto-reply", True)
    assert kind_of(FROM, "I am out of the office until Monday, but yes, I will come.") == ("person", False)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I am away until 3 March.", date(2027, 3, 3)),
        ("I am away until Monday 3rd March 2027.", date(2027, 3, 3)),
        ("Back on March 3, 2027", date(2027, 3, 3)),
        ("returning on 03/03/2027", date(2027, 3, 3)),
        ("Ich bin bis 3. März 2027 nicht im Büro.", date(2027, 3, 3)),
        ("Absent jusqu'au 3 mars 2027", date(2027, 3, 3)),
        ("Byddaf yn ôl ar 3 Mawrth 2027", date(2027, 3, 3)),
        ("I am away until 4 January", date(2028, 1, 4)),
        ("I am away until further notice.", None),
        ("Back on 31/02/2027", None),
    ],
)
def test_away_until_is_information_for_the_organiser(text: str, until: date | None) -> None:
    head = "From: jane@school.example\nDate: Mon, 15 Feb 2027 10:00:00 +0000\nSubject: Automatic reply: x\n"
    assert read(f"{head}\n{text}".encode()).away_until == until


def test_receipts_and_challenges() -> None:
    receipt = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
    body = "--b\n\nYour message was displayed.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--"
    assert kind_of(FROM + receipt, body) == ("read-receipt", True)
    assert kind_of(FROM + "Subject: Read: Spring meeting", "Your message\n\nwas read on 3 March.") == (
        "read-receipt",
        True,
    )
    assert kind_of(FROM + "Subject: Read: the new guide", "Please all have a look.") == ("person", False)
    words = "To control spam, I now allow incoming messages only from senders I have approved."
    assert kind_of(FROM + "Precedence: auto_reply", words) == ("challenge", True)
    words = "The message you sent requires that you verify that you are a real live human being and not a spam source."
    assert kind_of(FROM + "Subject: Your email requires verification verify#a1b2", words) == ("challenge", True)
    assert kind_of(FROM + "Subject: RE: Agenda\nX-Bluebottle-Request: <1>", "Please click.") == ("challenge", True)


def test_a_rejection_dressed_as_a_receipt_is_a_bounce() -> None:
    head = "From: Mail Delivery Subsystem <x@school.example>\nAuto-Submitted: auto-replied (rejected)\nSubject: Automatically rejected mail\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b"
    body = "--b\n\nYour message to <bob@school.example> was automatically rejected:\nQuota exceeded\n--b\nContent-Type: message/disposition-notification\n\nDisposition: automatic-action/MDN-sent-automatically; deleted\n--b--"
    seen = read(f"{head}\n\n{body}".encode())
    assert seen.kind == "bounce"
    assert [(b.address, b.reason, b.counts) for b in seen.bounces] == [("bob@school.example", "mailbox-full", False)]


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ("Original-Rcpt-To: <bob@school.example>\n", "bob@school.example"),
        ("Removal-Recipient: bob@school.example\n", "bob@school.example"),
        ("Redacted-Address: redacted\n", ""),
    ],
)
def test_bnc_11_complaints(fields: str, address: str) -> None:
    raw = (
        "From: feedback@isp.example\nSubject: FW: News\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nA complaint.\n--b\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\n{fields}\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <mtag@lists.example.org>\nTo: redacted@isp.example\n\nText\n--b--\n"
    )
    seen = read(raw.encode())
    assert (seen.kind, seen.automatic, seen.original_ids) == ("complaint", True, ("mtag@lists.example.org",))
    assert seen.complaint is not None
    assert (seen.complaint.type, seen.complaint.address) == ("abuse", address)


def test_bnc_11_complaints_of_two_providers_without_a_report() -> None:
    returned = "X-HmXmrOriginalRecipient: bob@isp.example\nFrom: mendip@lists.example.org\nTo: bob@isp.example\nSubject: News"
    seen = read(f"{returned}\n\nText".encode())
    assert seen.complaint is not None
    assert (seen.complaint.type, seen.complaint.address) == ("abuse", "bob@isp.example")
    tapped = "From: Bob <bob@isp.example>\nSubject: unsubscribe\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true"
    seen = read(f"{tapped}\n\nunsubscribe".encode())
    assert seen.complaint is not None
    assert (seen.complaint.type, seen.complaint.address) == ("opt-out", "bob@isp.example")

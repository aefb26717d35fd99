"""Quotes whose marks were torn, shared a line or were wrapped: what the person wrote beside them stays (MIME-7)."""

from __future__ import annotations

import pytest

from mailer.message import read
from mailer.message.reply import cut, sent_from

ON = "On Mon, 2 Nov 2026 at 10:00, Mendip <mendip@lists.example.org> wrote:"
# what came -> what the person newly wrote
CASES: dict[str, tuple[str, str]] = {
    "words and attribution on one line": (f"See you then. {ON}\n> Coming?", "See you then."),
    "dashes between them": (f"See you then--- {ON}\n> Coming?", "See you then"),
    "a sentence that begins like an attribution": (f"Thanks, that helps.\nIn the end we will come\n{ON}\n> Coming?", "Thanks, that helps.\nIn the end we will come"),
    "french sentence above": ("Bonjour\nIl est cassé\nLe lun. 2 nov. 2026 à 10:00, Mendip a écrit :\n> Viens ?", "Bonjour\nIl est cassé"),
    "address broken before its bracket": ("Ja\n\nman. 2. nov. 2026 kl. 10:00 skrev Mendip <mendip@lists.example.org\n>:\n\n> Kommer du?", "Ja"),
    "address torn off by blank lines": ("Yes\n\nOn Mon, 2 Nov 2026 at 10:00 Mendip\n\n<\nmailto:Mendip <mendip@lists.example.org>\n> wrote:\nComing?", "Yes"),
    "stamp without a verb": ("Yes\n\n2026-11-02 10:00 GMT+01:00 Mendip Technicians\n\nComing?", "Yes"),
    "the hour first": ('Yes\n\n10:00 AM, November 2, 2026, "Mendip" <mendip@lists.example.org>:\n\nComing?', "Yes"),
    "zoho": ("Yes\n\n---- On Mon, 02 Nov 2026 10:00:00 +0000 mendip@lists.example.org wrote ----\n\nComing?", "Yes"),
    "android": ("Yes\n\n---- Mendip Technicians wrote ----\n\n> Coming?", "Yes"),
    "fields in one line": ("Yes\nFrom: Mendip <mendip@lists.example.org> Sent: Monday, 2 November 2026 10:00 To: ada@school.example Subject: Spring\nComing?", "Yes"),
    "fields behind the rule": ("Ja\n\n-------- Ursprüngliche Nachricht --------Von: Mendip Datum: 02.11.26 10:00 (GMT+01:00) An: Ada\n\nKommst du?", "Ja"),
    "date and addressee only": ("Yes\n\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nTo: ada@school.example\n\nComing?", "Yes"),
    "subject on two lines": ("---------- Forwarded message ----------\nFrom: Mendip <mendip@lists.example.org>\nDate: 2 Nov 2026\nSubject: Balances and\nscales\nTo: ada@school.example\n\nBring them.", "Bring them."),
    "danish original": ("Ja\n\n-------- Oprindelig besked --------\nFra: Mendip <mendip@lists.example.org>\nDato: 02.11.2026 10.00\nTil: ada@school.example\nEmne: Forår\n\nKommer du?", "Ja"),
    "arabic header": ("نعم\n\nمن: Mendip <mendip@lists.example.org>\nتم الإرسال: Monday, November 2, 2026 10:00\nإلى: ada@school.example\nالموضوع: Spring\n\nComing?", "نعم"),
    "notes": ("Yes\n\nMendip <mendip@lists.example.org>\n02/11/2026 10:00\n\nTo\nAda <ada@school.example>\ncc\n\nSubject\nSpring\n\nComing?", "Yes"),
    "notes in an organisation": ("Yes\n\nMendip Technicians/Bath/School\n02/11/2026 10:00 AM\n\nTo\nada@school.example\n\nComing?", "Yes"),
    "an address and a date of one's own": ("Please invite:\nBob <bob@school.example>\n02/11/2026 10:00\nat the hall", "Please invite:\nBob <bob@school.example>\n02/11/2026 10:00\nat the hall"),
    "initials as marks": ("JD> Shall we meet?\nJD> At ten?\n\nYes, at ten", "Yes, at ten"),
    "a wrapped link of the quote": ("Yes\n\n> See the plan (http://lists.example.org/plan\n/2026-11)\n> and answer", "Yes"),
    "a mark of a mail follower": ("Yes, I will come.\n\n\u1427\n\nSent from my iPhone", "Yes, I will come."),
    # and what only looks like one
    "what somebody said": ("I spoke to jane@school.example and she said:\n\nfriday is fine", "I spoke to jane@school.example and she said:\n\nfriday is fine"),
    "what I wrote": ("In 2024 we wrote:\nA long text about balances\nthat nobody read.", "In 2024 we wrote:\nA long text about balances\nthat nobody read."),
    "arrows": ("Please look:\n>>> http://school.example <<<\nby Friday", "Please look:\n>>> http://school.example <<<\nby Friday"),
    "a journey in fields": ("Here is the plan:\nFrom: Bristol\nTo: Wells\nDate: 3 March\nSubject: school trip", "Here is the plan:\nFrom: Bristol\nTo: Wells\nDate: 3 March\nSubject: school trip"),
    "one line with initials": ("A> first\nthese are options", "A> first\nthese are options"),
    "an open link of one's own": ("See (http://school.example/a\nand the rest) please", "See (http://school.example/a\nand the rest) please"),
    "a sentence under the name": ("Will do.\n\nAll the best,\n\nPhil\n\nHere is some more text that everybody should read", "Will do.\n\nAll the best,\n\nPhil\n\nHere is some more text that everybody should read"),
    "an office under the name": ("Will do.\n\nAll the best,\n\nPhil\nHead of Physics and Chemistry\nWorking together for better schools", "Will do."),
    "stamp and an address on the next line": ("Yes\n\n2026-11-02 10:00 GMT+01:00 Mendip Technicians <\nmendip@lists.example.org>:\n\n> Coming?", "Yes"),
    "groupwise": ("Yes\n\n>>> Mendip <mendip@lists.example.org> 02/11/2026 10:00 >>>\nComing?", "Yes"),
    "a banner between marks": ("ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message came from outside your organization.\nZjQcmQRYFpfptBannerEnd\n\nYes", "Yes"),
    "somebody of old": ("A piece\n\nIn 1842, Joule wrote:\n\nThe grand agents are indestructible.\n\nWe tried it.", "A piece\n\nIn 1842, Joule wrote:\n\nThe grand agents are indestructible.\n\nWe tried it."),
    "somebody on a day": ("On 3 March 2026 Jane said:\n\nwe need scales. I agree.", "On 3 March 2026 Jane said:\n\nwe need scales. I agree."),
    "you on a day": ("This is my answer.\n\nOn 3 March 2026 you wrote:\n\nComing?", "This is my answer."),
    "an item in fields": ("Title: Balances\nFrom: Jane Doe\nSubject: ordering\n\nPlease discuss this.", "Title: Balances\nFrom: Jane Doe\nSubject: ordering\n\nPlease discuss this."),
    "a sentence under two dashes": ("Please discuss\n--\nbalances and the ordering of chemicals for the next term", "Please discuss\n--\nbalances and the ordering of chemicals for the next term"),
    "best among other words": ("Which is\n\nbest\n\nGas\nOil", "Which is\n\nbest\n\nGas\nOil"),
    "a message for all": ("Please note:\n\nThis message is for all staff intended to attend: bring a pen.", "Please note:\n\nThis message is for all staff intended to attend: bring a pen."),
    "a footer's words in a question": ("How do I leave?\n\nTo unsubscribe I clicked the link and it failed.", "How do I leave?\n\nTo unsubscribe I clicked the link and it failed."),
    "a device by its power": ("Balances\n\nPowered by two batteries, it weighs to 0.1 g.", "Balances\n\nPowered by two batteries, it weighs to 0.1 g."),
    "saving paper": ("Ideas:\n\nSave paper by printing on both sides\nTurn off lights", "Ideas:\n\nSave paper by printing on both sides\nTurn off lights"),
    "a notice asked about": ("Items:\n\nThis email virus we had was scanned by IT. What did others do?", "Items:\n\nThis email virus we had was scanned by IT. What did others do?"),
    "a banner asked about": ("External email: how do other schools deal with it?\n\nWe block it.", "External email: how do other schools deal with it?\n\nWe block it."),
    "words under a notice": ("Yes.\n\nThis email is confidential and intended only for the addressee.\n\nPS: I can bring scales, shall I?", "Yes.\n\nPS: I can bring scales, shall I?"),
    "the word disclaimer": ("Please add to the agenda:\n\nDisclaimer", "Please add to the agenda:\n\nDisclaimer"),
}  # fmt: skip


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_new_words(name: str) -> None:
    came, new = CASES[name]
    seen = read(("From: a@school.example\nContent-Type: text/plain; charset=utf-8\n\n" + came).encode())
    assert flat(seen.reply) == flat(new)


@pytest.mark.parametrize("name", CASES)
def test_nothing_vanishes_what_is_cut_is_kept(name: str) -> None:
    came, _ = CASES[name]
    found = cut(came)
    assert sorted(flat(came).split()) == sorted(flat(found.reply + " " + found.quoted).split()) or "---" in came


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my TI-85",
        "Sent from my Wiko RIDGE 4G",
        "Sent from my Samsung Galaxy. Please excuse typos.",
        "Sent from my phone - sorry for any mistakes",
        "<<sent by galaxy>>",
        "From my iPhone 14",
        "Get [Outlook for Android](https://outlook.example/x)",
        "Obter o Outlook para iOS",
        "Verzonden vanuit Outlook voor iOS",
        "Надіслано з iPhone",
        "Odesláno z iPhonu",
        "Az iPhone-omról küldve",
        "Στάλθηκε από το iPhone μου",
        "从我的 iPhone 发送",
        "发自我的手机",
        "\u202bأُرسلت من الـ iPhone\u202c",
        "Please excuse brevity, sent from my phone",
    ],
)
def test_device_notes(line: str) -> None:
    assert sent_from(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone, I will bring it on Friday",
        "Sent from my Friday class",
        "Sent from the office computer, the form is attached",
        "From my phone I cannot open the attachment",
        "Written by the pupils on their tablets",
        "Sent it with the Samsung tablet yesterday",
        "Sent via the office with the laptop and its charger",
        "von meinem Handy aus kann ich das nicht lesen",
        "从我的手机上看不到附件，请再发一次",
    ],
)
def test_sentences_about_devices_stay(line: str) -> None:
    assert not sent_from(line)


def test_a_forward_without_a_word_in_html_is_what_was_sent_on() -> None:
    html = (
        '<div dir="ltr"><br><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Bob &lt;bob@school.example&gt;<br>'
        "Date: Mon, 2 Nov 2026 at 10:00<br>Subject: Balances<br>To: Ada &lt;ada@school.example&gt;<br></div><br>Bring them.</div></div>"
    )
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}"
    assert read(raw.encode()).reply.strip() == "Bring them."
    answered = html.replace("---------- Forwarded message ---------", "-----Original Message-----")
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{answered}"
    assert read(raw.encode()).reply == ""  # an empty answer stays empty
    reply = html.replace("---------- Forwarded message ---------<br>", "").replace("<div dir", "<div>Noted.</div><div dir")
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{reply}"
    assert read(raw.encode()).reply.strip() == "Noted."

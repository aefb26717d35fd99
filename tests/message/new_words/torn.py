"""Quotes whose marks were torn, shared a line or were wrapped."""

from __future__ import annotations

ON = "On Mon, 2 Nov 2026 at 10:00, Mendip <mendip@lists.example.org> wrote:"
# what came -> what the person newly wrote
CASES: dict[str, tuple[str, str]] = {
    "words and attribution on one line": (f"See you then. {ON}\n> Coming?", "See you then."),
    "dashes between them": (f"See you then--- {ON}\n> Coming?", "See you then"),
    "a sentence that begins like an attribution": (f"Thanks, that helps.\nIn the end we will come\n{ON}\n> Coming?", "Thanks, that helps.\nIn the end we will come"),
    "french sentence above": ("Bonjour\nIl est cassé\nLe lun. 2 nov. 2026 à 10:00, Mendip a écrit :\n> Viens ?", "Bonjour\nIl est cassé"),
    "address broken before its bracket": ("Ja\n\nman. 2. nov. 2026 kl. 10:00 skrev Mendip <mendip@lists.example.org\n>:\n\n> Kommer du?", "Ja"),
    "address torn off by blank lines": ("Yes\n\nOn Mon, 2 Nov 2026 at 10:00 Mendip\n\n<\nmailto:Mendip <mendip@lists.example.org>\n> wrote:\nComing?", "Yes"),
    "dutch, broken behind its verb": ("Ja, ik kom.\n\nOp ma 2 nov 2026 om 10:00 schreef\nMendip Technicians <mendip@lists.example.org>:\n\n> Kom je?", "Ja, ik kom."),
    "german, broken twice": ("Ja, gern.\n\nAm Mo., 2. Nov. 2026 um 10:00 Uhr schrieb\nMendip Technicians via Lists <\nmendip@lists.example.org>:\n\n> Kommst du?", "Ja, gern."),
    "gmail of old, broken": ("Yes\n\n2026/11/2 Mendip Technicians <\nmendip@lists.example.org>\n\n> Coming?", "Yes"),
    "a day behind an at sign": ("Mendip <mendip@lists.example.org> @ 2026-11-02 10:00 GMT:\n\n> Coming?\n\nYes", "Yes"),
    "tags of Samsung": ("Yes\n\n<div>-------- Original message --------</div><div>From: Mendip <mendip@lists.example.org> </div><div>Date:02/11/2026  10:00  (GMT+00:00) </div><div>\n</div>Coming?", "Yes"),
    "a dash over a footer": ("Nice work.\n\n—\nYou are receiving this because you are subscribed to this thread.\nReply to this email directly, or unsubscribe.", "Nice work."),
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
    "stamp and an address on the next line": ("Yes\n\n2026-11-02 10:00 GMT+01:00 Mendip Technicians <\nmendip@lists.example.org>:\n\n> Coming?", "Yes"),
    "groupwise": ("Yes\n\n>>> Mendip <mendip@lists.example.org> 02/11/2026 10:00 >>>\nComing?", "Yes"),
    "GMX with gaps and marks, answered under it": ("**Gesendet:** Mittwoch, 20. Januar 2027 um 09:43\n\n**Von:** \"Mendip\" <m@lists.example.org>\n\n**An:** \"Jane\" <jane@school.example>\n\n**Betreff:** Treffen\n\n\n\nJa, ich komme gern. Soll ich etwas mitbringen?", "Ja, ich komme gern. Soll ich etwas mitbringen?"),
    "a banner between marks": ("ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message came from outside your organization.\nZjQcmQRYFpfptBannerEnd\n\nYes", "Yes"),
}  # fmt: skip

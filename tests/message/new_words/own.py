"""Words of the person's own that only look like a quote, a signature or a notice: they stay."""

from __future__ import annotations

CASES: dict[str, tuple[str, str]] = {
    "an address and a day in a sentence": ("Ask Bob <bob@school.example> by 2026-11-02:\n\n> the order\n\nis what we need", "Ask Bob <bob@school.example> by 2026-11-02:\n\nis what we need"),
    "what somebody said": ("I spoke to jane@school.example and she said:\n\nfriday is fine", "I spoke to jane@school.example and she said:\n\nfriday is fine"),
    "what I wrote": ("In 2024 we wrote:\nA long text about balances\nthat nobody read.", "In 2024 we wrote:\nA long text about balances\nthat nobody read."),
    "arrows": ("Please look:\n>>> http://school.example <<<\nby Friday", "Please look:\n>>> http://school.example <<<\nby Friday"),
    "a journey in fields": ("Here is the plan:\nFrom: Bristol\nTo: Wells\nDate: 3 March\nSubject: school trip", "Here is the plan:\nFrom: Bristol\nTo: Wells\nDate: 3 March\nSubject: school trip"),
    "one line with initials": ("A> first\nthese are options", "A> first\nthese are options"),
    "an open link of one's own": ("See (http://school.example/a\nand the rest) please", "See (http://school.example/a\nand the rest) please"),
    "a sentence under the name": ("Will do.\n\nAll the best,\n\nPhil\n\nHere is some more text that everybody should read", "Will do.\n\nAll the best,\n\nPhil\n\nHere is some more text that everybody should read"),
    "an office under the name": ("Will do.\n\nAll the best,\n\nPhil\nHead of Physics and Chemistry\nWorking together for better schools", "Will do."),
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
    "a sentence after To, over a block": ("From what I saw, the room is too small.\nTo: be fair, B12 has no gas.\n\nFrom: Mendip <m@lists.example.org>\nSent: 20 January 2027 10:00\nTo: Jane\nSubject: Tuesday\n\nComing?", "From what I saw, the room is too small.\nTo: be fair, B12 has no gas."),
    "more than, at the beginning of a line": ("The mass must be\n> 3 g\nor the balance complains.", "The mass must be\n> 3 g\nor the balance complains."),
    "the word disclaimer": ("Please add to the agenda:\n\nDisclaimer", "Please add to the agenda:\n\nDisclaimer"),
}  # fmt: skip

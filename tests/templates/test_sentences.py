"""What the code says of itself reaches a Welsh reader in Welsh, with days and hours in it said too (ACC-9)."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from mailer.inbound.changing import EXAMPLES
from mailer.inbound.lines.moving import read_moving
from mailer.outbound.compose import compose
from mailer.outbound.compose.shelf import ROOT
from tests.templates import MENDIP
from tests.templates.test_welsh import AS_IT_IS, ENGLISH

TABLE: dict[str, str] = json.loads((ROOT / "base" / "sentences.cy.json").read_text(encoding="utf-8"))
PLACE = re.compile(r"\{(?:day|time)?\}")


@pytest.mark.parametrize("english", TABLE)
def test_a_row_says_what_was_put_in_and_no_english(english: str) -> None:
    welsh = TABLE[english]
    assert {int(n) for n in re.findall(r"\{(\d)\}", welsh)} <= set(range(len(PLACE.findall(english))))
    assert not PLACE.search(welsh)
    assert "!" not in welsh
    assert ENGLISH.findall(re.sub("|".join(AS_IT_IS), "", welsh)) == []


@pytest.mark.parametrize(
    ("said", "welsh"),
    [
        ("A line is enough.", "Mae llinell yn ddigon."),
        ("The meeting of Thu 26 Nov 2026 is over.", "Mae'r cyfarfod (dydd Iau 26 Tachwedd 2026) drosodd."),
        ("Thu 3 Dec 2026, 16:00 has passed.", "Mae dydd Iau 3 Rhagfyr 2026, 16:00 wedi mynd heibio."),
        ("3 March 2026 is a Tuesday, not a Monday.", "Dydd Mawrth yw 3 Mawrth 2026, nid dydd Llun."),
        ("More than one date is named: 10 March, 11 March.", "Enwir mwy nag un dyddiad: 10 Mawrth, 11 Mawrth."),
        ("It lasts 11 hours, from 09:00 to 20:00 on 3 March.", "Mae'n para 11 awr, o 09:00 i 20:00 ar 3 Mawrth."),
        ("We could not read a.csv. There is nobody in this file.", "Ni allem ddarllen a.csv. Nid oes neb yn y ffeil hon."),
        ("Line 12, “Karen”: there is no address in it. Line 3, “Bo”: “bo@” is not an email address.",
         "Llinell 12, “Karen”: nid oes cyfeiriad ynddi. Llinell 3, “Bo”: Nid cyfeiriad e-bost yw “bo@”."),
        ("Nobody in this list is new, so we ask nobody (2 known already; 1 left before or said no, and stay out).",
         "Nid oes neb newydd yn y rhestr hon, felly ni ofynnwn i neb (2 yn hysbys yn barod; 1 wedi gadael neu wedi gwrthod, ac yn aros allan)."),
        ("16:00 to 17:30 (was 15:00 to 16:00)", "16:00 i 17:30 (cyn hyn 15:00 i 16:00)"),
        ("We could not tell which member “{0} {x}” is.", "Ni allem weld pa aelod yw “{0} {x}”."),
        ("What nobody has put into Welsh is said as it is.", "What nobody has put into Welsh is said as it is."),
    ],
)  # fmt: skip
def test_what_it_says(said: str, welsh: str) -> None:
    fields = {"sentence": said, "hint": "A line is enough.", "subject": "x"}
    for language, first, second in (("cy", welsh, "Mae llinell yn ddigon."), ("en", said, "A line is enough.")):
        draft, _ = compose("replies/refused", fields, network=MENDIP, language=language, klass="answer", greeting=False)
        lines = draft.text.split("\n\n")
        assert " ".join(lines[0].split()) == first
        assert lines[1] == second


def test_what_somebody_wrote_is_not_taken_for_a_sentence() -> None:
    """A title may begin like one of ours: only what the code says around it is put into Welsh."""
    draft, _ = compose(
        "replies/done-already",
        {"what": "Item 4 was withdrawn: Time to talk is over"},
        network=MENDIP,
        language="cy",
        klass="answer",
    )
    assert "Tynnwyd eitem 4 yn ôl: Time to talk is over" in draft.text


def test_a_welsh_example_is_read_as_the_english_one() -> None:
    """What a letter says can be written to us is understood when somebody writes it."""
    english = [*EXAMPLES[1:], EXAMPLES[0].format(day="Thu 26 Nov 2026")]
    draft, _ = compose(
        "replies/move-unclear",
        {"wanted": [], "meetings": ["Thu 26 Nov 2026"], "about": "", "examples": english, "lines": "", "cancel": False},
        network=MENDIP, language="cy", klass="answer",
    )  # fmt: skip
    welsh = "\n".join(line[2:] for line in draft.text.splitlines() if line.startswith("- ") and ":" in line)
    assert "Dyddiad" in welsh
    first, second = (
        read_moving(text, today=date(2026, 11, 22), days=[date(2026, 11, 26)]) for text in ("\n".join(english), welsh)
    )
    assert (first.which, first.day, first.starts, first.ends) == (second.which, second.day, second.starts, second.ends)
    assert second.venue == "Ysgol y Bryn, ystafell B12"

"""How templates say dates, times, numbers and lists, in English and Welsh."""

from __future__ import annotations

from typing import Any

import pytest

from mailer.outbound.compose.lines import linked, paragraphs, wrap, wrap_lines
from mailer.outbound.compose.sanitise import links_of, sanitised, sanitised_letter
from mailer.outbound.compose.shelf import shelf
from tests.templates import MENDIP

SHELF = shelf("mendip")


def say(source: str, lang: str = "en", **fields: Any) -> str:
    return SHELF.text.from_string(source).render(network=MENDIP, words=SHELF.words(lang), lang=lang, **fields)


MEETING = {"title": "", "starts": "2026-06-18T14:30:00+00:00", "ends": "2026-06-18T16:00:00+00:00"}
OVERNIGHT = {**MEETING, "ends": "2026-06-19T11:00:00+00:00"}


@pytest.mark.parametrize(
    ("source", "lang", "said"),
    [
        ("{{ m.starts|date }}", "en", "Thursday 18 June 2026"),
        ("{{ m.starts|date }}", "cy", "dydd Iau 18 Mehefin 2026"),
        ("{{ m.starts|day }}", "en", "Thursday 18 June"),
        ("{{ m.starts|time }}", "en", "15:30"),  # summer time in the network's zone
        ("{{ m.starts|moment }}", "en", "Thursday 18 June at 15:30"),
        ("{{ m.starts|moment }}", "cy", "dydd Iau 18 Mehefin am 15:30"),
        ("{{ m|when }}", "en", "Thursday 18 June 2026, 15:30 to 17:00"),
        ("{{ m|when }}", "cy", "dydd Iau 18 Mehefin 2026, 15:30 i 17:00"),
        ("{{ o|when }}", "en", "Thursday 18 June at 15:30 to Friday 19 June at 12:00"),
        ("{{ '2026-03-29T00:30:00+00:00'|moment }}", "en", "Sunday 29 March at 00:30"),
        ("{{ '2026-10-25T23:30:00+00:00'|date }}", "en", "Sunday 25 October 2026"),
        ("{{ '2026-06-30T23:30:00+00:00'|date }}", "en", "Wednesday 1 July 2026"),  # the day is the local one
        ("{{ '2026-09-01'|date }}", "en", "Tuesday 1 September 2026"),
        ("{{ '2026-03-03T16:00:00'|time }}", "en", "16:00"),  # without an offset: the network's clock
        ("{{ m|called }}", "en", "Meeting"),
        ("{{ m|called }}", "cy", "Cyfarfod"),
        ("{{ ['Ann']|listed }}", "en", "Ann"),
        ("{{ ['Ann', 'Bob', 'Cai']|listed }}", "en", "Ann, Bob and Cai"),
        ("{{ ['Ann', 'Bob']|listed }}", "cy", "Ann a Bob"),
        ("{{ ['Bob', 'Ann']|listed }}", "cy", "Bob ac Ann"),
        ("{{ ['meetings', 'newsletter']|worded('purposes')|listed }}", "cy", "negeseuon am gyfarfodydd a'r cylchlythyr"),
        ("{{ ['Ann', 'Y Bryn']|listed }}", "cy", "Ann ac Y Bryn"),  # a name
        ("{{ []|listed }}", "en", ""),
        ("{{ 1|count('person', 'people') }}", "en", "1 person"),
        ("{{ 1200|count('person', 'people') }}", "en", "1,200 people"),
        ("{{ 0|count('mail') }}", "en", "0 mails"),
        ("{{ 'newsletter'|word('purposes') }}", "en", "the newsletter"),
        ("{{ 'newsletter'|word('purposes') }}", "cy", "y cylchlythyr"),
        ("{{ 'some-thing'|word('purposes') }}", "en", "some thing"),
    ],
)
def test_said(source: str, lang: str, said: str) -> None:
    assert say(source, lang, m=MEETING, o=OVERNIGHT) == said


def test_rows_say_each_cell_in_its_way() -> None:
    things = [{"text": "Ask", "due": "2026-03-27", "who": None}, {"text": "Find", "due": "", "who": "Ann"}]
    assert (
        say("{{ t|rows('text', 'due:day', 'who') }}", t=things)
        == "[['Ask', 'Friday 27 March', ''], ['Find', '', 'Ann']]"
    )


def test_warnings_become_sentences() -> None:
    given = ["no-pieces", "missing: 3 caption: lab.jpg", "promised: Fume cupboards", "The date is a Sunday."]
    assert say("{% for w in w|warned %}{{ w }}|{% endfor %}", w=given).split("|")[:-1] == [
        "No piece has come in yet.",
        "Piece 3 lacks: A line that says what is on the picture lab.jpg.",
        "Promised and not here yet: Fume cupboards.",
        "The date is a Sunday.",
    ]


def test_wrapping_never_breaks_a_link() -> None:
    url = "https://school.example/" + "x" * 90
    assert url in wrap(f"See {url} for more").splitlines()
    assert all(len(line) <= 72 for line in wrap("word " * 60, "- ", "  ").splitlines())
    assert wrap_lines("a\n\n\n\nb\n", "> ") == "> a\n>\n>\n>\n> b"


def test_paragraphs_and_links() -> None:
    assert paragraphs("a\nb\r\n\r\nc") == [["a", "b"], ["c"]]
    assert linked("<b> see https://x.example/a?b=1&c=2.") == (
        '&lt;b&gt; see <a class="link" href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.'
    )


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<p onclick="x">a<script>b</script></p>', "<p>a</p>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<a href="/relative">a</a>', "<a>a</a>"),
        ('<a href="cid:1">a</a>', "<a>a</a>"),
        ('<img src="https://evil.example/x.png" alt="a>b">', ""),
        ('<img src="cid:1">', '<img alt="" src="cid:1">'),
        ('<img src="cid:1" alt="Shelves">', '<img src="cid:1" alt="Shelves">'),
        ('<p style="position:fixed" class="button">a</p>', "<p>a</p>"),
        ("<form><input>a</form><svg><a>b</a></svg>", "a"),
    ],
)
def test_members_html_is_cleaned_again(html: str, clean: str) -> None:
    """SAFE-1, SAFE-3, ACC-2."""
    assert sanitised(html) == clean


def test_our_own_letter_keeps_its_classes_in_a_proof() -> None:
    assert sanitised_letter('<p class="lead" onclick="x">a</p>') == '<p class="lead">a</p>'


def test_links_of_a_piece() -> None:
    assert links_of('<a href="https://x.example/?a=1&amp;b=2">x</a><a href="mailto:a@b.example">m</a>') == [
        "https://x.example/?a=1&b=2"
    ]

"""WCAG 2.2 AA by axe-core, on every page that anybody may open: what it shows, what it says when pressed, and its troubles (ACC).

The pages run no script; axe does, put into them from outside, past their policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from sqlalchemy import select, update

from mailer.store.tables import confirmations, networks, people
from mailer.web import paper
from mailer.web.asking import Page
from tests.web.browsing import IN_A_BROWSER, PATIENCE, follow
from tests.web.conftest import Street
from tests.web.test_confirm import asked_to_join
from tests.web.test_nothing_changes import paths

pytestmark = IN_A_BROWSER

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGES = {"style", "robots", "picture", "tray-html", "tray-raw", "tray-part", "healthz", "readyz", "metrics"}

# language, colours, width
LOOKS = [("en", "light", 320), ("cy", "dark", 1280)]


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def look(browser: Any, street: Street, request: pytest.FixtureRequest) -> Iterator[Any]:
    language, colours, width = request.param
    with street.house.store.write() as session:
        session.execute(update(people).values(language=language))
        session.execute(update(networks).values(language=language))
    context = browser.new_context(bypass_csp=True, color_scheme=colours, viewport={"width": width, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def wrong(page: Any) -> list[str]:
    """What axe finds, a line each."""
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}, iframes: false}})")["violations"]
    return [f"{page.url[:40]}: {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_every_page(site: str, look: Any, street: Street) -> None:
    found = []
    for route, some in paths(street).items():
        for path in () if route in NO_PAGES else some:
            look.goto(site + path)
            found += wrong(look)
    look.goto(f"{site}/nowhere")
    assert found + wrong(look) == []


def test_every_page_of_trouble(site: str, look: Any) -> None:
    """Pages that only a fault or a closed door shows, as they are rendered; and that axe looks at all."""
    found = []
    for name in ("busy", "closed", "fault", "later", "missing", "password", "wrong-method"):
        look.goto(f"{site}/robots.txt")
        look.set_content(paper.render(Page(name)))
        found += wrong(look)
    assert found == []
    look.set_content("<p><img src='x'><a href='/'></a></p>")
    assert {"image-alt", "link-name", "html-has-lang"} <= {one.split(": ")[1] for one in wrong(look)}


def preferences(street: Street) -> str:
    return f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}"


def the_link(street: Street) -> str:
    with street.house.store.read() as session:
        return f"/c/{street.tag('c', session.execute(select(confirmations.c.id).order_by(confirmations.c.id.desc())).scalars().first() or 0)}"


# where it begins, then what is pressed, or a link that only stands in a mail by then
PRESSED: list[tuple[str, list[str | Callable[[Street], str]]]] = [
    ("/join/mendip", ["button[type=submit]"]),
    ("preferences", ["button[value=purposes]", "button[value=pause]", "button[value=change-address]", "button[value=leave]"]),
    ("preferences", ["button[value=details]", the_link, "button[value=open]", "button[value=details]"]),
    ("leave", ["button", "button"]),
    ("answer", ["button[value=yes]"]),
    ("confirm", ["button", "button"]),
]


@pytest.mark.parametrize(("start", "steps"), PRESSED, ids=[f"{row[0].strip('/')}-{n}" for n, row in enumerate(PRESSED)])
def test_what_a_press_shows(
    site: str, look: Any, street: Street, start: str, steps: list[str | Callable[[Street], str]]
) -> None:
    begin = {
        "preferences": preferences(street),
        "leave": f"/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}",
        "answer": f"/r/{street.tag('i', street.invitation)}",
        "confirm": f"/c/{street.tag('c', asked_to_join(street))}" if start == "confirm" else "",
    }
    look.goto(site + begin.get(start, start))
    found = []
    for step in steps:
        if callable(step):
            look.goto(site + step(street))
        elif look.locator(step).count():
            follow(look, look.locator(step).first)
        found += wrong(look)
    assert found == []

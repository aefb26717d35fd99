"""ACC-5, ACC-6, ACC-7: the pages in a real browser without script, by keyboard, at 320 px and on a desk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailer.meetings import responses
from mailer.store import add
from mailer.store.tables import confirmations, tray
from tests.web.browsing import IN_A_BROWSER, PATIENCE, follow
from tests.web.conftest import NOW, Street
from tests.web.test_confirm import asked_to_join

pytestmark = IN_A_BROWSER
WIDTHS = [320, 1000]


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 800}, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def seen(page: Any, name: str) -> None:
    """What must hold of every page as it is shown; keeps a picture where one is wanted (TERMPOST_PICTURES)."""
    width = page.viewport_size["width"]
    folder = os.environ.get("TERMPOST_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "sideways scroll (SC 1.4.10)"
    small = page.evaluate(
        """[...document.querySelectorAll('button, input, select, textarea, nav a, .foot a, .tabs a')]
        .filter(one => one.type !== 'hidden')
        .map(one => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == [], "targets under 24 px (SC 2.5.8)"
    tiny = page.evaluate(
        """[...document.querySelectorAll('main *, footer *')].filter(one => one.textContent.trim())
        .map(one => parseFloat(getComputedStyle(one).fontSize)).filter(size => size < 14)"""
    )
    assert tiny == [], "text under 14 px (ACC-5)"
    torn = page.evaluate("[...document.querySelectorAll('.days span')].filter(one => one.getBoundingClientRect().height > 36).map(one => one.textContent)")
    assert torn == [], "the name of a day torn in two"
    assert page.evaluate(CONTRAST) == [], "contrast under 4.5:1 (SC 1.4.3)"
    assert page.title()


CONTRAST = """(() => {
  const light = c => { const v = c.map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const ground = one => { for (; one; one = one.parentElement) { const c = rgb(getComputedStyle(one).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter(one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(one => { const a = light(rgb(getComputedStyle(one).color)), b = light(ground(one));
      return [one.outerHTML.slice(0, 80), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]; })
    .filter(([, ratio]) => ratio < 4.5);
})()"""


def press(page: Any, words: str) -> None:
    """By keyboard alone: Tab until the button has the focus, seen to have it (SC 2.1.1, 2.4.7), then Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no button {words!r} is reached by Tab")


def test_unsubscribe(site: str, page: Any, street: Street) -> None:
    page.goto(f"{site}/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}")
    seen(page, "stop")
    press(page, "Stop the newsletter")
    seen(page, "stopped")
    assert street.standings(street.karen)["newsletter"] == "left"
    press(page, "Stop everything from Mendip Technicians")
    seen(page, "stopped-everything")
    assert "active" not in street.standings(street.karen).values()


def test_preferences(site: str, page: Any, street: Street) -> None:
    page.goto(f"{site}/p/{street.tag('p', street.standing(street.karen, 'meetings'))}")
    seen(page, "preferences")
    page.get_by_label("equipment offered and wanted").check()
    follow(page, page.get_by_role("button", name="Save what I get"))
    seen(page, "preferences-saved")
    assert street.standings(street.karen)["exchange"] == "active"
    page.get_by_label("No mail until the morning of").fill("2027-01-04")
    press(page, "Rest until then")
    seen(page, "preferences-resting")
    assert page.get_by_text("Resting until Monday 4 January 2027").is_visible()
    press(page, "Start again now")
    press(page, "Rest until then")
    seen(page, "preferences-trouble")


def test_details(site: str, page: Any, street: Street) -> None:
    """Asked for, opened by the fresh link, filled in by keyboard, saved."""
    page.goto(f"{site}/p/{street.tag('p', street.standing(street.karen, 'meetings'))}")
    press(page, "Send me a link to my details")
    seen(page, "preferences-asked")
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
    page.goto(f"{site}/c/{street.tag('c', question)}")
    seen(page, "details-waiting")
    press(page, "Open my details")
    seen(page, "details")
    page.get_by_label("Exam boards", exact=True).fill("wjec, aqa")
    page.locator("#show-exam-boards").select_option("members")
    press(page, "Save my details")
    seen(page, "details-saved")
    assert page.get_by_label("Exam boards", exact=True).input_value() == "WJEC, AQA"
    page.get_by_label("Your name").fill("")
    press(page, "Save my details")
    seen(page, "details-trouble")


def test_answer(site: str, page: Any, street: Street) -> None:
    page.goto(f"{site}/r/{street.tag('i', street.invitation)}?answer=yes")
    seen(page, "answer")
    page.get_by_label("A note for the organisers").fill("bringing Joe")
    page.get_by_label("How many people come with you?").select_option("1")
    press(page, "Yes, I am coming")
    seen(page, "answered")
    with street.house.store.read() as session:
        given = responses.current(session, street.meeting, street.karen)
    assert given is not None
    assert (given.answer, given.guests) == ("yes", 1)


def test_join_and_confirm(site: str, page: Any, street: Street) -> None:
    page.goto(f"{site}/join/mendip")
    seen(page, "join")
    press(page, "Ask to join")
    seen(page, "join-trouble")
    page.get_by_label("Your email address").fill("new@vale.example")
    page.get_by_label("the newsletter, once a term").check()
    follow(page, page.get_by_role("button", name="Ask to join"))
    seen(page, "asked")
    with street.house.store.read() as session:
        question = session.execute(select(confirmations.c.id)).scalar_one()
    page.goto(f"{site}/c/{street.tag('c', question)}")
    seen(page, "confirm")
    press(page, "Yes, write to me")
    seen(page, "confirmed")
    page.goto(f"{site}/c/{street.tag('c', asked_to_join(street, 'late@vale.example'))}")


def test_tray(site: str, page: Any, street: Street) -> None:
    """The mail's own script does not run, its picture is there, its links open outside the frame."""
    strange: list[Any] = []
    page.on("request", lambda request: strange.append(request) if not request.url.startswith((site, "data:")) else None)
    page.goto(f"{site}/tray")
    seen(page, "tray")
    page.get_by_label("Recipient").fill("karen")
    follow(page, page.get_by_role("button", name="Search"))
    follow(page, page.get_by_role("link", name="mail 1"))
    seen(page, "tray-mail")
    frame = page.frame_locator("iframe")
    assert frame.get_by_text("HTML words").is_visible()
    assert frame.get_by_alt_text("pixel").evaluate("one => one.naturalWidth") == 1
    assert [(request.url, request.failure) for request in strange] == [("https://tracker.example/p.gif", "csp")]
    for what in ("text", "headers"):
        page.goto(f"{site}/tray/{street.mails[0]}/{what}")
        seen(page, f"tray-{what}")


def test_a_link_of_a_kept_mail_works(site: str, page: Any, street: Street) -> None:
    """It opens outside the sandbox, so that the page behind it can be used: a whole term can be tried from the tray."""
    link = f"{site}/u/{street.tag('u', street.standing(street.karen, 'newsletter'))}"
    mail = EmailMessage()
    mail.set_content(f'<p><a href="{link}">Stop the newsletter</a></p>', subtype="html")
    row = {"outgoing_id": 1, "at": NOW, "mail_from": "", "rcpt": "karen@school.example", "content": mail.as_bytes()}
    with street.house.store.write() as session:
        kept = add(session, tray, **row)
    page.goto(f"{site}/tray/{kept}")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Stop the newsletter").click()
    follow(opened.value, opened.value.get_by_role("button", name="Stop the newsletter"))
    assert opened.value.get_by_text("Nothing more of it goes to").is_visible()
    assert street.standings(street.karen)["newsletter"] == "left"


def test_what_is_published(site: str, page: Any) -> None:
    for name, path in {
        "front": "/", "start": "/start", "network": "/n/mendip", "about": "/n/mendip/about",
        "issue": "/n/mendip/issues/1", "agenda": "/n/mendip/agendas/2", "missing": "/nowhere",
    }.items():  # fmt: skip
        page.goto(site + path)
        seen(page, name)


def test_the_poster_prints_on_one_sheet(site: str, page: Any) -> None:
    page.goto(f"{site}/join/mendip/poster")
    seen(page, "poster")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_contrast_holds_in_the_dark(site: str, browser: Any, street: Street) -> None:
    """ACC-4."""
    context = browser.new_context(
        color_scheme="dark", java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    page = context.new_page()
    for path in ("/", "/join/mendip", "/join/mendip/poster", f"/p/{street.tag('p', street.standing(street.karen, 'meetings'))}", "/tray"):
        page.goto(site + path)
        seen(page, "dark" + path.replace("/", "-")[:8])
    context.close()


def test_text_at_twice_the_size(site: str, browser: Any, street: Street) -> None:
    """SC 1.4.4, 1.4.10: 200 per cent on a small desk is 640 px shown on 320."""
    context = browser.new_context(
        viewport={"width": 320, "height": 512}, device_scale_factor=2, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{site}/p/{street.tag('p', street.standing(street.karen, 'meetings'))}")
    seen(page, "twice")
    context.close()

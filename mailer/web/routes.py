"""Every page there is, as one table: a test walks it and checks that no GET changes a row (V7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailer.web import (
    answering,
    confirming,
    front,
    health,
    joining,
    leaving,
    metrics,
    poster,
    preferences,
    published,
    tray,
)
from mailer.web.asking import Answer, Asked

Show = Callable[[Asked], Answer]

EVERYBODY = "everybody"
MACHINE = "machine"  # whoever sits at this machine
TRAY = "tray"  # the same, or with the password of the tray


@dataclass(frozen=True)
class Route:
    """`show` answers GET and HEAD, `act` answers POST. `name` is what stands in logs: never the path, it has the tag.

    `floor`: the least seconds a POST takes, so that its time tells nothing (CMD-8). `waits`: it may wait for the database, and is
    answered in the thread pool; what never does is answered though every thread there waits.
    """

    name: str
    path: str
    show: Show
    act: Show | None = None
    access: str = EVERYBODY
    floor: float = 0.0
    waits: bool = True


ROUTES: tuple[Route, ...] = (
    Route("front", "/", front.front),
    Route("start", "/start", front.start),
    Route("style", "/style.css", front.style),
    Route("robots", "/robots.txt", front.robots),
    Route("leave", "/u/{tag}", leaving.show, leaving.act),
    Route("preferences", "/p/{tag}", preferences.show, preferences.act),
    Route("answer", "/r/{tag}", answering.show, answering.act),
    Route("confirm", "/c/{tag}", confirming.show, confirming.act),
    Route("join", "/join/{slug}", joining.show, joining.act, floor=joining.FLOOR),
    Route("poster", "/join/{slug}/poster", poster.show),
    Route("network", "/n/{slug}", published.overview),
    Route("about", "/n/{slug}/about", published.about),
    Route("issue", "/n/{slug}/issues/{number}", published.issue),
    Route("picture", "/n/{slug}/issues/{number}/pictures/{picture}", published.picture),
    Route("agenda", "/n/{slug}/agendas/{number}", published.agenda),
    Route("tray", "/tray", tray.listing, access=TRAY),
    Route("tray-mail", "/tray/{mail}", tray.mail, access=TRAY),
    Route("tray-html", "/tray/{mail}/html", tray.html, access=TRAY),
    Route("tray-text", "/tray/{mail}/text", tray.text, access=TRAY),
    Route("tray-headers", "/tray/{mail}/headers", tray.headers, access=TRAY),
    Route("tray-raw", "/tray/{mail}/raw", tray.raw, access=TRAY),
    Route("tray-part", "/tray/{mail}/part/{part}", tray.part, access=TRAY),
    Route("healthz", "/healthz", health.alive, waits=False),
    Route("readyz", "/readyz", health.ready),
    Route("metrics", "/metrics", metrics.show, access=MACHINE),
)

"""What this service is, how to ask for a network, the style sheet, and nothing to find for search engines."""

from __future__ import annotations

from mailer.web import paper
from mailer.web.asking import Answer, Asked, Octets, Page

DAY = {"Cache-Control": "public, max-age=3600"}  # the same for everybody, so it may be kept


def front(asked: Asked) -> Answer:
    """What this is. It names no network: who needs one was given its link."""
    return Page("front", {"operator": asked.house.settings.operator or ""})


def start(asked: Asked) -> Answer:
    """How to ask for a network; mails nothing."""
    return Page("start", {"operator": asked.house.settings.operator or ""})


def style(_asked: Asked) -> Answer:
    """The style sheet of every page."""
    return Octets(paper.style(), "text/css; charset=utf-8", headers=DAY)


def robots(_asked: Asked) -> Answer:
    """Every page is behind a link that was mailed to somebody, or names people's doings: none is for an index."""
    return Octets(b"User-agent: *\nDisallow: /\n", "text/plain; charset=utf-8", headers=DAY)

"""Web: the pages behind the links in mail, what a network publishes, the tray, and what IT looks at.

A page is a plain function: `Asked` in, `Answer` out (`asking`). `routes` is the table of all of them, read top-down:
path, what GET shows, what POST does, who may come in. `doors` is the one way through which every request comes and
every answer leaves, with the strict headers of CMD-12; it keeps the rules that hold everywhere:

    V7      GET, HEAD and OPTIONS change nothing; only a POST calls an act, and nothing posts itself
    V9      a page shows no full address; what is published names nobody by default
    CMD-8   joining answers the same, in the same time, whoever is known
    CMD-12  no-store, no referrer, noindex, no script, nothing from elsewhere, no cookie, no tag in any log

Pages work without script, by keyboard and at 320 px (ACC-5, ACC-7). Their words stand in templates/web/.
"""

from __future__ import annotations

from starlette.applications import Starlette

from mailer.house import House
from mailer.web.doors import open_doors


def application(house: House) -> Starlette:
    """The whole site of one service, to be served by any ASGI server. It closes nothing of `house`."""
    return open_doors(house)


__all__ = ["application"]

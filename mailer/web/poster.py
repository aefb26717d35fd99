"""/join/SLUG/poster: one sheet to print, a poster above and slips to cut below, for those whom we may not write to.

A contact, met or written to, is never mailed; paper is how they are told. The code holds the address of the join page and
nothing else (DP-20).
"""

from __future__ import annotations

import segno
from markupsafe import Markup

from mailer.web import joining, published
from mailer.web.asking import Answer, Asked, Page

SLIPS = 6


def show(asked: Asked) -> Answer:
    """The sheet."""
    network = joining.network_of(asked)
    look = published.look(asked, network)
    fields = {"network": look, "slips": range(SLIPS), "shown": look.join_url.partition("//")[2], "code": _code(look.join_url)}
    return Page("poster", fields, language=network.language)


def _code(url: str) -> Markup:
    """A QR code as SVG; black on white in any colour scheme, with the margin that readers need (ISO/IEC 18004)."""
    drawn = segno.make(url, error="m", micro=False)
    # made of the modules of the code alone: no text of anybody's is in it
    return Markup(drawn.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="code", lineclass=None))  # noqa: S704

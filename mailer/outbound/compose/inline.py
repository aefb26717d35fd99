"""CSS into style attributes, because many mail programs throw a style sheet away.

`inline_css` runs premailer over a whole letter, once per letter, under one lock: premailer with a cold cache is not
safe in threads and costs up to half a second for a long issue. `style_classes` is for short replies: the style of each
class is worked out once with premailer, and then only written in. Both leave the sheet itself in the head, for its
media rules (dark mode, small screens).
"""

from __future__ import annotations

import logging
import re
import threading
from functools import lru_cache
from typing import Any

from premailer import Premailer

SHEETS = 32  # so many are remembered: one for each kind of letter and network with a style of its own
_LOCK = threading.Lock()
_RULES: dict[tuple[str, int], tuple[list[Any], list[Any]]] = {}  # under the lock
_CLASS = re.compile(r"\.([a-z][a-z-]*)")
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASSED = re.compile(r'class="([a-z][a-z -]*)"')
_STYLED = re.compile(r'<p class="([a-z-]+)" style="([^"]*)"')


def inline_css(html: str) -> str:
    """The whole letter with every rule of its sheet in place.

    strip_important=False, or dark mode would lose against the style attributes; the doctype must stand exactly so in
    the source; nothing is fetched.
    """
    with _LOCK:
        return str(
            _Inliner(
                html,
                keep_style_tags=True,
                strip_important=False,
                disable_leftover_css=False,
                allow_network=False,
                disable_validation=True,
                disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
                cssutils_logging_level=logging.CRITICAL,
            ).transform()
        )


class _Inliner(Premailer):  # type: ignore[misc]
    """Premailer that works out each sheet once: the sheets are few, and this was most of what a letter cost."""

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        key = (css_body, ruleset_index)
        if key not in _RULES:
            while len(_RULES) >= SHEETS:
                _RULES.pop(next(iter(_RULES)))
            _RULES[key] = super()._parse_style_rules(css_body, ruleset_index)
        rules, leftover = _RULES[key]
        return list(rules), list(leftover)


def style_classes(html: str, sheet: str) -> str:
    """The same for a letter made of our macros alone: `class="x"` gets the style that premailer gives x.

    User text cannot reach an attribute of this form: it is escaped, quotes too.
    """
    styles = _class_styles(sheet)
    return _CLASSED.sub(lambda found: _with_style(found.group(1), styles), html)


def _with_style(classes: str, styles: dict[str, str]) -> str:
    style = "; ".join(styles[name] for name in classes.split() if name in styles)
    return f'class="{classes}" style="{style}"' if style else f'class="{classes}"'


@lru_cache(maxsize=32)
def _class_styles(sheet: str) -> dict[str, str]:
    plain = _MEDIA.sub("", _COMMENT.sub("", sheet))
    names = sorted(set(_CLASS.findall(plain)))
    probe = "".join(f'<p class="{name}">x</p>' for name in names)
    made = inline_css(f"<!DOCTYPE html><html><head><style>{plain}</style></head><body>{probe}</body></html>")
    return dict(_STYLED.findall(made))

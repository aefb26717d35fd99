"""What institutions put over a mail from outside: "External sender", and the lines under it."""

from __future__ import annotations

from mailer.message.phrases.notices import BANNER_MORE, BANNERS
from mailer.message.reply.speech import flat, say, talks


def banner(lines: list[str], keep: list[bool], steps: list[str]) -> None:
    """Banners of the institution over the first words."""
    for i, line in enumerate(lines[:40]):
        if not keep[i] or not line.strip():
            continue
        if not BANNERS.match(flat(line)) or talks(flat(line)):
            return
        if not BANNER_MORE.search(flat(line)) and len(line) > 300:
            return
        j = i
        while (
            j < len(lines)
            and keep[j]
            and lines[j].strip()
            and j - i < 6
            and (j == i or BANNER_MORE.match(flat(lines[j])))
        ):
            keep[j] = False
            j += 1
        say(steps, f"a banner on top: {line.strip()[:50]}")

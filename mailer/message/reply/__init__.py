"""What the person newly wrote, and what was cut from around it.

The text is read as lines. First every line gets a mark (kept, quote, header), then each unbroken run of kept lines loses its
tail: signature, closing, "Sent from my phone", list footer, legal notice; the first run also its banner. Losing a
person's words is the worst error, so whatever is doubtful stays, and a cut that would leave nothing is undone. The
steps that cut something are told in words.

`cutting` is the walk; `marking`, `tails`, `closings`, `devices` and `banners` are its stations, `speech` what they ask alike.
"""

from __future__ import annotations

from mailer.message.reply.cutting import Cut, cut
from mailer.message.reply.devices import sent_from

__all__ = ["Cut", "cut", "sent_from"]

"""HTML of strangers: made safe, made text, and its quotes found by the clients' own markers.

The HTML5 parser of nh3 comes first, always (`cleaning`); what it returns is well formed and without script, and only that is
read further (SAFE-1). Text that the reader could not see is not read either (CMD-10). `markers` is the table of the
clients' signs, `lines` makes the text and says of each line whether a sign calls it a quote.
"""

from __future__ import annotations

from mailer.message.hypertext.cleaning import escape, safe_html
from mailer.message.hypertext.lines import HtmlText, read_html

__all__ = ["HtmlText", "escape", "read_html", "safe_html"]

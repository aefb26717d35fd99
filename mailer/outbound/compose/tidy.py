"""Last touches to the text part and the subject."""

from __future__ import annotations

import re

from mailer.outbound.compose.lines import clean, one_line

LONGEST_SUBJECT = 150  # characters; longer ones are cut on every phone anyway


def tidy_text(text: str) -> str:
    """No spaces at line ends but the one of the `-- ` line (RFC 3676 4.3), at most one blank line, one newline last."""
    lines = [line if line == "-- " else line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def subject_line(text: str) -> str:
    """One line without control characters (FMT-7), cut at a word if very long."""
    line = one_line(str(clean(text)))
    if len(line) <= LONGEST_SUBJECT:
        return line
    return line[:LONGEST_SUBJECT].rsplit(" ", 1)[0] + " ..."

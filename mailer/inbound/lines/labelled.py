"""Lines with a label ("Room: B12"), or a label alone whose value is the line below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

CAP_LINES = 60
CAP_LENGTH = 300

Labels = Sequence[tuple[str, str]]  # (name, the words that say it), read top-down


def pattern(labels: Labels) -> re.Pattern[str]:
    """A line that begins with one of the labels; its groups are their names, and `value`."""
    words = "|".join(f"(?P<{name}>{said})" for name, said in labels)
    return re.compile(
        rf"^[\W_]*(?:{words})\s*[*_]*\s*(?::|=|-(?= )|–)\s*[*_]*\s*(?P<value>.*?)[*_\s]*$", re.IGNORECASE
    )


def read_labelled(text: str, label: re.Pattern[str]) -> tuple[dict[str, str], list[str]]:
    """(name -> value, the first of each; the lines that no label claims)."""
    said: dict[str, str] = {}
    loose: list[str] = []
    waiting = ""
    for raw in text.split("\n")[:CAP_LINES]:
        line = raw.strip()[:CAP_LENGTH]
        match = label.match(line)
        if match:
            name = next(name for name in label.groupindex if name != "value" and match[name])
            waiting = "" if match["value"] else name
            if match["value"]:
                said.setdefault(name, match["value"].strip())
        elif waiting and line:
            said.setdefault(waiting, line)
            waiting = ""
        elif line:
            loose.append(line)
    return said, loose

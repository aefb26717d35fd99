"""The purposes people name in STOP, ONLY and KEEP (contract 2), with the words they use for them."""

from __future__ import annotations

import re

# purpose as in ruling 2: the words for it, in plain spelling
TABLE: tuple[tuple[str, str], ...] = (
    ("newsletter", r"newsletters?|news letters?|news|bulletins?|cylchlythyr(?:on)?|gylchlythyr|newyddion"),
    ("meetings", r"meetings?|meeting (?:emails|invites|invitations)|invites?|invitations?|events?|agendas?|cyfarfodydd|gyfarfodydd|cyfarfod|chyfarfodydd"),
    ("discussion", r"discussions?(?: list| group| posts)?|posts|chat|forum|trafodaeth(?:au)?|drafodaeth"),
    ("exchange", r"exchange|swaps?|equipment(?: exchange)?|offers(?: and wanted)?|cyfnewid(?:fa)?|gyfnewid(?:fa)?"),
    ("directory", r"directory|cyfeiriadur|cyfeirlyfr"),
)
PURPOSE = "(?:" + "|".join(words for _, words in TABLE) + ")"
PURPOSES = rf"{PURPOSE}(?:(?: and| or| the| a| ac| y| /| &| \+)* {PURPOSE})*"


def purposes_in(spelt: str) -> tuple[str, ...]:
    """Purposes named, in the order of the table."""
    return tuple(name for name, words in TABLE if re.search(rf"\b(?:{words})\b", spelt))

"""The day until which somebody is away, if an out-of-office names one: news for the organiser."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio janeiro januari ionawr ionor stycznia января",
            "february feb februar février febrero febbraio fevereiro februari chwefror lutego февраля",
            "march mar märz mars marzo março maart mawrth marca марта",
            "april apr avril abril aprile ebrill kwietnia апреля",
            "may mai mayo maggio maio mei maj mai maja мая",
            "june jun juni juin junio giugno junho mehefin czerwca июня",
            "july jul juli juillet julio luglio julho gorffennaf lipca июля",
            "august aug août agosto augustus awst sierpnia августа augusti",
            "september sep sept septembre septiembre settembre setembro medi września сентября",
            "october oct oktober octobre octubre ottobre outubro hydref października октября okt",
            "november nov novembre noviembre novembro tachwedd listopada ноября",
            "december dec dezember décembre diciembre dicembre dezembro rhagfyr grudnia декабря dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_UNTIL = re.compile(
    r"(?i)\b(?:until|till|til|through|back (?:in the office )?(?:on|in|by)|return(?:ing)?(?: to (?:the office|work))?(?: on)?|be back|bis|ab dem|zurück|jusqu'au|de retour le|hasta|regreso|fino al?|até|tot|tot en met|terug|do|wracam|till och med|tilbake|tilbage|asti|saakka|tan|yn ôl|до|по)\b(?:[^\d\n]{0,40}?)"
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{2,4})|(\d{1,2})(?:st|nd|rd|th|\.|er|º)?\s+(?:de\s+|of\s+|o\s+)?([^\W\d]{3,12})\.?,?(?:\s+(?:de\s+)?(\d{4}))?)"
)
_UNTIL_MONTH_FIRST = re.compile(
    r"(?i)\b(?:until|till|through|back on|return(?:ing)?(?: to (?:the office|work))?(?: on)?)\s+(?:\w+day,?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?"
)


def away_until(text: str, subject: str, sent: datetime | None) -> date | None:
    """The day an out-of-office names, if it can be read for certain. A day without a year is the next one after `sent`."""
    for words in (subject[:300], text[:3000]):
        found = _UNTIL_MONTH_FIRST.search(words)
        if found and found[1].lower() in _MONTHS:
            return _day(found[3], _MONTHS[found[1].lower()], found[2], sent)
        for found in list(_UNTIL.finditer(words))[:5]:
            if found[1]:
                return _day(found[1], int(found[2]), found[3], sent)
            if found[4]:
                return _day(found[6], int(found[5]), found[4], sent)
            if found[7] and (found[8] or "").lower() in _MONTHS:
                return _day(found[9], _MONTHS[found[8].lower()], found[7], sent)
    return None


def _day(year: str | None, month: int, day: str, sent: datetime | None) -> date | None:
    try:
        if year:
            number = int(year)
            return date(number + 2000 if number < 100 else number, month, int(day))
        if sent is None:
            return None
        here = date(sent.year, month, int(day))
        return here if here >= sent.date() - timedelta(days=31) else date(sent.year + 1, month, int(day))
    except ValueError:
        return None

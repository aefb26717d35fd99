"""Machines told from people: RFC 3834 fields, the vendors' own, subjects in our members' languages (LOOP-1, LOOP-5).

The table is read top-down and the first row that fits decides. `Precedence: bulk` and X-Auto-Response-Suppress are no
signs alone (ruling 11); together with words they are. A person who writes about an out-of-office is a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailer.message import encoded
from mailer.message.parts import Part

# subjects that only a machine begins with; after "Re:" they are a person's
SUBJECTS = re.compile(
    r"(?i)^\W{0,3}(?:"
    r"auto(?:matic|mated|matische|matisk|matisches|matick[áa]|matikus|mata)?[ -]?(?:e-?mail )?(?:reply|response|responder|answer|replay|svar|antwort|reactie|acknowledge?ment)|autore(?:ply|sponder|sponse|spons|spond)\b|auto\s*:|autosvar|"
    r"out[ -]of[ -](?:the[ -])?office(?:\s+(?:auto-?reply|reply|response|message|notification|assistant|notice))?\s*(?:[:(\-–\[]|$|re\b|until|from|till)|(?:i am|i'm|we are|currently) (?:out of (?:the )?office|away|on (?:annual )?leave)|away from (?:the |my )?(?:office|desk|mail)|vacation (?:reply|response|message|notice)|"
    r"(?:on )?(?:annual|maternity|paternity|parental|sick) leave\s*(?:[:\-–(]|$|re\b|until)|on vacation|on holiday|ooo\s*[:\-–]|o\.o\.o|absent:|absence notice|"
    r"ateb(?:iad)? awtomatig|allan o'r swyddfa|ateb yn awtomatig|"
    r"automatische (?:antwort|abwesenheitsnotiz|beantwortung)|abwesenheits?(?:notiz|benachrichtigung|meldung|agent|assistent|hinweis)?\b|(?:ich bin )?nicht im (?:büro|haus)|urlaub(?:sbenachrichtigung|sabwesenheit|s?notiz)?\s*(?:[:\-–]|$)|außer haus|"
    r"r[ée]ponse automatique|message automatique|absence(?: du bureau| temporaire| prolong[ée]e)?\s*(?:[:\-–(]|$)|absent(?:e)? du bureau|accus[ée] de r[ée]ception|notification d'absence|r[ée]pondeur|"
    r"respuesta autom[áa]tica|mensaje autom[áa]tico|fuera de (?:la )?oficina|ausente|ausencia|contestaci[óo]n autom|auto ?respuesta|"
    r"risposta automatica|fuori (?:sede|ufficio)|assente|assenza|messaggio automatico|auto ?risposta|"
    r"resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia|mensagem autom[áa]tica|fora de escrit|"
    r"automatisch (?:antwoord|bericht)|afwezig(?:heid)?(?:sbericht)?|niet aanwezig|buiten kantoor|afwezigheidsassistent|"
    r"automatyczna odpowied[źz]|autoodpowied[źz]|odpowied[źz] automatyczna|nieobecno[śs][ćc]|poza biurem|"
    r"automatiskt svar|frånvaro|autosvar|ej på kontoret|automatisk (?:svar|e-post)|fraværs?\w*|ikke til ?stede|ute av kontoret|ferie(?:melding|besked)?\s*(?:[:\-–]|$)|"
    r"automaattinen (?:vastaus|poissaoloviesti)|poissa(?:oloilmoitus| toimistosta)?|lomalla|"
    r"автоматическ\w+ (?:ответ|уведомление)|автоответ\w*|нет на (?:месте|работе)|вне офиса|в отпуске|автоматична відповідь|автовідповідь|"
    r"automatick[áé] odpov[ěe][ďd]|automatikus v[áa]lasz|nem vagyok az irod|r[ăa]spuns automat|absent din birou|otomatik (?:yan[ıi]t|cevap)|ofis d[ıi][şs][ıi]nda|samodejni odgovor|automatski odgovor|automaatvastus|autom[āa]tisk[āa] atbilde|[āa]rpus biroja|atva[ļl]in[āa]jum\w*|prombūtn\w*|puhkusel|kontorist väljas|atostog\w*|nesu biure|szabads[áa]gon|mimo kancel[áa][rř]\w*|dovolen[áa]\b|automatinis atsakymas|αυτόματη απάντηση|"
    r"自動返信|自動応答|不在(?:通知|の)|自动(?:回复|答复)|自動回覆|外出|休假|부재중|자동 ?(?:회신|응답)"
    r")"
)
# ... and what stands anywhere in one
SUBJECT_PARTS = re.compile(
    r"(?i)\bis (?:currently |now )?(?:out of (?:the )?office|away|on (?:annual )?leave|on vacation|on holiday)\b|\(out of (?:the )?office\)|\[auto-?reply\]|\(auto(?:matic)?[ -]?(?:reply|response|generated)\)|\[auto(?:matic)?[ -]?(?:reply|response|generated)\]|"
    r"auto-?reply\s*$|autoreply\b|auto-?response\s*$|out of (?:the )?office (?:auto ?-?reply|reply|response|message|notification|re:)|automatic reply\s*$|vacation auto-?reply|ist (?:derzeit |zur zeit )?(?:abwesend|nicht im (?:büro|haus))|est absent|è fuori sede"
)
# words of a vacation notice; they count only together with another sign
NOTICE = re.compile(
    r"(?i)(?:i am|i'm|i will be|we are|is) (?:currently |now )?(?:out of (?:the )?office|away from|on (?:annual |maternity |parental |study )?leave|on vacation|on holiday|unavailable|not in the office|absent|travel?ling)|out of (?:the )?office|limited access to (?:my )?e-?mail|(?:this is an|this) auto(?:mat\w+)?[ -]?(?:generated |e-?mail |mail )?"
    r"(?:reply|response|message|e-?mail)|automat(?:ed|ic)(?:ally)? (?:generated |e-?mail |reply|response)|do not reply to this|thank you for (?:your (?:e-?mail|message|enquiry)|contacting)|we have received your|has been received|ich bin (?:derzeit |zurzeit |vom )|nicht im büro|je suis absent|actuellement absent|"
    r"absent(?:e)? du bureau|estoy fuera|estaré fuera|gracias por contactar|sono (?:in ferie|assente|fuori)|estou (?:de férias|ausente|fora)|ben ik (?:niet|afwezig)|afwezig|jestem nieobecn|jag är (?:inte|på semester|borta)|jeg er (?:ikke|på ferie|bortrejst|ute)|olen (?:lomalla|poissa)|я в отпуске|отсутств|"
    r"allan o'r swyddfa|ar wyliau|ar fy ngwyliau|diolch am eich (?:e-bost|neges)|不在にして|休暇"
)

CHALLENGE_WORDS = re.compile(
    r"(?i)only from senders i|approved senders|to control spam, i now|spam ?arrest|boxbe|choicemail|sender verification|verify (?:that )?you(?:r|'re| are) (?:e-?mail|a (?:real )?(?:person|human)|not a)|prove (?:that )?you(?:'re| are) (?:a )?human|confirm that you sent|"
    r"message (?:you sent )?is (?:being held|waiting|pending).{0,80}(?:confirm|verif)|click (?:on )?(?:the )?(?:link|here).{0,60}(?:to (?:be added|verify|confirm|authenticate|deliver)|deliver your)|added to (?:my|the) (?:white ?list|approved|guest list)|challenge[-/ ]response|tmda|mailblocks|knowspam|vanquish|0spam|antispam uol|"
    r"(?:protected|protecting) (?:himself|herself|themselves|itself|.{0,30}mailbox) (?:from|against) (?:junk|spam|receiving junk)"
)
_CHALLENGE_FROM = re.compile(
    r"(?i)spamblocker-challenge|spamarrest|boxbe|no-?spam|challenge|antispam|mailblocks|bluebottle|confirm\+|-confirm-"
)
_CLIENT = re.compile(
    r"(?i)thunderbird|apple mail|iphone mail|ipad mail|outlook|mutt|gnus|evolution|kmail|claws|sylpheed|alpine|roundcube|squirrelmail|mu4e|notmuch|k-9|fairemail|zimbra|webmail|geary|aerc|eudora|the bat|rmail|vm "
)
_NOREPLY = re.compile(
    r"(?i)^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|auto-?(?:reply|responder|respond|mailer|answer)|autoresponse|vacation|nobody|mailer-?daemon|notification-noreply|noreply-.*|bounce)(?:[+=-].*)?$"
)
_ANSWER_PREFIX = re.compile(
    r"(?i)^\s*(?:re|aw|sv|vs|antw|odp|rif|res|ynt|fwd?|fw|wg|tr|rv|vb|vl|atb|ymat?b?)\s*(?:\[\d+\])?\s*[:：]"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One sign: where it is from, and what finds it; it gives words or nothing."""

    source: str
    finds: Callable[[Part, str, str], str]


def _field(name: str, pattern: str = r".") -> Callable[[Part, str, str], str]:
    wanted = re.compile(pattern, re.IGNORECASE)

    def finds(root: Part, subject: str, text: str) -> str:
        for value in root.all(name):
            if wanted.search(value):
                return f"{name}: {encoded.clean(value)[:60]}"
        return ""

    return finds


def _subject(root: Part, subject: str, text: str) -> str:
    if _ANSWER_PREFIX.match(subject):
        return ""
    found = SUBJECTS.match(subject) or SUBJECT_PARTS.search(subject)
    return f"subject begins or says: {found[0][:40]}" if found else ""


def _re_subject(root: Part, subject: str, text: str) -> str:
    """`Re: Out of office` is a machine's only if the words are too and nothing is quoted."""
    bare = _ANSWER_PREFIX.sub("", subject).strip()
    if bare != subject and SUBJECTS.match(bare) and root.get("in-reply-to") is None and NOTICE.search(text[:1500]):
        return f"subject and words of a notice: {bare[:40]}"
    return ""


def _null_sender(root: Part, subject: str, text: str) -> str:
    """A null sender, unless a program that people write with has put its name there (a local copy loses its sender too)."""
    path = root.get("return-path")
    if (
        path is None
        or path.strip() != "<>"
        or _CLIENT.search(f"{root.get('user-agent') or ''} {root.get('x-mailer') or ''}")
    ):
        return ""
    return "a null return path"


def _two_signs(root: Part, subject: str, text: str) -> str:
    weak = _field("precedence", r"\b(?:bulk|junk)\b")(root, subject, text) or _field(
        "x-auto-response-suppress", r"(?i)\b(?:all|oof|autoreply)\b"
    )(root, subject, text)
    if not weak or root.get("list-id") or root.get("list-unsubscribe"):
        return ""
    words = NOTICE.search(text[:1500])
    return f"{weak}, with the words: {words[0][:40]}" if words else ""


def _no_reply(root: Part, subject: str, text: str) -> str:
    if root.get("list-post") or root.get("list-id"):
        return ""
    found = re.search(r"<?\s*([^\s<>\"@]+)@[^\s<>@]+>?\s*(?:\(.*\))?\s*$", (root.get("from") or "")[:1000])
    return f"From {found[1][:40]}" if found and _NOREPLY.match(found[1]) else ""


def _system(root: Part, subject: str, text: str) -> str:
    found = re.search(
        r"(?i)<?\s*(postmaster|mailer-daemon|virusalert|quarantine|spam-?filter|mailscanner)@", (root.get("from") or "")[:1000]
    )
    said = re.match(
        r"(?i)\W{0,3}(?:delivered|relayed|expanded|quarantin|virus|infected|spam|message (?:held|blocked|quarantined|rejected)|warning|you have \d+)",
        subject,
    )
    return f"From {found[1]}, and its subject: {said[0].strip()[:30]}" if found and said else ""


def _notice_only(root: Part, subject: str, text: str) -> str:
    """An automatic notice by its own words, which no person uses of themselves."""
    said = re.search(
        r"(?i)^\W*(?:\w+[ ,]+){0,6}(?:this is an? auto(?:mat\w+)?[ -]?(?:generated )?(?:e-?mail )?(?:reply|response|message|e-?mail)|i apologi[sz]e for this automatic reply|(?:dies|das) ist eine automatische|ceci est (?:un message|une réponse) automatique)",
        text[:400],
    )
    return f"the words: {said[0][:50].strip()}" if said else ""


# read top-down; RFC 3834 first, then vendors, then words
ROWS: tuple[Row, ...] = (
    Row("RFC 3834 5", _field("auto-submitted", r"^\s*(?!no\b)\S")),
    Row("vendors", _field("x-autoreply", r"^(?!\s*no\b)")),
    Row("vendors", _field("x-auto-reply", r"^(?!\s*no\b)")),
    Row("vendors", _field("x-autorespond")),
    Row("vendors", _field("x-autoresponder")),
    Row("vendors", _field("x-auto-respond")),
    Row("vendors", _field("x-autoreply-from")),
    Row("vendors", _field("x-autoreply-domain")),
    Row("vendors", _field("x-autogenerated", r"reply|yes|true|1|forward|news")),
    Row("vendors", _field("x-mail-autoreply")),
    Row("vendors", _field("x-amazon-auto-reply", r"true|yes")),
    Row("vendors", _field("x-vacation")),
    Row("FirstClass", _field("x-fc-machinegenerated", r"true|yes")),
    Row("Novell", _field("x-post-messageclass", r"autoresponder")),
    Row("Oracle", _field("x-ora-autoreply")),
    Row("Exchange", _field("x-ms-exchange-generated-message-source", r"rules agent|oof|journal")),
    Row("Exchange", _field("x-ms-exchange-inbox-rules-loop")),
    Row("cPanel, Exim", _field("delivered-to", r"^autoresponder$")),
    Row("many", _field("precedence", r"auto[_-]?reply|auto[_-]?respond")),
    Row("many", _field("x-precedence", r"auto[_-]?reply")),
    Row("many", _field("preference", r"auto[_-]?reply")),
    Row("Kayako, Zendesk", _field("x-autoresponse")),
    Row("cron", _field("x-cron-env")),
    Row("subjects of the clients", _subject),
    Row("subjects of the clients", _re_subject),
    Row("RFC 5230 4.6, RFC 3834 3.3", _null_sender),
    Row("two weak signs", _two_signs),
    Row("addresses", _no_reply),
    Row("mail systems", _system),
    Row("words", _notice_only),
)


def why_automatic(root: Part, subject: str, text: str) -> str:
    """Words for the first row that fits, with its source; empty for a person's mail."""
    for row in ROWS:
        found = row.finds(root, subject, text)
        if found:
            return f"{found} ({row.source})"
    return ""


def why_challenge(root: Part, subject: str, text: str) -> str:
    """Words for why this asks the sender to prove himself."""
    for name in ("x-tmda-fingerprint", "x-choicemail-registration-request", "x-spamarrest", "x-boxbe", "x-bluebottle-request"):
        if root.get(name):
            return f"{name} is there"
    said = CHALLENGE_WORDS.search(text[:3000]) or CHALLENGE_WORDS.search(subject)
    if not said:
        return ""
    sender = f"{root.get('from') or ''} {root.get('return-path') or ''}"
    if _CHALLENGE_FROM.search(sender) or why_automatic(root, subject, text) or CHALLENGE_WORDS.search(subject):
        return f"the words: {said[0][:50]}"
    return ""


_RECEIPT_SUBJECT = re.compile(
    r"(?i)^\W{0,3}(?:read|not read|gelesen|nicht gelesen|lu|non lu|leído|letto|lida|gelezen|läst|læst|lest|luettu|przeczytano|прочитано|darllenwyd|return receipt|read receipt|lesebestätigung|accusé de lecture|confirmaci[óo]n de lectura|开封済み|已读)\s*(?:[:：(]|$)"
)
_RECEIPT_WORDS = re.compile(
    r"(?i)(?:was|has been|is) (?:read|displayed|opened|deleted without being read)|wurde (?:am .{1,60} )?(?:gelesen|geöffnet)|a été (?:lu|affiché|ouvert)|(?:ha sido|fue) leído|è stato letto|foi lida|is gelezen|return receipt|已(?:被)?(?:阅读|讀取)|no guarantee that the message has been read"
)


def was_read(root: Part) -> bool:
    """Does a disposition notification say that the message was shown to somebody (RFC 8098 3.2.6.2)?"""
    return any(
        part.type == "message/disposition-notification"
        and re.search(rb"(?im)^disposition[ \t]*:.{0,200}\b(?:displayed|processed|dispatched)\b", part.content[:4000])
        for part in root.walk(into_messages=False)
    )


def why_receipt(root: Part, subject: str, text: str) -> str:
    """Words for why this is a read receipt (RFC 8098), empty if it is none."""
    for part in root.walk(into_messages=False):
        if part.type == "message/disposition-notification":
            return "a disposition notification (RFC 8098 3)"
    if root.type == "multipart/report" and "disposition-notification" in root.params.get("report-type", "").lower():
        return "report-type=disposition-notification (RFC 8098 3)"
    if _RECEIPT_SUBJECT.match(subject) and _RECEIPT_WORDS.search(text[:1500]):
        return f"subject and words of a read receipt: {subject[:30]}"
    return ""


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

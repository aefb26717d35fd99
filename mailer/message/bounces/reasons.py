"""Why a delivery failed, and whether it speaks against the person: our own table (BNC-4 to BNC-6).

`permanent` says that this delivery is given up; `COUNTS` says for which reasons that is evidence against the address.
A full mailbox, a policy, spam or DMARC refusal, a size, a network fault or an expiry never is. Codes and words often
disagree, as relays put a code of their own before the far server's words: then what is kinder to the person wins, unless
the words say in so many words that there is no such user.
"""

from __future__ import annotations

import re

USER_UNKNOWN, BAD_ADDRESS, NO_HOST, DISABLED, MOVED = "user-unknown", "bad-address", "no-host", "disabled", "moved"
MAILBOX_FULL, TOO_BIG, EXPIRED, NETWORK, POLICY = "mailbox-full", "too-big", "expired", "network", "policy"
SPAM, DMARC, LOOP, THROTTLED, CONTENT, SYSTEM, OTHER = (
    "spam-rejected",
    "dmarc",
    "mail-loop",
    "throttled",
    "content",
    "system",
    "other",
)
DELAYED, DELIVERED, QUOTA = "delayed", "delivered", "over-quota"

COUNTS = frozenset({USER_UNKNOWN, BAD_ADDRESS, NO_HOST, DISABLED, MOVED})

# exact enhanced codes that say it all (RFC 3463, RFC 7372, RFC 7505, and the providers' own), whatever the text
BY_CODE: dict[str, str] = {
    "1.1": USER_UNKNOWN,
    "1.10": USER_UNKNOWN,  # RFC 7505 null MX, Exchange RecipientNotFound
    "1.2": NO_HOST,
    "1.3": BAD_ADDRESS,
    "1.6": MOVED,
    "2.1": DISABLED,
    "2.2": MAILBOX_FULL,
    "2.3": TOO_BIG,
    "3.4": TOO_BIG,
    "4.6": LOOP,
    "4.7": EXPIRED,
    "7.23": DMARC,
    "7.24": DMARC,
    "7.26": DMARC,
    "7.515": DMARC,
    "7.28": THROTTLED,
}

# the sender's fault, whatever else the line says (BNC-5)
SENDERS_FAULT = (
    r"after mail from|in reply to (?:mail from|ehlo|helo)|invalid ip\b|groups\.google\.com|"
    r"\b(?:ip|network|client|source)[ -]?(?:address)?\b.{0,60}\b(?:blocked|denied|rejected|refused|banned|not allowed)|access from .{0,60}\b(?:blocked|denied)|reverse dns|\bptr\b|\brdns\b|\bhelo\b|my name was rejected|unable to relay|relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:allowed|permitted))|(?:do(?:es)? not|cannot) relay"
    r"|(?:sender|mail ?from|envelope[- ]from|return[- ]path)\b(?:'s)?.{0,60}\b(?:rejected|refused|denied|blocked|not (?:allowed|exist|found|verified|permitted)|invalid|verify|does ?n[o']t)|not (?:allowed|permitted|authori[sz]ed) to (?:send|post|submit)|unauthori[sz]ed sender|not have permission|no permission to|recipient preferences"
    r"|your (?:e-?mail |mail |smtp )?(?:address|server|domain|host|account|ip)\b.{0,40}\b(?:blocked|denied|rejected|refused|banned|suspended)"
)  # fmt: skip

# words of the diagnostic, read top-down; the first that is found decides
BY_TEXT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        # Exchange Online says this of users it does not know
        (USER_UNKNOWN, r"5\.4\.1 .{0,40}recipient address rejected: access denied|recipient ?not ?found|resolver\.adr|directory.based edge blocking"),
        (DMARC, r"\bdmarc\b|domain-based message auth|spf (?:check|validation)? ?fail|dkim.{0,20}fail|unauthenticated (?:e-?mail|email) from|sender (?:id|policy framework)"),
        (MAILBOX_FULL, r"mail ?(?:box|fold?er|drop|store)(?:'s)?\s*(?:for .{1,60} )?(?:is |was )?(?:currently )?(?:over ?)?(?:full|exceed)|over ?quota|quota (?:is )?(?:exceed|violat|full|reach)|exceed\w*\s+.{0,30}quota"
                       r"|(?:disk|mail(?:box)?|storage|user)\s+quota|insufficient (?:system |disk )?(?:storage|space)|storage (?:limit|allocation)|out of (?:disk )?(?:space|storage)|not enough (?:disk )?(?:space|storage)"
                       r"|too much mail|box space not enough|full mailbox|boîte (?:aux lettres |de réception )?(?:est )?pleine|postfach (?:ist )?(?:über)?voll|(?:buzón|bandeja de entrada) (?:está )?llen[oa]|casella (?:di posta )?(?:è )?piena|caixa (?:postal|de (?:correio|entrada)) (?:está )?cheia|postvak (?:is )?vol\b|skrzynka (?:jest )?(?:pełna|przepełniona)|(?:brevlådan|postkassen|innboksen|indbakken) (?:är|er) full|邮箱已满|空间不足|容量を超え|переполнен|mailbox has exceeded|exdiskquota|inbox (?:is )?full|user is over|mailbox lleno|overdrawn .{0,20}quota"),
        (TOO_BIG, r"(?:message|mail|size).{0,40}(?:too (?:big|large)|exceed\w* .{0,30}(?:size|limit|maximum))|exceeded maximum inbound message size|message size|size limit|exceeds (?:the )?max"),
        (LOOP, r"too many hops|mail(?:ing)? loop|looping|routing loop|hop count"),
        (SPAM, r"\bspam|unsolicited|blacklist|black list|blocklist|block list|\brbl\b|dnsbl|dnsrbl|spamhaus|spamcop|barracuda|senderbase|poor reputation|reputation|blocked (?:for abuse|using|by)|junk mail|bulk mail|\buce\b|content (?:rejected|filter)"),
        (POLICY, SENDERS_FAULT),
        (DISABLED, r"(?:account|mailbox|user|address|recipient)\b.{0,40}\b(?:disabled|inactive|suspended|discontinued|deactivated|locked|expired|closed|terminated|not active|frozen|blocked)|(?:disabled|inactive|suspended) (?:account|user|mailbox)"
                   r"|no longer (?:active|in use|valid|available|works?|employed|accept|monitored|exist)|not been collected"),
        (MOVED, r"user has moved|has moved to|address (?:has )?changed|please (?:use|forward to) the new address"),
        (THROTTLED, r"too many (?:connections|messages|recipients|emails)|rate limit|throttl|try again later.{0,40}(?:greylist|rate)|grey ?list|gr[ae]ylisted|deferred due to|unusual (?:rate|amount|sending)|receiving mail at a rate"),
        (USER_UNKNOWN, r"unknown (?:or illegal )?(?:user|recipient|local|address|alias|mailbox|account|e-?mail)|(?:user|recipient|address|mailbox|account|addressee|alias|login|person|destination)\b.{0,60}\b(?:is )?(?:unknown|not known|not found|invalid|not exist|not listed|not valid|nonexist\w*|not recogni[sz]ed|is wrong)"
                       r"|no (?:such|valid) (?:user|recipient|mail ?box|person|address|account|local|addr|domain user|customer|email|id)|(?:does|do|did) ?n[o']t (?:have (?:a|an)? ?.{0,60}account|exist|match|have a final)|dos?e?snt? exist|dosn['’]t exist|could(?: not|n['’]t) be found|wasn['’]t found|mailbox\b.{0,60}\bunavailable|not a (?:known|valid|registered|local) (?:user|recipient|mailbox|gateway)"
                       r"|invalid (?:recipient|user|mailbox|address|final|local)|no (?:mail ?box|account) (?:here|by|found|available)|non-?existent (?:user|recipient|mailbox|account)|bad[ _]recipient|mail-?box (?:not found|unavailable|not available|does not exist|unknown|invalid)|unrouteable address|unknown or illegal|not our customer|bad destination mailbox|illegal alias"
                       r"|no match(?:es)?\b|not exactly match|not recogni[sz]ed|nosuchuser|unknown\.?\s*$|user not|n'existe pas|inconnu|unbekannt|nicht gefunden|existiert nicht|no existe|desconocid|non esiste|sconosciut|não existe|desconhecid|bestaat niet|onbekend|nie istnieje|не существует|не найден|invalid mailbox|okänd|ukendt|ukjent|findes ikke|finnes ikke|finns inte|nicht vorhanden|neexistuje|nie ma takiego|tuntematon|ei löydy|nem létezik|nu există|kullanıcı yok|bulunamadı|não foi encontrad|no se ha encontrado|n'a pas été trouvé|niet gevonden|无此用户|不存在|存在しません|見つかりません|リストにありません|宛先不明|あて先不明|該当するユーザ|ユーザー?(?:は|が)?(?:不明|いません|おりません)|알 수 없는 (?:사용자|수신자)|존재하지 않는"
                       r"|not accepting mail|undisclosed address|550 5\.1\.1|account (?:that you tried to reach )?(?:does not|is not) |ruleset|deactivated"),
        # a name server that stumbles says nothing about the name
        (NETWORK, r"name ?server reply|host not found, try again|(?:dns|name ?server|lookup|resolv\w+).{0,40}(?:try again|timed? ?out|temporar|servfail)|(?:temporar\w*|transient) .{0,30}(?:dns|name|lookup)"),
        (NO_HOST, r"(?:host|domain|name).{0,30}(?:not found|unknown|does ?n[o']t exist|lookup fail|could not be found|no such)|unknown (?:host|domain)|(?:no such|invalid) (?:host|domain)|name or service not known|no mx|nxdomain|unrouteable mail domain|domain name not found|no route to host|bad destination host|couldn't find (?:any host|a mail exchanger)|indicated no smtp service|dns error|not resolve|could not find a gateway|illegal host|host name lookup|null ?mx|does not accept mail"),
        (EXPIRED, r"(?:queue|delivery|message|time|period).{0,30}expired|maximum-time|too long|retry time|retry (?:limit|timeout)|gave up|given up|giv(?:e|ing) up|not be delivered (?:within|after)|not delivered (?:with)?in|within \d+ (?:day|hour)|maximum delivery attempts|delivery attempts|expire|allowed queue period|failed \d+ attempts|failing for a long time"),
        (NETWORK, r"connection (?:refused|timed|reset|lost|dropped|was dropped|closed|failed|to mail exchanger failed)|timed? ?out|timeout|unable to connect|could not connect|can't connect|network|not respond|unreachable|no answer|not reachable|establish an smtp connection|cannot connect|server (?:unavailable|busy|is down|did not)|temporar"),
        (POLICY, r"polic(?:y|ies)|not (?:allowed|permitted|authori[sz]ed)|denied|prohibited|relay|rejected|blocked|refused|forbidden|authentication required|administratively|not accept|security|no resent-from|restricted|must (?:be|have)"),
        (CONTENT, r"virus|malware|attachment|content|conversion|8bit"),
        (SYSTEM, r"command died|config|internal error|server error|system (?:error|failure)|i/o error|local error|permission|can't create|temporary failure|bug|processing|transient"),
    )
)  # fmt: skip

# the class of the enhanced code where neither table knows more; x.1.7 and x.1.8 are about the sender's address
BY_SUBJECT = {"1": OTHER, "2": OTHER, "3": SYSTEM, "4": NETWORK, "5": SYSTEM, "6": CONTENT, "7": POLICY}

# nobody says this of a living address; only this holds against a code that speaks of a policy
PLAIN = re.compile(
    r"(?i)(?:user|recipient|mailbox|account|addressee)\s+(?:is )?(?:unknown|not found|not known|does ?n[o']t exist|invalid)|"
    r"(?:unknown|no such|invalid|non-?existent) (?:local )?(?:user|recipient|mail ?box|person|account|addressee)|no (?:mail ?box|account) (?:here|by|found|available)|"
    r"mail-?box not found|"
    r"(?:account|address|mailbox|user)\b.{0,60}\b(?:does not exist|doesn't exist|no longer exist)|not a (?:known|valid) user"
)
_SENDERS = re.compile(r"(?i)\b(?:sender|mail from)\b")
_CODES = re.compile(r"(?<![\d.])5\.(\d{1,3}\.\d{1,3})(?![\d.])")
# what takes the weight from a code that counts
_KINDER = frozenset({POLICY, DMARC, MAILBOX_FULL, TOO_BIG, LOOP, SPAM, THROTTLED})
# what an appliance puts before every refusal, whatever it was
_EMPTY_WORDS = re.compile(r"(?i)unknown address error|recipient e-?mail address is possibly incorrect")

# a person or a server may be called spam, dmarc or virus; Chinese and Japanese go on behind an address without a space
_NAMES = re.compile(r"(?i)[^\s<>\"'(\u3000-\u303f\uff00-\uffef]{1,64}@[^\s<>\"'),;:\u3000-\u9fff\uac00-\uffef]{1,255}|\bhost [^\s\[]{1,255}\[[^\]\s]{1,60}\] (?=said|refused)")


def reason_of(status: str, diagnostic: str) -> str:
    """The reason for an enhanced status (`5.1.1` or empty) and the words that came with it."""
    return judged(status, diagnostic)[0]


def judged(status: str, diagnostic: str) -> tuple[str, str]:
    """The reason, and which row decided: a code, or the words that were found."""
    tail = status[2:]
    words = _NAMES.sub(" someone ", _EMPTY_WORDS.sub(" ", " ".join(diagnostic[:1500].split())))
    if tail == "4.1" and re.search(r"(?i)recipient address rejected: access denied", words):
        return USER_UNKNOWN, "Exchange Online's words for it"
    coded = BY_CODE.get(tail, "")
    by_code = f"the code x.{tail}"
    if coded and coded not in COUNTS:
        return coded, by_code
    plain = PLAIN.search(words) is not None and not _SENDERS.search(words)
    if coded:
        return (coded, by_code) if plain else _kinder(words) or (coded, by_code)
    if tail in ("1.7", "1.8"):  # RFC 3463 3.2: the sender's mailbox, the sender's system
        return POLICY, f"{by_code}, which is about the sender"
    about_policy = tail[:2] in ("6.", "7.")
    for reason, pattern in BY_TEXT:
        found = pattern.search(words)
        if found and (not about_policy or plain or reason not in COUNTS or reason == DISABLED):
            return reason, f"the words “{found[0][:40]}”"
    return BY_SUBJECT.get(tail[:1], OTHER), f"the class of the code, x.{tail[0]}" if tail[:1] in BY_SUBJECT else "no row"


def _kinder(words: str) -> tuple[str, str] | None:
    """What else the words give as the reason: another code, or a refusal that says nothing about the person."""
    for code in _CODES.findall(words):
        other = BY_CODE.get(code, POLICY if code.startswith("7.") else "")
        if other and other not in COUNTS:
            return other, f"the code {code} in the words"
    for reason, pattern in BY_TEXT:
        if reason == POLICY and pattern.pattern != SENDERS_FAULT:
            return None  # "rejected" and its like say nothing
        if reason in _KINDER and (found := pattern.search(words[:600])):
            return reason, f"the kinder words “{found[0][:40]}”"
    return None


# the recipient's side asks who we are before it takes anything: nothing is given up
_ASKS = re.compile(
    r"(?i)(?:server|sender|message|address) (?:requires|needs|awaits) (?:confirmation|verification|approval)|not pre-?approved|to confirm (?:this|your) (?:mail server|address|message)|guest list|waitlisted"
)


def is_permanent(action: str, status: str, words: str = "") -> bool:
    """Only `failed` can be (BNC-4), and a failed action with 4.x.x is a soft failure; with 2.x.x it is none, nor is a
    challenge in the diagnostic."""
    return action == "failed" and not status.startswith(("2", "4")) and not _ASKS.search(words[:1500])


def counts(permanent: bool, reason: str) -> bool:
    """Is this evidence against the address?"""
    return permanent and reason in COUNTS

"""Bounces that are only words: qmail, Exim, Exchange, Notes, and the providers' own (BNC-9).

Two questions: does this text say that a delivery failed (or waits), and for whom? The notice is cut off where the returned
message begins; in it every address gets a rank by how it stands there, and the best rank wins. What is found here is
a hint: only our own tag, or a report's fields, say it for certain.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.message import dsn, encoded, reasons
from mailer.message.address import key, parse_address
from mailer.message.parts import Part
from mailer.message.values import Bounce

MAX_NOTICE = 30_000
MAX_LINES = 400

DAEMONS = re.compile(
    r"(?i)^(?:mailer-?daemon|mail-?daemon|maildaemon|mdaemon|post[_.-]?master|postmast|mail[._ -]?delivery[._ -]?(?:system|subsystem|service)|ndr|mailerdaemon|bounces?|"
    r"microsoftexchange[0-9a-f]{10,}|double-bounce|mail-?system|smtp-?gateway|e500_smtp_mail_service|symantec_antivirus.*|imss|administrator|mailadmin|mailadm|mmdf|smtp)(?:[+=-].*)?$"
)
DAEMON_NAMES = re.compile(
    r"(?i)mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|mail administrator|system administrator|\bpostmaster\b|microsoft outlook|microsoft exchange|mail system|jetmail|"
    r"inetmail|internet mail delivery|mail router|mail service|email delivery|administrateur|systemadministrator|mailsystem|mail error|зустел|доставк"
)
SUBJECTS = re.compile(
    r"(?i)undeliver|returned (?:e-?)?mail|mail (?:system )?error|failure notice|delivery (?:status )?(?:notification|failure|failed|problem|report|error|has failed|unsuccessful|incomplete)|(?:delivery|message|mail) .{0,20}(?:failure|failed|fail\b)|"
    r"(?:could|can) ?not (?:be )?(?:deliver|sent)|not (?:be )?delivered|non[- ]delivery|nondeliver|non remis|message delayed|delayed mail|mail .{0,20}delayed|warning: (?:message|could not send|.{1,60}user unknown)|still being retried|delivery (?:warning|delay|notification)|"
    r"returning message|message status|mail delivery status|no se puede entregar|não é possível entregar|ei voitu toimittaa|kan ikke leveres|ikke levert|kan niet worden (?:bezorgd|afgeleverd)|non consegnat|impossibile recapitare|automatically rejected|user unknown|unknown (?:user|recipient)|processing error|rejected mail|bounce|echec de (?:la )?(?:distribution|remise)|échec|non distribu|non recapitabil|mancato recapito|mancata consegna|unzustellbar|zustellung|fehlgeschlagen|"
    r"nicht zugestellt|nicht zustellbar|no se (?:ha )?(?:podido )?entreg|no entregad|devuelto|error de entrega|falha na entrega|não (?:foi )?entreg|devolvid|mensagem n|onbestelbaar|niet (?:afgeleverd|bezorgd)|olevererbar|kunde inte levereras|ikke leveres|"
    r"mislukte|niedostarcz|nie dostarczon|nie można dostarczyć|zwrot|недостав|не доставлен|не может быть доставлен|недоставка|не удалось доставить|nedoru|kézbesít|iletilemedi|teslim edilemedi|배달|退信|退回|传输失败|傳輸失敗|无法投递|無法傳遞|配信不能|配送不能|配信できません|エラー|toimittamatta|perille"
)
# first words of a notice; a row each for the families that write them
NOTICES = re.compile(
    r"(?i)no ha llegado a|no se ha entregado|obtener acceso a los siguientes|não chegou a|não é possível contactar|niet bereikt|nådde inte|gick inte att nå|blev ikke leveret|ble ikke levert|nådde ikke|nie dotarł|nie można było|"
    r"nicht erreicht|wurde nicht an .{1,120} zugestellt|nebylo možné doručit|nepodařilo (?:se )?doručit|ei voitu toimittaa|ei tavoittanut|teslim edilemedi|ulaşmadı|nem sikerült kézbesíteni|nem érte el|nu a putut fi livrat|не дошло|не доставлено|не вдалося достав|impossible de joindre|impossibile raggiungere|"
    r"this is the (?:qmail|postfix|deliver|mail|smtp|courier|.{0,30}) ?(?:-send )?program|hi\. (?:this is the|the mta)|i'?m afraid i was ?n[o']t able to deliver|(?:was|were|am|are|is) (?:not able|unable) to (?:deliver|be delivered)|"
    r"(?:could|can|did|do|does|has|have|had|was|were|would|will)(?: ?not|n['’]t| no longer) (?:yet )?(?:be(?:en)? )?(?:able to be )?(?:successfully )?(?:deliver|reach)(?:ed)?\b.{0,60}|not delivered to|undeliverable|undelivered|unable to deliver|"
    r"delivery (?:to|of|for) (?:the |this |your |one )?.{0,80}(?:failed|delayed|postponed|aborted|was not|has been)|delivery (?:has )?failed|failed (?:to deliver|recipient|address)|failed \d+ attempts|addresses? failed|permanent (?:fatal )?(?:delivery )?error|"
    r"had (?:permanent|transient|temporary|delivery|non-fatal)|delivery (?:problem|failure|error|status notification)|returned (?:to (?:you|sender)|because|mail|message)|did not (?:reach|receive)|was automatically rejected|(?:was|been) (?:rejected|returned|refused) (?:by|because|for)|"
    r"unknown user|user unknown|no such user|invalid final delivery|mailbox is full|intended recipient:|error description|recipient(?:s|\(s\))? could not|message could not be|not been delivered|"
    r"n'a pas (?:pu|été) (?:[eê]tre )?(?:d[eé]livr|remis|distrib|transmis)|nicht (?:zugestellt|ausgeliefert|übermittelt)|konnte nicht|no pudo ser (?:entregado|enviad)|no se pudo entregar|no ha podido|non (?:è stato|può|e' stato) (?:possibile )?(?:recapitat|consegn)|não (?:pôde|foi|pode) (?:ser )?entreg|nao pode ser|"
    r"kon niet|niet worden (?:afgeleverd|bezorgd)|nie (?:mogła|została|można) .{0,30}dostarcz|kunde inte|kunne ikke|не (?:может|удалось|было|была) .{0,40}доставл|невозможно доставить|недоставлен|"
    r"配信できませんでした|送信できません|届けられません|配信不能|无法投递|無法|不能投递|无法送达|无法发送|邮件无法|投递失败|退信|배달되지|can ?not be delivered|error occurred while trying to deliver|delivery incomplete|temporary problem delivering|did not exactly match|does not have a|is no longer|error was detected|original message was received at|session transcript|transcript of session"
)
DELAYS = re.compile(
    r"(?i)has been (?:quarantined|held)|held for (?:review|moderation|approval)|has (?:been )?(?:delayed|postponed)|been delayed|not yet been|still (?:being )?(?:retried|trying|awaiting)|will (?:continue|be retried|keep trying|be attempted)|attempts? will (?:continue|be made)|continue to (?:try|attempt|be made)|"
    r"warning (?:message )?only|will retry for|delivery incomplete|temporary problem delivering|volverá a intentar|versucht es weiter|réessaiera|just a warning|do not (?:need to )?resend|no action is required|delayed mail|message delayed|delivery warning|will try again|attempts will|temporarily|wird weiter versucht|noch nicht zugestellt|n'a pas encore|todavía no|ancora"
)
_RETURNED = re.compile(
    r"(?im)^[ \t>*_=-]{0,100}(?:below (?:this|the next) line is a copy|(?:this|here) is a copy of (?:the|your)|here is a copy|original message (?:follows|attached|as received|headers?)|(?:the )?original message (?:is attached|follows)|message header follows|message text follows|header of the source mail|"
    r"the headers? of the original message|included is a copy|your message reads|a copy of the original message|the first \d+ lines|original message\s*-{2,}|returned (?:mail|message) (?:follows|-)|returned mail\s*-{2,}|start of returned message|unsent message below|the header and top|mensaje original|attachment is a copy|"
    r"a summary of the undelivered|below is a copy|copy of (?:your|the) message|undelivered message|message headers? follow|forwarded message|headers of the (?:original|undelivered)|begin(?:ning)? of (?:the )?original|returned message below|ursprüngliche nachricht|orig(?:inal)? message\b|the original message headers|"
    r"message d'origine|unterhalb dieser zeile|received: ?(?:from|by) |return-path: ?<|x-originating-ip: |mime-version: 1\.0)"
)
_ANY = re.compile(
    r"(?<![\w.+=@/-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\uffff-]{1,64}@[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9.\u0080-\uffff-]{0,250}[A-Za-z0-9\u0080-\uffff])"
)
_ALONE = re.compile(
    r"^[\s*>•·\-–\"'<\[(]*(?:(?:smtp|mailto|rfc822)[:;])?\s*<?([^\s<>]+@[^\s<>]+?)>?[\])]?[\s\"'>:;,.*]*(?:\(.{0,120}\))?$"
)
_FIELD = re.compile(r"\s*[A-Za-z-]{2,30}[ \t]*:")
_SAID_OF = re.compile(r"\s*<?[^\s<>]+@[^\s<>]+>?:\s*\S")
_HEADED = re.compile(
    r"^[\s*>•·\-–]*[\"'<\[]*(?:smtp:)?([^\s<>\"\[\]]+@[^\s<>\"\[\]]+?)[\"'>\])]*\s*(?::|;|\.\.\.|\s-\s|\s+on\s|,?\s+(?:\(|failed|was|is|does|user|no such|mailbox|unknown|has|not|recipient|5\d\d|4\d\d|delivery|could|can|remote))"
)
_REPLIED = re.compile(r"^\s*[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?<?$")  # sendmail: `550 5.1.1 <jane@x.example>... User unknown`
_NAMED = re.compile(
    r"(?i)(?:rcpt to:\s*|recipients?(?:'s)?(?: address(?:es)?)?\s*[:=]\s*|failed (?:recipient|address)\s*:\s*|address\s*:\s*|error-for:\s*|attempts:\s*|undeliverable\s+to:?\s*|(?:unknown|invalid) (?:user|recipient|final delivery userid)s?\s*:?\s*|delivered to:?\s*|"
    r"to (?:the )?(?:following )?(?:local )?(?:user|address|recipient|e-?mail)(?: address)?s?:?\s*|intended recipient:?\s*|(?:mail|message) to:?\s*|deliver(?:ed|y)? [^.]{0,30}to:?\s*|addressed(?: to:?|,)?\s*|generated from\s*|expanded from:?\s*|mailbox(?: is full)?:?\s*|local mailbox\s*|user\s*|dda:smtp=|quota violation for\s*|recipient:?\s*|"
    r"destinataire\s*:?\s*|empfänger\s*:?\s*|destinatario\s*:?\s*|adres\s*:?\s*|original address:\s*|account=)[\"'<\[(]*$"
)
_ASIDE = re.compile(
    r"(?i)contact\b|\bsenders?\b\s*(?:address)?\s*[:=]|assistance|please (?:e-?mail|write|forward|(?:re-?)?send|reply|include|try|use|ask)|help ?desk|questions|administrator|abuse@|support|report (?:this|to)|message-?id|^\s*from\s*:|^\s*sender\s*:|mail from:?\s|from:? *<|sent by|reply-to|for (?:further|more|help|information)|you (?:can|may)|^\s*date:|^\s*subject:|try (?:emailing|sending)|"
    r"visit|http|^\s*id\b|sent from|alternative|instead|new address|e\.g\.|relay=|by postmaster|following error|by way of|header\.|envelope-from"
)
_INSTEAD = re.compile(r"(?i)[>)\]]*,?\s*(?:instead|from now on|in (?:the )?future|is (?:my|his|her|their|the) new)\b")
_EXPANDED = re.compile(
    r"(?i)\(?(?:expanded|generated|originally addressed) (?:from|to):?\s*<?([^\s<>()]+@[^\s<>()]+)>?\)?"
)


def notice_of(text: str) -> str:
    """The words of the daemon itself: what stands before the returned message."""
    text = text[:MAX_NOTICE]
    for found in _RETURNED.finditer(text):
        if _ANY.search(text[: found.start()]) or found.start() > 200:
            return text[: found.start()]
    return text


def from_daemon(root: Part) -> str:
    """Words for why this comes from a mail system, empty if nothing says so."""
    path = root.get("return-path")
    sender = encoded.text_of(root.get("from") or "")
    if root.get("from") is not None and (not sender or sender.rstrip().endswith("<>")):
        return "an empty From"
    address = (_ANY.search(sender) or re.search(r"^.*$", sender) or [""])[0]
    local = address.rpartition("@")[0].strip("<\"' ") or address.strip("<>\"' ")
    if DAEMONS.match(local):
        return f"From {local[:40]}"
    if DAEMON_NAMES.search(sender.partition("<")[0] if "<" in sender else sender):
        return f"From {sender[:40]}"
    if path is not None and DAEMONS.match(path.strip("<> \t").partition("@")[0]):
        return f"return path {path[:40]}"
    return "a null return path" if path is not None and path.strip() == "<>" else ""


# what a notice says that tells of no failure: it went well, it waits for somebody, or it is not about mail
_WENT_WELL = re.compile(
    r"(?i)(?:has been|have been|was|were) (?:successfully )?(?:delivered|relayed|expanded|forwarded)\b|successful(?:ly)? (?:mail )?deliver|delivery .{0,60}\bis complete\b|\bwill be delivered\b|erfolgreich zugestellt|a été remis\b|ha sido entregado|è stato consegnato"
)
_WELL_TITLED = re.compile(r"(?i)^\W*(?:successful|delivered|relayed|expanded|zugestellt|remis|entregado|consegnato)\b")
_NO_MAIL = re.compile(
    r"(?i)\b(?:parcel|package|item|shipment|courier|driver|sendung|paket|colis|paquete)s?\b.{0,80}$|\byour (?:own )?(?:mailbox|inbox|quota)\b.{0,40}$"
)
_PLENTY = re.compile(r"(?i)\b(?:undelivered|undeliverable|incoming|pending|held) (?:e-?mails|messages)\b")  # somebody wants a click
# of a mailbox or an account, but not yet of a delivery: a null sender alone makes these no bounce
_OF_A_MAILBOX = re.compile(r"(?i)^(?:is no longer|does not have a|mailbox is full|error was detected)")
# a person tells of a bounce, or passes one on
_PERSONAL = re.compile(r"(?i)\b(?:i|i['’]ve|i['’]d|i['’]m(?! (?:sorry|afraid))|my|me|mine)\b(?!['’])|^\s*(?:hi|hello|dear|hallo|bonjour)\b(?!\W{1,3}(?:this is|the mta))")
_PASSED_ON = re.compile(r"(?im)^[ \t>*_]*(?:-{2,}.{0,40}(?:forwarded|original) message|begin forwarded message|(?:from|von|de|da|van|oddi wrth)[ \t]*:[ \t*]*\S)|^>")


def _by_a_person(root: Part, text: str, said: re.Match[str]) -> bool:
    """Does somebody tell of a bounce in his own words, or pass one on below them?"""
    words = text[: said.end() + 200]
    if _PASSED_ON.search(text[: said.end()]) or _PERSONAL.search(words) or "?" in text[: said.end()]:
        return True
    return any(from_daemon(head) not in ("", "a null return path") for head in dsn.originals(root)[:3])


_REPLY_PREFIX = re.compile(r"(?i)^\s*(?:re|fwd?|fw|aw|wg|sv|vs|tr|rv|antw)\s*(?:\[\d+\])?\s*:")


def looks_like_bounce(root: Part, text: str, machine: str = "") -> str:
    """Words for which signs make this a bounce, empty if it is none; `machine` says why it is automatic, if it is."""
    failed = encoded.clean(root.get("x-failed-recipients") or "")
    daemon = from_daemon(root)
    null = "null" in daemon
    subject = encoded.text_of(root.get("subject") or "")[:300]
    answered = _REPLY_PREFIX.match(subject) is not None
    notice = notice_of(text)
    said = NOTICES.search(notice[:6000]) or DELAYS.search(notice[:3000])
    titled = SUBJECTS.search(subject)
    if failed and (daemon or titled or said):
        return "X-Failed-Recipients"
    if said and (_NO_MAIL.search(notice[max(0, said.start() - 100) : said.end()]) or _PLENTY.search(notice[: said.end() + 20])):
        said = None
    if _WELL_TITLED.match(subject) or (not said and _WENT_WELL.search(notice[:2000])):
        return ""
    returned = bool(dsn.originals(root)) or _RETURNED.search(text[:MAX_NOTICE]) is not None
    if null and not titled and not returned and said and (machine.startswith("subject") or _OF_A_MAILBOX.match(said[0])):
        return ""
    if daemon and not machine and answered and root.get("in-reply-to") and not returned and _ranked(notice, set())[1] > 1:
        return ""  # a postmaster is a person too
    if daemon and said and not (answered and not titled and null and not _ANY.search(notice)):
        return f"{daemon}, and its words: {said[0][:50]}"
    if _PLENTY.search(subject):
        return ""
    if daemon and titled and not answered and not null:
        return f"{daemon}, and its subject: {titled[0][:50]}"
    if daemon and titled and not answered and returned:
        return f"{daemon}, its subject and a returned message"
    if not said or _by_a_person(root, notice, said) or (root.get("list-unsubscribe") and not dsn.originals(root)):
        return ""
    named = _ranked(notice, set())[1] < 2
    if titled and not answered and root.get("in-reply-to") is None and (returned or named):
        return f"subject and words of a delivery failure: {titled[0][:30]}"
    if (
        answered
        and named
        and said.start() < 120
        and re.search(r"(?i)delivery failed|non remis|undeliver|not delivered", subject)
    ):
        return "subject and words of a delivery failure"
    return ""


def find(root: Part, text: str, avoid: set[str]) -> tuple[list[Bounce], bool]:
    """The recipients that the words name, and whether they stand where only recipients do; `avoid` are addresses (by key) that are never meant: the sender's and ours."""
    notice = notice_of(text)
    subject = encoded.text_of(root.get("subject") or "")
    delayed = bool(DELAYS.search(notice) or DELAYS.search(subject)) and not re.search(
        r"(?i)permanent(?:ly)? (?:error|fail)|given up|not going to try|(?<!non-)fatal error", notice
    )
    addresses, rank = _ranked(notice, avoid)
    sure = bool(addresses) and rank < 3
    failed = _x_failed(root)
    if failed:
        near = {key(a): words for a, words in addresses.items()}
        addresses, sure = {a: near.get(key(a), "") for a in failed}, True
    if not addresses:
        titled = [a for a in _ANY.findall(subject) if key(a) not in avoid]
        addresses = dict.fromkeys(titled, notice)
    if not addresses:
        addresses = _partial(root, notice) or _original_to(root, text)
    return _told(addresses, notice, delayed), sure


def find_heading(text: str, avoid: set[str]) -> list[Bounce]:
    """Recipients that head what is said of them (`<jane@x.example>: ...`), for a notice that names nobody else."""
    notice = notice_of(text)
    addresses, rank = _ranked(notice, avoid)
    headed = {a: near for a, near in addresses.items() if _SAID_OF.match(near)}
    return _told(headed, notice, DELAYS.search(notice) is not None) if rank == 0 else []


def explained(text: str, bounces: list[Bounce]) -> list[Bounce]:
    """A report whose fields give no diagnostic: what its notice says of the same recipient."""
    if not any(b.action == "failed" and not b.diagnostic and b.reason == reasons.OTHER for b in bounces):
        return bounces
    said, _ = _ranked(notice_of(text), set())
    near = {key(a): words for a, words in said.items()}
    told: list[Bounce] = []
    for b in bounces:
        words = near.get(key(b.address), "") if b.reason == reasons.OTHER and not b.diagnostic else ""
        if words and b.action == "failed":
            reason = reasons.reason_of(dsn.status_of(b.status, words), words)
            b = replace(b, reason=reason, diagnostic=encoded.clean(words)[:500])
        told.append(b)
    return told


def _told(addresses: dict[str, str], notice: str, delayed: bool) -> list[Bounce]:
    """What is said near each of these addresses, else in the whole notice."""
    found: list[Bounce] = []
    for address, near in addresses.items():
        words = near or notice
        status = dsn.status_of("", words) or ("4.0.0" if delayed else "")
        reason = reasons.reason_of(status, words)
        if reason == reasons.OTHER:
            status_all = dsn.status_of("", notice)
            reason = reasons.reason_of(status or status_all, notice)
            status = status or status_all
        action = "delayed" if delayed else "failed"
        if delayed and reason in (reasons.OTHER, reasons.NETWORK, reasons.SYSTEM):
            reason = reasons.DELAYED
        found.append(
            Bounce(
                address, status, action, reasons.is_permanent(action, status, words), reason, encoded.clean(words)[:500], True
            )
        )
    return found[: dsn.MAX_RECIPIENTS]


def _x_failed(root: Part) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in root.all("x-failed-recipients")[:20]:
        for address in re.split(r"[,\s]+", encoded.clean(value)):
            if parse_address(address):
                found.setdefault(address, "")
    return found


def _ranked(notice: str, avoid: set[str]) -> tuple[dict[str, str], int]:
    """Addresses of the best rank, and that rank: 0 alone on or heading a line, 1 after a telling word, 2 before `...`,
    3 anywhere, 4 after `To:`, which may be a copied field."""
    ranks: dict[str, tuple[int, str, str]] = {}
    lines = notice.split("\n")[:MAX_LINES]
    originals: set[str] = set()
    asides: set[str] = set()
    for i, line in enumerate(lines):
        line = line[:600]
        if "@" not in line and "=" not in line:
            continue
        for found in list(_ANY.finditer(line))[:20]:
            address = re.sub(r"(?i)^smtp[=:]", "", found[0].strip(".'`*"))
            if key(address) in avoid or not parse_address(address):
                continue
            before = line[: found.start()]
            expanded = _EXPANDED.search(line)
            if expanded and address in expanded[1]:
                originals.add(key(address))
            if (_ASIDE.search(before) and not _NAMED.search(before)) or _INSTEAD.match(line[found.end() :]):
                asides.add(key(address))
                continue
            if _ALONE.match(line) or ((headed := _HEADED.match(line)) and headed[1].strip(".'`*\"<>:") == address):
                rank = 0
            elif _NAMED.search(before) or (
                before.endswith("<") and len(before) < 80 and not line[found.end() :].strip(" >.,;:")
            ):
                rank = 1
            elif (
                before.rstrip().endswith("<")
                and line[found.end() :].lstrip().startswith(">")
                and not before.strip(" <*-")
            ):
                rank = 0
            elif re.match(r"\s*>?\s*\.\.\.", line[found.end() :]):
                rank = 1 if _REPLIED.match(before) else 2
            else:
                rank = 3
            if rank > 1 and i and not _FIELD.match(before):
                sentence = f"{lines[i - 1][-200:]} {before}".rpartition(". ")[2]  # it may have begun a line above
                if _ASIDE.search(sentence):
                    asides.add(key(address))
            if key(address) in asides and not _SAID_OF.match(line):  # whom to ask for help
                continue
            near = "\n".join(_about(lines, i, address))
            have = ranks.get(key(address))
            if have is None or rank < have[0]:
                ranks[key(address)] = (rank, address, near)
    if not ranks:
        return {}, 9
    best = min(rank for rank, _, _ in ranks.values())
    limit = max(best, 1) if best <= 1 else best
    return {address: near for k, (rank, address, near) in ranks.items() if rank <= limit or k in originals}, best


def _about(lines: list[str], at: int, address: str) -> list[str]:
    """The line and what is said after it, up to the next address that heads a line; its own may, where lines were folded."""
    near = [lines[at][:600]]
    for line in lines[at + 1 : at + 8]:
        heads = _ALONE.match(line[:600]) or (_HEADED.match(line[:600]) if line.strip() else None)
        if heads and key(heads[1].strip(".'`*\"<>:")) != key(address):
            break
        near.append(line[:600])
    return near


def _partial(root: Part, notice: str) -> dict[str, str]:
    """AOL and others name only the local part: the domain is the daemon's own."""
    sender = _ANY.search(encoded.text_of(root.get("from") or ""))
    if not sender:
        return {}
    domain = sender[0].rpartition("@")[2].lower()
    found = re.search(
        r"(?im)(?:recipients?|address(?:es)?)[^\n]{0,160}(?:\n[^\n:]{0,100})?:\s*\n+((?:[ \t]+[A-Za-z0-9._-]{2,60}[ \t]*\n)+)",
        notice + "\n",
    )
    return {f"{local.strip()}@{domain}": notice for local in found[1].split("\n") if local.strip()} if found else {}


def _original_to(root: Part, text: str) -> dict[str, str]:
    """The one recipient of the returned original, if it has only one."""
    for head in dsn.originals(root):
        values = [v for v in (head.get("x-failed-recipients"), head.get("delivered-to"), head.get("to")) if v]
        for value in values:
            found = [a for a in _ANY.findall(encoded.text_of(value)) if parse_address(a)]
            if len(found) == 1:
                return {found[0]: ""}
    return {}

"""Is this mail a bounce in words? Who sends it, what its title and its first words say, and what only looks like one (BNC-9)."""

from __future__ import annotations

import re

from mailer.message import encoded
from mailer.message.automatic.signs import written_with
from mailer.message.automatic.words import ANSWER_PREFIX, SUBJECT_PARTS
from mailer.message.automatic.words import SUBJECTS as AWAY
from mailer.message.bounces.named import ANY, ranked
from mailer.message.bounces.returned import originals
from mailer.message.bounces.words import DAEMON_NAMES, DAEMONS, DELAYS, NOTICES, RETURNED, SUBJECTS
from mailer.message.parts import Part

MAX_NOTICE = 30_000


def notice_of(text: str) -> str:
    """The words of the daemon itself: what stands before the returned message."""
    text = text[:MAX_NOTICE]
    for found in RETURNED.finditer(text):
        if ANY.search(text[: found.start()]) or found.start() > 200:
            return text[: found.start()]
    return text


def from_daemon(root: Part) -> str:
    """Words for why this comes from a mail system, empty if nothing says so."""
    path = root.get("return-path")
    sender = encoded.text_of(root.get("from") or "")
    if root.get("from") is not None and (not sender or sender.rstrip().endswith("<>")):
        return "an empty From"
    address = (ANY.search(sender) or re.search(r"^.*$", sender) or [""])[0]
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
_REFUSED = re.compile(r"(?<![\d.])#?[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?![\d.])")  # RFC 3463 2
_OF_A_MAILBOX = re.compile(r"(?i)^(?:is no longer|does not have a|mailbox is full|error was detected)")
# a person tells of a bounce, or passes one on
_PERSONAL = re.compile(r"(?i)\b(?:i|i['’]ve|i['’]d|i['’]m(?! (?:sorry|afraid))|my|me|mine)\b(?!['’])|^\s*(?:hi|hello|dear|hallo|bonjour)\b(?!\W{1,3}(?:this is|the mta))")
_PASSED_ON = re.compile(r"(?im)^[ \t>*_]*(?:-{2,}.{0,40}(?:forwarded|original) message|begin forwarded message|(?:from|von|de|da|van|oddi wrth)[ \t]*:[ \t*]*\S)|^>")


def _by_a_person(root: Part, text: str, said: re.Match[str]) -> bool:
    """Does somebody tell of a bounce in his own words, or pass one on below them?"""
    words = text[: said.end() + 200]
    if _PASSED_ON.search(text[: said.end()]) or _PERSONAL.search(words) or "?" in text[: said.end()]:
        return True
    return any(from_daemon(head) not in ("", "a null return path") for head in originals(root)[:3])


# what writes about mail without being a mail system: a help desk's number in the title, a way out of a newsletter
_NUMBERED = re.compile(r"(?i)^\W{0,2}\[[^\]]{0,40}\d{2,}\]|\b(?:ticket|case|incident|request)\W{0,3}(?:id|number|no\.?)?\W{0,3}\d{2,}")
_SUBSCRIBED = re.compile(r"(?i)\bunsubscribe|view (?:this|it) in (?:your|a) browser|manage (?:your )?(?:e-?mail )?preferences|abbestellen|se désabonner|dad-?danysgrif")
_TITLED_AGAIN = re.compile(r"(?i)delivery failed|non remis|undeliver|not delivered")


def looks_like_bounce(root: Part, text: str, machine: str = "") -> str:
    """Words for which signs make this a bounce, empty if it is none; `machine` says why it is automatic, if it is."""
    failed = encoded.clean(root.get("x-failed-recipients") or "")
    daemon = from_daemon(root)
    null = "null" in daemon
    subject = encoded.text_of(root.get("subject") or "")[:300]
    answered = ANSWER_PREFIX.match(subject) is not None
    titled = SUBJECTS.search(subject)
    titled_again = answered and _TITLED_AGAIN.search(subject) is not None
    if not (failed or daemon or titled or titled_again):
        return ""  # words alone make no bounce, and looking for them in everybody's mail costs more than the rest of reading it
    notice = notice_of(text)
    said = NOTICES.search(notice[:6000]) or DELAYS.search(notice[:3000])
    if failed and (daemon or titled or said):
        return "X-Failed-Recipients"
    if said and (_NO_MAIL.search(notice[max(0, said.start() - 100) : said.end()]) or _PLENTY.search(notice[: said.end() + 20])):
        said = None
    if _WELL_TITLED.match(subject) or (not said and _WENT_WELL.search(notice[:2000])):
        return ""
    away = not answered and (AWAY.match(subject) or SUBJECT_PARTS.search(subject))
    returned = bool(originals(root)) or RETURNED.search(text[:MAX_NOTICE]) is not None
    if null and not titled and not returned and said and (away or _OF_A_MAILBOX.match(said[0])):
        return ""
    if daemon and not machine and answered and root.get("in-reply-to") and not returned and ranked(notice, set())[1] > 1:
        return ""  # a postmaster is a person too
    if daemon and said and not (answered and not titled and null and not ANY.search(notice)):
        return f"{daemon}, and its words: {said[0][:50]}"
    if _PLENTY.search(subject):
        return ""
    refused = _REFUSED.search(notice[:6000]) if daemon and (null or machine) and not answered else None
    if refused and ranked(notice, set())[1] < 2:
        return f"{daemon}, and a code of refusal: {refused[0]}"  # in whatever language its words are
    if daemon and titled and not answered and not null:
        return f"{daemon}, and its subject: {titled[0][:50]}"
    if daemon and titled and not answered and returned:
        return f"{daemon}, its subject and a returned message"
    if not said or _by_a_person(root, notice, said) or (root.get("list-unsubscribe") and not originals(root)):
        return ""
    if _NUMBERED.search(subject) or _SUBSCRIBED.search(text[:MAX_NOTICE]) or written_with(root):
        return ""
    named = ranked(notice, set())[1] < 2
    if titled and not answered and root.get("in-reply-to") is None and (returned or named):
        return f"subject and words of a delivery failure: {titled[0][:30]}"
    if titled_again and named and said.start() < 120:
        return "subject and words of a delivery failure"
    return ""

"""STOP in people's own words (UNS-8): what it is called, whom it may name, and what is said before it.

An address is as good as "me" ("please remove this address"), and a word of why, or a NO to what was asked, takes nothing away
from it ("Not interested, please remove", "Why do I get this? Stop."). Patterns are of plain spelling and match a whole clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailer.inbound.words.names import is_name
from mailer.inbound.words.text import Clause
from mailer.inbound.words.values import Intent, intent

# Rows of commands that weigh by what stands beside them.
TO_US = "STOP, said of us or an address"
BY_NO_NAME = "STOP of what has no name"
BY_A_WORD = "perhaps STOP, in a word"

OFF = r"(?:take|remove|delete|drop|get|strike|cross|unsubscribe|unsub|withdraw)"
LIST = r"(?:(?:the|this|your|that|our|all|any|mendip|of|email|mailing|mail|contact|distribution|network|group|\w+)? ?)(?:lists?|mailings?|emails?|mails?|group|network|database|circulation|system|records|distribution|everything|all of (?:this|these|it))"
MAILS = r"(?:(?:all|any|these|those|your|the|me|us|more|further|of|future|such|any more|out|to|network|group) ?)*(?:emails?|mails?|messages?|mailings?|spam|correspondence|communications?|anything)"
_ADDRESS = r"(?:(?:this|the|the above|my|our) (?:email )?(?:address(?:es)?|account|mailbox|inbox)|(?:my|our) email)"
_WHOM = rf"(?:me|us|{_ADDRESS})"
_OUR_LIST = r"(?:(?:the|this|your|that|any|all|of|email|mailing|mail|contact|distribution|network|group) )*(?:lists?|mailings?|circulation|database|system|records|network|group)"
_ASKED = r"(?:(?:please|kindly|just|simply|now|again|also|you (?:must|should|need to|can)|(?:could|can|would|will) (?:you|someone|somebody|anyone)|(?:i|we) (?:want|need|would like|wish|ask) (?:that )?(?:you )?(?:to )?) )*"
_SENT = r"(?:(?:all|any|these|those|your|the|more|further|of|future|such|another|network|group) )*(?:emails?|mails?|messages?|mailings?|spam|correspondence|communications?|letters?|anything)(?: more)?"
_THIS = r"(?:(?:any|all|more|of|your|the|such|further) )*(?:this|these|those|things?|stuff|everything|it|them)(?: (?:stuff|more|all))?"
_AGAIN = r"(?: (?:please|thanks|thank you|now|again|ever|ever again|any ?more|any longer|in future|at all|immediately|at once|from now on|either))*"
TO_THEM = (
    rf"{_ASKED}(?:(?:stop|cease|quit|finish) (?:(?:emailing|mailing|contacting|messaging|spamming|bothering|pestering) {_WHOM}|writing to {_WHOM}|using {_ADDRESS}|(?:sending )?(?:{_SENT} )?(?:to|at) {_WHOM})"
    rf"|(?:do not|never) (?:(?:ever|again) )*(?:(?:email|mail|contact|message|write to) {_WHOM}|send (?:{_SENT} )?(?:to|at) {_WHOM})|no more (?:of )?{_SENT} (?:to|at) {_WHOM}"
    rf"|(?:remove|delete|erase|unsubscribe|unsub) {_ADDRESS}|{OFF} {_ADDRESS} (?:from|off|out of|of) {_OUR_LIST}|(?:leave|keep) {_WHOM} (?:off|out of) {_OUR_LIST}|(?:i|we) want out(?: of (?:this|it|all this|{_OUR_LIST}))?"
    rf"|(?:(?:i|we) )?(?:do not|no longer) (?:want|wish|need) (?:to (?:receive|get|have) )?{_SENT} (?:to|at) {_ADDRESS}){_AGAIN}"
)
# Names no mail: of parcels and bottles people say the same. Counts alone, and beside anything else it is asked about.
OF_THIS = (
    rf"{_ASKED}(?:(?:stop|cease|quit) sending (?:{_WHOM} )?{_THIS}(?: (?:to|at) {_WHOM})?|(?:do not|never) (?:(?:ever|again) )*send (?:{_WHOM} )?{_THIS}(?: (?:to|at) {_WHOM})?|no more (?:of )?{_THIS}(?: (?:to|at) {_WHOM})?"
    rf"|(?:(?:i|we) )?(?:really )?(?:do not|no longer) (?:want|wish|need)(?: to (?:receive|get|have))? {_THIS}(?: (?:to|at) {_WHOM})?){_AGAIN}"
)
# ... and of these nobody can say even then: in a thread they answer what a member offered.
NEVER_SURE = re.compile(r"\b(?:it|them|those)\b|\b(?:hyn|rhain|hynny)\b")

_Y_CYFEIRIAD = r"(?:(?:at |i |ir |ar |o |or )?(?:y )?(?:cyfeiriad|gyfeiriad|blwch|blwch post|ebost|e-bost)(?: (?:ebost|e-bost))? (?:hwn|yma)|(?:at |i )?fy (?:nghyfeiriad|ebost|e-bost)(?: (?:ebost|e-bost))?)"
_ATAF = rf"(?:ataf(?: i)?|atom(?: ni)?|i mi|imi|i ni|inni|a mi|a ni|a fi|fi|ni|{_Y_CYFEIRIAD})"
_EBYST = r"(?:(?:unrhyw|mwy|rhagor|o|or|yr|r|pob|chwaneg) )*(?:e-?byst|ebyst|e-?bost|ebost|negeseuon|llythyrau|rhagor|mwy|dim byd|dim|unrhyw beth)(?: (?:hyn|hynny|yma|pellach|mwy|arall))*"
_BELLACH = r"(?: (?:eto|bellach|mwyach|byth|byth eto|nawr|rwan|o gwbl|yn y dyfodol|diolch|plis))*"
_RHESTR = r"(?:(?:y|ir|or|och|eich|ch|yr|r|oddi ar|o|ar) )+(?:rhestr|restr)(?: (?:bostio|ebost|hon|yma|ebostio))*"
IN_WELSH = (
    rf"(?:peidiwch|paid|stopiwch|stopia)(?: (?:ag|a))? (?:(?:anfon|gyrru|danfon|hala)(?: {_EBYST})?(?: {_ATAF})?|(?:ebostio|e-bostio)(?: {_ATAF})?|(?:ysgrifennu|sgwennu|cysylltu|chysylltu) {_ATAF}){_BELLACH}"
    rf"|(?:tynnwch|tynna|dilewch|dilea|cymerwch) (?:fi|ni|fy enw|fy manylion|{_Y_CYFEIRIAD}) {_RHESTR}{_BELLACH}|(?:dilewch|tynnwch) {_Y_CYFEIRIAD}"
    rf"|dim mwy o (?:e-?byst|negeseuon) {_ATAF}{_BELLACH}|(?:(?:dw i|dwi|dydw i|dydwi|rwy|rwyf|nid wyf|nid wyf i) )?ddim (?:eisiau|isho|isio|am (?:gael|dderbyn))(?:r| r| yr)? ?(?:{_EBYST})(?: (?:gennych|gynnoch chi|wrthoch|oddi wrthych))?{_BELLACH}"
    rf"|(?:dw i|dwi|rwy|rwyf|hoffwn(?: i)?|rydw i) (?:(?:eisiau|am|isho|isio|yn dymuno) )?(?:gadael|adael) (?:y )?(?:rhestr|rhwydwaith|grwp)(?: hwn| hon| yma)?"
)  # fmt: skip
OF_THIS_IN_WELSH = (
    rf"(?:peidiwch|paid|stopiwch|stopia)(?: (?:ag|a))? (?:anfon|gyrru|danfon|hala) (?:y )?(?:rhain|hyn|r rhain)(?: {_ATAF})?{_BELLACH}"
    rf"|(?:(?:dw i|dwi|dydw i|dydwi|rwy|rwyf|nid wyf|nid wyf i) )?ddim (?:eisiau|isho|isio|am (?:gael|dderbyn))(?: ?r| yr)? ?(?:rhain|hyn){_BELLACH}"
)

# Words that are all that a text says.
STOP = r"(?:just |simply )?(?:stopp?|cease|discontinue)(?: (?:stop|just|it|all|everything|emails?|mails?|mailing|messages|all (?:emails?|mails?|contact|of (?:it|this|these))|the emails|these emails|emailing(?: me)?|mailing me|sending|spam\w*|now|this|contact|contacting me|everything from this network|this network))*|stopio|stopiwch|stopia|dim mwy(?: o ebyst)?|rhowch y gorau iddi"
UNSUBSCRIBE = rf"(?:just |simply )?unsub(?:scribe)?(?: (?:unsub(?:scribe)?|me|us|from|to|this|email|address|my|{LIST}|all|everything|now|here|immediately|permanently|completely))*|un subscribe|opt[ -]?out(?: (?:of )?(?:{LIST}|all|this|everything|me))*|leave(?: (?:the|this))?(?: (?:list|network|group|mailing list))|{OFF} (?:me|us|my (?:name|address|email|email address|details))(?: (?:please|from|off|of|out of|your|this|the|these|all|{LIST}|future|further))*|take me off|remove|signoff|sign off|cancel (?:my )?(?:subscription|membership)|dad-?danysgrifio(?: fi)?|dad danysgrifio(?: fi)?|datdanysgrifio|tynnwch fi (?:oddi ar|o|or) .{{2,40}}|gadael y rhestr|leave"
# Sentences that are plain enough beside others.
TAKE_ME_OFF = rf"(?:\w+ ){{0,6}}?(?:{OFF} (?:me|us|my (?:name|address|email|email address|details)) (?:from|off|out of|of) {LIST}|(?:take|get) (?:me|us) off|(?:be|get) (?:removed|taken off|unsubscribed|deleted) ?(?:from|off)? ?(?:{LIST})?|(?:want|like|wish|need) to (?:unsubscribe|be unsubscribed|leave (?:the|this) (?:list|network|group|mailing list)|come off (?:the|this|your) (?:mailing |email )?list)|come off (?:the|this|your) (?:mailing |email )?list|stop (?:sending|emailing|mailing|contacting|spamming) (?:me )?(?:{MAILS})?|(?:do not|no longer) (?:want|wish|need) (?:to (?:receive|get|be on|be contacted|hear|be emailed|be part))? ?(?:{MAILS}|{LIST}|from you)|(?:do not|never) (?:email|contact|mail|write to) (?:me|us)(?: again)?|leave me alone|unsubscribe me(?: from {LIST})?|cancel my (?:subscription|membership)|no more {MAILS})(?: (?:please|thanks|now|again|any ?more|any longer|in future|at all|immediately|ever|from you|from now on))*"

# All that a text says, and too little to be sure of: it is asked back, and to the list it is never a post.
PERHAPS = re.compile(
    r"(?:please |just |hi |hello |sorry |no )*(?:quit|end|spam|(?:i am |we are )?(?:no longer(?: really| at all)? interested(?: any ?more)?|not(?: really| at all)? interested (?:any ?more|any longer|now))(?: in (?:this|these|it|any of (?:this|it)))?"
    r"|dim diddordeb (?:bellach|mwyach)|sbam)(?: (?:please|thanks|thank you|sorry|now))*"
)
# ... and to a question whether they come these are an answer, or a word of why.
PERHAPS_TO_THE_LIST = re.compile(rf"{PERHAPS.pattern}|(?:please |just |hi |hello |sorry )*(?:enough(?: is enough)?|digon|cancel|canslo)(?: (?:please|thanks|thank you|sorry|now))*")

_SAID_BEFORE = (
    r"no|nope|na|nac ydw|no thanks|no thank you|dim diolch|sorry|hi|hello"
    r"|(?:i am |we are )?(?:not|no longer)(?: really| at all)? interested(?: at all| in (?:this|these|it|any of (?:this|it))| any ?more| any longer| sorry| thanks)*"
    r"|(?:i|we) (?:did not|have not|had not|never|have never|do not remember)(?: ever)? (?:sign(?:ed|ing)? up|subscribe[d]?|subscribing|ask(?:ed|ing)?|register(?:ed|ing)?|join(?:ed|ing)?|request(?:ed|ing)?|agree[d]?|agreeing|opt(?:ed)? in)(?: (?:for|to|up|get|be|added|on|receive|this|these|it|any of this|your|the|a|emails?|mails?|lists?|mailing|anything|such|being|emailed|contacted))*"
    r"|who (?:are you|is this)(?: people)?|what is (?:this|all this)"
    r"|why (?:do|am|are|did|have|does) (?:i|you|we) (?:\w+ )?(?:get|getting|receive|received|receiving|sending|send|emailing|email|contacting|writing|write|on|been)(?: (?:me|us|to|this|these|those|emails?|mails?|it|them|from|you|on|your|the|a|list|mailing|getting|receiving|added|sent|all|so|many))*"
    r"|(?:how|where) (?:did|have|do) you (?:get|got|have|find|found|obtain|obtained) (?:my|our|this) (?:email|email address|address|details|name)(?: from)?|who gave you (?:my|our|this) (?:email|email address|address|details|name)"
    r"|(?:this|it|these)(?: emails?| messages?)? (?:is|are)(?: just| pure| all)? (?:spam|junk|unsolicited|unwanted|a nuisance|annoying|harassment|not for me|no use to me|not relevant(?: to me)?)(?: (?:emails?|mail))?"
    r"|(?:i|we) (?:do not|have no idea) (?:know )?who you are|(?:i|we) do not know (?:you|who (?:you are|this is))|enough(?: is enough| already)?|wrong (?:person|address)|(?:you have )?(?:got )?the wrong (?:person|address)"
    r"|(?:i|we) (?:have (?:now )?)?(?:retired|left|moved on)(?: (?:the|my|this|from)(?: \w+)?)?|(?:i am )?(?:now )?retired|(?:i|we) no longer work (?:there|here|(?:at|for|in) (?:the |a )?\w+)"
    r"|(?:wnes i|nes i|dw i)(?: erioed| ddim| byth)*(?: wedi)? (?:cofrestru|gofrestru|gofyn|ofyn|tanysgrifio|danysgrifio|ymuno)(?: (?:am|i|ir|hyn|rhain|rhestr))*|pwy ydych chi|pam (?:ydw i|dwi|dw i|ydych chi) .{3,40}"
)
SAID_BEFORE = re.compile(rf"(?:{_SAID_BEFORE})(?: (?:please|thanks|sorry|but|and|so))*")
_NO_MORE = re.compile(rf"{SAID_BEFORE.pattern}|{STOP}|{UNSUBSCRIBE}|{TAKE_ME_OFF}|{TO_THEM}|{IN_WELSH}|{OF_THIS}|(?:please |thanks |thank you )+")
# One address, and that there is another one ("use my new one", "The new one is").
AN_ADDRESS = re.compile(rf"\b(?:{_ADDRESS}|{_Y_CYFEIRIAD})(?!\w)")
ANOTHER = re.compile(r"(?i)\bnew (?:\w+ ){0,2}(?:one|address|e-?mail|account|mailbox|inbox)\b|\b(?:use|using|try|to|at|on|with|by|in favour of|instead of it) (?:this one |me at |instead )*:? ?\S+@\S+|\S+@\S+ instead\b|\b(?:use|try) (?:my|our|the) other\b|\bg?(?:cyfeiriad|yfeiriad|ebost|e-bost)(?: e-?bost)? newydd\b|\bun newydd\b")
_FIRST_SAID = re.compile(rf"(?:(?:{_SAID_BEFORE})(?: (?:but|and|so|please|just))* )+(?=\S)")
# What ends a word of why, and may be meant of something else there: "No, leave", "no cancel".
NO_STOP_BY_ITSELF = frozenset({"leave", "signoff", "sign off"})


def after_why(spelt: str) -> str:
    """What is left of a plain text without the word of why it begins with; the whole of it if it has none."""
    return _FIRST_SAID.sub("", spelt, count=1) if _FIRST_SAID.match(spelt) else spelt


def perhaps(clauses: Sequence[Clause], *, listed: bool) -> Intent | None:
    """A STOP that is to be asked back, where a text is one of those words, greetings and names aside; else None."""
    said = [clause for clause in clauses if clause.plain and not is_name(clause.raw)] or list(clauses)
    row = PERHAPS_TO_THE_LIST if listed else PERHAPS
    if any(clause.question for clause in said) or not row.fullmatch(" ".join(clause.plain for clause in said)):
        return None
    return intent("stop", 0.75, BY_A_WORD, purposes="all", everywhere=False)


def is_all(beside: Iterable[Clause]) -> bool:
    """Whether nothing but words of why, a name, and the same once more stand beside a STOP."""
    return all(_NO_MORE.fullmatch(clause.plain) or is_name(clause.raw) for clause in beside)

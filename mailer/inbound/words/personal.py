"""What people write to one person, or to the organisers, and never mean for the whole list (V14).

Read top-down, in plain spelling, one clause at a time; each row says in words why the writer is asked. A row with
`unless_aloud` gives way where the mail speaks to everyone ("does anyone ...", "hi all"); a row for new mail does not
look at what answers a post, where people call each other by name all the time ("Hi Karen, ours does that too").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbound.words.names import NOT_NAMES, is_name, listed
from mailer.inbound.words.text import Writing

LONGEST = 120  # words: a longer mail is about more than one of these
A_LINE = 200  # characters of the first line that a greeting is looked for in


@dataclass(frozen=True)
class Row:
    name: str
    pattern: re.Pattern[str]
    unless_aloud: bool = True
    new_only: bool = False
    most: int = LONGEST  # words of the whole mail

    def fits(self, writing: Writing, thread: bool, aloud: bool) -> str:
        """The clause that it fits, or nothing."""
        if writing.words > self.most or (self.new_only and thread) or (self.unless_aloud and aloud):
            return ""
        return next((c.raw for c in writing.clauses if self.pattern.search(c.plain)), "")


def _row(name: str, pattern: str, *, unless_aloud: bool = True, new_only: bool = False, most: int = LONGEST) -> Row:
    return Row(name, re.compile(pattern), unless_aloud, new_only, most)


_ME = r"(?:me|us|my name|my email|my address|this (?:email|address|one))"
_OFF = r"(?:off (?!the (?:hook|ground|shelf|boil|wall))|out of|from (?:the|this|your|these|all|every|any|my)\b|of (?:the|this) (?:mailing )?list)"

ROWS: tuple[Row, ...] = (
    _row("a recall notice", r"\b(?:would like to recall|wants to recall) (?:the|a) (?:message|email)\b|\b(?:am alw|am adalw|hoffai (?:alw|adalw)|galw)(?: ?r)? neges\b", unless_aloud=False),
    _row("a test", r"^(?:this is |just )?(?:a )?(?:test|testing|prawf)(?: test| testing| num)?(?: \d+)?(?: (?:email|mail|message|post|only|please ignore|from me|neges))*(?: from .{0,25})?$|^(?:just )?(?:checking|testing|seeing) (?:that |if |whether )?(?:this|my|the) (?:address|email|list|mail)\b", unless_aloud=False, most=15),
    _row("away, as a machine would say it", r"\bout of (?:the )?office\b|\baway from (?:my desk|the office)\b|\bno access to (?:my )?email|\b(?:reply|answer|respond|get back to you) (?:up)?(?:on|when|once) (?:my return|i (?:am|get) (?:next )?(?:in|back)|i return)\b|\bi only work (?:mon|tue|wed|thu|fri)|\bi ffwrdd o r swyddfa\b|\ballan o r swyddfa\b|\bddim yn y gwaith\b", most=60),
    _row("how to get in somewhere", r"\b(?:door|alarm|gate|key|entry|safe|padlock|keypad) ?(?:code|number)s?\b(?! (?:lock|of practice))|\b(?:password|passcode|pin|passwort|cyfrinair) (?:is|ydi|yw)\b|^(?:password|passcode|login|wifi|wi-fi|username)$|^login is\b|\b(?:what is|whats|forgotten|lost|remind me of|send me) the (?:login|password|passcode|pin|code|wifi)\b|\bwifi(?: for| code| password|$)|\bsort ?code\b|\bcod y (?:drws|giat|larwm)\b|\bkey is (?:under|in|behind|with)\b"),
    _row("asks to be left out of a list", rf"\b(?:take|get|remove|drop|delete|unsubscribe|keep|leave|strike) {_ME} {_OFF}|\b(?:take|switch|turn) (?:me|us|these|this|it|mine) off$|\b(?:come|get|be (?:taken|moved|removed)) off (?:the|this|these|your|it)\b(?! shelf)|\b(?:tynn\w+|dileu|dilewch) (?:fi|fy|ni|m|ein)\b|\bfy enw (?:i )?(?:oddi|allan|o r)\b"),
    _row("asks for fewer mails", r"\bstop (?:these|this$|it$|sending me|emailing|mailing me|writing to me|the emails)|\b(?:too many|so many|fewer|all these|getting (?:loads|dozens|\w+ a day)).{0,12}\b(?:emails|mails|messages|of these|a day)\b|^no more (?:please|emails|of these|thanks)|\b(?:pause|mute|hold|suspend|freeze) (?:my|mine|me|these|this|the) ?(?:emails?|mails?|messages|account|conversation|thread|list)?(?: (?:until|till|for|while|please|over)\b|$)|\b(?:pause|mute|hold|suspend|freeze) (?:my|mine) (?:emails?|mails?|messages)|\b(?:never|did not) (?:sign(?:ed)? up|ask(?:ed)? (?:for|to be on) this)|\bgormod o (?:ebyst|ebost|negeseuon|e-byst)|\b(?:stopiwch|paid|peidiwch) (?:a |ag )?(?:anfon|gyrru)|\bno need to (?:keep )?(?:email|mail|write|send)\w*|\b(?:digest|summary|one email) (?:a week|instead|rather)"),
    _row("about their own entry", r"\b(?:changed|change|changing|update|updating|amend|correct|newid) (?:my|our|your|fy|ein) (?:email|e-mail|address|name|surname|details|records?|contact|entry|phone|number|nghyfeiriad|ebost|enw|school)|\bmy (?:new |work |home )*(?:email|address|surname|name|mobile|phone number|number) (?:address )?(?:is|has|will be|was) (?:now|changed|changing|spelt|spelled)|\b(?:use|write to|send (?:it|things|these) to) my (?:\w+ ){0,2}(?:email|address|gmail|account)|\b(?:no longer|does not) works? (?:here|at|for|in)\b|\b(?:has|have) left (?:us|the school|our)\b|\bspel(?:t|led) my name\b|\b(?:phone number|photo|picture|name|address|details) (?:of me )?(?:in|on|out of|to be used in) the (?:directory|newsletter|website|minutes)|\bphoto of me\b|\b(?:what|which) (?:data|information) (?:do you|you|is) h(?:old|eld)|\bremove this (?:email|address)|\bmy (?:photo|picture|phone number|name) (?:in|on) (?:the|your)\b"),
    _row("money of their own", r"\bmy (?:\w+ ){0,2}(?:mileage|expenses?|travel (?:form|claim|costs?)|claims?|payslip|salary|wages|invoice|cheque|reimbursement|subscription|payroll|refund)\b|\b(?:not|never|still not) been paid\b|\bnot yet been paid\b|\binvoice (?:no|number|attached|to follow|\d+)|\battached? (?:an? |the |my )?(?:invoice|expenses|receipts?)\b|\bcharged (?:me )?twice\b|\bpayroll number\b|\bpayable within\b|\b(?:ffurflen|nghostau|costau) (?:gostau|teithio)\b|\bfy nghostau\b|\bpaid for the (?:room|hall|lunch|taxi|train)"),
    _row("their own work or post", r"\b(?:be (?:a|my) referee|(?:a|my|another) (?:job )?reference(?! (?:book|number|list|sample|material|electrode|guide|solution|point))(?: for (?:me|a job))?$|act as (?:a |my )?refer\w+|as (?:a|my) (?:referee|reference)|reference for (?:me|a job|an? interview|the job)|referee for me)\b|\bmy (?:job )?(?:application|interview|appraisal|contract is|line manager says|grievance|resignation|notice)\b|\b(?:an|the) interview (?:on|at|for|in|next|this|tomorrow)\b.{0,40}$|\bhanded? (?:in )?my notice|\b(?:given|giving) in my notice|\bnot told (?:work|my|anyone|anybody|the|them)\b|\b(?:been|was|am) suspended\b|\bmaking (?:two|three|some|one|half) of us redundant|\bbeen made redundant\b"),
    _row("a complaint or a quarrel", r"\bgrievance\b|\b(?:make|want to|wish to|raise|put in|formal) (?:a |an )?(?:formal |official )?complain(?:t)?\b(?! to (?:timstar|the (?:supplier|firm|company|council)))|\bcomplain about\b|\bspoken to by\b|\bbehind my back\b|\b(?:have|had|having) a word with (?:him|her|them|[a-z]+)\b(?! (?:the|our) (?:site|council))|\bstop (?:having a go|winding|picking on|bullying|shouting|arguing|being)\b|\buncalled for\b|\bout of order (?:and|to|speaking)|\bdeal with this (?:person|man|woman)|\b(?:he|she) (?:is|was) (?:so |very |really )?(?:rude|a bully|upset|furious|impossible)|\bshould (?:stand down|resign|step down|apologise)\b|\bupset (?:two|three|some|one|half|him|her|several|everyone|people|me)\b|\bnot happy (?:that|with|about) (?:the way|how|what|you|him|her)\b|\bowe me (?:an apology|a pint)"),
    _row("gossip", r"\b(?:he|she) told me\b|\btold you (?:i|that i|so)?\b.{0,20}$|\b(?:do not|never) (?:offer|lend|trust|believe|answer|reply to|tell) (?:him|her)\b|\bsay nothing\b|\byou know why\b|\b(?:do not|never) say i (?:said|told)\b|\bnot for the minutes\b|\bunder your hat\b|\bif (?:he|she) knew\b|\bis (?:he|she) always\b|\bwhat a (?:plonker|prat|pillock|idiot|cow|nightmare (?:man|woman))\b|\bpaid a dweud wrth\b|\brather not say (?:it |this )?(?:on here|here)|\bdiscuss (?:it|this|him|her) (?:here|on here)\b|\btrafod o? ?(?:fan hyn|yma)\b"),
    _row("a birth, an illness, a loss", r"\bthinking of you\b|\bfor your loss\b|\byour (?:sad |bad |terrible )?(?:loss|bereavement|diagnosis|operation)\b|\bhow is your (?:mum|dad|mother|father|husband|wife|son|daughter|back|knee|leg|hip)|\babout your (?:mum|dad|mother|father|husband|wife|son|daughter|brother|sister|nan|gran|dog|cat)\b|\bsending you (?:a |all |lots |our |my )?(?:big |love|hugs?)|\bget well\b|\bhappy birthday\b|\bpen[- ]?blwydd hapus\b|\bon the baby\b|\b(?:i am|just found out i am) (?:expecting|pregnant)\b|\bgone into hospital\b|\b(?:off sick|signed (?:me )?off|off work (?:with|since|today|this)|sick (?:today|this week))\b|\bnews from the (?:hospital|doctor|consultant)\b|\bmy (?:husband|wife|partner|mum|dad|mother|father|son|daughter|consultant|doctor|gp)\b.{0,40}\b(?:hospital|ill|unwell|died|stroke|cancer|operation|funeral|worse|fall)\b|\bcydymdeimlad\b|\b(?:yn sal|n sal|adra n sal) (?:heddiw|wythnos|ers|yr)|\bnabod yn sal\b|\bdwi n sal\b|\bseizure\b"),
    _row("a lift or a meeting for two", r"\b(?:pick|picking) (?:me|us) up\b|\bgive (?:me|us) a lift\b|\bthanks for the lift\b|\bstill (?:ok|okay|alright|all right|able|on|happy|fine) (?:to|for)\b.{0,40}\b(?:me|us|lift|coffee|lunch|drink|friday|monday|tuesday|wednesday|thursday|saturday|sunday|tomorrow|tonight)\b|\bare we still on\b|\bcoffee (?:on )?(?:monday|tuesday|wednesday|thursday|friday)|\b(?:come|coming|pop) round (?:to (?:the|your)|the back|yours)\b|\b(?:what time are you|when are you) (?:thinking|setting|leaving|coming|picking)|\bfree for a (?:call|chat|coffee|quick)|\b(?:pop|call) (?:round|in) (?:to )?(?:yours|and see you)\b|\bsee you (?:on )?(?:saturday|sunday)\b|\bwela i di\b", most=60),
    _row("to be rung", r"\b(?:ring|phone|give) (?:me|us) (?:a (?:bell|ring|call|buzz|shout) )?(?:tonight|tomorrow|today|later|about|when you|any ?time|whenever|back|asap|urgently|$)|\b(?:ring|phone|call|text) me\b(?: (?:please|asap|urgently|tonight|back|about (?:this|it))|$)|\bspeak (?:soon|later|tomorrow|tonight)$|\b(?:ffonio|ffonia|ffoniwch) (?:fi|mi)\b|\b(?:caniad|galwad) i mi\b|\bair (?:efo|gyda) (?:ti|chi|thi)\b|\ba (?:quick |quiet |private )?(?:chat|word|call) (?:with you|before|about (?:him|her|you))\b", most=60),
    _row("cannot get into the call", r"\b(?:let me in|waiting room|in the lobby)\b|\b(?:zoom|teams|meeting|meet|joining) (?:link|call|meeting|invite)\b.{0,30}\b(?:not|spins?|says|broken|wrong|fails?|expired)|\bcannot (?:get|log) (?:in|into|on|onto)\b.{0,20}\b(?:teams|zoom|meeting|call|session)\b|\blink (?:is not|does not|is still not|will not|not) (?:work\w*|open\w*|let) (?:for me|me)\b|\b(?:linc|ddolen)\b.{0,12}\bddim yn gweithio i mi\b", most=40),
    _row("where their mail or letter is", r"\b(?:did you (?:ever )?(?:get|receive)|have you (?:had|got|received)|did) my\b|\bdid (?:it|they|mine) (?:reach|arrive)|\b(?:re-?send|send me) (?:the |my )?(?:\w+ )?(?:minutes|agenda|invitation|invite|link|newsletter|joining|letter)\b(?! (?:you use|template))|\bsend me the (?:minutes|agenda|invit\w+)|\bnever (?:got|received|had) (?:the|my|a|any|last|your)\b.{0,25}\b(?:newsletter|email|emails|minutes|agenda|invitation|invite)\b|\bam i (?:still )?(?:on|down|in|booked|expected|allowed)\b|\bwhy have (?:not )?i (?:not )?(?:had|got|received)\b|\banfon .{0,12}(?:cofnodion|agenda|linc) ata i\b|\bwnest ti gael\b|\b(?:lost|deleted|mislaid) (?:mine|the (?:email|invitation|agenda|link))\b"),
    _row("a mail that was for somebody else", r"\b(?:only|just) (?:for|to) [a-z]+$(?<=\bmyself)|\bright person\b|\bmean me or\b|\bmeant for (?:someone|somebody|me)\b|\bnot on your committee\b|\bwho is this\b|\bis this (?:spam|a scam|genuine|for me)\b|\bno idea what this is\b|\bremove my (?:previous|last|earlier|first) (?:post|mail|message|email)|\b(?:wrong (?:file|attachment)|(?:pull|take|get|call) (?:it|that) back|delete (?:it|that|this)(?: (?:quick|quickly|now|please|after))?)$|\b(?:just|i have just|have just|gone and) sent (?:that|it|my .{0,20}) to (?:everyone|everybody|the (?:whole )?list|all)|\bwent to (?:the (?:whole )?list|everyone|everybody|all of you|you all)|\bi (?:\w+ )?yn unig oedd\b|\bnot meant for (?:the )?list", unless_aloud=False, most=60),
    _row("a correction to a draft", r"^(?:on )?(?:page|paragraph|line|para|section|item) (?:\d+|one|two|three)\b.{0,60}$|\b(?:second|third|first|last|final) paragraph\b|\botherwise (?:it is )?(?:fine|good|ok|okay|go|great|perfect|all good|happy)\b|\bbefore it goes\b|\b(?:do not|not) send (?:it|this|that)(?: out)? (?:yet|until|till)\b|\bgive permission\b", new_only=True, most=50),
    _row("committee business", r"\b(?:final|exact|rough) numbers (?:by|for|please)\b|\bshall (?:i|we) (?:ask|order|book|say|tell|invite|pay|chase|send|bring|do|put|get)\b|\b(?:do you want|would you like|want) me to\b|\bwhat (?:shall|should) i (?:say|tell)\b|\b(?:caretaker|caterers?|bursar|site manager)\b.{0,25}\b(?:says?|want|need|wants|needs)\b|\b(?:do|take|write|type) the minutes\b|\bi (?:will|can|could|do not mind|am happy to) (?:do|chair|host|take|bring|lead|run) (?:the (?:teas?|minutes|register|door|urn|washing)|in (?:march|june|october|the)|if)|\b(?:off|on) the (?:rota|list of (?:volunteers|speakers)|committee|working group)\b|\b(?:draft|agenda|letter) for you to (?:check|see|look)|\bfor the attention of\b|^to (?:the (?:treasurer|secretary|chair\w*|organisers?|committee)|whom it may concern)\b|\bdear (?:sir|madam|treasurer|secretary|chair|organisers?|committee)\b|\bbooked the (?:room|hall|venue) for you\b|\bhost in (?:january|february|march|april|may|june|july|september|october|november|december|the)\b", new_only=True),
    _row("regards to somebody", r"\b(?:my (?:apologies|regards|best|love|thanks) to|send my (?:apologies|best|love|regards)|pass on my|say (?:hello|hi) to|ymddiheuro dros(?:ta|of)|cofion at|sori wrth)\b|\b(?:tell|asked me to tell|let) (?:her|him|them|rob|you|jane|[a-z]+) (?:i|that|she|he|know (?:i|that))\b.{0,30}\b(?:sorry|late|behind|miss|cannot)\b", most=40),
    _row("of something or somebody of theirs, to who knows it", r"\b(?:thank you|thanks) (?:so much |very much )?for (?:having (?:us|me)|the lift|your (?:letter|card|flowers|kind|email|help with my)|last night|yesterday)|\bdiolch am (?:neithiwr|ddoe|y lifft|dy|drefnu)\b|\b(?:lovely|good|great|nice) to (?:see|meet|catch up|talk|speak)(?: to| with)? ?(?:you)?(?: (?:yesterday|on|last|again|today))|\bmiss you\b|\byou (?:are|re) a star\b|\bwish me luck\b|\bleft my (?:\w+ )?(?:coat|glasses|bag|scarf|umbrella|phone|keys)\b", most=50),
    _row("only points at what is below", r"^(?:fyi|as (?:discussed|requested|promised|agreed)|for your information|over to you|see below)$", new_only=True, most=25),
)  # fmt: skip

A_COURTESY = re.compile(r"(?:okay|noted|will do|thanks|thank you|many thanks|diolch|diolch yn fawr|got it|received|lovely|great|perfect|brilliant|done)(?: (?:a lot|very much|so much|will do|noted|thanks|love|x+))*(?: (?!all|both|that|this)[a-z]+)?(?: x+)?")  # the whole of a mail
ALOUD = re.compile(
    r"\b(?:any ?one(?: else)?|any ?body|every ?one|every ?body|some ?body|some ?one|any of you|(?:all|some|most|many|lots) of (?:you|us)|you all|you lot|folks|hi all|hello all|dear all|morning all|afternoon all|thanks all|colleagues|everywhere|who else|which of (?:you|the)|what (?:do|are|does|did|is|about) (?:people|others|everybody|everyone|you all|other|we all)|"
    r"(?:other|your|any) (?:schools?|departments?|places|people|technicians|colleges|libraries|practices|surgeries)|free to|giving away|going spare|for sale|selling|wanted|to whoever|whoever|shout if|first come|all welcome|reminder|places left|among us|for those|bawb|pawb|rhywun|rywun|rhywrai|unrhyw|croeso i|ydi pobl|mae pobl)\b"
)  # fmt: skip
_HAIL = r"(?:hi|hello|hiya|hey|dear|helo|annwyl|heia|shwmae|haia|(?:good )?(?:morning|afternoon|evening)|bore da|p'?nawn da|noswaith dda)"
_HAILED = re.compile(rf"^\W*{_HAIL}\b[ ,]+(?:(?:dr|mr|mrs|ms|miss|prof)\.? )?(?P<who>[^\W\d_][\w'’-]+)", re.IGNORECASE)
_CALLED = re.compile(r"^\W*(?P<who>[^\W\d_][\w'’-]+)(?: (?:and|&|a) [A-Z][\w'’-]+)?\s*(?:[,.!:–—-]|$|\s(?:please|can|could|would|will|do|did|have|are|is|i|you|the|me|stop|not)\b)", re.IGNORECASE)
OPENS = listed("all everyone everybody folks team both there again colleagues friends people bawb pawb gyfeillion ladies gents technicians guys from to and does do has have did is are was were anybody anyone any has quick "
               "wondering hope hoping looking following need needing got fellow dear list members committee physics sut oes mae ydi ydy dyma dwi ble lle pa faint diolch newydd")  # fmt: skip


def speaks_to_all(writing: Writing) -> bool:
    """ "Does anyone ...", "hi all", "free to a good home": for more than one pair of eyes."""
    return any(ALOUD.search(clause.plain) for clause in writing.clauses) or bool(re.match(r"(?i)\W*(?:(?:hi|hello|dear|morning|afternoon|evening|hey|helo|annwyl)\s+)?(?:all|bawb|both all|folks|everyone)\b", writing.first_line[:A_LINE]))


def greeted(writing: Writing) -> str:
    """The one person (or two) whom a mail begins with: "Hi Jo", "Bev, you still ...", "jane can you"; or nothing."""
    line = writing.first_line[:A_LINE]
    hailed = _HAILED.match(line)
    if hailed:
        who = hailed["who"]
        return who if is_name(who) or (who[:1].isupper() and who.lower() not in NOT_NAMES | OPENS) else ""
    called = _CALLED.match(line)
    return called["who"] if called and is_name(called["who"]) else ""


def why_personal(writing: Writing, thread: bool) -> str:
    """Which row says that this is for one person or for the organisers; nothing if none does."""
    aloud = speaks_to_all(writing)
    for row in ROWS:
        where = row.fits(writing, thread, aloud)
        if where:
            return f"{row.name} (“{where[:40]}”)"
    if aloud:
        return ""
    if A_COURTESY.fullmatch(" ".join(c.plain for c in writing.clauses)) and writing.words <= 5:
        return "a bare courtesy"
    if thread:
        return ""
    who = greeted(writing)
    if who and writing.words <= LONGEST:
        return f"a new mail that greets one person ({who})"
    return "a word or two, in answer to nothing" if writing.words <= 3 else ""

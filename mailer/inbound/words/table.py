"""The words of contract 2, a row each: its name, the act, how it is written on plain spelling, and what is read out of it.

Two kinds of row. A *word* row must be all that its line says (politeness aside), and stand first. A *sentence* row is
plain enough to count wherever it stands among the first clauses ("I have left the school. Please take me off the
list"). Rows are read top-down; the first that fits decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailer.cycle.dates import DAYS
from mailer.inbound.lines.dates import WEEKDAYS, find_date
from mailer.inbound.lines.past import past_day
from mailer.inbound.words import stops
from mailer.inbound.words.purposes import PURPOSES, purposes_in
from mailer.inbound.words.stops import OFF

EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*")

_SINCE = re.compile(r"\b(?:since|from|after|ers)\b:? ?(?P<day>.*?)[\s.,;!?]*$", re.IGNORECASE | re.DOTALL)

Reader = Callable[[re.Match[str], str, date], tuple[float, dict[str, Any]]]


@dataclass(frozen=True)
class Command:
    name: str
    act: str
    pattern: re.Pattern[str]
    read: Reader
    sentence: bool = False


def _bare(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.97, {}


def _everything(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.97, {"purposes": "all", "everywhere": False}


def _everywhere(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.97, {"purposes": "all", "everywhere": True}


def _objects(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.97, {"purposes": "all", "everywhere": bool(EVERYWHERE.search(raw)), "objection": True}


def _some(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.96, {"purposes": purposes_in(match[0]), "everywhere": False}


def _named(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    return 0.96, {"purposes": purposes_in(match[0])}


def _until(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    found = find_date(raw, today)
    if found is None or found.day <= today:
        return 0.7, {"until": None}
    return (0.96 if found.exact and not found.weekday_wrong else 0.8), {"until": found.day}


def _since(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    """The day that is named, if it is one and past; else its words, `unread`, so that they can be told of it."""
    named = _SINCE.search(raw)
    if named is None:
        return 0.96, {"since": None, "unread": ""}
    day = past_day(named["day"], today)
    return 0.96, {"since": day, "unread": "" if day else " ".join(named["day"].split())[:60]}


def _days(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    days = week_days(match["days"])
    return (0.96 if days else 0.6), {"days": days}


def _to_address(match: re.Match[str], raw: str, today: date) -> tuple[float, dict[str, Any]]:
    addresses = list(dict.fromkeys(found.rstrip(".") for found in EMAIL.findall(raw)))
    if not addresses:
        return 0.6, {"to": ""}
    return (0.96 if len(addresses) == 1 else 0.7), {"to": addresses[-1]}


def week_days(text: str) -> tuple[str, ...]:
    """ "tue thu", "Monday to Wednesday", "every day except Friday" as short day names in the week's order."""
    words = [w for w in re.split(r"[^a-z-]+|-", text) if w]
    if words in (["all"], ["every", "day"], ["full", "time"], ["weekdays"]):
        return DAYS[:5]
    days: set[int] = set()
    last: int | None = None
    span = False
    for word in words:
        if word in WEEKDAYS:
            day = WEEKDAYS[word]
            days |= set(range(last, day + 1)) if span and last is not None and last < day else {day}
            last, span = day, False
        elif word in ("to", "till", "until", "through", "i", "hyd", "tan"):
            span = True
        elif word not in ("and", "a", "ac", "only", "dydd", "on", "just", "are", "yn", "unig"):
            return ()
    if "-" in text and len(words) == 2 and len(days) == 2:
        low, high = sorted(days)
        days = set(range(low, high + 1))
    return tuple(DAYS[day] for day in sorted(days))


_P = PURPOSES
_DAYS = r"(?P<days>(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*|llun|mawrth|mercher|iau|gwener|dydd|to|and|a|ac|i|till|until|hyd|tan|every day|all|full time|weekdays|-| )+)"
_WRITE = r"(?:(?:please )?(?:write|send|email|mail)(?: (?:to )?me| it| them| my emails?)* in|in|switch(?: me)? to|change(?: my)?(?: language| me)? to|(?:my )?language(?: is)?|yn|iaith|ysgrifennwch (?:ataf )?yn)"
# Said of oneself and outright: who may object, does not, or asks whether to, objects to nothing here.
_I_OBJECT = r"(?:(?:i|we)(?: (?:hereby|formally|also|strongly|really|must|do|am|are|have|wish to|want to|would like to))* )?(?:object(?:ing)?|(?:this is |please take this as )?(?:an|my) objection)"
_OF_YOURS = r"(?:,? (?:by you|by e ?mail|by the network|by this (?:network|list)|by termpost|from (?:you|this network|this list|the network)|again|at all|any ?more|any further|in future|under .{0,60}|in (?:all|any|every) networks?))*"

_ROWS: tuple[tuple[str, str, str, Reader, bool], ...] = (
    # leaving: everywhere, then in part, then this network (UNS-8)
    ("STOP ALL NETWORKS", "stop", r"(?:stop|leave|unsubscribe(?: me)?(?: from)?|end|quit) (?:from )?(?:all|every|any) (?:of )?(?:the |my |your )?(?:networks?|lists?|groups?|networks and lists|everywhere)|stop everywhere|stopi?o? (?:pob|bob) rhwydwaith|gadael (?:pob|bob) rhwydwaith", _everywhere, False),
    ("STOP all but purposes", "only", rf"(?:stop|unsubscribe(?: me)?(?: from)?|end|cancel|no more|leave|{OFF} me (?:off|from)|stopio|stopiwch|dim(?: mwy)?) (?:sending |getting |me |with )*(?:everything|all(?: (?:of )?(?:it|this|these|them|the))?(?: (?:emails?|mails?|lists?))?|it all|the lot|anything|emails?|mails?|popeth) (?:else )?(?:except|but|apart from|other than|bar|save|besides|heblaw(?: am)?|ond am|ac eithrio) (?:for )?(?:the |y |your )*{_P}(?: (?:emails?|mails?|lists?|please))*", _named, True),
    ("STOP purposes", "stop", rf"(?:stop|unsubscribe(?: me)?(?: from)?|leave|end|cancel|quit|no more|stopio|stopiwch|dim(?: mwy o)?|{OFF} (?:me )?(?:from|off)|opt out of|turn off|mute) (?:sending |getting |receiving |me |the |your |any |y |all |my )*{_P}(?: (?:emails?|mails?|lists?|mailings?|please|only|posts|messages))*", _some, False),
    ("stop sending me purposes", "stop", rf"(?:please |could you |can you |i would like to |i want to |i |we )*(?:(?:do not|never) (?:want|need|wish)(?: to)?(?: (?:get|receive|have|be sent))?|stop (?:sending|getting|receiving)(?: me)?|(?:do not|never) (?:send|email|mail)(?: me)?|no longer (?:want|wish|need)(?: to (?:get|receive|have))?|{OFF} me (?:off|from)|unsubscribe me from) (?:any |more |the |your |of |all |further )*{_P}(?: (?:any ?more|any longer|lists?|emails?|mails?|mailing|mailings|please|now))*", _some, True),
    ("STOP", "stop", stops.STOP, _everything, False),
    ("unsubscribe", "stop", stops.UNSUBSCRIBE, _everything, False),
    ("take me off the list", "stop", stops.TAKE_ME_OFF, _everything, True),
    (stops.TO_US, "stop", rf"{stops.TO_THEM}|{stops.IN_WELSH}", _everything, True),
    (stops.BY_NO_NAME, "stop", rf"{stops.OF_THIS}|{stops.OF_THIS_IN_WELSH}", _everything, True),
    ("objection (UK GDPR Art 21)", "stop", rf"{_I_OBJECT} to (?:(?:the|your|any|all|this|you|further|network|its|continued) )*(?:(?:direct )?marketing(?: (?:emails?|mails?|purposes?|communications?))*{_OF_YOURS}|(?:processing|use|using|holding|storing|keeping)(?: of)?(?: all| any)? my (?:(?:personal|contact|own) )*(?:data|details|information|address|email)(?: address)?(?! by (?!you|the network|this|termpost))(?: .{{0,80}})?|being (?:e ?mailed|contacted|written to){_OF_YOURS}|(?:receiving|getting)(?: (?:any|more|these|your|all|further|of|such|the))* (?:emails?|mails?|mailings?|messages){_OF_YOURS})|(?:rwy|rydw i|dw i|rwyf)(?: yn|n)? gwrthwynebu (?:i chi )?(?:defnyddio|ddefnyddio|prosesu|brosesu) fy (?:nata|manylion)(?: .{{0,80}})?", _objects, True),
    ("ONLY purposes", "only", rf"(?:only|just)(?: (?:the|send|get|me|want|receive|keep|y))* {_P}(?: (?:emails?|please|for me))*|{_P} (?:only|yn unig)(?: please)?|(?:send|keep) me (?:on )?(?:only|just) (?:the )?{_P}|dim ond (?:y )?{_P}", _named, False),
    ("KEEP purposes", "keep", rf"(?:keep|cadw|cadwch)(?: (?:me|on|the|sending|getting|my|y|fi|ar))* {_P}(?: (?:please|on|only))*", _named, False),
    ("FORGET ME", "forget-me", r"forget me(?: completely| entirely)?|erase (?:me|my data|everything|all my data|my details|my account|my personal data)|(?:delete|remove|erase|destroy|wipe)(?: (?:all|of|me and|every))* (?:my|the|your) (?:personal )?(?:data|details|information|records?|account)(?: (?:about|you have|you hold|on|of|me|from|your|systems?|please|and|held|that))*|right to be forgotten|anghofi(?:wch|a) (?:amdanaf i|fi|amdana i)|dileu fy nata|dilewch fy nata", _bare, False),
    # resting and coming back
    ("PAUSE UNTIL", "pause", r"(?:pause|snooze|suspend|saib|seibiant|oedi|rest|put me on hold|stop (?:emails? |mails? |everything )?(?:until|till|for|til|tan)|stop (?:(?:my |all |the )*(?:emails?|mails?|everything) )?(?=(?:until|till|til|tan) (?:\w+ ){0,4}?(?:january|february|march|april|may|june|july|august|september|october|november|december|next (?:week|month|term|year))\b)|hold (?:my |all )?(?:emails?|mails?) (?:until|till|for))(?: (?:my|all|everything|emails?|mails?|the|mailings?|me|it|membership|subscription|sending))*(?: ?(?:until|till|til|for|to|tan|am|from now until|over).*)?", _until, False),
    ("RESUME", "resume", r"resume(?: (?:my )?(?:emails?|mails?|everything|please|mailings?))?|un ?pause|restart(?: (?:my )?(?:emails?|mails?))?|start again|start(?: my)? emails?(?: again)?|ailddechrau|ail ddechrau|i am back|unsnooze", _bare, False),
    # how mail comes
    ("DIGEST", "digest", r"(?:daily |weekly )?digest(?: (?:mode|please|only|mail|emails?|version|instead|on))*|(?:switch|change|move|set|put)(?: me| my \w+)* (?:to|on|onto) (?:the )?(?:daily |weekly )?digest(?: mode)?|crynodeb|send (?:me )?(?:the |a )?digest", _bare, False),
    ("EVERY POST", "every-post", r"every (?:post|message|mail|email)|all posts|each (?:post|message)|pob neges|bob neges|individual (?:posts|emails?|messages)|no digest|digest off|stop (?:the )?digest", _bare, False),
    ("PLAIN TEXT", "plain-text", r"plain ?-?text(?: (?:only|please|emails?|version|mail))*|text only|no html|testun plaen|just text|(?:send|switch|change)(?: me)? (?:to |in )?plain text.*", _bare, False),
    ("WITH LAYOUT", "with-layout", r"(?:with|full|normal|the) (?:layout|pictures and layout)(?: please| again)*|html(?: emails?| mail| please| again)*|(?:no|not|stop|end) (?:more )?plain text|plain text off|gyda chynllun", _bare, False),
    ("ENGLISH", "language", rf"(?:{_WRITE} )?(?:english|saesneg)(?: (?:please|only|version|instead))*", lambda m, raw, today: (0.96, {"code": "en"}), False),
    ("CYMRAEG", "language", rf"(?:{_WRITE} )?(?:welsh|cymraeg|gymraeg)(?: (?:please|only|version|instead|yn unig))*", lambda m, raw, today: (0.96, {"code": "cy"}), False),
    ("WORKING DAYS", "working-days", rf"(?:my )?(?:working|work|office) days?(?: are| is|:)?(?: only)? {_DAYS}|diwrnodau gwaith {_DAYS.replace('<days>', '<days_cy>')}", lambda m, raw, today: _work_days(m), False),
    ("WORKING DAYS of no day", "working-days", r"(?:my )?working days?|diwrnodau gwaith", lambda m, raw, today: _all_days(raw), False),
    ("I only work", "working-days", rf"i (?:only |now |now only )*work (?:only )?(?:on )?{_DAYS}(?: only| now)*", lambda m, raw, today: (0.8, _days(m, raw, today)[1]), False),
    # asking and rights
    ("MY DATA", "my-data", r"my data|(?:send me |export |download |show me |a copy of |all |can i have |have |see |get |request |what )*(?:my|the) (?:personal )?data(?: (?:export|please|request|you (?:hold|have)(?: (?:on|about) me)?))*|(?:a )?(?:data )?subject access request|sar|dsar|what (?:data |information )?do you (?:hold|have|know|store) (?:on|about) me|fy nata|fy nata i", _bare, False),
    ("MY YEAR", "my-year", r"my year|(?:send me |show me )?my year(?: (?:summary|on a page|report|please))*|fy mlwyddyn|my (?:certificate|cpd record|cpd)", _bare, False),
    ("FOR MY IT", "for-my-it", r"for (?:my|our|the) it(?: (?:dept|department|team|people|support|technicians?|manager))?|(?:letter |details |info |information |something |send (?:something|details|me something) )?for (?:my|our) it(?: (?:dept|department|team|people|support))?|ar gyfer fy nhim tg|i r adran tg", _bare, False),
    ("CHANGE ADDRESS TO", "change-address", r"(?:please )?(?:(?:change|update|switch|move|amend)(?: (?:my|of|the|this|over|me))*(?: (?:contact|email|mail))?(?: address(?:es)?| email| me)?(?: (?:is|from \S+@\S+))? ?(?:to|:|is|address|newid)|(?:my )?new (?:contact |work |school |personal )?(?:email|address|email address)(?: (?:is|will be|now|:|from \w+))*|(?:please )?(?:use|email me (?:at|on)|send (?:everything|it all|mail|emails?|these|this|them|future emails) to|write to me at|contact me (?:at|on))(?: (?:my new address|instead))?|newid (?:fy )?(?:cyfeiriad|ebost)(?: i)?|my (?:email|address|email address) (?:has changed|is now|is changing|will be|changed)(?: (?:to|from|it is now|and is now|now))*) ?\S+@\S+(?: (?:instead|please|from now on|now|in future|from \w+))*", _to_address, True),
    ("CHANGE ADDRESS", "change-address", r"(?:change|update)(?: my)?(?: email)? address(?: to)?", lambda m, raw, today: (0.7, {"to": ""}), False),
    ("MY DETAILS", "my-details", r"(?:show |send |see |what are |get )*my (?:details|entry|profile|record|directory entry)|(?:change|update|edit|correct) my (?:details|entry|profile|record|directory entry)|fy manylion|newid fy manylion", _bare, False),
    ("STATUS", "status", r"(?:my |show |send |get |what is my )*(?:status|settings|preferences|subscriptions?)|what am i (?:signed up|subscribed) (?:to|for)|statws|fy statws|fy newisiadau", _bare, False),
    ("WHO DID WHAT", "who-did-what", r"who did what(?: (?:since|from|after) .*| lately| please| here)?|(?:the |our )?(?:audit (?:trail|log)|record of what was done)(?: (?:since|from|after) .*| please)?|pwy wnaeth beth(?: ers .*)?", _since, False),
    ("HELP", "help", r"help(?: (?:me|please|needed|commands?))*|commands?|info|how does this work|what can i (?:do|say|reply)|cymorth|help llaw|\?+", _bare, False),
    # what was just done
    ("UNDO", "undo", r"undo(?: (?:that|this|it|last|the last|my last|change|please))*|dadwneud|dad wneud|revert(?: (?:that|this|it))?|put it back|put me back|reverse (?:that|this|it)|undo stop", _bare, False),
    ("HOLD", "hold", r"hold|hold (?:it|on|fire|that|this|the (?:mail|mailing|email|newsletter|invitation|agenda|issue))|dal|daliwch|daliwch arni|please hold|put (?:it|this) on hold", _bare, False),
)  # fmt: skip


def _all_days(raw: str) -> tuple[float, dict[str, Any]]:
    """WORKING DAYS ALL, or a question which: a last "all" is otherwise politeness ("thanks all")."""
    return (0.96, {"days": DAYS[:5]}) if re.search(r"\ball\W*$", raw, re.IGNORECASE) else (0.7, {"days": ()})


def _work_days(match: re.Match[str]) -> tuple[float, dict[str, Any]]:
    days = week_days(match["days"] or match["days_cy"])
    return (0.96 if days else 0.6), {"days": days}


COMMANDS = tuple(Command(name, act, re.compile(pattern), read, sentence) for name, act, pattern, read, sentence in _ROWS)

# Said of every network of the person, where the word is one that has a sense there (contract 2: per network and for all).
EVERYWHERE = re.compile(r",? *\b(?:(?:in|for|from|on|across) )?(?:all|every|each|both|bob|pob)(?: of)?(?: the| my| your)? (?:networks?|rhwydwaith)\b,?|\b(?:ym mhob rhwydwaith|everywhere)\b", re.IGNORECASE)
WIDE = frozenset({"pause", "resume", "digest", "every-post", "working-days", "only", "stop", "keep", "status", "my-year"})
# ... and those that hold everywhere by themselves.
PERSONAL = frozenset({"plain-text", "with-layout", "language", "my-data", "forget-me", "change-address", "my-details", "for-my-it", "help"})

"""One spelling for the many ways people type a word.

Everything after this file works on *plain* text: lower case, no accents, no apostrophes, short forms written out
("can't", "cant", "can not" are all `cannot`), common slips mended, thumbs turned into words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

YES_SIGNS = "👍✅✔☑👌🙋💯"
NO_SIGNS = "👎❌✖🚫"
MAYBE_SIGNS = "🤞🤷"
SIGN_WORDS = {
    **dict.fromkeys(YES_SIGNS, "thumbsup"),
    **dict.fromkeys(NO_SIGNS, "thumbsdown"),
    **dict.fromkeys(MAYBE_SIGNS, "fingerscrossed"),
}

# Short forms, in this order. "ill" and "id" are words too, so they count only before a verb that settles it.
SHORT_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), whole)
    for pattern, whole in (
        (r"\b(?:can'?t|can not|canot|cannt|carnt|cant't|cna't|can t|cna not|ca n't|cnt)\b", "cannot"),
        (r"\b(?:won'?t|wo n't|won t)\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|would|could|should|has|have|had|might|must|need)n'?t\b", r"\1 not"),
        (r"\b(?:dont|don t)\b", "do not"),
        (r"\bshan'?t\b", "will not"),
        (r"\bain'?t\b", "am not"),
        (r"\b(dwi|dw i|alla i|allai|fedra i|fedrai|fydda i|fyddai|ga i)'m\b", r"\1 ddim"),
        (r"\b(?:i'm|im|i m|i´m)\b", "i am"),
        (r"\b(?:i'll|i´ll|i'l|i ll|il)\b", "i will"),
        (
            r"\bill(?= (?:be|come|see|try|attend|join|make|let|do|bring|have|need|pop|get|not|also|definitely|"
            r"certainly|probably|hopefully|take|send|give|miss|pass|say|aim|always|there)\b)",
            "i will",
        ),
        (r"\b(we|you|they|he|she|it|that|there)'ll\b", r"\1 will"),
        (r"\b(i|we|you|they|he|she|it)'d\b", r"\1 would"),
        (r"\bid(?= (?:love|like|be|prefer|have|rather)\b)", "i would"),
        (r"\b(i|we|you|they)'ve\b", r"\1 have"),
        (r"\bive\b", "i have"),
        (r"\b(we|you|they)'re\b", r"\1 are"),
        (r"\b(he|she|it|that|there|what|where|who|here)'s\b", r"\1 is"),
        (r"\b(?:thats)\b", "that is"),
        (r"\bits(?= (?:an?|not|on|no|yes|fine|okay?|going|in|been|only|too|all|still|probably|just|done|me|us|for|from)\b)", "it is"),
        (r"\blet'?s\b", "let us"),
        (r"\b(?:gonna)\b", "going to"),
        (r"\b(?:wanna)\b", "want to"),
        (r"\b(?:gotta)\b", "have to"),
        (r"\b(?:c u|cu|cya|see ya|see u|c ya)\b", "see you"),
        (r"\b(?:b)(?= there\b)", "be"),
        (r"\bplus (?:one|1)\b|\+ ?(?:one|1)\b(?!\d)", "plusone"),
        (r"\b(?:e-mail|e mail)", "email"),
        (r"\bun[- ]+subscri", "unsubscri"),
        (r"\bnews[- ]+letter", "newsletter"),
    )
)

# Slips seen again and again, one word for one.
SLIPS: dict[str, str] = {
    slip: word
    for word, slips in {
        "yes": "ye yess yesss yse yeas yas yesh yez yess1 yes1",
        "yep": "yeap yepp yip yepyep",
        "yeah": "yea yeh yehh yeahh ya yah aye yh",
        "yup": "yupp",
        "no": "noo nooo nope nop nah naw noe",
        "maybe": "mabye mayby maybee mebbe maybey mybe amybe",
        "attend": "attned atend attent atttend",
        "attending": "atending attneding attendign attendin",
        "coming": "comming comign cming comin",
        "come": "cum",
        "make": "mke",
        "definitely": "definately definitly defiantly definetly def deffo defo defs definatly",
        "unfortunately": "unfortunatly unfortunatley unfortuantely unfortunatelly unfortunetly",
        "sorry": "sory sorrry soz srry sorr sry",
        "apologies": "apologise apologises apolgies appologies apoligies apologys apols apologize aplogies",
        "tomorrow": "tommorow tommorrow tomorow tmrw tomoz",
        "unable": "unabel unalbe",
        "available": "availble avaliable availabe availible",
        "unavailable": "unavailble unavaliable",
        "please": "pls plz plese pleas pleaes plase",
        "thanks": "thx thnx thanx tks thanls thnaks tanks ta cheers thankyou thks thansk",
        "probably": "probly probaly",
        "because": "cos coz cuz becuase bc",
        "you": "u",
        "are": "r",
        "okay": "ok okey okie dokey doke k kk okk",
        "unsubscribe": "unsubscibe unsubsribe unsuscribe unsubcribe unsubscrib unsubscirbe unsubscibed usubscribe unsubscribed "
        "unsubscribing unsubscripe unsubscibe unsusbcribe unsubscription",
        "newsletter": "newsleter newletter newsltter newslettter newsetter newsletters newsleters",
        "meetings": "meetngs meetigns meetins",
        "teaching": "teachign teachin teeching",
        "there": "ther thre thier",
        "receive": "recieve",
        "received": "recieved",
        "vegetarian": "vegitarian vegeterian veggie veg vege",
        "wrong": "worng",
        "confirm": "comfirm confrim confim conform",
        "thumbsup": "thumbs-up",
        # Welsh, without regard to accents
        "sori": "sorri",
        "efallai": "falla efalle falle falla hwyrach",
        "diolch": "dioch diolh diolchh",
        "byddaf": "bydaf byddaff",
        "methu": "methy ffaelu ffili",
    }.items()
    for slip in slips.split()
}

_SKIN_AND_SELECTORS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_APOSTROPHES = re.compile("[’‘ʼ`´′]")
_LONG_REPEAT = re.compile(r"([a-z])\1{2,}")
_NOT_PLAIN = re.compile(r"[^a-z0-9@+./& -]+")
_EDGE = re.compile(r"(?<![a-z0-9])[./-]+|[./-]+(?![a-z0-9])")


def clean(text: str) -> str:
    """Invisible marks out and one apostrophe; what people see stays as it is."""
    text = _SKIN_AND_SELECTORS.sub("", text)
    return _APOSTROPHES.sub("'", text).replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """The spelling that every table of this package is written in."""
    for sign, word in SIGN_WORDS.items():
        if sign in text:
            text = text.replace(sign, f" {word} ")
    text = unicodedata.normalize("NFKD", clean(text)).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).strip()
    for pattern, whole in SHORT_FORMS:
        text = pattern.sub(whole, text)
    text = _LONG_REPEAT.sub(r"\1\1", text.replace("'", ""))
    text = _EDGE.sub(" ", _NOT_PLAIN.sub(" ", text))
    return " ".join(SLIPS.get(word, word) for word in text.split())


def near(word: str, target: str) -> bool:
    """One slip apart (a letter missing, added, changed, or two swapped); only for words long enough to bear it."""
    if word == target:
        return True
    if min(len(word), len(target)) < 5 or abs(len(word) - len(target)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, target, strict=False)) if a != b), min(len(word), len(target)))
    w, t = word[at:], target[at:]
    return w[1:] == t[1:] or w[1:] == t or w == t[1:] or (w[2:] == t[2:] and w[:2] == t[1::-1])

"""Words of the line over a quote, "On <date> <name> wrote:", by language, as mail programs write them."""

from __future__ import annotations

# what ends it
WROTE_IN = {
    "en": "wrote|writes|said|replied|commented",
    "cy": "ysgrifennodd|ysgrifennwyd",
    "de": "schrieb|schrieben|geschrieben|hat geschrieben|hat am",
    "fr": "a écrit|a ecrit|écrit",
    "es ca gl eu": "escribió|escribio|ha escrito|escribe|va escriure|ha escrit|escribiu|idatzi du|hau idatzi du",
    "it": "ha scritto|scrive|scritto",
    "pt": "escreveu|escreveu o seguinte",
    "nl af": "schreef|geskryf|heeft geschreven|het volgende geschreven|schreef het volgende",
    "pl": "wiadomość napisana przez|napisał|napisała|napisał(a)|napisał/a|pisze|napisal|napisala",
    "sv da no is": "skrev|skrev følgende|skrifaði",
    "fi": "kirjoitti",
    "ru bg mk sr": "написал|написала|написал(а)|пишет|писал|писала|написа|напиша|је написао|је написала|је написао/ла",
    "uk": "написав|написала|пише|писав",
    "cs sk": "napsal|napsala|napsal(a)|napísal|napísal(a)|píše",
    "hu": "írta|ezt írta|a következőt írta",
    "ro": "a scris|scris",
    "hr sl": "je napisao|je napisala|napisao|napisala|je napisao/la|je napisal(a)",
    "el": "έγραψε",
    "tr": "yazdı|şunu yazdı|şunları yazdı|tarihinde yazdı",
    "et lt lv": "kirjutas|rašė|parašė|rakstīja",
    "ja": "のメール|さんは書きました|が書きました|は書きました|書きました",
    "zh": "写道|寫道|写到|說",
    "ko": "작성|님이 작성",
    "vi id tl th": "đã viết|menulis|isinulat|sumulat|เขียนว่า|เขียน",
    "hi fa": "ने लिखा|लिखा|نوشت|نوشته",
    "he ar": "כתב|כתבה|كتب|تمت كتابة ما يلي بواسطة",
}  # fmt: skip
WROTE = tuple(dict.fromkeys(words for row in WROTE_IN.values() for words in row.split("|")))

# what opens it: with a date and a verb (or an address and a colon) after it
OPENERS_IN = {
    "en": "on|at|in|from|quoting|quoting from",
    "cy": "ar",
    "de": "am|um|vom|zitat von|zitiere",
    "fr": "le",
    "es ca": "el|en|citando|citando a|missatge de",
    "it": "il|in data",
    "pt": "em|no dia|a",
    "nl": "op",
    "pl": "w dniu|dnia|wiadomość napisana przez",
    "sv da no": "den|på|citat från",
    "cs sk": "dne|dňa",
    "el": "στις",
    "ro": "la",
    "hr sl": "dana|u|v",
    "et": "kuupäeval",
    "vi id tl th": "vào|pada|noong|ในวันที่|เมื่อ",
    "he ar fa": "בתאריך|في|در تاریخ",
    "is": "þann",
}  # fmt: skip
OPENERS = tuple(dict.fromkeys(words for row in OPENERS_IN.values() for words in row.split("|")))

"""Formal closings, by language: what follows one to the end of a run is name and office. "Thanks, Jane" is none."""

from __future__ import annotations

CLOSINGS_IN = {
    "en": "kind regards|kindest regards|best regards|with kind regards|with best regards|warm regards|warmest regards|with regards"
          "|many regards|regards|with thanks and regards|thanks and regards|thanks & regards|thank you and regards"
          "|thanks and kind regards|many thanks and kind regards|best wishes|with best wishes|all the best|yours sincerely"
          "|yours faithfully|yours truly|sincerely|sincerely yours|respectfully|rgds|kr|br|kind rgds|best",
    "cy": "cofion|cofion gorau|cofion cynnes|cofion caredig|yn gywir|yr eiddoch yn gywir|pob hwyl|gyda diolch|dymuniadau gorau",
    "de": "mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichem gruß|mit freundlichem gruss|freundliche grüße"
          "|freundliche grüsse|viele grüße|viele grüsse|beste grüße|beste grüsse|liebe grüße|liebe grüsse|herzliche grüße"
          "|schöne grüße|mfg|lg|vg|gruß|gruss|grüße|mit besten grüßen",
    "fr": "cordialement|bien cordialement|très cordialement|cdt|cdlt|salutations|bien à vous|bien à toi|meilleures salutations"
          "|sincères salutations|amicalement",
    "es": "saludos|un saludo|saludos cordiales|atentamente|un cordial saludo|cordialmente|reciba un cordial saludo|muchos saludos",
    "it": "cordiali saluti|distinti saluti|saluti|un saluto|cari saluti",
    "pt": "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|att",
    "nl": "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groeten|groet|mvg|hartelijke groet|hartelijke groeten",
    "pl": "pozdrawiam|z poważaniem|z powazaniem|pozdrowienia|serdecznie pozdrawiam|z wyrazami szacunku",
    "sv": "med vänliga hälsningar|med vänlig hälsning|vänliga hälsningar|vänlig hälsning|hälsningar|mvh|bästa hälsningar|hälsn",
    "da": "med venlig hilsen|venlig hilsen|de bedste hilsner|bedste hilsner|hilsen|kh|vh|dbh|kærlig hilsen|mange hilsner",
    "no": "med vennlig hilsen|vennlig hilsen|beste hilsen|hilsener",
    "fi": "ystävällisin terveisin|terveisin|parhain terveisin|t|yst. terv|terv",
    "ru uk": "с уважением|с наилучшими пожеланиями|з повагою|з найкращими побажаннями",
    "cs sk": "s pozdravem|s pozdravom",
    "hu": "üdvözlettel|tisztelettel",
    "ro": "cu respect|cu stimă",
    "tr": "saygılarımla|iyi çalışmalar",
    "hr sl": "lijep pozdrav|srdačan pozdrav|lp",
    "el": "με εκτίμηση",
    "et lt lv": "lugupidamisega|pagarbiai|ar cieņu",
    "ja": "敬具|以上、よろしくお願いいたします",
    "zh": "此致|祝好",
}  # fmt: skip
CLOSINGS = frozenset(words for row in CLOSINGS_IN.values() for words in row.split("|"))

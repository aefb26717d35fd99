""""Sent from my iPhone" and its kin, by the words of phones, tablets and web mail programs in their languages."""

from __future__ import annotations

import re

# "Sent from my iPhone" and its kin: an opening, then what it was sent with
SENT_FROM = re.compile(
    r"(?i)[\[(<*_\s\u202a-\u202e\u200e\u200f]*(?:"
    r"(?:this (?:e-?mail|message) was )?(?:sent|written|typed|envoyé|envoye|enviado|enviada|enviat|inviato|gesendet|verstuurd|verzonden|wysłano|wysłane|skickat|sendt|sänt|"
    r"lähetetty|отправлено|надіслано|відправлено|poslano|odesláno|odoslané|elküldve|trimis|gönderildi|anfonwyd|στάλθηκε)[\s:]{1,3}"
    r"(?:(?:from|via|with|using|de|d|depuis|à partir de|à partir d|desde|do|da|dal|dalla|mio|von|mit|aus|vanaf|vanuit|met|van|z|ze|från|fra|med|min|mobil|o'r|o|gan|с|со|из|з|із"
    r"|через|kohteesta|din|cu|από)\b|on my\b|by (?=my (?:phone|mobile|i)|galaxy|samsung|android|blackberry|outlook|mail|yahoo|gmail))"
    r"|von .{2,40} gesendet|diese (?:nachricht|e-?mail) wurde (?:von|mit) |lähetetty |iphone'?(?:umdan|dan|mdan|imden) |iphone[‘'’]?imden"
    r"|(?:az? )?.{2,30}r[óő]l küldve|أ?ُ?رسلت من|أرسل من|נשלח מ|.{0,30}から送信|.{0,30}에서 보냄"
    r").{0,90}"
)
# the same where it is known by its whole form; `Sent from my Brand X5`: what follows "my" is a name, not a place
SENT_MY = re.compile(
    r"[\[(<*_\s]*(?:"
    r"(?:[Ss]ent (?:from|via) my|[Ee]nvoyé (?:de|depuis) mon|[Gg]esendet von meinem|[Ee]nviado (?:desde mi|do meu)|[Ii]nviato dal mio|[Vv]erzonden vanaf mijn|[Vv]erstuurd vanaf mijn"
    r"|[Ww]ysłane z mojego|[Ss]kickat från min|[Ss]endt fra min|[Aa]nfonwyd o fy)(?: [A-Z0-9][\w+-]{0,20}){1,5}"
    r"|[Ss]ent (?:from|with|via|using) \[?(?:Mailspring|Nylas|Polymail|Superhuman|Proton ?Mail|Tuta(?:nota)?|Airmail|Canary|BlueMail|Newton|Mailbird|eM Client|Mimestream|Missive|Shortwave|Spike|Zoho Mail)\b[^.?!]{0,80}\.?"
    r"|[Ff]rom [Mm]y (?:[Ii][Pp]hone|[Ii][Pp]ad|[Pp]hone|[Mm]obile|[Aa]ndroid|[Gg]alaxy|[Ss]amsung)(?: [A-Z0-9]\S{0,8}){0,2}"
    r"|(?:发自|發自|傳送自|发送自)我的.{0,20}|(?:从|從)我的.{0,20}(?:发送|發送|傳送)|(?:发自|發自)\s?(?:iPhone|iPad|[Aa]ndroid|手机|手機|网易|新浪|QQ|小米|华为).{0,15}"
    r"|(?:[Pp]lease )?(?:[Ee]xcuse|[Ff]orgive|[Aa]pologies for|[Ss]orry for)[^.?]{0,60}\b[Ss]ent (?:from|on|via) my (?:i?[Pp]hone|mobile|iPad|tablet|Android)\b[^.?,]{0,12}"
    r")[\])>*_!.。\s]*"
)
# what may follow in the same line: "please excuse typos"
SENT_EXCUSE = re.compile(
    r"(?i)excus|forgiv|apolog|sorry|pardon|typo|brief|brevity|terse|spelling|mistake|autocorrect|sent from|desculp|disculp|perdon|entschuldig|verzeih|tippfehler|fautes|scus|ursäkt|esgus|"
    r"https?:|www\.|download|get the app"
)
SENT_WITH = re.compile(
    r"(?i)iphone|ipad|ipod|android|blackberry|windows|outlook|samsung|galaxy|huawei|xiaomi|redmi|nokia|lumia|htc|sony|xperia|motorola|pixel|oneplus|oppo|"
    r"\bphone\b|mobile|mobiel|mobil|handy|smartphone|tablet|telefon|telefoon|téléphone|telefone|tel[eé]fono|cellulare|puhelin|мобильн|телефон|iphona|ipadu|"
    r"yahoo|gmail|mailbox|mail app|mail\.ru|mail for|courrier|correo|posta|hotmail|aol|thunderbird|proton|tutanota|spark|airmail|nine|mailbird|boxer|webmail|web\.de|gmx|"
    r"hushmail|fastmail|gnumail|k-9|k9|fairmail|bluemail|typeapp|superhuman|hey|zimbra|roundcube|treo|palm|droid|verizon|t-mobile|vodafone|orange|\bo2\b|at&t|my wireless|wireless|"
    r"apple watch|iwatch|my mac|macbook|laptop|ffôn|ffon|surface|chromebook|kindle|myphone|smart phone|commodore|workspace one|em client|emclient|newton|"
    r"手机|手機|iphon|typemail|mailtrack|zoho|mobile device|handheld|nexus|moto g|lg |telus|rogers|bell|comcast|xfinity|cellphone|cell phone|\bcell\b|yandex|яндекс|mailspring|canary"
)
GET_APP = re.compile(
    r"(?i)(?:get|télécharge[rz]?|obter o|obtenez|obtenir|ottieni|získat|získajte|получите|отримати|отримайте|завантажити|αποκτήστε το|obțineți|pobierz|skaff deg|holen sie sich|hol dir|laden sie|scarica|obtener|obtenga|obter|baixe|download|hämta|hent|hanki|скачайте|получить|cael)\s+"
    r"(?:the\s+|aplikację\s+|приложение\s+)?\[?(?:outlook|yahoo mail|gmail|bluemail|myMail|typeapp|spark)\b.{0,120}|outlook (?:für|voor) .{2,20} (?:beziehen|holen|herunterladen|downloaden).{0,80}"
    # in whatever language: the app, the phone, and the maker's own short link
    r"|(?=.{0,40}outlook)(?=.{0,40}(?:ios|android)).{10,60}<?https://aka\.ms/\w{4,12}"
)

"""The words by which mail programs mark quotes, headers, signatures and banners, by language.

Tables only; `quotes.py` and `reply.py` say what each means. All are matched in lower case against one line (or a
few joined) of bounded length. Languages: en cy de fr es it pt nl pl sv da no fi ru uk cs sk hu ro hr el tr et lt lv ja zh
ko, as the clients themselves write them.
"""

from __future__ import annotations

import re

# words that end an attribution line: "On <date> <name> wrote:"
WROTE = (
    "wiadomość napisana przez",  # pl, Apple Mail
    "wrote",
    "writes",
    "said",
    "replied",
    "commented",  # en
    "ysgrifennodd",
    "ysgrifennwyd",  # cy
    "schrieb",
    "schrieben",
    "geschrieben",
    "hat geschrieben",
    "hat am",  # de
    "a écrit",
    "a ecrit",
    "écrit",
    "a écrit",  # fr
    "escribió",
    "escribio",
    "ha escrito",
    "escribe",
    "va escriure",  # es ca
    "ha scritto",
    "scrive",
    "scritto",  # it
    "escreveu",
    "escreveu o seguinte",  # pt
    "schreef",
    "heeft geschreven",
    "het volgende geschreven",
    "schreef het volgende",  # nl
    "napisał",
    "napisała",
    "napisał(a)",
    "napisał/a",
    "pisze",
    "napisal",
    "napisala",  # pl
    "skrev",
    "skrev følgende",  # sv da no
    "kirjoitti",  # fi
    "написал",
    "написала",
    "написал(а)",
    "пишет",
    "писал",
    "писала",
    "написа",  # ru bg
    "написав",
    "написала",
    "пише",
    "писав",  # uk
    "napsal",
    "napsala",
    "napsal(a)",
    "napísal",
    "napísal(a)",
    "píše",  # cs sk
    "írta",
    "ezt írta",
    "a következőt írta",  # hu
    "a scris",
    "scris",  # ro
    "je napisao",
    "je napisala",
    "napisao",
    "napisala",
    "je napisao/la",
    "je napisal(a)",  # hr sl
    "έγραψε",  # el
    "yazdı",
    "şunu yazdı",
    "şunları yazdı",
    "tarihinde yazdı",  # tr
    "kirjutas",  # et
    "rašė",
    "parašė",  # lt
    "rakstīja",  # lv
    "のメール",
    "さんは書きました",
    "が書きました",
    "は書きました",
    "書きました",
    "wrote",  # ja
    "写道",
    "寫道",
    "写到",
    "說",  # zh
    "작성",
    "님이 작성",  # ko
    "đã viết",
    "menulis",
    "כתב",
    "כתבה",
    "كتب",  # vi id he ar
)

# words that open one: with a date and a verb (or an address and a colon) after them
OPENERS = (
    "wiadomość napisana przez",
    "on",
    "at",
    "in",
    "from",
    "ar",
    "am",
    "at",
    "um",
    "vom",
    "le",
    "el",
    "en",
    "il",
    "in data",
    "em",
    "no dia",
    "a",
    "op",
    "w dniu",
    "dnia",
    "den",
    "på",
    "dne",
    "dňa",
    "στις",
    "la",
    "dana",
    "u",
    "v",
    "kuupäeval",
    "em",
    "vào",
    "pada",
    "quoting",
    "citando",
    "zitat von",
    "citat från",
    "citando a",
    "quoting from",
    "zitiere",
)

# label of a quoted header field, by which field it is
_LABELS = {
    "from": "from|von|de|da|מאת|van|od|från|fra|lähettäjä|oddi wrth|oddiwrth|от|от кого|від|від кого|отправитель|发件人|寄件者|寄件人|差出人|送信者|feladó"
    "|de la|expéditeur|remetente|mittente|kimden|gönderen|από|afzender|nadawca|보낸 사람|보낸사람|odesílatel|odosielateľ|mitente|avsändare|afsender|avsender"
    "|من|saatja|nuo|no|expedient|pošiljatelj|šalje",
    "date": "sent|date|נשלח|תאריך|gesendet|gesendet am|datum|envoyé|envoyé le|envoyé à|date d'envoi|inviato|inviato il|data|data invio|enviado|enviada|enviada em|enviado em"
    "|enviado el|fecha|verzonden|verzonden op|wysłano|data wysłania|skickat|skickat den|sendt|dato|lähetetty|päivämäärä|päiväys|отправлено|дата|надіслано|відправлено"
    "|发送时间|发送日期|日期|時間|时间|寄件日期|傳送日期|日付|送信日時|送信日|anfonwyd|dyddiad|odesláno|odoslané|dátum|elküldve|trimis|gönderildi|gönderme tarihi|tarih"
    "|ημερομηνία|στάλθηκε|보낸 날짜|보낸날짜|날짜|sent on|sent at|date sent|message du|poslano|saadetud|kuupäev|enviat|išsiųsta|nosūtīts|received|dato sendt|date/heure|تم الإرسال|التاريخ|إرسال",
    "to": "to|an|אל|à|a|para|aan|do|till|til|vastaanottaja|кому|收件人|宛先|komu|címzett|către|kime|alıcı|destinataire|destinatario|destinatário|προς|at|받는 사람|받는사람"
    "|adresat|naar|mottagare|modtager|mottaker|k|per|za|pour|kam|adressaat|prima|إلى",
    "cc": "cc|kopie|kopie (cc)|copie|copie à|kopi|kopia|kopia do|kopio|копия|копія|抄送|副本|bilgi|con copia|参照|참조|másolatot kap|dw|copi|cópia|bcc|c.c",
    "subject": "subject|נושא|betreff|objet|oggetto|asunto|assunto|onderwerp|temat|ämne|emne|aihe|тема|主题|主題|主旨|件名|pwnc|předmět|predmet|tárgy|subiect|subiectul|konu"
    "|θέμα|제목|sujet|titel|assumpte|teema|tema|tēma|objekt|re|الموضوع",
    "other": "reply-to|reply to|importance|priority|attachments|attachment|anlagen|wichtigkeit|importancia|pièces jointes|bijlagen|bilagor|vedhæftede filer|organization"
    "|newsgroups|mailed-by|security|antwort an|responder a|répondre à|categories|vigtighed|prioritet|message-id|in-reply-to|x-mailer|pwysigrwydd|atodiadau|priorité|priorität"
    "|sensitivity|when|where|allegati|anexos|załączniki|liitteet|вложения|附件",
}
LABELS = {label: kind for kind, labels in _LABELS.items() for label in labels.split("|")}

# what stands between dashes, or alone with a colon, above a quoted or forwarded message
ORIGINAL = (
    "mail original",
    "original mail",
    "ursprüngliche mail",
    "mensagem original",
    "oorspronkelijk bericht",
    "oorspronkelijke mail",
    "alkuperäinen viesti",
    "ursprungligt meddelande",
    "original message",
    "original email",
    "reply message",
    "forwarded message",
    "begin forwarded message",
    "forwarded by",
    "original appointment",
    "forwarded email",
    "forward message",
    "replied message",
    "previous message",
    "weitergeleitete nachricht",
    "original-nachricht",
    "ursprüngliche nachricht",
    "originalnachricht",
    "ursprüngliche e-mail",
    "anfang der weitergeleiteten nachricht",
    "originaltermin",
    "message d'origine",
    "message d’origine",
    "message original",
    "message transféré",
    "message initial",
    "courriel original",
    "début du message transféré",
    "début du message réexpédié",
    "mensaje original",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "missatge original",
    "messaggio originale",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "mensagem encaminhada",
    "início da mensagem encaminhada",
    "origineel bericht",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "wiadomość przekazana",
    "przekazana wiadomość",
    "treść przekazanej wiadomości",
    "wiadomosc oryginalna",
    "originalmeddelande",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "oprindelig meddelelse",
    "oprindelig besked",
    "antwort nachricht",
    "antwort-nachricht",
    "opprinnelig e-post",
    "ursprungligt e-postmeddelande",
    "original meddelelse",
    "videresendt meddelelse",
    "videresendt besked",
    "opprinnelig melding",
    "videresendt melding",
    "start på videresendt melding",
    "välitetty viesti",
    "lähetetty viesti edelleen",
    "исходное сообщение",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "пересланное письмо",
    "начало переадресованного сообщения",
    "вихідне повідомлення",
    "переслане повідомлення",
    "початкове повідомлення",
    "původní zpráva",
    "přeposlaná zpráva",
    "pôvodná správa",
    "eredeti üzenet",
    "továbbított üzenet",
    "mesaj original",
    "mesajul original",
    "mesaj redirecționat",
    "izvorna poruka",
    "proslijeđena poruka",
    "αρχικό μήνυμα",
    "orijinal mesaj",
    "özgün ileti",
    "yönlendirilen mesaj",
    "İletilen mesaj",
    "元のメッセージ",
    "転送メッセージ",
    "转发邮件信息",
    "转发的邮件",
    "原始邮件",
    "原始郵件",
    "转发邮件",
    "轉寄郵件",
    "원본 메시지",
    "전달된 메시지",
    "neges wreiddiol",
    "neges a anfonwyd ymlaen",
    "neges wedi'i hanfon ymlaen",
    "thư gốc",
    "pesan asli",
    "הודעה מקורית",
    "الرسالة الأصلية",
)

# and of those, what says that it was sent on rather than answered
FORWARD = re.compile(
    r"(?i)forward|weitergeleitet|transf[ée]r|réexpédi|reenvia|inoltra|encaminha|doorgestuurd|przekazan|vidarebefordra|videresend|välitet|lähetetty viesti edelleen|перес[ылл]|переадрес"
    r"|přeposl|továbbít|redirec|proslijeđ|yönlendir|iletilen|転送|转发|轉寄|전달|ymlaen"
)

# the line a service puts over what it does not want back
ABOVE = (
    "reply above this line",
    "reply above the line",
    "please reply above this line",
    "write above this line",
    "type your reply above",
    "please type your reply above this line",
    "répondez au-dessus de cette ligne",
    "antworten sie oberhalb dieser zeile",
    "enter your reply above",
    "##- please type your reply above this line -##",
    "do not write below this line",
    "please do not write below this line",
    "atebwch uwchben y llinell hon",
)

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
    r"(?i)(?:get|télécharge[rz]?|obter o|obtenez|holen sie sich|hol dir|laden sie|scarica|obtener|obtenga|obter|baixe|download|hämta|hent|hanki|pobierz|скачайте|получить|cael)\s+"
    r"(?:the\s+|aplikację\s+|приложение\s+)?\[?(?:outlook|yahoo mail|gmail|bluemail|myMail|typeapp|spark)\b.{0,120}|outlook für .{2,20} (?:beziehen|holen|herunterladen).{0,80}"
)

# formal closings: what follows them to the end of the run is name and office
CLOSINGS = (
    "kind regards",
    "kindest regards",
    "best regards",
    "with kind regards",
    "with best regards",
    "warm regards",
    "warmest regards",
    "with regards",
    "many regards",
    "regards",
    "with thanks and regards",
    "thanks and regards",
    "thanks & regards",
    "thank you and regards",
    "thanks and kind regards",
    "many thanks and kind regards",
    "best wishes",
    "with best wishes",
    "all the best",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "sincerely",
    "sincerely yours",
    "respectfully",
    "rgds",
    "kr",
    "br",
    "kind rgds",
    "best",
    "cofion",
    "cofion gorau",
    "cofion cynnes",
    "cofion caredig",
    "yn gywir",
    "yr eiddoch yn gywir",
    "pob hwyl",
    "gyda diolch",
    "dymuniadau gorau",
    "mit freundlichen grüßen",
    "mit freundlichen grüssen",
    "mit freundlichem gruß",
    "mit freundlichem gruss",
    "freundliche grüße",
    "freundliche grüsse",
    "viele grüße",
    "viele grüsse",
    "beste grüße",
    "beste grüsse",
    "liebe grüße",
    "liebe grüsse",
    "herzliche grüße",
    "schöne grüße",
    "mfg",
    "lg",
    "vg",
    "gruß",
    "gruss",
    "grüße",
    "mit besten grüßen",
    "cordialement",
    "bien cordialement",
    "très cordialement",
    "cdt",
    "cdlt",
    "salutations",
    "bien à vous",
    "bien à toi",
    "meilleures salutations",
    "sincères salutations",
    "amicalement",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "atentamente",
    "un cordial saludo",
    "cordialmente",
    "reciba un cordial saludo",
    "muchos saludos",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "un saluto",
    "cari saluti",
    "atenciosamente",
    "cumprimentos",
    "com os melhores cumprimentos",
    "melhores cumprimentos",
    "att",
    "met vriendelijke groet",
    "met vriendelijke groeten",
    "vriendelijke groet",
    "vriendelijke groeten",
    "groeten",
    "groet",
    "mvg",
    "hartelijke groet",
    "hartelijke groeten",
    "pozdrawiam",
    "z poważaniem",
    "z powazaniem",
    "pozdrowienia",
    "serdecznie pozdrawiam",
    "z wyrazami szacunku",
    "med vänliga hälsningar",
    "med vänlig hälsning",
    "vänliga hälsningar",
    "vänlig hälsning",
    "hälsningar",
    "mvh",
    "bästa hälsningar",
    "hälsn",
    "med venlig hilsen",
    "venlig hilsen",
    "de bedste hilsner",
    "bedste hilsner",
    "hilsen",
    "kh",
    "vh",
    "dbh",
    "kærlig hilsen",
    "mange hilsner",
    "med vennlig hilsen",
    "vennlig hilsen",
    "beste hilsen",
    "hilsener",
    "ystävällisin terveisin",
    "terveisin",
    "parhain terveisin",
    "t",
    "yst. terv",
    "terv",
    "с уважением",
    "с наилучшими пожеланиями",
    "з повагою",
    "з найкращими побажаннями",
    "s pozdravem",
    "s pozdravom",
    "üdvözlettel",
    "tisztelettel",
    "cu respect",
    "cu stimă",
    "saygılarımla",
    "iyi çalışmalar",
    "lijep pozdrav",
    "srdačan pozdrav",
    "lp",
    "με εκτίμηση",
    "lugupidamisega",
    "pagarbiai",
    "ar cieņu",
    "敬具",
    "以上、よろしくお願いいたします",
    "此致",
    "祝好",
)

# first words of a legal notice or an institution's footer; from there to the end of the run is no one's word
DISCLAIMERS = re.compile(
    r"(?i)[*\s_>-]*(?:"
    r"(?:this|the (?:information|contents?)(?: contained)? (?:in|of) this) (?:e-?mail|message|communication|electronic mail|transmission)\b.{0,120}\b(?:confidential|privileged|intended (?:only|solely|exclusively|for|recipient)|addressee|solely|recipient|virus|monitored)"
    r"|(?:confidentiality|legal|privacy|disclaimer|important)\s*(?:notice|note|statement|disclaimer)?\s*:.{0,200}\b(?:e-?mail|message|communication|confidential|information)"
    r"|disclaimer\s*:?\s*$|confidentiality (?:notice|statement)\s*:?\s*$|privileged\s*/?\s*(?:and\s+)?confidential"
    r"|if you (?:are not|have received|receive) (?:the intended|this (?:e-?mail|message|communication))"
    r"|(?:please )?(?:consider|think (?:about|of)) the environment before printing|please think before you print|before printing, think|save paper[,.:;!–— -]+(?:think|do not|don'?t|please|only)"
    r"|mae'r (?:e-?bost|neges)\b.{0,120}\b(?:gyfrinachol|cyfrinachol)|(?:mae'r|bydd y) (?:neges|e-bost) (?:hon|hwn)"
    r"|diese (?:e-?mail|nachricht)\b.{0,120}\bvertraulich|ce (?:message|courriel|mail)\b.{0,120}\bconfidentiel|este (?:mensaje|correo|e-?mail)\b.{0,120}\bconfidencial"
    r"|questo messaggio\b.{0,120}\briservat|esta mensagem\b.{0,120}\bconfidencia|(?:dit bericht|deze e-?mail)\b.{0,120}\bvertrouwelijk"
    r"|this (?:e-?mail|message) has been (?:scanned|checked|swept)|virus-free\.|scanned by|no virus found in this|checked by avg|this email was scanned"
    r"|registered (?:in england|charity|office)\b|the university of .{2,40} is (?:a|an) (?:exempt |registered )?charit|.{2,80} is a company limited by guarantee|company registered in"
    r"|mae prifysgol .{2,60} yn (?:elusen|croesawu)|rydym yn croesawu gohebiaeth|we welcome correspondence in welsh|.{0,60}welcomes? correspondence in (?:welsh|both)"
    r")"
)

# what institutions put over a mail from outside
BANNERS = re.compile(
    r"(?i)\W{0,15}(?:"
    r"(?:caution|warning|attention|alert|notice|rhybudd|achtung|vorsicht|be careful)?\W{0,8}(?:this (?:e-?mail|message) (?:was sent|originated|is|comes?|came|has been sent|has originated|originates) from "
    r"(?:outside|an external|external|someone outside|a(?:n)? (?:unknown|unverified))|(?:this is an )?external (?:e-?mail|sender|message|source|mail)\b|daeth yr e-?bost hwn o'r tu allan|anfonwyd yr e-bost hwn)"
    r"|ZjQcmQRYFpfptBanner(?:Start|End)"
    r"|you don'?t often get (?:e-?mail|messages?) from|some people who received this message don'?t often get"
    r"|(?:external|ext|allanol|extern|externe?)\s*[\]:}*!]*\s*$"
    r"|sie erhalten nicht (?:oft|häufig) eine? e-?mail|vous ne recevez pas souvent de courriers?|diese e-?mail (?:kommt|stammt|wurde) von (?:ausserhalb|außerhalb|einem externen)"
    r")"
)
BANNER_MORE = re.compile(
    r"(?i)ZjQcmQRYFpfptBanner|this message (?:is|came) from (?:an external|outside)|report suspicious|(?:do not|don'?t|never|please do not|be cautious|exercise caution|think before|only) .{0,60}(?:click|open|links?|attachments?|reply)|"
    r".{0,80}(?:unless you|recogni[sz]e the sender|know the content|report (?:it|suspicious)|learn why this is important|peidiwch â chlicio)"
)

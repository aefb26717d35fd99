"""What stands above a quoted or forwarded message: between dashes, or alone with a colon, by language."""

from __future__ import annotations

import re

ORIGINAL_IN = {
    "en": "original mail|original message|original email|reply message|forwarded message|begin forwarded message|forwarded by"
          "|original appointment|forwarded email|forward message|replied message|previous message",
    "cy": "neges wreiddiol|neges a anfonwyd ymlaen|neges wedi'i hanfon ymlaen",
    "de": "ursprüngliche mail|weitergeleitete nachricht|original-nachricht|ursprüngliche nachricht|originalnachricht"
          "|ursprüngliche e-mail|anfang der weitergeleiteten nachricht|originaltermin|antwort nachricht|antwort-nachricht",
    "fr": "mail original|message transféré|message d'origine|message d’origine|message original|message initial|courriel original"
          "|début du message transféré|début du message réexpédié",
    "es ca": "mensaje original|mensaje reenviado|inicio del mensaje reenviado|missatge original",
    "it": "messaggio originale|messaggio inoltrato|inizio messaggio inoltrato",
    "pt": "mensagem original|mensagem encaminhada|início da mensagem encaminhada",
    "nl": "oorspronkelijk bericht|oorspronkelijke mail|origineel bericht|doorgestuurd bericht|begin doorgestuurd bericht",
    "pl": "wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana|przekazana wiadomość|treść przekazanej wiadomości|wiadomosc oryginalna",
    "sv da no": "ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|vidarebefordrat brev|oprindelig meddelelse"
          "|oprindelig besked|opprinnelig e-post|ursprungligt e-postmeddelande|original meddelelse|videresendt meddelelse"
          "|videresendt besked|opprinnelig melding|videresendt melding|start på videresendt melding",
    "fi": "alkuperäinen viesti|välitetty viesti|lähetetty viesti edelleen",
    "ru": "исходное сообщение|пересылаемое сообщение|пересланное сообщение|пересланное письмо|начало переадресованного сообщения",
    "uk": "вихідне повідомлення|переслане повідомлення|початкове повідомлення",
    "cs sk": "původní zpráva|přeposlaná zpráva|pôvodná správa",
    "hu ro": "eredeti üzenet|továbbított üzenet|mesaj original|mesajul original|mesaj redirecționat",
    "hr": "izvorna poruka|proslijeđena poruka",
    "el": "αρχικό μήνυμα",
    "tr": "orijinal mesaj|özgün ileti|yönlendirilen mesaj|İletilen mesaj",
    "ja": "元のメッセージ|転送メッセージ",
    "zh": "转发邮件信息|转发的邮件|原始邮件|原始郵件|转发邮件|轉寄郵件",
    "ko": "원본 메시지|전달된 메시지",
    "vi id": "thư gốc|pesan asli",
    "he ar": "הודעה מקורית|الرسالة الأصلية",
}  # fmt: skip
ORIGINAL = tuple(words for row in ORIGINAL_IN.values() for words in row.split("|"))

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

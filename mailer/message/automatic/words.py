"""The words of machines: subjects that only they begin with, and what their notices say, by language."""

from __future__ import annotations

import re

# subjects that only a machine begins with; after "Re:" they are a person's
SUBJECTS = re.compile(
    r"(?i)^\W{0,3}(?:"
    r"auto(?:matic|mated|matische|matisk|matisches|matick[áa]|matikus|mata)?[ -]?(?:e-?mail )?(?:reply|response|responder|answer|replay|svar|antwort|reactie|acknowledge?ment)|autore(?:ply|sponder|sponse|spons|spond)\b|auto\s*:|autosvar|"
    r"out[ -]of[ -](?:the[ -])?office(?:\s+(?:auto-?reply|reply|response|message|notification|assistant|notice))?\s*(?:[:(\-–\[]|$|re\b|until|from|till)|(?:i am|i'm|we are|currently) (?:out of (?:the )?office|away|on (?:annual )?leave)|away from (?:the |my )?(?:office|desk|mail)|vacation (?:reply|response|message|notice)|"
    r"(?:this )?(?:mailbox|inbox|e-?mail address) is (?:not monitored|unmonitored|unattended)|(?:on )?(?:annual|maternity|paternity|parental|sick) leave\s*(?:[:\-–(]|$|re\b|until)|on vacation|on holiday|ooo\s*[:\-–]|o\.o\.o|absent:|absence notice|"
    r"ateb(?:iad)? awtomatig|allan o'r swyddfa|ateb yn awtomatig|"
    r"automatische (?:antwort|abwesenheitsnotiz|beantwortung)|abwesenheits?(?:notiz|benachrichtigung|meldung|agent|assistent|hinweis)?\b|(?:ich bin )?nicht im (?:büro|haus)|urlaub(?:sbenachrichtigung|sabwesenheit|s?notiz)?\s*(?:[:\-–]|$)|außer haus|"
    r"r[ée]ponse automatique|message automatique|absence(?: du bureau| temporaire| prolong[ée]e)?\s*(?:[:\-–(]|$)|absent(?:e)? du bureau|accus[ée] de r[ée]ception|(?:notification|message|notice|avis) d'absence|r[ée]pondeur|"
    r"respuesta autom[áa]tica|mensaje autom[áa]tico|fuera de (?:la )?oficina|ausente|ausencia|contestaci[óo]n autom|auto ?respuesta|"
    r"risposta automatica|fuori (?:sede|ufficio)|assente|assenza|messaggio automatico|auto ?risposta|"
    r"resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia|mensagem autom[áa]tica|fora de escrit|"
    r"automatisch (?:antwoord|bericht)|afwezig(?:heid)?(?:sbericht)?|niet aanwezig|buiten kantoor|afwezigheidsassistent|"
    r"automatyczna odpowied[źz]|autoodpowied[źz]|odpowied[źz] automatyczna|nieobecno[śs][ćc]|poza biurem|"
    r"automatiskt svar|frånvaro|autosvar|ej på kontoret|automatisk (?:svar|e-post)|fraværs?\w*|ikke til ?stede|ute av kontoret|ferie(?:melding|besked)?\s*(?:[:\-–]|$)|"
    r"automaattinen (?:vastaus|poissaoloviesti)|poissa(?:oloilmoitus| toimistosta)?|lomalla|"
    r"автоматическ\w+ (?:ответ|уведомление)|автоответ\w*|нет на (?:месте|работе)|вне офиса|в отпуске|автоматична відповідь|автовідповідь|"
    r"automatick[áé] odpov[ěe][ďd]|automatikus v[áa]lasz|nem vagyok az irod|r[ăa]spuns automat|absent din birou|otomatik (?:yan[ıi]t|cevap)|ofis d[ıi][şs][ıi]nda|samodejni odgovor|automatski odgovor|automaatvastus|autom[āa]tisk[āa] atbilde|[āa]rpus biroja|atva[ļl]in[āa]jum\w*|prombūtn\w*|puhkusel|kontorist väljas|atostog\w*|nesu biure|szabads[áa]gon|mimo kancel[áa][rř]\w*|dovolen[áa]\b|automatinis atsakymas|αυτόματη απάντηση|"
    r"תשובה אוטומטית|מענה אוטומטי|(?:ال)?رد (?:ال)?تلقائي|پاسخ خودکار|स्वचालित (?:उत्तर|प्रतिक्रिया)|trả lời tự động|(?:การ)?ตอบกลับอัตโนมัติ|(?:balasan|jawaban) otomatis|balasan automatik|автоматичен отговор|автоматски одговор|аутоматски одговор|resposta automàtica|erantzun automatikoa|freagra uathoibríoch|sjálfvirkt svar|"
    r"自動返信|自動応答|不在(?:通知|の)|自动(?:回复|答复)|自動回覆|外出|休假|부재중|자동 ?(?:회신|응답)"
    r")"
)
# ... and what stands anywhere in one
SUBJECT_PARTS = re.compile(
    r"(?i)\bis (?:currently |now )?(?:out of (?:the )?office|away|on (?:annual )?leave|on vacation|on holiday)\b|\(out of (?:the )?office\)|\[auto-?reply\]|\(auto(?:matic)?[ -]?(?:reply|response|generated)\)|\[auto(?:matic)?[ -]?(?:reply|response|generated)\]|"
    r"auto-?reply\s*$|autoreply\b|auto-?response\s*$|out of (?:the )?office (?:auto ?-?reply|reply|response|message|notification|re:)|automatic reply\s*$|vacation auto-?reply|ist (?:derzeit |zur zeit )?(?:abwesend|nicht im (?:büro|haus))|est absent|è fuori sede"
)
# words of a vacation notice; they count only together with another sign
NOTICE = re.compile(
    r"(?i)(?:i am|i'm|i will be|we are|is) (?:currently |now )?(?:out of (?:the )?office|away from|on (?:annual |maternity |parental |study )?leave|on vacation|on holiday|unavailable|not in the office|absent|travel?ling)|out of (?:the )?office|limited access to (?:my )?e-?mail|(?:this is an|this) auto(?:mat\w+)?[ -]?(?:generated |e-?mail |mail )?"
    r"(?:reply|response|message|e-?mail)|automat(?:ed|ic)(?:ally)? (?:generated |e-?mail |reply|response)|do not reply to this|thank you for (?:your (?:e-?mail|message|enquiry)|contacting)|we have received your|has been received|ich bin (?:derzeit |zurzeit |vom )|nicht im büro|je suis absent|actuellement absent|"
    r"absent(?:e)? du bureau|estoy fuera|estaré fuera|gracias por contactar|sono (?:in ferie|assente|fuori)|estou (?:de férias|ausente|fora)|ben ik (?:niet|afwezig)|afwezig|jestem nieobecn|jag är (?:inte|på semester|borta)|jeg er (?:ikke|på ferie|bortrejst|ute)|olen (?:lomalla|poissa)|я в отпуске|отсутств|"
    r"allan o'r swyddfa|ar wyliau|ar fy ngwyliau|diolch am eich (?:e-bost|neges)|不在にして|休暇"
)
ANSWER_PREFIX = re.compile(
    r"(?i)^\s*(?:re|aw|sv|vs|antw|odp|rif|res|ynt|fwd?|fw|wg|tr|rv|vb|vl|atb|ymat?b?)\s*(?:\[\d+\])?\s*[:：]"
)

# programs that people write with, as they name themselves
CLIENT = re.compile(
    r"(?i)thunderbird|apple mail|iphone mail|ipad mail|outlook|mutt|gnus|evolution|kmail|claws|sylpheed|alpine|roundcube|squirrelmail|mu4e|notmuch|k-9|fairemail|zimbra|webmail|geary|aerc|eudora|the bat|rmail|vm "
)

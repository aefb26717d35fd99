"""The words of mail systems that tell of a failure: their names, titles, first words, and what they return below."""

from __future__ import annotations

import re

DAEMONS = re.compile(
    r"(?i)^(?:mailer-?daemon|mail-?daemon|maildaemon|mdaemon|post[_.-]?master|postmast|mail[._ -]?delivery[._ -]?(?:system|subsystem|service)|ndr|mailerdaemon|bounces?|"
    r"microsoftexchange[0-9a-f]{10,}|double-bounce|mail-?system|smtp-?gateway|e500_smtp_mail_service|symantec_antivirus.*|imss|administrator|mailadmin|mailadm|mmdf|smtp)(?:[+=-].*)?$"
)
DAEMON_NAMES = re.compile(
    r"(?i)mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|mail administrator|system administrator|\bpostmaster\b|microsoft outlook|microsoft exchange|mail system|jetmail|"
    r"inetmail|internet mail delivery|mail router|mail service|email delivery|administrateur|systemadministrator|mailsystem|mail error|зустел|доставк"
)
SUBJECTS = re.compile(
    r"(?i)undeliver|returned (?:e-?)?mail|mail (?:system )?error|failure notice|delivery (?:status )?(?:notification|failure|failed|problem|report|error|has failed|unsuccessful|incomplete)|(?:delivery|message|mail) .{0,20}(?:failure|failed|fail\b)|"
    r"(?:could|can) ?not (?:be )?(?:deliver|sent)|not (?:be )?delivered|non[- ]delivery|nondeliver|non remis|message delayed|delayed mail|mail .{0,20}delayed|warning: (?:message|could not send|.{1,60}user unknown)|still being retried|delivery (?:warning|delay|notification)|"
    r"returning message|message status|mail delivery status|no se puede entregar|não é possível entregar|ei voitu toimittaa|kan ikke leveres|ikke levert|kan niet worden (?:bezorgd|afgeleverd)|non consegnat|impossibile recapitare|automatically rejected|user unknown|unknown (?:user|recipient)|processing error|rejected mail|bounce|echec de (?:la )?(?:distribution|remise)|échec|non distribu|non recapitabil|mancato recapito|mancata consegna|unzustellbar|zustellung|fehlgeschlagen|"
    r"nicht zugestellt|nicht zustellbar|no se (?:ha )?(?:podido )?entreg|no entregad|devuelto|error de entrega|falha na entrega|não (?:foi )?entreg|devolvid|mensagem n|onbestelbaar|niet (?:afgeleverd|bezorgd)|olevererbar|kunde inte levereras|ikke leveres|"
    r"mislukte|niedostarcz|nie dostarczon|nie można dostarczyć|zwrot|(?:methwyd|methu|heb|ni fu modd|nid oedd modd|nid oes modd|ni ellid) (?:â |ag |ei |eu )?(?:d{1,2}anfon|anfon|d{1,2}osbarthu|chyflwyno|cyflwyno)|δεν ήταν δυνατή η παράδοση|αδυναμία παράδοσης|nelivrabil|לא ניתן למסירה|غير قابل للتسليم|تعذر (?:ال)?تسليم|không thể gửi|không gửi được|kohaletoimetamat|nije isporučen|nedostavljiv|ni mogoče dostaviti|ส่งไม่ได้|ไม่สามารถส่ง|tidak (?:dapat|bisa) (?:di|ter)kirim|gagal (?:ter)?kirim|неуспешна доставка|не може да бъде доставен|nepristatyt|nepavyko pristatyti|nav piegād|neizdevās piegādāt|óafhendanleg|ekki hægt að afhenda|no s'ha pogut lliurar|ezin izan da entregatu|ní féidir .{1,30} a sheachadadh|nedoručite|неиспоручен|недостав|не доставлен|не может быть доставлен|недоставка|не удалось доставить|nedoru|kézbesít|iletilemedi|teslim edilemedi|배달|退信|退回|传输失败|傳輸失敗|无法投递|無法傳遞|配信不能|配送不能|配信できません|エラー|toimittamatta|perille"
)
# first words of a notice; a row each for the families that write them
NOTICES = re.compile(
    r"(?i)no ha llegado a|no se ha entregado|obtener acceso a los siguientes|não chegou a|não é possível contactar|niet bereikt|nådde inte|gick inte att nå|blev ikke leveret|ble ikke levert|nådde ikke|nie dotarł|nie można było|"
    r"nicht erreicht|wurde nicht an .{1,120} zugestellt|nebylo možné doručit|nepodařilo (?:se )?doručit|ei voitu toimittaa|ei tavoittanut|teslim edilemedi|ulaşmadı|nem sikerült kézbesíteni|nem érte el|nu a putut fi livrat|не дошло|не доставлено|не вдалося достав|impossible de joindre|impossibile raggiungere|"
    r"this is the (?:qmail|postfix|deliver|mail|smtp|courier|.{0,30}) ?(?:-send )?program|hi\. (?:this is the|the mta)|i'?m afraid i was ?n[o']t able to deliver|(?:was|were|am|are|is) (?:not able|unable) to (?:deliver|be delivered)|"
    r"(?:could|can|did|do|does|has|have|had|was|were|would|will)(?: ?not|n['’]t| no longer) (?:yet )?(?:be(?:en)? )?(?:able to be )?(?:successfully )?(?:deliver|reach)(?:ed)?\b.{0,60}|not delivered to|undeliverable|undelivered|unable to deliver|"
    r"delivery (?:to|of|for) (?:the |this |your |one )?.{0,80}(?:failed|delayed|postponed|aborted|was not|has been)|delivery (?:has )?failed|failed (?:to deliver|recipient|address)|failed \d+ attempts|addresses? failed|permanent (?:fatal )?(?:delivery )?error|"
    r"had (?:permanent|transient|temporary|delivery|non-fatal)|delivery (?:problem|failure|error|status notification)|returned (?:to (?:you|sender)|because|mail|message)|did not (?:reach|receive)|was automatically rejected|(?:was|been) (?:rejected|returned|refused) (?:by|because|for)|"
    r"unknown user|user unknown|no such user|invalid final delivery|mailbox is full|intended recipient:|error description|recipient(?:s|\(s\))? could not|message could not be|not been delivered|"
    r"n'a pas (?:pu|été) (?:[eê]tre )?(?:d[eé]livr|remis|distrib|transmis)|nicht (?:zugestellt|ausgeliefert|übermittelt)|konnte nicht|no pudo ser (?:entregado|enviad)|no se pudo entregar|no ha podido|non (?:è stato|può|e' stato) (?:possibile )?(?:recapitat|consegn)|não (?:pôde|foi|pode) (?:ser )?entreg|nao pode ser|"
    r"kon niet|niet worden (?:afgeleverd|bezorgd)|nie (?:mogła|została|można) .{0,30}dostarcz|kunde inte|kunne ikke|не (?:может|удалось|было|была) .{0,40}доставл|невозможно доставить|недоставлен|"
    r"(?:methwyd|methu|heb|ni fu modd|nid oedd modd|nid oes modd|ni ellid) (?:â |ag |ei |eu )?(?:d{1,2}anfon|anfon|d{1,2}osbarthu|chyflwyno|cyflwyno)|δεν ήταν δυνατή η παράδοση|αδυναμία παράδοσης|nelivrabil|לא ניתן למסירה|غير قابل للتسليم|تعذر (?:ال)?تسليم|không thể gửi|không gửi được|kohaletoimetamat|nije isporučen|nedostavljiv|ni mogoče dostaviti|ส่งไม่ได้|ไม่สามารถส่ง|tidak (?:dapat|bisa) (?:di|ter)kirim|gagal (?:ter)?kirim|неуспешна доставка|не може да бъде доставен|nepristatyt|nepavyko pristatyti|nav piegād|neizdevās piegādāt|óafhendanleg|ekki hægt að afhenda|no s'ha pogut lliurar|ezin izan da entregatu|ní féidir .{1,30} a sheachadadh|nedoručite|неиспоручен|η παράδοση απέτυχε|livrarea nu a reușit|המסירה נכשלה|فشل التسليم|gửi không thành công|kohaletoimetamine .{0,60}nurjus|isporuka .{0,60}nije uspjela|การ(?:จัด)?ส่ง.{0,60}ล้มเหลว|pengiriman .{0,60}gagal|doručen(?:ie|í) .{0,60}(?:zlyhalo|nezdařilo|selhalo)|배달하지 못했|"
    r"配信できませんでした|送信できません|届けられません|配信不能|无法投递|無法|不能投递|无法送达|无法发送|邮件无法|投递失败|退信|배달되지|can ?not be delivered|error occurred while trying to deliver|delivery incomplete|temporary problem delivering|did not exactly match|does not have a|is no longer|error was detected|original message was received at|session transcript|transcript of session"
)
DELAYS = re.compile(
    r"(?i)has been (?:quarantined|held)|held for (?:review|moderation|approval)|has (?:been )?(?:delayed|postponed)|been delayed|not yet been|still (?:being )?(?:retried|trying|awaiting)|will (?:continue|be retried|keep trying|be attempted)|attempts? will (?:continue|be made)|continue to (?:try|attempt|be made)|"
    r"warning (?:message )?only|will retry for|delivery incomplete|temporary problem delivering|volverá a intentar|versucht es weiter|réessaiera|just a warning|do not (?:need to )?resend|no action is required|delayed mail|message delayed|delivery warning|will try again|attempts will|temporarily|wird weiter versucht|noch nicht zugestellt|n'a pas encore|todavía no|ancora"
)
RETURNED = re.compile(
    r"(?im)^[ \t>*_=-]{0,100}(?:below (?:this|the next) line is a copy|(?:this|here) is a copy of (?:the|your)|here is a copy|original message (?:follows|attached|as received|headers?)|(?:the )?original message (?:is attached|follows)|message header follows|message text follows|header of the source mail|"
    r"the headers? of the original message|included is a copy|your message reads|a copy of the original message|the first \d+ lines|original message\s*-{2,}|returned (?:mail|message) (?:follows|-)|returned mail\s*-{2,}|start of returned message|unsent message below|the header and top|mensaje original|attachment is a copy|"
    r"a summary of the undelivered|below is a copy|copy of (?:your|the) message|undelivered message|message headers? follow|forwarded message|headers of the (?:original|undelivered)|begin(?:ning)? of (?:the )?original|returned message below|ursprüngliche nachricht|orig(?:inal)? message\b|the original message headers|"
    r"message d'origine|unterhalb dieser zeile|received: ?(?:from|by) |return-path: ?<|x-originating-ip: |mime-version: 1\.0)"
)

"""Labels of quoted header fields ("From", "Von", "Oddi wrth"), by which field it is, as Outlook and others write them in their languages."""

from __future__ import annotations

_LABELS = {
    "from": "from|von|de|da|מאת|van|od|från|fra|lähettäjä|oddi wrth|oddiwrth|от|от кого|від|від кого|отправитель|发件人|寄件者|寄件人|差出人|送信者|feladó"
    "|de la|expéditeur|remetente|mittente|kimden|gönderen|από|afzender|nadawca|보낸 사람|보낸사람|odesílatel|odosielateľ|mitente|avsändare|afsender|avsender"
    "|من|saatja|nuo|no|expedient|pošiljatelj|šalje|từ|người gửi|จาก|dari|daripada|frá|ó|nork|प्रेषक|از|пошиљалац|изпратил",
    "date": "sent|date|נשלח|תאריך|gesendet|gesendet am|datum|envoyé|envoyé le|envoyé à|date d'envoi|inviato|inviato il|data|data invio|enviado|enviada|enviada em|enviado em"
    "|enviado el|fecha|verzonden|verzonden op|wysłano|data wysłania|skickat|skickat den|sendt|dato|lähetetty|päivämäärä|päiväys|отправлено|дата|надіслано|відправлено"
    "|发送时间|发送日期|日期|時間|时间|寄件日期|傳送日期|日付|送信日時|送信日|anfonwyd|dyddiad|odesláno|odoslané|dátum|elküldve|trimis|gönderildi|gönderme tarihi|tarih"
    "|ημερομηνία|στάλθηκε|보낸 날짜|보낸날짜|날짜|sent on|sent at|date sent|message du|poslano|saadetud|kuupäev|enviat|išsiųsta|nosūtīts|received|dato sendt|date/heure|تم الإرسال|التاريخ|إرسال|đã gửi|ngày|ngày gửi|ส่ง|ส่งเมื่อ|วันที่|dikirim|tanggal|dihantar|tarikh|seolta|bidaltze-data|भेजा गया|ارسال شده|изпратено|послато",
    "to": "to|an|אל|à|a|para|aan|do|till|til|vastaanottaja|кому|收件人|宛先|komu|címzett|către|kime|alıcı|destinataire|destinatario|destinatário|προς|at|받는 사람|받는사람"
    "|adresat|naar|mottagare|modtager|mottaker|k|per|za|pour|kam|adressaat|prima|إلى|tới|đến|ถึง|kepada|chuig|nori|प्रति|به|до|за",
    "cc": "cc|kopie|kopie (cc)|copie|copie à|kopi|kopia|kopia do|kopio|копия|копія|抄送|副本|bilgi|con copia|参照|참조|másolatot kap|dw|copi|cópia|bcc|c.c",
    "subject": "subject|נושא|betreff|objet|oggetto|asunto|assunto|onderwerp|temat|ämne|emne|aihe|тема|主题|主題|主旨|件名|pwnc|předmět|predmet|tárgy|subiect|subiectul|konu"
    "|θέμα|제목|sujet|titel|assumpte|teema|tema|tēma|objekt|re|الموضوع|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|subjek|perihal|zadeva|efni|ábhar|gaia|विषय|موضوع|относно",
    "other": "reply-to|reply to|importance|priority|attachments|attachment|anlagen|wichtigkeit|importancia|pièces jointes|bijlagen|bilagor|vedhæftede filer|organization"
    "|newsgroups|mailed-by|security|antwort an|responder a|répondre à|categories|vigtighed|prioritet|message-id|in-reply-to|x-mailer|pwysigrwydd|atodiadau|priorité|priorität"
    "|sensitivity|when|where|allegati|anexos|załączniki|liitteet|вложения|附件",
}
LABELS = {label: kind for kind, labels in _LABELS.items() for label in labels.split("|")}

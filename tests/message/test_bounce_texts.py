"""Bounces in words only, as the systems of many makers and languages write them (BNC-9): who, whether given up, and why."""

from __future__ import annotations

import pytest

from mailer.message import read

DAWN = "dawn@mill.example"
ROWS: tuple[tuple[str, str, str, str, bool, str | None], ...] = (
    ('gmail-text', 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>', 'Delivery Status Notification (Failure)', "** Address not found **\n\nYour message wasn't delivered to dawn@mill.example because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not exist.\n", True, 'user-unknown'),
    ('gmail-full', 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>', 'Delivery Status Notification (Failure)', "** Recipient inbox full **\n\nYour message couldn't be delivered to dawn@mill.example. Their inbox is full, or it's getting too much mail right now.\n\nThe response was:\n\n452 4.2.2 The email account that you tried to reach is over quota.\n", False, 'mailbox-full'),
    ('gmail-delay', 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>', 'Delivery Status Notification (Delay)', "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to dawn@mill.example. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.\n", False, None),
    ('postfix', 'MAILER-DAEMON@mx.example (Mail Delivery System)', 'Undelivered Mail Returned to Sender', "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n                   The mail system\n\n<dawn@mill.example>: host mx.mill.example[192.0.2.1] said: 550 5.7.1\n    Message rejected as spam by Content Filtering. (in reply to end of DATA\n    command)\n", True, 'spam-rejected'),
    ('exim', 'Mail Delivery System <Mailer-Daemon@mx.example>', 'Mail delivery failed: returning message to sender', 'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  dawn@mill.example\n    SMTP error from remote mail server after RCPT TO:<dawn@mill.example>:\n    550 Requested action not taken: mailbox unavailable\n', True, 'user-unknown'),
    ('exim-de', 'Mail Delivery System <mailer-daemon@kundenserver.example>', 'Mail delivery failed: returning message to sender', 'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n"dawn@mill.example":\nSMTP error from remote server for TEXT command, host: mx00.example (192.0.2.2) reason: 550 5.7.26 unauthenticated email from x is not accepted due to DMARC policy\n', True, 'dmarc'),
    ('qmail', 'MAILER-DAEMON@mx.example', 'failure notice', "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<dawn@mill.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n", True, 'user-unknown'),
    ('sendmail', 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example>', 'Returned mail: see transcript for details', 'The original message was received at Mon, 2 Nov 2026 10:00:00 GMT\nfrom localhost [127.0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<dawn@mill.example>\n    (reason: 550 5.1.1 <dawn@mill.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.mill.example.:\n>>> DATA\n<<< 550 5.1.1 <dawn@mill.example>... User unknown\n550 5.1.1 <dawn@mill.example>... User unknown\n<<< 503 5.0.0 Need RCPT (recipient)\n', True, 'user-unknown'),
    ('yahoo', 'MAILER-DAEMON@yahoo.example', 'Failure Notice', "Sorry, we were unable to deliver your message to the following address.\n\n<dawn@mill.example>:\n554: delivery error: dd This user doesn't have a yahoo.example account (dawn@mill.example) [0] - mta1.example\n\n--- Below this line is a copy of the message.\n\nFrom: x\n", True, 'user-unknown'),
    ('aol', 'Mail Delivery Subsystem <MAILER-DAEMON@aol.example>', 'Mail Delivery Problem', 'Your mail to the following recipients could not be delivered because they are not accepting mail from us.\n\ndawn@mill.example\n', True, None),
    ('gmx', 'GMX Mailer Daemon <mailer-daemon@gmx.example>', 'Mail delivery failed: returning message to sender', 'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\ndawn@mill.example:\nSMTP error from remote server for RCPT TO command, host: mx.mill.example (192.0.2.3) reason: 552 5.2.2 Mailbox full\n', True, 'mailbox-full'),
    ('mailru', 'mailer-daemon@corp.mail.example', 'Mail failure.', 'Это письмо создано автоматически\nсервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может\nбыть доставлено одному или нескольким получателям:\n\n**********************\n\ndawn@mill.example: user not found\n\n**********************\n', True, 'user-unknown'),
    ('domino', 'Mail Router <MAILER-DAEMON@notes.example>', 'DELIVERY FAILURE: User dawn (dawn@mill.example) not listed in Domino Directory', 'Your message\n\n  Subject: Meeting\n\nwas not delivered to:\n\n  dawn@mill.example\n\nbecause:\n\n  User dawn (dawn@mill.example) not listed in Domino Directory\n\n', True, 'user-unknown'),
    ('zimbra', 'MAILER-DAEMON@zimbra.example (Mail Delivery System)', 'Undelivered Mail Returned to Sender', 'This is the mail system at host zimbra.example.\n\n<dawn@mill.example>: host zimbra.example[192.0.2.1] said: 452 4.2.2 Over quota (in reply to RCPT TO command)\n', False, 'mailbox-full'),
    ('mdaemon', 'MDaemon at mail.example <MDaemon@mail.example>', 'Permanent Delivery Failure', '--------------------------------------------------------------\n  MDaemon has detected an undeliverable message in its queue\n--------------------------------------------------------------\nThe following data may help determine the cause:\n  Failed address: dawn@mill.example\n\n--- Session Transcript ---\n Mon 2026-11-02 10:00:00: [123] --> RCPT To:<dawn@mill.example>\n Mon 2026-11-02 10:00:00: [123] <-- 550 <dawn@mill.example>, Recipient unknown\n--- End Transcript ---\n', True, 'user-unknown'),
    ('mimecast', 'postmaster@mimecast.example', '[Postmaster] Email Delivery Failure', 'This is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- dawn@mill.example\n\ncould not be delivered. The problem appears to be :\n-- Recipient email address is possibly incorrect\n\nAdditional information follows :\n-- 5.4.1 Recipient address rejected: Access denied\n\nThis condition occurred after 1 attempt(s) to deliver over\na period of 0 hour(s).\n', True, 'user-unknown'),
    ('barracuda', 'postmaster@barracuda.example', 'Mail Delivery Failure', 'The following recipients did not receive your message:\n\ndawn@mill.example: Delivery failed: 554 rejected due to spam content\n', True, 'spam-rejected'),
    ('o365', 'Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mill.example>', 'Undeliverable: Meeting', "Delivery has failed to these recipients or groups:\n\ndawn@mill.example<mailto:dawn@mill.example>\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message. If the problem continues, please contact your helpdesk.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.mill.example\n\ndawn@mill.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n", True, 'user-unknown'),
    ('exch-fr', 'Administrateur système <postmaster@ecole.example>', 'Non remis : Réunion', "Votre message n'est pas parvenu à certains ou à tous les destinataires prévus.\n\n      Objet : Réunion\n      Date : 02/11/2026 10:00\n\nImpossible de joindre le(s) destinataire(s) suivant(s) :\n\n      dawn@mill.example on 02/11/2026 10:00\n            Le compte de messagerie n'existe pas dans l'organisation à laquelle ce message a été envoyé.\n            <ecole.example #5.1.1>\n", True, 'user-unknown'),
    ('exch-de', 'Systemadministrator <postmaster@schule.example>', 'Unzustellbar: Treffen', 'Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\n      Betreff: Treffen\n      Gesendet am: 02.11.2026 10:00\n\nFolgende(r) Empfänger kann/können nicht erreicht werden:\n\n      dawn@mill.example am 02.11.2026 10:00\n            Das E-Mail-Konto ist in der Organisation, an die diese Nachricht gesendet wurde, nicht vorhanden.\n            <schule.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-es', 'Administrador del sistema <postmaster@escuela.example>', 'No se puede entregar: Reunión', 'El mensaje no ha llegado a alguno de los destinatarios o a ninguno.\n\nNo se puede obtener acceso a los siguientes destinatarios:\n\n      dawn@mill.example el 02/11/2026 10:00\n            La cuenta de correo electrónico no existe en la organización a la que se envió este mensaje.\n            <escuela.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-nl', 'Systeembeheerder <postmaster@school.example>', 'Onbestelbaar: Vergadering', 'Uw bericht heeft een of meer geadresseerden niet bereikt.\n\nDe volgende geadresseerde(n) is/zijn niet bereikt:\n\n      dawn@mill.example op 2-11-2026 10:00\n            Het e-mailadres bestaat niet.\n            <school.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-it', 'Amministratore di sistema <postmaster@scuola.example>', 'Non recapitabile: Riunione', "Il messaggio non è stato recapitato ad alcuni o a tutti i destinatari.\n\nImpossibile raggiungere i seguenti destinatari:\n\n      dawn@mill.example il 02/11/2026 10:00\n            L'account di posta elettronica non esiste.\n            <scuola.example #5.1.1>\n", True, 'user-unknown'),
    ('exch-sv', 'Systemadministratör <postmaster@skola.example>', 'Olevererbart: Möte', 'Meddelandet nådde inte några eller alla mottagare.\n\nFöljande mottagare gick inte att nå:\n\n      dawn@mill.example den 2026-11-02 10:00\n            E-postkontot finns inte.\n            <skola.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-da', 'Systemadministrator <postmaster@skole.example>', 'Kan ikke leveres: Møde', 'Din meddelelse blev ikke leveret til følgende modtagere:\n\n      dawn@mill.example\n            E-mail-kontoen findes ikke. <skole.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-pl', 'Administrator systemu <postmaster@szkola.example>', 'Niedostarczalne: Spotkanie', 'Wiadomość nie dotarła do niektórych lub wszystkich adresatów.\n\nNie można było dotrzeć do następujących adresatów:\n\n      dawn@mill.example dnia 2026-11-02 10:00\n            Konto e-mail nie istnieje. <szkola.example #5.1.1>\n', True, 'user-unknown'),
    ('exch-pt', 'Administrador do sistema <postmaster@escola.example>', 'Não é possível entregar: Reunião', 'A sua mensagem não chegou a alguns ou a nenhum dos destinatários.\n\nNão é possível contactar os seguintes destinatários:\n\n      dawn@mill.example em 02-11-2026 10:00\n            A conta de correio electrónico não existe. <escola.example #5.1.1>\n', True, 'user-unknown'),
    ('ja', 'MAILER-DAEMON@example.jp', '配信エラー', '次のあて先へのメッセージはエラーのため送信できませんでした。\n\n<dawn@mill.example>\n\n550 Unknown user dawn@mill.example\n', True, 'user-unknown'),
    ('zh', 'postmaster@qq.example', '系统退信/Systems bounce', '很抱歉您发送的邮件被退回,以下是该邮件的相关信息:\n\n被退回邮件\n主 题:Meeting\n时 间:2026-11-02 10:00:00\n\n无法发送到 dawn@mill.example\n退信原因 收件人邮件地址(dawn@mill.example)不存在，邮件无法送达。\nhost mx3.example said: 550 Mailbox not found\n', True, 'user-unknown'),
    ('courier', '"Courier mail server at mx.example" <@>', 'NOTICE: mail delivery status.', 'This is a delivery status notification from mx.example,\nrunning the Courier mail server.\n\nThe original message was received on Mon, 02 Nov 2026 10:00:00 GMT\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<dawn@mill.example>:\n    mx.mill.example [192.0.2.1]:\n>>> RCPT TO:<dawn@mill.example>\n<<< 550 User unknown.\n', True, 'user-unknown'),
    ('mailenable', 'Postmaster@mail.example', 'Message Delivery Failure', 'MailEnable: Message Delivery Failure.\n\nThe following recipient(s) could not be reached:\n\n   Recipient: [SMTP:dawn@mill.example]\n   Reason: Remote SMTP Server Returned: 550 no such user here\n', True, 'user-unknown'),
    ('hmailserver', 'mailer-daemon@mail.example', 'Message undeliverable: Meeting', 'Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 2 Nov 2026 10:00:00 +0000\n   Subject: Meeting\n\nThe following recipient(s) could not be reached:\n\ndawn@mill.example\n   Error Type: SMTP\n   Remote server (192.0.2.1) issued an error.\n   hMailServer sent: RCPT TO:<dawn@mill.example>\n   Remote server replied: 550 5.1.1 User unknown\n', True, 'user-unknown'),
    ('groupwise', 'Mailer-Daemon@gw.example', 'Mail System Error - Returned Mail', 'The message that you sent was undeliverable to the following:\n\tdawn@mill.example (user not found)\n\nPossibly truncated original message follows:\n', True, 'user-unknown'),
    ('communigate', 'MAILER-DAEMON@cgp.example', 'Undeliverable mail: Meeting', "Failed to deliver to 'dawn@mill.example'\nLOCAL module(account dawn) reports:\n account is full (quota exceeded)\n", True, 'mailbox-full'),
    ('kerio', 'Mail Delivery Subsystem <postmaster@kerio.example>', 'Delivery failure', 'Your message was not delivered to the following recipients:\n\ndawn@mill.example; mailbox is disabled\n', True, 'disabled'),
    ('smartermail', 'System Administrator <noreply@sm.example>', 'Delivery Failure', 'Could not deliver message to the following recipient(s):\n\nFailed Recipient: dawn@mill.example\nReason: Remote host said: 550 5.1.1 The email account that you tried to reach does not exist.\n\n   -- The header and top 20 lines of the message follows --\n', True, 'user-unknown'),
    ('ses', 'MAILER-DAEMON@amazonses.example', 'Delivery Status Notification (Failure)', 'An error occurred while trying to deliver the mail to the following recipients:\ndawn@mill.example\n', True, None),
    ('icloud', 'Mail Delivery System <MAILER-DAEMON@icloud.example>', 'Undelivered Mail Returned to Sender', "This is the mail system at host p00.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<dawn@mill.example>: user is over quota\n", True, 'mailbox-full'),
    ('orange-fr', 'MAILER-DAEMON@orange.example', 'Message non remis / Undelivered Mail', "Bonjour,\n\nVotre message n'a pas pu être remis au(x) destinataire(s) suivant(s) :\n\n<dawn@mill.example>: la boîte aux lettres est pleine\n", True, 'mailbox-full'),
    ('tonline', 'Mail Delivery System <mailer-daemon@t-online.example>', 'Ihre E-Mail konnte nicht zugestellt werden', 'Ihre Nachricht konnte nicht zugestellt werden.\n\n|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n <dawn@mill.example> ... unknown user\n|------------------------- Message text follows: ------------------------|\n', True, 'user-unknown'),
    ('wp-pl', 'MAILER-DAEMON@wp.example', 'Zwrot nadanej wiadomości', 'Nie można dostarczyć wiadomości do adresata:\n\ndawn@mill.example\n\nPowód: 550 No such user\n', True, 'user-unknown'),
    ('seznam', 'Mail Delivery System <mailer-daemon@seznam.example>', 'Nedoručitelná zpráva', 'Zprávu nebylo možné doručit na adresu:\n\n<dawn@mill.example>: uživatel neexistuje (550 5.1.1)\n', True, 'user-unknown'),
    ('uol', 'Mail Delivery System <MAILER-DAEMON@uol.example>', 'Mensagem não entregue', 'A mensagem não pôde ser entregue para o seguinte destinatário:\n\ndawn@mill.example\n\nMotivo: caixa postal cheia\n', True, 'mailbox-full'),
    ('libero', 'Mail Delivery System <mailer-daemon@libero.example>', 'Mancato recapito', 'Il messaggio non può essere consegnato al destinatario:\n\n<dawn@mill.example>\n    casella piena\n', True, 'mailbox-full'),
    ('no', 'Mail Delivery System <MAILER-DAEMON@skole.example>', 'Meldingen kunne ikke leveres', 'Meldingen din kunne ikke leveres til følgende mottaker:\n\ndawn@mill.example\n\nBrukeren finnes ikke.\n', True, 'user-unknown'),
    ('fi', 'Mail Delivery System <MAILER-DAEMON@koulu.example>', 'Viestiä ei voitu toimittaa', 'Viestiäsi ei voitu toimittaa seuraavalle vastaanottajalle:\n\ndawn@mill.example\n\n550 5.1.1 tuntematon vastaanottaja\n', True, 'user-unknown'),
    ('tr', 'Mail Delivery System <MAILER-DAEMON@okul.example>', 'İletilemedi: Toplantı', 'İletiniz şu alıcılara teslim edilemedi:\n\ndawn@mill.example\nBöyle bir kullanıcı yok. #5.1.1\n', True, 'user-unknown'),
    ('zh-colon', 'Postmaster@163.example', '系统退信', '抱歉，您的邮件被退回来了……\n\n收件人：dawn@mill.example\n\n退信原因：\n收件人邮件地址（dawn@mill.example）不存在，邮件无法送达。\n', True, 'user-unknown'),
    ('ja-brackets', 'MAILER-DAEMON@school.example', '配信不能通知', '「dawn@mill.example」は見つかりません。\nメールを配信できませんでした。\n', True, 'user-unknown'),
    ('cy', 'postmaster@ysgol.example', 'Methwyd danfon: Gwahoddiad', 'Ni fu modd danfon eich neges at:\n\ndawn@mill.example\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('curly', 'MAILER-DAEMON@mx.example', 'Undeliverable mail', 'Your message could not be delivered to “dawn@mill.example”: 550 no such user\n', True, 'user-unknown'),
    ('el', 'postmaster@sxoleio.example', 'Δεν ήταν δυνατή η παράδοση: Πρόσκληση', 'Η παράδοση απέτυχε σε αυτούς τους παραλήπτες ή τις ομάδες:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('ro', 'postmaster@scoala.example', 'Nelivrabil: Invitație', 'Livrarea nu a reușit la acești destinatari sau aceste grupuri:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('he', 'postmaster@sefer.example', 'לא ניתן למסירה: הזמנה', 'המסירה נכשלה לנמענים או לקבוצות אלה:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('ar', 'postmaster@madrasa.example', 'غير قابل للتسليم: دعوة', 'فشل التسليم لهؤلاء المستلمين أو المجموعات:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('vi', 'postmaster@truong.example', 'Không thể gửi: Lời mời', 'Gửi không thành công tới những người nhận hoặc nhóm sau:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('et', 'postmaster@kool.example', 'Kohaletoimetamatu: Kutse', 'Kohaletoimetamine nendele adressaatidele nurjus:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('hr', 'postmaster@skola.example', 'Nije isporučeno: Poziv', 'Isporuka sljedećim primateljima ili grupama nije uspjela:\n\ndawn@mill.example\n\n5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n', True, 'user-unknown'),
    ('gmail-es', 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>', 'Delivery Status Notification (Failure)', '** No se ha encontrado la dirección **\n\nTu mensaje no se ha entregado a dawn@mill.example porque no se ha encontrado la dirección o no puede recibir correo.\n\nLa respuesta ha sido:\n550 5.1.1 The email account that you tried to reach does not exist.\n', True, 'user-unknown'),
    ('gmail-de', 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>', 'Delivery Status Notification (Failure)', '** Die Adresse wurde nicht gefunden **\n\nIhre Nachricht wurde nicht an dawn@mill.example zugestellt, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n\nHier die Antwort:\n550 5.1.1 account does not exist\n', True, 'user-unknown'),
)  # fmt: skip


@pytest.mark.parametrize("path", ["Return-Path: <>\n", ""], ids=["null sender", "sender lost"])
@pytest.mark.parametrize(
    ("sender", "subject", "body", "permanent", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_who_and_why(sender: str, subject: str, body: str, permanent: bool, reason: str | None, path: str) -> None:
    head = f"{path}From: {sender}\nTo: mendip+b@lists.example.org\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    reading = read((head + body).encode())
    assert reading.kind == "bounce", reading.steps
    assert [(b.address, b.permanent, b.hint) for b in reading.bounces] == [(DAWN, permanent, True)]
    assert reason is None or reading.bounces[0].reason == reason


def told(sender: str, subject: str, body: str, more: str = "") -> list[tuple[str, str, bool, str]]:
    head = f"{more}From: {sender}\nTo: mendip+b@lists.example.org\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    reading = read((head + body).encode())
    assert reading.kind == "bounce", reading.steps
    return [(b.address, b.status, b.permanent, b.reason) for b in reading.bounces]


DAEMON = "MAILER-DAEMON@mx.example"


def test_bnc_4_given_up_after_a_temporary_answer_is_soft() -> None:
    body = "Hi. This is the qmail-send program at mx.example.\n\n<dawn@mill.example>:\nRemote host said: 450 4.2.2 mailbox full\nI'm not going to try again; this message has been in the queue too long.\n"
    assert told(DAEMON, "failure notice", body) == [(DAWN, "4.2.2", False, "mailbox-full")]


def test_who_is_named_for_help_has_not_failed() -> None:
    body = "Your message could not be delivered.\n\nFor further assistance, please contact <help@isp.example>\n\nNochmals:\n<help@isp.example>\n\n<dawn@mill.example>: host mx.mill.example said: 550 user unknown\n"
    assert told(DAEMON, "Undelivered Mail Returned to Sender", body) == [(DAWN, "5.0.0", True, "user-unknown")]


def test_an_address_accepted_in_a_transcript_is_not_dead() -> None:
    body = "Transcript of session follows.\n\n In:  RCPT TO:<dawn@mill.example>\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 451 4.3.0 Error: queue file write error\n"
    assert [(s, p) for _, s, p, _ in told(DAEMON, "Postfix SMTP server: errors", body)] == [("4.3.0", False)]


def test_each_recipient_after_its_reply_code() -> None:
    body = "   ----- Transcript of session follows -----\n>>> RCPT To:<dawn@mill.example>\n<<< 550 no such user here\n550 <dawn@mill.example>... User unknown\n554 <eve@weir.example>... 550 Host unknown\n"
    assert [a for a, *_ in told(DAEMON, "Returned mail: User unknown", body)] == [DAWN, "eve@weir.example"]


def test_a_failed_recipients_field_and_what_is_said_of_each() -> None:
    body = "A message could not be delivered. The following address(es) failed:\n\n  dawn@mill.example\n    550 5.1.1 no such user\n  eve@weir.example\n    552 5.2.2 mailbox full\n"
    more = "X-Failed-Recipients: dawn@mill.example,\n eve@weir.example\n"
    assert [(a, r) for a, _, _, r in told(DAEMON, "Mail delivery failed", body, more)] == [
        (DAWN, "user-unknown"),
        ("eve@weir.example", "mailbox-full"),
    ]


def test_a_line_folded_before_the_same_address_goes_on() -> None:
    body = "<dawn@mill.example>: host mx.mill.example[192.0.2.7] said: 554 30 Sorry, your message to\n    dawn@mill.example cannot be delivered. This mailbox is disabled.\n"
    assert told(DAEMON, "Undelivered Mail Returned to Sender", body) == [(DAWN, "5.0.0", True, "disabled")]


def test_who_wrote_to_himself_is_named_all_the_same() -> None:
    body = "I wasn't able to deliver your message to the following addresses.\n\n<mendip+b@lists.example.org>:\n552 disk quota exceeded\n"
    assert told(DAEMON, "failure notice", body) == [("mendip+b@lists.example.org", "5.0.0", True, "mailbox-full")]


def test_a_gateway_that_answers_the_subject() -> None:
    body = "Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  MAIL FROM: a@lists.example.org\n  RCPT TO: dawn@mill.example\n"
    assert told("post_master@text.example", "Re:Meeting", body) == [(DAWN, "5.0.0", True, "user-unknown")]


def test_whom_a_server_names_in_a_folded_line_has_not_failed() -> None:
    """Postfix folds what the far server said; the sender that it refuses there is ours."""
    body = "<dawn@mill.example>: host\n    mx.mill.example[192.0.2.7] said: 550 5.1.1\n    <news@lists.example.org>: unauthorized sender (in reply to RCPT TO command)\n"
    assert told(DAEMON, "Undelivered Mail Returned to Sender", body) == [(DAWN, "5.1.1", True, "policy")]


def test_a_daemons_code_and_address_are_enough_in_any_language_and_a_postmasters_letter_is_none() -> None:
    body = "მიწოდება ვერ მოხერხდა:\n\ndawn@mill.example\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n"
    assert [(a, r) for a, _, _, r in told("postmaster@skola.example", "მოწვევა", body, "Return-Path: <>\n")] == [(DAWN, "user-unknown")]
    letter = "From: Postmaster <postmaster@school.example>\nSubject: New filter\n\nFrom Monday our filter answers 550 5.7.1 to strangers. Questions to:\n\nhelp@school.example\n"
    assert read(letter.encode()).bounces == ()

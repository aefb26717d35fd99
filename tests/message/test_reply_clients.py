"""Where the quote begins, in the words of each client and language: attributions, and header blocks of Outlook."""

from __future__ import annotations

import pytest

from mailer.message import read

NEW = "Yes, I will come.\n\nBring the balance too."
HEAD = (
    "From: Jane <jane@school.example>\nSubject: Re: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
)
ATTRIBUTIONS = {
    'gmail-en': 'On Wed, 20 Jan 2027 at 10:00, Mendip Technicians <m@lists.example.org> wrote:',
    'gmail-cy': 'Ar Mer, 20 Ion 2027 am 10:00, ysgrifennodd Mendip Technicians <m@lists.example.org>:',
    'gmail-de': 'Am Mi., 20. Jan. 2027 um 10:00 Uhr schrieb Mendip Technicians <m@lists.example.org>:',
    'gmail-fr': 'Le mer. 20 janv. 2027 à 10:00, Mendip Technicians <m@lists.example.org> a écrit :',
    'gmail-es': 'El mié, 20 ene 2027 a las 10:00, Mendip Technicians (<m@lists.example.org>) escribió:',
    'gmail-it': 'Il giorno mer 20 gen 2027 alle ore 10:00 Mendip Technicians <m@lists.example.org> ha scritto:',
    'gmail-pt': 'Em qua., 20 de jan. de 2027 às 10:00, Mendip Technicians <m@lists.example.org> escreveu:',
    'gmail-nl': 'Op wo 20 jan 2027 om 10:00 schreef Mendip Technicians <m@lists.example.org>:',
    'gmail-pl': 'śr., 20 sty 2027 o 10:00 Mendip Technicians <m@lists.example.org> napisał(a):',
    'gmail-sv': 'Den ons 20 jan. 2027 kl 10:00 skrev Mendip Technicians <m@lists.example.org>:',
    'gmail-da': 'ons. 20. jan. 2027 kl. 10.00 skrev Mendip Technicians <m@lists.example.org>:',
    'gmail-no': 'ons. 20. jan. 2027 kl. 10:00 skrev Mendip Technicians <m@lists.example.org>:',
    'gmail-fi': 'ke 20. tammik. 2027 klo 10.00 Mendip Technicians (m@lists.example.org) kirjoitti:',
    'gmail-ru': 'ср, 20 янв. 2027 г. в 10:00, Mendip Technicians <m@lists.example.org>:',
    'gmail-uk': 'ср, 20 січ. 2027 р. о 10:00 Mendip Technicians <m@lists.example.org> пише:',
    'gmail-zh': 'Mendip Technicians <m@lists.example.org> 于2027年1月20日周三 10:00写道：',
    'gmail-ja': '2027年1月20日(水) 10:00 Mendip Technicians <m@lists.example.org>:',
    'gmail-ko': '2027년 1월 20일 (수) 오전 10:00, Mendip Technicians <m@lists.example.org>님이 작성:',
    'gmail-cs': 'st 20. 1. 2027 v 10:00 odesílatel Mendip Technicians <m@lists.example.org> napsal:',
    'gmail-hu': 'Mendip Technicians <m@lists.example.org> ezt írta (időpont: 2027. jan. 20., Sze, 10:00):',
    'gmail-tr': 'Mendip Technicians <m@lists.example.org>, 20 Oca 2027 Çar, 10:00 tarihinde şunu yazdı:',
    'apple-en': 'On 20 Jan 2027, at 10:00, Mendip Technicians <m@lists.example.org> wrote:',
    'apple-de': 'Am 20.01.2027 um 10:00 schrieb Mendip Technicians <m@lists.example.org>:',
    'apple-fr': 'Le 20 janv. 2027 à 10:00, Mendip Technicians <m@lists.example.org> a écrit :',
    'apple-es': 'El 20 ene 2027, a las 10:00, Mendip Technicians <m@lists.example.org> escribió:',
    'apple-it': 'Il giorno 20 gen 2027, alle ore 10:00, Mendip Technicians <m@lists.example.org> ha scritto:',
    'apple-sv': '20 jan. 2027 kl. 10:00 skrev Mendip Technicians <m@lists.example.org>:',
    'apple-no': '20. jan. 2027 kl. 10:00 skrev Mendip Technicians <m@lists.example.org>:',
    'apple-ja': '2027/01/20 10:00、Mendip Technicians <m@lists.example.org>のメール:',
    'apple-zh': '在 2027年1月20日，10:00，Mendip Technicians <m@lists.example.org> 写道：',
    'apple-nl': 'Op 20 jan. 2027 om 10:00 heeft Mendip Technicians <m@lists.example.org> het volgende geschreven:',
    'apple-ru': '20 янв. 2027 г., в 10:00, Mendip Technicians <m@lists.example.org> написал(а):',
    'apple-pl': 'Wiadomość napisana przez Mendip Technicians <m@lists.example.org> w dniu 20 sty 2027, o godz. 10:00:',
    'apple-fi': 'Mendip Technicians <m@lists.example.org> kirjoitti 20.1.2027 kello 10.00:',
    'apple-pt': 'Em 20 de jan. de 2027, à(s) 10:00, Mendip Technicians <m@lists.example.org> escreveu:',
    'tb-en': 'On 20/01/2027 10:00, Mendip Technicians wrote:',
    'tb-de': 'Am 20.01.27 um 10:00 schrieb Mendip Technicians:',
    'tb-fr': 'Le 20/01/2027 à 10:00, Mendip Technicians a écrit :',
    'tb-it': 'Il 20/01/27 10:00, Mendip Technicians ha scritto:',
    'tb-es': 'El 20/1/27 a las 10:00, Mendip Technicians escribió:',
    'tb-nl': 'Op 20-01-2027 om 10:00 schreef Mendip Technicians:',
    'tb-pl': 'W dniu 20.01.2027 o 10:00, Mendip Technicians pisze:',
    'tb-sv': 'On 2027-01-20 10:00, Mendip Technicians skrev:',
    'tb-cs': 'Dne 20. 01. 27 v 10:00 Mendip Technicians napsal(a):',
    'tb-ru': '20.01.2027 10:00, Mendip Technicians пишет:',
    'tb-uk': '20.01.27 10:00, Mendip Technicians пише:',
    'tb-cy': 'Ar 20/01/2027 10:00, ysgrifennodd Mendip Technicians:',
    'tb-hu': '2027. 01. 20. 10:00 keltezéssel, Mendip Technicians írta:',
    'tb-fi': 'Mendip Technicians kirjoitti 20.1.2027 klo 10.00:',
    'tb-da': 'Den 20.01.2027 kl. 10.00 skrev Mendip Technicians:',
    'tb-no': 'Den 20.01.2027 10:00, skrev Mendip Technicians:',
    'mailru': 'Среда, 20 января 2027, 10:00 +03:00 от Mendip Technicians <m@lists.example.org>:',
    'yandex': '20.01.2027, 10:00, "Mendip Technicians" <m@lists.example.org>:',
    'proton': 'On Wednesday, January 20th, 2027 at 10:00 AM, Mendip Technicians <m@lists.example.org> wrote:',
    'yahoo': 'On Wednesday, 20 January 2027 at 10:00:00 GMT, Mendip Technicians <m@lists.example.org> wrote:',
    'roundcube': 'On 2027-01-20 10:00, Mendip Technicians wrote:',
    'roundcube-de': 'Am 2027-01-20 10:00, schrieb Mendip Technicians:',
    'gmx': 'Gesendet: Mittwoch, 20. Januar 2027 um 10:00 Uhr\nVon: "Mendip Technicians" <m@lists.example.org>\nAn: jane@school.example\nBetreff: x',
    'samsung': '-------- Original message --------\nFrom: Mendip Technicians <m@lists.example.org>\nDate: 20/01/2027 10:00 (GMT+00:00)\nTo: jane@school.example\nSubject: x',
    'notes': '-----"Mendip Technicians" <m@lists.example.org> wrote: -----\nTo: jane@school.example\nFrom: m@lists.example.org\nDate: 20/01/2027 10:00\nSubject: x',
    'zimbra': '----- Original Message -----\nFrom: "Mendip Technicians" <m@lists.example.org>\nTo: "Jane" <jane@school.example>\nSent: Wednesday, 20 January, 2027 10:00:00\nSubject: x',
    'zimbra-fr': '----- Mail original -----\nDe: "Mendip Technicians" <m@lists.example.org>\nÀ: "Jane" <jane@school.example>\nEnvoyé: Mercredi 20 Janvier 2027 10:00:00\nObjet: x',
    'zimbra-de': '----- Ursprüngliche Mail -----\nVon: "Mendip Technicians" <m@lists.example.org>\nAn: "Jane" <jane@school.example>\nGesendet: Mittwoch, 20. Januar 2027 10:00:00\nBetreff: x',
    'gmail-th': 'ในวันที่ พ. 20 ม.ค. 2027 เวลา 10:00 Mendip Technicians <m@lists.example.org> เขียนว่า:',
    'gmail-he': '\u200f\u202bבתאריך יום ד׳, 20 בינו׳ 2027 ב-10:00 מאת \u202aMendip Technicians\u202c\u200f <\u202am@lists.example.org\u202c\u200f>:\u202c',
    'gmail-ar': 'في الأربعاء، 20 يناير 2027 في 10:00 ص تمت كتابة ما يلي بواسطة Mendip Technicians <m@lists.example.org>:',
    'gmail-ca': 'Missatge de Mendip Technicians <m@lists.example.org> del dia dc., 20 de gen. 2027 a les 10:00:',
    'gmail-af': 'Op Wo. 20 Jan. 2027 om 10:00 het Mendip Technicians <m@lists.example.org> geskryf:',
    'gmail-hi': 'बुध, 20 जन॰ 2027 को 10:00 बजे को Mendip Technicians <m@lists.example.org> ने लिखा:',
    'gmail-fa': 'در تاریخ چهارشنبه ۲۰ ژانویهٔ 2027 ساعت 10:00 Mendip Technicians <m@lists.example.org> نوشت:',
    'tb-ca': 'El 20/1/27 a les 10:00, Mendip Technicians ha escrit:',
    'qq': '------------------&nbsp;原始邮件&nbsp;------------------\n发件人: "Mendip" <m@lists.example.org>;\n发送时间:&nbsp;2027年1月20日(星期三) 上午10:00\n收件人:&nbsp;"Jane"<jane@school.example>;\n主题:&nbsp;x',
    'aol': '-----Original Message-----\nFrom: Mendip Technicians <m@lists.example.org>\nTo: jane <jane@school.example>\nSent: Wed, 20 Jan 2027 10:00\nSubject: x',
}  # fmt: skip
BLOCKS = {
    'en': ('From', 'Sent', 'To', 'Subject'),
    'de': ('Von', 'Gesendet', 'An', 'Betreff'),
    'fr': ('De', 'Envoyé', 'À', 'Objet'),
    'es': ('De', 'Enviado el', 'Para', 'Asunto'),
    'it': ('Da', 'Inviato', 'A', 'Oggetto'),
    'pt': ('De', 'Enviada', 'Para', 'Assunto'),
    'pt2': ('De', 'Enviado', 'Para', 'Assunto'),
    'nl': ('Van', 'Verzonden', 'Aan', 'Onderwerp'),
    'pl': ('Od', 'Wysłano', 'Do', 'Temat'),
    'sv': ('Från', 'Skickat', 'Till', 'Ämne'),
    'da': ('Fra', 'Sendt', 'Til', 'Emne'),
    'no': ('Fra', 'Sendt', 'Til', 'Emne'),
    'fi': ('Lähettäjä', 'Lähetetty', 'Vastaanottaja', 'Aihe'),
    'ru': ('От', 'Отправлено', 'Кому', 'Тема'),
    'uk': ('Від', 'Надіслано', 'Кому', 'Тема'),
    'cs': ('Od', 'Odesláno', 'Komu', 'Předmět'),
    'hu': ('Feladó', 'Elküldve', 'Címzett', 'Tárgy'),
    'tr': ('Kimden', 'Gönderildi', 'Kime', 'Konu'),
    'el': ('Από', 'Στάλθηκε', 'Προς', 'Θέμα'),
    'ja': ('差出人', '送信日時', '宛先', '件名'),
    'zh': ('发件人', '发送时间', '收件人', '主题'),
    'zht': ('寄件者', '寄件日期', '收件者', '主旨'),
    'ko': ('보낸 사람', '보낸 날짜', '받는 사람', '제목'),
    'cy': ('Oddi wrth', 'Anfonwyd', 'At', 'Pwnc'),
    'ro': ('De la', 'Trimis', 'Către', 'Subiect'),
    'sk': ('Od', 'Odoslané', 'Komu', 'Predmet'),
    'hr': ('Šalje', 'Poslano', 'Prima', 'Predmet'),
    'ca': ('De', 'Enviat', 'Per a', 'Assumpte'),
    'et': ('Saatja', 'Saadetud', 'Adressaat', 'Teema'),
    'lt': ('Nuo', 'Išsiųsta', 'Kam', 'Tema'),
    'vi': ('Từ', 'Đã gửi', 'Tới', 'Chủ đề'),
    'th': ('จาก', 'ส่ง', 'ถึง', 'เรื่อง'),
    'id': ('Dari', 'Dikirim', 'Kepada', 'Subjek'),
    'sl': ('Od', 'Poslano', 'Za', 'Zadeva'),
    'is': ('Frá', 'Sent', 'Til', 'Efni'),
    'bg': ('От', 'Изпратено', 'До', 'Относно'),
    'hi': ('प्रेषक', 'भेजा गया', 'प्रति', 'विषय'),
    'lv': ('No', 'Nosūtīts', 'Kam', 'Tēma'),
}  # fmt: skip


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_attribution(line: str) -> None:
    quoted = "Will you come?\nMendip\n" if "\n" in line else "> Will you come?\n> Mendip\n"
    assert read(f"{HEAD}{NEW}\n\n{line}\n\n{quoted}".encode()).reply.strip() == NEW


@pytest.mark.parametrize(
    ("above", "mark"), [("", ""), ("________________________________\n", ""), ("", "*")], ids=["plain", "ruled", "bold"]
)
@pytest.mark.parametrize("labels", BLOCKS.values(), ids=BLOCKS.keys())
def test_header_block(labels: tuple[str, ...], above: str, mark: str) -> None:
    values = ("Mendip Technicians <m@lists.example.org>", "20 January 2027 10:00", "Jane", "x")
    block = "\n".join(f"{mark}{label}:{mark} {value}" for label, value in zip(labels, values, strict=True))
    assert read(f"{HEAD}{NEW}\n\n{above}{block}\n\nWill you come?\nMendip\n".encode()).reply.strip() == NEW

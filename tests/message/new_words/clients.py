"""Replies as the clients write them: quotes, signatures, devices, notices, inline answers, in many languages."""

from __future__ import annotations

CASES: dict[str, tuple[str, str]] = {
    "a meeting planned in lines": ("Date: 3 March 2027\nFrom: 13:00\nTo: 15:00\nSubject: Spring meeting\nPlace: Hall", "Date: 3 March 2027\nFrom: 13:00\nTo: 15:00\nSubject: Spring meeting\nPlace: Hall"),
    "one item after a dash": ("Please discuss:\n- Balances", "Please discuss:\n- Balances"),
    "one item after a dash and a gap": ("Could we discuss\n\n- Balances", "Could we discuss\n\n- Balances"),
    "words under a phone's note": ("Sent from my iPhone\n\nYes, I will come.\n\nShall I bring scales?\n\nOn 20 Jan 2027, at 10:00, Mendip <m@lists.example.org> wrote:\n\n> Coming?", "Yes, I will come.\n\nShall I bring scales?"),
    "a question about a phone's note": ("Sent from my iPhone\nis what it says, how do I stop it?", "Sent from my iPhone\nis what it says, how do I stop it?"),
    "yahoo on android": ("Yes.\n\nSent from Yahoo Mail on Android \n \n  On Wed, 20 Jan 2027 at 10:00, Mendip<m@lists.example.org> wrote:   Will you come?\nThe room is B12.", "Yes."),
    "a virus scanner's link": ("Yes.\n\n<https://www.avast.com/sig-email?utm_medium=email>\nVirus-free.www.avast.com <https://www.avast.com/sig-email?x>\n<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>\n\nOn Wed, 20 Jan 2027 at 10:00, Mendip <m@lists.example.org> wrote:\n\n> Coming?", "Yes."),
    "the place of a picture": ("Yes.\n\n[cid:image001.png@01DB6B3C.1A2B3C40]\n\nFrom: Mendip <m@lists.example.org>\nSent: 20 January 2027 10:00\nTo: Jane\nSubject: x\n\nComing?", "Yes."),
    "a name after a dash": ("Yes, I will.\n\n-Jane", "Yes, I will."),
    "german device": ("Ja.\n\nVon Samsung Mobile gesendet", "Ja."),
    "german app": ("Ja.\n\nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Ja."),
    "french app": ("Oui.\n\nEnvoyé à partir d'Outlook pour Android<https://aka.ms/x>", "Oui."),
    "dutch ios": ("Ja.\n\nOp 4 jan. 2021 om 10:00 heeft Jan <j@school.example> het volgende geschreven:\n\n> Tekst", "Ja."),
    "polish user": ("Tak.\n\nW dniu 4 sty 2021 o 10:00 użytkownik Jan <j@school.example> napisał:\n\n> Tekst", "Tak."),
    "swedish ios": ("Ja.\n\n4 jan. 2021 kl. 10:00 skrev Sven <s@school.example>:\n\n> Text", "Ja."),
    'gmail old date': (
        'Test reply\n\nOn 11-Apr-2011, at 6:54 PM, Rob Turner wrote:\n\n>\n> Test\n>\n> Rob',
        'Test reply',
    ),
    'address on its own line, unquoted': (
        'Test reply\n\nOn 11-Apr-2011, at 6:54 PM, Rob Turner <rob@school.example>\nwrote:\n\nTest quote',
        'Test reply',
    ),
    'bottom': (
        'On 04/19/2011 07:10 AM, Rob Turner wrote:\n\n>\n> Test\nTest reply',
        'Test reply',
    ),
    'wrap': (
        'Test reply\n\nOn 04/19/2011 07:10 AM, Rob Turner wrote:\n\n>\n> Test\n\nRegards, Rob',
        'Test reply\n\nRegards, Rob',
    ),
    'inline': (
        'On 1/2/2011 ann@school.example wrote:\n> q1\n\na1\n\n> q2\n\na2',
        'a1\n\na2',
    ),
    'german outlook': (
        'Ja, gerne.\n\nVon: Max Muster <m@school.example>\nGesendet: Montag, 4. Januar 2021 10:00\nAn: Erika\nBetreff: Treffen\n\nText',
        'Ja, gerne.',
    ),
    'german am': (
        'Ja.\n\nAm 04.01.2021 um 10:00 schrieb Max Muster:\n> Text',
        'Ja.',
    ),
    'german am2': (
        'Ja.\n\nAm Mo., 4. Jan. 2021 um 10:00 Uhr schrieb Max Muster <\nm@school.example>:\n\n> Text',
        'Ja.',
    ),
    'german am3': (
        'Ja.\n\nMax Muster <m@school.example> schrieb am Mo., 4. Jan. 2021, 10:00:\n\n> Text',
        'Ja.',
    ),
    'fr gmail': (
        'Oui.\n\nLe lun. 4 janv. 2021 à 10:00, Jean <j@school.example> a écrit :\n\n> Texte',
        'Oui.',
    ),
    'fr outlook': (
        'Oui.\n\nDe : Jean [mailto:j@school.example]\nEnvoyé : lundi 4 janvier 2021 10:00\nÀ : Marie\nObjet : RE: x\n\nTexte',
        'Oui.',
    ),
    'fr orig': (
        "Oui.\n\n-----Message d'origine-----\nDe : Jean\nEnvoyé : x\n\nTexte",
        'Oui.',
    ),
    'es': (
        'Sí.\n\nEl lun, 4 ene 2021 a las 10:00, Juan (<j@school.example>) escribió:\n\n> Texto',
        'Sí.',
    ),
    'es outlook': (
        'Sí.\n\nDe: Juan\nEnviado el: lunes, 4 de enero de 2021 10:00\nPara: x\nAsunto: y\n\nTexto',
        'Sí.',
    ),
    'it': (
        'Sì.\n\nIl giorno lun 4 gen 2021 alle ore 10:00 Gio <g@school.example> ha\nscritto:\n\n> Testo',
        'Sì.',
    ),
    'pt': (
        'Sim.\n\nEm seg., 4 de jan. de 2021 às 10:00, Zé <z@school.example>\nescreveu:\n\n> Texto',
        'Sim.',
    ),
    'nl': (
        'Ja.\n\nOp ma 4 jan. 2021 om 10:00 schreef Jan <j@school.example>:\n\n> Tekst',
        'Ja.',
    ),
    'pl': (
        'Tak.\n\npon., 4 sty 2021 o 10:00 Jan <j@school.example> napisał(a):\n\n> Tekst',
        'Tak.',
    ),
    'pl2': (
        'Tak.\n\nW dniu 04.01.2021 o 10:00, Jan pisze:\n> Tekst',
        'Tak.',
    ),
    'sv': (
        'Ja.\n\nDen mån 4 jan. 2021 kl 10:00 skrev Sven <s@school.example>:\n\n> Text',
        'Ja.',
    ),
    'da': (
        'Ja.\n\nman. den 4. jan. 2021 kl. 10.00 skrev Per <p@school.example>:\n\n> Tekst',
        'Ja.',
    ),
    'no': (
        'Ja.\n\nman. 4. jan. 2021 kl. 10:00 skrev Ola <o@school.example>:\n\n> Tekst',
        'Ja.',
    ),
    'no outlook': (
        'Ja.\n\nFra: Ola\nSendt: mandag 4. januar 2021 10:00\nTil: x\nEmne: y\n\nTekst',
        'Ja.',
    ),
    'fi': (
        'Kyllä.\n\nma 4. tammik. 2021 klo 10.00 Matti (m@school.example) kirjoitti:\n\n> Teksti',
        'Kyllä.',
    ),
    'fi outlook': (
        'Kyllä.\n\nLähettäjä: Matti\nLähetetty: maanantai 4. tammikuuta 2021 10:00\nVastaanottaja: x\nAihe: y\n\nTeksti',
        'Kyllä.',
    ),
    'ru': (
        'Да.\n\nпн, 4 янв. 2021 г. в 10:00, Иван <i@school.example>:\n\n> Текст',
        'Да.',
    ),
    'ru2': (
        'Да.\n\n4 января 2021, 10:00 +03:00 от Иван <i@school.example>:\n>Текст',
        'Да.',
    ),
    'ru3': (
        'Да.\n\n04.01.2021 10:00, Иван пишет:\n> Текст',
        'Да.',
    ),
    'yandex': (
        'Да.\n\n04.01.2021, 10:00, "Иван" <i@school.example>:\n> Текст',
        'Да.',
    ),
    'uk': (
        'Так.\n\nпн, 4 січ. 2021 р. о 10:00 Іван <i@school.example> пише:\n\n> Текст',
        'Так.',
    ),
    'zh': (
        '好。\n\n在 2021年1月4日,上午10:00,张三 <z@school.example> 写道:\n\n> 文',
        '好。',
    ),
    'zh2': (
        '好。\n\n张三 <z@school.example> 于2021年1月4日周一 上午10:00写道:\n\n> 文',
        '好。',
    ),
    'zh qq': (
        '好。\n\n------------------ 原始邮件 ------------------\n发件人: "张三" <z@school.example>;\n发送时间: 2021年1月4日(星期一) 上午10:00\n收件人: "李四"<l@school.example>;\n主题: y\n\n文',
        '好。',
    ),
    'ja': (
        'はい。\n\n2021年1月4日(月) 10:00 太郎 <t@school.example>:\n\n> 文',
        'はい。',
    ),
    'ja2': (
        'はい。\n\n-----Original Message-----\nFrom: 太郎\n\n文',
        'はい。',
    ),
    'ja outlook': (
        'はい。\n\n差出人: 太郎\n送信日時: 2021年1月4日 10:00\n宛先: x\n件名: y\n\n文',
        'はい。',
    ),
    'cy': (
        'Iawn, diolch.\n\nAr Llun, 4 Ion 2021 am 10:00 Siân <s@school.example> ysgrifennodd:\n\n> Testun',
        'Iawn, diolch.',
    ),
    'cy outlook': (
        'Iawn.\n\nOddi wrth: Siân\nAnfonwyd: 04 Ionawr 2021 10:00\nAt: x\nPwnc: y\n\nTestun',
        'Iawn.',
    ),
    'cs': (
        'Ano.\n\npo 4. 1. 2021 v 10:00 odesílatel Jan <j@school.example> napsal:\n\n> Text',
        'Ano.',
    ),
    'tr': (
        'Evet.\n\nAli <a@school.example>, 4 Oca 2021 Pzt, 10:00 tarihinde şunu yazdı:\n\n> Metin',
        'Evet.',
    ),
    'ko': (
        '네.\n\n2021년 1월 4일 (월) 오전 10:00, 홍길동 <h@school.example>님이 작성:\n\n> 글',
        '네.',
    ),
    'yahoo': (
        'Yes.\n\n________________________________\n From: Bob <b@school.example>\nTo: y@school.example\nSent: Monday, January 4, 2021 10:00 AM\nSubject: x\n\nText',
        'Yes.',
    ),
    'yahoo2': (
        'Yes.\n\n--- On Mon, 1/4/21, Bob <b@school.example> wrote:\n\nFrom: Bob\nSubject: x\nTo: y\nDate: z\n\nText',
        'Yes.',
    ),
    'lotus': (
        'Yes.\n\nInactive hide details for Bob---04/01/2021 10:00:00---TextBob---04/01/2021 10:00:00---Text\n\nFrom: Bob/Org\nTo: Jane/Org@ORG\nDate: 04/01/2021 10:00\nSubject: x\n\nText',
        'Yes.',
    ),
    'ios sig': (
        'Yes.\n\nSent from my iPhone\n\nOn 4 Jan 2021, at 10:00, Bob <b@school.example> wrote:\n\n\ufeffText',
        'Yes.',
    ),
    'outlook ios': (
        'Yes.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Bob <b@school.example>\nSent: Monday, January 4, 2021 10:00:00 AM\nTo: y <y@school.example>\nSubject: x\n\nText',
        'Yes.',
    ),
    'outlook android': (
        'Yes.\n\nSent from Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Bob <b@school.example>\nSent: x\nTo: y\nSubject: z\n\nText',
        'Yes.',
    ),
    'samsung': (
        'Yes.\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Bob <b@school.example>\nDate: 04/01/2021 10:00 (GMT+00:00)\nTo: y\nSubject: z\n\nText',
        'Yes.',
    ),
    'de iphone': (
        'Ja.\n\nVon meinem iPhone gesendet\n\n> Am 04.01.2021 um 10:00 schrieb Max <m@school.example>:\n> \n> Text',
        'Ja.',
    ),
    'fr iphone': (
        'Oui.\n\nEnvoyé de mon iPhone\n\n> Le 4 janv. 2021 à 10:00, Jean <j@school.example> a écrit :\n> \n> Texte',
        'Oui.',
    ),
    'es iphone': (
        'Sí.\n\nEnviado desde mi iPhone',
        'Sí.',
    ),
    'it iphone': (
        'Sì.\n\nInviato da iPhone',
        'Sì.',
    ),
    'nl iphone': (
        'Ja.\n\nVerstuurd vanaf mijn iPhone',
        'Ja.',
    ),
    'sv iphone': (
        'Ja.\n\nSkickat från min iPhone',
        'Ja.',
    ),
    'da iphone': (
        'Ja.\n\nSendt fra min iPhone',
        'Ja.',
    ),
    'fi iphone': (
        'Kyllä.\n\nLähetetty iPhonesta',
        'Kyllä.',
    ),
    'ru iphone': (
        'Да.\n\nОтправлено с iPhone',
        'Да.',
    ),
    'ja iphone': (
        'はい。\n\niPhoneから送信',
        'はい。',
    ),
    'zh iphone': (
        '好。\n\n发自我的 iPhone',
        '好。',
    ),
    'pl iphone': (
        "Tak.\n\nWysłane z iPhone'a",
        'Tak.',
    ),
    'pt iphone': (
        'Sim.\n\nEnviado do meu iPhone',
        'Sim.',
    ),
    'cy iphone': (
        "Iawn.\n\nAnfonwyd o'm iPhone",
        'Iawn.',
    ),
    'mail.ru': (
        'Да.\n\n--\nИван\n\n\n>Понедельник, 4 января 2021, 10:00 +03:00 от Bob <b@school.example>:\n> \n>Text',
        'Да.',
    ),
    'zimbra': (
        'Yes.\n\n----- Original Message -----\nFrom: "Bob" <b@school.example>\nTo: "y" <y@school.example>\nSent: Monday, 4 January, 2021 10:00:00\nSubject: x\n\nText',
        'Yes.',
    ),
    'zimbra2': (
        'Yes.\n\nDe: "Bob" <b@school.example>\nÀ: "y" <y@school.example>\nEnvoyé: Lundi 4 Janvier 2021 10:00:00\nObjet: x\n\nText',
        'Yes.',
    ),
    'apple fwd': (
        'See below.\n\nBegin forwarded message:\n\nFrom: Bob <b@school.example>\nSubject: x\nDate: 4 January 2021\nTo: y\n\nText',
        'See below.',
    ),
    'banner': (
        'CAUTION: This email originated from outside of the organisation. Do not click links or open attachments unless you recognise the sender.\n\nYes please.\n\nKind regards\nJane',
        'Yes please.',
    ),
    'banner2': (
        '[EXTERNAL]\n\nYes please.',
        'Yes please.',
    ),
    'disclaimer': (
        'Yes please.\n\nJane\n\nThis email and any attachments are confidential and intended solely for the addressee. If you have received this in error please delete it.\n\nRegistered charity 12345.',
        'Yes please.\n\nJane',
    ),
    'inst sig': (
        'Yes, I can come.\n\nKind regards,\nJane Doe\nSenior Technician (Chemistry)\nSchool of Science | University of Example\nTel: 01234 567890\nwww.example.ac.uk\n\nI work Mon-Wed',
        'Yes, I can come.',
    ),
    'thanks': (
        'Thanks for this, I will come.\n\nThanks\nJane',
        'Thanks for this, I will come.\n\nThanks\nJane',
    ),
    'question after': (
        'Could we discuss:\n\nFrom: the fume cupboards point of view\n\nWhat to do?',
        'Could we discuss:\n\nFrom: the fume cupboards point of view\n\nWhat to do?',
    ),
    'travel': (
        'Hi,\n\nFrom: Bath\nTo: Bristol\n\nCan we share a lift?',
        'Hi,\n\nFrom: Bath\nTo: Bristol\n\nCan we share a lift?',
    ),
    'onjan': (
        'I said on 4 January 2021 that Bob wrote: nothing. But then\nwe met.',
        'I said on 4 January 2021 that Bob wrote: nothing. But then\nwe met.',
    ),
    'list item': (
        'My items:\n- balances\n- Fume cupboards\n- Autoclaves',
        'My items:\n- balances\n- Fume cupboards\n- Autoclaves',
    ),
    'ps': (
        'Yes.\n\nKind regards\nJane\n\nPS could we also talk about balances?',
        'Yes.\n\nKind regards\nJane\n\nPS could we also talk about balances?',
    ),
    'agenda': (
        'Agenda item: Best wishes for Bob\n\nBest wishes\nJane\nTechnician',
        'Agenda item: Best wishes for Bob',
    ),
    'date line': (
        'Minutes so far:\n\nDate: 4 January\nVenue: Hall\nPlease check',
        'Minutes so far:\n\nDate: 4 January\nVenue: Hall\nPlease check',
    ),
    'replyabove': (
        'Yes.\n\n##- Please type your reply above this line -##\n\nYour request was updated',
        'Yes.',
    ),
    'reply to list': (
        'Yes!\n\nJane\n\n_______________________________________________\nFoo mailing list\nFoo@school.example\nhttps://lists.x.org/mailman/listinfo/foo',
        'Yes!\n\nJane',
    ),
    'google groups': (
        'Yes!\n\n-- \nYou received this message because you are subscribed to the Google Groups "x" group.\nTo unsubscribe from this group',
        'Yes!',
    ),
    'top post sig mid': (
        'Yes.\n\n-- \nJane Doe\nTechnician\n\nOn Mon, 4 Jan 2021, Bob wrote:\n> Text',
        'Yes.',
    ),
    'outlook wrote sep': (
        'Yes.\n\n-----Ursprüngliche Nachricht-----\nVon: Bob\nGesendet: x\nAn: y\nBetreff: z\n\nText',
        'Yes.',
    ),
    'quoted reply then sig': (
        '> Are you coming?\n\nYes\n\n-- \nJane',
        'Yes',
    ),
    'only yes': (
        'YES',
        'YES',
    ),
    'sent via': (
        'Yes\n\nSent via the Samsung Galaxy S9, an AT&T 5G Evolution smartphone',
        'Yes',
    ),
    'bold hdr': (
        'Yes\n\n*From:* Bob <b@school.example>\n*Sent:* 04 January 2021 10:00\n*To:* y\n*Subject:* z\n\nText',
        'Yes',
    ),
    'hdr date first': (
        'Yes\n\nDate: Mon, 4 Jan 2021 10:00:00 +0000\nSubject: x\nFrom: b@school.example\nTo: y@school.example\n\nText',
        'Yes',
    ),
    'outlook at': (
        'Yes\n\nFrom: Bob\nDate: Monday, 4 January 2021 at 10:00\nTo: y <y@school.example>\nSubject: z\nText',
        'Yes',
    ),
    '2013': (
        'Yes\n\n2021-01-04 10:00 GMT+00:00 Bob <b@school.example>:\n\n> Text',
        'Yes',
    ),
    'gnus': (
        '>>>>> "Bob" == Bob  <b@school.example> writes:\n\n> Text\n\nYes',
        'Yes',
    ),
    'mutt': (
        '* Bob <b@school.example> [2021-01-04 10:00]:\n> Text\n\nYes',
        'Yes',
    ),
    'quoting': (
        'Quoting Bob <b@school.example>:\n\n> Text\n\nYes',
        'Yes',
    ),
    'bobwrote': (
        'Bob Smith wrote:\n> Text\n\nYes',
        'Yes',
    ),
    'onwroteunq': (
        'Yes\n\nOn Jan 4, 2021, at 10:00 AM, Bob <b@school.example> wrote:\n\nText of the quote\nmore',
        'Yes',
    ),
    'forwarded only': (
        '---------- Forwarded message ---------\nFrom: Bob <b@school.example>\nDate: x\nSubject: y\nTo: z\n\nThe text',
        'The text',
    ),
}  # fmt: skip

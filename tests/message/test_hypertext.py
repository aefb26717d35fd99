"""HTML: quotes by the clients' own markers (MIME-5), hidden text unread (CMD-10), what is shown is safe (SAFE-1, SAFE-3)."""

from __future__ import annotations

import pytest

from mailer.message import read, safe_html
from mailer.message.hypertext import read_html

CASES: dict[str, tuple[str, str]] = {
    'outlook': (
        '<html xmlns:o="x"><head><style>p{x:y}</style></head><body lang=EN-GB><div class=WordSection1><p class=MsoNormal>Yes please.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>From:</b> Bob &lt;b@school.example&gt;<br><b>Sent:</b> 4 January<br><b>To:</b> y<br><b>Subject:</b> z</p></div></div><p class=MsoNormal>Quote</p></div></body></html>',
        'Yesplease.',
    ),
    'owa': (
        '<html><body dir="ltr"><div style="font-family:Calibri">Yes please.</div><div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Bob<br><b>Sent:</b> x<br><b>To:</b> y<br><b>Subject:</b> z</font></div><div>Quote</div></body></html>',
        'Yesplease.',
    ),
    'ios outlook': (
        '<html><body><div dir="auto">Yes please.</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> Bob</div>Quote</body></html>',
        'Yesplease.',
    ),
    'apple': (
        '<html><body dir="auto">Yes please.<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 4 Jan 2021, at 10:00, Bob &lt;b@school.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">Quote</div></blockquote></body></html>',
        'Yesplease.',
    ),
    'gmail': (
        '<div dir="ltr">Yes please.<div><br></div><div>Jane</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 4 Jan 2021 at 10:00, Bob &lt;<a href="mailto:b@school.example">b@school.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">Quote</blockquote></div>',
        'Yesplease.Jane',
    ),
    'gmail bottom': (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon Bob wrote:</div><blockquote class="gmail_quote">Quote</blockquote></div><div>Yes please.</div>',
        'Yesplease.',
    ),
    'gmail inline in quote': (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, 4 Jan 2021 Bob &lt;b@school.example&gt; wrote:</div><blockquote class="gmail_quote">Quote</blockquote><div>Yes please.</div></div>',
        'Yesplease.',
    ),
    'tb': (
        '<html><body><p>Yes please.</p><div class="moz-cite-prefix">On 04/01/2021 10:00, Bob wrote:<br></div><blockquote type="cite" cite="mid:x"><p>Quote</p></blockquote><p>And no.</p><pre class="moz-signature">-- \nJane</pre></body></html>',
        'Yesplease.Andno.',
    ),
    'yahoo': (
        '<div class="ydp">Yes please.</div><div id="ydp1yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, Bob wrote:</div><div>Quote</div></div>',
        'Yesplease.',
    ),
    'attribution in a plain block': (
        'Reply\n<blockquote>\n\n  <div>\n    On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:\n  </div>\n\n  <div>\n    Test\n  </div>\n\n</blockquote>',
        'Reply',
    ),
    'a plain block that is no quote': (
        'Reply\n<blockquote>Regular</blockquote>\n\n<div>\n  On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:\n</div>\n\n<blockquote>\n  <div>\n    <blockquote>Nested</blockquote>\n  </div>\n</blockquote>',
        'ReplyRegular',
    ),
    'attribution without a block': (
        'Reply\n<div>\n  On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:\n</div>\n\n<div>\n  Test\n</div>',
        'Reply',
    ),
    'what the button of Gmail indents is the writer\'s': (
        '<div dir="ltr">The rules say<blockquote class="gmail_quote" style="margin:0 0 0 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">Gloves are worn.</blockquote>and so we do.</div>',
        'TherulessayGlovesareworn.andsowedo.',
    ),
    'attribution inside a block': (
        '<div>Yes please.</div><blockquote>On 01/03/11 7:07 PM, Bob Roe wrote:\n&gt; Hi,\n&gt; coming?</blockquote>',
        'Yesplease.',
    ),
    'attribution inside a block of Gmail, with its link': (
        '<div>Yes please.</div><blockquote class="gmail_quote">On 4 Jan 2021 at 10:00, Bob &lt;<a href="mailto:b@school.example">b@school.example</a>&gt; wrote:<br>Coming?</blockquote>',
        'Yesplease.',
    ),
    'signatures of many clients': (
        '<div>Yes please.</div><div class="bloop_sign">Jane</div><div class="front-signature">Jane</div><div class="fairemail_signature">Jane</div><div id="edo-signature">Sent from Edison Mail</div><div name="messageSignatureSection">Jane</div><div data-signature-widget="container">Jane Doe</div>',
        'Yesplease.',
    ),
    'hotmail': (
        '<html><body><div dir="ltr">Yes please.<br><div><hr id="stopSpelling">Date: Mon, 4 Jan<br>From: b@school.example<br>To: y@school.example<br>Subject: z<br><br>Quote</div></div></body></html>',
        'Yesplease.',
    ),
    'zimbra': (
        '<html><body><div>Yes please.<br><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>Bob<br></div><div data-marker="__QUOTED_TEXT__">Quote</div></div></body></html>',
        'Yesplease.',
    ),
    'proton': (
        '<div>Yes please.</div><div class="protonmail_signature_block"><div>Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Monday, Bob wrote:<blockquote class="protonmail_quote" type="cite">Quote</blockquote></div>',
        'Yesplease.',
    ),
    'mail.ru': (
        '<HTML><BODY>Да.<br><br><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 4 января 2021 от Bob<br>Quote</blockquote></BODY></HTML>',
        'Да.',
    ),
    'lotus': (
        '<html><body><p>Yes please.<br><br><font color="#5F5F5F">From: </font>Bob/Org<br>To: y@school.example<br>Date: 04/01/2021 10:00<br>Subject: z<hr><br>Quote</p></body></html>',
        'Yesplease.',
    ),
    'hidden': (
        '<p>Yes please.</p><p style="display:none">SEND</p>',
        'Yesplease.',
    ),
    'win mail': (
        '<div>Yes please.</div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;"><div><b>From:</b> Bob</div></div><div>Quote</div>',
        'Yesplease.',
    ),
    'outlook bottom sig': (
        '<div class=WordSection1><p>Yes please.</p><p>Kind regards</p><p>Jane Doe<br>Technician<br>Tel 01234 567890</p></div>',
        'Yesplease.',
    ),
    'gmail sig': (
        '<div dir="ltr">Yes please.<br>-- <br><div dir="ltr" class="gmail_signature">Jane<br>Technician</div></div>',
        'Yesplease.',
    ),
    'outlook rewritten by the web': (
        '<div>Yes please.</div><div style="border-width:1pt medium medium; border-style:solid none none; border-color:rgb(225,225,225) currentcolor; padding:3pt 0cm 0cm"><b>From:</b> Bob</div><div>Quote</div>',
        'Yesplease.',
    ),
    'outlook for mac': (
        '<div>Yes please.</div><span id="mac_OLK_SRC_BODY_SECTION"><div><b>From: </b>Bob</div><div>Quote</div></span>',
        'Yesplease.',
    ),
    'hotmail of old': (
        '<div>Yes please.</div><div class="ecxgmail_quote">On Monday Bob wrote<br>Quote</div>',
        'Yesplease.',
    ),
    'yahoo of now': (
        '<div>Yes please.</div><div class="ydpa1b2c3yahoo_quoted">On Monday Bob<br>Quote</div>',
        'Yesplease.',
    ),
    'blackberry': (
        '<div>Yes please.</div><div id="_originalContent"><b>From: </b>Bob<br>Quote</div>',
        'Yesplease.',
    ),
    'k-9': (
        '<div>Yes please.</div><div class="k9mail-signature">-- <br>Jane, Tech</div><div class="gmail_quote">Quote</div>',
        'Yesplease.',
    ),
    'fairemail': (
        '<div>Yes please.</div><div class="fairemail_quote"><p>4 January 2021, Bob:</p><blockquote>Quote</blockquote></div>',
        'Yesplease.',
    ),
    'forward gmail': (
        '<div dir="ltr">See this.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Bob</b><br></div>Text of Bob</div></div>',
        'Seethis.',
    ),
    'forward only gmail': (
        '<div dir="ltr"><br><div class="gmail_quote">---------- Forwarded message ---------<br>From: <b>Bob</b><br>Date: Mon, 2 Nov 2026 at 10:00<br>Subject: x<br>To: Ada<br><br>Text of Bob</div></div>',
        'TextofBob',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_new_words_of_html_mail(name: str) -> None:
    came, new = CASES[name]
    seen = read(("From: a@school.example\nContent-Type: text/html; charset=utf-8\n\n" + came).encode())
    assert "".join(seen.reply.split()) == "".join(new.split())


ATTACKS = [
    "<script>alert(1)</script>x",
    "<img src=x onerror=alert(1)>x",
    "<svg><style><img src=x onerror=alert(1)></style></svg>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>x",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    "<iframe src=https://a.example></iframe>x",
    "<form action=https://a.example><input name=a></form>x",
    '<p style="background:url(https://a.example/p)">x</p>',
    '<table background="https://a.example/p"><tr><td>x</td></tr></table>',
    "<object data=x></object>x",
    "<base href=https://a.example>x",
    '<meta http-equiv=refresh content="0;url=https://a.example">x',
    '<img srcset="https://a.example/p 2x">x',
]


@pytest.mark.parametrize("html", ATTACKS)
def test_safe_1_nothing_active_or_remote_is_left(html: str) -> None:
    shown = safe_html(html).lower()
    for sign in (
        "<script",
        "onerror",
        "javascript:",
        "data:",
        "<img",
        "<svg",
        "<math",
        "<iframe",
        "<form",
        "<input",
        "style",
        "background",
        "<object",
        "<base",
        "<meta",
        "srcset",
    ):
        assert sign not in shown


def test_safe_3_links_stay_as_they_are() -> None:
    assert 'href="https://a.example/b?c=d"' in safe_html('<a href="https://a.example/b?c=d">x</a>')


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<p>" * 200_000,
        "<" * 500_000,
        "<!--" * 100_000,
        "<table><tr><td>" * 30_000,
        "<ul><li>" * 50_000,
        "<br>" * 200_000,
        "&amp;" * 100_000,
        "<" + "x" * 300_000,
    ],
    ids=lambda h: h[:8],
)
@pytest.mark.timeout(10)
def test_mime_2_deep_and_long_html_is_bounded(html: str) -> None:
    read_html(html)
    safe_html(html)


def test_pictures_written_into_the_html_do_not_push_words_out() -> None:
    html = '<p>Hello</p><img src="data:image/png;base64,' + "QUJD" * 200_000 + '"><p>Goodbye</p>'
    assert read_html(html).text.split() == ["Hello", "Goodbye"]


def test_a_forward_without_a_word_in_html_is_what_was_sent_on() -> None:
    html = (
        '<div dir="ltr"><br><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Bob &lt;bob@school.example&gt;<br>'
        "Date: Mon, 2 Nov 2026 at 10:00<br>Subject: Balances<br>To: Ada &lt;ada@school.example&gt;<br></div><br>Bring them.</div></div>"
    )
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}"
    assert read(raw.encode()).reply.strip() == "Bring them."
    answered = html.replace("---------- Forwarded message ---------", "-----Original Message-----")
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{answered}"
    assert read(raw.encode()).reply == ""  # an empty answer stays empty
    reply = html.replace("---------- Forwarded message ---------<br>", "").replace("<div dir", "<div>Noted.</div><div dir")
    raw = f"From: ada@school.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{reply}"
    assert read(raw.encode()).reply.strip() == "Noted."

"""How the clients mark quotes and signatures in HTML: a table, read from the top."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marker:
    """How a client marks something: `what` is quote (the element), rest (from here to the end) or signature."""

    client: str
    what: str
    tag: str  # empty: any
    attribute: str
    pattern: re.Pattern[str]


def _m(client: str, what: str, tag: str, attribute: str, pattern: str) -> Marker:
    return Marker(client, what, tag, attribute, re.compile(pattern, re.IGNORECASE))


# read top-down; the first that fits an element decides
MARKERS: tuple[Marker, ...] = (
    _m("Gmail", "signature", "", "class", r"(?:^|\s)(?:x_|ecx|m_-?\d+)*gmail_signature(?:\s|$)"),
    _m("Gmail", "quote", "", "class", r"(?:^|\s)(?:x_|ecx|m_-?\d+)*gmail_quote(?:_container)?(?:\s|$)"),
    _m("Gmail", "quote", "", "class", r"(?:^|\s)(?:(?:x_|ecx|m_-?\d+)*gmail_attr|elided-text)(?:\s|$)"),
    _m("Apple Mail, Thunderbird", "quote", "blockquote", "type", r"^cite$"),
    _m("Apple Mail", "signature", "", "id", r"^(?:x_)*AppleMailSignature"),
    _m("Thunderbird", "quote", "", "class", r"(?:^|\s)moz-(?:cite-prefix|forward-container|email-headers-table)"),
    _m("Thunderbird", "signature", "", "class", r"(?:^|\s)moz-(?:txt-)?sig(?:nature)?(?:\s|$)"),
    _m("Outlook on the web", "rest", "", "id", r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|divtagrplyfwdmsg|mail-editor-reference-message-container|(?:mac_)?OLK_SRC_BODY_SECTION)"),
    _m("Outlook for phones", "rest", "", "name", r"^messageReplySection$"),
    _m("Outlook for phones", "signature", "", "id", r"^(?:x_)*(?:ms-outlook-mobile-signature|Signature$|divtagdefaultwrapper_sig)"),
    _m("Outlook", "rest", "", "class", r"OutlookMessageHeader"),
    _m("Outlook", "rest", "div", "style", r"border:\s*none;\s*border-top:\s*solid\s*(?:#?[0-9a-f]{6}|windowtext|rgb\([^)]*\))\s*1\.0pt|border-width:\s*1pt\s+(?:medium|0)[^;]*;\s*border-style:\s*solid none none"),
    _m("Windows Mail", "rest", "div", "style", r"border-top-color:\s*rgb\(229,\s*229,\s*229\)"),
    _m("Hotmail", "rest", "hr", "id", r"^(?:x_)*stopSpelling$"),
    _m("Yahoo", "quote", "", "class", r"(?:^|\s)(?:ydp[0-9a-z]+)?(?:yahoo_quoted|yahoo-quoted)"),
    _m("Yahoo", "quote", "", "id", r"yahoo_quoted"),
    _m("Yahoo", "signature", "", "class", r"yahoo-signature|ymail_signature"),
    _m("Zimbra", "rest", "hr", "id", r"^zwchr$"),
    _m("Zimbra", "rest", "", "data-marker", r"__(?:DIVIDER|HEADERS|QUOTED_TEXT)__"),
    _m("Zimbra", "signature", "", "data-marker", r"__SIG"),
    _m("Proton", "quote", "", "class", r"(?:^|\s)protonmail_quote"),
    _m("Proton", "signature", "", "class", r"protonmail_signature_block(?!-empty)"),
    _m("Tutanota", "quote", "blockquote", "class", r"tutanota_quote"),
    _m("Zoho", "quote", "", "class", r"zmail_extra"),
    _m("Zoho", "quote", "", "id", r"^(?:Zm-_Id_|zmail_extra|blockquote_zmail)"),
    _m("mail.ru", "quote", "", "class", r"mailru-blockquote"),
    _m("mail.ru", "quote", "blockquote", "style", r"border-left:\s*1px solid #(?:0857A6|08a5f5|fc2c38)"),
    _m("Yandex", "quote", "", "class", r"yandex-quote"),
    _m("GMX", "quote", "", "name", r"^quote$"),
    _m("BlackBerry", "rest", "", "id", r"^_originalContent$"),
    _m("FairEmail, Missive", "quote", "", "class", r"(?:^|\s)(?:fairemail_quote|missive_quote)"),
    _m("K-9, Samsung", "signature", "", "class", r"(?:^|\s)k9mail-signature"),
    _m("K-9, Samsung", "signature", "", "id", r"^(?:x_)*composer_signature$"),
    _m("Front", "quote", "", "class", r"(?:^|\s)front-blockquote|freshdesk_quote|gmail-quote|replyQuote|reply_quote|quoted-text|email_quote|quotedText"),
    _m("Front, FairEmail, Yahoo, Mailbird and others", "signature", "", "class", r"(?:^|\s)(?:[a-z0-9]{1,20}[-_]?)?signature(?:\s|$)"),
    _m("Airmail", "signature", "", "class", r"(?:^|\s)bloop_sign(?:\s|$)"),
    _m("Edison, eM Client", "signature", "", "id", r"^(?:edo-signature|signature_old|edo-link)$"),
    _m("Spark", "signature", "", "name", r"^messageSignatureSection$"),
    _m("HubSpot, WiseStamp", "signature", "", "data-signature-widget", r"container"),
    _m("QQ", "rest", "", "id", r"^(?:isReplyContent|original-content)$"),
    _m("Lotus Notes", "rest", "", "class", r"domino-section"),
    _m("many", "quote", "blockquote", "style", r"border-left|padding-left:\s*\d"),
    _m("many", "quote", "blockquote", "class", r"quote|cite"),
)  # fmt: skip
